"""What must be right for this to run for years, one module for each subject; it looks, and mends and prints nothing."""
