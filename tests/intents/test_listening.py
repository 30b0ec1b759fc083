"""Listening by voice, as a person would: each command and each question, through an Echo that keeps Amazon's rules."""

from __future__ import annotations

import logging

import pytest

from skill.app import Skill
from skill.channels.alexa import AlexaChannel
from skill.conversation.audio import Player
from skill.conversation.turn import Device
from tests.conftest import at
from tests.fakes import Clock, Moody, Radio, episode, feed
from tests.speaker import Speaker

NEWEST, MIDDLE, OLDEST = "metamorphoses-3", "metamorphoses-2", "metamorphoses-1"
MINUTES = 60


@pytest.fixture
def store() -> Moody:
    return Moody()


@pytest.fixture
def radio(issy: Skill, store: Moody) -> Radio:
    return Radio(issy.town, store, metamorphoses=feed(*(episode(n) for n in (1, 2, 3))))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def channel(radio: Radio, clock: Clock) -> AlexaChannel:
    return AlexaChannel(radio, clock=clock)


@pytest.fixture
def echo(channel: AlexaChannel, clock: Clock) -> Speaker:
    return Speaker(channel, clock)


@pytest.fixture
def living_room(channel: AlexaChannel, clock: Clock) -> Speaker:
    """Another speaker of the same person."""
    return Speaker(channel, clock, "living room")


def playing(echo: Speaker, token: str, minutes: float = 0) -> None:
    assert (echo.activity, echo.token, echo.offset_ms) == ("PLAYING", token, minutes * MINUTES * 1000)


def test_play_starts_the_newest_and_says_its_title(echo: Speaker) -> None:
    assert "Rencontre des abeilles" in echo.say("PlayPodcastIntent")
    playing(echo, NEWEST)
    assert echo.metadata == {
        "title": "Rencontre des abeilles",
        "subtitle": "Métamorphoses, Issy se réinvente",
        "art": {"sources": [{"url": "https://sons.example/3.jpg"}]},
    }


