"""Nobody learns of a row that is not theirs: every page × every role × rows of others.

The pages come from the product's addresses and the ledgers' declarations, the roles from the declared roles: a new
page, step or role is tried without a change here. An address with a part that nobody can fill in fails the test.
"""

import io
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.addresses import FILL, addresses
from tests.secret_world import MARK, World, make_world
from wutong.base.accounts.roles import all_roles
from wutong.cases.models import Evidence
from wutong.ledgerkit.registry import ledger_of, ledgers, pages_of
from wutong.ledgerkit.testing import (
    NOBODY,
    account_with,
    client_of,
    may_see,
    rights_of_role,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_refusals() -> Iterator[None]:
    """Thousands of requests are refused on purpose; a report of a failure should show the failure."""
    logger = logging.getLogger("django.request")
    logger.disabled = True
    yield
    logger.disabled = False


@pytest.fixture
def world(db: None) -> World:
    return make_world()


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
            elif page.name == "api:api-root":
                assert answer.status_code == 404  # there is nothing at the root
            elif page.name.startswith("api:"):
                assert answer.status_code in {401, 405}  # a program is told, not led anywhere
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
    with pytest.raises(AssertionError, match="nobody can fill in .*verb.* of the page"):
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
