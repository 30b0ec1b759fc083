"""Reading and publishing podcast feeds; knows nothing of the skill. Empty until issue 3: its place is here, nothing pretends."""
