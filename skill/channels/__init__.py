"""One file per kind of speaker; the only importers of SDKs and web frameworks."""
