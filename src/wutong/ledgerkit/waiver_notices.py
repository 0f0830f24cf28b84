"""A request to be let past a gate reaches those who can answer it, and the answer reaches whoever asked; in the
transaction of the act."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.models import Account
from wutong.base.accounts.rights import holders_of
from wutong.base.notices.kinds import Group, NoticeKind, Param, declare_kind
from wutong.base.notices.services import notify
from wutong.cases.models import Assignment, Case, Change
from wutong.cases.procedures import Procedure, Transition
from wutong.cases.registry import case_type_of, react_to_waivers
from wutong.cases.waivers import TOLD
from wutong.cases.who import holds_role, is_allowed
from wutong.ledgerkit.policy import who_may_see
from wutong.ledgerkit.registry import find_pages
from wutong.registers.organisation.actors import Actor, actors_of

MOST = 20
"""So many people are told of one request: what everybody is asked, nobody answers."""
LOOKED_AT = 200
"""So many holders of the right are looked at, those with the oldest accounts."""

ASKED = declare_kind(
    NoticeKind(
        "ledgerkit.waiver_asked",
        label=_("容缺申请"),
        title=_("%(step)s：申请容缺办理，请答复"),
        text=_("%(number)s“%(title)s”，%(who)s申请，缺%(items)s。理由：%(reason)s"),
        group=Group.TASKS,
        outside=_("%(number)s：有人申请容缺办理，请登录梧桐答复。"),
    )
)
GRANTED = declare_kind(
    NoticeKind(
        "ledgerkit.waiver_granted",
        label=_("容缺申请获准"),
        title=_("%(step)s：已获准容缺办理"),
        text=_("%(number)s“%(title)s”，%(who)s准予，缺%(items)s。理由：%(reason)s"),
        group=Group.TASKS,
        outside=_("%(number)s：容缺申请已答复，请登录梧桐查看。"),
    )
)
DECLINED = declare_kind(
    NoticeKind(
        "ledgerkit.waiver_declined",
        label=_("容缺申请未获准"),
        title=_("%(step)s：不予容缺办理"),
        text=_("%(number)s“%(title)s”，%(who)s不准，缺%(items)s。理由：%(reason)s"),
        group=Group.TASKS,
        outside=_("%(number)s：容缺申请已答复，请登录梧桐查看。"),
    )
)
KINDS = {"asks": ASKED, "grants": GRANTED, "declines": DECLINED}


@react_to_waivers
def tell_of_waiver(case: Case, change: Change, actor: Actor, now: datetime) -> None:
    pages, procedure = find_pages(case.case_type), case_type_of(case).procedure
    step = procedure.transition(change.verb)
    if pages is None or step is None:
        return  # nobody could open it
    link = reverse("case_detail", args=[pages.slug, case.number])
    if step.waiver == "asks":
        grant = _granting(procedure, case)
        if grant is None:
            return
        people = who_could_grant(case, grant, localdate(now), besides=change.actor_id)
        link = reverse("case_act", args=[pages.slug, case.number, grant.verb])
    else:
        asker = _asker(procedure, case, change)
        people = [asker] if asker is not None else []
    if people:
        kind = KINDS[step.waiver]
        params = _params(procedure, case, change, actor)
        notify(kind.code, people, params=params, link=link, key=f"waiver:{change.pk}", now=now)


def who_could_grant(case: Case, grant: Transition, on: date, besides: int | None = None) -> list[Account]:
    """Whoever has the right of the granting step on that day, may take it on this case and may see it: never the host,
    nor whoever stands in for the host, nor the account `besides`. The number of queries depends on nobody's number."""
    accounts = holders_of(grant.who.right, on).exclude(pk=besides or 0).order_by("pk")[:LOOKED_AT]
    seats = list(Assignment.objects.filter(case=case, to_on__isnull=True))
    teams = {seat.unit_id for seat in seats if seat.person_id is None}
    actors = [
        actor
        for actor in actors_of(accounts, on, teams)
        if is_allowed(actor, grant.who, seats) and not holds_role(actor, seats, ("host",))
    ]
    return [actor.account for actor in who_may_see(case, actors) if actor.account is not None][:MOST]


def _granting(procedure: Procedure, case: Case) -> Transition | None:
    return next((item for item in procedure.leads_from(case.state) if item.waiver == "grants"), None)


def _asker(procedure: Procedure, case: Case, answer: Change) -> Account | None:
    """Who made the request that is being answered: the last one for the same step."""
    asking = [item.verb for item in procedure.transitions if item.waiver == "asks"]
    requests = Change.objects.filter(case=case, verb__in=asking, seq__lt=answer.seq).select_related("actor")
    about = answer.snapshot[TOLD]["verb"]
    return next((row.actor for row in requests.order_by("-seq") if row.snapshot[TOLD]["verb"] == about), None)


def _params(procedure: Procedure, case: Case, change: Change, actor: Actor) -> dict[str, Param]:
    told = change.snapshot[TOLD]
    gated = procedure.transition(told["verb"])
    return {
        "number": case.number,
        "title": case.title,
        "step": gated.label if gated else told["verb"],
        "who": change.actor.display_name if change.actor else _("系统"),
        "items": "、".join(label for _code, label in told["items"]),
        "reason": change.reason,
    }
