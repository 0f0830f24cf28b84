"""The enterprise register (企业名录): who may see which firm, the list, and the workbook that equals it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import quote

from django import forms
from django.core.paginator import Paginator
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Left, Length
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.audit.addresses import client_address
from wutong.base.audit.services import record_event
from wutong.base.errors import Refused
from wutong.exchange.writing import write_table
from wutong.ledgerkit.list_pages import XLSX
from wutong.ledgerkit.lists import EXPORT_BLOCK, query_without
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.viewer import as_of, now_of, today_of, viewer
from wutong.registers.enterprises.models import Enterprise, EnterpriseTag, FormerName, Status
from wutong.registers.enterprises.names import fold_name
from wutong.registers.history.intervals import valid_on
from wutong.registers.industries.codes import SECTIONS, clean_code, printed_code
from wutong.registers.industries.models import IndustryScope, LeadingIndustry
from wutong.registers.industries.queries import (
    ScopeTable,
    industry_classes,
    leading_industries,
    scope_table,
)
from wutong.registers.organisation.actors import Actor
from wutong.registers.places.models import PlaceKind, SpatialUnit
from wutong.registers.places.queries import places_on, tree_order
from wutong.registers.projects.models import Project
from wutong.ui.forms import FilterForm
from wutong.ui.pages import Action, Chip, Crumb, ListPage
from wutong.ui.tables import Cell, Column, Row, Sort, Table, place_of

PAGE_SIZE = 50
REGISTER, MERGE = "enterprises.register", "enterprises.merge"


def visible_enterprises(actor: Actor) -> QuerySet[Enterprise]:
    """Investors follow their projects: a firm known only from an unsigned project is as secret as the project."""
    if actor.official is None:
        return Enterprise.objects.none()
    own = Project.objects.filter(
        Q(investor=OuterRef("pk")) | Q(company=OuterRef("pk")),
        push__case__in=visible_cases(actor, "project_push"),
    )
    return Enterprise.objects.filter(Q(is_disclosed=True) | Exists(own))


def permitted_enterprises(actor: Actor, keys: Sequence[int]) -> set[int]:
    """Of these firms those that the actor may see; the condition on projects is asked only for firms that need it."""
    firms = Enterprise.objects.filter(pk__in=keys)
    seen = set(firms.filter(is_disclosed=True).values_list("pk", flat=True)) if actor.official else set()
    others = set(keys) - seen
    return (
        seen | set(visible_enterprises(actor).filter(pk__in=others).values_list("pk", flat=True))
        if others
        else seen
    )


# ---- industries of firms -----------------------------------------------------------------------------------------


def industry_name() -> Combinable:
    """Name of the deepest class that the classification has for a firm's code: the list of classes is not complete at
    every level. Comes with the firm, without a query of its own."""
    code = OuterRef("industry_code")
    known = industry_classes().filter(code__in=[code, Left(code, 3), Left(code, 2)])
    return Subquery(known.order_by(Length("code").desc()).values("name")[:1], output_field=CharField())


def leading_name(day: date) -> Combinable:
    """Name of the leading industry that a firm's code belongs to on the day; the longest prefix counts."""
    code = OuterRef("industry_code")
    scopes = IndustryScope.objects.filter(
        valid_on(day),
        code_prefix__in=[code, Left(code, 3), Left(code, 2)],
        leading_industry__in=leading_industries(day).order_by(),
    )
    longest = scopes.order_by(Length("code_prefix").desc()).values("leading_industry__name")[:1]
    return Subquery(longest, output_field=CharField())


def industry_words(firm: Enterprise) -> str:
    """`C3841 锂离子电池制造` of a firm read with `industry_name`; a code that is none is shown as it stands."""
    name = getattr(firm, "industry_name", "") or ""
    try:
        code = printed_code(clean_code(firm.industry_code)) if firm.industry_code else ""
    except Refused:
        code = firm.industry_code
    return f"{code} {name}".strip()


def leading_of(firm: Enterprise, scopes: ScopeTable) -> LeadingIndustry | None:
    try:
        return scopes.industry_of(clean_code(firm.industry_code)) if firm.industry_code else None
    except Refused:
        return None


def _below_code(code: str) -> Q:
    """Firms whose code is this one or stands below it."""
    if code in SECTIONS:
        first, last = SECTIONS[code]
        return Q(industry_code=code) | Q(
            industry_code__gte=f"{first:02d}", industry_code__lt=f"{last + 1:02d}"
        )
    return Q(industry_code__startswith=code)


def _in_leading(wanted: LeadingIndustry, scopes: ScopeTable) -> Q:
    """Firms of one leading industry: its prefixes, without longer ones that another industry has."""
    found = Q(pk__in=[])
    for prefix, industry in scopes.by_prefix.items():
        if industry.pk == wanted.pk:
            part = Q(industry_code__startswith=prefix)
            for other, owner in scopes.by_prefix.items():
                if owner.pk != wanted.pk and other != prefix and other.startswith(prefix):
                    part &= ~Q(industry_code__startswith=other)
            found |= part
    return found


