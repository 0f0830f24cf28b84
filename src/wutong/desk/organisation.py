"""The organisation: the tree of units on a day, one unit, one official."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.cases.handover.holdings import count_words, holdings_of
from wutong.desk.enterprises import visible_enterprises
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.viewer import as_of, today_of, viewer
from wutong.registers.history.intervals import holds_on
from wutong.registers.history.queries import facts_at
from wutong.registers.leads.queries import led_by
from wutong.registers.organisation.actors import Actor, memberships_on
from wutong.registers.organisation.models import Official, Oversight, PostHolding, StandIn, Unit, UnitKind
from wutong.registers.organisation.queries import officials_on, unit_names, units_on
from wutong.registers.organisation.rights import HAND_OVER, MANAGE
from wutong.ui.pages import Action, Crumb, DetailPage, ListPage
from wutong.ui.panels import Block, Fact, FactsPanel, ListItem, ListPanel, TablePanel
from wutong.ui.tables import Cell, Column, Row, Table, Text

LARGEST_ID = 2**63 - 1

UNIT_COLUMNS = (
    Column("name", gettext_lazy("单位"), "name", phone="show"),
    Column("kind", gettext_lazy("类别"), phone="show"),
    Column("parent", gettext_lazy("上级单位")),
    Column("officials", gettext_lazy("在职人数"), "number", phone="show"),
    Column("since", gettext_lazy("设立日期"), "date"),
)


def unit_href(unit: Unit) -> str:
    return reverse("unit", args=[unit.pk])


def official_href(official: Official) -> str:
    return reverse("official", args=[official.pk])


def organisation(request: HttpRequest) -> HttpResponse:
    """The tree of units as it was on the day, with the number of officials who were in office then."""
    actor, day = viewer(request), as_of(request)
    units = {unit.pk: unit for unit in units_on(day)}
    known = Unit.objects.filter(pk__in=list(units)).values("pk")
    facts = {name: facts_at("unit", name, entries=known, as_of=day) for name in ("name", "parent", "path")}
    in_office = officials_on(day)
    places = facts_at("official", "unit", entries=in_office.values("pk"), as_of=day)
    people = Counter(
        places.get(key, unit) for key, unit in in_office.values_list("pk", "unit_id").order_by("pk")
    )

    def name(key: int | None) -> str:
        return str(facts["name"].get(key, "")) if key is not None else ""

    rows = []
    for key in sorted(units, key=lambda key: str(facts["path"].get(key, ""))):
        depth = str(facts["path"].get(key, "//")).count("/") - 2
        cells = {
            "name": Cell("　" * depth + name(key), href=unit_href(units[key])),
            "kind": Cell(units[key].get_kind_display()),
            "parent": Cell(name(facts["parent"].get(key))),
            "officials": Cell(str(people[key]), value=people[key]),
            "since": Cell(units[key].valid_from.isoformat(), value=units[key].valid_from),
        }
        rows.append(Row(units[key].code, cells))
    actions = []
    if actor.has(MANAGE):
        actions.append(Action(_("设立单位"), reverse("unit_new"), main=True, drawer=True))
        actions.append(Action(_("导入花名册"), reverse("case_import", args=["roster"])))
    page = ListPage(
        title=_("组织机构"),
        table=Table(_("组织机构"), UNIT_COLUMNS, rows, len(rows), empty=_("这一天还没有登记单位。")),
        crumbs=[Crumb(_("组织")), Crumb(_("组织机构"))],
        actions=actions,
    )
    return render(request, "ui/list.html", {"page": page})


# ---- one unit ----------------------------------------------------------------------------------------------------


def find_unit(pk: int) -> Unit:
    """The unit, or 404."""
    found = Unit.objects.select_related("parent", "successor").filter(pk=min(pk, LARGEST_ID)).first()
    if found is None:
        raise Http404
    return found


def unit_crumbs(unit: Unit, label: Text = "") -> list[Crumb]:
    crumbs = [Crumb(_("组织")), Crumb(_("组织机构"), reverse("organisation"))]
    if not label:
        return [*crumbs, Crumb(unit.name)]
    return [*crumbs, Crumb(unit.name, unit_href(unit)), Crumb(label)]


def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: its names over time, posts, people, units below, who has it in charge, cases."""
    actor, day = viewer(request), as_of(request)
    found = find_unit(pk)
    children = units_on(day).filter(parent=found).order_by("pk")
    main: list[Block] = [_posts_panel(found, day), _people_panel(officials_on(day).filter(unit=found))]
    if found.kind == UnitKind.TEAM:
        main.append(_members_panel(found, day))
    main.append(
        ListPanel(
            title=_("下级单位"),
            id="children",
            empty=_("没有下级单位。"),
            items=[ListItem(item.name, unit_href(item), item.get_kind_display()) for item in children],
        )
    )
    page = DetailPage(
        title=found.name,
        crumbs=unit_crumbs(found),
        lamp_reason=_("已于%(on)s撤销。") % {"on": found.valid_to} if found.valid_to else "",
        actions=_unit_actions(found, actor),
        main=main,
        side=[_unit_facts(found, actor), _names_panel(found), _in_charge_panel(found, day)],
    )
    return render(request, "ui/detail.html", {"page": page})


