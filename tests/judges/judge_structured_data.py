"""A parser of structured data that others wrote (extruct, rdflib) reads pages: {"pages": {url: html}, "terms": path or ""}. Every JSON-LD node comes out expanded."""

import json
import sys

import extruct
from pyld import jsonld

CONTEXT = {"@context": {"@vocab": "https://schema.org/", "type": "@type", "id": "@id"}}


def loader(url, options=None):
    """schema.org's own context is not reached from here: its vocabulary is."""
    return {"contextUrl": None, "documentUrl": url, "document": CONTEXT, "contentType": "application/ld+json"}


given = json.load(sys.stdin)
out = {}
for url, html in given["pages"].items():
    found = extruct.extract(html, base_url=url, syntaxes=["json-ld"], errors="strict")["json-ld"]
    out[url] = {"plain": found, "expanded": [jsonld.expand(each, {"documentLoader": loader}) for each in found]}
print(json.dumps(out))