# ---- the list ----------------------------------------------------------------------------------------------------

COLUMNS = (
    Column("name", gettext_lazy("企业名称"), "name", phone="show", sortable=True),
    Column("code", gettext_lazy("统一社会信用代码"), phone="show", sortable=True),
    Column("place", gettext_lazy("所属镇街园区"), phone="show", sortable=True),
    Column("industry", gettext_lazy("行业"), phone="show", sortable=True),
    Column("leading", gettext_lazy("主导产业")),
    Column("status", gettext_lazy("经营状态"), phone="show", sortable=True),
    Column("registered_on", gettext_lazy("成立日期"), "date", sortable=True),
    Column("address", gettext_lazy("注册地址"), "long"),
)
ORDER = {
    "name": "name",
    "code": "code",
    "place": "place__name",
    "industry": "industry_code",
    "status": "status",
    "registered_on": "registered_on",
}


class EnterpriseFilters(FilterForm):
    """`leading` and `place` are offered as they are on the day that the page shows."""

    q = forms.CharField(label=gettext_lazy("名称、曾用名或代码"), required=False, max_length=50)
    status = forms.ChoiceField(
        label=gettext_lazy("经营状态"),
        required=False,
        choices=[("", gettext_lazy("全部状态")), *Status.choices],
    )
    place = forms.ChoiceField(label=gettext_lazy("所属镇街园区"), required=False)
    industry = forms.CharField(
        label=gettext_lazy("行业代码，如C或38"),
        required=False,
        max_length=5,
        widget=forms.TextInput(attrs={"size": 14}),
    )
    leading = forms.ChoiceField(label=gettext_lazy("主导产业"), required=False)
    tag = forms.CharField(
        label=gettext_lazy("标签"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"size": 10}),
    )

    def __init__(
        self, *args: Any, places: Sequence[tuple[int, SpatialUnit]], scopes: ScopeTable, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        industries = {item.pk: item for item in scopes.by_prefix.values()}
        ordered = sorted(industries.values(), key=lambda item: (item.order, item.pk))
        self._offer("leading", _("全部产业"), [(str(item.pk), item.name) for item in ordered])
        listed = [
            (str(place.pk), "　" * depth + place.name)
            for depth, place in places
            if place.kind != PlaceKind.GRID
        ]
        self._offer("place", _("全部地域"), listed)

    def _offer(self, name: str, every: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", every), *choices]

    def clean_industry(self) -> str:
        text = self.cleaned_data["industry"].strip()
        try:
            return clean_code(text) if text else ""
        except Refused as error:
            raise forms.ValidationError(str(error.message)) from None


@dataclass(frozen=True)
class Chosen:
    """What a request asks of the list. `form` says what was wrong with what was typed; that filters nothing."""

    form: EnterpriseFilters
    firms: QuerySet[Enterprise]
    order: tuple[Any, ...]
    scopes: ScopeTable
    sort: Sort

    def rows(self, start: int, stop: int) -> list[Row]:
        """One query for the firms of a page, with place and industry. Only keys are put in order among all firms: what
        a row shows is read for the page alone."""
        keys = self.firms.order_by(*self.order).values("pk")[start:stop]
        read = Enterprise.objects.filter(pk__in=keys).order_by(*self.order)
        read = read.select_related("place").defer("place__boundary").annotate(industry_name=industry_name())
        return [_row(firm, leading_of(firm, self.scopes)) for firm in read]


def choose(request: HttpRequest) -> Chosen:
    """Two queries: places and industries. Firms are narrowed to what the reader may see; doubles are left out."""
    day = as_of(request)
    places, scopes = tree_order(list(places_on(day))), scope_table(day)
    form = EnterpriseFilters(request.GET, places=places, scopes=scopes)
    form.is_valid()
    found = visible_enterprises(viewer(request)).filter(merged_into__isnull=True)
    found = found.filter(_wanted(form.cleaned_data, places, scopes, day))
    key = request.GET.get("sort", "")
    sort = Sort(key.removeprefix("-"), key.startswith("-")) if key.removeprefix("-") in ORDER else Sort()
    column = F(ORDER.get(sort.key, "name"))
    # What is not known stands last in both directions.
    order = column.desc(nulls_last=True) if sort.descending else column.asc(nulls_last=True)
    # The index of names holds no second order: names are always there.
    by_name = sort.key in {"", "name"} and not sort.descending
    return Chosen(form, found, ("name" if by_name else order, "pk"), scopes, sort)


def _wanted(
    typed: Mapping[str, Any], places: Sequence[tuple[int, SpatialUnit]], scopes: ScopeTable, day: date
) -> Q:
    wanted = Q()
    if text := typed.get("q", "").strip():
        wanted &= _named(text)
    if typed.get("status"):
        wanted &= Q(status=typed["status"])
    if typed.get("place"):
        wanted &= Q(place__in=_with_below(int(typed["place"]), places))
    if typed.get("industry"):
        wanted &= _below_code(typed["industry"])
    if typed.get("leading"):
        industry = next(item for item in scopes.by_prefix.values() if str(item.pk) == typed["leading"])
        wanted &= _in_leading(industry, scopes)
    if word := "".join(typed.get("tag", "").split()):
        borne = EnterpriseTag.objects.filter(
            Q(to_on__isnull=True) | Q(to_on__gt=day), word=word, from_on__lte=day
        )
        wanted &= Q(pk__in=borne.values("enterprise"))
    return wanted


def _named(text: str) -> Q:
    former = FormerName.objects.filter(folded_name__contains=fold_name(text))
    return (
        Q(folded_name__contains=fold_name(text))
        | Q(code__startswith=text.upper())
        | Q(pk__in=former.values("enterprise"))
    )


def _with_below(pk: int, places: Sequence[tuple[int, SpatialUnit]]) -> list[int]:
    """A place and everything below it; in tree order a place stands before what lies below it."""
    inside = {pk}
    for _depth, place in places:
        if place.parent_id in inside:
            inside.add(place.pk)
    return sorted(inside)


def enterprises(request: HttpRequest) -> HttpResponse:
    """The enterprise register."""
    chosen = choose(request)
    pages = Paginator(chosen.firms.order_by(*chosen.order), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    table = Table(
        _("企业名录"),
        COLUMNS,
        chosen.rows((page.number - 1) * PAGE_SIZE, page.number * PAGE_SIZE),
        **place_of(page),
        sort=chosen.sort,
        query=query_without(request.GET, "sort", "page"),
        empty=_("没有符合条件的企业。"),
    )
    chips = _chips(request, chosen.form)
    shown = ListPage(
        title=_("企业名录"),
        intro=_("区内企业和项目投资方。已并入别家的不列。"),
        table=table,
        crumbs=[Crumb(_("企业")), Crumb(_("企业名录"))],
        filters=chosen.form,
        filter_chips=chips,
        actions=_list_actions(request),
        clear_href=request.path if chips else "",
    )
    return render(request, "ui/list.html", {"page": shown})


def _row(firm: Enterprise, leading: LeadingIndustry | None) -> Row:
    day = firm.registered_on
    cells = {
        "name": Cell(firm.name, href=reverse("enterprise", args=[firm.pk])),
        "code": Cell(firm.code or _("未登记")),
        "place": Cell(firm.place.name if firm.place else ""),
        "industry": Cell(industry_words(firm)),
        "leading": Cell(leading.name if leading else ""),
        "status": Cell(firm.get_status_display()),
        "registered_on": Cell(day.isoformat() if day else "", value=day),
        "address": Cell(firm.address),
    }
    return Row(str(firm.pk), cells)


def _chips(request: HttpRequest, form: EnterpriseFilters) -> list[Chip]:
    chips = []
    for name, value in form.cleaned_data.items():
        if value:
            field = form.fields[name]
            choices: dict[str, Any] = dict(getattr(field, "choices", ()))
            rest = query_without(request.GET, name, "page")
            words = f"{field.label}：{str(choices.get(value, value)).strip()}"
            chips.append(Chip(words, f"{request.path}?{rest}" if rest else request.path))
    return chips


def _list_actions(request: HttpRequest) -> list[Action]:
    actor = viewer(request)
    actions = []
    if actor.has(REGISTER):
        actions.append(Action(_("登记企业"), reverse("enterprise_new"), main=True, drawer=True))
    if actor.has(MERGE):
        actions.append(Action(_("疑似重复"), reverse("enterprise_doubles")))
    query = request.GET.urlencode()
    if actor.has("enterprises.import"):
        actions.append(Action(_("导入名录"), reverse("case_import", args=["enterprises"])))
        actions.append(Action(_("导入年度数据"), reverse("case_import", args=["enterprise-years"])))
    actions.append(Action(_("导出一览表"), reverse("enterprise_export") + (f"?{query}" if query else "")))
    return actions


def export(request: HttpRequest) -> HttpResponse:
    """The list as a workbook: same rows, order and columns as on the screen, all pages of it."""
    chosen = choose(request)
    count, stream, title = chosen.firms.count(), BytesIO(), _("企业名录")
    rows = (
        row for start in range(0, count, EXPORT_BLOCK) for row in chosen.rows(start, start + EXPORT_BLOCK)
    )
    write_table(stream, COLUMNS, rows, title=title, subtitle=_subtitle(request))
    record_event(
        action="export_list",
        now=now_of(request),
        actor=viewer(request).account,
        target_kind="list",
        target_id="enterprises",
        words=_("导出一览表"),
        detail={"rows": count, "query": request.GET.urlencode()[:500]},
        address=client_address(request),
    )
    answer = HttpResponse(stream.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = (
        f"attachment; filename=\"export.xlsx\"; filename*=UTF-8''{quote(f'{title}.xlsx')}"
    )
    return answer


def _subtitle(request: HttpRequest) -> list[str]:
    actor = viewer(request)
    return [
        _("填报单位：%(unit)s") % {"unit": actor.official.unit.name if actor.official else ""},
        _("填报人：%(name)s") % {"name": actor.name},
        _("审核人："),
        _("日期：%(on)s") % {"on": today_of(request)},
    ]
