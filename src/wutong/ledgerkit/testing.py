"""For tests: a small invented zone with an account for every role, and the contract that every ledger keeps.

A ledger's own test module needs three lines:

    class TestLedger(LedgerContract):
        ledger = LEDGER
        def make_cases(self, zone): ...
"""

import ast
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import pytest
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from wutong.base.accounts.models import Account, Role
from wutong.base.accounts.rights import known_right
from wutong.base.accounts.roles import OFFICERS, all_roles, load_roles
from wutong.base.accounts.services import grant_role
from wutong.base.accounts.testing import LONG_AGO, SHANGHAI, make_account
from wutong.base.calendar.services import load_published_years
from wutong.cases.models import Assignment, Case, Change, GateRule
from wutong.cases.procedures import Procedure, Transition, faults_of_procedure
from wutong.cases.registry import case_type_of
from wutong.exchange.models import ImportBatch
from wutong.ledgerkit.import_pages import checked_intake
from wutong.ledgerkit.ledger import CasePages, Ledger, ListQuery
from wutong.ledgerkit.registry import ledgers, pages_of
from wutong.registers.organisation.actors import actor_of
from wutong.registers.organisation.models import Official, Unit
from wutong.registers.organisation.services import appoint_official, join_team, open_unit
from wutong.ui.tables import Row

LIST_QUERIES, DETAIL_QUERIES = 8, 12
"""Queries of a page at most, as a signed-in person, after the first request."""
NOBODY = ""
"""The role code of an official without any role."""
OPENED_ON = date(2021, 1, 4)
SOURCE_CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop"}


@dataclass(frozen=True)
class Zone:
    """Cases belong to `home` (with `host` and `team`). `accounts` are those of every role by its code; their
    officials work in `elsewhere`, which is neither above nor below `home`."""

    root: Unit
    home: Unit
    elsewhere: Unit
    team: Unit
    other_team: Unit
    host: Official
    verifier: Official
    leader: Official
    accounts: Mapping[str, Account]
    now: datetime
    today: date


def load_seeds() -> None:
    """What every zone starts with: calendar, roles, the rules of its ledgers."""
    load_published_years()
    load_roles(all_roles())
    for ledger in ledgers():
        if ledger.seed is not None:
            ledger.seed()


def make_zone() -> Zone:
    """Calendar, roles, the seeds of all ledgers, two departments, two teams, people and an account per role."""
    now = datetime.now(SHANGHAI)
    load_seeds()

    def unit(code: str, name: str, kind: str, parent: Unit | None) -> Unit:
        return open_unit(code=code, name=name, kind=kind, parent=parent, actor=None, on=OPENED_ON, now=now)

    root = unit("root", "示例管委会", "committee", None)
    home, elsewhere = (
        unit(code, name, "department", root)
        for code, name in (("home", "示例经济部"), ("elsewhere", "示例别部"))
    )
    team, other = (
        unit(code, name, "team", home) for code, name in (("team", "示例一组"), ("other_team", "示例二组"))
    )
    host, verifier, leader = (
        person(staff_no, name, home, make_account(staff_no, display_name=name), now)
        for staff_no, name in (("host", "示例主办"), ("verifier", "示例核查"), ("led", "示例领导"))
    )
    officers = {role.code for role in OFFICERS}
    accounts = {}
    for code in [role.code for role in all_roles()] + [NOBODY]:
        name = f"role.{code or 'none'}"
        account = make_account(name, display_name=f"示例{code}")
        if code:
            grant_role(account, code, None, LONG_AGO, now)
        if code not in officers:
            official = person(name, f"示例{code or '无角色'}", elsewhere, account, now)
            if code == "team_member":
                join_team(other, official, is_leader=False, on=OPENED_ON)
        accounts[code] = account
    return Zone(
        root, home, elsewhere, team, other, host, verifier, leader, accounts, now, now.date()
    )  # fmt: skip


def person(staff_no: str, name: str, unit: Unit, account: Account | None, now: datetime) -> Official:
    return appoint_official(
        staff_no=staff_no[-30:],
        name=name,
        unit=unit,
        post="",
        phone="",
        account=account,
        actor=None,
        on=OPENED_ON,
        now=now,
    )


def client_of(account: Account) -> Client:
    """A browser in which the account is signed in and has seen a page already."""
    client = Client()
    client.force_login(account)
    client.get(reverse("accounts:preferences"))
    return client


