"""Knows what we have, decides what is new or changed, and runs the clock."""
