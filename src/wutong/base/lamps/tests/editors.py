"""For the tests of this package: somebody who may edit, rules to edit, and a row as it is typed."""

from datetime import date, datetime
from decimal import Decimal

from wutong.base.accounts.models import Account
from wutong.base.accounts.testing import SHANGHAI, make_account
from wutong.base.lamps.rights import EDIT
from wutong.base.lamps.services import RuleValues
from wutong.rules.lamps import LampRule

SUBJECT = "clock"
TODAY = date(2026, 2, 13)
NOW = datetime(2026, 2, 13, 9, 0, tzinfo=SHANGHAI)
YELLOW = LampRule("working_days_left", "at_most", 1, "yellow", "all", clause="第1条")
RED = LampRule("working_days_left", "under", 0, "red", "all", clause="第2条", action="supervision_order")


def make_editor(name: str = "rule.editor") -> Account:
    return make_account(name, rights=(EDIT,))


def typed(**given: object) -> RuleValues:
    values = {
        "group": "all",
        "metric": "working_days_left",
        "comparator": "at_most",
        "threshold": Decimal(3),
        "colour": "yellow",
    }
    return RuleValues(**{**values, **given})  # type: ignore[arg-type]
