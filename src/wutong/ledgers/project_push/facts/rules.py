"""Pure rules of the dated facts of a project: the order of its nodes, days beyond a limit, positions. Neither Django nor
a clock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

ORDER_OF_LIFE = (
    "lead", "negotiating", "appraised", "signed", "registered", "filing", "approval", "land", "environment", "energy",
    "planning", "permit", "started", "building", "topped_out", "completion", "equipment", "trial", "in_production",
    "at_capacity",
)  # fmt: skip
"""States of the case and nodes of the project in the order in which a project usually passes them; a drawing shows them
like this. Only the pairs below are a rule."""
NEEDED_BEFORE = (("building", "completion"),)
"""The second is never reached without the first."""
NEVER_BEFORE = (("building", "topped_out"), ("building", "completion"), ("topped_out", "completion"))
"""The second is never reached earlier than the first."""
EAST, WEST, NORTH, SOUTH = Decimal(136), Decimal(73), Decimal(54), Decimal(3)
"""Between these lies every place of the country, in degrees."""


def faults_of_nodes(days: Mapping[str, date | None]) -> list[tuple[str, str]]:
    """Pairs of nodes (earlier, later) whose actual days cannot be right together."""
    faults = [
        (earlier, later)
        for earlier, later in NEEDED_BEFORE
        if days.get(later) is not None and days.get(earlier) is None
    ]
    for earlier, later in NEVER_BEFORE:
        first, second = days.get(earlier), days.get(later)
        if first is not None and second is not None and second < first:
            faults.append((earlier, later))
    return faults


def is_in_reach(longitude: Decimal, latitude: Decimal) -> bool:
    """Whether a position lies in the country; exchanged degrees do not."""
    return WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH


def limit_day(
    since: date, limit_days: int, suspensions: Sequence[tuple[date, date | None]], as_of: date
) -> date:
    """The last day of a limit of days that began on `since` (the first day does not count), suspended days left out; a
    suspension that lasts is counted up to `as_of`."""
    left, day = limit_days, since
    for start, end in sorted((max(start, since), end or max(as_of, start)) for start, end in suspensions):
        if end <= day:
            continue
        if (start - day).days > left:
            break
        left -= max(0, (start - day).days)
        day = end
    return day + timedelta(days=left)


def late_days_within(
    first: date,
    last: date,
    late: Iterable[tuple[date, date]],
    suspensions: Sequence[tuple[date, date | None]] = (),
) -> int:
    """Days of lateness (after `start` up to and including `end`, suspended days left out) that fall into a time held
    from `first` to `last`. Held times that follow each other divide the lateness without remainder."""
    total = 0
    for start, end in late:
        begin, stop = max(start, first), min(end, last)
        if begin >= stop:
            continue
        resting = sum(max(0, (min(to or stop, stop) - max(since, begin)).days) for since, to in suspensions)
        total += (stop - begin).days - resting
    return total
