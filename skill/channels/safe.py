"""What every page of ours says to a browser besides its text."""

from __future__ import annotations


def headers(policy: str, referrer: str = "no-referrer") -> dict[str, str]:
    """Headers of a page with its own Content-Security-Policy: no framing, no guessing of types, no address told elsewhere."""
    return {
        "Content-Security-Policy": f"default-src 'none'; {policy}; base-uri 'none'; frame-ancestors 'none'", "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY", "Referrer-Policy": referrer,
    }  # fmt: skip
