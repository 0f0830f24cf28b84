"""Rows of a workbook that claim a start or a production: what their gates lack, by the same evaluation as everywhere."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from wutong.cases.gates import GateFacts, GateItem, evaluate, missing, rules_for, rules_of
from wutong.cases.models import GateRule
from wutong.ledgers.project_push.gates.facts import FIELDS
from wutong.ledgers.project_push.procedures import PROJECT_LIFE

CLAIMS = (("started", "started_on"), ("in_production", "produced_on"))
"""States that a row may claim, with the column that claims them."""


@dataclass(frozen=True)
class Claim:
    """A state that a row says was entered, the column that says so, and what its gate lacks."""

    state: str
    column: str
    lacking: Sequence[GateItem]

    @property
    def words(self) -> str:
        """`开工还缺：招商合同扫描件、施工许可证`"""
        return _("%(state)s还缺：%(items)s") % {
            "state": PROJECT_LIFE.state(self.state).label,
            "items": "、".join(item.words for item in self.lacking),
        }


def gate_rules() -> list[GateRule]:
    """The rules of projects, read once for a whole workbook."""
    return rules_of([PROJECT_LIFE.case_type])


def claims_of(values: Mapping[str, Any], rules: Iterable[GateRule]) -> list[Claim]:
    """The claims of one row whose gates lack something. A row without the day of signing is refused for that."""
    opened_on: date | None = values.get("signed_on")
    if opened_on is None:
        return []
    facts = GateFacts({name: values.get(name) for name, _label in FIELDS}, values.get("total") or 0)
    found = []
    for state, column in CLAIMS:
        on = values.get(column)
        if on is None:
            continue
        held = rules_for(rules, PROJECT_LIFE.case_type, state, opened_on=opened_on, on=on)
        lacking = missing(evaluate(held, facts))
        if lacking:
            found.append(Claim(state, column, lacking))
    return found


def demanded_cells(
    claims: Iterable[Claim], raw: Mapping[str, str], columns: Iterable[str], carried: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Column and cause for every field that a workbook can carry and this row leaves empty. `columns` are those of this
    workbook, `carried` those a workbook may have; where the column itself is not there, the day of the claim is told.
    A cell with something wrong in it has its own reason."""
    present, known = set(columns), set(carried)
    told = set()
    for claim in claims:
        for item in claim.lacking:
            if item.kind != "field" or item.item not in known or item.item in told or raw.get(item.item):
                continue
            told.add(item.item)
            label = PROJECT_LIFE.state(claim.state).label
            words = _("空；报了%(state)s，要有%(item)s") % {"state": label, "item": item.label}
            if item.item in present:
                yield item.item, words
            else:
                yield (
                    claim.column,
                    _("报了%(state)s，要有%(item)s；请在工作簿里加上这一列")
                    % {
                        "state": label,
                        "item": item.label,
                    },
                )
