"""The order of an agenda, what a day typed in a meeting means, and how a decision stands. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeVar

T = TypeVar("T")
LAMP_ORDER = {"red": 0, "yellow": 1}
HALF_A_YEAR = 183
FARTHEST_YEARS = 5


# ---- the agenda ------------------------------------------------------------------------------------------------


def agenda_key(
    leader_rank: tuple[int, ...] | None, lamp: str, days_over: int, number: str
) -> tuple[bool, tuple[int, ...], int, int, str]:
    """By lead official in the order of the roster, those without one last; inside red before yellow, then the
    longest over the line."""
    return leader_rank is None, leader_rank or (), LAMP_ORDER.get(lamp, 2), -days_over, number


def placed(present: Sequence[T], new: Iterable[T], key: Callable[[T], object]) -> list[T]:
    """New items come to where they belong; the present ones keep the order that somebody may have given them."""
    items = list(present)
    for item in sorted(new, key=key):  # type: ignore[arg-type]
        own = key(item)
        at = next((i for i, other in enumerate(items) if key(other) > own), len(items))  # type: ignore[operator]
        items.insert(at, item)
    return items


def moved(items: Sequence[T], item: T, to: int) -> list[T]:
    """The same items, one of them at another place (from 0)."""
    rest = [other for other in items if other != item]
    return [*rest[:to], item, *rest[to:]]


# ---- what became of it -----------------------------------------------------------------------------------------

Standing = Literal["done", "running", "overdue", "noted", "withdrawn"]


@dataclass(frozen=True)
class Followed:
    """A case that a decision opened and that can be closed."""

    is_open: bool
    due_on: date | None


def standing(cases: Iterable[Followed], as_of: date) -> Standing:
    """It is done as soon as all its cases are closed, overdue when one of them is past its due day; without a case it
    was only noted. A case whose clock rests (handed in, waiting for a check) has no due day and is not late."""
    rows = list(cases)
    if not rows:
        return "noted"
    if any(row.is_open and row.due_on is not None and row.due_on < as_of for row in rows):
        return "overdue"
    return "running" if any(row.is_open for row in rows) else "done"


# ---- a day as it is said ---------------------------------------------------------------------------------------


class UnreadableDay(ValueError):
    """Nobody knows which day is meant."""


class PastDay(ValueError):
    """The day that is meant is over."""

    def __init__(self, day: date) -> None:
        super().__init__(day.isoformat())
        self.day = day


WORDS = {
    "今天": 0, "今日": 0, "当天": 0, "当日": 0, "明天": 1, "明日": 1, "次日": 1, "后天": 2, "大后天": 3,
}  # fmt: skip
DIGITS = {word: number for number, word in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
WEEKDAYS = {word: number for number, word in enumerate("一二三四五六日")} | {"天": 6} | {
    str(number + 1): number for number in range(7)
}  # fmt: skip
WEEKDAY = re.compile(r"(本|这个|这|下下个|下下|下个|下)?(?:周|星期|礼拜)([一二三四五六日天1-7])")
SPOKEN = re.compile(r"[零〇一二两三四五六七八九十]+(?=年|月|日|号|天|周|个)")
SPAN = re.compile(r"(\d{1,3})(天|日|周|个星期|个月)(?:内|后|以内|之内|以后)")
FULL = re.compile(r"(\d{4}|\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
RUN = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH_DAY = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?")
DAY = re.compile(r"(下个?月|本月)?(\d{1,2})[日号]")
END = re.compile(r"(?:(本|下个?)?月|(\d{1,2})月|(年))[底末]")
TAIL = re.compile(r"(?:之前|以前|前|止)$")


def parse_due(text: str, meeting_on: date) -> date:
    """The day that somebody means in a meeting: 1月19日, 1-19, 下周五, 月底, 3天内, 2026-01-19.

    Without a year it is the next such day: one that passed less than half a year ago is taken for a slip and refused.
    Raises UnreadableDay or PastDay.
    """
    said = TAIL.sub("", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
    try:
        day = _meant(SPOKEN.sub(lambda match: str(_number(match.group())), said), meeting_on)
    except (ValueError, OverflowError):
        day = None
    if day is None:
        raise UnreadableDay(text)
    if day < meeting_on:
        raise PastDay(day)
    if day.year > meeting_on.year + FARTHEST_YEARS:
        raise UnreadableDay(text)
    return day


def _number(spoken: str) -> int:
    """十九 → 19, 二十 → 20, 二〇二六 → 2026. Raises ValueError for what nobody counts like that: 一一十, 十一二."""
    tens, ten, ones = spoken.rpartition("十")
    if not ten:
        return int("".join(str(DIGITS[word]) for word in spoken))
    if tens not in {"", *DIGITS} or ones not in {"", *DIGITS}:
        raise ValueError(spoken)
    return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)


def _meant(said: str, today: date) -> date | None:
    if said in WORDS:
        return today + timedelta(WORDS[said])
    if match := WEEKDAY.fullmatch(said):
        return _weekday(match.group(1) or "", WEEKDAYS[match.group(2)], today)
    if match := SPAN.fullmatch(said):
        return _later(today, int(match.group(1)), match.group(2))
    if match := FULL.fullmatch(said) or RUN.fullmatch(said):
        year = int(match.group(1))
        return date(year if year > 99 else 2000 + year, int(match.group(2)), int(match.group(3)))
    if match := MONTH_DAY.fullmatch(said):
        return _next(int(match.group(1)), int(match.group(2)), today)
    if match := DAY.fullmatch(said):
        return _day_of_month(match.group(1) or "", int(match.group(2)), today)
    if match := END.fullmatch(said):
        return _end(match, today)
    return None


def _weekday(which: str, weekday: int, today: date) -> date:
    monday = today - timedelta(today.weekday())
    if not which:
        return today + timedelta((weekday - today.weekday()) % 7)
    weeks = {"本": 0, "这": 0, "这个": 0, "下": 1, "下个": 1, "下下": 2, "下下个": 2}[which]
    return monday + timedelta(7 * weeks + weekday)


def _later(today: date, count: int, what: str) -> date:
    if what == "个月":
        month = _first_of_month(today, count)
        return min(month + timedelta(today.day - 1), _last_of_month(month))
    return today + timedelta(count * (1 if what in {"天", "日"} else 7))


def _next(month: int, day: int, today: date) -> date:
    """29 February is looked for in the next leap year only when it has just not passed."""
    try:
        this_year = date(today.year, month, day)
    except ValueError:
        return date(today.year + 1, month, day)
    if this_year < today and (today - this_year).days > HALF_A_YEAR:
        return date(today.year + 1, month, day)
    return this_year


def _day_of_month(which: str, day: int, today: date) -> date:
    first = _first_of_month(today, 1 if which.startswith("下") else 0)
    found = first.replace(day=day)
    if not which and found < today:
        return _first_of_month(today, 1).replace(day=day)
    return found


def _end(match: re.Match[str], today: date) -> date:
    which, month, year = match.groups()
    if year:
        return date(today.year, 12, 31)
    if month:
        first = date(today.year, int(month), 1)
        last = _last_of_month(first)
        over = last < today and (today - last).days > HALF_A_YEAR
        return _last_of_month(first.replace(year=today.year + 1)) if over else last
    return _last_of_month(_first_of_month(today, 1 if (which or "").startswith("下") else 0))


def _first_of_month(day: date, later: int) -> date:
    months = day.year * 12 + day.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)


def _last_of_month(day: date) -> date:
    return _first_of_month(day, 1) - timedelta(1)
