"""What people are told of rounds: one notice per person with the number owed, never one per case."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.models import Account
from wutong.base.calendar.services import working_calendar
from wutong.base.notices.kinds import Group, NoticeKind, Param, declare_kind
from wutong.base.notices.services import notify
from wutong.cases.models import Assignment
from wutong.cases.rounds.declared import ReportKind, Text, report_kind
from wutong.cases.rounds.models import Report, Round, RoundReminder
from wutong.cases.rounds.queries import TO_DO
from wutong.cases.rounds.rights import require
from wutong.registers.history.intervals import holds_on
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official, StandIn

REMINDER = declare_kind(
    NoticeKind(
        "rounds.reminder",
        label=_("催报"),
        title=_("%(round)s：%(count)s项待报，%(when)s"),
        text=_("请在%(due)s前填报。"),
        group=Group.TASKS,
        outside=_("%(count)s项填报，截止%(due)s，请登录梧桐填报。"),
    )
)
RETURNED = declare_kind(
    NoticeKind(
        "rounds.returned",
        label=_("填报退回"),
        title=_("%(round)s：%(count)s项被退回"),
        text=_("退回理由：%(reason)s"),
        group=Group.TASKS,
        outside=_("%(count)s项填报被退回，请登录梧桐查看。"),
    )
)
WHEN: dict[str, Text] = {"before": _("即将截止"), "due": _("今天截止"), "after": _("已过截止日")}


def steps_of(found: Round, kind: ReportKind) -> list[tuple[str, date]]:
    """The reminders of a round and their days, in order."""
    calendar = working_calendar()
    return [
        ("before", calendar.workday_before(found.due_on, kind.remind_before)),
        ("due", found.due_on),
        ("after", calendar.add_workdays(found.due_on, kind.remind_after).on),
    ]


@transaction.atomic
def remind_due(found: Round, *, on: date, now: datetime) -> int:
    """Send the reminder whose day has come, once; those that were missed before it go unsaid, for it says more. Returns
    how many people were told."""
    kind = report_kind(found.kind)
    come = [step for step, day in steps_of(found, kind) if day <= on]
    if found.locked_at is not None or not come or _is_before_opening(found, kind, come[-1]):
        return 0
    new = [_claim(found, step, now) for step in come]
    if not new[-1]:
        return 0
    return tell_holders(found, _to_do(found), WHEN[come[-1]], f"round:{found.pk}:{come[-1]}", now)


def _is_before_opening(found: Round, kind: ReportKind, step: str) -> bool:
    """A round that is opened shortly before its due day needs no reminder for a day before that."""
    return dict(steps_of(found, kind))[step] < found.opened_on


def _claim(found: Round, step: str, now: datetime) -> bool:
    """Whether this call is the one that sends the step."""
    _row, created = RoundReminder.objects.get_or_create(round=found, step=step, defaults={"sent_at": now})
    return created


def remind_now(found: Round, reports: Iterable[Report], *, actor: Actor, on: date, now: datetime) -> int:
    """Remind those who owe these reports at once; each person once a day. Returns how many were told."""
    require(actor, report_kind(found.kind).right)
    owed = [report for report in reports if report.state in TO_DO]
    when = WHEN["due"] if on == found.due_on else WHEN["after"] if on > found.due_on else WHEN["before"]
    return tell_holders(found, owed, when, f"round:{found.pk}:now:{on}", now)


def _to_do(found: Round) -> list[Report]:
    return list(Report.objects.filter(round=found, state__in=TO_DO))


def tell_holders(found: Round, reports: Sequence[Report], when: Text, key: str, now: datetime) -> int:
    """One notice for each present host of these reports, with their number."""
    kind = report_kind(found.kind)
    by_count: dict[int, list[Account]] = defaultdict(list)
    for account, count in hosts_of([report.case_id for report in reports], localdate(now)).items():
        by_count[count].append(account)
    link = reverse("round_fill", args=[found.pk])
    told = 0
    for count, accounts in sorted(by_count.items()):
        params: dict[str, Param] = {
            "round": kind.title(found.period),
            "count": count,
            "due": found.due_on,
            "when": when,
        }
        told += notify(REMINDER.code, accounts, params=params, link=link, key=key, now=now)
    return told


def hosts_of(case_ids: Sequence[int], on: date) -> dict[Account, int]:
    """Accounts behind the present hosts, with the number of these cases that each answers for: the person, who stands in
    for him, or everybody of the unit where nobody is named. Three queries."""
    seats = Assignment.objects.filter(case__in=case_ids, role="host", to_on__isnull=True)
    by_person: dict[int, int] = defaultdict(int)
    by_unit: dict[int, int] = defaultdict(int)
    for person, unit in seats.values_list("person", "unit"):
        if person is not None:
            by_person[person] += 1
        else:
            by_unit[unit] += 1
    instead: dict[int, list[int]] = defaultdict(list)
    stand_ins = StandIn.objects.filter(holds_on(on), official__in=list(by_person))
    for away, stand_in in stand_ins.values_list("official", "stand_in"):
        instead[stand_in].append(away)
    people = Official.objects.filter(
        Q(pk__in=[*by_person, *instead]) | Q(unit__in=list(by_unit)),
        to_on__isnull=True,
        account__isnull=False,
    ).select_related("account")
    counts: dict[Account, int] = {}
    for official in people:
        assert official.account is not None, "asked for those who have one"
        count = by_person.get(official.pk, 0) + by_unit.get(official.unit_id, 0)
        counts[official.account] = count + sum(by_person[item] for item in instead.get(official.pk, ()))
    return counts


def tell_of_return(found: Round, reports: Sequence[Report], reason: str, now: datetime) -> None:
    """Each author is told once of the reports that come back."""
    by_author: dict[Account, list[Report]] = defaultdict(list)
    for report in reports:
        if report.submitted_by is not None:
            by_author[report.submitted_by].append(report)
    for account, own in by_author.items():
        params: dict[str, Param] = {
            "round": report_kind(found.kind).title(found.period),
            "count": len(own),
            "reason": reason,
        }
        key = f"round-return:{found.pk}:{own[0].pk}:{own[0].last_seq}"
        link = reverse("round_fill", args=[found.pk])
        notify(RETURNED.code, [account], params=params, link=link, key=key, now=now)
