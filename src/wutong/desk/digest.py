"""The morning digest: what is late, due today or soon, and what is newly owed, for everybody who holds a role in a case."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.models import Account
from wutong.base.notices.digest import DigestLine, compose_digest
from wutong.base.notices.models import Notice
from wutong.cases.clocks.counting import counting_now
from wutong.cases.clocks.words import due_words
from wutong.cases.models import Assignment, Case, Clock, Task
from wutong.cases.registry import case_type_of
from wutong.desk.due_clocks import SOON, case_href, is_secret, may_leave, shown_types
from wutong.registers.organisation.actors import memberships_on
from wutong.registers.organisation.models import Official

logger = logging.getLogger(__name__)
Members = Mapping[int, Sequence[tuple[int, bool]]]
"""Officials of a unit or team, and whether that tie is close."""

BLOCK = 200
LATE = _("已超时：%(number)s%(title)s，%(clock)s，到期%(due)s")
TODAY = _("今天到期：%(number)s%(title)s，%(clock)s，%(due)s")
SOON_DUE = _("快到期：%(number)s%(title)s，%(clock)s，到期%(due)s")
NEW_TASK = _("新的待办：%(number)s%(title)s，%(words)s")


def send_digests(now: datetime, on: date) -> int:
    """The digest of the day for everybody who has something to be told; returns how many were written.

    Repeating it on the same day writes nothing more. One person's failure is logged and keeps nobody else waiting.
    """
    written = last = 0
    while block := list(_people(on).filter(pk__gt=last).order_by("pk")[:BLOCK]):
        last = block[-1].pk
        lines = lines_of(block, on, now)
        waiting = set(
            Notice.objects.filter(
                recipient__in=[official.account_id for official in block], awaits_digest=True
            ).values_list("recipient", flat=True)
        )
        for official in block:
            account, own = official.account, lines.get(official.pk, ())
            if account is None or not (own or account.pk in waiting):
                continue
            try:
                written += compose_digest(account, own, on=on, now=now) is not None
            except Exception:
                logger.exception("The digest of account %s failed", account.pk)
    return written


def digest_lines(account: Account, on: date, now: datetime) -> Sequence[DigestLine]:
    """What one person is told on a day; nothing without an official in office."""
    people = list(_people(on).filter(account=account))
    return lines_of(people, on, now).get(people[0].pk, ()) if people else ()


def _people(on: date) -> QuerySet[Official]:
    in_office = Q(to_on__isnull=True) | Q(to_on__gt=on)
    return Official.objects.filter(in_office, account__is_active=True).select_related("account")


# ---- who holds what ----------------------------------------------------------------------------------------------


@dataclass
class Holdings:
    """Roles that a block of people hold now: official to whether the tie is close, by case, and by case and role.

    Close is in person or through a team; through the department one holds what is not secret only.
    """

    by_case: dict[int, dict[int, bool]] = field(default_factory=lambda: defaultdict(dict))
    by_role: dict[tuple[int, str], dict[int, bool]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, case: int, role: str, official: int, *, is_close: bool) -> None:
        for held in (self.by_case[case], self.by_role[case, role]):
            held[official] = held.get(official, False) or is_close


def _holdings(people: Sequence[Official], held: QuerySet[Assignment], members: Members) -> Holdings:
    known = {official.pk for official in people}
    holdings = Holdings()
    for case, role, unit, person in held.values_list("case", "role", "unit", "person"):
        if person is not None:
            if person in known:
                holdings.add(case, role, person, is_close=True)
            continue
        for official, is_close in members.get(unit, ()):
            holdings.add(case, role, official, is_close=is_close)
    return holdings


def _members(people: Sequence[Official], on: date) -> Members:
    """The people by their unit, and by their teams."""
    members: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for official in people:
        members[official.unit_id].append((official.pk, False))
    teams = memberships_on(on).filter(official__in=[official.pk for official in people])
    for team, official_id in teams.values_list("team", "official"):
        members[team].append((official_id, True))
    return members


# ---- lines -------------------------------------------------------------------------------------------------------


def lines_of(people: Sequence[Official], on: date, now: datetime) -> Mapping[int, Sequence[DigestLine]]:
    """The lines of each of the people: late first, then today, then soon, then new tasks. As many queries for two
    hundred people as for one."""
    counting = counting_now()
    members = _members(people, on)
    named = Q(person__in=[official.pk for official in people])
    held = Assignment.objects.filter(
        named | Q(person__isnull=True, unit__in=list(members)), to_on__isnull=True, case__is_open=True
    )
    holdings = _holdings(people, held, members)
    lines: dict[int, list[DigestLine]] = defaultdict(list)
    last = counting.calendar.add_workdays(on, SOON).on
    clocks = Clock.objects.filter(
        Q(missed_on__isnull=False) | Q(due_on__lte=last),
        running_since__isnull=False,
        ended_on__isnull=True,
        case__in=held.values("case"),
        case__case_type__in=shown_types(),
    )
    for clock in clocks.select_related("case__parent").order_by("due_on", "pk"):
        _give(lines, holdings.by_case[clock.case_id], clock.case, _clock_line(clock, on, now))
    since = counting.calendar.workday_before(on, 1)
    tasks = Task.objects.filter(
        closed_on__isnull=True,
        opened_on__gte=since,
        opened_on__lt=on,
        case__in=held.values("case"),
        case__case_type__in=shown_types(),
    )
    for task in tasks.select_related("case__parent").order_by("opened_on", "pk"):
        _give(lines, holdings.by_role[task.case_id, task.role], task.case, _task_line(task))
    return {key: sorted(own, key=_place) for key, own in lines.items()}


def _place(line: DigestLine) -> int:
    return [LATE, TODAY, SOON_DUE, NEW_TASK].index(line.words)  # type: ignore[arg-type]


def _give(lines: dict[int, list[DigestLine]], held: Mapping[int, bool], case: Case, line: DigestLine) -> None:
    secret = is_secret(case)
    for official, is_close in held.items():
        if is_close or not secret:
            lines[official].append(line)


def _clock_line(clock: Clock, on: date, now: datetime) -> DigestLine:
    case = clock.case
    passed = clock.due_on is not None and clock.due_on < on if clock.due_at is None else clock.due_at < now
    late = clock.missed_on is not None or passed
    words = LATE if late else TODAY if clock.due_on == on else SOON_DUE
    label = case_type_of(case).procedure.clock(clock.code).label
    params = {"number": case.number, "title": _title(case), "clock": label, "due": due_words(clock)}
    return DigestLine(words, params, case_href(case), is_alarm=words is not SOON_DUE)


def _task_line(task: Task) -> DigestLine:
    case = task.case
    state = case_type_of(case).procedure.state(task.state)
    words = state.task.words if state.task else state.label
    return DigestLine(
        NEW_TASK, {"number": case.number, "title": _title(case), "words": words}, case_href(case)
    )


def _title(case: Case) -> str:
    """A message is kept when its reader no longer sees the case: titles of leads stay out."""
    return f"“{case.title}”" if may_leave(case) else ""
