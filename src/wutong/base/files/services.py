"""Storing a file: the content first, durably, then its row."""

import errno
import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.models import Account
from wutong.base.audit.services import record_event
from wutong.base.errors import Refused
from wutong.base.files.kinds import Kind, MacroFile, clean_name, recognise, recognise_table
from wutong.base.files.models import StoredFile
from wutong.base.files.queries import file_path, is_intact

FULL = {errno.ENOSPC, errno.EDQUOT}
MEGABYTE = 1024 * 1024


def store_file(
    content: bytes, *, name: str, actor: Account | None, now: datetime, text_tables: bool = False
) -> StoredFile:
    """Keep a content under its SHA-256; the same content gives the same row, whatever its name.

    Raises Refused, in words for the person who uploads, when the file is empty, larger than
    WUTONG_UPLOAD_MAX_BYTES, of a kind that is not kept (see `kinds`; with `text_tables` a table of plain text is),
    or when the disk is full. A stored file that was damaged since is replaced by the content given, and that is
    audited.
    """
    kind = accepted_kind(content, text_tables=text_tables)
    digest = hashlib.sha256(content).hexdigest()
    known = StoredFile.objects.filter(sha256=digest).first()
    if known is not None and is_intact(known):
        return known
    _write(content, digest)
    with transaction.atomic():
        stored, _created = StoredFile.objects.get_or_create(
            sha256=digest,
            defaults={
                "size": len(content),
                "content_type": kind.content_type,
                "name": clean_name(name, kind),
                "created_at": now,
                "created_by": actor,
            },
        )
        record_event(
            action="store_file" if known is None else "restore_file",
            now=now,
            actor=actor,
            target_kind="files.storedfile",
            target_id=stored.pk,
            words="保存文件" if known is None else "以相同内容修复受损文件",
            detail={"sha256": digest, "size": len(content)},
        )
    return stored


def accepted_kind(content: bytes, *, text_tables: bool = False) -> Kind:
    """The kind of an upload. Raises Refused for what is not kept."""
    limit = settings.WUTONG_UPLOAD_MAX_BYTES
    if not content:
        raise Refused(_("这个文件是空的。请检查后重新上传。"))
    if len(content) > limit:
        raise Refused(
            _("文件有%(size)s MB，超过了%(limit)s MB的上限。请压缩或拆分后再上传。")
            % {"size": -(-len(content) // MEGABYTE), "limit": limit // MEGABYTE}
        )
    try:
        kind = recognise(content) or (recognise_table(content) if text_tables else None)
    except MacroFile:
        raise Refused(_("文件中带有宏（程序），不能上传。请另存为不带宏的 xlsx 或 docx 后再上传。")) from None
    if kind is None:
        raise Refused(
            _("这个文件的内容不是可以上传的类型。请上传 PDF、PNG 或 JPEG 图片、xlsx、xls、docx 文件。")
        )
    return kind


def _write(content: bytes, digest: str) -> None:
    """All or nothing: to a draft beside the target, onto the disk, then renamed. Raises Refused when full."""
    target = file_path(digest)
    draft: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        handle, draft_name = tempfile.mkstemp(prefix=".draft-", dir=target.parent)
        draft = Path(draft_name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.chmod(0o440)
        draft.replace(target)
        _sync_directory(target.parent)
    except OSError as error:
        if draft is not None:
            draft.unlink(missing_ok=True)
        if error.errno in FULL:
            raise Refused(_("磁盘空间不足，文件没有保存。请联系系统管理员清理空间后再上传。")) from error
        raise


def _sync_directory(directory: Path) -> None:
    """A rename survives a power cut only when the directory is on the disk too."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
