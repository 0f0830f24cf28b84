"""Recounts every case from its changes: chains, columns, assignments, clocks, evidence, numbers."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import Value
from django.db.models.functions import StrIndex, Substr

from wutong.base.chain.rows import Fault, faults_of_chain
from wutong.base.files.queries import is_intact
from wutong.cases.clocks.counting import counting_now
from wutong.cases.models import (
    Assignment,
    Case,
    CaseDetail,
    Change,
    Clock,
    Evidence,
    EvidenceCheck,
    NumberCounter,
)
from wutong.cases.numbers import format_number, is_signed
from wutong.cases.recount import check_projection
from wutong.cases.registry import all_types, find_type
from wutong.cases.waivers import faults_of_waivers
from wutong.registers.history.services import snapshot_value

BLOCK = 500
MAX_KEY = 2**63 - 1


def chain_count() -> int:
    return Case.objects.count()


def faults() -> Iterator[Fault]:
    """Everything wrong with cases. Reads block by block; memory does not grow with the number of cases."""
    yield from faults_between(0, MAX_KEY)
    yield from number_faults()


def faults_between(after: int, upto: int) -> Iterator[Fault]:
    """Everything wrong with the cases whose keys lie above `after`, up to and with `upto`."""
    last = after
    while True:
        cases = list(Case.objects.filter(pk__gt=last, pk__lte=upto).order_by("pk")[:BLOCK])
        if not cases:
            break
        first, last = last, cases[-1].pk
        yield from _faults_of_block(cases, first, last)
    behind = Change.objects.filter(case_id__gt=last, case_id__lte=upto)
    for case_id in behind.order_by("case_id").values_list("case_id", flat=True).distinct():
        yield Fault(f"case:{case_id}", 0, "办件被移除，变更还在")


def _faults_of_block(cases: list[Case], first: int, last: int) -> Iterator[Fault]:
    counting = counting_now()
    span = {"case_id__gt": first, "case_id__lte": last}
    changes = {
        case_id: list(rows)
        for case_id, rows in groupby(
            Change.objects.filter(**span).order_by("case_id", "seq"), key=attrgetter("case_id")
        )
    }
    held: dict[int, list[Assignment]] = defaultdict(list)
    for assignment in Assignment.objects.filter(**span, to_on__isnull=True):
        held[assignment.case_id].append(assignment)
    clocks: dict[int, list[Clock]] = defaultdict(list)
    for clock in Clock.objects.filter(**span).order_by("pk"):
        clocks[clock.case_id].append(clock)
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    for item in Evidence.objects.filter(**span).select_related("file"):
        evidence[item.case_id].append(item)
    checks: dict[int, list[EvidenceCheck]] = defaultdict(list)
    for check in EvidenceCheck.objects.filter(
        evidence__case_id__gt=first, evidence__case_id__lte=last
    ).select_related("evidence"):
        checks[check.evidence.case_id].append(check)
    details: dict[int, CaseDetail] = {}
    for kind in all_types():
        details |= kind.detail._default_manager.in_bulk([case.pk for case in cases])
    known = {case.pk for case in cases}
    for case_id in sorted(set(changes) - known):
        yield Fault(f"case:{case_id}", 0, "办件被移除，变更还在")
    for case in cases:
        rows = changes.get(case.pk, [])
        name = f"case:{case.pk}（{case.number}）"
        for fault in faults_of_chain(case.chain_name(), rows, case):
            yield Fault(name, fault.seq, fault.words)
        if not rows:
            yield Fault(name, 0, "没有任何变更")
            continue
        try:
            found = [
                Fault(name, case.last_seq, words)
                for words in check_projection(case, rows, held[case.pk], clocks[case.pk], counting)
            ]
            found += _detail_faults(name, details.get(case.pk), rows)
            found += _evidence_faults(name, rows, evidence[case.pk], checks[case.pk])
            # An edited type is named above already; what it allowed nobody can say.
            kind_of_case = find_type(case.case_type, case.procedure_version)
            waived = faults_of_waivers(kind_of_case.procedure, rows) if kind_of_case else ()
            found += [Fault(name, case.last_seq, words) for words in waived]
        except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError):
            # An edited change may hold anything; its own fault was named above.
            found = [Fault(name, case.last_seq, "变更内容已损坏，无法据此重算")]
        yield from found


def _detail_faults(name: str, detail: CaseDetail | None, rows: list[Change]) -> Iterator[Fault]:
    if detail is None:
        yield Fault(name, 0, "台账内容被移除")
        return
    last: dict[str, Any] = {}
    for row in rows:
        last |= row.snapshot.get("data", {})
    for column, value in last.items():
        if snapshot_value(detail, column) != value:
            label = detail._meta.get_field(column).verbose_name  # type: ignore[union-attr]
            yield Fault(name, rows[-1].seq, f"“{label}”与变更记录不符")


def _evidence_faults(
    name: str, rows: list[Change], evidence: list[Evidence], checks: list[EvidenceCheck]
) -> Iterator[Fault]:
    """Files whose content is not what was handed in or that are gone, and checks that nobody made."""
    held = sorted((item.kind, item.file.sha256, item.dated_on.isoformat()) for item in evidence)
    told = sorted(tuple(item) for row in rows for item in row.snapshot.get("evidence", []))
    if held != told:
        yield Fault(name, rows[-1].seq, "佐证清单与变更记录不符")
    checked = sorted((item.evidence_id, item.is_accepted) for item in checks)
    if checked != sorted(tuple(item) for row in rows for item in row.snapshot.get("checks", [])):
        yield Fault(name, rows[-1].seq, "佐证核验与变更记录不符")
    for item in evidence:
        if not is_intact(item.file):
            yield Fault(name, 0, f"佐证文件“{item.name}”被改动或丢失")


def number_faults() -> Iterator[Fault]:
    """Numbers are given without gaps: a number without a case is a case that was removed with all its rows."""
    prefixes = {kind.procedure.number_prefix for kind in all_types()}
    counted = set()
    for counter in NumberCounter.objects.filter(prefix__in=prefixes).order_by("prefix", "year"):
        head = f"{counter.prefix}{counter.year}"
        counted.add(head)
        name = f"number:{head}"
        if not is_signed(counter):
            yield Fault(name, counter.last, "编号计数的签名不符")
        given = Case.objects.filter(number__startswith=f"{head}-")
        present = set(given.values_list("number", flat=True))
        for number in range(1, counter.last + 1):
            expected = format_number(counter.prefix, counter.year, number)
            if expected not in present:
                yield Fault(name, number, f"办件{expected}及其全部变更被移除")
            present.discard(expected)
        for invented in sorted(present):
            yield Fault(name, counter.last, f"编号{invented}不是按计数发出的")
    years = Case.objects.annotate(series=Substr("number", 1, StrIndex("number", Value("-")) - 1))
    for head in years.order_by("series").values_list("series", flat=True).distinct():
        if head not in counted and head[:-4] in prefixes:
            yield Fault(f"number:{head}", 0, "编号计数被移除")
