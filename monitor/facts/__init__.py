"""Reads from a post what its readers look for: where, how much, how big, at which stage, who and when; pure."""
