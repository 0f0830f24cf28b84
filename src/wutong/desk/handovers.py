"""Handovers: the lists that one may see, and one list with its receivers and signatures."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.cases.handover.holdings import Holdings, count_words, holdings_of
from wutong.cases.handover.models import Handover, HandoverLine, HandoverState, HeldKind, Outcome
from wutong.cases.handover.services import MUST_PASS, ONLY_ENDS, signers
from wutong.cases.models import Case
from wutong.desk.due_clocks import case_href, shown_types
from wutong.desk.enterprises import visible_enterprises
from wutong.desk.organisation import official_href
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.viewer import today_of, viewer
from wutong.registers.leads.models import LeadAssignment
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.rights import HAND_OVER
from wutong.ui.pages import Action, Crumb, DetailPage, ListPage
from wutong.ui.panels import Block, Fact, FactsPanel, GateLine, GatePanel, TablePanel
from wutong.ui.tables import Cell, Column, Row, Table, Text, place_of

PAGE_SIZE = 50

LIST_COLUMNS = (
    Column("number", gettext_lazy("交接编号"), "name", phone="show"),
    Column("giver", gettext_lazy("移交人"), phone="show"),
    Column("effective_on", gettext_lazy("交接日期"), "date", phone="show"),
    Column("state", gettext_lazy("状态"), phone="show"),
    Column("reason", gettext_lazy("交接事由"), "long"),
)
LINE_COLUMNS = (
    Column("label", gettext_lazy("事项"), "name", phone="show"),
    Column("kind", gettext_lazy("类别"), phone="show"),
    Column("receiver", gettext_lazy("接收人"), phone="show"),
    Column("unit", gettext_lazy("移交后的责任单位")),
    Column("outcome", gettext_lazy("结果"), phone="show"),
)


def visible_handovers(actor: Actor) -> QuerySet[Handover]:
    """Who hands over for others sees all; the giver and the receivers see theirs, also after they have left."""
    found = Handover.objects.select_related("giver__unit")
    if actor.has(HAND_OVER):
        return found
    if actor.account is None:
        return found.none()
    own = HandoverLine.objects.filter(receiver__account=actor.account).values("handover")
    return found.filter(Q(giver__account=actor.account) | (Q(pk__in=own) & ~Q(state=HandoverState.DRAFTED)))


def find_handover(request: HttpRequest, number: str) -> Handover:
    """The handover, or 404."""
    found = visible_handovers(viewer(request)).filter(number=number[:30]).first()
    if found is None:
        raise Http404
    return found


def handover_href(handover: Handover, name: str = "handover") -> str:
    return reverse(name, args=[handover.number])


def handover_crumbs(handover: Handover, label: Text = "") -> list[Crumb]:
    crumbs = [Crumb(_("组织")), Crumb(_("交接"), reverse("handovers"))]
    if not label:
        return [*crumbs, Crumb(handover.number)]
    return [*crumbs, Crumb(handover.number, handover_href(handover)), Crumb(label)]


def handovers(request: HttpRequest) -> HttpResponse:
    """All lists that the reader may see, the newest first."""
    pages = Paginator(visible_handovers(viewer(request)).order_by("-pk"), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    rows = [
        Row(
            item.number,
            {
                "number": Cell(item.number, href=handover_href(item)),
                "giver": Cell(item.giver.name, note=item.giver.unit.name),
                "effective_on": Cell(item.effective_on.isoformat(), value=item.effective_on),
                "state": Cell(item.get_state_display()),
                "reason": Cell(item.reason),
            },
        )
        for item in page.object_list
    ]
    table = Table(
        _("交接"),
        LIST_COLUMNS,
        rows,
        **place_of(page),
        empty=_("没有您可以查看的交接。"),
    )
    intro = _("有人离岗时，在他的页面上点“交接”拟定清单。")
    crumbs = [Crumb(_("组织")), Crumb(_("交接"))]
    return render(
        request,
        "ui/list.html",
        {"page": ListPage(title=_("交接"), table=table, intro=intro, crumbs=crumbs)},
    )


# ---- one list ----------------------------------------------------------------------------------------------------


def lines_of(handover: Handover) -> list[HandoverLine]:
    return list(handover.lines.select_related("receiver", "unit", "case").order_by("pk"))


def handover(request: HttpRequest, number: str) -> HttpResponse:
    """One list: what is missing, every line with its receiver, how many each gets, signatures."""
    actor, found = viewer(request), find_handover(request, number)
    lines, may_act = lines_of(found), actor.has(HAND_OVER)
    is_draft = found.state == HandoverState.DRAFTED
    missing = _missing(request, found, lines) if is_draft else []
    main: list[Block] = []
    if missing:
        main.append(GatePanel(title=_("移交前还要办"), id="missing", items=missing))
    main.append(lines_panel(found, lines, actor, may_choose=may_act and is_draft))
    side: list[Block] = [facts_panel(found), receivers_panel(lines)]
    if found.state in {HandoverState.DONE, HandoverState.SIGNED}:
        side.append(_signatures_panel(found))
    if may_act and is_draft:
        side.append(_open_points(holdings_of(found.giver, found.effective_on)))
    page = DetailPage(
        title=_("%(name)s的交接 %(number)s") % {"name": found.giver.name, "number": found.number},
        crumbs=handover_crumbs(found),
        lamp_reason=found.get_state_display(),
        actions=_actions(found, actor, has_missing=bool(missing)),
        main=main,
        side=side,
    )
    return render(request, "ui/detail.html", {"page": page})


def _missing(request: HttpRequest, found: Handover, lines: Sequence[HandoverLine]) -> list[GateLine]:
    lacking = sum(
        line.outcome == Outcome.OPEN and line.receiver_id is None and line.kind in MUST_PASS for line in lines
    )
    items = []
    if lacking:
        words = _("%(count)s件办件没有选接收人") % {"count": lacking}
        items.append(
            GateLine(
                "missing",
                words,
                action_label=_("选接收人"),
                action_href=handover_href(found, "handover_choose"),
            )
        )
    if found.effective_on > today_of(request):
        items.append(GateLine("missing", _("交接日期是%(on)s，到那一天才能办") % {"on": found.effective_on}))
    return items


def _actions(found: Handover, actor: Actor, *, has_missing: bool) -> list[Action]:
    def to(name: str, label: str, **more: Any) -> Action:
        return Action(label, handover_href(found, name), **more)

    actions = [to("handover_print", _("打印清单")), to("handover_export", _("下载清单"))]
    if found.state == HandoverState.DRAFTED and actor.has(HAND_OVER):
        blocked = "missing" if has_missing else ""
        actions += [
            to("handover_again", _("更新清单"), post=True),
            to("handover_drop", _("作废"), stop=True, drawer=True),
            to("handover_choose", _("选接收人"), main=has_missing),
            Action(
                _("移交"),
                handover_href(found, "handover_act"),
                main=not has_missing,
                drawer=True,
                disabled_by=blocked,
            ),
        ]
    if found.state == HandoverState.DONE and _may_sign(found, actor):
        actions.append(to("handover_sign", _("签字"), main=True, drawer=True))
    return actions


def _may_sign(found: Handover, actor: Actor) -> bool:
    if actor.account is None:
        return False
    signed = set(found.signatures.values_list("official_id", flat=True))
    return any(item.account_id == actor.account.pk and item.pk not in signed for item in signers(found))


def _cases(lines: Sequence[HandoverLine], actor: Actor) -> dict[int, Case]:
    """The cases of the list that the reader may see: only of these the title is shown."""
    keys = [line.case_id for line in lines if line.case_id is not None]
    if not keys:
        return {}
    return {case.pk: case for case in visible_cases(actor).filter(pk__in=keys)}


def _firms(lines: Sequence[HandoverLine], actor: Actor) -> dict[int, str]:
    """Names of the firms that the reader may see, by the lead that the line is about."""
    keys = [line.target_id for line in lines if line.kind == HeldKind.LEAD]
    if not keys:
        return {}
    leads = LeadAssignment.objects.filter(pk__in=keys, enterprise__in=visible_enterprises(actor))
    return dict(leads.values_list("pk", "enterprise__name"))


def line_rows(lines: Sequence[HandoverLine], actor: Actor, choose_href: str = "") -> list[Row]:
    """The lines as rows; with `choose_href` the receiver's cell leads to the choice."""
    seen, firms, types = _cases(lines, actor), _firms(lines, actor), set(shown_types())
    rows = []
    for line in lines:
        case = seen.get(line.case_id or 0)
        href = case_href(case) if case is not None and case.case_type in types else ""
        firm = firms.get(line.target_id, "") if line.kind == HeldKind.LEAD else ""
        can_choose = choose_href and line.outcome == Outcome.OPEN and line.kind not in ONLY_ENDS
        rows.append(
            Row(
                str(line.pk),
                {
                    "label": Cell(line.label, href=href, note=case.title if case else firm),
                    "kind": Cell(line.get_kind_display()),
                    "receiver": Cell(
                        _receiver_words(line), href=f"{choose_href}?line={line.pk}" if can_choose else ""
                    ),
                    "unit": Cell(_unit_words(line)),
                    "outcome": Cell(line.get_outcome_display()),
                },
            )
        )
    return rows


