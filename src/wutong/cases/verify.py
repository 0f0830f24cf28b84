"""Recounts every case from its changes: chains, columns, assignments, evidence, numbers."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from wutong.base.chain.rows import Fault, faults_of_chain
from wutong.base.files.queries import is_intact
from wutong.cases.context import valid_changes
from wutong.cases.models import Assignment, Case, CaseDetail, Change, Evidence, NumberCounter
from wutong.cases.numbers import counter_mac, format_number
from wutong.cases.registry import all_types, case_type_of
from wutong.registers.history.services import snapshot_value

BLOCK = 500


def chain_count() -> int:
    return Case.objects.count()


def faults() -> Iterator[Fault]:
    """Everything wrong with cases. Reads block by block; memory does not grow with the number of cases."""
    last = 0
    while True:
        cases = list(Case.objects.filter(pk__gt=last).order_by("pk")[:BLOCK])
        if not cases:
            break
        first, last = last, cases[-1].pk
        yield from _faults_of_block(cases, first, last)
    orphans = Change.objects.filter(case_id__gt=last).order_by("case_id").values_list("case_id", flat=True)
    for case_id in orphans.distinct():
        yield Fault(f"case:{case_id}", 0, "办件被移除，变更还在")
    yield from number_faults()


def _faults_of_block(cases: list[Case], first: int, last: int) -> Iterator[Fault]:
    span = {"case_id__gt": first, "case_id__lte": last}
    changes = {
        case_id: list(rows)
        for case_id, rows in groupby(
            Change.objects.filter(**span).order_by("case_id", "seq"), key=attrgetter("case_id")
        )
    }
    hosts: dict[int, list[Assignment]] = {}
    for assignment in Assignment.objects.filter(**span, role="host", to_on__isnull=True):
        hosts.setdefault(assignment.case_id, []).append(assignment)
    evidence: dict[int, list[Evidence]] = {}
    for item in Evidence.objects.filter(**span).select_related("file"):
        evidence.setdefault(item.case_id, []).append(item)
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
        yield from _projection_faults(name, case, rows, hosts.get(case.pk, []))
        yield from _detail_faults(name, details.get(case.pk), rows)
        yield from _evidence_faults(name, rows, evidence.get(case.pk, []))


def _projection_faults(name: str, case: Case, rows: list[Change], hosts: list[Assignment]) -> Iterator[Fault]:
    """Columns of the case that its changes say otherwise."""
    valid = valid_changes(rows)
    if not valid:
        yield Fault(name, 0, "没有任何变更")
        return
    end = valid[-1]
    expected: dict[str, Any] = {
        "state": end.state_after,
        "changed_on": end.effective_on,
        "opened_on": valid[0].effective_on,
        "is_open": case_type_of(case).procedure.state(end.state_after).kind != "closed",
        "amount_yuan": rows[-1].amount_yuan,
        "number": rows[0].snapshot.get("number", case.number),
        "title": rows[0].snapshot.get("title", case.title),
    }
    for column, value in expected.items():
        if getattr(case, column) != value:
            label = Case._meta.get_field(column).verbose_name  # type: ignore[union-attr]
            yield Fault(name, case.last_seq, f"“{label}”与变更记录不符")
    told = [item for row in rows for item in row.snapshot.get("holders", []) if item["role"] == "host"]
    if case.is_open and len(hosts) != 1:
        yield Fault(name, case.last_seq, f"在办办件有{len(hosts)}个主办")
    elif told and hosts and (hosts[0].unit_id, hosts[0].person_id) != (told[-1]["unit"], told[-1]["person"]):
        yield Fault(name, case.last_seq, "主办与变更记录不符")


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


def _evidence_faults(name: str, rows: list[Change], evidence: list[Evidence]) -> Iterator[Fault]:
    """A file whose content is not what was handed in, and files that are no longer there."""
    held = sorted((item.kind, item.file.sha256, item.dated_on.isoformat()) for item in evidence)
    told = sorted(tuple(item) for row in rows for item in row.snapshot.get("evidence", []))
    if held != told:
        yield Fault(name, rows[-1].seq if rows else 0, "佐证清单与变更记录不符")
    for item in evidence:
        if not is_intact(item.file):
            yield Fault(name, 0, f"佐证文件“{item.name}”被改动或丢失")


def number_faults() -> Iterator[Fault]:
    """Numbers are given without gaps: a number without a case is a case that was removed with all its rows."""
    prefixes = {kind.procedure.number_prefix for kind in all_types()}
    for counter in NumberCounter.objects.filter(prefix__in=prefixes).order_by("prefix", "year"):
        name = f"number:{counter.prefix}{counter.year}"
        if counter.mac != counter_mac(counter.prefix, counter.year, counter.last):
            yield Fault(name, counter.last, "编号计数的签名不符")
        head = f"{counter.prefix}{counter.year}-"
        present = set(Case.objects.filter(number__startswith=head).values_list("number", flat=True))
        for number in range(1, counter.last + 1):
            expected = format_number(counter.prefix, counter.year, number)
            if expected not in present:
                yield Fault(name, number, f"办件{expected}及其全部变更被移除")
