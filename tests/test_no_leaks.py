"""Nobody learns of a row that is not theirs: every page × every role × rows of others.

The pages come from the product's addresses and the ledgers' declarations, the roles from the declared roles: a new
page, step or role is tried without a change here. An address with a part that nobody can fill in fails the test.
"""

import io
import logging
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from wutong.base.accounts.models import Account
from wutong.base.accounts.roles import all_roles
from wutong.base.files.services import store_file
from wutong.base.money import YI
from wutong.cases.act import act
from wutong.cases.handover.services import draft_handover
from wutong.cases.models import Case, Evidence
from wutong.cases.registry import case_type_of
from wutong.cases.steps import Holder, NewEvidence
from wutong.exchange.models import ImportBatch
from wutong.exchange.services import check_workbook
from wutong.exchange.tests.samples import xlsx
from wutong.ledgerkit.registry import ledger_of, ledgers, pages_of
from wutong.ledgerkit.testing import (
    NOBODY,
    OPENED_ON,
    Zone,
    account_with,
    client_of,
    make_zone,
    may_see,
    rights_of_role,
)
from wutong.ledgers.project_push.importing import SHEET
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.ledgers.supervision_orders.services import issue_order
from wutong.registers.chains.services import NewNode, add_node, join_chain, open_chain
from wutong.registers.enterprises.merging import merge_enterprises, undo_merge
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.industries.services import open_leading_industry
from wutong.registers.leads.services import assign_lead
from wutong.registers.organisation.actors import SYSTEM, actor_of
from wutong.registers.organisation.reach_services import arrange_stand_in, put_in_charge
from wutong.registers.people.models import Person
from wutong.registers.people.services import add_contact
from wutong.registers.places.models import PlaceKind
from wutong.registers.places.services import PlaceFacts, open_place

pytestmark = pytest.mark.django_db

MARK = "暗礁"
"""Every secret text holds it; asking a list for it would show all of them."""


@dataclass
class World:
    """Rows of one department and team, with whom no account of `zone.accounts` has anything to do."""

    zone: Zone
    cases: list[Case] = field(default_factory=list)
    firms: list[tuple[Enterprise, list[Case]]] = field(default_factory=list)
    contacts: list[Person] = field(default_factory=list)
    batch: ImportBatch | None = None
    others: dict[str, Any] = field(default_factory=dict)
    """Rows that everybody may know of, by the beginning of their address: units, places, chains."""


@dataclass(frozen=True)
class Address:
    """One address of one page. `about` are the rows that it names;"""

    name: str
    path: str
    about: tuple[Any, ...] = ()


@pytest.fixture(autouse=True)
def quiet_refusals() -> Iterator[None]:
    """Thousands of requests are refused on purpose; a report of a failure should show the failure."""
    logger = logging.getLogger("django.request")
    logger.disabled = True
    yield
    logger.disabled = False


@pytest.fixture
def world(db: None) -> World:
    zone = make_zone()
    world = World(zone)
    day = zone.today - timedelta(days=300)
    signed, lead, paused = enter_projects(
        [
            NewProject(
                name=f"{MARK}{words}项目",
                investor_name=f"{MARK}{words}投资方",
                total_investment_yuan=amount * YI,
                state=state,
                opened_on=day,
                host_unit=zone.home,
                host_person=zone.host,
                team=zone.team,
                leader=zone.leader,
            )
            for words, state, amount in (
                ("签约", "signed", 7),
                ("线索", "lead", 11),
                ("暂停", "negotiating", 13),
            )
        ],
        actor=SYSTEM,
        now=zone.now,
    )
    paused = act(paused, "suspend", actor=SYSTEM, now=zone.now, effective_on=zone.today, reason="示例").case
    world.cases = [signed, lead, paused]
    for project, words in ((signed, "签约"), (lead, "线索")):
        world.cases.append(
            open_rectification(
                project,
                problem=f"{MARK}{words}问题",
                blocking_class="land",
                measure="示例措施",
                host=Holder("host", zone.home, zone.host),
                verifier=Holder("verifier", zone.home, zone.verifier),
                due_on=zone.today + timedelta(days=9),
                actor=SYSTEM,
                on=zone.today,
                now=zone.now,
            )
        )
    order = issue_order(
        matter=f"{MARK}督办事项",
        demand="示例要求",
        holders=[Holder("host", zone.home, zone.host), Holder("supervisor", zone.home, zone.verifier)],
        source=None,
        actor=SYSTEM,
        on=zone.today,
        now=zone.now,
    )
    for project in (signed, lead):
        hand_in(project, zone)
    for case in (signed, lead, paused):
        firm = Enterprise.objects.get(invested_projects__push__case=case)
        world.firms.append((firm, [case]))
        contact = add_contact(
            firm,
            name=f"{MARK}联系人",
            phone="13900001234",
            post="经理",
            actor=None,
            on=OPENED_ON,
            now=zone.now,
        )
        world.contacts.append(contact)
    world.cases = [*Case.objects.filter(pk__in=[case.pk for case in world.cases]).order_by("pk"), order]
    importer = account_with("importer", zone.home, zone.now, "project_push.import")
    rows = [
        ["项目名称", "投资方", "总投资(亿元)", "签约时间", "责任单位"],
        [f"{MARK}导入项目", "甲", 3, day, "示例经济部"],
    ]
    world.others = rows_for_everybody(world, importer)
    world.batch, _intake = check_workbook(
        SHEET, xlsx({"表": rows}), name=f"{MARK}.xlsx", actor=importer, now=zone.now
    )
    return world


