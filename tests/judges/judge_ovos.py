"""A real OpenVoiceOS core on its own harness (ovoscope), with our skill as pip installed it: utterances in, what is spoken and played out.

{"at": ISO moment, "episodes": [{...}], "conversations": [{"language": "fr", "turns": [...]}], "searches": ["phrase"], "alone": ["sentence for nobody"]}
"""

import json
import os
import sys
import tempfile
import threading
from datetime import datetime

root = tempfile.mkdtemp(prefix="ovos-")
for name in ("CONFIG", "DATA", "CACHE", "STATE"):
    os.environ[f"XDG_{name}_HOME"] = os.path.join(root, name.lower())
os.environ["OVOS_DEFAULT_LOG_LEVEL"] = "ERROR"
os.environ["MAIRIE_DATA"] = ""
given = json.load(sys.stdin)
real, sys.stdout = sys.stdout, sys.stderr  # what libraries print is not the answer

import skill.app  # noqa: E402
import skill.programmes  # noqa: E402
from skill.city.shelf import Episode, Shelf  # noqa: E402

moment = datetime.fromisoformat(given["at"]).replace(tzinfo=None)
skill.app.Skill.now = lambda self: moment.replace(tzinfo=self.zone)

episodes = {}
for row in given["episodes"]:
    published = datetime.fromisoformat(row.pop("published"))
    episodes.setdefault(row["series"], []).append(Episode(published=published, **{**row, "people": tuple(row.get("people", ()))}))
shelf = Shelf(episodes)
skill.programmes.Programmes.reload = lambda self: shelf  # what the background would read from feeds
skill.programmes.Programmes.shelf = property(lambda self: shelf)

from ovos_bus_client.message import Message  # noqa: E402
from ovos_bus_client.session import Session  # noqa: E402
from ovos_utils.ocp import MediaType  # noqa: E402
from ovoscope import get_minicroft  # noqa: E402

SKILL = "mairie-vocale.mairie"
PIPELINE = [
    "ovos-stop-pipeline-plugin-high", "ovos-converse-pipeline-plugin", "ovos-padacioso-pipeline-plugin-high", "ovos-padacioso-pipeline-plugin-medium",
    "ovos-fallback-pipeline-plugin-high", "ovos-fallback-pipeline-plugin-medium", "ovos-fallback-pipeline-plugin-low",
]  # fmt: skip
SPEAK = ("speak", "ovos.utterance.speak")


class Dialogue:
    """Somebody who carries their session from turn to turn, as a client does."""

    def __init__(self, core, name, language):
        self.core, self.language = core, {"fr": "fr-FR", "en": "en-US"}[language]
        self.session = Session(name, lang=self.language)

    def say(self, text):
        got, done = [], threading.Event()

        def heard(raw):
            message = Message.deserialize(raw)
            if (message.context.get("session") or {}).get("session_id") == self.session.session_id:
                got.append(message)
                if message.msg_type == "ovos.utterance.handled":
                    done.set()

        self.core.bus.on("message", heard)
        context = {"session": self.session.serialize(), "source": "judge", "destination": "skills"}
        self.core.bus.emit(Message("recognizer_loop:utterance", {"utterances": [text], "lang": self.language}, context))
        assert done.wait(30), [m.msg_type for m in got]
        self.core.bus.remove("message", heard)
        self.session = Session.deserialize(got[-1].context["session"])
        spoken = [m.data["utterance"] for m in got if m.msg_type in SPEAK and m.context.get("skill_id") == SKILL]
        played = [m.data["media"]["uri"] for m in got if m.msg_type == "ovos.common_play.play"]
        asks = any(m.data.get("expect_response") for m in got if m.msg_type in SPEAK)
        return {"spoken": spoken, "played": played, "asks": asks}


core = get_minicroft([SKILL], lang="fr-FR", secondary_langs=["en-US"], default_pipeline=PIPELINE, max_wait=90)
ours = core.plugin_skills[SKILL].instance
assert ours, "the skill did not load"
core.bus.on("ovos.common_play.SEI.get", lambda m: core.bus.emit(m.response({"SEI": []})))
told = []
for number, plan in enumerate(given["conversations"]):
    person = Dialogue(core, f"c{number}", plan.get("language", "fr"))
    told.append([person.say(text) for text in plan["turns"]])
alone = [Dialogue(core, f"a{n}", "fr").say(text)["spoken"] for n, text in enumerate(given["alone"])]

searched = []
for phrase in given["searches"]:
    rows, end = [], threading.Event()

    def found(raw, rows=rows, end=end):
        message = Message.deserialize(raw)
        if message.msg_type == "ovos.common_play.query.response":
            rows.extend(message.data.get("results") or [])
        elif message.msg_type == "ovos.common_play.skill.search_end":
            end.set()

    core.bus.on("message", found)
    core.bus.emit(Message("ovos.common_play.query", {"phrase": phrase, "question_type": MediaType.PODCAST}))
    assert end.wait(10)
    core.bus.remove("message", found)
    searched.append(sorted([r["match_confidence"], r["uri"], r["title"]] for r in rows))

needs = type(ours).runtime_requirements
out = {"told": told, "alone": alone, "searched": searched, "offline": not (needs.internet_before_load or needs.requires_internet), "from": skill.app.__file__}
print(json.dumps(out), file=real, flush=True)
os._exit(0)
