"""The staff's console: forms that keep the town true, for people who are no developers. French, since staff use it."""
