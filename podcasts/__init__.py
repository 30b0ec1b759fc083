"""Podcast feeds read from anybody and published for a town. Knows nothing of the skill: only bytes, feeds, files and clocks handed in."""
