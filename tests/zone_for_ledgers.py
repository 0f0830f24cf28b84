"""An invented zone for tests across ledgers: units, people with the roles of the zone, one project."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from wutong.base.accounts.models import Account
from wutong.base.accounts.services import grant_role
from wutong.base.accounts.testing import make_account
from wutong.base.files.services import store_file
from wutong.base.money import YI
from wutong.cases.models import Case
from wutong.cases.steps import Holder, NewEvidence
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.registers.organisation.actors import SYSTEM, Actor, actor_of
from wutong.registers.organisation.models import Official, Unit, UnitKind
from wutong.registers.organisation.services import appoint_official, open_unit
from wutong.site.seeds import load_seeds

ON = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class LedgerZone:
    unit: Unit
    office: Unit
    host: Actor
    verifier: Actor
    leader: Actor
    clerk: Actor

    def project(self, name: str = "示例电池项目", state: str = "signed", amount_yi: int = 2) -> Case:
        new = NewProject(
            name=name,
            investor_name=f"{name}投资方（示例）",
            total_investment_yuan=amount_yi * YI,
            state=state,
            opened_on=ON,
            host_unit=self.unit,
            host_person=official_of(self.host),
            leader=official_of(self.leader),
            verifier=official_of(self.verifier),
            facts={"plan_production_on": date(2027, 6, 1)},
        )
        return enter_projects([new], actor=SYSTEM, now=NOW)[0]

    def rectification(
        self, project: Case, due_on: date = date(2026, 3, 16), leader: Actor | None = None
    ) -> Case:
        return open_rectification(
            project,
            problem="示例：能评报告缺章节",
            blocking_class="review",
            measure="补充章节",
            host=holder("host", self.host),
            verifier=holder("verifier", self.verifier),
            leader=holder("lead_official", leader) if leader else None,
            due_on=due_on,
            actor=SYSTEM,
            on=ON,
            now=NOW,
        )


def official_of(actor: Actor) -> Official:
    assert actor.official is not None
    return actor.official


def holder(role: str, actor: Actor) -> Holder:
    return Holder(role, official_of(actor).unit, official_of(actor))


def document(kind: str, text: str = "示例", on: date = ON) -> NewEvidence:
    content = f"%PDF-1.4\n% Sample, invented: {kind} {text}\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    stored = store_file(content.encode(), name=f"{kind}.pdf", actor=None, now=NOW)
    return NewEvidence(kind, stored, f"{kind}.pdf", on)


def make_ledger_zone() -> LedgerZone:
    load_seeds()
    root = _unit("root", "示例管委会", UnitKind.COMMITTEE, None)
    unit = _unit("works", "示例建设部", UnitKind.DEPARTMENT, root)
    office = _unit("audit", "示例督查办", UnitKind.DEPARTMENT, root)
    return LedgerZone(
        unit,
        office,
        host=_actor("host", "甲某", unit, "handler"),
        verifier=_actor("verifier", "乙某", office, "supervisor"),
        leader=_actor("leader", "丙某", root, "leader"),
        clerk=_actor("clerk", "丁某", office, "clerk"),
    )


def _unit(code: str, name: str, kind: str, parent: Unit | None) -> Unit:
    return open_unit(code=code, name=name, kind=kind, parent=parent, actor=None, on=date(2020, 1, 1), now=NOW)


def _actor(name: str, display_name: str, unit: Unit, role: str) -> Actor:
    account = make_account(name, display_name=display_name)
    appoint_official(
        staff_no=f"T-{name}",
        name=display_name,
        unit=unit,
        post="科员",
        phone="13800000000",
        account=account,
        actor=None,
        on=date(2020, 1, 1),
        now=NOW,
    )
    grant_role(account, role, None, date(2020, 1, 1), NOW)
    return actor_of(Account.objects.select_related("official__unit").get(pk=account.pk), ON)