def _unit_actions(found: Unit, actor: Actor) -> list[Action]:
    if not actor.has(MANAGE) or found.valid_to is not None:
        return []

    def to(name: str, label: str, **more: Any) -> Action:
        return Action(label, reverse(name, args=[found.pk]), drawer=True, **more)

    return [
        to("unit_appoint", _("登记工作人员"), main=True),
        to("unit_rename", _("更名")),
        to("unit_move", _("调整隶属")),
        to("unit_merge", _("并入其他单位"), stop=True),
        to("unit_close", _("撤销单位"), stop=True),
    ]


def _unit_facts(found: Unit, actor: Actor) -> FactsPanel:
    cases = visible_cases(actor).filter(is_open=True, host_unit=found).count()
    facts = [
        Fact(_("单位编码"), found.code),
        Fact(_("单位类别"), found.get_kind_display()),
        Fact(_("上级单位"), found.parent.name, unit_href(found.parent))
        if found.parent
        else Fact(_("上级单位"), ""),
        Fact(_("设立日期"), found.valid_from.isoformat()),
        Fact(_("主办的在办办件"), _("%(count)s件") % {"count": cases}, note=_("您可以查看的")),
    ]
    if found.valid_to is not None:
        facts.append(Fact(_("撤销日期"), found.valid_to.isoformat()))
    if found.successor is not None:
        facts.append(Fact(_("并入单位"), found.successor.name, unit_href(found.successor)))
    return FactsPanel(title=_("基本情况"), facts=facts)


def _names_panel(found: Unit) -> ListPanel:
    items = [ListItem(item.name, note=span(item.from_on, item.to_on)) for item in reversed(unit_names(found))]
    return ListPanel(title=_("历次名称"), id="names", items=items)


def _in_charge_panel(found: Unit, day: date) -> ListPanel:
    rows = Oversight.objects.filter(holds_on(day), unit=found).select_related("official").order_by("pk")
    items = [
        ListItem(item.official.name, official_href(item.official), note=span(item.from_on, item.to_on))
        for item in rows
    ]
    return ListPanel(title=_("分管领导"), id="in-charge", items=items, empty=_("没有登记分管领导。"))


def _posts_panel(found: Unit, day: date) -> TablePanel:
    holdings = PostHolding.objects.filter(holds_on(day)).select_related("official").order_by("pk")
    holders: dict[int, list[str]] = {}
    for holding in holdings.filter(post__unit=found):
        name = f"{holding.official.name}（{holding.get_kind_display()}）"
        holders.setdefault(holding.post_id, []).append(name)
    rows = [
        Row(
            str(post.pk),
            {
                "title": Cell(post.title),
                "head": Cell(_("负责人") if post.is_head else ""),
                "holders": Cell("、".join(holders.get(post.pk, ())) or _("空缺")),
            },
        )
        for post in found.posts.order_by("rank", "pk")
    ]
    columns = [
        Column("title", _("职位"), "name", phone="show"),
        Column("head", _("负责人")),
        Column("holders", _("任职的人"), "long", phone="show"),
    ]
    empty = _("没有登记职位。")
    table = Table(_("职位"), columns, rows, len(rows), empty=empty)
    return TablePanel(title=_("职位"), id="posts", table=table, empty=empty)


