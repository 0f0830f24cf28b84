"""The page of gate rules: everybody reads, the office changes from a day on, and is told first what would be missing."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from wutong.base.audit.models import AuditEvent
from wutong.base.errors import Conflict, MissingItems
from wutong.base.money import YI
from wutong.cases.act import act
from wutong.cases.gate_editing import EDIT, states_leading_to, take_back
from wutong.cases.models import Case, GateRule
from wutong.ledgerkit.testing import NOBODY, Zone, account_with, client_of, make_zone, queries_of
from wutong.ledgers.project_push.procedures import PROJECT_LIFE
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db
LIST_PAGE = 6
"""Queries of the page at most, the session and the account among them."""


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def office(zone: Zone) -> Client:
    return client_of(zone.accounts["leader"])


def enter(zone: Zone, name: str = "示例储能项目", **facts: Any) -> Case:
    new = NewProject(
        name=name,
        investor_name="示例恒储有限公司",
        total_investment_yuan=6 * YI,
        state="signed",
        opened_on=zone.today - timedelta(days=100),
        host_unit=zone.home,
        host_person=zone.host,
        facts=facts,
    )
    return enter_projects([new], actor=SYSTEM, now=zone.now)[0]


def told(answer: Any) -> str:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return text.replace("&quot;", '"').replace("&#x27;", "'")


def seeded(item: str, state: str = "started") -> GateRule:
    return GateRule.objects.get(case_type="project_push", state=state, item=item)


def typed(**more: Any) -> dict[str, Any]:
    return {"label": "", "minimum": 1, "edition": "2026-12版", "provider": "经济发展部", **more}


def save(client: Client, path: str, **values: Any) -> Any:
    """Send the form, then once more with the tick at what it told."""
    first = client.post(path, values)
    assert first.status_code == 422, told(first)
    count = first.context["page"].form.data["seen_count"]
    return client.post(path, {**values, "seen": "on", "seen_count": count})


def started_items(case: Case, on: date) -> list[str]:
    with pytest.raises(MissingItems) as refusal:
        act(case, "start", actor=SYSTEM, now=case_now(case), effective_on=on)
    return [str(item) for item in refusal.value.items]


def case_now(case: Case) -> Any:
    return case.changes.get(seq=1).recorded_at


NEW = "/rules/gates/new/project_push/"

# ---- reading -----------------------------------------------------------------------------------------------------


def test_everybody_reads_the_rules_and_only_the_office_changes_them(zone: Zone) -> None:
    rule = seeded("contract")
    paths = [NEW, *(f"/rules/gates/{rule.pk}/{act}/" for act in ("change", "end", "take-back"))]
    for code, account in zone.accounts.items():
        client, may = client_of(account), code in {"leader", "supervisor"}
        page = client.get("/rules/gates/")
        assert page.status_code == 200
        assert "建筑工程施工许可证" in told(page)
        assert ("添加条件" in told(page)) is may, code
        assert (f"/rules/gates/{rule.pk}/change/" in page.content.decode()) is may, code
        for path in paths:
            assert client.get(path).status_code == (200 if may else 403), f"{code} {path}"
            if not may:
                assert client.post(path, {}).status_code == 403
    assert client_of(zone.accounts[NOBODY]).get("/rules/gates/").status_code == 200


def test_the_table_says_kind_item_number_band_provider_days_and_for_whom(zone: Zone) -> None:
    page = client_of(zone.accounts[NOBODY]).get("/rules/gates/").context["page"]
    panel = next(panel for panel in page.main if panel.id == "gate-project-push-started")
    rows = {str(row.cells["label"].text): row.cells for row in panel.table.rows}
    energy = rows["节能审查意见"]
    assert [
        str(energy[key].text) for key in ("kind", "demand", "band", "provider", "state", "valid_from")
    ] == [
        "批复",
        "节能审查意见",
        "5亿元",
        "经济发展部",
        "现行",
        "2020-01-01",
    ]
    assert str(energy["starts_for"].text) == "正在办理的也适用"
    assert str(rows["计划投产时间"]["minimum"].text) == "—"


def test_the_page_takes_as_many_queries_for_many_rules_as_for_few(zone: Zone) -> None:
    client = client_of(zone.accounts[NOBODY])
    before = queries_of(client, "/rules/gates/")
    for number in range(20):
        GateRule.objects.create(
            case_type="project_push",
            state="started",
            kind="count",
            item="visits",
            label="走访",
            edition="示例版",
            valid_from=zone.today + timedelta(days=number),
        )
    assert queries_of(client, "/rules/gates/") == before <= LIST_PAGE


def test_states_that_a_case_passes_on_its_way_are_known() -> None:
    assert states_leading_to(PROJECT_LIFE, "in_production") == [
        "lead",
        "negotiating",
        "appraised",
        "signed",
        "registered",
        "started",
    ]
    assert "started" not in states_leading_to(PROJECT_LIFE, "started")


# ---- adding ------------------------------------------------------------------------------------------------------


def test_a_new_demand_for_running_cases_tells_first_how_many_would_lack_it(
    zone: Zone, office: Client
) -> None:
    lacking, _having = enter(zone, "示例缺址项目"), enter(zone, "示例有址项目", place="示例路1号")
    values = typed(state="started", demand="field:place", valid_from=zone.today, running_too="on")
    answer = office.post(NEW, values)
    assert answer.status_code == 422
    assert "其中1件会新缺材料：示例缺址项目" in told(answer)
    assert not GateRule.objects.filter(item="place").exists(), "nothing is saved before the answer"
    assert save(office, NEW, **values).status_code == 302
    rule = GateRule.objects.get(item="place")
    assert (rule.label, rule.kind, rule.starts_for, rule.edition) == ("建设地点", "field", "all", "2026-12版")
    assert "建设地点" in started_items(lacking, zone.today)


def test_running_cases_keep_theirs_unless_the_office_says_otherwise(zone: Zone, office: Client) -> None:
    running = enter(zone)
    values = typed(state="started", demand="field:place", valid_from=zone.today)
    assert "没有一件会因此新缺材料" in told(office.post(NEW, values))
    save(office, NEW, **values)
    assert "建设地点" not in started_items(running, zone.today)


def test_an_answer_for_another_number_is_asked_again(zone: Zone, office: Client) -> None:
    enter(zone)
    values = typed(state="started", demand="field:place", valid_from=zone.today, running_too="on")
    answer = office.post(NEW, {**values, "seen": "on", "seen_count": 0})
    assert answer.status_code == 422
    assert not GateRule.objects.filter(item="place").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"demand": "field:password"}, "选择"),
        ({"demand": ""}, "请选择"),
        ({"state": "terminated"}, "选择"),
        ({"edition": ""}, "请填写"),
        ({"minimum": 0}, "1"),
        ({"demand": "document:contract"}, "已经有了"),
    ],
)
def test_what_the_ledger_does_not_declare_is_refused(
    zone: Zone, office: Client, wrong: dict[str, Any], words: str
) -> None:
    values = typed(state="started", demand="field:place", valid_from=zone.today)
    before = GateRule.objects.count()
    answer = office.post(NEW, values | wrong)
    assert answer.status_code == 422
    assert words in told(answer)
    assert "seen_count" not in answer.context["page"].form.data
    assert GateRule.objects.count() == before


@pytest.mark.parametrize("act", ["new", "change", "end"])
def test_a_day_of_the_past_is_refused(zone: Zone, office: Client, act: str) -> None:
    path = NEW if act == "new" else f"/rules/gates/{seeded('contract').pk}/{act}/"
    values = typed(state="started", demand="field:place", valid_from=zone.today - timedelta(days=1))
    answer = office.post(path, values)
    assert answer.status_code == 422
    assert "不能从过去的日期起改" in told(answer)


def test_an_unknown_ledger_or_rule_is_not_found(office: Client) -> None:
    assert office.get("/rules/gates/new/nothing/").status_code == 404
    assert office.get("/rules/gates/new/rectification/").status_code == 404, "it has no gate"
    assert office.get(f"/rules/gates/{10**30}/change/").status_code == 404


# ---- changing, ending, taking back -------------------------------------------------------------------------------


def test_a_change_ends_the_row_on_the_day_before_and_begins_another(zone: Zone, office: Client) -> None:
    running = enter(zone, plan_production_on=zone.today)
    old = seeded("site_photo")
    before = {
        name: getattr(old, name) for name in ("label", "minimum", "valid_from", "edition", "starts_for")
    }
    day = zone.today + timedelta(days=10)
    path = f"/rules/gates/{old.pk}/change/"
    values = typed(label="三张现场照片", minimum=3, valid_from=day)
    assert save(office, path, **values).status_code == 302
    old.refresh_from_db()
    assert {name: getattr(old, name) for name in before} == before, "a row that was in force is not rewritten"
    assert (old.valid_to, old.ends_for) == (day - timedelta(days=1), "new")
    new = GateRule.objects.get(replaces=old)
    assert (new.valid_from, new.minimum, new.label, new.starts_for, new.order) == (
        day,
        3,
        "三张现场照片",
        "new",
        old.order,
    )
    later = day + timedelta(days=5)
    assert "带日期的现场照片" in started_items(running, later), "running cases keep theirs"


def test_an_end_for_running_cases_too_takes_the_demand_away_from_its_day(zone: Zone, office: Client) -> None:
    running = enter(zone, plan_production_on=zone.today)
    day = zone.today + timedelta(days=3)
    path = f"/rules/gates/{seeded('site_photo').pk}/end/"
    assert save(office, path, valid_from=day, running_too="on").status_code == 302
    assert "带日期的现场照片" in started_items(running, day - timedelta(days=1))
    assert "带日期的现场照片" not in started_items(running, day)


def test_a_row_that_has_ended_is_not_changed_again(zone: Zone, office: Client) -> None:
    rule = seeded("site_photo")
    day = zone.today + timedelta(days=3)
    save(office, f"/rules/gates/{rule.pk}/end/", valid_from=day)
    answer = office.post(f"/rules/gates/{rule.pk}/change/", typed(valid_from=day))
    assert answer.status_code == 422
    assert "不能再改" in told(answer)


def test_a_change_that_has_not_come_is_taken_back_and_the_row_goes_on(zone: Zone, office: Client) -> None:
    old = seeded("site_photo")
    save(
        office,
        f"/rules/gates/{old.pk}/change/",
        **typed(minimum=3, valid_from=zone.today + timedelta(days=10)),
    )
    new = GateRule.objects.get(replaces=old)
    assert office.post(f"/rules/gates/{new.pk}/take-back/").status_code == 302
    old.refresh_from_db()
    assert old.valid_to is None
    assert not GateRule.objects.filter(pk=new.pk).exists()


def test_what_somebody_else_took_back_meanwhile_is_told(zone: Zone) -> None:
    rule = GateRule(pk=999, valid_from=zone.today)
    with pytest.raises(Conflict, match="已经被别人撤回"):
        take_back(rule, actor=zone.accounts["leader"], on=zone.today, now=zone.now)


def test_what_is_in_force_is_not_taken_back(zone: Zone, office: Client) -> None:
    answer = office.post(f"/rules/gates/{seeded('site_photo').pk}/take-back/")
    assert answer.status_code == 422
    assert "不能撤回" in told(answer)
    assert seeded("site_photo")


def test_an_end_that_has_not_come_is_lifted(zone: Zone, office: Client) -> None:
    rule = seeded("site_photo")
    save(office, f"/rules/gates/{rule.pk}/end/", valid_from=zone.today + timedelta(days=3))
    assert office.post(f"/rules/gates/{rule.pk}/take-back/").status_code == 302
    rule.refresh_from_db()
    assert rule.valid_to is None


def test_every_save_is_in_the_audit(zone: Zone, office: Client) -> None:
    rule = seeded("site_photo")
    day = zone.today + timedelta(days=3)
    save(office, NEW, **typed(state="started", demand="count:visits", minimum=2, valid_from=day))
    save(office, f"/rules/gates/{rule.pk}/change/", **typed(minimum=3, valid_from=day))
    save(office, f"/rules/gates/{seeded('contract').pk}/end/", valid_from=day)
    office.post(f"/rules/gates/{GateRule.objects.get(replaces=rule).pk}/take-back/")
    events = AuditEvent.objects.filter(action="edit_gate_rules").order_by("pk")
    assert [event.words for event in events] == [
        "添加准入条件",
        "修改准入条件",
        "停用准入条件",
        "撤回准入条件的改动",
    ]
    assert {event.actor_id for event in events} == {zone.accounts["leader"].pk}
    assert events[0].detail["item"] == "visits"
    assert events[0].detail["minimum"] == 2


def test_of_two_people_who_change_one_rule_the_second_is_told(zone: Zone) -> None:
    rule = seeded("site_photo")
    day = zone.today + timedelta(days=3)
    one, other = (client_of(account_with(f"示例{n}", zone.elsewhere, zone.now, EDIT)) for n in "甲乙")
    path = f"/rules/gates/{rule.pk}/change/"
    save(one, path, **typed(minimum=3, valid_from=day))
    answer = other.post(path, typed(minimum=4, valid_from=day))
    assert answer.status_code == 422
    assert GateRule.objects.filter(replaces=rule).count() == 1
