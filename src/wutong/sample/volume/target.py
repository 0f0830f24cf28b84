"""The database that a large zone is built into: never the zone's own, never one that holds another zone."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, Error
from django.db.backends.base.base import BaseDatabaseWrapper

from wutong.base.errors import Refused
from wutong.base.zone.models import Zone
from wutong.registers.organisation.models import Unit
from wutong.sample.volume.build import ZONE_NAME
from wutong.sample.volume.writing import ASIDE

POSTGRESQL = ("postgres", "postgresql")


def target_url(text: str) -> str:
    """`FILE`, `sqlite:///FILE` or `postgresql://…` as a URL. Raises Refused for anything else."""
    parts = urlsplit(text)
    if parts.scheme in POSTGRESQL:
        return text
    if parts.scheme == "sqlite":
        text = parts.path
    elif "://" in text:
        raise Refused(f"“{text}”不是能写入的数据库。请写文件名，或 postgresql://… 的地址。")
    if not text.strip("/"):
        raise Refused("请写明要写入的文件名。")
    path = Path(text).resolve()
    if path.is_dir():
        raise Refused(f"{path}是一个目录。请写文件名。")
    return f"sqlite://{path}"


def refuse_own_database(url: str) -> None:
    """Raises Refused when the URL leads to the database that the zone works with, by whatever name."""
    own = settings.DATABASES[DEFAULT_DB_ALIAS]
    parts = urlsplit(url)
    if parts.scheme in POSTGRESQL:
        if own["ENGINE"].endswith("postgresql") and _place(own) == _place(_told(url)):
            raise Refused("这是本园区正在使用的数据库，不能写入规模数据。请另建一个空数据库。")
        return
    mine = Path(str(own["NAME"]))
    wanted = Path(parts.path)
    if own["ENGINE"].endswith("sqlite3") and _is_same_file(mine, wanted):
        raise Refused(f"{wanted}是本园区正在使用的数据库，不能写入规模数据。请换一个文件名。")


def _told(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {"HOST": parts.hostname, "PORT": parts.port, "NAME": parts.path.lstrip("/")}


def _place(database: dict[str, Any]) -> tuple[str, str, str]:
    """Host, port and name; this machine is this machine by every name."""
    host = str(database.get("HOST") or "").lower()
    here = host in {"", "localhost", "127.0.0.1", "::1"} or host.startswith("/")
    return "here" if here else host, str(database.get("PORT") or 5432), str(database["NAME"])


def _is_same_file(one: Path, other: Path) -> bool:
    """Symbolic and hard links included."""
    if one.resolve() == other.resolve():
        return True
    return one.exists() and other.exists() and one.samefile(other)


def refuse_other_zone(connection: BaseDatabaseWrapper) -> None:
    """Raises Refused when the database holds rows of a zone that was not built for measuring."""
    try:
        tables = connection.introspection.table_names()
    except (Error, ImproperlyConfigured) as error:
        first = str(error).strip().partition("\n")[0]
        raise Refused(f"不能打开要写入的数据库（{first}）。PostgreSQL 的数据库要先建好。") from error
    if not tables:
        return
    if Unit._meta.db_table not in tables:
        raise Refused("要写入的数据库里有别的程序的表。请换一个空数据库。")
    if ASIDE in tables or Zone.objects.using(connection.alias).filter(name=ZONE_NAME).exists():
        return
    if Unit.objects.using(connection.alias).exists():
        raise Refused("要写入的数据库里已有一个园区，而且不是本命令建立的，不能覆盖。请换一个空数据库。")
