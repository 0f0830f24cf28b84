"""The counts of projects as pages: numbers that open their rows, publishing, and what a published count says later."""

import io
import json
import re
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client

from wutong.base.errors import NotAllowed, Refused
from wutong.base.money import YI
from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.ledgerkit.testing import NOBODY, Zone, account_with, client_of, make_zone, queries_of
from wutong.ledgers.project_push.counting.publishing import publish_count
from wutong.ledgers.project_push.counting.queries import project_counts
from wutong.ledgers.project_push.doubles.merging import merge_projects, undo_merge
from wutong.ledgers.project_push.models import PublishedCount
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.organisation.actors import SYSTEM, actor_of

pytestmark = pytest.mark.django_db
PAGE_QUERIES = 14


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def cases(zone: Zone) -> list[Case]:
    """Signed in the period: 0.5, 3, 12 and 60 亿元 of two investors; the last one signed again as the same project."""
    return enter(zone, (YI // 2, 3 * YI, 12 * YI, 60 * YI, 60 * YI))


def enter(zone: Zone, amounts: tuple[int, ...], words: str = "项目") -> list[Case]:
    new = [
        NewProject(
            name=f"示例{words}{number}", investor_name=f"示例投资方{number % 2}", total_investment_yuan=amount,
            state="signed", opened_on=first_day(zone) + timedelta(days=number), host_unit=zone.home,
            host_person=zone.host, team=zone.team,
        )
        for number, amount in enumerate(amounts)
    ]  # fmt: skip
    return enter_projects(new, actor=SYSTEM, now=zone.now - timedelta(hours=2))


def first_day(zone: Zone) -> date:
    """The first day of the period that these tests count."""
    return zone.today - timedelta(days=300)


def running(zone: Zone, more: str = "", page: str = "") -> str:
    """Address of the running count of the period."""
    return f"/projects/counts/{page}?from_on={first_day(zone)}{more}"


def publish(zone: Zone, title: str = "示例年报") -> PublishedCount:
    told: dict[str, Any] = {"actor": SYSTEM, "now": zone.now - timedelta(hours=1)}
    return publish_count(title, first_day(zone), zone.today, **told)


def merge(zone: Zone, kept: Case, double: Case) -> Any:
    return merge_projects(kept, double, reason="示例：登记了两次", actor=SYSTEM, on=zone.today, now=zone.now)


@pytest.fixture
def leader(zone: Zone) -> Client:
    return client_of(zone.accounts["leader"])


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def table_of(answer: Any, panel: int = 0) -> dict[str, dict[str, str]]:
    rows = answer.context["blocks"][panel].table.rows
    return {row.key: {key: str(cell.text) for key, cell in row.cells.items()} for row in rows}


# ---- the running count -------------------------------------------------------------------------------------------


def test_bands_are_cumulative_and_amounts_stand_in_yi(leader: Client, zone: Zone, cases: list[Case]) -> None:
    came = table_of(leader.get(running(zone)))
    assert list(came["signed"].values()) == ["新签约", "5", "1", "4", "3", "3", "2"]
    assert list(came["contract"].values()) == [
        "签约合同额（亿元）", "135.50", "0.50", "135.00", "132.00", "132.00", "120.00",
    ]  # fmt: skip
    stock = table_of(leader.get(running(zone)), 1)
    assert (stock["stock"]["all"], stock["stock.signed"]["all"], stock["stock.started"]["all"]) == (
        "5",
        "5",
        "0",
    )


def test_every_number_opens_exactly_its_rows(leader: Client, zone: Zone, cases: list[Case]) -> None:
    page = leader.get(running(zone))
    opened = 0
    for panel in page.context["blocks"]:
        for row in panel.table.rows:
            for key, cell in row.cells.items():
                if not cell.href:
                    continue
                opened += 1
                shown = leader.get(cell.href).context["page"]
                assert str(shown.table.totals["counted"].text) == str(cell.text), (row.key, key)
                assert all(item.cells["on"].value and item.cells["event"].text for item in shown.table.rows)
    assert opened > 15
    counts = project_counts(SYSTEM, first_day(zone), zone.today)
    rows = leader.get(running(zone, "&number=signed/band:500000000", "rows/")).context["page"].table.rows
    numbers = {row.key.rpartition("-")[0] for row in rows}
    assert numbers == {Case.objects.get(pk=pk).number for pk in counts.number("signed", "band:500000000").ids}


@pytest.mark.parametrize("kind", ["unit", "team", "investor"])
def test_units_teams_and_investors_add_up_to_the_whole(
    leader: Client, zone: Zone, cases: list[Case], kind: str
) -> None:
    table = leader.get(running(zone, f"&by={kind}")).context["table"]
    assert sum(row.cells["signed"].value for row in table.rows) == 5
    assert table.totals["signed"].value == 5
    assert sum(row.cells["contract"].value for row in table.rows) == table.totals["contract"].value
    for row in table.rows:
        shown = leader.get(row.cells["signed"].href).context["page"].table
        assert shown.row_count == row.cells["signed"].value


def test_rows_are_exported_as_they_stand(leader: Client, zone: Zone, cases: list[Case]) -> None:
    path = running(zone, "&number=contract/all", "rows/")
    shown = leader.get(path).context["page"]
    answer = leader.get(shown.actions[0].href)
    values = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    flat = {str(value) for row in values for value in row if value is not None}
    assert {str(row.cells["name"].text) for row in shown.table.rows} <= flat
    assert any(float(value) == 135.5 for value in flat if re.fullmatch(r"[\d.]+", value))


def test_a_period_is_chosen_and_an_impossible_one_is_refused(
    leader: Client, zone: Zone, cases: list[Case]
) -> None:
    later = first_day(zone) + timedelta(days=2)
    assert table_of(leader.get(f"/projects/counts/?from_on={later}"))["signed"]["all"] == "3"
    assert table_of(leader.get(f"/projects/counts/?from_on=&as_of={first_day(zone)}"))["signed"]["all"] == "1"
    year = leader.get("/projects/counts/").context["filters"]["from_on"].value()
    assert year == f"{zone.today.year}-01-01"
    for query in ("from_on=x", f"from_on={zone.today}&as_of={first_day(zone)}", "as_of=x"):
        assert leader.get(f"/projects/counts/?{query}").status_code == 422, query
    for number in ("", "signed", "signed/x", "x/all", "signed/unit:x", "stock/unit:1", "signed/unit:999999"):
        assert leader.get(f"/projects/counts/rows/?number={number}").status_code == 404, number


def test_a_correction_moves_what_was_counted_to_its_day(
    leader: Client, zone: Zone, cases: list[Case]
) -> None:
    year_before = first_day(zone) - timedelta(days=3)
    opened = cases[0].changes.get(seq=1)
    act(
        cases[0],
        "correct",
        actor=SYSTEM,
        now=zone.now,
        effective_on=year_before,
        reason="示例",
        replaces=opened,
    )
    assert table_of(leader.get(running(zone)))["signed"]["all"] == "4"
    assert table_of(leader.get("/projects/counts/?from_on="))["signed"]["all"] == "5"


def test_who_sees_no_project_counts_none_and_learns_no_name(zone: Zone, cases: list[Case]) -> None:
    stranger = client_of(zone.accounts[NOBODY])
    page = stranger.get(running(zone))
    assert table_of(page)["signed"]["all"] == "0"
    assert "只统计您能查看的项目" in words(page)
    firm = cases[0].enterprise_id
    assert stranger.get(f"/projects/counts/rows/?number=signed/investor:{firm}").status_code == 404
    assert "示例投资方" not in words(stranger.get("/projects/counts/?by=investor"))


def test_more_projects_take_not_one_query_more(leader: Client, zone: Zone, cases: list[Case]) -> None:
    item = publish(zone)
    paths = (
        running(zone), running(zone, "&by=investor"), running(zone, "&number=signed/all", "rows/"),
        "/projects/counts/published/", f"/projects/counts/published/{item.pk}/",
        f"/projects/counts/published/{item.pk}/rows/?number=signed/all",
    )  # fmt: skip
    few = {path: queries_of(leader, path) for path in paths}
    enter(zone, (YI,) * 30, "更多")
    many = {path: queries_of(leader, path) for path in paths}
    assert all(many[path] <= max(few[path], PAGE_QUERIES) for path in paths), (few, many)
    assert max(many.values()) <= PAGE_QUERIES, many


# ---- publishing --------------------------------------------------------------------------------------------------


def test_a_count_is_published_by_hand_once(leader: Client, zone: Zone, cases: list[Case]) -> None:
    form = leader.get(running(zone, page="publish/")).context["page"].form
    typed = {"title": "示例年报", "from_on": form["from_on"].value(), "as_of": form["as_of"].value()}
    answer = leader.post("/projects/counts/publish/", typed)
    assert answer.status_code == 302
    assert "已经公布过" in words(leader.post("/projects/counts/publish/", typed))
    item = PublishedCount.objects.get()
    assert item.numbers["numbers"]["signed/all"] == {"value": 5, "ids": sorted(case.pk for case in cases)}
    assert item.published_by == zone.accounts["leader"]
    page = leader.get(answer["Location"])
    assert table_of(page)["signed"]["all"] == "5"
    assert "与公布的数字一致" in words(page)
    assert "与公布时完全一样" in words(page)


def test_only_leaders_and_supervisors_publish_what_they_see_as_a_whole(zone: Zone, cases: list[Case]) -> None:
    for code, status in (
        ("leader", 200),
        ("supervisor", 200),
        ("clerk", 403),
        ("handler", 403),
        (NOBODY, 403),
    ):
        assert client_of(zone.accounts[code]).get("/projects/counts/publish/").status_code == status, code
    narrow = account_with("narrow", zone.elsewhere, zone.now, "project_push.publish")
    with pytest.raises(NotAllowed, match="全区"):
        publish_count("示例", None, zone.today, actor=actor_of(narrow, zone.today), now=zone.now)
    with pytest.raises(Refused, match="数据日还没到"):
        publish_count("示例", None, zone.today + timedelta(days=1), actor=SYSTEM, now=zone.now)
    assert PublishedCount.objects.count() == 0


def test_merging_leaves_the_published_number_and_explains_the_difference(
    leader: Client, zone: Zone, cases: list[Case]
) -> None:
    item = publish(zone)
    before = json.dumps(PublishedCount.objects.get().numbers, sort_keys=True)
    done = merge(zone, cases[3], cases[4])
    page = leader.get(f"/projects/counts/published/{item.pk}/")
    rows = {row.key: row for row in page.context["blocks"][0].table.rows}
    assert (str(rows["signed"].cells["all"].text), rows["signed"].cells["all"].note) == ("5", "现为4（-1）")
    assert rows["contract"].cells["band:5000000000"].note == "现为60.00（-60.00）"
    [row] = page.context["differences"].table.rows
    assert row.key == cases[4].number
    assert "新签约 1→0" in str(row.cells["numbers"].text)
    assert "并入另一项目，系统" in str(row.cells["causes"].text)
    assert "示例：登记了两次" in str(row.cells["causes"].text)
    frozen_rows = leader.get(f"/projects/counts/published/{item.pk}/rows/?number=signed/all").context["page"]
    assert frozen_rows.table.row_count == 5
    assert leader.get(running(zone, "&number=signed/all", "rows/")).context["page"].table.row_count == 4
    assert "与公布的数字一致" in words(page)
    assert json.dumps(PublishedCount.objects.get().numbers, sort_keys=True) == before
    undo_merge(done, reason="示例：是两个", actor=SYSTEM, on=zone.today, now=zone.now)
    page = leader.get(f"/projects/counts/published/{item.pk}/")
    assert page.context["differences"].table.rows == []
    assert all(not cell.note for row in page.context["blocks"][0].table.rows for cell in row.cells.values())


def test_a_corrected_day_and_a_late_entry_are_named_as_what_makes_the_difference(
    leader: Client, zone: Zone, cases: list[Case]
) -> None:
    item = publish(zone)
    opened = cases[0].changes.get(seq=1)
    act(
        cases[0], "correct", actor=SYSTEM, now=zone.now, effective_on=first_day(zone) - timedelta(days=9),
        reason="示例：合同日期", replaces=opened,
    )  # fmt: skip
    act(cases[1], "register", actor=SYSTEM, now=zone.now, effective_on=zone.today)
    page = leader.get(f"/projects/counts/published/{item.pk}/")
    told = {row.key: row.cells for row in page.context["differences"].table.rows}
    assert told.keys() == {cases[0].number, cases[1].number}
    assert "更正日期（原为" in str(told[cases[0].number]["causes"].text)
    assert "新注册 0→1" in str(told[cases[1].number]["numbers"].text)


def test_a_reader_with_narrower_rights_sees_the_total_and_his_own_rows(zone: Zone, cases: list[Case]) -> None:
    item = publish(zone)
    own = enter_projects(
        [NewProject(name="示例自己的", investor_name="示例自己的投资方", total_investment_yuan=YI, state="signed",
                    opened_on=first_day(zone), host_unit=zone.elsewhere)],
        actor=SYSTEM, now=zone.now - timedelta(minutes=30),
    )[0]  # fmt: skip
    second = publish_count("示例二", first_day(zone), zone.today, actor=SYSTEM, now=zone.now)
    merge(zone, cases[3], cases[4])
    reader = client_of(zone.accounts[NOBODY])
    for published, total, seen in ((item, "5", 0), (second, "6", 1)):
        path = f"/projects/counts/published/{published.pk}/"
        page = reader.get(path)
        assert table_of(page)["signed"]["all"] == total
        assert all(
            not cell.note for row in page.context["blocks"][0].table.rows for cell in row.cells.values()
        )
        assert "另有5个项目不在您的查看范围" in words(page)
        rows = reader.get(f"{path}rows/?number=signed/all")
        assert rows.context["page"].table.row_count == seen
        assert "另有5个项目不在您的查看范围" in words(rows)
        investors = words(reader.get(f"{path}?by=investor"))
        assert "示例投资方" not in investors
        assert ("示例自己的投资方" in investors) == (seen == 1)
        assert reader.get(f"{path}rows/?number=signed/investor:{cases[0].enterprise_id}").status_code == 404
        assert all(case.title not in words(page) for case in cases)
    assert own.title in words(reader.get(f"/projects/counts/published/{second.pk}/rows/?number=signed/all"))
    assert reader.get("/projects/counts/published/999/").status_code == 404


def test_published_counts_are_listed_the_latest_first(leader: Client, zone: Zone, cases: list[Case]) -> None:
    publish(zone, "示例一季度")
    publish(zone, "示例二季度")
    rows = leader.get("/projects/counts/published/").context["page"].table.rows
    assert [str(row.cells["title"].text) for row in rows] == ["示例二季度", "示例一季度"]
