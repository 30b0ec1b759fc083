"""All that the skill can say, a file a subject. Each class is one reply; its wording, in every language, is in locales/*/prompts.toml under its name.

A test holds these files and the catalogues together: same names, same placeholders, in every language.
"""
