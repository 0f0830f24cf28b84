"""The push library as a workbook (推进库): what its columns mean, and what its rows become."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import Refused
from wutong.cases.act import act_many
from wutong.cases.models import Case, GateRule
from wutong.cases.steps import Holder, NewCase, Step
from wutong.exchange.intake import Intake, IntakeRow
from wutong.exchange.sheets import Sheet, SheetColumn
from wutong.ledgerkit.ledger import ImportNotes
from wutong.ledgers.project_push.gates.claimed import claims_of, demanded_cells, gate_rules
from wutong.ledgers.project_push.gates.papers import DAYS, Lack, open_papers
from wutong.ledgers.project_push.models import BlockingClass, Rectification
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.names import fold_name
from wutong.registers.enterprises.queries import enterprises_named
from wutong.registers.enterprises.uscc import clean_code
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official, Unit
from wutong.registers.projects.models import Project
from wutong.registers.projects.services import identity_of

COMPUTED = gettext_lazy("由系统计算，不导入")

SHEET = Sheet(
    code="project_push",
    name=gettext_lazy("项目推进库"),
    key_columns=("name", "investor"),
    columns=(
        SheetColumn("name", gettext_lazy("项目名称"), required=True, synonyms=("签约项目名称", "名称")),
        SheetColumn(
            "investor", gettext_lazy("投资方"), required=True, synonyms=("外来投资方", "外来投资方名称", "投资主体")
        ),
        SheetColumn(
            "total", gettext_lazy("总投资"), "money", unit="亿元", required=True,
            synonyms=("项目总投资", "投资额", "总投资额", "签约总投资额", "计划总投资"),
        ),
        SheetColumn(
            "investor_code",
            gettext_lazy("投资方统一社会信用代码"),
            max_length=30,
            synonyms=("统一社会信用代码", "社会信用代码", "信用代码"),
        ),
        SheetColumn("signed_on", gettext_lazy("签约时间"), "date", required=True, synonyms=("合同签约时间", "签约日期")),
        SheetColumn("plan_start_on", gettext_lazy("计划开工时间"), "date", month_as="last_day", synonyms=("计划开工",)),
        SheetColumn("started_on", gettext_lazy("实际开工时间"), "date", synonyms=("开工时间", "开工日期")),
        SheetColumn(
            "plan_production_on", gettext_lazy("计划投产时间"), "date", month_as="last_day", synonyms=("计划投产",)
        ),
        SheetColumn("produced_on", gettext_lazy("投产时间"), "date", synonyms=("实际投产时间", "投产日期")),
        SheetColumn("unit", gettext_lazy("责任单位"), required=True, synonyms=("牵头单位", "项目主管单位")),
        SheetColumn("person", gettext_lazy("责任人"), max_length=50),
        SheetColumn("leader", gettext_lazy("包保领导"), max_length=50, synonyms=("包抓领导", "挂钩领导")),
        SheetColumn("concierge", gettext_lazy("帮办专员"), max_length=50),
        SheetColumn("team", gettext_lazy("产业招商组"), synonyms=("产业组", "产业类别")),
        SheetColumn("content", gettext_lazy("建设内容"), max_length=2000, multiline=True, synonyms=("项目建设内容",)),
        SheetColumn("place", gettext_lazy("建设地点"), max_length=100, synonyms=("拟建地点",)),
        SheetColumn("land_mu", gettext_lazy("项目用地"), "decimal", unit="亩", decimal_places=2, synonyms=("用地情况",)),
        SheetColumn(
            "blocking", gettext_lazy("卡点类别"), "choice",
            choices={str(item.label): item.value for item in BlockingClass},
        ),
        SheetColumn("problem", gettext_lazy("存在问题"), max_length=200, multiline=True, synonyms=("问题",)),
        SheetColumn("measure", gettext_lazy("整改措施"), max_length=500, multiline=True),
        SheetColumn("due_on", gettext_lazy("整改时限"), "date", synonyms=("解决时限",)),
        SheetColumn("progress", gettext_lazy("最新进展"), max_length=1000, multiline=True),
        SheetColumn("band", gettext_lazy("规模档"), ignored_reason=COMPUTED),
        SheetColumn("signed_days", gettext_lazy("签约未开工天数"), ignored_reason=COMPUTED),
        SheetColumn("started_days", gettext_lazy("开工未投产天数"), ignored_reason=COMPUTED),
        SheetColumn("stage", gettext_lazy("当前阶段"), ignored_reason=COMPUTED),
        SheetColumn("lamp", gettext_lazy("亮灯"), ignored_reason=COMPUTED, synonyms=("亮灯及原因", "进度颜色")),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Directory:
    """Units, teams and officials by name, read once for a whole workbook."""

    units: dict[str, Unit]
    officials: dict[str, list[Official]]

    def person(self, name: str | None, unit: Unit | None) -> Official | None:
        """The official of that name; of several, the one of the unit."""
        same = self.officials.get(name or "", [])
        if len(same) > 1 and unit is not None:
            same = [item for item in same if item.unit_id == unit.pk]
        return same[0] if len(same) == 1 else None


def directory() -> Directory:
    units = {unit.name: unit for unit in Unit.objects.filter(valid_to__isnull=True)}
    officials: dict[str, list[Official]] = {}
    for official in Official.objects.filter(to_on__isnull=True).select_related("unit"):
        officials.setdefault(official.name, []).append(official)
    return Directory(units, officials)


def check_rows(intake: Intake) -> Sequence[tuple[int, str, str]]:
    """What only the database knows: projects that exist, units and people that do not; and dates in order."""
    known = directory()
    firms = enterprises_named(row.values["investor"] for row in intake.rows if row.values.get("investor"))
    rules = gate_rules()
    identities = {
        row.number: identity_of(row.values["name"], _present_name(row.values["investor"], firms))
        for row in intake.rows
        if row.values.get("name") and row.values.get("investor")
    }
    taken = dict(
        Project.objects.filter(identity__in=set(identities.values())).values_list("identity", "code")
    )
    holders = dict(Enterprise.objects.filter(code__isnull=False).values_list("code", "folded_name"))
    problems: list[tuple[int, str, str]] = []
    for row in intake.rows:
        if identities.get(row.number) in taken:
            code = taken[identities[row.number]]
            problems.append((row.number, "name", _("已在库中，编号%(code)s；没有重复登记") % {"code": code}))
        else:
            problems += [(row.number, *told) for told in _gate_problems(row, rules, intake)]
        problems += _people_problems(row, known)
        problems += _code_problems(row, holders)
        problems += _date_problems(row)
    columns = {column.key for column in intake.columns}
    return [problem for problem in problems if problem[1] in columns]


def _gate_problems(row: IntakeRow, rules: Sequence[GateRule], intake: Intake) -> Iterator[tuple[str, str]]:
    """Fields that the gate of a claimed state demands; documents cannot come in a workbook and are told by `gate_notes`."""
    present = [column.key for column in intake.columns if column.key]
    carried = [column.key for column in SHEET.columns if not column.ignored_reason]
    return demanded_cells(claims_of(row.values, rules), row.raw, present, carried)


def gate_notes(intake: Intake, *, on: date, source: str) -> ImportNotes:
    """What the gates of the claimed states lack, per accepted row: it is entered as claimed and stays open."""
    rules = gate_rules()
    rows = {}
    for row in intake.accepted:
        claims = claims_of(row.values, rules)
        if claims:
            rows[row.number] = _("%(lacking)s。缺的开成整改，%(days)s天内补齐") % {
                "lacking": "；".join(claim.words for claim in claims),
                "days": DAYS,
            }
    if not rows:
        return ImportNotes()
    words = _(
        "%(count)s行报了开工或投产而手续不全：按所报登记，每个项目开一个“补齐手续”的整改，限%(days)s天，由另一人核查销号。"
    )
    return ImportNotes(file=[words % {"count": len(rows), "days": DAYS}], rows=rows)


def _present_name(name: str, firms: Mapping[str, Enterprise]) -> str:
    """What a firm is called now, for one that the workbook knows by an old name."""
    firm = firms.get(fold_name(name))
    return firm.name if firm else name


def _code_problems(row: IntakeRow, holders: Mapping[str | None, str]) -> Iterator[tuple[int, str, str]]:
    """A code with a wrong check character, and one that belongs to another enterprise."""
    if not row.values.get("investor_code"):
        return
    try:
        code = clean_code(row.values["investor_code"])
    except Refused as refusal:
        yield row.number, "investor_code", str(refusal.message)
        return
    holder = holders.get(code)
    if holder is not None and row.values.get("investor") and holder != fold_name(row.values["investor"]):
        yield row.number, "investor_code", _("这个代码已登记在另一家企业名下")


def _people_problems(row: IntakeRow, known: Directory) -> Iterator[tuple[int, str, str]]:
    unit_name = row.values.get("unit")
    unit = known.units.get(unit_name or "")
    if unit_name and unit is None:
        yield row.number, "unit", _("没有叫“%(name)s”的单位") % {"name": unit_name}
    team = row.values.get("team")
    if team and team not in known.units:
        yield row.number, "team", _("没有叫“%(name)s”的招商组") % {"name": team}
    for key in ("person", "leader", "concierge"):
        name = row.values.get(key)
        if not name:
            continue
        same = known.officials.get(name, [])
        if not same:
            yield row.number, key, _("花名册里没有“%(name)s”") % {"name": name}
        elif known.person(name, unit if key == "person" else None) is None:
            yield (
                row.number,
                key,
                _("花名册里有%(count)s个“%(name)s”，分不清是哪一位")
                % {
                    "count": len(same),
                    "name": name,
                },
            )


def _date_problems(row: IntakeRow) -> Iterator[tuple[int, str, str]]:
    signed, started, produced = (row.values.get(key) for key in ("signed_on", "started_on", "produced_on"))
    if signed and started and started < signed:
        yield row.number, "started_on", _("开工%(a)s早于签约%(b)s") % {"a": started, "b": signed}
    if produced and not started:
        yield row.number, "produced_on", _("有投产时间，没有开工时间")
    if started and produced and produced < started:
        yield row.number, "produced_on", _("投产%(a)s早于开工%(b)s") % {"a": produced, "b": started}
    if row.values.get("problem"):
        for key in ("blocking", "measure", "due_on"):
            if key in row.values and not row.values[key] and not row.raw.get(key):
                yield row.number, key, _("写了存在问题，这一格也要填")


@transaction.atomic
def import_rows(rows: Iterable[IntakeRow], *, actor: Actor, now: datetime, on: date, source: str) -> int:
    """Enter the rows of a workbook: the project with its life so far, and its problem as an open rectification.

    The past is entered as it is claimed, without the proofs of its gates; what is missing is opened as one rectification
    per project, and every claim names it in its change.
    """
    known, taken = directory(), list(rows)
    cases = enter_projects([_project(row, known, source) for row in taken], actor=actor, now=now)
    open_papers(_lacks(cases, taken, source), now=now)
    for verb, key in (("backfill_start", "started_on"), ("backfill_production", "produced_on")):
        steps = [
            Step(case, verb, row.values[key], reason=source)
            for case, row in zip(cases, taken, strict=True)
            if row.values.get(key)
        ]
        act_many(steps, actor=actor, now=now)
    problems = [
        _rectification(case, row, known, on)
        for case, row in zip(cases, taken, strict=True)
        if row.values.get("problem") and row.values.get("due_on") and row.values.get("blocking")
    ]
    act_many(problems, actor=actor, now=now)
    return len(cases)


def _lacks(cases: Sequence[Case], rows: Sequence[IntakeRow], source: str) -> list[Lack]:
    rules = gate_rules()
    lacks = []
    for case, row in zip(cases, rows, strict=True):
        claims = claims_of(row.values, rules)
        if claims:
            labels = [item.label for claim in claims for item in claim.lacking]
            states = [claim.state for claim in claims]
            lacks.append(Lack(case, states, list(dict.fromkeys(labels)), reason=source))
    return lacks


def _project(row: IntakeRow, known: Directory, source: str) -> NewProject:
    values = row.values
    unit = known.units[values["unit"]]
    facts: dict[str, Any] = {
        name: values[name]
        for name in ("plan_start_on", "plan_production_on", "content", "place", "land_mu")
        if values.get(name) is not None
    }
    return NewProject(
        name=values["name"],
        investor_name=values["investor"],
        investor_code=clean_code(values["investor_code"]) if values.get("investor_code") else "",
        total_investment_yuan=values["total"],
        state="signed",
        opened_on=values["signed_on"],
        host_unit=unit,
        host_person=known.person(values.get("person"), unit),
        leader=known.person(values.get("leader"), None),
        concierge=known.person(values.get("concierge"), None),
        team=known.units.get(values.get("team") or ""),
        facts=facts,
        progress=values.get("progress") or "",
        reason=source,
    )


def _rectification(case: Case, row: IntakeRow, known: Directory, on: date) -> Step:
    """The workbook does not say when a problem was raised: it counts from the import, or, when its due day is past
    already, from that day, so that the delay shows at once."""
    values = row.values
    unit = known.units[values["unit"]]
    opened_on = min(on, values["due_on"])
    leader = known.person(values.get("leader"), None)
    holders = [Holder("host", unit, known.person(values.get("person"), unit))]
    if leader is not None:
        holders.append(Holder("lead_official", leader.unit, leader))
    return Step(
        NewCase(
            Rectification.case_type,
            title=values["problem"],
            state="working",
            detail={
                "problem": values["problem"],
                "blocking_class": values["blocking"],
                "measure": values.get("measure") or "",
            },
            parent=case,
        ),
        "open",
        opened_on,
        holders=holders,
        due_on=values["due_on"],
    )
