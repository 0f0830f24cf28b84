"""The ledger keeps the contract of all ledgers."""

from collections.abc import Sequence

from wutong.cases.models import Case
from wutong.ledgerkit.testing import LedgerContract, Zone
from wutong.ledgers.meetings.ledger import LEDGER
from wutong.ledgers.meetings.services import NewMeeting, plan_meeting
from wutong.registers.organisation.actors import SYSTEM


class TestMeetings(LedgerContract):
    ledger = LEDGER

    def make_cases(self, zone: Zone) -> Sequence[Case]:
        new = NewMeeting(zone.today, "08:30", "示例会议室", zone.host, zone.verifier, [zone.leader])
        return [plan_meeting(new, actor=SYSTEM, on=zone.today, now=zone.now)]
