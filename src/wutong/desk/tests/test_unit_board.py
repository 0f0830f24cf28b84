"""The board of results by unit: every figure opens as many rows as it says, and results alone decide the rank."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from wutong.base.money import YI
from wutong.cases.act import act
from wutong.cases.clocks.sweep import sweep_clocks
from wutong.cases.models import Case
from wutong.cases.steps import Holder
from wutong.desk.unit_board import Result, UnitLine, _order, _ranked, board_types, percent, unit_board
from wutong.ledgerkit.testing import NOBODY, Zone, client_of, make_zone, queries_of
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.ledgers.supervision_orders.services import issue_order
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.organisation.models import Unit

FIGURES = ("open", "overdue", "done", "done_late")


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


def order(zone: Zone, unit: Unit, days_ago: int, *, is_done: bool = False) -> Case:
    on = zone.today - timedelta(days=days_ago)
    case = issue_order(
        matter="示例督办", demand="示例", holders=[Holder("host", unit), Holder("supervisor", zone.home, zone.verifier)],
        source=None, actor=SYSTEM, on=on, now=zone.now,
    )  # fmt: skip
    if is_done:
        done: list[tuple[str, dict[str, Any]]] = [("answer", {"data": {"answer": "示例"}}), ("close", {})]
        for verb, step in done:
            case = act(case, verb, actor=SYSTEM, now=zone.now, effective_on=zone.today, **step).case
    return case


def problem(zone: Zone, unit: Unit, days_left: int) -> Case:
    if not Case.objects.filter(case_type="project_push").exists():
        new = NewProject(
            name="示例项目", investor_name="示例投资方", total_investment_yuan=YI, state="signed",
            opened_on=zone.today - timedelta(days=90), host_unit=zone.home,
        )  # fmt: skip
        enter_projects([new], actor=SYSTEM, now=zone.now)
    return open_rectification(
        Case.objects.get(case_type="project_push"), problem="示例问题", blocking_class="land", measure="示例",
        host=Holder("host", unit), due_on=zone.today + timedelta(days=days_left), actor=SYSTEM,
        on=zone.today - timedelta(days=60), now=zone.now,
    )  # fmt: skip


def fill(zone: Zone) -> None:
    """`home`: one in time, one late, one overdue. `elsewhere`: two in time. A problem of each, one of them overdue."""
    order(zone, zone.home, 0, is_done=True)
    order(zone, zone.home, 40, is_done=True)
    order(zone, zone.home, 40)
    for _number in range(2):
        order(zone, zone.elsewhere, 0, is_done=True)
    order(zone, zone.elsewhere, 0)
    problem(zone, zone.home, -14)
    problem(zone, zone.elsewhere, 9)
    for case in (order(zone, zone.home, 40), problem(zone, zone.home, -14)):  # taken back: counts nowhere
        act(case, "revoke", actor=SYSTEM, now=zone.now, effective_on=zone.today, reason="示例")


def test_rectifications_and_orders_take_part(zone: Zone) -> None:
    assert {"rectification", "supervision_order"} <= set(board_types())
    assert "project_push" not in board_types()


def test_the_figures_of_a_unit_are_counted_and_the_better_one_stands_first(zone: Zone) -> None:
    fill(zone)
    first, second = unit_board(SYSTEM, zone.today)
    assert (first.unit, first.rank) == (zone.elsewhere, 1)
    assert first.results["supervision_order"] == Result(open=1, overdue=0, done=2, done_late=0)
    assert first.total.in_time == 1
    assert second.results["supervision_order"] == Result(open=1, overdue=1, done=2, done_late=1)
    assert second.results["rectification"] == Result(open=1, overdue=1)
    assert (second.rank, second.total.in_time) == (2, Fraction(1, 4))


@pytest.mark.parametrize("role", ["supervisor", "leader", "clerk", "handler", NOBODY])
def test_every_figure_opens_as_many_rows_as_it_says(zone: Zone, role: str) -> None:
    fill(zone)
    sweep_clocks(zone.now)
    client = client_of(zone.accounts[role])
    page = client.get("/board/").context["page"]
    links = 0
    for row in page.table.rows:
        for code in board_types():
            for name in FIGURES:
                cell = row.cells[f"{code}_{name}"]
                assert bool(cell.href) == (cell.value > 0)
                if cell.href:
                    links += 1
                    assert client.get(cell.href).context["page"].table.row_count == cell.value, cell.href
    for key, cell in page.table.totals.items():
        if key != "unit":
            assert cell.value == sum(row.cells[key].value for row in page.table.rows)
    assert links > 0


def test_what_is_not_seen_is_not_counted(zone: Zone) -> None:
    order(zone, zone.home, 40)
    stranger = client_of(zone.accounts[NOBODY])
    assert stranger.get("/board/").context["page"].table.row_count == 0
    assert client_of(zone.host.account).get("/board/").context["page"].table.row_count == 1


def test_one_case_type_has_a_board_of_its_own_and_a_past_year_its_own_figures(zone: Zone) -> None:
    fill(zone)
    client = client_of(zone.accounts["supervisor"])
    page = client.get("/board/?type=supervision_order").context["page"]
    assert not any(column.key.startswith("rectification") for column in page.table.columns)
    earlier = zone.today.replace(year=zone.today.year - 1, day=1)
    rows = client.get("/board/", {"as_of": earlier.isoformat()}).context["page"].table.rows
    assert sum(row.cells["supervision_order_done"].value for row in rows) == 0
    assert client.get("/board/?type=nothing").status_code == 200


def test_the_board_takes_two_queries_and_its_page_six(zone: Zone) -> None:
    fill(zone)
    with CaptureQueriesContext(connection) as queries:
        unit_board(SYSTEM, zone.today)
    assert len(queries) == 2
    client = client_of(zone.accounts["supervisor"])
    few = queries_of(client, "/board/")
    for _number in range(9):
        order(zone, zone.team, 40)
    assert queries_of(client, "/board/") == few <= 6


counts = st.integers(0, 5)
results = st.builds(
    lambda open_, overdue, done, late: Result(open_ + overdue, overdue, done, min(late, done)),
    counts, counts, counts, counts,
)  # fmt: skip


@given(st.lists(results, max_size=8))
def test_equal_results_share_a_rank_and_better_ones_come_first(found: list[Result]) -> None:
    lines = [
        UnitLine(Unit(pk=number, path=f"{number:04d}/"), {"x": result})
        for number, result in enumerate(found, start=1)
    ]
    ranked = _ranked(sorted(lines, key=_order))
    with_rank = [line for line in ranked if line.rank]
    assert [line.rank == 0 for line in ranked] == [line.total.in_time is None for line in ranked]
    for one, other in zip(with_rank, with_rank[1:], strict=False):
        assert one.rank <= other.rank
        key = [(line.total.in_time, -line.total.overdue, line.total.done) for line in (one, other)]
        assert key[0] >= key[1]
        assert (one.rank == other.rank) == (key[0] == key[1])
    for line in with_rank:
        better = sum(_order(other)[:4] < _order(line)[:4] for other in with_rank)
        assert line.rank == better + 1


def test_a_share_is_rounded_once() -> None:
    assert [str(percent(share)) for share in (Fraction(1, 3), Fraction(1999, 2000), Fraction(1), None)] == [
        "33.3", "100.0", "100.0", "None",
    ]  # fmt: skip


def test_the_board_stands_in_the_menu(zone: Zone) -> None:
    client: Client = client_of(zone.accounts[NOBODY])
    assert 'href="/board/"' in client.get("/").content.decode()
