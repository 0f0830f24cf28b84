"""One box over everything that a person may see; what was opened lately and what is pinned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wutong.base.personal.fields import masked
from wutong.base.search.models import SearchMark
from wutong.base.search.queries import Hit, Range, find
from wutong.base.search.services import pin, remember_opened
from wutong.cases.models import Case
from wutong.cases.registry import case_type_of
from wutong.desk.due_clocks import case_href
from wutong.desk.enterprises import permitted_enterprises, visible_enterprises
from wutong.desk.people import visible_people
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.search_reach import case_range
from wutong.ledgerkit.viewer import account_of, now_of, viewer
from wutong.registers.chains.models import Chain
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official, Unit
from wutong.registers.people.models import Person
from wutong.registers.people.queries import found_by
from wutong.registers.places.models import SpatialUnit

PERSON = "person"
PEOPLE = 5
SHOWN = 20
SUGGESTED = 8
LONGEST_TEXT = 60
Text = str | Promise


@dataclass(frozen=True)
class Kind:
    """One kind of thing that is found: `rows` gives those that the actor may see; `note` says what a row is. `permitted`
    answers the same for some keys, where that is cheaper than to narrow `rows` down."""

    label: Text
    rows: Callable[[Actor], QuerySet[Any]]
    href: Callable[[Any], str]
    note: Callable[[Any], Text]
    permitted: Callable[[Actor, Sequence[int]], set[int]] | None = None

    def seen(self, actor: Actor, keys: Sequence[int]) -> set[int]:
        if self.permitted is not None:
            return self.permitted(actor, keys)
        return set(self.rows(actor).filter(pk__in=keys).values_list("pk", flat=True))


KINDS: dict[str, Kind] = {
    "enterprise": Kind(
        gettext_lazy("企业"),
        visible_enterprises,
        lambda row: reverse("enterprise", args=[row.pk]),
        lambda row: row.code or _("没有统一社会信用代码"),
        permitted_enterprises,
    ),
    "case": Kind(
        gettext_lazy("办件"),
        lambda actor: visible_cases(actor).select_related("host_unit"),
        case_href,
        lambda row: "，".join(str(part) for part in _case_note(row) if part),
    ),
    "person": Kind(
        gettext_lazy("人员"),
        visible_people,
        lambda row: reverse("person", args=[row.pk]),
        lambda row: row.post,
    ),
    "official": Kind(
        gettext_lazy("工作人员"),
        lambda actor: Official.objects.select_related("unit"),
        lambda row: reverse("official", args=[row.pk]),
        lambda row: f"{row.unit.name} {row.post}".strip() + ("" if row.to_on is None else _("（已离任）")),
    ),
    "unit": Kind(
        gettext_lazy("单位"),
        lambda actor: Unit.objects.all(),
        lambda row: reverse("unit", args=[row.pk]),
        lambda row: row.get_kind_display(),
    ),
    "place": Kind(
        gettext_lazy("地域"),
        lambda actor: SpatialUnit.objects.all(),
        lambda row: reverse("place", args=[row.pk]),
        lambda row: row.get_kind_display(),
    ),
    "chain": Kind(
        gettext_lazy("产业链"),
        lambda actor: Chain.objects.all(),
        lambda row: reverse("chain", args=[row.pk]),
        lambda row: row.code,
    ),
}


def _case_note(case: Case) -> Sequence[Text]:
    procedure = case_type_of(case).procedure
    host = case.host_unit.name if case.host_unit else ""
    return procedure.label, case.number, procedure.state(case.state).label, host


@dataclass(frozen=True)
class Found:
    """One line of the result."""

    kind: str
    target_id: int
    label: Text
    title: str
    href: str
    note: Text
    is_pinned: bool = False


def search_hits(actor: Actor, text: str, limit: int, kind: str = "") -> list[Hit]:
    """What the actor may see of what answers to the text, the best first; of one kind, when it is named. The only door
    to the index."""

    def permitted(of_kind: str, keys: Sequence[int]) -> set[int]:
        known = KINDS.get(of_kind) if kind in ("", of_kind) else None
        return known.seen(actor, keys) if known else set()

    ranges = [case_range(actor)] if kind == "case" else [Range(is_many=False)]
    if not kind:
        ranges.append(case_range(actor))
    return find(text[:LONGEST_TEXT], ranges=ranges, permitted=permitted, limit=limit)[:limit]


def _found_keys(actor: Actor, text: str, limit: int, kind: str = "") -> list[tuple[str, int]]:
    """Kind and key of what answers, the best first. People's values are encrypted: they answer to all of a name or a
    telephone, or not at all."""
    keys = [(hit.kind, hit.target_id) for hit in search_hits(actor, text, limit, kind)]
    if kind in ("", PERSON):
        people = list(found_by(text).values_list("pk", flat=True)[:PEOPLE])
        seen = KINDS[PERSON].seen(actor, people) if people else set()
        keys = [*((PERSON, key) for key in people if key in seen), *keys]
    return keys[:limit]


def _described(actor: Actor, keys: Sequence[tuple[str, int]], pinned: set[tuple[str, int]]) -> list[Found]:
    """Lines for things, in the order given; one query a kind. What may not be seen any more is left out."""
    rows: dict[tuple[str, int], Any] = {}
    for code, kind in KINDS.items():
        wanted = [key for one, key in keys if one == code]
        if wanted:
            rows |= {(code, row.pk): row for row in kind.rows(actor).filter(pk__in=wanted)}
    return [
        Found(
            code,
            key,
            KINDS[code].label,
            _title(rows[code, key]),
            reverse("search_open", args=[code, key]),
            KINDS[code].note(rows[code, key]),
            (code, key) in pinned,
        )
        for code, key in keys
        if (code, key) in rows
    ]


def _title(row: Any) -> str:
    if isinstance(row, Person):
        return masked(row, "name")
    return str(row.title if isinstance(row, Case) else row.name)


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_TEXT]


def search(request: HttpRequest) -> HttpResponse:
    """The result page; without a text, what was opened lately."""
    actor, text = viewer(request), _text(request)
    marks = list(
        SearchMark.objects.filter(account=account_of(request)).order_by("-is_pinned", "-opened_at", "-pk")
    )
    pinned = {(mark.kind, mark.target_id) for mark in marks if mark.is_pinned}
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    if text:
        found, at_hand = _described(actor, _found_keys(actor, text, SHOWN, kind), pinned), []
    else:
        found = []
        at_hand = _described(actor, [(mark.kind, mark.target_id) for mark in marks], pinned)
    context = {
        "text": text,
        "kinds": _kind_links(text, kind) if text else [],
        "found": found,
        "is_full": len(found) >= SHOWN,
        "shown": SHOWN,
        "pinned": [item for item in at_hand if item.is_pinned],
        "recent": [item for item in at_hand if not item.is_pinned],
    }
    return render(request, "desk/search.html", context)


def _kind_links(text: str, chosen: str) -> list[tuple[Text, str, bool]]:
    """Label, address, whether it is chosen: all kinds together, or one of them."""
    links: list[tuple[Text, str, bool]] = [(_("全部"), urlencode({"q": text}), not chosen)]
    links += [
        (kind.label, urlencode({"q": text, "kind": code}), code == chosen) for code, kind in KINDS.items()
    ]
    return links


def suggest(request: HttpRequest) -> HttpResponse:
    """The first few, below the box, while somebody types."""
    actor, text = viewer(request), _text(request)
    found = _described(actor, _found_keys(actor, text, SUGGESTED), set()) if text else []
    return render(request, "desk/search_suggest.html", {"found": found, "text": text})


def _seen(request: HttpRequest, kind: str, pk: int) -> Any:
    known = KINDS.get(kind)
    row = known.rows(viewer(request)).filter(pk=pk).first() if known else None
    if row is None:
        raise Http404
    return row


def open_found(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Go to what was found, and remember that it was opened."""
    row = _seen(request, kind, pk)
    remember_opened(account_of(request), kind, pk, now_of(request))
    return HttpResponseRedirect(KINDS[kind].href(row))


@require_POST
def pin_found(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Keep at hand, or no longer."""
    _seen(request, kind, pk)
    pin(account_of(request), kind, pk, now_of(request), is_pinned=request.POST.get("pin") == "1")
    text = request.POST.get("q", "")[:LONGEST_TEXT]
    return HttpResponseRedirect(reverse("search") + (f"?{urlencode({'q': text})}" if text else ""))
