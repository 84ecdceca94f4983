"""Turns a digest or a notice into the short messages that chat platforms take; it sends nothing."""
