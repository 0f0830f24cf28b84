"""Stalled projects under editions of the lamp rules: what is measured, the day of change, and trying another edition."""

import io
import json
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from types import SimpleNamespace

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wutong.base.accounts.testing import make_account
from wutong.base.lamps.models import LampRuleSet
from wutong.base.lamps.queries import published_rule_sets, rule_set_of
from wutong.base.lamps.services import publish_edition
from wutong.base.lamps.testing import make_draft, make_edition
from wutong.base.money import YI
from wutong.cases.models import Case
from wutong.cli.main import main
from wutong.ledgerkit.testing import Zone, client_of, make_zone, queries_of
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.ledgers.project_push.stalled.queries import STALLED, replay_stalled, said_before, stalled_projects
from wutong.ledgers.project_push.stalled.rules import Life, judge, points_behind, whole_months
from wutong.registers.organisation.actors import SYSTEM, actor_of
from wutong.rules.lamps import LampRule, RuleSet

SIGNED, PLAN_START = date(2024, 1, 15), date(2024, 8, 2)  # 200 days
CHANGE = date(2024, 6, 1)  # 138 days after the signing
LENIENT = (
    LampRule("days_in_stage", "over", 300, "red", "signed", clause="第2条"),
    LampRule("days_in_stage", "over", 200, "yellow", "signed", clause="第2条"),
)
STRICT = (
    LampRule("days_in_stage", "over", 120, "red", "signed", clause="第5条"),
    LampRule("days_in_stage", "over", 60, "yellow", "signed", clause="第5条"),
)
MONTHS = (
    LampRule("months_idle", "at_least", 6, "red", "signed", action="leave_library", clause="第3条"),
    LampRule("months_idle", "at_least", 3, "red", "signed", clause="第2条"),
    LampRule("months_idle", "at_least", 2, "yellow", "signed", clause="第1条"),
)
POINTS = (
    LampRule("points_behind", "at_least", 30, "red", "signed", clause="第1条"),
    LampRule("points_behind", "at_least", 10, "yellow", "signed", clause="第1条"),
)


def rules(*rows: LampRule) -> RuleSet:
    return RuleSet(STALLED, "示例版", date(2020, 1, 1), None, rows)


# ---- what is measured --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (date(2024, 1, 15), date(2024, 3, 14), 1),
        (date(2024, 1, 15), date(2024, 3, 15), 2),
        (date(2024, 1, 31), date(2024, 2, 28), 0),
        (date(2024, 1, 31), date(2024, 2, 29), 1),
        (date(2025, 12, 31), date(2026, 2, 27), 1),
        (date(2025, 12, 31), date(2026, 2, 28), 2),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2024, 5, 1), date(2024, 5, 1), 0),
    ],
)
def test_a_month_ends_on_the_day_of_the_same_number_or_the_last_of_a_shorter_one(
    since: date, until: date, months: int
) -> None:
    assert whole_months(since, (until - since).days) == months


def test_each_day_beyond_the_plan_is_as_many_points_late_as_the_plan_gave_a_day() -> None:
    days = [0, 200, 201, 220, 260]
    found = [points_behind(SIGNED, PLAN_START, day) for day in days]
    assert found == [0, 0, Fraction(1, 2), 10, 30]


def test_without_a_usable_plan_nothing_is_known() -> None:
    assert points_behind(SIGNED, None, 500) is None
    assert points_behind(SIGNED, SIGNED, 500) is None


def life(**days: object) -> Life:
    known = {"signed_on": SIGNED, "started_on": None, "produced_on": None, "ended_on": None}
    return Life(**{**known, "progress_on": None, **days})  # type: ignore[arg-type]


def test_months_without_progress_stand_still_while_the_project_is_suspended() -> None:
    rest = ((date(2024, 2, 1), date(2024, 5, 1)),)
    as_of = date(2024, 6, 1)
    assert judge(life(), "signed", as_of, rules(*MONTHS)).colour == "red"
    assert judge(life(suspensions=rest), "signed", as_of, rules(*MONTHS)).colour == "green"


def test_a_rule_without_data_leaves_the_lamp_grey() -> None:
    verdict = judge(life(), "signed", date(2024, 12, 1), rules(*POINTS))
    assert (verdict.colour, verdict.lamp.cause) == ("grey", "no_data")
    verdict = judge(life(), "signed", date(2024, 12, 1), rules(*POINTS), plan_on=PLAN_START)
    assert verdict.colour == "red"


def test_a_rule_that_knows_no_excuse_lights_a_suspended_project() -> None:
    resting = life(suspensions=((date(2024, 12, 1), None),))
    strict = [replace(rule, excuse_allowed=False) for rule in STRICT]
    assert judge(resting, "signed", date(2024, 12, 9), rules(*STRICT)).colour == "pause"
    verdict = judge(resting, "signed", date(2024, 12, 9), rules(*strict))
    assert (verdict.colour, verdict.lamp.excused) == ("red", True)


