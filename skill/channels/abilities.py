"""What each kind of speaker can do, as data: the engine answers for it, and the test of all channels compares by it."""

from __future__ import annotations

from typing import Final

from skill.conversation.turn import Device
from skill.record import Record


class Abilities(Record):
    """One kind of speaker."""

    name: str
    """Of its file here, and of its page in docs/speakers."""
    can_play: bool = False
    """A podcast can be heard on it."""
    can_seek: bool = False
    """A sound can be started in its middle."""
    can_remind: bool = False
    """It rings by itself."""
    can_show: bool = False
    """A card with an address, a number or a link reaches the person."""
    max_length: int = 8_000
    """Characters of one answer."""

    @property
    def device(self) -> Device:
        """As the engine knows it."""
        return Device(self.can_play, self.can_remind, self.can_show)


ALEXA: Final = Abilities("alexa", can_play=True, can_seek=True, can_remind=True, can_show=True)
"""Each Echo says for itself what it can do; this is the most."""
WEB: Final = Abilities("web", can_play=True, can_seek=True, can_show=True)
"""The speaker in a browser, /api/ask and the terminal."""
WYOMING: Final = Abilities("wyoming")
MCP: Final = Abilities("mcp", can_show=True)
PHONE: Final = Abilities("phone", can_play=True)
SMS: Final = Abilities("sms", can_show=True, max_length=306)
"""Two messages of the short alphabet, joined; 134 signs in the other one (skill/speech/written.py)."""
DIALOGFLOW: Final = Abilities("dialogflow", max_length=4_000)
SIRI: Final = Abilities("siri")
OVOS: Final = Abilities("ovos", can_play=True)
PAGES: Final = Abilities("pages", can_show=True)
"""Pages that closed speakers and search engines read: nobody speaks to them."""
BRIEFING: Final = Abilities("briefing", max_length=4_500)
"""Alexa's flash briefing: read out, never answered."""
OPEN_DATA: Final = Abilities("open_data", can_show=True)

ALL: Final = (ALEXA, WEB, WYOMING, MCP, PHONE, SMS, DIALOGFLOW, SIRI, OVOS, PAGES, BRIEFING, OPEN_DATA)
SPOKEN_TO: Final = (ALEXA, WEB, WYOMING, MCP, PHONE, SMS, DIALOGFLOW, SIRI, OVOS)
"""Those with which one holds a conversation: the test of all channels runs through each."""
