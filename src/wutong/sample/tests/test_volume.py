"""A zone of any size: built into another database only, whole, sound, and never a second time."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import override_settings

from wutong.base.errors import Refused
from wutong.sample.volume import plan
from wutong.sample.volume.size import FULL, size_of
from wutong.sample.volume.target import refuse_own_database, target_url

POSTGRESQL = "wutong.base.backends.postgresql"
SQLITE = "wutong.base.backends.sqlite3"


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    said: str


Wutong = Callable[..., Run]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("volume")


@pytest.fixture(scope="module")
def wutong(folder: Path) -> Wutong:
    """The command, in an environment of its own whose zone is `folder/wutong.sqlite3`."""

    def run(*arguments: str, database: str = "") -> Run:
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment |= {
            "DJANGO_SETTINGS_MODULE": "wutong.site.settings.sample",
            "WUTONG_DATA_DIR": str(folder),
        }
        if database:
            environment["DATABASE_URL"] = database
        done = subprocess.run(
            [sys.executable, "-m", "wutong.cli", *arguments], env=environment, capture_output=True, text=True
        )
        return Run(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="module")
def empty(wutong: Wutong, folder: Path) -> Path:
    """A database with all tables and no zone."""
    path = folder / "empty.sqlite3"
    assert wutong("migrate", "--without-static", database=f"sqlite://{path}").code == 0
    return path


SMALL = (
    "--volume",
    "1/5000",
    "--cases",
    "150",
    "--projects",
    "40",
    "--enterprises",
    "30",
    "--processes",
    "1",
)


@pytest.fixture(scope="module")
def built(wutong: Wutong, folder: Path) -> Path:
    path = folder / "volume.sqlite3"
    done = wutong("sample", *SMALL, "--into", str(path))
    assert done.code == 0, done.said
    return path


def rows(path: Path, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        return connection.execute(statement).fetchall()


def test_it_has_the_asked_size_and_six_changes_for_each_case(built: Path) -> None:
    kinds = dict(rows(built, "SELECT case_type, count(*) FROM cases_case GROUP BY 1"))
    assert sum(kinds.values()) == 150  # type: ignore[arg-type]
    assert kinds["project_push"] == 40
    assert rows(built, "SELECT DISTINCT count(*) FROM cases_change GROUP BY case_id") == [(6,)]
    assert rows(
        built, f"SELECT count(*) FROM enterprises_enterprise WHERE code LIKE '{plan.CODE_BEGINS}%'"
    ) == [(30,)]
    endings = dict(
        rows(built, "SELECT is_open, count(*) FROM cases_case WHERE case_type <> 'project_push' GROUP BY 1")
    )
    assert endings[0] > endings[1] > 0, "most have ended, some are under way"  # type: ignore[operator]


def test_every_chain_of_it_is_sound(wutong: Wutong, built: Path) -> None:
    done = wutong("verify", database=f"sqlite://{built}")
    assert (done.code, done.out.splitlines()[-1][:9]) == (0, "0 broken "), done.out


def test_what_copies_are_found_by_is_what_the_index_would_be_made_of(wutong: Wutong, built: Path) -> None:
    entries = "SELECT kind, target_id, is_many, names, codes, tokens FROM search_searchentry ORDER BY kind, target_id"
    before = rows(built, entries)
    assert wutong("reindex", database=f"sqlite://{built}").code == 0
    assert rows(built, entries) == before


def test_titles_numbers_and_holders_differ(built: Path) -> None:
    (counts,) = rows(
        built,
        "SELECT count(*), count(DISTINCT title), count(DISTINCT number), count(DISTINCT host_person_id) FROM cases_case"
        " WHERE case_type = 'supervision_order'",
    )
    assert counts[2] == counts[0]
    assert counts[1] > counts[0] * 0.7 and counts[3] > counts[0] * 0.3, counts  # type: ignore[operator]


def test_no_index_is_missing_afterwards(built: Path, empty: Path) -> None:
    indexes = "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'table', 'trigger') AND name NOT LIKE 'sqlite_stat%' ORDER BY name"
    assert rows(built, indexes) == rows(empty, indexes)


def test_a_second_time_nothing_is_built(wutong: Wutong, built: Path) -> None:
    before = rows(built, "SELECT count(*), max(id) FROM cases_change")
    done = wutong("sample", *SMALL, "--into", str(built))
    assert (done.code, "没有改动" in done.out) == (0, True), done.said
    assert rows(built, "SELECT count(*), max(id) FROM cases_change") == before


def test_a_run_that_broke_off_goes_on(wutong: Wutong, built: Path) -> None:
    """More is asked for than stands there: what stands is kept, the rest is added, and the whole is sound."""
    kept = set(rows(built, "SELECT number, head_hash FROM cases_case"))
    done = wutong("sample", *SMALL, "--cases", "170", "--enterprises", "45", "--into", str(built))
    assert done.code == 0, done.said
    now = set(rows(built, "SELECT number, head_hash FROM cases_case"))
    assert kept < now and len(now) >= 170
    assert wutong("verify", database=f"sqlite://{built}").code == 0


# ---- what is refused ----------------------------------------------------------------------------------------------


def test_the_zones_own_file_is_refused_under_any_name(wutong: Wutong, folder: Path) -> None:
    own = folder / "wutong.sqlite3"
    own.touch()
    link = folder / "link.sqlite3"
    link.symlink_to(own)
    beside = folder / "beside"
    beside.symlink_to(folder, target_is_directory=True)
    for name in (link, beside / "wutong.sqlite3", Path(os.path.relpath(own))):
        done = wutong("sample", "--volume", "1/5000", "--into", str(name))
        assert (done.code, "正在使用的数据库" in done.said) == (1, True), (name, done.said)
    assert own.stat().st_size == 0


def test_another_zone_is_not_overwritten(wutong: Wutong, empty: Path, folder: Path) -> None:
    other = Path(shutil.copy(empty, folder / "other.sqlite3"))
    with sqlite3.connect(other) as connection:
        connection.execute(
            "INSERT INTO organisation_unit (last_seq, head_hash, head_mac, code, name, kind, path, valid_from)"
            " VALUES (0, '', '', 'x', '示例', 'department', '/1/', '2024-01-01')"
        )
    done = wutong("sample", "--volume", "1/5000", "--into", str(other))
    assert (done.code, "不能覆盖" in done.said) == (1, True), done.said
    assert rows(other, "SELECT count(*) FROM organisation_unit") == [(1,)]


def test_a_file_that_is_no_zone_is_refused(wutong: Wutong, folder: Path) -> None:
    foreign = folder / "foreign.sqlite3"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE theirs (id integer)")
    done = wutong("sample", "--volume", "1/5000", "--into", str(foreign))
    assert (done.code, "别的程序的表" in done.said) == (1, True), done.said


def test_without_a_target_nothing_is_built(wutong: Wutong) -> None:
    done = wutong("sample", "--volume", "1/5000")
    assert (done.code, "--into" in done.said) == (1, True), done.said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://other@localhost/zone",
        "postgresql://postgres@127.0.0.1:5432/zone",
        "postgres://[::1]/zone?sslmode=disable",
    ],
)
def test_the_zones_own_postgresql_is_refused_under_any_name(url: str) -> None:
    own = {
        "default": {"ENGINE": POSTGRESQL, "NAME": "zone", "HOST": "127.0.0.1", "PORT": "", "USER": "postgres"}
    }
    with override_settings(DATABASES=own):
        with pytest.raises(Refused):
            refuse_own_database(url)
        refuse_own_database("postgresql://postgres@127.0.0.1/another")
        refuse_own_database("postgresql://postgres@127.0.0.1:5433/zone")
        refuse_own_database("postgresql://postgres@db.example/zone")


@pytest.mark.parametrize("text", ["mysql://x/y", "", "/", "sqlite://"])
def test_what_is_no_database_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        target_url(text)


def test_a_file_becomes_an_absolute_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert target_url("big.sqlite3") == f"sqlite://{tmp_path.resolve() / 'big.sqlite3'}"
    with pytest.raises(Refused):
        target_url(str(tmp_path))


def test_a_size_is_full_or_a_part_of_it() -> None:
    assert size_of("full") == FULL
    assert (size_of("1/10").cases, size_of("1/10").projects) == (100_000, 1_000)
    for wrong in ("", "1/0", "2", "half", "1/10000000", "-1/2"):
        with pytest.raises(Refused):
            size_of(wrong)


def test_names_are_always_the_same_and_codes_are_never_twice() -> None:
    assert plan.firm(7) == plan.firm(7)
    assert len({plan.firm(number).code for number in range(2_000)}) == 2_000
    assert plan.title(3, 100) == plan.title(3, 100)