def rows_for_everybody(world: World, importer: Account) -> dict[str, Any]:
    """A handover of the host who holds the secret cases, a chain on which a secret firm stands, a stand-in, a lead of
    a secret firm: their pages are open, what hangs on them is not."""
    zone, firm = world.zone, world.firms[1][0]
    told: dict[str, Any] = {"actor": None, "on": zone.today, "now": zone.now}
    industry = open_leading_industry(
        code="leak", name="示例产业", kind="leading", order=9, prefixes=["38"], **told
    )
    chain = open_chain(code="leak", name="示例链", leading_industry=industry, **told)
    node = add_node(chain, NewNode("示例节点", "upstream"), **told)
    join_chain(node, firm, role="ordinary", **told)
    lead = assign_lead(zone.leader, enterprise=firm, **told)
    oversight = put_in_charge(zone.leader, zone.home, **told)
    stand_in = arrange_stand_in(
        zone.leader, zone.verifier, from_on=zone.today, to_on=zone.today + timedelta(days=3), reason="示例",
        actor=None, now=zone.now,
    )  # fmt: skip
    place = open_place("LEAK", PlaceFacts(name="示例园", kind=PlaceKind.PARK), **told)
    handover = draft_handover(zone.host, effective_on=zone.today, reason="示例", actor=SYSTEM, now=zone.now)
    merge = merge_enterprises(
        world.firms[1][0], world.firms[2][0], reason="示例", actor=SYSTEM, on=zone.today, now=zone.now
    )
    undo_merge(merge, reason="示例", actor=SYSTEM, on=zone.today, now=zone.now)
    return {
        "chains": (chain, node),
        "lead": lead,
        "oversight": oversight,
        "stand-in": stand_in,
        "places": place,
        "handover": handover,
        "merge": merge,
    }


def hand_in(case: Case, zone: Zone) -> None:
    content = f"%PDF-1.4\n% {case.number}\n%%EOF\n".encode()
    stored = store_file(content, name="a.pdf", actor=zone.host.account, now=zone.now)
    account = Account.objects.select_related("official__unit").get(pk=zone.host.account.pk)
    act(
        case,
        "hand_in",
        actor=actor_of(account, zone.today),
        now=zone.now,
        effective_on=zone.today,
        evidence=[NewEvidence("contract", stored, f"{MARK}{case.number}.pdf", zone.today)],
    )


# ---- the matrix ------------------------------------------------------------------------------------------------


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


