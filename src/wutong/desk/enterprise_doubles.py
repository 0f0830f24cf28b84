"""Firms that seem to be registered twice: the pairs, two entries side by side, merging them, and taking a merge back."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.desk.enterprise_acts import find_enterprise, href_of, require
from wutong.desk.enterprises import MERGE, industry_name, industry_words, visible_enterprises
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import account_of, now_of, today_of, viewer
from wutong.registers.enterprises.duplicates import (
    REASONS,
    Pair,
    declare_distinct,
    doubles_of,
    suspected_pairs,
)
from wutong.registers.enterprises.merging import FILLED, Load, loads, merge_enterprises, undo_merge
from wutong.registers.enterprises.models import Enterprise, Merge
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.queries import last_changes
from wutong.ui.formats import date_text, money_text
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Action, Crumb, DetailPage, ListPage, Tab
from wutong.ui.panels import Block, TablePanel
from wutong.ui.tables import Cell, Column, Row, Table, place_of

PAGE_SIZE = 50
NAMED = 10
"""So many rows that stay behind are named, the others counted."""


class ReasonForm(HouseForm):
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)


def _crumbs(*more: Crumb) -> list[Crumb]:
    start = [Crumb(_("企业")), Crumb(_("企业名录"), reverse("enterprises"))]
    if not more:
        return [*start, Crumb(_("疑似重复"))]
    return [*start, Crumb(_("疑似重复"), reverse("enterprise_doubles")), *more]


def _tabs(current: str) -> list[Tab]:
    return [
        Tab(_("疑似重复"), None, reverse("enterprise_doubles"), current == "doubles"),
        Tab(_("已合并"), None, reverse("enterprise_merges"), current == "merges"),
    ]


# ---- pairs that nobody has judged ----------------------------------------------------------------------------------


def doubles(request: HttpRequest) -> HttpResponse:
    """Pairs of firms that the reader may see and that may be one, the surest first."""
    require(request, MERGE)
    pages = Paginator(suspected_pairs(visible_enterprises(viewer(request))), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    table = Table(
        _("疑似重复"),
        [
            Column("first", _("先登记的"), "name", phone="show"),
            Column("second", _("后登记的"), "long", phone="show"),
            Column("reason", _("为什么"), phone="show"),
            Column("compare", _("合并"), phone="show"),
            Column("distinct", _("不合并"), phone="show"),
        ],
        [_pair_row(pair) for pair in page.object_list],
        **place_of(page),
        empty=_("没有疑似重复的企业。"),
    )
    shown = ListPage(
        title=_("疑似重复"),
        intro=_("两家各有统一社会信用代码的，是两家法人，不列。判断过“不是同一家”的不再列。"),
        table=table,
        crumbs=_crumbs(),
        tabs=_tabs("doubles"),
    )
    return render(request, "ui/list.html", {"page": shown})


def _pair_row(pair: Pair) -> Row:
    keys = [pair.first.pk, pair.second.pk]
    cells = {
        "first": _firm_cell(pair.first),
        "second": _firm_cell(pair.second),
        "reason": Cell(pair.words),
        "compare": Cell(
            _("比对"), href=reverse("enterprise_merge", args=keep_first(pair.first, pair.second))
        ),
        "distinct": Cell(_("不是同一家"), href=reverse("enterprise_distinct", args=keys)),
    }
    return Row("-".join(map(str, keys)), cells)


def _firm_cell(firm: Enterprise) -> Cell:
    about = [firm.code or _("没有统一社会信用代码"), date_text(firm.registered_on), firm.address]
    return Cell(firm.name, href=href_of(firm), note="，".join(part for part in about if part))


def keep_first(first: Enterprise, second: Enterprise) -> list[int]:
    """The keys with the one that should stay first: the one with a code, else the one registered earlier."""
    return [second.pk, first.pk] if second.code and not first.code else [first.pk, second.pk]


def distinct(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """Two firms after all: not offered again."""
    first, second = _two(request, pk, other_pk)
    form = ReasonForm(request.POST or None)

    def save() -> str:
        reason = form.cleaned_data["reason"]
        declare_distinct(first, second, reason=reason, actor=account_of(request), now=now_of(request))
        messages.success(request, _("已记下：不是同一家，不再列为疑似重复。"))
        return reverse("enterprise_doubles")

    label = _("不是同一家")
    names = _("“%(a)s”和“%(b)s”") % {"a": first, "b": second}
    back = reverse("enterprise_merge", args=[pk, other_pk])
    return answer_form(request, form, label, lambda _typed: save(), back, _crumbs(Crumb(label)), intro=names)


def _two(request: HttpRequest, pk: int, other_pk: int) -> tuple[Enterprise, Enterprise]:
    """Two different firms that the reader may see; anything else is 404."""
    require(request, MERGE)
    if pk == other_pk:
        raise Http404
    return find_enterprise(request, pk), find_enterprise(request, other_pk)


# ---- two entries side by side ------------------------------------------------------------------------------------


def merge(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """The two entries column by column, and what would go along. The one named first in the address stays."""
    kept, double = _two(request, pk, other_pk)
    seen = visible_enterprises(viewer(request)).select_related("place", "parent").defer("place__boundary")
    read = seen.annotate(industry_name=industry_name()).in_bulk([kept.pk, double.pk])
    kept, double = read[kept.pk], read[double.pk]
    why = dict(doubles_of(double.name, double.address, among=seen.filter(pk=kept.pk), besides=double.pk))
    keys = [kept.pk, double.pk]
    blocks: list[Block] = [_columns_panel(request, kept, double), _loads_panel(list(loads(double, kept)))]
    page = DetailPage(
        title=_("合并企业"),
        lamp_reason=_("保留“%(kept)s”，“%(double)s”并入它。%(why)s")
        % {"kept": kept, "double": double, "why": str(REASONS[why[kept]]) if kept in why else ""},
        crumbs=_crumbs(Crumb(_("合并企业"))),
        actions=[
            Action(_("不是同一家"), reverse("enterprise_distinct", args=keys), drawer=True),
            Action(_("换过来，保留另一家"), reverse("enterprise_merge", args=keys[::-1])),
            Action(_("合并"), reverse("enterprise_merge_confirm", args=keys), main=True, drawer=True),
        ],
        main=blocks,
    )
    return render(request, "ui/detail.html", {"page": page})


def _columns_panel(request: HttpRequest, kept: Enterprise, double: Enterprise) -> TablePanel:
    parents = {firm.parent_id for firm in (kept, double) if firm.parent_id}
    seen = set(
        visible_enterprises(viewer(request)).filter(pk__in=parents).values_list("pk", flat=True)
        if parents
        else ()
    )
    rows = []
    for name, say in COMPARED.items():
        ours, theirs = say(kept), say(double)
        if name == "parent":
            ours, theirs = (
                text if firm.parent_id in seen else "" for firm, text in ((kept, ours), (double, theirs))
            )
        field = Enterprise._meta.get_field(name)
        if not theirs or ours == theirs:
            after = ""
        elif not ours and name in FILLED:
            after = _("补入")
        else:
            after = _("两边不同，以保留的为准") if ours else _("不转")
        cells = {
            "column": Cell(str(field.verbose_name).removesuffix("（元）")),  # type: ignore[union-attr]
            "kept": Cell(ours or "—"),
            "double": Cell(theirs or "—"),
            "after": Cell(after),
        }
        rows.append(Row(name, cells))
    columns = [
        Column("column", _("项目"), "name", phone="show"),
        Column("kept", _("保留的企业"), "long", phone="show"),
        Column("double", _("被并入的企业"), "long", phone="show"),
        Column("after", _("合并以后"), phone="show"),
    ]
    return TablePanel(
        title=_("逐项比对"),
        note=_("空着的由被并入的补上；两边不同的以保留的为准"),
        id="columns",
        table=Table(_("逐项比对"), columns, rows, len(rows)),
    )


COMPARED: Mapping[str, Callable[[Enterprise], str]] = {
    "name": lambda firm: firm.name,
    "code": lambda firm: firm.code or "",
    "status": lambda firm: firm.get_status_display(),
    "registered_on": lambda firm: date_text(firm.registered_on),
    "address": lambda firm: firm.address,
    "real_address": lambda firm: firm.real_address,
    "place": lambda firm: firm.place.name if firm.place else "",
    "industry_code": industry_words,
    "business": lambda firm: firm.business,
    "capital_yuan": lambda firm: money_text(firm.capital_yuan, 2),
    "parent": lambda firm: firm.parent.name if firm.parent else "",
    "group_name": lambda firm: firm.group_name,
}
"""Columns of the comparison, each as a text."""


def _loads_panel(found: Iterable[Load]) -> TablePanel:
    """What hangs on the double, by kind; what stays behind is named."""
    rows = []
    for load in found:
        column = load.model._meta.get_field(load.column)
        cells = {
            "kind": Cell(load.label, note=str(column.verbose_name)),  # type: ignore[union-attr]
            "along": Cell(str(len(load.keys)), value=len(load.keys)),
            "back": Cell(str(len(load.kept_back)), value=len(load.kept_back)),
            "names": Cell(_names_of(load)),
        }
        rows.append(Row(f"{load.model._meta.label_lower}.{load.column}", cells))
    columns = [
        Column("kind", _("种类"), "name", phone="show"),
        Column("along", _("转到保留的企业"), "number", phone="show"),
        Column("back", _("留在原处"), "number", phone="show"),
        Column("names", _("留在原处的（保留的企业已有同样的）"), "long", phone="show"),
    ]
    empty = _("被并入的企业名下没有别的记录。")
    return TablePanel(
        title=_("随同转移的记录"),
        note=_("所有台账的都算，包括您无权查看的"),
        id="loads",
        table=Table(_("随同转移的记录"), columns, rows, len(rows), empty=empty),
        empty=empty,
    )


SAY: Mapping[str, Callable[[Any], str]] = {
    "enterprises.formername": str,
    "enterprises.enterprisetag": str,
    "enterprises.yearreport": lambda row: (
        _("%(year)s年，%(source)s，%(on)s") % {"year": row.year, "source": row.source, "on": row.dated_on}
    ),
    "leads.leadassignment": lambda row: f"{row.official}，{row.role_label()}",
    "chains.chainmember": lambda row: str(row.node),
}
"""How a row that stays behind is named; other kinds are counted only, because not everybody may know of them."""
RELATED = {"leads.leadassignment": ("official",), "chains.chainmember": ("node",)}


def _names_of(load: Load) -> str:
    label = load.model._meta.label_lower
    if not load.kept_back or label not in SAY:
        return ""
    rows: QuerySet[Model] = load.model._default_manager.filter(pk__in=load.kept_back).order_by("pk")
    names = [SAY[label](row) for row in rows.select_related(*RELATED.get(label, ()))[:NAMED]]
    return "；".join(names) + (_("等") if len(load.kept_back) > NAMED else "")


def confirm(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """Merge, with the reason. The register's refusals stand in the form."""
    kept, double = _two(request, pk, other_pk)
    form = ReasonForm(request.POST or None)

    def save() -> str:
        merge_enterprises(
            kept,
            double,
            reason=form.cleaned_data["reason"],
            actor=viewer(request),
            on=today_of(request),
            now=now_of(request),
        )
        words = _("已合并：“%(double)s”并入“%(kept)s”。") % {"double": double, "kept": kept}
        messages.success(request, words)
        return href_of(kept)

    label = _("合并")
    intro = _("“%(double)s”并入“%(kept)s”，名下的记录一起转过去。合并可以撤销。") % {
        "double": double,
        "kept": kept,
    }
    back = reverse("enterprise_merge", args=[pk, other_pk])
    return answer_form(
        request, form, label, lambda _typed: save(), back, _crumbs(Crumb(label)), intro=intro, stop=True
    )


