"""What ships with us: the demonstration series."""
