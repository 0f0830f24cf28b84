"""The ledger keeps the contract of all ledgers."""

from collections.abc import Sequence
from datetime import timedelta

from wutong.base.money import YI
from wutong.cases.models import Case
from wutong.cases.steps import Holder
from wutong.ledgerkit.testing import LedgerContract, Zone
from wutong.ledgers.project_push.ledger import LEDGER
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.registers.organisation.actors import SYSTEM


class TestProjectPush(LedgerContract):
    ledger = LEDGER

    def make_cases(self, zone: Zone) -> Sequence[Case]:
        """Two signed projects, the second with a problem."""
        signed_on = zone.today - timedelta(days=300)
        new = [
            NewProject(
                name=f"示例储能{number}号项目",
                investor_name="示例投资有限公司",
                total_investment_yuan=number * 3 * YI,
                state="signed",
                opened_on=signed_on,
                host_unit=zone.home,
                host_person=zone.host,
                team=zone.team,
            )
            for number in (1, 2)
        ]
        _other, project = enter_projects(new, actor=SYSTEM, now=zone.now)
        problem = open_rectification(
            project,
            problem="地块控规调整待批复",
            blocking_class="land",
            measure="报规委会",
            host=Holder("host", zone.home, zone.host),
            verifier=Holder("verifier", zone.home, zone.verifier),
            due_on=zone.today,
            actor=SYSTEM,
            on=zone.today - timedelta(days=20),
            now=zone.now,
        )
        return [project, problem]
