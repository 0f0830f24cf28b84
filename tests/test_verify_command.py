"""`wutong verify` on the whole sample zone: nothing is broken; one touch is named, counted and given as exit code."""

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection, transaction

from tests.zone_for_ledgers import NOW
from wutong.base.chain.operations import append_only_tables
from wutong.base.chain.testing import thawed
from wutong.cases.models import Case
from wutong.cli.commands import anchor, verify
from wutong.sample.zone import build_zone
from wutong.site.seeds import load_seeds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sample(db: None, settings: LazySettings, tmp_path: Path) -> None:
    settings.WUTONG_FILE_DIR = tmp_path / "files"
    settings.WUTONG_ANCHOR_DIR = tmp_path / "anchors"
    load_seeds()
    build_zone(today=NOW.date(), now=NOW)


def verified(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str], str]:
    capsys.readouterr()
    code = verify.run(argparse.Namespace())
    *found, last = capsys.readouterr().out.splitlines()
    return code, found, last


def tamper(sql: str, *parameters: object) -> None:
    connection.check_constraints()
    with thawed(connection, *append_only_tables()), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@contextmanager
def undone() -> Iterator[None]:
    """What is done within the block is taken back: the zone is built once for all that is tried on it."""
    with transaction.atomic():
        yield
        connection.check_constraints()
        transaction.set_rollback(True)


def test_the_sample_zone_is_whole_and_each_broken_chain_is_named_and_counted_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for _time in range(2):
        code, found, last = verified(capsys)
        assert (code, found) == (0, [])
        assert re.fullmatch(r"0 broken of [1-9]\d{3} chains", last)
        assert anchor.run(argparse.Namespace()) == 0
    project = Case.objects.filter(case_type="project_push", state="started").order_by("pk")[0]
    problem = Case.objects.filter(case_type="rectification").order_by("pk")[0]

    with undone():
        tamper("UPDATE cases_change SET reason = 'x' WHERE case_id = %s", project.pk)
        tamper("UPDATE project_push_rectification SET measure = 'x' WHERE case_id = %s", problem.pk)
        tamper("UPDATE projects_project SET total_investment_yuan = 1 WHERE code = %s", project.number)
        code, found, last = verified(capsys)
        assert code == 1
        assert last.startswith("3 broken of ")
        said = "\n".join(found)
        assert project.number in said
        assert "“整改措施”与变更记录不符" in said
        assert "“总投资（元）”与最后一次登记不符" in said

    with undone():  # found by its chain, its columns and the signed heads: still one broken chain
        of_case = "(SELECT id FROM cases_change WHERE case_id = %s)"
        tamper(f"DELETE FROM cases_evidencecheck WHERE change_id IN {of_case}", project.pk)
        tamper("DELETE FROM cases_evidence WHERE case_id = %s", project.pk)
        tamper("DELETE FROM cases_change WHERE case_id = %s AND seq > 1", project.pk)
        _code, found, last = verified(capsys)
        assert last.startswith("1 broken of ")
        assert {line.partition("\t")[0] for line in found} == {f"case:{project.pk}（{project.number}）"}

    with undone(), thawed(connection, "cases_change"):
        code, found, last = verified(capsys)
        assert code == 0
        assert found == ["提示：表 cases_change 没有防改触发器"]
        assert last.startswith("0 broken of ")
    assert verified(capsys)[0] == 0
