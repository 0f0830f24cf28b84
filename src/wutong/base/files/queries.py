"""Reading stored files, and finding damaged ones."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from wutong.base.errors import Refused
from wutong.base.files.models import StoredFile

SHA256 = re.compile(r"[0-9a-f]{64}")


class FileTampered(Refused):
    """The content on the disk is missing or is not what was stored."""


def file_path(stored: StoredFile | str) -> Path:
    """Where the content of a file, or of a SHA-256, lies below WUTONG_FILE_DIR: `ab/cd/<sha256>`."""
    digest = stored if isinstance(stored, str) else stored.sha256
    if not SHA256.fullmatch(digest):
        raise ValueError("not a SHA-256 in hexadecimal digits")
    return Path(settings.WUTONG_FILE_DIR) / digest[:2] / digest[2:4] / digest


def read_file(stored: StoredFile) -> bytes:
    """The content, checked. Raises FileTampered when it is missing or altered."""
    try:
        content = file_path(stored).read_bytes()
    except FileNotFoundError:
        content = b""
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise FileTampered(
            _("文件“%(name)s”缺失或内容已被改动，不能打开。请联系系统管理员从备份恢复。")
            % {"name": stored.name}
        )
    return content


def is_intact(stored: StoredFile) -> bool:
    """Whether the content is there and unchanged; reads it once, in constant memory."""
    try:
        with file_path(stored).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == stored.sha256
    except FileNotFoundError:
        return False


def damaged_files() -> Iterator[StoredFile]:
    """All files that are missing or altered. Reads every file."""
    for stored in StoredFile.objects.order_by("pk").iterator():
        if not is_intact(stored):
            yield stored