FILL: dict[frozenset[str], Callable[[World], Iterator[Filling]]] = {
    frozenset(): lambda world: iter([({}, ())]),
    frozenset({"slug"}): by_slug,
    frozenset({"slug", "number"}): by_case,
    frozenset({"slug", "number", "verb"}): by_verb,
    frozenset({"slug", "number", "child_slug"}): by_child,
    frozenset({"slug", "number", "evidence_id"}): by_file,
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
    frozenset({"number"}): lambda world: iter([({"number": world.others["handover"].number}, ())]),
    frozenset({"edition_pk"}): lambda world: iter([({"edition_pk": 1}, ())]),
    frozenset({"edition_pk", "row_pk"}): lambda world: iter([({"edition_pk": 1, "row_pk": 1}, ())]),
    frozenset({"day"}): lambda world: iter([({"day": world.zone.today.isoformat()}, ())]),
    frozenset({"year"}): lambda world: iter([({"year": world.zone.today.year}, ())]),
    frozenset({"secret"}): lambda world: iter([({"secret": "A" * 43}, ())]),
    frozenset({"token"}): lambda world: iter([({"token": "A" * 43}, ())]),
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


def addresses(world: World) -> list[Address]:
    found = []
    for name, pattern in named_patterns().items():
        for parts, about in filling(name, pattern)(world):
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


# ---- what may be seen, said anew -------------------------------------------------------------------------------


@dataclass
class Sight:
    """What one role may see of the world, asked once."""

    world: World
    code: str

    def __post_init__(self) -> None:
        rights = rights_of_role(self.code)
        self.cases = [c for c in self.world.cases if may_see(ledger_of(c.case_type), c, rights)]
        has_official = hasattr(self.world.zone.accounts[self.code], "official")
        self.firms = [
            firm for firm, cases in self.world.firms if has_official and any(c in self.cases for c in cases)
        ]

    def sees(self, thing: Any) -> bool:
        """A batch belongs to whoever uploaded it."""
        return thing in self.cases or thing in self.firms

    def secrets(self, name: str) -> list[str]:
        """Texts that must not stand on any page of this account. The audit may name numbers: its reader sees what
        was tried, not what it was about; so does a list of what somebody hands over for whoever draws it up."""
        hidden = [case for case in self.world.cases if case not in self.cases]
        texts = [f"{MARK}导入项目", *(case.title for case in hidden)]
        hands_over = name.startswith("handover") and "organisation.hand_over" in rights_of_role(self.code)
        if name != "audit" and not hands_over:
            texts += [case.number for case in hidden]
        texts += [firm.name for firm, _cases in self.world.firms if firm not in self.firms]
        return [*texts, "13900001234", f"{MARK}联系人"]


def text_of(answer: HttpResponse) -> str:
    content = b"".join(answer) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "".join(archive.read(part).decode("utf-8", "replace") for part in archive.namelist())
    return content.decode("utf-8", "replace")


NEEDED = {
    "import": "project_push.import",
    "enterprise_merge": "enterprises.merge",
    "enterprise_distinct": "enterprises.merge",
}
"""Rights that a page asks for before it looks at the row, by a part of its name."""
ANSWERS = {200, 302, 403, 404, 405, 422}


@pytest.mark.parametrize("code", [role.code for role in all_roles()] + [NOBODY])
def test_no_page_shows_any_role_a_row_of_others(world: World, code: str) -> None:
    """GET of every address, and POST of those that name a row, by every role and by somebody without one."""
    found, pages, tried, hidden = [], addresses(world), 0, 0
    client, sight = client_of(world.zone.accounts[code]), Sight(world, code)
    for page in pages:
        unseen = [thing for thing in page.about if not sight.sees(thing)]
        answers = [client.get(page.path)]
        if unseen:
            answers.append(client.post(page.path, {"effective_on": world.zone.today}))
        for answer in answers:
            tried += 1
            what = f"{answer.request['REQUEST_METHOD']} {page.path}"
            if answer.status_code not in ANSWERS:
                found.append(f"{what} answers {answer.status_code}")
            if unseen:
                hidden += 1
                # Whoever may not do such a thing at all is told so before anything is looked up, and whoever asks in
                # another way than the page knows, before that.
                needed = next((right for part, right in NEEDED.items() if part in page.name), "")
                may_not = needed != "" and needed not in rights_of_role(code)
                if answer.status_code not in ({404, 405, 403} if may_not else {404, 405}):
                    found.append(f"{what} answers {answer.status_code} for a row of others")
            told = text_of(answer)
            found += [f"{what} tells {text}" for text in sight.secrets(page.name) if text in told]
    print(f"{code or 'no role'}: {len(pages)} addresses, {tried} requests, {hidden} for hidden rows")
    assert not found, f"{code or 'no role'}: {len(found)} of {tried}:\n" + "\n".join(found[:60])
    assert tried > 200
    assert hidden >= 2 * (len(world.cases) - len(sight.cases))
    assert hidden > 0


def test_counts_and_sums_hold_only_what_may_be_seen(world: World) -> None:
    """Rows, tabs and 合计 of every list, for every role, against the lists of somebody who sees everything."""
    everything = [right.code for ledger in ledgers() for right in ledger.rights]
    full = client_of(account_with("reader", world.zone.elsewhere, world.zone.now, *everything))
    checked = 0
    for code, account in world.zone.accounts.items():
        client = client_of(account)
        visible = {case.number for case in Sight(world, code).cases}
        for ledger in ledgers():
            for pages in ledger.pages:
                path = reverse("case_list", args=[pages.slug])
                for view in pages.listing.views:
                    question = {"view": view.key}
                    own = client.get(path, question).context["page"]
                    rows = full.get(path, question).context["page"].table.rows
                    expected = [row for row in rows if row.key in visible]
                    where = f"{code or 'no role'} {path}?view={view.key}"
                    assert own.table.row_count == len(expected), where
                    assert [row.key for row in own.table.rows] == [row.key for row in expected], where
                    tab = next(tab for tab in own.tabs if tab.current)
                    assert tab.count in (None, len(expected)), where
                    for column in pages.listing.columns:
                        if column.kind == "money" and expected:
                            added = sum(row.cells[column.key].value for row in expected)
                            assert own.table.totals[column.key].value == added, where
                    checked += 1
    print(f"{checked} lists")
    assert checked == len(world.zone.accounts) * sum(
        len(p.listing.views) for ld in ledgers() for p in ld.pages
    )


def test_who_has_the_rights_does_see_the_rows(world: World) -> None:
    """The other side: the rows are there to be seen, by the leader for one."""
    client = client_of(world.zone.accounts["leader"])
    for case in world.cases:
        path = reverse("case_detail", args=[pages_of(case.case_type).slug, case.number])
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert case.title in answer.content.decode()
    shown = client.get(reverse("search"), {"q": MARK}).content.decode()
    assert all(case.title in shown for case in world.cases)
    assert all(firm.name in shown for firm, _cases in world.firms)


def test_whoever_has_to_do_with_a_case_sees_it_and_its_files(world: World) -> None:
    client = client_of(world.zone.host.account)
    for case in world.cases:
        slug = pages_of(case.case_type).slug
        assert client.get(reverse("case_detail", args=[slug, case.number])).status_code == 200
        for item in Evidence.objects.filter(case=case):
            answer = client.get(reverse("case_file", args=[slug, case.number, item.pk]))
            assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")


def test_a_file_is_not_given_out_through_another_case(world: World) -> None:
    """The leader sees both cases, and yet a file belongs to one."""
    client = client_of(world.zone.accounts["leader"])
    signed, lead = world.cases[:2]
    item = Evidence.objects.get(case=lead)
    assert client.get(reverse("case_file", args=["projects", signed.number, item.pk])).status_code == 404


def test_a_case_is_not_found_under_the_address_of_another_type(world: World) -> None:
    client = client_of(world.zone.accounts["leader"])
    for case in world.cases:
        for ledger in ledgers():
            for pages in ledger.pages:
                status = client.get(reverse("case_detail", args=[pages.slug, case.number])).status_code
                assert status == (200 if pages.case_type == case.case_type else 404)


def test_without_signing_in_every_page_leads_to_the_sign_in_page(world: World) -> None:
    visitor, sign_in = Client(), reverse(settings.LOGIN_URL)
    tried = 0
    for page in addresses(world):
        for answer in (visitor.get(page.path), visitor.post(page.path)):
            tried += 1
            if page.name == "notice_receipt":
                assert answer.status_code in {403, 404, 405}  # signed by the platform, not by a person
            elif page.name == "due_feed":
                assert answer.status_code in {404, 405}  # opened by its secret, which this is none of
            elif page.name == "setup":
                assert answer.status_code == 404  # open to visitors only while there is nothing
            elif page.name == settings.LOGIN_URL:
                assert answer.status_code in {200, 422}
            else:
                assert answer.status_code == 302, page.path
                assert answer["Location"].split("?")[0] == sign_in, page.path
                assert not answer.content
    print(f"{tried} requests without signing in")
    assert tried > 200


def test_a_page_that_cannot_be_filled_in_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(FILL, frozenset({"slug", "number", "verb"}))
    with pytest.raises(AssertionError, match="nobody can fill in .*case_act"):
        addresses(world)


def test_a_past_day_shows_no_more_than_today(world: World) -> None:
    """Neither the day shown nor the page number is a way round."""
    client = client_of(world.zone.accounts[NOBODY])
    for day in (world.zone.today, date(2026, 1, 1), world.zone.today - timedelta(days=250)):
        for ledger in ledgers():
            for pages in ledger.pages:
                for name in ("case_list", "case_export"):
                    answer = client.get(reverse(name, args=[pages.slug]), {"as_of": day, "page": 2})
                    assert MARK not in text_of(answer)
