"""The signed file of chain heads, outside the database.

Each line holds the heads that are new since the line before, the moment, and a keyed MAC over its content and the
line before. A database that was put back to an older state, or lost whole chains, no longer contains these heads.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from wutong.base.audit.models import AuditChain, AuditEvent
from wutong.base.chain.canonical import canonical
from wutong.base.chain.rows import Fault
from wutong.base.keys import keyed_mac, keyring
from wutong.cases.models import Case, Change
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.verify import register_models

Heads = dict[str, list[Any]]


def anchor_file() -> Path:
    return Path(settings.WUTONG_ANCHOR_DIR) / "heads.jsonl"


def current_heads() -> Heads:
    """Chain name to number and hash of its last row, for cases, register entries and audit chains."""
    heads: Heads = {}
    for pk, seq, value in Case.objects.values_list("pk", "last_seq", "head_hash").iterator(5000):
        heads[f"case:{pk}"] = [seq, value]
    for model in register_models():
        rows = model._default_manager.values_list("pk", "last_seq", "head_hash")
        for pk, seq, value in rows.iterator(5000):
            heads[f"{model.entry_kind}:{pk}"] = [seq, value]
    for chain in AuditChain.objects.all():
        heads[f"audit:{chain.pk}"] = [chain.last_seq, chain.head_hash]
    return heads


def write_anchor(now: datetime) -> int:
    """Append the heads that are new since the last line; returns how many. Safe to repeat."""
    lines = list(_lines())
    known: Heads = {}
    for line in lines:
        if _is_signed(line):
            known |= line["heads"]
    new = {name: head for name, head in current_heads().items() if known.get(name) != head}
    if not new:
        return 0
    entry: dict[str, Any] = {
        "at": now.isoformat(),
        "heads": new,
        "prev": str(lines[-1].get("mac", "")) if lines else "",
    }
    entry |= {"key": keyring("anchor").active}
    entry["mac"] = keyed_mac("anchor", canonical(entry))
    path = anchor_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return len(new)


def _lines() -> Iterator[dict[str, Any]]:
    """A line that cannot be read any more comes as an empty one: it is no line of ours."""
    path = anchor_file()
    if path.exists():
        for text in path.read_bytes().splitlines():
            try:
                line = json.loads(text)
            except ValueError:
                line = {}
            yield line if isinstance(line, dict) else {}


def anchor_faults() -> Iterator[Fault]:
    """Lines that were edited or removed, and anchored heads that the database no longer contains."""
    known: Heads = {}
    before = ""
    for number, line in enumerate(_lines(), start=1):
        if line.get("prev") != before or not _is_signed(line):
            yield Fault("anchors", number, f"链头文件第{number}行被改动或移除")
            before = str(line.get("mac", ""))
            continue
        before = line["mac"]
        known |= line["heads"]
    now = current_heads()
    for name, (seq, value) in known.items():
        head = now.get(name)
        if head is None:
            yield Fault(name, 0, "整条链被移除")
        elif head == [seq, value]:
            continue
        elif _hash_at(name, seq) != value:
            yield Fault(name, seq, f"第{seq}条变更与链头文件不符，或末尾变更被移除")


def _is_signed(line: dict[str, Any]) -> bool:
    content = {key: value for key, value in line.items() if key != "mac"}
    try:
        return bool(line["mac"] == keyed_mac("anchor", canonical(content), key_number=line["key"]))
    except (KeyError, TypeError):
        return False


def _hash_at(name: str, seq: int) -> str | None:
    kind, _colon, key = name.partition(":")
    if kind == "case":
        return Change.objects.filter(case=int(key), seq=seq).values_list("hash", flat=True).first()
    if kind == "audit":
        return AuditEvent.objects.filter(chain=int(key), seq=seq).values_list("hash", flat=True).first()
    rows = RegisterChange.objects.filter(entry_kind=kind, entry_id=int(key), seq=seq)
    return rows.values_list("hash", flat=True).first()
