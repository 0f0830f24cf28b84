"""What a rung says reaches a person: whoever holds one of its roles gets a notice, in the transaction of the rung."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.models import Account
from wutong.base.notices.kinds import Group, NoticeKind, Param, declare_kind
from wutong.base.notices.services import notify
from wutong.cases.clocks.declared import EXPIRED, Rung
from wutong.cases.clocks.words import due_words
from wutong.cases.models import Assignment, Case, Change, Clock
from wutong.cases.registry import case_type_of, react_to_rungs
from wutong.ledgerkit.registry import find_pages
from wutong.registers.history.intervals import holds_on
from wutong.registers.organisation.models import Official, StandIn

RUNG = declare_kind(
    NoticeKind(
        "ledgerkit.clock_rung",
        label=_("时限提醒"),
        title=_("%(clock)s：%(rung)s"),
        text=_("%(number)s“%(title)s”，到期%(due)s。"),
        group=Group.CLOCKS,
        outside=_("%(number)s：%(clock)s，到期%(due)s。"),
    )
)
EFFECT = declare_kind(
    NoticeKind(
        "ledgerkit.clock_effect",
        label=_("到期自动办理"),
        title=_("%(clock)s已到期：%(effect)s"),
        text=_("%(number)s“%(title)s”按%(article)s由系统办理，请核对并告知申请人。"),
        group=Group.CLOCKS,
        outside=_("%(number)s：%(clock)s已到期，请登录梧桐查看。"),
    )
)


@react_to_rungs
def tell_of_rung(case: Case, clock: Clock, rung: Rung | None, change: Change, now: datetime) -> None:
    """The expiry itself is told where the law lets something follow from it, or where no rung comes after it."""
    pages = find_pages(case.case_type)
    if pages is None:
        return  # nobody could open it
    procedure = case_type_of(case).procedure
    definition = procedure.clock(clock.code)
    link = reverse("case_detail", args=[pages.slug, case.number])
    params = {"number": case.number, "title": case.title, "clock": definition.label, "due": due_words(clock)}
    if rung is not None:
        if rung.offset < 0 and _has_passed(clock, now):
            return  # a sweep that was away: what comes after it says more
        people = holders(case, rung.notify, localdate(now))
        words = definition.rung_label(rung.code)
        _tell(RUNG, people, {**params, "rung": words}, link, f"rung:{change.pk}:{clock.pk}:{rung.code}", now)
    elif definition.on_expiry:
        effect = procedure.transition(definition.on_expiry)
        label = effect.label if effect else definition.on_expiry
        told = {**params, "effect": label, "article": clock.article}
        _tell(
            EFFECT,
            holders(case, ("host",), localdate(now)),
            told,
            link,
            f"effect:{change.pk}:{clock.pk}",
            now,
        )
    elif all(item["offset"] < 0 for item in clock.rungs):
        words = _("已过到期日")
        key = f"rung:{change.pk}:{clock.pk}:{EXPIRED}"
        _tell(RUNG, holders(case, ("host",), localdate(now)), {**params, "rung": words}, link, key, now)


def _has_passed(clock: Clock, now: datetime) -> bool:
    if clock.due_at is not None:
        return clock.due_at < now
    return clock.due_on is not None and clock.due_on < localdate(now)


def _tell(
    kind: NoticeKind, people: list[Account], params: Mapping[str, Param], link: str, key: str, now: datetime
) -> None:
    if people:
        notify(kind.code, people, params=params, link=link, key=key, now=now)


def holders(case: Case, roles: tuple[str, ...], on: date) -> list[Account]:
    """Accounts behind the open roles of a case: the person, or everybody of the unit when nobody is named. Who stands in
    for one of these persons on that day is told as well."""
    held = Assignment.objects.filter(case=case, role__in=roles, to_on__isnull=True)
    rows = list(held.values_list("person_id", "unit_id"))
    persons = [person for person, _unit in rows if person is not None]
    units = [unit for person, unit in rows if person is None]
    instead = StandIn.objects.filter(holds_on(on), official__in=persons)
    officials = Official.objects.filter(
        Q(pk__in=persons) | Q(unit__in=units) | Q(pk__in=instead.values("stand_in")),
        to_on__isnull=True,
        account__isnull=False,
    ).select_related("account")
    return [official.account for official in officials if official.account is not None]