# ---- in the zone ---------------------------------------------------------------------------------------------------


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def project(zone: Zone) -> Case:
    """Signed, planned to start 200 days later; the shipped edition has been replaced by the lenient one."""
    without_editions()
    make_edition(STALLED, "宽版", LENIENT, date(2022, 1, 1))
    return enter(zone, "示例项目甲", plan_start_on=PLAN_START)


def without_editions() -> None:
    for edition in LampRuleSet.objects.filter(subject=STALLED, is_example=False):
        edition.rules.all().delete()
        edition.delete()


def enter(zone: Zone, name: str, **facts: object) -> Case:
    new = NewProject(
        name=name,
        investor_name=f"{name}投资方",
        total_investment_yuan=3 * YI,
        state="signed",
        opened_on=SIGNED,
        host_unit=zone.home,
        facts=facts,
    )
    return enter_projects([new], actor=SYSTEM, now=zone.now)[0]


def words_on(day: date) -> tuple[str, str, str]:
    (found,) = stalled_projects(SYSTEM, day)
    return found.verdict.colour, found.reason(), found.rule_words()


def test_a_lamp_says_metric_value_line_edition_and_clause(project: Case) -> None:
    assert words_on(SIGNED + timedelta(days=210)) == (
        "yellow",
        "签约210天未开工，超黄灯线10天",
        "亮灯规则宽版第2条，≥1亿档，200天",
    )
    assert words_on(SIGNED + timedelta(days=10))[::2] == ("green", "亮灯规则宽版第2条，≥1亿档，200天")
    make_edition(STALLED, "月版", MONTHS, CHANGE)
    assert words_on(date(2024, 7, 15)) == (
        "red",
        "签约182天未开工，无进展6个月，达到6个月亮红灯",
        "亮灯规则月版第3条，≥1亿档，达到6个月，移出推进库",
    )
    assert words_on(date(2024, 6, 2))[1:] == (
        "签约139天未开工，无进展4个月，达到3个月亮红灯",
        "亮灯规则月版第2条，≥1亿档，达到3个月",
    )


def test_points_behind_come_from_the_planned_day_of_the_register(zone: Zone, project: Case) -> None:
    make_edition(STALLED, "点版", POINTS, CHANGE)
    assert words_on(SIGNED + timedelta(days=260)) == (
        "red",
        "签约260天未开工，落后计划30个百分点，达到30个百分点亮红灯",
        "亮灯规则点版第1条，≥1亿档，达到30个百分点",
    )
    assert words_on(SIGNED + timedelta(days=219))[0] == "green"
    assert words_on(SIGNED + timedelta(days=220))[0] == "yellow"
    enter(zone, "示例项目乙")
    planless = stalled_projects(SYSTEM, SIGNED + timedelta(days=260))[-1]
    assert (planless.verdict.colour, planless.reason()) == ("grey", "签约260天未开工，缺少亮灯要看的数据")


def test_before_the_first_edition_the_lamp_is_grey(project: Case) -> None:
    without_editions()
    make_edition(STALLED, "宽版", LENIENT, CHANGE)
    assert words_on(CHANGE - timedelta(days=1)) == ("grey", "签约137天未开工", "没有适用的亮灯规则")


def test_the_finder_asks_one_query_more_only_where_a_rule_looks_at_plans(project: Case) -> None:
    def queries(day: date) -> int:
        stalled_projects(SYSTEM, day)
        with CaptureQueriesContext(connection) as asked:
            stalled_projects(SYSTEM, day)
        return len(asked)

    assert queries(CHANGE) == 2, "the lives, and whether the rules still hold"
    make_edition(STALLED, "点版", POINTS, CHANGE)
    assert queries(CHANGE) == 3


# ---- the day of change -------------------------------------------------------------------------------------------


