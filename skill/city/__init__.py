"""What a town knows: places, hours, collections, facts, and how names are found. No files, no clock, no language of its own."""