def _receiver_words(line: HandoverLine) -> str:
    if line.receiver is not None:
        return line.receiver.name
    if line.kind in MUST_PASS and line.outcome == Outcome.OPEN:
        return _("未选")
    return _("无（到日子终止）") if line.outcome == Outcome.OPEN else ""


def _unit_words(line: HandoverLine) -> str:
    if line.kind != HeldKind.CASE or line.receiver is None:
        return ""
    return line.unit.name if line.unit is not None else _("随接收人")


def lines_panel(
    found: Handover, lines: Sequence[HandoverLine], actor: Actor, *, may_choose: bool
) -> TablePanel:
    rows = line_rows(lines, actor, handover_href(found, "handover_choose") if may_choose else "")
    empty = _("手上没有要移交的事。")
    table = Table(_("交接清单"), LINE_COLUMNS, rows, len(rows), empty=empty)
    note = _("共%(count)s项") % {"count": len(rows)}
    return TablePanel(title=_("交接清单"), note=note, id="lines", table=table, empty=empty)


def facts_panel(found: Handover) -> FactsPanel:
    done = timezone.localtime(found.done_at).strftime("%Y-%m-%d %H:%M") if found.done_at else ""
    facts = [
        Fact(_("移交人"), found.giver.name, official_href(found.giver), note=found.giver.unit.name),
        Fact(_("交接日期"), found.effective_on.isoformat()),
        Fact(_("交接事由"), found.reason, wide=True),
        Fact(_("移交时间"), done),
    ]
    return FactsPanel(title=_("基本情况"), facts=facts)


