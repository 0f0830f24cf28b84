"""Cases go along when two register entries of one firm are merged, and back when they are taken apart."""

from collections.abc import Sequence

from wutong.cases.act import act_many
from wutong.cases.models import Case
from wutong.cases.procedures import FOLLOW_VERB
from wutong.cases.steps import Step
from wutong.registers.enterprises.carriers import Move

BLOCK = 500


def follow_enterprise(keys: Sequence[int], move: Move) -> None:
    """One change per case, through the one writer of cases."""
    for start in range(0, len(keys), BLOCK):
        cases = Case.objects.filter(pk__in=keys[start : start + BLOCK]).order_by("pk")
        steps = [
            # Never before what has happened to the case already.
            Step(case, FOLLOW_VERB, max(move.on, case.changed_on), reason=move.reason, enterprise=move.target)
            for case in cases
        ]
        act_many(steps, actor=move.actor, now=move.now)
