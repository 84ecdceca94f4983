"""Decides which posts report one event: pure, from the words of posts to assignments; it stores nothing."""
