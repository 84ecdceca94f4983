"""What a page is before it is read: its bytes as text, and the signs that it is none."""
