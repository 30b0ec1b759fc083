"""The voice of a town hall: one engine, thin channels. README has the map."""