# ---- merges done -------------------------------------------------------------------------------------------------


def visible_merges(request: HttpRequest) -> QuerySet[Merge]:
    """Merges of firms that the reader may see. A double that is no more known to anybody through its projects is still
    known to the one who merged it."""
    actor = viewer(request)
    seen = visible_enterprises(actor).order_by()
    mine = RegisterChange.objects.filter(
        entry_kind=Merge.entry_kind, entry_id=OuterRef("pk"), verb="merge", actor=actor.account
    )
    return Merge.objects.filter(
        Exists(seen.filter(pk=OuterRef("kept_id"))),
        Q(Exists(seen.filter(pk=OuterRef("double_id")))) | Q(Exists(mine)),
    )


def merges(request: HttpRequest) -> HttpResponse:
    """Merges done, the latest first."""
    require(request, MERGE)
    found = visible_merges(request).select_related("kept", "double").order_by("-pk")
    pages = Paginator(found, PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    listed = list(page.object_list)
    last = last_changes(Merge.entry_kind, (item.pk for item in listed))
    table = Table(
        _("已合并"),
        [
            Column("double", _("被并入的企业"), "name", phone="show"),
            Column("kept", _("保留的企业"), "long", phone="show"),
            Column("on", _("日期"), "date", phone="show"),
            Column("who", _("操作人")),
            Column("reason", _("理由"), "long", phone="show"),
            Column("undo", _("处理"), phone="show"),
        ],
        [_merge_row(item, last[item.pk]) for item in listed],
        **place_of(page),
        empty=_("还没有合并过。"),
    )
    shown = ListPage(
        title=_("已合并"),
        intro=_("撤销以后，转过去的记录回到原来的企业名下。"),
        table=table,
        crumbs=_crumbs(Crumb(_("已合并"))),
        tabs=_tabs("merges"),
    )
    return render(request, "ui/list.html", {"page": shown})


def _merge_row(item: Merge, last: RegisterChange) -> Row:
    undo = "" if item.is_undone else reverse("enterprise_merge_undo", args=[item.pk])
    cells = {
        "double": Cell(item.double.name, href=href_of(item.double) if item.is_undone else ""),
        "kept": Cell(item.kept.name, href=href_of(item.kept)),
        "on": Cell(date_text(last.effective_on), value=last.effective_on),
        "who": Cell(last.actor.display_name if last.actor else _("系统")),
        "reason": Cell(last.reason),
        "undo": Cell(_("撤销") if undo else _("已撤销"), href=undo),
    }
    return Row(str(item.pk), cells)


def undo(request: HttpRequest, merge_pk: int) -> HttpResponse:
    """Take a merge back, with the reason."""
    require(request, MERGE)
    found = visible_merges(request).filter(pk=merge_pk).select_related("kept", "double").first()
    if found is None:
        raise Http404
    form = ReasonForm(request.POST or None)

    def save() -> str:
        undo_merge(
            found,
            reason=form.cleaned_data["reason"],
            actor=viewer(request),
            on=today_of(request),
            now=now_of(request),
        )
        messages.success(request, _("已撤销合并，“%(double)s”重新单列。") % {"double": found.double})
        return reverse("enterprise_merges")

    label = _("撤销合并")
    names = {"double": found.double, "kept": found.kept}
    intro = _("“%(double)s”从“%(kept)s”拆回来，当时转过去的记录一起回去。") % names
    back = reverse("enterprise_merges")
    return answer_form(
        request, form, label, lambda _typed: save(), back, _crumbs(Crumb(label)), intro=intro, stop=True
    )
