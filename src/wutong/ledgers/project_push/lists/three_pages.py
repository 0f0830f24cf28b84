"""The three lists as one page with a tab for each, and as workbooks."""

from collections.abc import Mapping
from io import BytesIO
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.audit.addresses import client_address
from wutong.base.audit.services import record_event
from wutong.exchange.writing import write_table
from wutong.ledgerkit.ledger import CasePages
from wutong.ledgerkit.list_pages import XLSX
from wutong.ledgerkit.lists import EXPORT_BLOCK, Selection, caption, drawn_table, list_query, query_without
from wutong.ledgerkit.viewer import now_of, today_of, viewer
from wutong.ledgers.project_push.lists.three import RESPONSIBILITY, THREE_LISTS, list_counts
from wutong.ui.columns import chosen_columns
from wutong.ui.pages import Action, Crumb, ListPage, Tab
from wutong.ui.tables import Sort, Text


def three_lists(request: HttpRequest) -> HttpResponse:
    """`?view=` chooses the list; the filters stay when another one is chosen."""
    selection, counts = _selected(request)
    return list_page(request, selection, "three_lists", counts)


def three_lists_export(request: HttpRequest) -> HttpResponse:
    return workbook(request, _selected(request)[0], "three_lists")


def _selected(request: HttpRequest) -> tuple[Selection, Mapping[str, int]]:
    """The rows of the chosen list, and how many all three have: as `select`, with one query for all counts."""
    pages = _chosen(request)
    query, form = list_query(request, pages)
    entries, order = pages.listing.entries(query), pages.listing.order
    text = request.GET.get("sort", "")
    key = text.removeprefix("-")
    sort = Sort(key, descending=text.startswith("-")) if key in order else Sort()
    if sort.key:
        entries = entries.order_by(f"{'-' if sort.descending else ''}{order[sort.key]}", "pk")
    counts = list_counts(query)
    columns = chosen_columns(pages.listing.columns, request.GET.getlist("cols"))
    return Selection(pages, query, form, entries, counts[query.view], columns, sort), counts


def _chosen(request: HttpRequest) -> CasePages:
    return THREE_LISTS.get(request.GET.get("view", ""), RESPONSIBILITY)


def list_page(
    request: HttpRequest, selection: Selection, name: str, counts: Mapping[str, int]
) -> HttpResponse:
    """A page of a list that a view chooses; `name` is what `reverse` knows the page by, with `_export` its workbook."""
    listing, query = selection.pages.listing, selection.query
    query.memo["count"] = selection.count
    rest, asked = query_without(request.GET, "view", "page", "sort", "cols"), request.GET.urlencode()
    tabs = []
    for view in listing.views:
        address = "&".join(part for part in (f"view={view.key}" if view.key else "", rest) if part)
        href = reverse(name) + (f"?{address}" if address else "")
        tabs.append(Tab(view.label, counts.get(view.key), href, query.view == view.key))
    export = reverse(f"{name}_export") + (f"?{asked}" if asked else "")
    page = ListPage(
        title=listing.title,
        table=drawn_table(request, selection),
        intro=listing.intro(query),
        crumbs=[Crumb(_("招商")), Crumb(listing.title)],
        actions=[Action(_("导出一览表"), export)],
        tabs=tabs,
        filters=selection.form,
        clear_href=request.path if query.filters or query.view else "",
        chooser_columns=listing.columns,
        foot_notes=list(listing.notes(selection.entries, query)) if listing.notes else [],
    )
    return render(request, "ui/list.html", {"page": page})


def workbook(request: HttpRequest, selection: Selection, kind: str) -> HttpResponse:
    """All rows of a list as a workbook, by the same rule of rows as the page; the export is audited."""
    actor, title = viewer(request), caption(selection)
    selection.query.memo["count"] = selection.count
    stream = BytesIO()
    unit = actor.official.unit.name if actor.official else ""
    subtitle: list[Text] = [
        _("填报单位：%(unit)s") % {"unit": unit},
        _("填报人：%(name)s") % {"name": actor.name},
        _("日期：%(on)s") % {"on": today_of(request)},
    ]
    write_table(
        stream,
        selection.columns,
        (
            row
            for start in range(0, selection.count, EXPORT_BLOCK)
            for row in selection.rows(start, start + EXPORT_BLOCK)
        ),
        title=title,
        subtitle=subtitle,
        sums=selection.totals(),
    )
    record_event(
        action="export_list",
        now=now_of(request),
        actor=actor.account,
        target_kind="list",
        target_id=kind,
        words=_("导出一览表"),
        detail={"rows": selection.count, "query": request.GET.urlencode()[:500]},
        address=client_address(request),
    )
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    name = quote(f"{title}.xlsx")
    response["Content-Disposition"] = f"attachment; filename=\"export.xlsx\"; filename*=UTF-8''{name}"
    return response
