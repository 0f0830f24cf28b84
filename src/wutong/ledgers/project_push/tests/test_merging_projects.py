"""A project that was entered twice becomes one, and two again; nothing is lost, nothing is told twice."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from wutong.base.errors import MissingItems, NotAllowed, Refused
from wutong.base.money import YI
from wutong.cases.act import act
from wutong.cases.models import Case, Change
from wutong.cases.steps import Holder
from wutong.cases.verify import faults as case_faults
from wutong.ledgerkit.testing import NOBODY, Zone, account_with, client_of, make_zone
from wutong.ledgers.project_push.doubles.merging import merge_of, merge_projects, undo_merge
from wutong.ledgers.project_push.doubles.panels import lives_of_one, merged_panels
from wutong.ledgers.project_push.models import MonthReport, ProjectNode, ProjectPush, ProjectVisit
from wutong.ledgers.project_push.project_file.page import project_details
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.ledgers.project_push.stalled.queries import stalled_projects
from wutong.registers.history.services import record
from wutong.registers.history.verify import faults as register_faults
from wutong.registers.organisation.actors import SYSTEM, actor_of
from wutong.registers.projects.models import Project, ProjectMerge

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def pair(zone: Zone) -> tuple[Case, Case]:
    """One project of one investor, entered twice."""
    return enter(zone, "示例储能电池项目", 100), enter(zone, "示例储能电池项目（一期）", 90)


def enter(
    zone: Zone, name: str, days_ago: int, state: str = "signed", investor: str = "示例恒储公司"
) -> Case:
    new = NewProject(
        name=name,
        investor_name=investor,
        total_investment_yuan=6 * YI,
        state=state,
        opened_on=zone.today - timedelta(days=days_ago),
        host_unit=zone.home,
        host_person=zone.host,
        team=zone.team,
    )
    return enter_projects([new], actor=SYSTEM, now=zone.now)[0]


def merge(zone: Zone, kept: Case, double: Case, on: date | None = None) -> ProjectMerge:
    told: dict[str, Any] = {"actor": SYSTEM, "on": on or zone.today, "now": zone.now}
    return merge_projects(kept, double, reason="示例：登记了两次", **told)


def project_of(case: Case) -> Project:
    return Project.objects.get(push__case=case)


def beside(case: Case) -> Any:
    """What stands beside the page of a project because it was entered twice."""
    related: dict[int, list[Change]] = {}
    for change in Change.objects.filter(case__in=lives_of_one(case, SYSTEM)).select_related("case"):
        related.setdefault(change.case_id, []).append(change)
    return merged_panels(project_details().get(case=case), related)


def write(zone: Zone, entry: Any, **facts: Any) -> Any:
    return record(entry, facts, actor=None, effective_on=zone.today, now=zone.now)


def no_faults() -> bool:
    return [*case_faults(), *register_faults()] == []


# ---- what a merge does -------------------------------------------------------------------------------------------


def test_the_double_ends_as_merged_and_points_to_the_one_that_stays(
    zone: Zone, pair: tuple[Case, Case]
) -> None:
    kept, double = pair
    merge(zone, kept, double)
    double.refresh_from_db()
    assert (double.state, double.is_open, double.result) == ("merged", False, "merged")
    assert double.closed_on == zone.today
    assert project_of(double).merged_into == project_of(kept)
    assert [item.number for item in stalled_projects(SYSTEM, zone.today)] == [kept.number]
    assert no_faults()


def test_facts_go_along_and_what_would_be_there_twice_stays(zone: Zone, pair: tuple[Case, Case]) -> None:
    kept, double = map(project_of, pair)
    write(zone, ProjectNode(), project=kept, code="land", plan_on=zone.today)
    stays = write(zone, ProjectNode(), project=double, code="land", plan_on=zone.today)
    goes = write(zone, ProjectNode(), project=double, code="permit", plan_on=zone.today)
    month = write(zone, MonthReport(), project=double, year=2026, month=1, done_yuan=YI)
    visit = ProjectVisit.objects.create(
        project=double, on=zone.today, visitors="示例", said="示例", recorded_at=zone.now
    )
    done = merge(zone, *pair)
    for row, whose in ((stays, double), (goes, kept), (month, kept), (visit, double)):
        row.refresh_from_db()
        assert row.project == whose
    undo_merge(done, reason="示例：是两个项目", actor=SYSTEM, on=zone.today, now=zone.now)
    for row in (stays, goes, month, visit):
        row.refresh_from_db()
        assert row.project == double
    assert no_faults()


def test_open_problems_go_on_below_the_double_and_stand_beside_the_kept_one(
    zone: Zone, pair: tuple[Case, Case]
) -> None:
    kept, double = pair
    problem = open_rectification(
        double, problem="示例用地待批", blocking_class="land", measure="示例",
        host=Holder("host", zone.home, zone.host), verifier=Holder("verifier", zone.home, zone.verifier),
        due_on=zone.today + timedelta(days=9), actor=SYSTEM, on=zone.today, now=zone.now,
    )  # fmt: skip
    merge(zone, kept, double)
    [panel] = beside(kept)
    assert [str(item.title) for item in panel.items] == ["示例储能电池项目（一期）", "示例用地待批"]
    [back] = beside(double)
    assert [str(item.side) for item in back.items] == ["保留的项目"]
    problem.refresh_from_db()
    assert problem.is_open
    with pytest.raises(MissingItems, match="整改佐证"):
        act(
            problem,
            "submit",
            actor=actor_of(zone.host.account, zone.today),
            now=zone.now,
            effective_on=zone.today,
        )
    assert beside(enter(zone, "示例另一个项目", 10)) == []
    reader = client_of(zone.accounts["leader"])
    for case, words in ((kept, "示例用地待批"), (double, "保留的项目")):
        page = reader.get(reverse("case_detail", args=["projects", case.number])).content.decode()
        assert page.count("登记了两次的项目") == 1
        assert words in page
        assert "：并入另一项目" in page if case is kept else "：登记为" in page, (
            "one timeline for both entries"
        )
    assert no_faults()


@pytest.mark.parametrize("before", ["signed", "suspended", "terminated"])
def test_a_merge_taken_back_leads_to_where_the_double_was(
    zone: Zone, pair: tuple[Case, Case], before: str
) -> None:
    kept, double = pair
    ended_on = zone.today - timedelta(days=20)
    verb = {"suspended": "suspend", "terminated": "terminate"}.get(before)
    if verb:
        act(double, verb, actor=SYSTEM, now=zone.now, effective_on=ended_on, reason="示例")
    was = Case.objects.values("state", "is_open", "result", "closed_on").get(pk=double.pk)
    for _time in range(2):
        done = merge(zone, kept, Case.objects.get(pk=double.pk))
        undo_merge(done, reason="示例：是两个项目", actor=SYSTEM, on=zone.today, now=zone.now)
    assert Case.objects.values("state", "is_open", "result", "closed_on").get(pk=double.pk) == was
    assert project_of(double).merged_into is None
    assert merge_of(project_of(double)) is None
    if before == "suspended":
        act(Case.objects.get(pk=double.pk), "resume", actor=SYSTEM, now=zone.now, effective_on=zone.today)
        assert Case.objects.get(pk=double.pk).state == "signed"
    assert no_faults()


# ---- what is refused ---------------------------------------------------------------------------------------------


def test_the_one_that_got_further_stays(zone: Zone, pair: tuple[Case, Case]) -> None:
    kept, double = pair
    act(double, "register", actor=SYSTEM, now=zone.now, effective_on=zone.today)
    with pytest.raises(Refused, match="已经注册.*请保留走得更远的"):
        merge(zone, kept, double)
    with pytest.raises(Refused, match="已经签约"):
        merge(zone, enter(zone, "示例储能线索", 3, "lead"), kept)


def test_a_merged_project_is_not_merged_again_and_nothing_is_written_halfway(
    zone: Zone, pair: tuple[Case, Case]
) -> None:
    kept, double = pair
    third = enter(zone, "示例储能电池三期", 50)
    done = merge(zone, kept, double)
    with pytest.raises(Refused, match="现在是“并入”"):
        merge(zone, third, double)
    with pytest.raises(Refused, match="已并入另一个项目"):
        merge(zone, double, third)
    assert Case.objects.get(pk=third.pk).state == "signed"
    with pytest.raises(Refused, match="两个不同的项目"):
        merge(zone, kept, kept)
    with pytest.raises(Refused, match="请写明理由"):
        merge_projects(kept, third, reason=" ", actor=SYSTEM, on=zone.today, now=zone.now)
    undo_merge(done, reason="示例", actor=SYSTEM, on=zone.today, now=zone.now)
    with pytest.raises(Refused):
        undo_merge(done, reason="示例", actor=SYSTEM, on=zone.today, now=zone.now)


def test_a_fact_that_went_elsewhere_since_keeps_a_merge_from_being_taken_back(
    zone: Zone, pair: tuple[Case, Case]
) -> None:
    node = write(zone, ProjectNode(), project=project_of(pair[1]), code="permit", plan_on=zone.today)
    done = merge(zone, *pair)
    node.refresh_from_db()
    write(zone, node, project=project_of(enter(zone, "示例三期", 9)))
    with pytest.raises(Refused, match="1条“项目节点”"):
        undo_merge(done, reason="示例", actor=SYSTEM, on=zone.today, now=zone.now)
    assert Case.objects.get(pk=pair[1].pk).state == "merged"


def test_only_who_may_merge_merges(zone: Zone, pair: tuple[Case, Case]) -> None:
    host = actor_of(zone.host.account, zone.today)
    with pytest.raises(NotAllowed):
        merge_projects(*pair, reason="示例", actor=host, on=zone.today, now=zone.now)
    assert ProjectMerge.objects.count() == 0


# ---- the pages ---------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(zone: Zone) -> Client:
    return client_of(zone.accounts["clerk"])


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("&quot;", '"')


def test_pairs_are_listed_with_their_reason_compared_merged_and_taken_apart(
    clerk: Client, zone: Zone, pair: tuple[Case, Case]
) -> None:
    kept, double = pair
    enter(zone, "示例毫不相干的项目", 30, investor="示例别家公司")
    [row] = clerk.get("/projects/doubles/").context["page"].table.rows
    assert row.key == f"{kept.number}-{double.number}"
    assert str(row.cells["reason"].text) == "投资方相同，名称相近"
    shown = words(clerk.get(row.cells["compare"].href))
    assert "保留“示例储能电池项目”，“示例储能电池项目（一期）”并入它" in shown
    path = f"/projects/{double.number}/act/merge_into/"
    form = clerk.get(path, {"into": kept.number}).context["page"].form
    assert form["into"].value() == kept.number
    typed = {"into": kept.number, "effective_on": zone.today, "reason": "示例：同一个项目"}
    assert clerk.post(path, {**typed, "reason": ""}).status_code == 422
    assert "没有编号为XM-0的项目" in words(clerk.post(path, {**typed, "into": "XM-0"}))
    assert clerk.post(path, typed).status_code == 302
    assert clerk.get("/projects/doubles/").context["page"].table.rows == []
    [done] = clerk.get("/projects/doubles/merged/").context["page"].table.rows
    assert done.cells["undo"].href == f"/projects/{double.number}/act/unmerge/"
    assert "并入另一项目" in words(clerk.get(f"/projects/{double.number}/"))
    undone = clerk.post(done.cells["undo"].href, {"effective_on": zone.today, "reason": "示例：两个项目"})
    assert undone.status_code == 302
    assert Case.objects.get(pk=double.pk).state == "signed"
    assert not ProjectMerge.objects.filter(is_undone=False).exists()
    assert no_faults()


def test_a_merge_into_a_project_that_one_may_not_see_says_no_more_than_one_that_is_not_there(
    zone: Zone, pair: tuple[Case, Case], clerk: Client
) -> None:
    lead = enter(zone, "示例保密线索", 3, "lead")
    typed = {"into": lead.number, "effective_on": zone.today, "reason": "示例"}
    answer = clerk.post(f"/projects/{pair[1].number}/act/merge_into/", typed)
    assert f"没有编号为{lead.number}的项目" in words(answer)
    assert "保密" not in words(answer)


def test_who_may_not_merge_sees_no_pairs_and_gets_no_form(zone: Zone, pair: tuple[Case, Case]) -> None:
    host = client_of(zone.host.account)
    numbers = [case.number for case in pair]
    for path in ("/projects/doubles/", "/projects/doubles/merged/", f"/projects/doubles/{'/'.join(numbers)}/",
                 f"/projects/{numbers[0]}/act/merge_into/"):  # fmt: skip
        assert host.get(path).status_code == 403, path
    stranger = client_of(zone.accounts[NOBODY])
    for path in (f"/projects/doubles/{'/'.join(numbers)}/", f"/projects/{numbers[0]}/act/merge_into/"):
        assert stranger.get(path).status_code == 404, path
    merger = client_of(account_with("merger", zone.elsewhere, zone.now, "project_push.merge"))
    assert merger.get("/projects/doubles/").context["page"].table.rows == []


def test_lists_of_pairs_take_no_more_queries_for_more_pairs(
    clerk: Client, zone: Zone, pair: tuple[Case, Case]
) -> None:
    from wutong.ledgerkit.testing import LIST_QUERIES, queries_of

    few = queries_of(clerk, "/projects/doubles/")
    for number in range(4):
        enter(zone, f"示例储能电池项目{number}期", 50)
    assert queries_of(clerk, "/projects/doubles/") == few <= LIST_QUERIES
    assert ProjectPush.objects.count() == 6
