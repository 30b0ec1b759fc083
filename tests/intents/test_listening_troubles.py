"""Listening when something is wrong: episodes withdrawn, sounds that fail, a store that is down, reports that come late."""

from __future__ import annotations

import logging

import pytest

from skill.conversation.audio import Player
from skill.conversation.turn import Device
from tests.conftest import at
from tests.fakes import Moody, Radio, episode, feed
from tests.intents.test_listening import MIDDLE, MINUTES, NEWEST, OLDEST, playing
from tests.speaker import Speaker


def test_a_withdrawn_episode_keeps_its_place_until_it_is_back(echo: Speaker, radio: Radio) -> None:
    echo.say("PlayPodcastIntent", number="2")
    echo.listen(5 * MINUTES)
    radio.publish(metamorphoses=feed(episode(1), episode(3)))
    echo.say("AMAZON.PauseIntent")
    assert echo.say("AMAZON.ResumeIntent").endswith("?")
    radio.publish(metamorphoses=feed(episode(1), episode(2), episode(3)))
    echo.say("AMAZON.ResumeIntent")
    playing(echo, MIDDLE, 5)


@pytest.mark.parametrize(("intent", "expected"), [("AMAZON.NextIntent", NEWEST), ("AMAZON.PreviousIntent", OLDEST)])
def test_the_neighbours_of_a_withdrawn_episode(echo: Speaker, radio: Radio, intent: str, expected: str) -> None:
    echo.say("PlayPodcastIntent", number="2")
    echo.listen(5 * MINUTES)
    radio.publish(metamorphoses=feed(episode(1), episode(3)))
    echo.say(intent)
    playing(echo, expected)


def test_neighbours_are_found_by_the_moment_whatever_the_zone(echo: Speaker, radio: Radio) -> None:
    from datetime import datetime

    dates = {1: "2025-03-01T23:30:00+00:00", 2: "2025-03-02T01:00:00+01:00", 3: "2025-03-01T20:00:00-05:00"}
    episodes = {n: episode(n, published=datetime.fromisoformat(d)) for n, d in dates.items()}
    radio.publish(metamorphoses=feed(*episodes.values()))
    echo.say("PlayPodcastIntent", number="2")
    radio.publish(metamorphoses=feed(episodes[1], episodes[3]))
    echo.say("AMAZON.PreviousIntent")
    playing(echo, OLDEST)


def test_a_serial_goes_from_its_beginning_also_while_its_feed_cannot_be_read(echo: Speaker, radio: Radio) -> None:
    radio.publish(metamorphoses=feed(*(episode(n) for n in (1, 2, 3)), serial=True))
    radio.publish(metamorphoses=OSError("the disk"))
    echo.say("PlayPodcastIntent", number="2")
    echo.say("AMAZON.NextIntent")
    playing(echo, NEWEST)


def test_three_sounds_that_fail_then_silence_then_another_try(echo: Speaker) -> None:
    echo.broken = {f"https://sons.example/metamorphoses/{n}.mp3" for n in (1, 2, 3)}
    echo.say("PlayPodcastIntent")
    assert [kind for kind, _ in echo.sent].count("Failed") == 3
    assert echo.activity == "STOPPED"
    echo.broken = set()
    assert "n'était pas venu" in echo.say("AMAZON.ResumeIntent")
    playing(echo, NEWEST)