def account_with(name: str, unit: Unit, now: datetime, *rights: str) -> Account:
    """An account with exactly these rights, whose official works in `unit`."""
    account = make_account(name, display_name=name, rights=rights)
    person(name, name, unit, account, now)
    return account


def rights_of_role(code: str) -> frozenset[str]:
    return frozenset(next((role.rights for role in all_roles() if role.code == code), ()))


def may_see(ledger: Ledger, case: Case, rights: frozenset[str]) -> bool:
    """Whether somebody with these rights and no tie to the case may see it, said anew from the declaration."""
    if is_secret(case):
        return ledger.see_restricted in rights
    if case.parent is not None and is_secret(case.parent):
        return {ledger.see_restricted, ledger.see_all} <= rights
    return ledger.see_all in rights


def is_secret(case: Case) -> bool:
    """In a restricted state, or resting or ended after nothing but restricted states."""
    procedure = case_type_of(case).procedure
    secret = set(procedure.restricted_states())
    resting = {state.code for state in procedure.states if state.kind != "open"}
    been = set(Change.objects.filter(case=case).values_list("state_after", flat=True))
    return bool(secret) and (case.state in secret or (case.state in resting and been <= secret | resting))


def queries_of(client: Client, path: str) -> int:
    """Queries of the second request for a page."""
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return len(queries)


