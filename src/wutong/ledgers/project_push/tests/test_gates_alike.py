"""One gate, one answer: whichever door a step comes through, the same item is named missing, in the same words.

Every rule of the seed, and an invented rule of each kind and band, is tried at every door. A further door (an interface
for other programs) is one more function in `DOORS`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from wutong.base.errors import MissingItems
from wutong.base.files.services import store_file
from wutong.base.money import YI
from wutong.cases.act import act
from wutong.cases.models import Case, Change, Evidence, GateRule
from wutong.cases.registry import latest
from wutong.cases.steps import NewEvidence
from wutong.exchange.tests.samples import xlsx
from wutong.ledgerkit.testing import Zone, client_of, make_zone
from wutong.ledgers.project_push.models import (
    Participant,
    ProjectNode,
    ProjectPush,
    ProjectVisit,
    Rectification,
)
from wutong.ledgers.project_push.services import SEEDS, NewProject, enter_projects
from wutong.ledgers.project_push.tests.test_act_pages import form_of
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.services import Fact, record_many
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db

VERBS = {"signed": "sign", "started": "start", "in_production": "produce"}
PRESENT: dict[str, Any] = {
    "land_mu": 20,
    "phase_one_yuan": YI,
    "place": "示例路1号",
    "content": "示例生产线",
}
"""Something to stand in a field; days and the project company are made in `given`."""


@dataclass
class World:
    """A zone in which one rule holds, and nothing else."""

    zone: Zone
    rule: GateRule
    host: Client
    clerk: Client
    size_yuan: int | None = None

    @property
    def size(self) -> int:
        """Large enough for the rule, unless told otherwise."""
        return self.rule.band_from_yuan + YI if self.size_yuan is None else self.size_yuan

    def given(self) -> dict[str, Any]:
        """The register facts that the rule asks for."""
        item = self.rule.item
        if self.rule.kind != "field":
            return {}
        if item.endswith("_on"):
            return {item: self.zone.today + timedelta(days=400)}
        return {item: Enterprise.objects.all()[0] if item == "company" else PRESENT[item]}


Door = Callable[[World, bool], Sequence[str] | None]
"""Tries the step with the item there or not, and returns what it was told is missing; None where this door cannot be
asked."""
numbers = count(1)


def project_before(world: World, *, there: bool) -> Case:
    """A project one step before the state of the rule, with its item or without."""
    zone, rule = world.zone, world.rule
    new = NewProject(
        name=f"示例{next(numbers)}号项目",
        investor_name="示例恒储有限公司",
        total_investment_yuan=world.size,
        state="negotiating" if rule.state == "signed" else "signed",
        opened_on=zone.today - timedelta(days=100),
        host_unit=zone.home,
        host_person=zone.host,
        verifier=zone.verifier,
        facts=world.given() if there else {},
    )
    case = enter_projects([new], actor=SYSTEM, now=zone.now)[0]
    for verb in {"signed": ["appraise"], "started": [], "in_production": ["start"]}[rule.state]:
        act(case, verb, actor=SYSTEM, now=zone.now, effective_on=zone.today)
    if there and rule.kind in {"document", "approval"}:
        hand_in(case, zone, rule.item, rule.minimum)
    if there and rule.kind == "count":
        do_often(case, zone, rule.item, rule.minimum)
    return Case.objects.get(pk=case.pk)


def hand_in(case: Case, zone: Zone, kind: str, number: int) -> None:
    """Documents that somebody else has verified."""
    told: dict[str, Any] = {"actor": SYSTEM, "now": zone.now, "effective_on": zone.today}
    for index in range(number):
        content = f"%PDF-1.4\n% {case.number} {kind} {index}\n%%EOF\n".encode()
        file = store_file(content, name="示例.pdf", actor=None, now=zone.now)
        act(case, "hand_in", evidence=[NewEvidence(kind, file, "示例.pdf", zone.today)], **told)
        case = Case.objects.get(pk=case.pk)
        evidence = Evidence.objects.filter(case=case).order_by("-pk")[0]
        act(case, "check_evidence", checks=[(evidence, True)], **told)


def do_often(case: Case, zone: Zone, item: str, number: int) -> None:
    """Visits, participants or nodes of a project."""
    project = ProjectPush.objects.get(case=case).project
    for index in range(number):
        if item == "visits":
            ProjectVisit.objects.create(
                project=project, on=zone.today, visitors="示例", said="示例", recorded_at=zone.now
            )
            continue
        entry: Any = Participant() if item == "participants" else ProjectNode()
        told: dict[str, Any] = {"project": project}
        if item == "participants":
            told |= {"role": "builder", "name": f"示例{index}公司", "from_on": zone.today}
        else:
            code = (
                item.removeprefix("node_")
                if item.startswith("node_")
                else ("land", "permit", "energy")[index]
            )
            told |= {"code": code, "actual_on": zone.today}
        record_many([Fact(entry, told)], actor=None, effective_on=zone.today, now=zone.now, verb="register")


# ---- the doors ---------------------------------------------------------------------------------------------------


def engine(world: World, there: bool) -> Sequence[str]:
    case = project_before(world, there=there)
    try:
        act(
            case,
            VERBS[world.rule.state],
            actor=SYSTEM,
            now=world.zone.now,
            effective_on=world.zone.today,
        )
    except MissingItems as refusal:
        return [str(item) for item in refusal.items]
    return []


def form(world: World, there: bool) -> Sequence[str]:
    case = project_before(world, there=there)
    path = f"/projects/{case.number}/act/{VERBS[world.rule.state]}/"
    answer = world.host.post(path, form_of(world.host, path))
    if answer.status_code == 302:
        return []
    assert answer.status_code == 422
    (told,) = answer.context["page"].form.non_field_errors()
    return [
        str(told).partition("项：")[2].rstrip("。")
    ]  # one rule, one item: its label may hold a comma itself


def program(world: World, there: bool) -> Sequence[str]:
    """The interface for other programs."""
    case = project_before(world, there=there)
    answer = world.host.post(
        f"/api/v1/cases/projects/{case.number}/steps/{VERBS[world.rule.state]}",
        {},
        content_type="application/json",
        headers={"Idempotency-Key": f"示例{case.pk}".encode().hex()},
    )
    assert answer.status_code in {200, 422}, answer.content
    return [] if answer.status_code == 200 else list(answer.json()["items"])


def panel(world: World, there: bool) -> Sequence[str]:
    case = project_before(world, there=there)
    page = world.host.get(f"/projects/{case.number}/").context["page"]
    gate = next(block for block in page.main if getattr(block, "id", "") == "gate")
    return [str(line.label) for line in gate.items if line.state != "ok"]


def import_preview(world: World, there: bool) -> Sequence[str] | None:
    """A row that claims the state. Only what a workbook can carry can be there."""
    rule, today = world.rule, world.zone.today
    if rule.state == "signed":
        return None  # a row says when a project was signed; what the contract lacks stands at the next gate
    headings = {
        "plan_start_on": "计划开工时间",
        "plan_production_on": "计划投产时间",
        "land_mu": "项目用地(亩)",
        "place": "建设地点",
        "content": "建设内容",
    }
    if there and (rule.kind != "field" or rule.item not in headings):
        return None
    name = f"示例{next(numbers)}号导入项目"
    row: dict[str, Any] = {
        "项目名称": name,
        "投资方": "示例恒储有限公司",
        "总投资(亿元)": world.size // YI,
        "签约时间": today - timedelta(days=100),
        "实际开工时间": today - timedelta(days=50),
        "责任单位": "示例经济部",
        headings.get(rule.item, "计划开工时间"): world.given()[rule.item] if there else None,
    }
    if rule.state == "in_production":
        row["投产时间"] = today - timedelta(days=1)
    book = xlsx({"推进库": [list(row), list(row.values())]})
    upload = {"workbook": SimpleUploadedFile("库.xlsx", book), "request_key": name}
    address = world.clerk.post("/projects/import/", upload)["Location"]
    (told,) = world.clerk.get(address).context["rows"].table.rows
    words = [
        str(told.cells["verdict"].note),
        *(str(cell.fault) for cell in told.cells.values() if cell.fault),
    ]
    return [world.rule.label for word in words if world.rule.label in word]


DOORS: dict[str, Door] = {
    "engine": engine,
    "form": form,
    "program": program,
    "panel": panel,
    "import": import_preview,
}

# ---- the rules ---------------------------------------------------------------------------------------------------


def seed_rules() -> list[dict[str, Any]]:
    gates = yaml.safe_load((SEEDS / "gates.yaml").read_text(encoding="utf-8"))
    return [
        {
            **{name: row[name] for name in ("state", "kind", "item", "label", "provider")},
            "band_from_yuan": row.get("band", 0) * YI,
            "valid_from": gates["valid_from"],
            "edition": gates["edition"],
            "starts_for": "all",
        }
        for row in gates["rules"]
    ]


def invented_rules() -> list[dict[str, Any]]:
    """One of each kind in two bands, every field that the ledger declares, and its numbers with one node for all."""
    kind = latest("project_push")
    of_each = [
        ("document", "construction_permit", 2),
        ("approval", "energy_review", 1),
        ("field", "place", 1),
        ("count", "visits", 2),
    ]
    made: list[dict[str, Any]] = [
        {"kind": name, "item": item, "minimum": least, "band_from_yuan": band * YI}
        for band in (5, 50)
        for name, item, least in of_each
    ]
    made += [{"kind": "field", "item": item} for item, _label in kind.gate_fields]
    counted = [item for item, _label in kind.gate_numbers if not item.startswith("node_")]
    made += [{"kind": "count", "item": item, "minimum": 2} for item in counted]
    made.append({"kind": "count", "item": "node_land"})
    given = {"state": "started", "edition": "示例版", "valid_from": "2020-01-01"}
    return [{**given, "label": f"示例条件{item['kind']}{item['item']}", **item} for item in made]


@pytest.fixture
def zone(db: None) -> Zone:
    """With one project, so that its investor is registered."""
    made = make_zone()
    new = NewProject("示例项目", "示例恒储有限公司", YI, "signed", made.today, made.home)
    enter_projects([new], actor=SYSTEM, now=made.now)
    return made


def worlds(zone: Zone, rules: Sequence[dict[str, Any]]) -> Iterator[World]:
    """One rule after the other, each alone."""
    assert zone.host.account is not None
    host, clerk = client_of(zone.host.account), client_of(zone.accounts["clerk"])
    for values in rules:
        GateRule.objects.all().delete()
        rule = GateRule.objects.create(case_type="project_push", **values)
        rule.refresh_from_db()
        yield World(zone, rule, host, clerk)


def said_otherwise(world: World) -> Iterator[str]:
    """Every door that does not name the one missing item, writes all the same, or refuses what is there."""
    rule = world.rule
    for name, door in DOORS.items():
        what = f"{name} {rule.state} {rule.kind} {rule.item} {rule.band_from_yuan // YI}"
        newest = Change.objects.order_by("-pk").values_list("pk", flat=True)[0]
        told = door(world, False)
        if told is not None and list(told) != [rule.label]:
            yield f"{what}: told {told}"
        if Change.objects.filter(pk__gt=newest, verb=VERBS[rule.state]).exists():
            yield f"{what}: wrote the step that it refused"
        if Rectification.objects.exists():
            yield f"{what}: opened a rectification"
        if door(world, True):
            yield f"{what}: refuses what is there"


@pytest.mark.parametrize("rules", [seed_rules, invented_rules])
def test_every_door_names_the_missing_item_alike_and_lets_pass_what_is_there(
    zone: Zone, rules: Callable[[], list[dict[str, Any]]]
) -> None:
    given = rules()
    assert len(given) >= 7
    wrong = [words for world in worlds(zone, given) for words in said_otherwise(world)]
    assert not wrong, "\n".join(wrong)


def test_below_its_band_no_door_asks_for_the_item(zone: Zone) -> None:
    banded = [item for item in invented_rules() if item.get("band_from_yuan")][:4]
    for world in worlds(zone, banded):
        world.size_yuan = world.rule.band_from_yuan - YI
        for name, door in DOORS.items():
            assert not door(world, False), f"{name} {world.rule.kind}"