def test_a_number_is_played(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent", number="2")
    playing(echo, MIDDLE)


def test_a_number_that_is_not_there_offers_the_newest(echo: Speaker) -> None:
    assert echo.say("PlayPodcastIntent", number="9").endswith("?")
    echo.say("AMAZON.YesIntent")
    playing(echo, NEWEST)


def test_pause_keeps_the_place_and_resume_finds_it(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(5 * MINUTES)
    assert echo.say("AMAZON.PauseIntent") == "En pause."
    assert echo.activity == "STOPPED"
    assert "5 minutes" in echo.say("AMAZON.ResumeIntent")
    playing(echo, NEWEST, 5)


def test_the_other_speaker_goes_on_where_this_one_was(echo: Speaker, living_room: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(5 * MINUTES)
    echo.say("AMAZON.PauseIntent")
    assert "5 minutes" in living_room.say("AMAZON.ResumeIntent")
    playing(living_room, NEWEST, 5)
    living_room.listen(2 * MINUTES)
    living_room.say("AMAZON.StopIntent")
    echo.say("AMAZON.ResumeIntent")
    playing(echo, NEWEST, 7)


def test_a_question_in_the_middle_takes_nothing(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(5 * MINUTES)
    echo.say("EmergencyIntent")
    playing(echo, NEWEST, 5)


@pytest.mark.parametrize(
    ("intent", "length", "minutes"),
    [("SeekForwardIntent", "PT2M", 7), ("SeekBackIntent", "PT2M", 3), ("SeekForwardIntent", "", 5.5), ("SeekBackIntent", "PT9M", 0)],
)
def test_forward_and_back_go_from_where_the_sound_is_now(echo: Speaker, intent: str, length: str, minutes: float) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(5 * MINUTES)
    echo.say(intent, **({"duration": length} if length else {}))
    playing(echo, NEWEST, minutes)


def test_too_far_leaves_the_sound_alone(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(5 * MINUTES)
    assert "25 minutes" in echo.say("SeekForwardIntent", duration="PT2H")
    playing(echo, NEWEST, 5)


def test_next_and_previous_follow_the_feed_and_keep_both_places(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(5 * MINUTES)
    echo.say("AMAZON.NextIntent")
    playing(echo, MIDDLE)
    echo.listen(3 * MINUTES)
    echo.say("AMAZON.PreviousIntent")
    playing(echo, NEWEST, 5)
    echo.say("AMAZON.NextIntent")
    playing(echo, MIDDLE, 3)


def test_after_the_last_there_is_no_next(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent", number="1")
    echo.listen(MINUTES)
    echo.say("AMAZON.NextIntent")
    playing(echo, OLDEST, 1)


def test_the_one_before_the_newest_is_the_older_one(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.say("AMAZON.PreviousIntent")
    playing(echo, MIDDLE)


def test_start_over(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(5 * MINUTES)
    echo.say("AMAZON.StartOverIntent")
    playing(echo, NEWEST, 0)
    echo.unplug()
    echo.say("AMAZON.ResumeIntent")
    playing(echo, NEWEST, 0)


def test_heard_to_the_end_it_starts_from_the_beginning(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent", number="1")
    echo.listen(40 * MINUTES)
    assert echo.activity == "FINISHED"
    echo.say("PlayPodcastIntent", number="1")
    playing(echo, OLDEST, 0)


def test_one_follows_the_other_by_itself(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(35 * MINUTES)
    playing(echo, MIDDLE, 5)


def test_marked_as_heard_the_next_one_plays_and_the_mark_stays(echo: Speaker, store: Moody) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(5 * MINUTES)
    echo.holding = True  # the sound's own report comes after the command
    echo.say("MarkHeardIntent")
    echo.deliver()
    playing(echo, MIDDLE)
    assert store.get(echo.user).mark(NEWEST).done


def test_the_last_marked_as_heard_falls_silent(echo: Speaker, store: Moody) -> None:
    echo.say("PlayPodcastIntent", number="1")
    echo.listen(5 * MINUTES)
    echo.say("MarkHeardIntent")
    assert echo.activity == "STOPPED"
    assert store.get(echo.user).mark(OLDEST).done


def test_loop_begins_again_after_the_last(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent", number="1")
    echo.listen(MINUTES)
    echo.say("AMAZON.LoopOnIntent")
    playing(echo, OLDEST, 1)
    echo.listen(30 * MINUTES)
    playing(echo, NEWEST, 1)


def test_loop_switched_off_in_time_plays_nothing_more(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent", number="1")
    echo.say("AMAZON.LoopOnIntent")
    echo.listen(MINUTES)
    echo.say("AMAZON.LoopOffIntent")
    echo.listen(40 * MINUTES)
    assert echo.activity == "FINISHED"


def test_a_single_episode_in_a_loop_begins_at_its_beginning(echo: Speaker, radio: Radio) -> None:
    radio.publish(metamorphoses=feed(episode(1)))
    echo.say("PlayPodcastIntent")
    echo.say("AMAZON.LoopOnIntent")
    echo.listen(10 * MINUTES)
    echo.say("AMAZON.PauseIntent")
    echo.say("AMAZON.ResumeIntent")
    echo.listen(21 * MINUTES)
    playing(echo, OLDEST, 1)
    echo.say("AMAZON.NextIntent")
    playing(echo, OLDEST, 0)


def test_shuffle_plays_each_once(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.say("AMAZON.ShuffleOnIntent")
    echo.say("AMAZON.LoopOnIntent")
    heard = []
    for _ in range(3):
        heard.append(echo.token)
        echo.say("AMAZON.NextIntent")
    assert sorted(heard) == [OLDEST, MIDDLE, NEWEST]


def test_what_is_playing_how_long_how_much_is_left(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(10 * MINUTES)
    assert "abeilles" in echo.say("WhatIsPlayingIntent")
    assert "30 minutes" in echo.say("EpisodeLengthIntent")
    assert "20 minutes" in echo.say("TimeLeftIntent")
    assert "abeilles" in echo.say("AboutEpisodeIntent")
    playing(echo, NEWEST, 10)


def test_lists_and_counts(echo: Speaker) -> None:
    assert "abeilles" in echo.say("ListPodcastsIntent")
    assert "abeilles" in echo.say("ListEpisodesIntent")
    assert "3" in echo.say("CountEpisodesIntent")
    assert "27 janvier" in echo.say("NextEpisodeDateIntent")


def test_nothing_was_ever_heard(echo: Speaker) -> None:
    for intent in (
        "AMAZON.PauseIntent",
        "AMAZON.ResumeIntent",
        "AMAZON.NextIntent",
        "AMAZON.PreviousIntent",
        "AMAZON.StartOverIntent",
        "SeekForwardIntent",
        "MarkHeardIntent",
    ):
        assert echo.say(intent)
        assert echo.activity == "IDLE", intent


def test_a_withdrawn_episode_keeps_its_place_until_it_is_back(echo: Speaker, radio: Radio) -> None:
    echo.say("PlayPodcastIntent", number="2")
    echo.listen(5 * MINUTES)
    radio.publish(metamorphoses=feed(episode(1), episode(3)))
    echo.say("AMAZON.PauseIntent")
    assert echo.say("AMAZON.ResumeIntent").endswith("?")
    radio.publish(metamorphoses=feed(episode(1), episode(2), episode(3)))
    echo.say("AMAZON.ResumeIntent")
    playing(echo, MIDDLE, 5)


@pytest.mark.parametrize(("intent", "expected"), [("AMAZON.NextIntent", OLDEST), ("AMAZON.PreviousIntent", NEWEST)])
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
    echo.say("AMAZON.NextIntent")
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
    assert "ne peut pas lire" in answer.speech.text


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
