"""Two series for dialogues about listening: the architects' and a monthly one, six episodes in all."""

from __future__ import annotations

from podcasts.model import Episode, Feed, Show
from skill.app import Skill
from skill.stores.shelf import shelf_of
from tests.conftest import at


def _episode(day: str, title: str, description: str, number: int, people: tuple[str, ...] = ()) -> Episode:
    return Episode(
        f"urn:test:{day}",
        title,
        at(f"{day} 08:00"),
        f"https://son.example/{day}.mp3",
        "audio/mpeg",
        9_000_000,
        1_200,
        description,
        number=number,
        people=people,
    )


ARCHITECTS = (
    _episode("2026-03-01", "La piscine Feng Shui", "Une piscine pas comme les autres.", 3),
    _episode("2026-02-01", "Renzo Piano et l'art de la lumière", "L'architecte italien parle de la lumière.", 2, ("Renzo Piano",)),
    _episode("2026-01-01", "Le Fort d'Issy, de la caserne à l'écoquartier", "L'histoire du fort et de ses anciennes casernes.", 1),
)
MONTHLY = (
    _episode("2026-05-01", "Numéro 12 : le marché de Noël", "Les chalets, les lumières et le vin chaud.", 12),
    _episode("2026-04-15", "Marcher en ville à tout âge", "La marche à pied, et les bancs.", 11),
    _episode("2026-04-01", "Les jardins partagés", "Des jardiniers racontent leurs jardins.", 10),
)


SHELF = shelf_of({"metamorphoses": Feed(Show("Métamorphoses"), ARCHITECTS), "demonstration": Feed(Show("Le mois"), MONTHLY)})


def with_shelf(issy: Skill) -> Skill:
    """Issy, with the monthly series under the name of its demonstration."""
    skill = Skill(issy.town)
    skill.programmes._shelf = SHELF
    return skill
