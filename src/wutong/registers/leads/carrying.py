"""Leads of a firm that turns out to be another one go along with it."""

from collections.abc import Sequence

from wutong.registers.enterprises.carriers import Move
from wutong.registers.history.services import Fact, record_many
from wutong.registers.leads.models import LeadAssignment


def carry_leads(keys: Sequence[int], move: Move) -> None:
    """Who leads both firms already leads the one that stays once: the lead of the double ends, also if the merge is
    taken back later."""
    rows = list(LeadAssignment.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    there = set(
        LeadAssignment.objects.filter(enterprise=move.target, to_on__isnull=True).values_list(
            "official_id", "role"
        )
    )
    doubled = [row for row in rows if row.to_on is None and (row.official_id, row.role) in there]
    ends = [Fact(row, {"enterprise": move.target, "to_on": max(move.on, row.from_on)}) for row in doubled]
    others = [Fact(row, {"enterprise": move.target}) for row in rows if row not in doubled]
    verb = "unmerge" if move.is_back else "merge"
    for facts in (ends, others):
        record_many(
            facts, actor=move.actor.account, effective_on=move.on, now=move.now, verb=verb, reason=move.reason
        )
