"""Words to intent and slots, for every speaker that hands us raw text."""
