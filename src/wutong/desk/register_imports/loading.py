"""A file into a register without a page: the same check and the same writing, counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from wutong.base.files.kinds import clean_name
from wutong.desk.register_imports import enterprises, year_reports
from wutong.desk.register_imports.firm_plan import plan_firms
from wutong.desk.register_imports.year_rows import plan_years, sort_years
from wutong.exchange.intake import Intake, take_in
from wutong.exchange.reading.process import read_workbook
from wutong.ledgerkit.ledger import Importing
from wutong.registers.organisation.actors import SYSTEM


@dataclass(frozen=True)
class Load:
    """What became of a file: `counts` by kind, the reasons of refused rows, and how many rows were written."""

    counts: Mapping[str, int]
    refused: Sequence[str]
    skipped: int
    written: int


def load_firms(path: Path, *, on: date, now: datetime, is_dry: bool = False) -> Load:
    """A list of firms; `counts` are new, filled and unchanged. Raises Refused for a file that is no such list."""
    intake, source = _read(path, enterprises.IMPORTING)
    counts = enterprises.count_firms(plan_firms(intake.accepted))
    return _written(intake, enterprises.IMPORTING, counts, source, on, now, is_dry)


def load_years(path: Path, *, on: date, now: datetime, is_dry: bool = False) -> Load:
    """Year data; `counts` are firms, new, changed, unchanged, missing and ratios."""
    intake, source = _read(path, year_reports.IMPORTING)
    plan = plan_years(intake.accepted)
    rows = sort_years(plan, source=source, on=on)
    counts = {
        "firms": len(plan.new_firms),
        "new": len(rows.new),
        "changed": len(rows.changed),
        "unchanged": len(rows.unchanged),
        **year_reports.count_oddities(plan),
    }
    return _written(intake, year_reports.IMPORTING, counts, source, on, now, is_dry)


def _read(path: Path, importing: Importing) -> tuple[Intake, str]:
    workbook = read_workbook(
        path, memory_bytes=settings.WUTONG_READER_MEMORY_BYTES, seconds=settings.WUTONG_READER_SECONDS
    )
    intake = take_in(workbook.sheets, importing.sheet)
    return intake.with_problems(importing.check(intake)), importing.source(clean_name(path.name))


def _written(
    intake: Intake,
    importing: Importing,
    counts: Mapping[str, int],
    source: str,
    on: date,
    now: datetime,
    is_dry: bool,
) -> Load:
    written = 0
    if intake.accepted and not is_dry:
        with transaction.atomic():
            written = importing.write(intake.accepted, actor=SYSTEM, now=now, on=on, source=source)
    return Load(counts, [problem.message for problem in intake.problems], len(intake.skipped), written)
