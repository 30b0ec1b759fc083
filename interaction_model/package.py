"""Lays out an ASK skill package: what `ask deploy` sends, or what the developer console imports.

python -m interaction_model.package --endpoint arn:aws:lambda:…          for the function of template.yaml (output SkillFunctionArn)
python -m interaction_model.package --endpoint https://voix.example/alexa  for a server of one's own
python -m interaction_model.package                                      without an endpoint, to be given in the console

build/skill-package/ask-resources.json
build/skill-package/skill-package/skill.json                             manifest, with the endpoint, icons and events
build/skill-package/skill-package/interactionModels/custom/<locale>.json
build/skill-package/skill-package/assets/images/<locale>_{small,large}Icon.png
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from interaction_model.build import HERE, SOURCES, build_manifest, build_model
from skill.app import DEFAULT_TOWN
from skill.city.model import City
from skill.stores.town_files import BrokenFiles, find_town, load_town

ICONS: Final = {"smallIcon": "icon-108.png", "largeIcon": "icon-512.png"}
EVENTS: Final = ("SKILL_DISABLED",)
"""What Amazon is to tell us outside a conversation: whoever takes the skill off is forgotten."""
_LAMBDA: Final = re.compile(r"arn:aws:lambda:(?:us-east-1|us-west-2|eu-west-1|ap-northeast-1):\d{12}:function:[A-Za-z0-9-_]{1,64}(?::[A-Za-z0-9-_$]+)?")


class BadEndpoint(ValueError):
    """What Amazon would not call."""


def endpoint(text: str) -> dict[str, str]:
    """The endpoint of a manifest. Raises BadEndpoint with what is wrong."""
    if text.startswith("arn:"):
        if not _LAMBDA.fullmatch(text):
            raise BadEndpoint(f"{text}: not a function that Alexa can call; in Europe deploy to eu-west-1 (Ireland), and give SkillFunctionArn")
        return {"uri": text}
    parts = urlsplit(text)
    plain = re.fullmatch(r"https://[A-Za-z0-9.-]+(?::443)?(?:/[A-Za-z0-9._~-]+)+", text) is not None
    if not plain or not parts.hostname or parts.port not in (None, 443):
        raise BadEndpoint(f"{text}: https://…/alexa on port 443 is wanted, or the ARN of a Lambda function")
    return {"uri": text, "sslCertificateType": "Trusted"}


def skill_manifest(city: City, called_at: dict[str, str] | None) -> dict[str, Any]:
    """The town's manifest with icons, and where Amazon finds us."""
    made = build_manifest(city)
    manifest = made["manifest"]
    for locale, told in manifest["publishingInformation"]["locales"].items():
        told |= {f"{kind}Uri": f"file://assets/images/{locale}_{kind}.png" for kind in ICONS}
    if called_at:
        manifest["apis"]["custom"]["endpoint"] = dict(called_at)
        manifest["events"] = {"endpoint": dict(called_at), "subscriptions": [{"eventName": name} for name in EVENTS]}
    return made


def lay_out(city: City, out: Path, called_at: dict[str, str] | None = None) -> list[Path]:
    """Writes the package anew and gives its files."""
    shutil.rmtree(out, ignore_errors=True)
    files: dict[str, Any] = {
        "ask-resources.json": {"askcliResourcesVersion": "2020-03-31", "profiles": {"default": {"skillMetadata": {"src": "./skill-package"}}}},
        "skill-package/skill.json": skill_manifest(city, called_at),
        **{f"skill-package/interactionModels/custom/{locale}.json": build_model(city, locale) for locale in SOURCES},
    }
    for name, data in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    images = out / "skill-package/assets/images"
    images.mkdir(parents=True)
    for locale in SOURCES:
        for kind, source in ICONS.items():
            shutil.copyfile(HERE / "assets" / source, images / f"{locale}_{kind}.png")
    return sorted(path for path in out.rglob("*") if path.is_file())


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m interaction_model.package", description="An ASK skill package of a town.")
    parser.add_argument("--town", default=DEFAULT_TOWN, help=f"name of a shipped town or path of a folder (default: {DEFAULT_TOWN})")
    parser.add_argument("--endpoint", default="", help="ARN of the skill's function, or https address of /alexa")
    parser.add_argument("--out", type=Path, help="folder to write anew (default: build/skill-package)")
    args = parser.parse_args(argv)
    out = args.out or HERE.parent / "build" / "skill-package"
    try:
        city = load_town(find_town(args.town))
        for path in lay_out(city, out, endpoint(args.endpoint) if args.endpoint else None):
            print(f"{path}  {path.stat().st_size // 1024 or 1} kB")
    except (BadEndpoint, BrokenFiles, OSError) as error:
        print(f"skill package: {error}", file=sys.stderr)
        return 1
    if not args.endpoint:
        print("no endpoint yet: give it in the console, or again with ENDPOINT=…")
    if urlsplit(city.alexa.get("privacy", "")).path in ("", "/"):
        print(
            f"{city.name}'s privacy page (town.toml, [town.alexa] privacy) is no page about privacy: Amazon will refuse it; docs/confidentialite.md is its text"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
