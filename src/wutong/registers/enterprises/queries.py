"""Reads of the enterprise register."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from wutong.registers.enterprises.models import Enterprise, YearReport
from wutong.registers.enterprises.names import fold_name


@dataclass(frozen=True)
class YearFact:
    """One number of one firm and year, and who says so."""

    value: int
    source: str
    dated_on: date


def year_facts(enterprise: Enterprise) -> dict[int, dict[str, YearFact]]:
    """By year and measure. Of several sources the one of the latest day counts; what none says is not there."""
    found: dict[int, dict[str, YearFact]] = {}
    for report in YearReport.objects.filter(enterprise=enterprise).order_by("year", "dated_on", "pk"):
        year = found.setdefault(report.year, {})
        for code, value in report.values.items():
            year[code] = YearFact(value, report.source, report.dated_on)
    return found


def enterprises_named(names: Iterable[str]) -> dict[str, Enterprise]:
    """Firms by folded name, present or former; one that was merged away answers with the firm that stays. A former
    name that several firms had stands for none of them."""
    folded = {fold_name(name) for name in names}
    rows = list(
        Enterprise.objects.filter(folded_name__in=folded).select_related("merged_into").order_by("-pk")
    )
    # Entries that stay win over doubles, and the one registered first over later ones.
    found = {row.folded_name: row.merged_into for row in rows if row.merged_into is not None}
    found |= {row.folded_name: row for row in rows if row.merged_into is None}
    missing = folded - found.keys()
    if missing:
        former: dict[str, set[Enterprise]] = {}
        for row in Enterprise.objects.filter(former_names__folded_name__in=missing).prefetch_related(
            "former_names"
        ):
            for name in row.former_names.all():
                former.setdefault(name.folded_name, set()).add(row)
        found |= {
            name: next(iter(rows)) for name, rows in former.items() if name in missing and len(rows) == 1
        }
    return found
