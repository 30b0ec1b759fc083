"""The contract: turns, replies, and everything that can be said."""
