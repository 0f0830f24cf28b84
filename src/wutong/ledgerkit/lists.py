"""The list of a case type: one selection for the page, its counts, its totals and its export."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.cases.models import Case, CaseDetail
from wutong.cases.registry import all_types
from wutong.ledgerkit.ledger import CasePages, ListQuery
from wutong.ledgerkit.policy import keys_to_judge, of_visible_case, opens_everything
from wutong.ledgerkit.viewer import as_of, viewer
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official
from wutong.ui.columns import chosen_columns
from wutong.ui.forms import FilterForm
from wutong.ui.tables import Cell, Column, Row, Sort, Table

PAGE_SIZE_LIMIT = 50
EXPORT_BLOCK = 500
Detail = TypeVar("Detail", bound=CaseDetail)


@dataclass(frozen=True)
class Selection:
    """What a request asks of a list, answered without drawing it."""

    pages: CasePages
    query: ListQuery
    form: FilterForm
    entries: Any
    count: int
    columns: Sequence[Column]
    sort: Sort

    def rows(self, start: int, stop: int) -> Sequence[Row]:
        return self.pages.listing.rows(list(self.entries[start:stop]), self.query)

    def totals(self) -> Mapping[str, Cell]:
        totals = self.pages.listing.totals
        return totals(self.entries, self.query) if totals and self.count else {}


def seen_rows(rows: QuerySet[Detail], actor: Actor) -> QuerySet[Detail]:
    """Rows of a ledger (its `CaseDetail`) whose cases the actor may see: what a list starts from. Each row is judged by
    itself, after whatever else the list asks for has left few of them."""
    case_type = rows.model.case_type
    if opens_everything(actor, case_type):
        return rows
    keys = keys_to_judge(actor, case_type)
    if keys is not None:
        rows = rows.filter(case__in=keys)
    return rows.filter(of_visible_case(actor))


def under_way(case_type: str) -> Q:
    """Rows whose case is open. Its type and states say the same once more, because the index of cases knows them."""
    states = {
        state.code
        for kind in all_types()
        if kind.procedure.case_type == case_type
        for state in kind.procedure.states
        if state.kind != "closed"
    }
    return Q(case__case_type=case_type, case__is_open=True, case__state__in=sorted(states))


def leaders_of(case_type: str) -> QuerySet[Official]:
    """Who leads a case of the type: the choices of a filter. Each official is asked for, not each of a million cases."""
    return Official.objects.filter(
        Exists(Case.objects.filter(leader=OuterRef("pk"), case_type=case_type))
    ).order_by("pk")


def list_query(request: HttpRequest, pages: CasePages) -> tuple[ListQuery, FilterForm]:
    form = pages.listing.filters(request.GET)
    form.is_valid()
    filters = {name: value for name, value in form.cleaned_data.items() if value not in (None, "", [])}
    view = request.GET.get("view", "")
    if view not in {item.key for item in pages.listing.views}:
        view = ""
    return ListQuery(viewer(request), as_of(request), view, filters), form


def select(request: HttpRequest, pages: CasePages) -> Selection:
    query, form = list_query(request, pages)
    entries = pages.listing.entries(query)
    sort = _sort(request.GET.get("sort", ""), pages)
    if sort.key:
        entries = _ordered(entries, pages.listing.order[sort.key], sort.descending)
    count = entries.count() if isinstance(entries, QuerySet) else len(entries)
    columns = chosen_columns(pages.listing.columns, request.GET.getlist("cols"))
    return Selection(pages, query, form, entries, count, columns, sort)


def _sort(text: str, pages: CasePages) -> Sort:
    key = text.removeprefix("-")
    if key not in pages.listing.order:
        return Sort()
    return Sort(key, descending=text.startswith("-"))


def _ordered(entries: Any, order: Any, descending: bool) -> Any:
    if isinstance(entries, QuerySet):
        return entries.order_by(f"{'-' if descending else ''}{order}", "pk")
    known = [entry for entry in entries if order(entry) is not None]
    unknown = [entry for entry in entries if order(entry) is None]
    return sorted(known, key=order, reverse=descending) + unknown


def drawn_table(request: HttpRequest, selection: Selection) -> Table:
    """One page of the list, with the totals of all of it."""
    listing = selection.pages.listing
    page_count = max(1, math.ceil(selection.count / listing.page_size))
    page = _page_number(request, page_count)
    start = (page - 1) * listing.page_size
    return Table(
        caption=caption(selection),
        columns=selection.columns,
        rows=selection.rows(start, start + listing.page_size),
        row_count=selection.count,
        first_number=start + 1,
        page=page,
        page_count=page_count,
        sort=selection.sort,
        totals=selection.totals(),
        query=query_without(request.GET, "sort", "page"),
        empty=_("没有符合条件的记录。可以清除筛选，或换一个数据日。"),
    )


def caption(selection: Selection) -> str:
    title = selection.pages.listing.file_title
    return str(title(selection.query)) if title else str(selection.pages.listing.title)


def _page_number(request: HttpRequest, page_count: int) -> int:
    text = request.GET.get("page", "1")
    if not text.isdecimal() or len(text) > 9:
        raise Refused(_("页码“%(text)s”不是数字。") % {"text": text[:20]})
    return min(max(1, int(text)), page_count)


def query_without(given: QueryDict, *names: str) -> str:
    """The query string without some parameters and without empty ones."""
    kept = [
        (name, value)
        for name, values in given.lists()
        for value in values
        if name not in names and (value or name == "cols")
    ]
    return urlencode(kept)


def day_query(query: ListQuery, today: date) -> dict[str, str]:
    return {} if query.as_of == today else {"as_of": query.as_of.isoformat()}
