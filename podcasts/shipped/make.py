"""Makes the demonstration series that ships with us: a few short sounds that say plainly that they are one.

    python -m podcasts.shipped.make     (needs Debian's espeak-ng and lame; the result is committed)

The words are below, the voice is espeak-ng's, the cover is drawn here: nothing in it belongs to anybody else.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import tempfile
import zlib
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from podcasts import audio
from podcasts.storage import safe_name

HERE: Final = Path(__file__).resolve().parent
SERIES: Final = "demonstration"
SIDE: Final = 1400
EPISODES: Final = (
    (
        "Bienvenue",
        "Ce qu'est Mairie vocale, et comment mettre en pause.",
        "Bonjour, et bienvenue. Ceci est une démonstration de Mairie vocale, la voix de votre mairie. La ville publiera ici ses propres podcasts. "
        "En attendant, vous pouvez essayer. Pour faire une pause, dites : pause. Pour continuer, dites : reprends. "
        "Votre enceinte retient l'endroit où vous vous êtes arrêté, même demain. Bonne écoute.",
    ),
    (
        "Avancer et reculer",
        "Comment avancer, reculer, recommencer et passer à l'épisode suivant.",
        "Voici le deuxième épisode de la démonstration. Pour avancer d'une minute, dites : avance d'une minute. "
        "Pour réentendre un passage, dites : recule de trente secondes. Pour recommencer, dites : depuis le début. "
        "Et pour écouter un autre épisode, dites : épisode suivant. Essayez maintenant.",
    ),
    (
        "Publier un épisode",
        "Pour les agents de la ville : comment publier un épisode sans informaticien.",
        "Ce troisième épisode de la démonstration s'adresse aux agents de la ville. Pour publier un épisode, il suffit d'un fichier de son, "
        "d'un titre et d'une phrase de description. L'épisode est vérifié, puis il rejoint toutes les enceintes et toutes les applications de podcasts. "
        "Si vous vous êtes trompé, vous pouvez le retirer, puis le remettre.",
    ),
)


def main() -> int:
    """Makes the sounds, the cover and the list of episodes anew."""
    media = HERE / SERIES / "media"
    media.mkdir(parents=True, exist_ok=True)
    for old in media.iterdir():
        old.unlink()
    rows = []
    for i, (title, description, words) in enumerate(EPISODES, 1):
        with tempfile.TemporaryDirectory() as folder:
            wav, mp3 = Path(folder) / "a.wav", Path(folder) / "a.mp3"
            subprocess.run(["espeak-ng", "-v", "fr", "-s", "140", "-g", "6", "-w", str(wav), words], check=True)
            subprocess.run(["lame", "--quiet", "-m", "m", "-b", "32", "--tt", f"Démonstration : {title}", str(wav), str(mp3)], check=True)
            sound = audio.measure(mp3)
            name = f"{safe_name(title)}-{sound.digest[:8]}.mp3"
            (media / name).write_bytes(mp3.read_bytes())
        moment = datetime(2026, 11, len(EPISODES) + 1 - i, 9, tzinfo=ZoneInfo("Europe/Paris")).isoformat()
        rows.append({
            "guid": f"urn:mairie-vocale:demonstration:{i}", "title": title, "description": description, "published": moment, "added": moment,
            "file": f"{SERIES}/media/{name}", "mime": sound.mime, "size": sound.size, "seconds": sound.seconds, "digest": sound.digest, "number": i,
        })  # fmt: skip
    (HERE / SERIES / "catalogue.json").write_text(json.dumps({"version": 1, "episodes": rows}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (media / "couverture.png").write_bytes(cover())
    return 0


def cover() -> bytes:
    """A square PNG: the three arcs of a sound over a town's door, on blue."""
    middle = SIDE / 2
    rows = []
    for y in range(SIDE):
        row = bytearray()
        for x in range(SIDE):
            far = ((x - middle) ** 2 + (y - 1000) ** 2) ** 0.5
            door = abs(x - middle) < 90 and 880 < y < 1120
            arc = y < 900 and any(abs(far - r) < 28 for r in (330, 470, 610)) and abs(x - middle) < 0.9 * (1000 - y)
            row += b"\x02" if door else b"\x01" if arc else b"\x00"
        rows.append(b"\x00" + bytes(row))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    palette = bytes((0x12, 0x3A, 0x7A, 0xFF, 0xFF, 0xFF, 0xF2, 0xB7, 0x05))
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"PLTE", palette) + chunk(b"IDAT", zlib.compress(b"".join(rows), 9)) + chunk(b"IEND", b"")


if __name__ == "__main__":
    sys.exit(main())
