"""Every address of the product, filled in with rows of the secret world."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.secret_world import MARK, World
from wutong.cases.models import Evidence
from wutong.cases.registry import case_type_of
from wutong.ledgerkit.registry import ledgers, pages_of
from wutong.ledgers.project_push.counting.publishing import publish_count
from wutong.ledgers.project_push.models import PublishedCount
from wutong.registers.organisation.actors import SYSTEM


@dataclass(frozen=True)
class Address:
    """One address of one page. `about` are the rows that it names;"""

    name: str
    path: str
    about: tuple[Any, ...] = ()


def named_patterns() -> dict[str, URLPattern]:
    """Every page of the product by its full name."""
    found: dict[str, URLPattern] = {}

    def walk(items: Sequence[URLPattern | URLResolver], prefix: str) -> None:
        for item in items:
            if isinstance(item, URLResolver):
                walk(item.url_patterns, f"{prefix}{item.namespace}:" if item.namespace else prefix)
            else:
                assert item.name, f"the page {item.pattern} has no name"
                found[f"{prefix}{item.name}"] = item

    walk(get_resolver().url_patterns, "")
    return found


def published(world: World) -> PublishedCount:
    """A count of the whole zone that was published; its totals are open, its projects are not."""
    found = PublishedCount.objects.first()
    return found or publish_count("示例公布", None, world.zone.today, actor=SYSTEM, now=world.zone.now)


Filling = tuple[Mapping[str, Any], tuple[Any, ...]]
"""Values for the parts of an address, and the rows they name."""


def by_slug(world: World) -> Iterator[Filling]:
    for ledger in ledgers():
        for pages in ledger.pages:
            yield {"slug": pages.slug}, ()


def by_case(world: World) -> Iterator[Filling]:
    for case in world.cases:
        yield {"slug": pages_of(case.case_type).slug, "number": case.number}, (case,)


def by_verb(world: World) -> Iterator[Filling]:
    for parts, about in by_case(world):
        for item in case_type_of(about[0]).procedure.transitions:
            yield {**parts, "verb": item.verb}, about


def by_child(world: World) -> Iterator[Filling]:
    for parts, about in by_case(world):
        for child in pages_of(about[0].case_type).children:
            yield {**parts, "child_slug": pages_of(child).slug}, about


def by_file(world: World) -> Iterator[Filling]:
    for parts, about in by_case(world):
        for item in Evidence.objects.filter(case=about[0]):
            yield {**parts, "evidence_id": item.pk}, about


def by_case_of(part: str, case_type: str) -> Callable[[World], Iterator[Filling]]:
    """Pages of one case type of their own, by number."""
    return lambda world: iter(
        [({part: case.number}, (case,)) for case in world.cases if case.case_type == case_type]
    )


def by_batch(world: World) -> Iterator[Filling]:
    for parts, _about in by_slug(world):
        yield {**parts, "batch_id": world.batch.pk}, (world.batch,)


def by_firm(world: World) -> Iterator[Filling]:
    for firm, _cases in world.firms:
        yield {"pk": firm.pk}, (firm,)


def by_contact(world: World) -> Iterator[Filling]:
    for contact in world.contacts:
        yield {"pk": contact.enterprise_id, "contact_pk": contact.pk}, (contact.enterprise,)


def by_two_firms(world: World) -> Iterator[Filling]:
    """Whoever sees neither or only one of them sees nothing of the pair."""
    for (firm, _cases), (other, _more) in zip(world.firms, world.firms[1:], strict=False):
        yield {"pk": firm.pk, "other_pk": other.pk}, (firm, other)


def by_official(world: World) -> Iterator[Filling]:
    yield {"pk": world.zone.leader.pk}, ()


def by_row_of(kind: str) -> Callable[[World], Iterator[Filling]]:
    """What an official holds: a lead, an oversight, a stand-in."""
    return lambda world: iter([({"pk": world.zone.leader.pk, "row_pk": world.others[kind].pk}, ())])


def by_found(world: World) -> Iterator[Filling]:
    for firm, _cases in world.firms:
        yield {"kind": "enterprise", "pk": firm.pk}, (firm,)
    for case in world.cases:
        yield {"kind": "case", "pk": case.pk}, (case,)
    for contact in world.contacts:
        yield {"kind": "person", "pk": contact.pk}, (contact.enterprise,)
    yield {"kind": "unit", "pk": world.zone.home.pk}, ()
    yield {"kind": "nothing", "pk": 1}, ()


def by_person(world: World) -> Iterator[Filling]:
    for contact in world.contacts:
        yield {"pk": contact.pk}, (contact.enterprise,)


def by_project(world: World, **more: Any) -> Iterator[Filling]:
    for case in world.cases:
        if case.case_type == "project_push":
            yield {"project_no": case.number, **more}, (case,)


def by_photo(world: World) -> Iterator[Filling]:
    for parts, about in by_project(world):
        for item in Evidence.objects.filter(case=about[0]):
            yield {**parts, "entry": item.pk}, about


def by_meeting(**parts: str) -> Callable[[World], Iterator[Filling]]:
    """Pages of the secret meeting. Its items and decisions are about a secret project: they name both."""

    def fill(world: World) -> Iterator[Filling]:
        meeting, item, decision = world.others["meeting"]
        rows = {"item": item.pk, "decision": decision.pk}
        about = (meeting, item.case) if {"item", "decision"} & parts.keys() else (meeting,)
        yield (
            {"meeting": meeting.number, **{name: rows.get(name, value) for name, value in parts.items()}},
            about,
        )

    return fill


FILL: dict[frozenset[str], Callable[[World], Iterator[Filling]]] = {
    frozenset({"meeting"}): by_meeting(),
    frozenset({"meeting", "item"}): by_meeting(item=""),
    frozenset({"meeting", "decision"}): by_meeting(decision=""),
    frozenset({"meeting", "form"}): by_meeting(form="docx"),
    frozenset({"meeting", "evidence_id"}): by_meeting(evidence_id="1"),
    frozenset(): lambda world: iter([({}, ())]),
    frozenset({"slug"}): by_slug,
    frozenset({"slug", "number"}): by_case,
    frozenset({"slug", "number", "verb"}): by_verb,
    frozenset({"slug", "number", "child_slug"}): by_child,
    frozenset({"slug", "number", "evidence_id"}): by_file,
    frozenset({"project_no"}): by_project,
    frozenset({"project_no", "code"}): lambda world: by_project(world, code="permit"),
    frozenset({"project_no", "entry"}): by_photo,
    frozenset({"instruction"}): by_case_of("instruction", "instruction"),
    frozenset({"order"}): by_case_of("order", "supervision_order"),
    frozenset({"slug", "batch_id"}): by_batch,
    frozenset({"pk", "contact_pk"}): by_contact,
    frozenset({"pk", "other_pk"}): by_two_firms,
    frozenset({"pk", "tag_pk"}): lambda world: iter(
        [({**parts, "tag_pk": 1}, about) for parts, about in by_firm(world)]
    ),
    frozenset({"merge_pk"}): lambda world: iter(
        [({"merge_pk": world.others["merge"].pk}, (world.firms[1][0], world.firms[2][0]))]
    ),
    frozenset({"kind", "pk"}): by_found,
    frozenset({"pk", "name"}): lambda world: iter(
        [({**parts, "name": "phone"}, about) for parts, about in by_person(world)]
    ),
    frozenset({"pk", "node_pk"}): lambda world: iter(
        [({"pk": world.others["chains"][0].pk, "node_pk": world.others["chains"][1].pk}, ())]
    ),
    frozenset({"kept_no", "double_no"}): lambda world: iter(
        [({"kept_no": world.cases[0].number, "double_no": world.cases[1].number}, tuple(world.cases[:2]))]
    ),
    frozenset({"count_pk"}): lambda world: iter([({"count_pk": published(world).pk}, ())]),
    frozenset({"number"}): lambda world: iter([({"number": world.others["handover"].number}, ())]),
    frozenset({"gate_type"}): lambda world: iter([({"gate_type": "project_push"}, ())]),
    frozenset({"gate_pk"}): lambda world: iter([({"gate_pk": 1}, ())]),
    frozenset({"document_kind"}): lambda world: iter([({"document_kind": "minutes"}, ())]),
    frozenset({"document_kind", "form"}): lambda world: iter(
        [({"document_kind": "minutes", "form": "docx"}, ())]
    ),
    frozenset({"edition_pk"}): lambda world: iter([({"edition_pk": 1}, ())]),
    frozenset({"edition_pk", "row_pk"}): lambda world: iter([({"edition_pk": 1, "row_pk": 1}, ())]),
    frozenset({"day"}): lambda world: iter([({"day": world.zone.today.isoformat()}, ())]),
    frozenset({"year"}): lambda world: iter([({"year": world.zone.today.year}, ())]),
    frozenset({"secret"}): lambda world: iter([({"secret": "A" * 43}, ())]),
    frozenset({"token"}): lambda world: iter([({"token": "A" * 43}, ())]),
    frozenset({"round_pk"}): lambda world: iter([({"round_pk": world.others["round"].pk}, ())]),
    frozenset({"round_pk", "report_pk"}): lambda world: (
        ({"round_pk": item.round_id, "report_pk": item.pk}, (item.case,))
        for item in world.others["round"].reports.select_related("case")
    ),
    frozenset({"round_pk", "batch_id"}): lambda world: iter(
        [({"round_pk": world.others["round"].pk, "batch_id": world.batch.pk}, (world.batch,))]
    ),
    frozenset({"adapter"}): lambda world: iter([({"adapter": "sms"}, ())]),
}
"""How an address is filled in, by the names of its parts."""
BEGINNINGS: tuple[tuple[str, Callable[[World], Iterator[Filling]]], ...] = (
    ("enterprises/", by_firm),
    ("people/", by_person),
    ("chains/", lambda world: iter([({"pk": world.others["chains"][0].pk}, ())])),
    ("places/", lambda world: iter([({"pk": world.others["places"].pk}, ())])),
    ("organisation/units/", lambda world: iter([({"pk": world.zone.home.pk}, ())])),
    ("organisation/people/<int:pk>/lead/", by_row_of("lead")),
    ("organisation/people/<int:pk>/oversight/", by_row_of("oversight")),
    ("organisation/people/<int:pk>/stand-in/", by_row_of("stand-in")),
    ("organisation/people/", by_official),
    ("inbox/", lambda world: iter([({"pk": 1}, ())])),
)
"""Where `pk`, or a row of it, means different things: by how the address begins."""


def filling(name: str, pattern: URLPattern) -> Callable[[World], Iterator[Filling]]:
    parts = frozenset(pattern.pattern.converters)
    if parts in ({"pk"}, {"pk", "row_pk"}):
        path = str(pattern.pattern)
        for beginning, fill in BEGINNINGS:
            if path.startswith(beginning) and ("row_pk" in parts) == ("<int:pk>" in beginning):
                return fill
    assert parts in FILL, f"nobody can fill in {sorted(parts)} of the page {name}"
    return FILL[parts]


QUESTIONS = (f"q={MARK}", "q=2026-", "page=1&sort=-total")
"""Asked of every page without a row of its own: for the secret texts, for case numbers, in another order."""


def is_first_step(parts: Mapping[str, Any], about: tuple[Any, ...]) -> bool:
    """The interface for programs finds its case by the door of the pages, whatever the step: one step of each case is
    asked there, every step on the pages."""
    return "verb" not in parts or parts["verb"] == case_type_of(about[0]).procedure.transitions[0].verb


def addresses(world: World) -> list[Address]:
    found = []
    for name, pattern in named_patterns().items():
        for parts, about in filling(name, pattern)(world):
            if name.startswith("api:") and not is_first_step(parts, about):
                continue
            path = reverse(name, kwargs=parts)
            found.append(Address(name, path, about))
            if not about:
                found += [Address(name, f"{path}?{question}") for question in questions(parts)]
    return found


def questions(filling: Mapping[str, Any]) -> Iterator[str]:
    yield from QUESTIONS
    pages = next(
        (pages for ledger in ledgers() for pages in ledger.pages if pages.slug == filling.get("slug")), None
    )
    if pages is not None:
        for view in pages.listing.views:
            yield f"view={view.key}"
