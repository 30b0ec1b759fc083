"""Listening by voice, as a person would: each command and each question, through an Echo that keeps Amazon's rules."""

from __future__ import annotations

import pytest

from tests.fakes import Moody, Radio, episode, feed
from tests.speaker import Speaker

NEWEST, MIDDLE, OLDEST = "metamorphoses-3", "metamorphoses-2", "metamorphoses-1"
MINUTES = 60


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


def to_the_last(echo: Speaker) -> None:
    """From the newest on to the oldest, where there is nothing more."""
    echo.say("PlayPodcastIntent")
    echo.say("AMAZON.NextIntent")
    echo.say("AMAZON.NextIntent")
    playing(echo, OLDEST)


def test_after_the_last_there_is_no_next(echo: Speaker) -> None:
    to_the_last(echo)
    echo.listen(MINUTES)
    echo.say("AMAZON.NextIntent")
    playing(echo, OLDEST, 1)


def test_the_one_before_the_newest_is_the_older_one_and_the_next_undoes_it(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.say("AMAZON.PreviousIntent")
    playing(echo, MIDDLE)
    echo.say("AMAZON.PreviousIntent")
    playing(echo, OLDEST)
    echo.say("AMAZON.NextIntent")
    playing(echo, MIDDLE)


def test_after_an_old_one_that_was_asked_for_the_newer_one_follows(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent", number="1")
    echo.listen(35 * MINUTES)
    playing(echo, MIDDLE, 5)
    echo.say("AMAZON.PreviousIntent")
    playing(echo, OLDEST)


def test_start_over(echo: Speaker) -> None:
    echo.say("PlayPodcastIntent")
    echo.listen(5 * MINUTES)
    echo.say("AMAZON.StartOverIntent")
    playing(echo, NEWEST, 0)
    echo.unplug()
    echo.say("AMAZON.ResumeIntent")
    playing(echo, NEWEST, 0)


def test_heard_to_the_end_it_starts_from_the_beginning(echo: Speaker) -> None:
    to_the_last(echo)
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
    assert store.get(echo.key).mark(NEWEST).done


def test_the_last_marked_as_heard_falls_silent(echo: Speaker, store: Moody) -> None:
    to_the_last(echo)
    echo.listen(5 * MINUTES)
    echo.say("MarkHeardIntent")
    assert echo.activity == "STOPPED"
    assert store.get(echo.key).mark(OLDEST).done


def test_loop_begins_again_after_the_last(echo: Speaker) -> None:
    to_the_last(echo)
    echo.listen(MINUTES)
    echo.say("AMAZON.LoopOnIntent")
    playing(echo, OLDEST, 1)
    echo.listen(30 * MINUTES)
    playing(echo, NEWEST, 1)


def test_loop_switched_off_in_time_plays_nothing_more(echo: Speaker) -> None:
    to_the_last(echo)
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


@pytest.mark.parametrize(("question", "token"), [("le dernier podcast", NEWEST), ("le plus récent", NEWEST), ("les abeilles", NEWEST)])
def test_a_free_question_is_an_episode_or_the_newest(echo: Speaker, question: str, token: str) -> None:
    echo.say("PlayPodcastIntent", question=question)
    playing(echo, token)
