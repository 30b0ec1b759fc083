"""Where things are kept: the town's files, the language files, the compiled town."""