def receivers_panel(lines: Sequence[HandoverLine]) -> FactsPanel:
    """How many of what everybody gets: the preview before, the outcome after."""
    counts: dict[int, Counter[str]] = {}
    names: dict[int, str] = {}
    for line in lines:
        if line.receiver is not None and line.outcome != Outcome.GONE:
            names[line.receiver.pk] = line.receiver.name
            counts.setdefault(line.receiver.pk, Counter())[line.kind] += 1
    facts = [
        Fact(
            names[key],
            "、".join(count_words(kind, found[kind]) for kind in HeldKind if found[kind]),
            wide=True,
        )
        for key, found in counts.items()
    ]
    ending = sum(line.receiver is None and line.outcome in {Outcome.OPEN, Outcome.ENDED} for line in lines)
    facts.append(Fact(_("没有接收人的"), _("%(count)s项") % {"count": ending}))
    return FactsPanel(title=_("各人接收"), id="receivers", facts=facts)


def _signatures_panel(found: Handover) -> TablePanel:
    signed = {item.official_id: item for item in found.signatures.select_related("account")}
    rows = []
    for index, person in enumerate(signers(found)):
        signature = signed.get(person.pk)
        at = timezone.localtime(signature.signed_at).strftime("%Y-%m-%d %H:%M") if signature else ""
        words = at or (_("未签字") if person.account_id is not None else _("没有账号，在纸上签字"))
        cells = {
            "name": Cell(person.name, note=_("移交人") if index == 0 else _("接收人")),
            "signed": Cell(words, note=signature.account.name if signature else ""),
        }
        rows.append(Row(str(person.pk), cells))
    columns = [
        Column("name", _("签字人"), "name", phone="show"),
        Column("signed", _("签字时间和账号"), phone="show"),
    ]
    table = Table(_("签字"), columns, rows, len(rows))
    return TablePanel(title=_("签字"), id="signatures", table=table)


def _open_points(held: Holdings) -> FactsPanel:
    facts = [
        Fact(_("未了待办"), _("%(count)s项") % {"count": held.open_tasks}, note=_("随角色移交")),
        Fact(_("未读通知"), _("%(count)s条") % {"count": held.unread_notices}, note=_("留在本人账号")),
        Fact(
            _("账号角色"),
            "、".join(held.account_roles),
            wide=True,
            note=_("交接不改账号，请安全管理员收回"),
        ),
    ]
    return FactsPanel(title=_("另外要办"), id="open-points", facts=facts)
