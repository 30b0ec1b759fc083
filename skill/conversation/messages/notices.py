"""What staff announce: in their own words, or made from what they filled in."""

from __future__ import annotations

from datetime import date

from skill.conversation.terms import Between, Contact, Full, Hours, Message, Name, Words


class NoticeSaid(Message):
    say: Words


class NoticeInFrench(Message):
    """A sentence that has no translation."""

    say: Words


class NoticeClosed(Message):
    place: Name
    days: Between


class NoticeClosedHours(Message):
    place: Name
    days: Between
    hours: Hours


class NoticeClosedDaily(Message):
    """For a part of each of several days."""

    place: Name
    days: Between
    hours: Hours


class NoticeCancelled(Message):
    what: Words
    days: Between


class NoticeCancelledIn(Message):
    what: Words
    days: Between
    district: Name


class NoticeMoved(Message):
    what: Words
    day: Full
    to: Full


class NoticeMovedIn(Message):
    what: Words
    day: Full
    to: Full
    district: Name


class NoticeAhead(Message):
    """What holds from a day to come, in words that say nothing of when."""

    days: Between
    say: Words


class NoticeAnd(Message):
    """The sentence that the dates make, and staff's own after it."""

    notice: Message
    say: Words


class NoticeBecause(Message):
    """The same where staff's words go on with the sentence: "en raison de travaux"."""

    notice: Message
    say: Words


class WithNotice(Message):
    text: Message
    notice: Message


class ClosedByNotice(Message):
    notice: Message
    next: Message


class NoByNotice(Message):
    notice: Message
    next: Message


class YesByNotice(Message):
    notice: Message
    next: Message


class NoNotices(Message):
    contact: Contact


class MoreNotices(Message):
    count: int


class OneMoreNotice(Message):
    pass


class TheseClosed(Message):
    day: date
    places: tuple[Name, ...]


class NoneClosed(Message):
    kind: Name
    day: date
