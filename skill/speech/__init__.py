"""How it sounds: messages to words, words to SSML."""