class LedgerContract:
    """What holds for every ledger. `make_cases` gives one open case per case type, hosted by `zone.host` of
    `zone.home`, a sub-case below its parent, such that each stands in the list of its pages."""

    ledger: ClassVar[Ledger]
    pytestmark = pytest.mark.django_db

    def make_cases(self, zone: Zone) -> Sequence[Case]:
        raise NotImplementedError

    @pytest.fixture
    def zone(self, db: None) -> Zone:
        return make_zone()

    @pytest.fixture
    def cases(self, zone: Zone) -> list[Case]:
        made = list(self.make_cases(zone))
        types = {kind.procedure.case_type for kind in self.ledger.case_types}
        assert {case.case_type for case in made} == types, "make_cases: one case of every case type"
        return made

    @pytest.fixture
    def reader(self, zone: Zone) -> Account:
        """Somebody with every right of the ledger."""
        rights = [right.code for right in self.ledger.rights]
        return account_with("contract.reader", zone.elsewhere, zone.now, *rights)

    # ---- declarations --------------------------------------------------------------------------------------

    def test_every_state_can_be_reached_and_left(self) -> None:
        for kind in self.ledger.case_types:
            assert faults_of_procedure(kind.procedure) == []

    def test_every_right_that_is_asked_for_is_declared(self) -> None:
        own = {right.code for right in self.ledger.rights}
        asked = {self.ledger.see_all, self.ledger.see_restricted}
        if self.ledger.importing is not None:
            asked.add(self.ledger.importing.right)
        for procedure in self.procedures():
            asked |= {item.who.right for item in procedure.transitions} | {procedure.may_open.right}
        asked.discard("")
        assert asked <= own, f"not declared by the ledger: {sorted(asked - own)}"
        for code in asked:
            known_right(code)

    def test_every_case_type_has_pages_and_a_detail_row(self) -> None:
        assert {pages.case_type for pages in self.ledger.pages} == {p.case_type for p in self.procedures()}
        for kind in self.ledger.case_types:
            assert kind.detail.case_type == kind.procedure.case_type

    def test_every_column_that_is_ordered_or_added_up_is_declared(self) -> None:
        for pages in self.ledger.pages:
            columns = {column.key: column for column in pages.listing.columns}
            assert {key for key, column in columns.items() if column.sortable} == set(pages.listing.order)
            if any(column.total for column in columns.values()):
                assert pages.listing.totals is not None

    def test_every_text_is_translated(self) -> None:
        """Every text of the ledger's modules stands in the catalogues, translated and confirmed."""
        package = Path(import_module(type(self.ledger_app()).__module__).__file__ or "").parent
        texts = set(_texts_of(package))
        missing = []
        for language in ("en", "zh_Hant"):
            known: set[str] = set()
            for folder in (package / "locale", *map(Path, settings.LOCALE_PATHS)):
                path = folder / language / "LC_MESSAGES" / "django.po"
                if path.exists():
                    known |= _translated(path)
            missing += [f"{language}: {text}" for text in sorted(texts - known)]
        assert not missing, "\n".join(missing)

    # ---- pages -------------------------------------------------------------------------------------------

    def test_every_page_answers_every_role_as_declared(self, zone: Zone, cases: list[Case]) -> None:
        """Nobody of these has to do with the cases: what they get follows from their rights alone."""
        wrong = []
        for code, account in zone.accounts.items():
            client, rights = client_of(account), rights_of_role(code)
            for path, expected in self.expected_answers(cases, rights):
                status = client.get(path).status_code
                if status != expected:
                    wrong.append(f"{code or 'no role'} {path}: {status}, expected {expected}")
        assert not wrong, "\n".join(wrong)

    def expected_answers(self, cases: Sequence[Case], rights: frozenset[str]) -> Iterator[tuple[str, int]]:
        importing = self.ledger.importing
        for pages in self.ledger.pages:
            yield reverse("case_list", args=[pages.slug]), 200
            yield reverse("case_export", args=[pages.slug]), 200
            has_import = importing is not None and self.ledger.pages[0] is pages
            may = 200 if importing is not None and importing.right in rights else 403
            yield reverse("case_import", args=[pages.slug]), may if has_import else 404
            yield reverse("case_template", args=[pages.slug]), may if has_import else 404
        for case in cases:
            pages, seen = pages_of(case.case_type), may_see(self.ledger, case, rights)
            yield reverse("case_detail", args=[pages.slug, case.number]), 200 if seen else 404
            procedure = case_type_of(case).procedure
            for item in procedure.transitions:
                yield (
                    reverse("case_act", args=[pages.slug, case.number, item.verb]),
                    self.expected_act(item, procedure, case, rights) if seen else 404,
                )

    def expected_act(self, item: Transition, procedure: Procedure, case: Case, rights: frozenset[str]) -> int:
        if item.who.right not in rights:
            return 403
        return 200 if item in procedure.leads_from(case.state) else 422

    def test_a_foreign_row_is_nowhere(self, zone: Zone, cases: list[Case]) -> None:
        client = client_of(zone.accounts[NOBODY])
        for case in cases:
            slug = pages_of(case.case_type).slug
            assert client.get(reverse("case_detail", args=[slug, case.number])).status_code == 404
            for view in pages_of(case.case_type).listing.views:
                page = client.get(reverse("case_list", args=[slug]), {"view": view.key})
                assert case.number not in page.content.decode()
                assert page.context["page"].table.row_count == 0

    def test_the_host_sees_the_own_case_everywhere(self, zone: Zone, cases: list[Case]) -> None:
        assert zone.host.account is not None
        client = client_of(zone.host.account)
        for case in cases:
            slug = pages_of(case.case_type).slug
            assert client.get(reverse("case_detail", args=[slug, case.number])).status_code == 200
            assert case.number in client.get(reverse("case_list", args=[slug])).content.decode()

    def test_every_step_has_a_form(self, zone: Zone, cases: list[Case], reader: Account) -> None:
        """For each transition somebody who may take it gets its form, in each state that it leads from."""
        for case in cases:
            kind = case_type_of(case)
            clients = [client_of(reader), *self.role_holders(zone, case)]
            for state in kind.procedure.states:
                Case.objects.filter(pk=case.pk).update(state=state.code, is_open=state.kind != "closed")
                for item in kind.procedure.leads_from(state.code):
                    path = reverse("case_act", args=[pages_of(case.case_type).slug, case.number, item.verb])
                    answers = (client.get(path) for client in clients)
                    given = next((answer for answer in answers if answer.status_code == 200), None)
                    assert given is not None, f"nobody gets the form {path} in the state {state.code}"
                    page = given.content.decode()
                    assert 'name="effective_on"' in page
                    assert all(f'name="{name}"' in page for name in item.fields)
                    assert all(f'name="file_{name}"' in page for name in item.evidence)

    def role_holders(self, zone: Zone, case: Case) -> Iterator[Client]:
        held = {item.role: item for item in Assignment.objects.filter(case=case, to_on__isnull=True)}
        for role in case_type_of(case).procedure.roles:
            item = held.get(role.code)
            if item is None or item.person is None or item.person.account is None:
                name = f"{case.case_type}.{role.code}"
                official = person(name, name, zone.home, make_account(name, display_name=name), zone.now)
                if item is None:
                    item = Assignment(case=case, role=role.code, unit=zone.home, from_on=case.opened_on)
                item.person = official
                item.save()
            assert item.person is not None
            assert item.person.account is not None
            yield client_of(item.person.account)

    def test_pages_stay_within_their_queries(self, cases: list[Case], reader: Account) -> None:
        client = client_of(reader)
        for pages in self.ledger.pages:
            path = reverse("case_list", args=[pages.slug])
            count = queries_of(client, path)
            assert count <= LIST_QUERIES, f"{path}: {count} queries"
        for case in cases:
            path = reverse("case_detail", args=[pages_of(case.case_type).slug, case.number])
            count = queries_of(client, path)
            assert count <= DETAIL_QUERIES, f"{path}: {count} queries"

    # ---- figures -----------------------------------------------------------------------------------------

    def test_totals_and_counts_equal_a_recount_of_the_rows(
        self, zone: Zone, cases: list[Case], reader: Account
    ) -> None:
        actor = actor_of(Account.objects.select_related("official__unit").get(pk=reader.pk), zone.today)
        for pages in self.ledger.pages:
            listing = pages.listing
            counts = listing.counts(ListQuery(actor, zone.today)) if listing.counts else {}
            for view in listing.views or ():
                query = ListQuery(actor, zone.today, view.key)
                rows = self.rows(pages, query)
                if view.key in counts:
                    assert counts[view.key] == len(rows), f"{pages.slug}: the tab {view.key}"
                totals = listing.totals(listing.entries(query), query) if listing.totals and rows else {}
                for column in listing.columns:
                    if column.total and column.kind in {"number", "money"} and rows:
                        added = sum(row.cells[column.key].value for row in rows)
                        assert totals[column.key].value == added, f"{pages.slug}: {column.key}"
        for case in cases:
            rows = self.rows(pages_of(case.case_type), ListQuery(actor, zone.today))
            assert case.number in {row.key for row in rows}, f"{case.number} is not in its list"

    def rows(self, pages: CasePages, query: ListQuery) -> list[Row]:
        entries = pages.listing.entries(query)
        found = list(entries.all()) if isinstance(entries, QuerySet) else list(entries)
        return list(pages.listing.rows(found, query))

    def test_an_export_can_be_imported_again_and_changes_nothing(
        self, cases: list[Case], reader: Account
    ) -> None:
        if self.ledger.importing is None:
            pytest.skip("the ledger declares no import")
        client, slug = client_of(reader), self.ledger.pages[0].slug
        listed = client.get(reverse("case_list", args=[slug])).context["page"].table.row_count
        assert listed, "make_cases should put a case into the first list"
        content = client.get(reverse("case_export", args=[slug])).content
        before = (Case.objects.count(), Change.objects.count())
        upload = {"workbook": SimpleUploadedFile("export.xlsx", content), "request_key": "contract"}
        answer = client.post(reverse("case_import", args=[slug]), upload)
        assert answer.status_code == 302, answer.content.decode()
        intake = checked_intake(ImportBatch.objects.get(), self.ledger.importing)
        assert not intake.accepted
        assert len(intake.refused) == listed
        assert all(len(row.problems) == 1 for row in intake.refused), [p.message for p in intake.problems]
        assert client.get(answer["Location"]).status_code == 200
        assert client.post(answer["Location"]).status_code == 422
        assert (Case.objects.count(), Change.objects.count()) == before

    def test_seeds_loaded_twice_give_the_same(self, zone: Zone) -> None:
        if self.ledger.seed is None:
            pytest.skip("the ledger has no seed")
        before = self.seeded()
        self.ledger.seed()
        assert self.seeded() == before

    def seeded(self) -> dict[str, list[dict[str, Any]]]:
        models = [GateRule, Role, *self.ledger_app().get_models()]
        return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}

    # ---- what the tests stand on -------------------------------------------------------------------------

    def procedures(self) -> list[Procedure]:
        return [kind.procedure for kind in self.ledger.case_types]

    def ledger_app(self) -> Any:
        """The app that holds the ledger's models."""
        config = apps.get_containing_app_config(self.ledger.case_types[0].detail.__module__)
        assert config is not None
        return config


def _texts_of(package: Path) -> Iterator[str]:
    for path in package.rglob("*.py"):
        if {"tests", "migrations"} & set(path.relative_to(package).parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in SOURCE_CALLS and node.args:
                words = node.args[0]
                if isinstance(words, ast.Constant) and isinstance(words.value, str):
                    yield words.value


def _translated(path: Path) -> set[str]:
    catalogue = read_po(io.BytesIO(path.read_bytes()))
    return {entry.id for entry in catalogue if isinstance(entry.id, str) and entry.string and not entry.fuzzy}
