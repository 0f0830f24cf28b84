"""Turns DATABASE_URL into Django's setting. Empty means the embedded SQLite file in the data directory."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SQLITE = "wutong.base.backends.sqlite3"
POSTGRESQL = "wutong.base.backends.postgresql"


def database_from_url(url: str, data_dir: Path) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name`, `sqlite:///absolute/path` or empty.

    SQLite begins every transaction IMMEDIATE: with the default, two writers at once end in "database is
    locked" as soon as both have read.
    """
    parts = urlsplit(url)
    if parts.scheme in {"", "sqlite"}:
        path = Path(unquote(parts.path)) if parts.path.strip("/") else data_dir / "wutong.sqlite3"
        return {
            "ENGINE": SQLITE,
            "NAME": path,
            "CONN_MAX_AGE": None,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
        }
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"DATABASE_URL 只支持 sqlite 或 postgresql，不支持 {parts.scheme}")
    return {
        "ENGINE": POSTGRESQL,
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
