"""One file per subject: a turn in, a reply out. No French, no SDK, no clock."""
