"""The ledger keeps the contract of all ledgers."""

from collections.abc import Sequence

from wutong.cases.models import Case
from wutong.cases.steps import Holder
from wutong.ledgerkit.testing import LedgerContract, Zone
from wutong.ledgers.supervision_orders.ledger import LEDGER
from wutong.ledgers.supervision_orders.services import (
    NewInstruction,
    NewOrder,
    enter_instruction,
    issue_order,
)
from wutong.registers.organisation.actors import SYSTEM


class TestSupervisionOrders(LedgerContract):
    ledger = LEDGER

    def make_cases(self, zone: Zone) -> Sequence[Case]:
        order = issue_order(
            matter="示例督办事项",
            demand="五个工作日内反馈",
            holders=[Holder("host", zone.home, zone.host), Holder("supervisor", zone.home, zone.verifier)],
            source=None,
            actor=SYSTEM,
            on=zone.today,
            now=zone.now,
        )
        instruction = enter_instruction(
            NewInstruction(
                leader=zone.leader,
                given_on=zone.today,
                document_title="示例来文",
                text="请示例部牵头办理",
                received_by=zone.host,
                orders=[NewOrder(zone.home, "报方案"), NewOrder(zone.home, "配合")],
            ),
            actor=SYSTEM,
            on=zone.today,
            now=zone.now,
        )
        return [order, instruction]
