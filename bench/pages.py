"""What is asked of the pages, by whom. Runs inside Django, with the database of the measured zone."""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bench.visits import Ask, Visitor

PASSWORD = "Volume-2026-only-to-measure"
WIDE, NARROW = "clerk", "bench.narrow"
"""Sees all signed projects; sees what its own unit has to do with."""


@dataclass(frozen=True)
class Scenario:
    """`paths` gives the address of one request after the other; `fields` makes it a sent form."""

    label: str
    reader: str
    paths: Callable[[], Iterator[str]]
    fields: Callable[[int], dict[str, str]] | None = None

    def asks(self, count: int, first: int) -> list[Ask]:
        """Requests from the `first` on, so that two measurements never send the same form."""
        chosen = itertools.islice(self.paths(), first, first + count)
        return [self._ask(path, number) for number, path in enumerate(chosen, first)]

    def _ask(self, path: str, number: int) -> Ask:
        def get(visitor: Visitor) -> None:
            visitor.get(path)

        def post(visitor: Visitor) -> None:
            if "csrftoken" not in visitor.cookies:
                visitor.get(TOKEN_PAGE)
            assert self.fields is not None
            visitor.post(path, self.fields(number))

        return post if self.fields else get


TOKEN_PAGE = "/projects/new/"


def sessions() -> dict[str, str]:
    """A session of each reader, past the change of the first password."""
    from django.test import Client
    from django.utils import timezone

    from wutong.base.accounts.models import Account
    from wutong.base.accounts.services import change_password, reset_password

    now = timezone.now()
    _make_narrow_reader(now)
    found = {}
    for name in (WIDE, NARROW, "leader"):
        account = Account.objects.get(name=name)
        if account.must_change_password:
            change_password(account, reset_password(account, None, now), PASSWORD, now)
        client = Client()
        client.force_login(Account.objects.get(name=name))
        found[name] = client.cookies["sessionid"].value
    return found


def _make_narrow_reader(now: Any) -> None:
    """Somebody of an ordinary unit, without any role."""
    from wutong.base.accounts.models import Account
    from wutong.base.accounts.services import create_account
    from wutong.registers.organisation.models import Unit
    from wutong.registers.organisation.post_services import RosterRow, appoint_many
    from wutong.sample.organisation import ZONE_OPENED

    if Account.objects.filter(name=NARROW).exists():
        return
    units = list(Unit.objects.filter(code__startswith="v").order_by("pk"))
    account, _password = create_account(NARROW, "示例经办", now)
    row = RosterRow("BENCH", "示例经办", units[len(units) // 2], "科员", account=account)
    appoint_many([row], actor=None, on=ZONE_OPENED, now=now)


def scenarios(today: Any) -> list[Scenario]:
    from wutong.cases.models import Case
    from wutong.registers.enterprises.models import Enterprise
    from wutong.registers.organisation.models import Unit

    dice = random.Random(1)

    def numbers(case_type: str, *states: str) -> list[str]:
        rows = Case.objects.filter(case_type=case_type, state__in=states).order_by("pk")
        found = list(rows.values_list("number", flat=True)[:2000])
        dice.shuffle(found)
        return found

    def always(path: str) -> Callable[[], Iterator[str]]:
        return lambda: itertools.repeat(path)

    def each(pattern: str, values: Sequence[object]) -> Callable[[], Iterator[str]]:
        return lambda: (pattern.format(value) for value in itertools.cycle(values))

    projects = numbers("project_push", "signed", "registered", "started")
    orders = numbers("supervision_order", "issued", "answered", "closed")
    names = [name[2:6] for name in Enterprise.objects.order_by("-pk").values_list("name", flat=True)[:500]]
    days = [today - timedelta(days=number) for number in range(1, 400)]
    team = Unit.objects.filter(kind="team").order_by("pk").first()
    unit = Unit.objects.get(code="economy")
    stamp = f"{dice.random()}{today}"

    def new_project(number: int) -> dict[str, str]:
        return {
            "name": f"示例新项目{number}·{stamp}{random.random()}",
            "investor": f"示例新投资方{number % 50}有限公司",
            "total_yi": "1.2",
            "state": "lead",
            "opened_on": today.isoformat(),
            "team": str(team.pk if team else ""),
            "unit": str(unit.pk),
        }

    def progress(number: int) -> dict[str, str]:
        return {"effective_on": today.isoformat(), "latest_progress": f"示例进展{number}"}

    return [
        Scenario("list of stalled projects", WIDE, always("/projects/")),
        Scenario("list, with unsigned projects", "leader", always("/projects/")),
        Scenario("list, own unit", NARROW, always("/projects/")),
        Scenario("list, red lamp, by amount, page 3", WIDE, always("/projects/?lamp=red&sort=-total&page=3")),
        Scenario("list, size band", WIDE, always("/projects/?band=1000000000")),
        Scenario("list, blocking class", WIDE, always("/projects/?blocking=land")),
        Scenario("list, text", WIDE, each("/projects/?q={}", names)),
        Scenario("list, another day each time", WIDE, each("/projects/?as_of={}", days)),
        Scenario("rectifications", WIDE, always("/rectifications/")),
        Scenario("rectifications, own unit", NARROW, always("/rectifications/")),
        Scenario("orders", "leader", always("/orders/")),
        Scenario("orders, own unit", NARROW, always("/orders/")),
        Scenario("search", WIDE, each("/search/?q={}", names)),
        Scenario("search, own unit", NARROW, each("/search/?q={}", names)),
        Scenario("today, own unit", NARROW, always("/")),
        Scenario("project file", WIDE, each("/projects/{}/", projects)),
        Scenario("page of an order", "leader", each("/orders/{}/", orders)),
        Scenario("form of a step", WIDE, each("/projects/{}/act/note_progress/", projects)),
        Scenario("act: note progress", WIDE, each("/projects/{}/act/note_progress/", projects), progress),
        Scenario("form of a new project", WIDE, always("/projects/new/")),
        Scenario("create a project", WIDE, always("/projects/new/"), new_project),
    ]
