"""The gate rules (准入条件): what must be there before a state is entered, per ledger and state, with its days."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.money import in_unit
from wutong.cases.gate_editing import EDIT, can_take_back, demands_of, gated_states
from wutong.cases.gates import rules_of
from wutong.cases.models import GateRule
from wutong.cases.procedures import State
from wutong.cases.registry import CaseType, all_types
from wutong.ledgerkit.viewer import as_of, today_of, viewer
from wutong.ui.pages import Action, Crumb, DetailPage
from wutong.ui.panels import Block, TablePanel
from wutong.ui.tables import Cell, Column, Row, Table, Text


def gated_types() -> list[CaseType]:
    """Case types with a gate, in the order of their ledgers."""
    return [kind for kind in all_types() if gated_states(kind.procedure)]


def gate_rules(request: HttpRequest) -> HttpResponse:
    """All rules, past and future ones too. Everybody reads them; who has the right adds and changes them."""
    may_edit, day = viewer(request).has(EDIT), as_of(request)
    kinds = gated_types()
    rules = rules_of(kind.procedure.case_type for kind in kinds)
    main: list[Block] = []
    for kind in kinds:
        for state in gated_states(kind.procedure):
            code = kind.procedure.case_type
            own = [rule for rule in rules if (rule.case_type, rule.state) == (code, state.code)]
            main.append(_panel(kind, state, own, day, today_of(request) if may_edit else None))
    actions = [
        Action(
            _("为“%(name)s”添加条件") % {"name": kind.procedure.label} if len(kinds) > 1 else _("添加条件"),
            reverse("gate_rule_new", args=[kind.procedure.case_type]),
            main=len(kinds) == 1,
            drawer=True,
        )
        for kind in kinds
        if may_edit
    ]
    page = DetailPage(
        title=_("准入条件"),
        crumbs=rule_crumbs(),
        actions=actions,
        main=main,
        foot=_(
            "表单、接口、导入和“还缺几项”看的都是这一张表。生效过的条件不改写：修改就是到前一天为止，另起一条。"
        ),
    )
    return render(request, "ui/detail.html", {"page": page})


def rule_crumbs(label: Text = "") -> list[Crumb]:
    crumbs = [Crumb(_("规则")), Crumb(_("准入条件"), reverse("gate_rules") if label else "")]
    return [*crumbs, Crumb(label)] if label else crumbs


def _panel(
    kind: CaseType, state: State, rules: Sequence[GateRule], day: date, editing_on: date | None
) -> TablePanel:
    """`editing_on` is the day of the editor; None for a reader."""
    columns = [
        Column("label", _("条件"), "name", phone="show"),
        Column("kind", _("类别"), phone="show"),
        Column("demand", _("看什么")),
        Column("minimum", _("最少数量"), "number"),
        Column("band", _("规模下限")),
        Column("provider", _("办理单位"), phone="show"),
        Column("state", _("状态"), phone="show"),
        Column("valid_from", _("生效日期"), "date"),
        Column("starts_for", _("生效对象")),
        Column("valid_to", _("失效日期"), "date"),
        Column("ends_for", _("失效对象")),
    ]
    if editing_on is not None:
        columns += [Column("change", _("修改"), phone="show"), Column("end", _("停用"), phone="show")]
    names = {(item.kind, item.item): item.label for item in demands_of(kind)}
    replaced = [rule.replaces_id for rule in rules if rule.replaces_id]
    rows = []
    for rule in sorted(rules, key=lambda rule: (_standing(rule, day) == 2, rule.order, rule.valid_from)):
        cells = _cells(rule, names, day)
        if editing_on is not None:
            cells |= _links(rule, editing_on, replaced)
        rows.append(Row(str(rule.pk), cells))
    title = _("%(procedure)s：进入“%(state)s”") % {"procedure": kind.procedure.label, "state": state.label}
    empty = _("这一步没有设准入条件。")
    return TablePanel(
        title=title,
        note=_("现行%(count)s条") % {"count": sum(_standing(rule, day) == 0 for rule in rules)},
        id=f"gate-{kind.procedure.case_type}-{state.code}".replace("_", "-"),
        empty=empty,
        table=Table(title, columns, rows, len(rows), empty=empty),
    )


def _cells(rule: GateRule, names: Mapping[tuple[str, str], Text], day: date) -> dict[str, Cell]:
    band = in_unit(rule.band_from_yuan, "亿元", 8)
    shown = _("%(yi)s亿元") % {"yi": f"{band:f}".rstrip("0").rstrip(".")} if band else _("不分")
    return {
        "label": Cell(rule.label, note=rule.edition),
        "kind": Cell(rule.get_kind_display()),
        "demand": Cell(names.get((rule.kind, rule.item), rule.item)),
        "minimum": Cell(str(rule.minimum), value=rule.minimum) if rule.kind != "field" else Cell("—"),
        "band": Cell(shown),
        "provider": Cell(rule.provider),
        "state": Cell([_("现行"), _("尚未生效"), _("已失效")][_standing(rule, day)]),
        "valid_from": Cell(rule.valid_from.isoformat(), value=rule.valid_from),
        "starts_for": Cell(rule.get_starts_for_display()),
        "valid_to": Cell(rule.valid_to.isoformat(), value=rule.valid_to) if rule.valid_to else Cell("—"),
        "ends_for": Cell(rule.get_ends_for_display() if rule.valid_to else "—"),
    }


def _standing(rule: GateRule, day: date) -> int:
    """0 in force, 1 not yet, 2 no more, by the calendar; for a case the day it was opened may count."""
    if day < rule.valid_from:
        return 1
    return 2 if rule.valid_to is not None and rule.valid_to < day else 0


def _links(rule: GateRule, on: date, replaced: Sequence[int]) -> dict[str, Cell]:
    """What the editor may do with a row: change or end it, or take back what has not come yet."""
    if can_take_back(rule, on, replaced):
        back = Cell(_("撤回"), href=reverse("gate_rule_take_back", args=[rule.pk]))
        return {"change": Cell("—"), "end": back}
    if rule.valid_to is not None:
        return {"change": Cell("—"), "end": Cell("—")}
    return {
        "change": Cell(_("修改"), href=reverse("gate_rule_change", args=[rule.pk])),
        "end": Cell(_("停用"), href=reverse("gate_rule_end", args=[rule.pk])),
    }