def _people_panel(people: QuerySet[Official]) -> ListPanel:
    items = [
        ListItem(item.name, official_href(item), item.post, note=item.staff_no)
        for item in people.order_by("pk")
    ]
    return ListPanel(title=_("工作人员"), id="people", items=items, empty=_("没有在职人员。"))


def _members_panel(found: Unit, day: date) -> ListPanel:
    rows = memberships_on(day).filter(team=found).select_related("official").order_by("-is_leader", "pk")
    items = [
        ListItem(
            item.official.name,
            official_href(item.official),
            _("组长") if item.is_leader else _("成员"),
            note=span(item.from_on, item.to_on),
        )
        for item in rows
    ]
    return ListPanel(title=_("招商组成员"), id="members", items=items, empty=_("没有成员。"))


# ---- one official ------------------------------------------------------------------------------------------------


def find_official(pk: int) -> Official:
    """The official, or 404."""
    found = Official.objects.select_related("unit").filter(pk=min(pk, LARGEST_ID)).first()
    if found is None:
        raise Http404
    return found


def official_crumbs(person: Official, label: Text = "") -> list[Crumb]:
    crumbs = [
        Crumb(_("组织机构"), reverse("organisation")),
        Crumb(person.unit.name, unit_href(person.unit)),
    ]
    if not label:
        return [*crumbs, Crumb(person.name)]
    return [*crumbs, Crumb(person.name, official_href(person)), Crumb(label)]


def official(request: HttpRequest, pk: int) -> HttpResponse:
    """One official: posts over time, leads, units in charge, stand-ins; what is held, for those who may know."""
    actor, today = viewer(request), today_of(request)
    found = find_official(pk)
    may_manage, is_self = actor.has(MANAGE), actor.official_id == found.pk
    main: list[Block] = [
        _held_posts(found),
        _oversights_panel(found, may_end=may_manage),
        _stand_ins_panel(found, may_end=may_manage or is_self),
        _leads_panel(found, today, actor),
    ]
    side: list[Block] = [_official_facts(found)]
    if is_self or may_manage or actor.has(HAND_OVER):
        side.append(_holdings_panel(found, today, actor))
    page = DetailPage(
        title=found.name,
        crumbs=official_crumbs(found),
        lamp_reason=_("已于%(on)s离任。") % {"on": found.to_on} if found.to_on else "",
        actions=_official_actions(found, actor, is_self=is_self),
        main=main,
        side=side,
    )
    return render(request, "ui/detail.html", {"page": page})


def _official_actions(found: Official, actor: Actor, *, is_self: bool) -> list[Action]:
    def to(name: str, label: str, **more: Any) -> Action:
        return Action(label, reverse(name, args=[found.pk]), drawer=True, **more)

    if found.to_on is not None:
        return []
    actions = []
    if actor.has(MANAGE) or is_self:
        actions.append(to("official_stand_in", _("安排代理")))
    if actor.has(MANAGE):
        actions += [
            to("official_transfer", _("任职")),
            to("official_oversight", _("分管")),
            to("official_lead", _("挂钩")),
            to("official_leave", _("离任"), stop=True),
        ]
    if actor.has(HAND_OVER):
        actions.append(to("handover_new", _("交接"), main=True))
    return actions


def _official_facts(found: Official) -> FactsPanel:
    facts = [
        Fact(_("工号"), found.staff_no),
        Fact(_("单位"), found.unit.name, unit_href(found.unit)),
        Fact(_("职务"), found.post),
        Fact(_("任职日期"), found.from_on.isoformat()),
    ]
    if found.to_on is not None:
        facts.append(Fact(_("离任日期"), found.to_on.isoformat()))
    return FactsPanel(title=_("基本情况"), facts=facts)


