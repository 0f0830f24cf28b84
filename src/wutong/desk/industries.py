"""Industries: what the zone leads with and which codes belong to it, and the national classification to look codes up."""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import Refused
from wutong.ledgerkit.viewer import as_of, viewer
from wutong.registers.industries.codes import EDITION, clean_code, parent_code, path_of, printed_code
from wutong.registers.industries.models import (
    IndustryClass,
    IndustryKind,
    IndustryLevel,
    IndustryScope,
    LeadingIndustry,
)
from wutong.registers.industries.queries import ScopeTable, industry_classes, leading_industries, scope_table
from wutong.ui.forms import FilterForm
from wutong.ui.pages import Crumb, ListPage
from wutong.ui.panels import TablePanel
from wutong.ui.tables import Cell, Column, Row, Table, place_of

PAGE_SIZE = 50


class ClassSearch(FilterForm):
    q = forms.CharField(label=gettext_lazy("行业代码或名称"), required=False, max_length=50)


def industries(request: HttpRequest) -> HttpResponse:
    """Leading industries with their codes; below, the classification: one level at a time, or what a search finds."""
    viewer(request)
    day = as_of(request)
    form = ClassSearch(request.GET)
    form.is_valid()
    text = form.cleaned_data.get("q", "").strip()
    inside = "" if text else _inside(request)
    scopes = scope_table(day)
    found = _found(text) if text else _level(inside)
    pages = Paginator(found, PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    listed = list(page.object_list)
    way = _ways([*listed], inside)
    kept = {"q": text, "in": inside, "as_of": request.GET.get("as_of", "")}
    table = Table(
        _("行业分类"),
        [
            Column("code", _("代码"), "name", phone="show"),
            Column("name", _("行业名称"), "long", phone="show"),
            Column("level", _("层级"), phone="show"),
            Column("above", _("上级"), "long"),
            Column("leading", _("主导产业"), phone="show"),
            Column("below", _("下级数"), "number", phone="show"),
        ],
        [_class_row(item, way, scopes) for item in listed],
        **place_of(page),
        query=urlencode({name: value for name, value in kept.items() if value}),
        empty=_nothing(text, inside),
    )
    title = _("行业")
    shown = ListPage(
        title=title,
        intro=_(
            "行业代码按%(edition)s。企业登记了行业代码，就知道它属于哪个主导产业；几个产业都包括的，以代码最长的为准。"
        )
        % {"edition": EDITION},
        table=table,
        crumbs=_crumbs(title, inside, way),
        filters=form,
        clear_href=request.path if text or inside else "",
    )
    leading = None if text or inside else _leading_panel(day)
    context = {"page": shown, "leading": leading, "classes_title": _classes_title(text, inside, way)}
    return render(request, "desk/industries.html", context)


def _inside(request: HttpRequest) -> str:
    """The class that the reader has opened; what is no code opens nothing."""
    try:
        return clean_code(request.GET["in"]) if request.GET.get("in") else ""
    except Refused:
        return ""


def _level(inside: str) -> QuerySet[IndustryClass]:
    classes = industry_classes()
    found = classes.filter(parent__code=inside) if inside else classes.filter(parent__isnull=True)
    return found.annotate(below=Count("children")).order_by("code")


def _found(text: str) -> QuerySet[IndustryClass]:
    """By a part of the name, or by the beginning of the code, with or without its letter."""
    try:
        code = clean_code(text)
    except Refused:
        code = ""
    wanted = Q(name__icontains=text)
    if code:
        wanted |= Q(code=code) if code.isalpha() else Q(code__startswith=code)
    return industry_classes().filter(wanted).annotate(below=Count("children")).order_by("code")


def _ways(listed: Sequence[IndustryClass], inside: str) -> Mapping[str, str]:
    """Names of all classes above those on the page, by code: one query."""
    codes = {part for item in listed for part in path_of(item.code)[:-1]}
    if inside:
        codes |= set(path_of(inside))
    return dict(industry_classes().filter(code__in=codes).values_list("code", "name"))


def _class_row(item: IndustryClass, way: Mapping[str, str], scopes: ScopeTable) -> Row:
    above = parent_code(item.code)
    leading = scopes.industry_of(item.code)
    below: int = item.below  # type: ignore[attr-defined]
    href = _href(item.code) if below else ""
    cells = {
        "code": Cell(printed_code(item.code), href=href),
        "name": Cell(item.name),
        "level": Cell(IndustryLevel(item.level).label),
        "above": Cell(f"{printed_code(above)} {way.get(above, '')}" if above else ""),
        "leading": Cell(leading.name if leading else ""),
        "below": Cell(str(below), value=below, href=href),
    }
    return Row(item.code, cells)


def _href(code: str) -> str:
    return f"{reverse('industries')}?{urlencode({'in': code})}"


def _crumbs(title: str, inside: str, way: Mapping[str, str]) -> list[Crumb]:
    start = Crumb(_("产业"))
    if not inside:
        return [start, Crumb(title)]
    parts = [Crumb(f"{printed_code(code)} {way.get(code, '')}", _href(code)) for code in path_of(inside)]
    return [start, Crumb(title, reverse("industries")), *parts[:-1], Crumb(parts[-1].label)]


def _classes_title(text: str, inside: str, way: Mapping[str, str]) -> str:
    if text:
        return _("行业分类里的查找结果")
    if inside:
        return _("%(code)s %(name)s的下级") % {"code": printed_code(inside), "name": way.get(inside, "")}
    return _("行业分类")


def _nothing(text: str, inside: str) -> str:
    if text:
        return _("没有这样的行业代码或名称。")
    if inside:
        return _("这一级下面没有载入更细的分类。")
    return _("还没有载入行业分类，请联系系统管理员载入。")


def _leading_panel(day: date) -> TablePanel:
    listed = list(leading_industries(day))
    scopes = _scopes_of(listed, day)
    codes = {code for prefixes in scopes.values() for code in prefixes}
    names = dict(industry_classes().filter(code__in=codes).values_list("code", "name"))
    rows = []
    for item in listed:
        words = [f"{printed_code(code)} {names.get(code, '')}".strip() for code in scopes.get(item.pk, [])]
        cells = {
            "name": Cell(item.name),
            "kind": Cell(IndustryKind(item.kind).label),
            "scope": Cell("；".join(words)),
            "valid_from": Cell(item.valid_from.isoformat(), value=item.valid_from),
        }
        rows.append(Row(item.code, cells))
    columns = [
        Column("name", _("产业"), "name", phone="show"),
        Column("kind", _("类别"), phone="show"),
        Column("scope", _("包括的行业"), "long", phone="show"),
        Column("valid_from", _("确定日期"), "date", phone="show"),
    ]
    empty = _("还没有确定主导产业。")
    return TablePanel(
        title=_("主导产业"),
        id="leading",
        empty=empty,
        table=Table(_("主导产业"), columns, rows, len(rows), empty=empty),
    )


def _scopes_of(listed: Sequence[LeadingIndustry], day: date) -> Mapping[int, list[str]]:
    """The prefixes of each industry on the day, in order."""
    found: dict[int, list[str]] = {}
    rows = IndustryScope.objects.filter(leading_industry__in=listed, valid_from__lte=day)
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day)).order_by("code_prefix")
    for industry, prefix in rows.values_list("leading_industry_id", "code_prefix"):
        found.setdefault(industry, []).append(prefix)
    return found
