"""Checking an upload, reading it again, and marking it as imported. Writing the rows is the ledger's business."""

import hashlib
import tempfile
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.accounts.violations import is_unique_violation
from wutong.base.audit.services import record_event
from wutong.base.errors import Conflict, Refused
from wutong.base.files.kinds import clean_name
from wutong.base.files.models import StoredFile
from wutong.base.files.queries import file_path, read_file
from wutong.base.files.services import store_file
from wutong.exchange.intake import Intake, take_in
from wutong.exchange.models import ImportBatch
from wutong.exchange.reading.process import read_workbook
from wutong.exchange.sheets import Sheet


@dataclass(frozen=True)
class _Upload:
    sheet: Sheet
    content: bytes
    name: str
    actor: Account
    now: datetime
    idempotency_key: str


def check_workbook(
    sheet: Sheet, content: bytes, *, name: str, actor: Account, now: datetime, idempotency_key: str = ""
) -> tuple[ImportBatch, Intake]:
    """Stores an upload, reads it in the child process and records what was found. No row is written.

    Raises `Refused` when the workbook as a whole cannot be taken; that is recorded too, therefore call it
    outside a transaction. The same `idempotency_key` again (a form sent twice) gives the same batch; raises
    `Conflict` when it comes with another file, sheet or person.
    """
    upload = _Upload(sheet, content, clean_name(name), actor, now, idempotency_key or uuid.uuid4().hex)
    known = _known_batch(upload)
    if known is not None:
        return known, intake_of(known, sheet)
    stored: StoredFile | None = None
    try:
        stored = _store(upload)
        intake = _read(file_path(stored), sheet)
    except Refused as refusal:
        batch, _created = _record(
            upload, stored, ImportBatch.State.REFUSED, {"refusal": str(refusal.message)}
        )
        raise
    batch, created = _record(upload, stored, ImportBatch.State.CHECKED, intake.summary(), intake)
    return batch, intake if created else intake_of(batch, sheet)


def intake_of(batch: ImportBatch, sheet: Sheet) -> Intake:
    """The rows of a batch, read again from its stored file: nothing but the file is trusted.

    Raises `Refused` for a batch that was refused, and when the file is missing or altered.
    """
    if batch.sheet_code != sheet.code:
        raise ValueError(f"batch {batch.pk} is for the sheet {batch.sheet_code}")
    if batch.state == ImportBatch.State.REFUSED or batch.stored_file is None:
        raise Refused(batch.report.get("refusal") or _("这个文件没有通过预检。请改正后重新上传。"))
    read_file(batch.stored_file)  # raises when the content is not what was stored
    return _read(file_path(batch.stored_file), sheet)


def lock_for_import(batch: ImportBatch) -> ImportBatch:
    """The batch, locked until the caller's transaction ends. Two people who import at once: the second waits
    here, then gets a `Conflict`. Call it first in the transaction that writes the rows."""
    _require_transaction()
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state == ImportBatch.State.IMPORTED:
        who = locked.imported_by.display_name if locked.imported_by else ""
        raise Conflict(_("这批数据已由%(who)s入库，没有重复写入。请打开台账查看。") % {"who": who})
    if locked.state == ImportBatch.State.REFUSED:
        raise Refused(_("这个文件没有通过预检，不能入库。请改正后重新上传。"))
    return locked


def mark_imported(
    batch: ImportBatch, *, actor: Account, now: datetime, row_count: int | None = None
) -> ImportBatch:
    """Marks the batch as imported, with an audit event, in the transaction that wrote its rows; call it last.

    `row_count` is how many rows were written, when the ledger's own rules refused more than the check did.

    Raises `Conflict` when it was imported before; the caller's transaction then writes nothing.
    """
    locked = lock_for_import(batch)
    locked.state = ImportBatch.State.IMPORTED
    locked.imported_at = now
    locked.imported_by = actor
    locked.save(update_fields=["state", "imported_at", "imported_by"])
    record_event(
        action="import_workbook",
        now=now,
        actor=actor,
        target_kind="exchange.importbatch",
        target_id=locked.pk,
        words="导入工作簿",
        detail={
            "sheet": locked.sheet_code,
            "rows": locked.accepted_count if row_count is None else row_count,
        },
    )
    return locked


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an import and its rows belong in one transaction")


def _known_batch(upload: _Upload) -> ImportBatch | None:
    batch = (
        ImportBatch.objects.select_related("stored_file")
        .filter(idempotency_key=upload.idempotency_key)
        .first()
    )
    if batch is None:
        return None
    digest = hashlib.sha256(upload.content).hexdigest()
    is_same_file = batch.stored_file is None or batch.stored_file.sha256 == digest
    if batch.sheet_code != upload.sheet.code or batch.actor_id != upload.actor.pk or not is_same_file:
        raise Conflict(_("这个页面已经上传过另一个文件。请重新打开导入页面后再上传。"))
    return batch


def _store(upload: _Upload) -> StoredFile:
    try:
        return store_file(
            upload.content, name=upload.name, actor=upload.actor, now=upload.now, text_tables=True
        )
    except Refused:
        # The reader says more precisely what is wrong with something that should be a workbook.
        if 0 < len(upload.content) <= settings.WUTONG_UPLOAD_MAX_BYTES:
            with tempfile.NamedTemporaryFile() as draft:
                draft.write(upload.content)
                draft.flush()
                _read(Path(draft.name), upload.sheet)
        raise


def _read(path: Path, sheet: Sheet) -> Intake:
    workbook = read_workbook(
        path, memory_bytes=settings.WUTONG_READER_MEMORY_BYTES, seconds=settings.WUTONG_READER_SECONDS
    )
    return take_in(workbook.sheets, sheet)


def _record(
    upload: _Upload,
    stored: StoredFile | None,
    state: ImportBatch.State,
    report: dict[str, object],
    intake: Intake | None = None,
) -> tuple[ImportBatch, bool]:
    """(batch, whether it is new): of two requests with one key the slower finds the other's batch."""
    counts = {"accepted": 0, "refused": 0, "skipped": 0}
    if intake is not None:
        counts = {
            "accepted": len(intake.accepted),
            "refused": len(intake.refused),
            "skipped": len(intake.skipped),
        }
    try:
        with transaction.atomic():
            batch = ImportBatch.objects.create(
                sheet_code=upload.sheet.code,
                file_name=upload.name,
                stored_file=stored,
                actor=upload.actor,
                created_at=upload.now,
                state=state,
                report=report,
                idempotency_key=upload.idempotency_key,
                **{f"{name}_count": count for name, count in counts.items()},
            )
            record_event(
                action="check_workbook",
                now=upload.now,
                actor=upload.actor,
                outcome="refused" if state == ImportBatch.State.REFUSED else "ok",
                target_kind="exchange.importbatch",
                target_id=batch.pk,
                words="预检工作簿",
                detail={"sheet": upload.sheet.code, **counts},
            )
    except IntegrityError as error:
        known = _known_batch(upload) if is_unique_violation(error) else None
        if known is None:
            raise
        return known, False
    return batch, True
