"""Two projects that look like one are told apart with a reason, stay off the list of doubles, and may be put back."""

from typing import Any

import pytest
from django.test import Client

from wutong.base.errors import Refused
from wutong.cases.models import Case
from wutong.ledgerkit.testing import (
    LIST_QUERIES,
    NOBODY,
    Zone,
    account_with,
    client_of,
    make_zone,
    queries_of,
)
from wutong.ledgers.project_push.tests.test_merging_projects import (
    enter,
    merge,
    no_faults,
    project_of,
    words,
)
from wutong.registers.history.models import RegisterChange
from wutong.registers.projects.distinct import declare_distinct, standing_distinct, withdraw_distinct
from wutong.registers.projects.models import ProjectDistinct

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone() -> Zone:
    return make_zone()


@pytest.fixture
def clerk(zone: Zone) -> Client:
    return client_of(zone.accounts["clerk"])


@pytest.fixture
def pair(zone: Zone) -> tuple[Case, Case]:
    """Two phases of one investor: two projects that look like one."""
    return enter(zone, "示例储能电池项目", 100), enter(zone, "示例储能电池项目（二期）", 90)


def page_of(pair: tuple[Case, Case], act: str = "distinct") -> str:
    return f"/projects/doubles/{pair[0].number}/{pair[1].number}/{act}/"


def rows(client: Client, path: str = "/projects/doubles/") -> list[Any]:
    return list(client.get(path).context["page"].table.rows)


def told_apart(zone: Zone, pair: tuple[Case, Case]) -> ProjectDistinct:
    told: dict[str, Any] = {"actor": None, "on": zone.today, "now": zone.now}
    return declare_distinct(project_of(pair[0]), project_of(pair[1]), reason="示例：两期各有备案", **told)


def test_a_pair_is_told_apart_with_a_reason_listed_and_taken_back(
    clerk: Client, zone: Zone, pair: tuple[Case, Case]
) -> None:
    [row] = rows(clerk)
    assert str(row.cells["distinct"].text) == "不是同一项目"
    path = row.cells["distinct"].href
    assert path == page_of(pair)
    assert clerk.post(path, {"reason": " "}).status_code == 422
    assert clerk.post(path, {"reason": "示例：两期各有备案"}).status_code == 302
    assert rows(clerk) == []
    [told] = rows(clerk, "/projects/doubles/distinct/")
    assert [str(told.cells[key].text) for key in ("first", "second", "reason", "undo")] == [
        "示例储能电池项目", "示例储能电池项目（二期）", "示例：两期各有备案", "撤销",
    ]  # fmt: skip
    undo = told.cells["undo"].href
    assert undo == page_of(pair, "distinct/undo")
    assert clerk.post(undo, {"reason": ""}).status_code == 422
    assert clerk.post(undo, {"reason": "示例：是同一份备案"}).status_code == 302
    assert len(rows(clerk)) == 1
    [told] = rows(clerk, "/projects/doubles/distinct/")
    assert (str(told.cells["undo"].text), told.cells["undo"].href) == ("已撤销", "")
    assert clerk.get(undo).status_code == 404
    # What was taken back may be said again; the pair is one row with its history.
    assert clerk.post(path, {"reason": "示例：还是两个"}).status_code == 302
    [told] = rows(clerk, "/projects/doubles/distinct/")
    assert (str(told.cells["reason"].text), str(told.cells["undo"].text)) == ("示例：还是两个", "撤销")
    assert no_faults()


def test_it_stands_in_the_history_of_both_projects_and_changes_nothing_else_of_them(
    zone: Zone, pair: tuple[Case, Case]
) -> None:
    projects = [project_of(case) for case in pair]
    distinct = told_apart(zone, pair)
    withdraw_distinct(distinct, reason="示例：看错了", actor=None, on=zone.today, now=zone.now)
    numbers = f"“{pair[0].number}”和“{pair[1].number}”不是同一项目"
    for project in projects:
        changes = RegisterChange.objects.filter(entry_kind="project", entry_id=project.pk).order_by("-seq")[
            :2
        ]
        assert [(row.verb, row.reason, row.snapshot) for row in reversed(changes)] == [
            ("declare_distinct", f"{numbers}：示例：两期各有备案", {}),
            ("withdraw_distinct", f"撤销认定{numbers}：示例：看错了", {}),
        ]
    assert no_faults()


