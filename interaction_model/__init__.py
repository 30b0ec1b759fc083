"""The Alexa models: samples by hand in TOML, Amazon's JSON as output."""
