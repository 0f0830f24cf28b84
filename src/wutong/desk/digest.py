"""The lines of the morning digest: what is late, due today or soon, for everybody who holds a role in a case."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.models import Account
from wutong.base.notices.digest import DigestLine, compose_digest
from wutong.cases.clocks.counting import counting_now
from wutong.cases.clocks.scales import Counting
from wutong.cases.clocks.words import due_words
from wutong.cases.models import Assignment, Case, Clock, Task
from wutong.cases.registry import case_type_of
from wutong.desk.due_clocks import is_late, soon_at
from wutong.ledgerkit.registry import find_pages
from wutong.registers.organisation.models import Official

LATE = _("已超时：%(number)s %(clock)s，到期%(due)s")
TODAY = _("今天到期：%(number)s %(clock)s，%(due)s")
SOON_WORDS = _("快到期：%(number)s %(clock)s，到期%(due)s")
NEW_TASK = _("新的待办：%(number)s %(words)s")


def send_digests(now: datetime, on: date) -> int:
    """One digest for everybody who has something to be told; returns how many were written. Repeating it on the same day
    writes nothing more."""
    lines, written = lines_by_official(now, on), 0
    people = Official.objects.filter(to_on__isnull=True, account__is_active=True).select_related("account")
    for official in people.order_by("pk"):
        if official.account is None:
            continue
        if compose_digest(official.account, lines.get(official.pk, ()), on=on, now=now) is not None:
            written += 1
    return written


def digest_lines(account: Account, now: datetime, on: date) -> Sequence[DigestLine]:
    """What one person is told."""
    official = getattr(account, "official", None)
    return lines_by_official(now, on).get(official.pk, ()) if official else ()


def lines_by_official(now: datetime, on: date) -> Mapping[int, Sequence[DigestLine]]:
    """Everybody's lines, read once: late clocks first, then today, then soon, then new tasks."""
    counting = counting_now()
    holders, units = _holders()
    lines: dict[int, list[DigestLine]] = defaultdict(list)
    clocks = Clock.objects.filter(running_since__isnull=False, ended_on__isnull=True, due_on__isnull=False)
    found = [*clocks.filter(is_late(now, on)), *soon_at(clocks, now, on, counting)]
    cases = Case.objects.in_bulk([clock.case_id for clock in found])
    for clock in sorted(found, key=lambda item: (item.due_on or date.max, item.pk)):
        case = cases[clock.case_id]
        line = _clock_line(counting, case, clock, now, on)
        if line is not None:
            for official in holders.get(case.pk, ()):
                lines[official].append(line)
    for task in Task.objects.filter(
        closed_on__isnull=True, opened_on=_day_before(counting, on)
    ).select_related("case"):
        task_line = _task_line(task)
        if task_line is not None:
            for official in units.get((task.case_id, task.role), ()):
                lines[official].append(task_line)
    return lines


def _holders() -> tuple[dict[int, set[int]], dict[tuple[int, str], set[int]]]:
    """Officials by case, and by case and role: the person who is named, or everybody of a unit where nobody is."""
    by_unit: dict[int, set[int]] = defaultdict(set)
    for pk, unit in Official.objects.filter(to_on__isnull=True, account__isnull=False).values_list(
        "pk", "unit"
    ):
        by_unit[unit].add(pk)
    by_case: dict[int, set[int]] = defaultdict(set)
    by_role: dict[tuple[int, str], set[int]] = defaultdict(set)
    held = Assignment.objects.filter(to_on__isnull=True, case__is_open=True)
    for case, role, unit, person in held.values_list("case", "role", "unit", "person"):
        people = {person} if person is not None else by_unit[unit]
        by_case[case] |= people
        by_role[case, role] |= people
    return by_case, by_role


def _clock_line(counting: Counting, case: Case, clock: Clock, now: datetime, on: date) -> DigestLine | None:
    href = _href(case)
    if href is None or clock.due_on is None:
        return None
    late = clock.missed_on is not None or (
        clock.due_at < now if clock.due_at is not None else clock.due_on < on
    )
    words = LATE if late else (TODAY if clock.due_on == on else SOON_WORDS)
    label = case_type_of(case).procedure.clock(clock.code).label
    params = {"number": case.number, "clock": label, "due": due_words(clock)}
    return DigestLine(words, params, href, is_alarm=late or clock.due_on == on)


def _task_line(task: Task) -> DigestLine | None:
    href, state = _href(task.case), case_type_of(task.case).procedure.state(task.state)
    if href is None or state.task is None:
        return None
    return DigestLine(NEW_TASK, {"number": task.case.number, "words": state.task.words}, href)


def _day_before(counting: Counting, on: date) -> date:
    return counting.calendar.workday_before(on, 1)


def _href(case: Case) -> str | None:
    pages = find_pages(case.case_type)
    return reverse("case_detail", args=[pages.slug, case.number]) if pages else None