def test_whichever_is_named_first_it_is_the_same_pair_and_said_once(
    zone: Zone, pair: tuple[Case, Case]
) -> None:
    first = told_apart(zone, pair)
    assert told_apart(zone, pair[::-1]) == first
    assert ProjectDistinct.objects.count() == 1
    seq = project_of(pair[0]).last_seq
    told_apart(zone, pair)
    assert project_of(pair[0]).last_seq == seq
    withdraw_distinct(first, reason="示例", actor=None, on=zone.today, now=zone.now)
    with pytest.raises(Refused, match="已经撤销过"):
        withdraw_distinct(first, reason="示例", actor=None, on=zone.today, now=zone.now)


def test_what_was_told_apart_is_not_merged_and_what_was_merged_is_not_told_apart(
    clerk: Client, zone: Zone, pair: tuple[Case, Case]
) -> None:
    distinct = told_apart(zone, pair)
    with pytest.raises(Refused, match="请先撤销认定"):
        merge(zone, *pair)
    assert Case.objects.get(pk=pair[1].pk).state == "signed"
    answer = clerk.get(page_of(pair)[: -len("distinct/")])
    assert "已认定不是同一项目" in words(answer)
    assert [str(action.label) for action in answer.context["page"].actions] == ["撤销认定"]
    withdraw_distinct(distinct, reason="示例", actor=None, on=zone.today, now=zone.now)
    merge(zone, *pair)
    with pytest.raises(Refused, match="请先撤销合并"):
        told_apart(zone, pair)
    with pytest.raises(Refused, match="两个不同的项目"):
        told_apart(zone, (pair[0], pair[0]))
    assert standing_distinct(project_of(pair[0]), project_of(pair[1])) is None


def test_other_pairs_of_the_same_projects_stay_on_the_list(
    clerk: Client, zone: Zone, pair: tuple[Case, Case]
) -> None:
    third = enter(zone, "示例储能电池项目（三期）", 80)
    told_apart(zone, pair)
    assert {row.key for row in rows(clerk)} == {f"{case.number}-{third.number}" for case in pair}


def test_only_who_may_merge_tells_apart_and_only_what_may_be_seen(
    zone: Zone, pair: tuple[Case, Case]
) -> None:
    lead = enter(zone, "示例储能电池项目（线索）", 3, "lead")
    told_apart(zone, (pair[0], lead))
    host, stranger = client_of(zone.host.account), client_of(zone.accounts[NOBODY])
    assert host.get("/projects/doubles/distinct/").status_code == 403
    for act in ("distinct", "distinct/undo"):
        for client, expected in ((host, 403), (stranger, 404)):
            assert client.get(page_of(pair, act)).status_code == expected
            assert client.post(page_of(pair, act), {"reason": "示例"}).status_code == expected
    merger = client_of(
        account_with("merger", zone.elsewhere, zone.now, "project_push.merge", "project_push.see_all")
    )
    assert merger.get(page_of(pair)).status_code == 200
    assert rows(merger, "/projects/doubles/distinct/") == []
    for other in ((pair[0], lead), (lead, pair[0]), (pair[0], pair[0])):
        for act in ("distinct", "distinct/undo"):
            assert merger.get(page_of(other, act)).status_code == 404
    assert not ProjectDistinct.objects.filter(second=project_of(pair[1])).exists()


def test_the_lists_take_no_more_queries_for_more_pairs(
    clerk: Client, zone: Zone, pair: tuple[Case, Case]
) -> None:
    told_apart(zone, pair)
    few = {path: queries_of(clerk, path) for path in ("/projects/doubles/", "/projects/doubles/distinct/")}
    for number in range(3, 6):
        other = enter(zone, f"示例储能电池项目（{number}期）", 50)
        told_apart(zone, (pair[0], other))
    for path, count in few.items():
        assert queries_of(clerk, path) == count <= LIST_QUERIES