def _held_posts(found: Official) -> ListPanel:
    rows = found.post_holdings.select_related("post__unit").order_by("-from_on", "-pk")
    items = [
        ListItem(
            f"{item.post.unit.name} {item.post.title}",
            side=item.get_kind_display(),
            note=span(item.from_on, item.to_on),
        )
        for item in rows
    ]
    return ListPanel(title=_("历次任职"), id="posts", items=items, empty=_("没有登记任职。"))


def _leads_panel(found: Official, day: date, actor: Actor) -> TablePanel:
    """Firms that the reader may not see are left out: they are as secret as their projects."""
    seen = led_by(found, day).filter(
        Q(chain__isnull=False) | Q(enterprise__in=visible_enterprises(actor).values("pk"))
    )
    end = "lead_end" if actor.has(MANAGE) else ""
    rows = [_ending_row(item, item.target.name, item.role_label(), end, found) for item in seen]
    return _ending_panel(_("挂钩"), "leads", _("没有您可以查看的挂钩。"), rows)


def _oversights_panel(found: Official, *, may_end: bool) -> TablePanel:
    held = found.oversights.filter(to_on__isnull=True).select_related("unit").order_by("pk")
    rows = [_ending_row(item, item.unit.name, "", "oversight_end" if may_end else "", found) for item in held]
    return _ending_panel(_("分管"), "oversights", _("没有分管的单位。"), rows)


def _stand_ins_panel(found: Official, *, may_end: bool) -> TablePanel:
    rows = []
    concerned = StandIn.objects.filter(Q(official=found) | Q(stand_in=found))
    for item in concerned.select_related("official", "stand_in").order_by("-from_on", "-pk")[:20]:
        is_own = item.official_id == found.pk
        words = (
            _("由%(name)s代理") % {"name": item.stand_in.name}
            if is_own
            else _("代理%(name)s") % {"name": item.official.name}
        )
        end = "stand_in_end" if may_end and is_own else ""
        rows.append(_ending_row(item, words, item.get_reason_display(), end, found))
    return _ending_panel(_("AB岗代理"), "stand-ins", _("没有安排代理。"), rows)


def _ending_row(item: Any, name: str, words: Text, end: str, found: Official) -> Row:
    """Something with a time; `end` names the page that ends it, empty for who may not."""
    cells = {
        "name": Cell(name, note=words),
        "time": Cell(span(item.from_on, item.to_on)),
        "end": Cell(_("结束"), href=reverse(end, args=[found.pk, item.pk])) if end else Cell(),
    }
    return Row(str(item.pk), cells)


def _ending_panel(title: str, anchor: str, empty: str, rows: Sequence[Row]) -> TablePanel:
    columns = [
        Column("name", title, "name", phone="show"),
        Column("time", _("时间"), phone="show"),
        Column("end", _("处理"), phone="show"),
    ]
    table = Table(title, columns, rows, len(rows), empty=empty)
    return TablePanel(title=title, id=anchor, table=table, empty=empty)


def _holdings_panel(found: Official, day: date, actor: Actor) -> FactsPanel:
    """What somebody holds, in numbers."""
    held = holdings_of(found, day)
    facts = [Fact(kind.label, count_words(kind, count)) for kind, count in held.counts().items()]
    facts += [
        Fact(_("未了待办"), _("%(count)s项") % {"count": held.open_tasks}),
        Fact(_("未读通知"), _("%(count)s条") % {"count": held.unread_notices}),
        Fact(_("账号角色"), "、".join(held.account_roles), wide=True, note=_("离岗时由安全管理员收回")),
    ]
    return FactsPanel(title=_("手上的事"), note=_("交接前"), id="holdings", facts=facts)


def span(start: date, end: date | None) -> str:
    """A time in words. `end` is the first day that no longer counts."""
    if end is None:
        return _("%(start)s 至今") % {"start": start}
    return _("%(start)s 至 %(end)s（不含）") % {"start": start, "end": end}
