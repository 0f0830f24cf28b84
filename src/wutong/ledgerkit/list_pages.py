"""Views of a list: the page, and the workbook that equals it."""

from io import BytesIO
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.audit.addresses import client_address
from wutong.base.audit.services import record_event
from wutong.exchange.writing import write_table
from wutong.ledgerkit.ledger import CasePages, Ledger
from wutong.ledgerkit.lists import (
    EXPORT_BLOCK,
    Selection,
    caption,
    drawn_table,
    query_without,
    select,
)
from wutong.ledgerkit.registry import pages_by_slug
from wutong.ledgerkit.viewer import now_of, today_of, viewer
from wutong.ui.pages import Action, Chip, Crumb, ListPage, Tab

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def found_pages(slug: str) -> tuple[Ledger, CasePages]:
    found = pages_by_slug(slug)
    if found is None:
        raise Http404
    return found


def case_list(request: HttpRequest, slug: str) -> HttpResponse:
    ledger, pages = found_pages(slug)
    selection = select(request, pages)
    listing = pages.listing
    table = drawn_table(request, selection)
    page = ListPage(
        title=listing.title,
        table=table,
        intro=listing.intro(selection.query),
        crumbs=[Crumb(ledger.menu_group), Crumb(listing.title)],
        actions=_actions(request, ledger, pages),
        tabs=_tabs(request, selection),
        filters=selection.form,
        filter_chips=_chips(request, selection),
        clear_href=request.path if selection.query.filters or selection.query.view else "",
        chooser_columns=listing.columns,
        foot_notes=list(listing.notes(selection.entries, selection.query)) if listing.notes else [],
    )
    return render(request, "ui/list.html", {"page": page})


def _actions(request: HttpRequest, ledger: Ledger, pages: CasePages) -> list[Action]:
    actor = viewer(request)
    actions = []
    first = ledger.pages[0] is pages
    if first and ledger.entering and actor.has(ledger.entering.right):
        href = reverse("case_new", args=[pages.slug])
        actions.append(Action(ledger.entering.label, href, main=True, drawer=True))
    if first and ledger.importing and actor.has(ledger.importing.right):
        actions.append(Action(_("导入"), reverse("case_import", args=[pages.slug])))
    query = request.GET.urlencode()
    export = reverse("case_export", args=[pages.slug]) + (f"?{query}" if query else "")
    actions.append(Action(_("导出一览表"), export))
    return actions


def _tabs(request: HttpRequest, selection: Selection) -> list[Tab]:
    listing = selection.pages.listing
    counts = listing.counts(selection.query) if listing.counts else {}
    rest = query_without(request.GET, "view", "page", "sort")
    tabs = []
    for view in listing.views:
        query = "&".join(part for part in (f"view={view.key}" if view.key else "", rest) if part)
        href = f"{request.path}?{query}" if query else request.path
        tabs.append(Tab(view.label, counts.get(view.key), href, selection.query.view == view.key))
    return tabs


def _chips(request: HttpRequest, selection: Selection) -> list[Chip]:
    chips = []
    for name, value in selection.query.filters.items():
        field = selection.form.fields[name]
        choices = dict(getattr(field, "choices", []) or [])
        shown = choices.get(value, value)
        rest = query_without(request.GET, name, "page")
        chips.append(Chip(f"{field.label}：{shown}", f"{request.path}?{rest}" if rest else request.path))
    return chips


def case_export(request: HttpRequest, slug: str) -> HttpResponse:
    """The list as a workbook: same rows, order, columns and totals as on the screen, all pages of it."""
    _ledger, pages = found_pages(slug)
    selection = select(request, pages)
    title = caption(selection)
    stream = BytesIO()
    write_table(
        stream,
        selection.columns,
        (
            row
            for start in range(0, selection.count, EXPORT_BLOCK)
            for row in selection.rows(start, start + EXPORT_BLOCK)
        ),
        title=title,
        subtitle=_subtitle(request),
        sums=selection.totals(),
    )
    record_event(
        action="export_list",
        now=now_of(request),
        actor=viewer(request).account,
        target_kind="list",
        target_id=pages.case_type,
        words=_("导出一览表"),
        detail={"rows": selection.count, "query": request.GET.urlencode()[:500]},
        address=client_address(request),
    )
    name = f"{title}.xlsx"
    response = HttpResponse(stream.getvalue(), content_type=XLSX)

    response["Content-Disposition"] = f"attachment; filename=\"export.xlsx\"; filename*=UTF-8''{quote(name)}"
    return response


def _subtitle(request: HttpRequest) -> list[str]:
    actor = viewer(request)
    unit = actor.official.unit.name if actor.official else ""
    return [
        _("填报单位：%(unit)s") % {"unit": unit},
        _("填报人：%(name)s") % {"name": actor.name},
        _("审核人："),
        _("日期：%(on)s") % {"on": today_of(request)},
    ]