def test_a_draft_changes_nothing_and_a_published_edition_counts_from_its_day_everywhere(
    zone: Zone, project: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    reader, day_before = client_of(zone.accounts["leader"]), CHANGE - timedelta(days=1)
    draft = make_draft(STALLED, "严版", STRICT)
    for day in (day_before, CHANGE):
        assert told_everywhere(reader, project, day, capsys) == ["正常"] * 4, "a draft"
    editor = make_account("editor", rights=("lamps.edit",))
    publish_edition(draft, CHANGE, revision=0, actor=editor, on=zone.today, now=zone.now)
    assert told_everywhere(reader, project, day_before, capsys) == ["正常"] * 4
    assert told_everywhere(reader, project, CHANGE, capsys) == ["红灯"] * 4


def told_everywhere(
    reader: Client, project: Case, day: date, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    """The lamp of the project in the list, on its page, in the export and from the command."""
    (row,) = reader.get(f"/projects/?as_of={day}").context["page"].table.rows
    page = reader.get(f"/projects/{project.number}/?as_of={day}").context["page"]
    sheet = openpyxl.load_workbook(io.BytesIO(reader.get(f"/projects/export/?as_of={day}").content)).active
    cells = [str(value) for line in sheet.iter_rows(values_only=True) for value in line if value]
    exported = next(word for word in ("红灯", "黄灯", "正常") if any(cell.startswith(word) for cell in cells))
    capsys.readouterr()
    assert main(["stalled", "--as-of", day.isoformat(), "--format", "json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["projects"]
    words = {"red": "红灯", "yellow": "黄灯", "green": "正常"}
    return [str(row.cells["lamp"].text), str(page.lamp_text), exported, words[told["lamp"]]]


def test_the_page_of_a_project_tells_what_the_edition_before_would_say(zone: Zone, project: Case) -> None:
    reader = client_of(zone.accounts["leader"])
    make_edition(STALLED, "严版", STRICT, CHANGE)

    def page(day: date) -> str:
        return reader.get(f"/projects/{project.number}/?as_of={day}").content.decode()

    words = "按上一版（宽版）会是正常：签约138天未开工"
    assert f"<br>{words}" in page(CHANGE)
    assert "按上一版" not in page(CHANGE - timedelta(days=1)), "the first edition has none before it"
    assert "按上一版" not in page(date(2024, 12, 1)), "red under both"


def test_the_edition_before_is_judged_by_all_that_it_asked_for(project: Case) -> None:
    without_editions()
    make_edition(STALLED, "点版", POINTS, date(2022, 1, 1))
    make_edition(STALLED, "宽版", LENIENT, CHANGE)
    day = SIGNED + timedelta(days=260)
    (found,) = stalled_projects(SYSTEM, day)
    assert said_before(found, day).startswith("按上一版（点版）会是红灯：签约260天未开工，落后计划30个百分点")


def test_the_edition_before_is_told_without_another_query(zone: Zone, project: Case) -> None:
    reader, path = client_of(zone.accounts["leader"]), f"/projects/{project.number}/?as_of={CHANGE}"
    before = queries_of(reader, path)
    make_edition(STALLED, "严版", STRICT, CHANGE)
    assert queries_of(reader, path) == before


# ---- trying an edition ---------------------------------------------------------------------------------------------


def test_trying_an_edition_judges_every_visible_project_twice(zone: Zone, project: Case) -> None:
    draft = make_draft(STALLED, "点版", POINTS)
    day = SIGNED + timedelta(days=260)
    (found,) = replay_stalled(SYSTEM, day, rule_set_of(draft))
    assert (found.number, found.name, found.href) == (
        project.number,
        "示例项目甲",
        f"/projects/{project.number}/",
    )
    assert (found.colour, found.reason) == ("yellow", "签约260天未开工，超黄灯线60天")
    assert (found.other_colour, found.is_changed) == ("red", True)
    assert found.other_reason == "签约260天未开工，落后计划30个百分点，达到30个百分点亮红灯"
    assert [item.edition for item in published_rule_sets(STALLED)] == ["宽版"]


def test_trying_shows_only_what_the_reader_may_see(zone: Zone, project: Case) -> None:
    nobody = actor_of(zone.accounts["handler"], zone.today)
    assert replay_stalled(nobody, SIGNED + timedelta(days=260), rules(*STRICT)) == []


def test_trying_takes_no_more_queries_for_more_projects(zone: Zone, project: Case) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            replay_stalled(SYSTEM, CHANGE, rules(*POINTS))
        return len(asked)

    queries()
    few = queries()
    for number in range(9):
        enter(zone, f"示例项目{number}")
    assert queries() == few


def test_without_an_edition_before_nothing_is_told(project: Case) -> None:
    (found,) = stalled_projects(SYSTEM, CHANGE)
    assert said_before(found, CHANGE) == ""


def test_the_shipped_edition_draws_the_lines_that_the_zone_has_always_had(zone: Zone) -> None:
    (shipped,) = published_rule_sets(STALLED)
    assert (shipped.edition, shipped.valid_from) == ("2023-07版", date(2020, 1, 1))
    expected = {
        "signed": {50: (300, 365), 10: (210, 300), 5: (180, 270), 0: (150, 240)},
        "started": {50: (540, 660), 10: (420, 540), 5: (360, 480), 0: (300, 420)},
    }
    for group, bands in expected.items():
        for band, (yellow, red) in bands.items():
            applying = SimpleNamespace(
                **{
                    f"{rule.metric}_{rule.colour}": rule.threshold
                    for rule in shipped.rules_for(group, band * YI)
                }
            )
            assert (applying.days_in_stage_yellow, applying.days_in_stage_red) == (yellow, red)
            assert (applying.days_idle_yellow, applying.days_idle_red) == (60, 120)
