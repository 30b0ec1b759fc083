"""Fields and tables of the town's records as staff read them."""

from __future__ import annotations

from typing import Any, Final

TABLES: Final = {
    "place": "lieu", "fact": "réponse", "notice": "annonce", "collection": "collecte", "item": "déchet", "bin": "bac", "district": "quartier",
    "facility": "équipement", "series": "série", "street": "rue", "podcast": "podcast", "staff": "compte", "question": "question",
}  # fmt: skip
LABELS: Final = {
    "name": "nom", "name_en": "nom anglais", "kind": "type", "address": "adresse", "phone": "téléphone", "hours": "horaires", "hours_note": "précision",
    "facilities": "équipements", "aliases": "autres noms", "aliases_en": "autres noms (anglais)", "misheard": "mal entendu", "part_of": "fait partie de",
    "district": "quartier", "entrances": "entrées", "transport": "transports", "prices": "tarifs", "about": "description", "where": "où", "source": "source",
    "updated": "mise à jour", "updated_unknown": "date inconnue", "review": "à relire le", "questions": "questions", "answer": "réponse", "topic": "sujet",
    "valid_until": "vrai jusqu'au", "after": "ensuite", "french_only": "en français seulement", "effect": "effet", "place": "lieu", "collection": "collecte",
    "first": "premier jour", "last": "dernier jour", "moved_to": "reporté au", "say": "mots à dire", "whole": "phrase entière",
    "true_from": "vraie à partir du", "true_until": "vraie jusqu'au",
    "say_fr": "mots à dire", "bin": "bac", "names": "noms", "title": "titre", "description": "description", "number": "numéro",
    "published": "parution", "withdrawn": "retiré", "role": "rôle", "area_ha": "surface", "play_areas": "aires de jeux", "article": "article",
}  # fmt: skip
"""What is not here is shown as it is written in the files."""
_VALUES: Final = {"closed": "fermeture", "cancelled": "pas de passage", "moved": "passage déplacé", "info": "information", True: "oui", False: "non"}
LONGEST: Final = 300


def told(value: Any) -> str:
    """A value in a cell of a table."""
    if value is None or value == "":
        return "(rien)"
    if isinstance(value, dict):
        return " · ".join(f"{k} : {told(v)}" for k, v in value.items())[:LONGEST]
    if isinstance(value, list | tuple):
        return ", ".join(told(v) for v in value)[:LONGEST]
    return str(_VALUES.get(value, value) if isinstance(value, str | bool) else value)[:LONGEST]
