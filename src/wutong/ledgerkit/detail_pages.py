"""The page of one case: what it reads, and how its panels stand on it. Files of a case are given out here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.files.queries import read_file
from wutong.cases.clocks.counting import counting_now
from wutong.cases.models import Assignment, Case, Change, Clock, Evidence, EvidenceCheck
from wutong.cases.procedures import Procedure
from wutong.cases.registry import case_type_of
from wutong.ledgerkit.clock_panel import clock_panel, moment_shown
from wutong.ledgerkit.detail_panels import (
    children_panel,
    correct_end,
    diagram_panel,
    files_panel,
    nodes_panel,
    page_actions,
    responsibility_panel,
    steps_bar,
)
from wutong.ledgerkit.gate_panel import gate_items, gate_panel
from wutong.ledgerkit.ledger import CasePages, Ledger
from wutong.ledgerkit.list_pages import found_pages
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.timeline import cases_told_along, timeline_panel, told_elsewhere
from wutong.ledgerkit.viewer import as_of, now_of, today_of, viewer
from wutong.registers.organisation.actors import Actor, memberships_on
from wutong.ui.pages import Crumb, DetailPage
from wutong.ui.panels import Block, FactsPanel


@dataclass(frozen=True)
class CaseFile:
    """Everything the page of one case shows, read with a fixed number of queries. `related` are the changes of its
    sub-cases, and of other cases that belong on its timeline, by the key of their case."""

    ledger: Ledger
    pages: CasePages
    procedure: Procedure
    actor: Actor
    case: Case
    detail: Any
    assignments: Sequence[Assignment]
    clocks: Sequence[Clock]
    changes: Sequence[Change]
    evidence: Sequence[Evidence]
    children: Sequence[Case] = ()
    related: Mapping[int, Sequence[Change]] = field(default_factory=dict)

    @property
    def assignments_open(self) -> list[Assignment]:
        return [item for item in self.assignments if item.to_on is None]


def find_detail(request: HttpRequest, slug: str, number: str) -> tuple[Ledger, CasePages, Any]:
    """The detail row with its case, or 404: a foreign row does not exist for whoever may not see it."""
    ledger, pages = found_pages(slug)
    if "\0" in number:
        raise Http404  # PostgreSQL takes no such text, not even to compare with
    visible = visible_cases(viewer(request), pages.case_type).filter(number=number)
    detail = pages.details().filter(case__in=visible).first()
    if detail is None:
        raise Http404
    return ledger, pages, detail


def read_case(request: HttpRequest, slug: str, number: str) -> CaseFile:
    ledger, pages, detail = find_detail(request, slug, number)
    case: Case = detail.case
    procedure = case_type_of(case).procedure
    latest_check = (
        EvidenceCheck.objects.filter(evidence=OuterRef("pk")).order_by("-pk").values("is_accepted")[:1]
    )
    actor = viewer(request)
    assignments, own_teams = _assignments(case, actor)
    changes, related = _changes(case, pages, actor)
    below = [rows[0].case for rows in related.values() if rows[0].case.parent_id == case.pk]
    return CaseFile(
        ledger,
        pages,
        procedure,
        replace(actor, known_teams=own_teams),
        case,
        detail,
        assignments,
        list(Clock.objects.filter(case=case).order_by("started_on", "pk")) if procedure.clocks else [],
        changes,
        list(
            Evidence.objects.filter(case=case)
            .select_related("file", "uploaded_by")
            .annotate(accepted=Subquery(latest_check))
            .order_by("-pk")
        ),
        sorted(below, key=lambda child: (child.opened_on, child.pk), reverse=True),
        related,
    )


def _changes(case: Case, pages: CasePages, actor: Actor) -> tuple[list[Change], dict[int, list[Change]]]:
    """The changes of a case and of those that hang on it, which come with their cases: one query. Their keys are one
    list to the database, so that each is looked up by its index however many changes there are."""
    here = Q(pk=case.pk) | Q(parent=case) if pages.children else Q(pk=case.pk)
    keys = Case.objects.filter(here).values("pk")
    along = [cases.values("pk") for cases in cases_told_along(case, actor)]
    found = Change.objects.filter(case__in=keys.union(*along, all=True) if along else keys)
    if along or pages.children:
        found = found.select_related("actor", "case__host_unit", "case__host_person")
    else:
        found = found.select_related("actor")
    own: list[Change] = []
    related: dict[int, list[Change]] = defaultdict(list)
    for change in found.order_by("case_id", "seq"):
        (own if change.case_id == case.pk else related[change.case_id]).append(change)
    return own, dict(related)


def _assignments(case: Case, actor: Actor) -> tuple[list[Assignment], frozenset[int]]:
    """Who held which role, and which of these units are the reader's own teams: one query for both."""
    assert actor.on is not None, "a reader has a day"
    own = memberships_on(actor.on).filter(official=actor.official_id, team=OuterRef("unit"))
    found: list[Any] = list(
        Assignment.objects.filter(case=case)
        .select_related("unit", "person")
        .annotate(is_own_team=Exists(own))
        .order_by("-from_on", "-pk")
    )
    return found, frozenset(item.unit_id for item in found if item.is_own_team)


def case_detail(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    file = read_case(request, slug, number)
    actor, day, today = file.actor, as_of(request), today_of(request)
    extras = file.pages.extras(file if file.pages.reads_file else file.detail, actor, day)
    gate = gate_items(file, day)
    shown = moment_shown(day, now_of(request), today)
    counting = counting_now() if file.clocks else None
    main: list[Block] = []
    if gate is not None:
        main.append(gate_panel(file, actor, gate))
    if counting is not None:
        main.append(clock_panel(file.clocks, file.procedure, file.changes, shown, counting))
    main += extras.first
    if extras.planned or extras.nodes:
        main.append(nodes_panel(file, extras.planned, extras.nodes, day))
    if file.pages.children:
        main.append(children_panel(file, extras.children, actor, day))
    main += extras.panels
    told = [*extras.timeline, *told_elsewhere(file.case, actor, day)]
    until = day if day < today else None
    main += [timeline_panel(file, told, request.GET, until, correct_end(file)), diagram_panel(file)]
    page = DetailPage(
        title=extras.title,
        crumbs=[
            Crumb(file.ledger.menu_group),
            Crumb(file.pages.listing.title, reverse("case_list", args=[slug])),
            Crumb(file.case.number),
        ],
        lamp=extras.lamp.colour if extras.lamp else "",
        lamp_text=extras.lamp.text if extras.lamp else "",
        lamp_reason=extras.lamp.reason if extras.lamp else "",
        actions=[*extras.actions, *page_actions(file, actor, gate)],
        steps=steps_bar(file, extras.planned),
        main=main,
        side=[
            FactsPanel(title=_("基本情况"), id="facts", facts=extras.facts, end=extras.facts_end),
            responsibility_panel(file, extras.late, counting, day, shown),
            *extras.side,
            files_panel(file),
        ],
    )
    return render(request, "ui/detail.html", {"page": page})


def case_file(request: HttpRequest, slug: str, number: str, evidence_id: int) -> HttpResponse:
    """A file of a case the actor may see; it is checked against its SHA-256 before it is given out."""
    _ledger, _pages, detail = find_detail(request, slug, number)
    evidence = Evidence.objects.filter(case=detail.case, pk=evidence_id).select_related("file").first()
    if evidence is None:
        raise Http404
    response = HttpResponse(read_file(evidence.file), content_type=evidence.file.content_type)
    response["Content-Disposition"] = (
        f"attachment; filename=\"file\"; filename*=UTF-8''{quote(evidence.name)}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
