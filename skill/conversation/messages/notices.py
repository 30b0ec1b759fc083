"""What staff announce: in their own words, or made from what they filled in."""

from __future__ import annotations

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


class NoticeCancelled(Message):
    what: Words
    days: Between


class NoticeMoved(Message):
    what: Words
    day: Full
    to: Full


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