def test_a_failure_in_the_middle_keeps_the_place(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(12 * MINUTES)
    echo.break_down()
    playing(echo, MIDDLE)
    echo.say("PlayPodcastIntent", number="3")
    playing(echo, NEWEST, 12)


def test_near_the_end_it_starts_over_and_says_so(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent", number="1")
    echo.listen(30 * MINUTES - 3)
    echo.say("AMAZON.PauseIntent")
    assert "début" in echo.say("AMAZON.ResumeIntent")
    playing(echo, OLDEST, 0)


def test_while_the_store_is_down_one_goes_on_listening(echo: Speaker, store: Moody, caplog: pytest.LogCaptureFixture) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(12 * MINUTES)
    store.down = True
    with caplog.at_level(logging.WARNING):
        echo.say("AMAZON.PauseIntent")
        echo.say("AMAZON.ResumeIntent")
        playing(echo, NEWEST, 12)
        echo.say("SeekForwardIntent", duration="PT1M")
        playing(echo, NEWEST, 13)
        echo.say("AMAZON.NextIntent")
        playing(echo, MIDDLE)
        assert "n'arrive pas à le retenir" in echo.say("AMAZON.LoopOnIntent")
        assert "n'arrive pas à le retenir" in echo.say("MarkHeardIntent")
    assert "no space left" in caplog.text
    assert echo.user not in caplog.text


def test_nothing_remembered_is_lost_while_the_store_is_down(echo: Speaker, store: Moody) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(12 * MINUTES)
    echo.say("AMAZON.NextIntent")
    store.down = True
    echo.holding = True
    echo.say("PlayPodcastIntent", number="3")
    playing(echo, NEWEST, 0)  # the place could not be read
    store.down = False
    echo.deliver()
    echo.unplug()
    echo.say("PlayPodcastIntent", number="3")
    playing(echo, NEWEST, 12)


def test_a_store_that_fails_is_asked_once_while_somebody_waits(echo: Speaker, store: Moody) -> None:
    echo.say("PlayPodcastIntent")
    echo.unplug()
    store.down, store.calls = True, 0
    echo.say("AMAZON.NextIntent")
    assert store.calls == 1 + len([kind for kind, _ in echo.sent[2:] if kind != "voice"])


def test_a_late_report_takes_nothing_back(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(5 * MINUTES)
    echo.holding = True
    echo.say("SeekForwardIntent", duration="PT10M")
    echo.listen(MINUTES)
    echo.say("AMAZON.PauseIntent")
    echo.deliver([4, 3, 2, 1, 0, 0])
    echo.say("AMAZON.ResumeIntent")
    playing(echo, NEWEST, 16)


def test_a_failure_that_is_told_late_does_not_interrupt_what_was_chosen_since(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(MINUTES)
    echo.holding = True
    echo.break_down()
    echo.clock.tick(5)
    echo.say("PlayPodcastIntent", number="1")
    echo.deliver()
    playing(echo, OLDEST)


def test_a_speaker_that_cannot_play_says_so(radio: Radio) -> None:
    answer = radio.hear("mets le dernier épisode", "fr-FR", at("2025-10-15 18:00"), device=Device(), user="u")
    assert answer.reply.audio is None
    assert answer.speech
    assert "Je ne peux pas faire entendre de podcast" in answer.speech.text


def test_by_words_too(radio: Radio) -> None:
    now, user = at("2025-10-15 18:00"), "someone"
    first = radio.hear("mets le dernier épisode", "fr-FR", now, user=user)
    assert first.reply.audio.token == NEWEST
    player = Player(NEWEST, 300_000, True)
    forward = radio.hear("avance de deux minutes", "fr-FR", now, first.reply.focus, user=user, player=player)
    assert forward.reply.audio.offset_ms == 420_000
    after = radio.hear("le suivant", "fr-FR", now, forward.reply.focus, user=user, player=player)
    assert after.reply.audio.token == MIDDLE


def test_a_warm_answer_opens_no_socket_and_reads_no_xml(echo: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket
    import sys
    from xml.parsers import expat

    echo.say("PlayPodcastIntent")

    def never(*_: object, **__: object) -> None:
        raise AssertionError("somebody waits")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, never)
    monkeypatch.setattr(expat, "ParserCreate", never)
    monkeypatch.setitem(sys.modules, "feedparser", None)
    for intent in ("PlayPodcastIntent", "AMAZON.NextIntent", "ListEpisodesIntent", "WhatIsPlayingIntent", "AMAZON.PauseIntent"):
        assert "Désolé" not in echo.say(intent)
    echo.press("Play")
    echo.listen(5)
    assert echo.activity == "PLAYING"
