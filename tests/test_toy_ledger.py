"""A new mechanism is one folder and one line: a small ledger, written here, keeps the contract of all ledgers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FILES = {
    "__init__.py": '"""Toy ledger: a request is received and answered. Invented."""\n',
    "apps.py": """
from wutong.ledgerkit.apps import LedgerConfig


class ToyConfig(LedgerConfig):
    default = True
    name = "toy_requests"
    label = "toy_requests"
    verbose_name = "示例请求"
""",
    "models.py": """
from django.db import models

from wutong.cases.models import CaseDetail


class ToyRequest(CaseDetail):
    case_type = "toy_request"
    words = models.CharField("请求", max_length=100)
    answer = models.TextField("答复", default="", max_length=500)

    class Meta:
        verbose_name = "示例请求"
""",
    "migrations/__init__.py": "",
    "migrations/0001_initial.py": """
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("cases", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="ToyRequest",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=models.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="cases.case",
                        verbose_name="办件",
                    ),
                ),
                ("words", models.CharField(max_length=100, verbose_name="请求")),
                ("answer", models.TextField(default="", max_length=500, verbose_name="答复")),
            ],
            options={"verbose_name": "示例请求"},
        )
    ]
""",
    "procedures.py": """
from wutong.cases.procedures import Procedure, RoleDef, State, TaskDef, Transition, Who

REQUEST = Procedure(
    case_type="toy_request",
    version=1,
    label="示例请求",
    number_prefix="QQ",
    states=(
        State("received", "已收到", task=TaskDef("host", "答复")),
        State("answered", "已答复", kind="closed"),
    ),
    opens_in=("received",),
    may_open=Who(right="toy.open"),
    roles=(RoleDef("host", "主办"),),
    results=(("answered", "已答复"),),
    transitions=(
        Transition(
            "answer", "答复", ("received",), "answered", Who(roles=("host",)), fields=("answer",), result="answered"
        ),
    ),
)
""",
    "pages.py": """
from django import forms
from django.urls import reverse

from toy_requests.models import ToyRequest
from wutong.ledgerkit.ledger import DetailExtras
from wutong.ledgerkit.policy import visible_cases
from wutong.ui.forms import FilterForm
from wutong.ui.panels import Fact
from wutong.ui.tables import Cell, Column, Row

COLUMNS = (Column("name", "请求", "name", phone="show"), Column("unit", "责任单位", phone="show"))


class Filters(FilterForm):
    q = forms.CharField(label="请求", required=False)


def entries(query):
    rows = ToyRequest.objects.select_related("case__host_unit")
    return rows.filter(case__in=visible_cases(query.actor, "toy_request")).order_by("case__pk")


def rows(found, query):
    return [
        Row(
            item.case.number,
            {
                "name": Cell(item.words, href=reverse("case_detail", args=["toy-requests", item.case.number])),
                "unit": Cell(str(item.case.host_unit)),
            },
        )
        for item in found
    ]


def extras(detail, actor, as_of):
    return DetailExtras(title=detail.words, facts=[Fact("编号", detail.case.number)])
""",
    "ledger.py": """
from toy_requests import pages
from toy_requests.models import ToyRequest
from toy_requests.procedures import REQUEST
from wutong.base.accounts.rights import Right
from wutong.cases.registry import CaseType
from wutong.ledgerkit.ledger import CasePages, Ledger, Listing

LEDGER = Ledger(
    code="toy_requests",
    name="示例请求",
    menu_group="示例",
    case_types=(CaseType(REQUEST, ToyRequest),),
    rights=(
        Right("toy.see_all", "查看全部请求", "查看全部请求。"),
        Right("toy.open", "登记请求", "登记请求。"),
    ),
    see_all="toy.see_all",
    pages=(
        CasePages(
            case_type="toy_request",
            slug="toy-requests",
            listing=Listing(
                title="示例请求",
                intro=lambda query: "示例。",
                columns=pages.COLUMNS,
                entries=pages.entries,
                rows=pages.rows,
                filters=pages.Filters,
            ),
            details=lambda: ToyRequest.objects.select_related("case"),
            extras=pages.extras,
        ),
    ),
)
""",
    "tests/__init__.py": "",
    "tests/test_contract.py": """
from toy_requests.ledger import LEDGER
from wutong.cases.act import act
from wutong.cases.steps import Holder, NewCase
from wutong.ledgerkit.testing import LedgerContract
from wutong.registers.organisation.actors import SYSTEM


class TestToy(LedgerContract):
    ledger = LEDGER

    def make_cases(self, zone):
        new = NewCase("toy_request", "示例请求", "received", {"words": "示例请求"})
        done = act(
            new,
            "open",
            actor=SYSTEM,
            now=zone.now,
            effective_on=zone.today,
            holders=[Holder("host", zone.home, zone.host)],
        )
        return [done.case]
""",
}
SETTINGS = """
from wutong.site.settings.test import *

INSTALLED_APPS = [*INSTALLED_APPS[:-1], "toy_requests", INSTALLED_APPS[-1]]
"""


def write_toy(folder: Path) -> None:
    for name, text in FILES.items():
        path = folder / "toy_requests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    (folder / "toy_settings.py").write_text(SETTINGS, encoding="utf-8")


def run_contract(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "toy_settings",
        "PYTHONPATH": str(folder),
    }
    environment.pop("PYTEST_ADDOPTS", None)
    for name in [name for name in environment if name.startswith("PYTEST_XDIST")]:
        del environment[name]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--ds", "toy_settings", "-o"]
    command += ["addopts=--import-mode=importlib", "--rootdir", str(folder), str(folder / "toy_requests")]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.mark.skipif(
    os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="the toy needs no second database"
)
def test_one_folder_and_one_line_make_a_ledger_that_keeps_the_contract(tmp_path: Path) -> None:
    write_toy(tmp_path)
    result = run_contract(tmp_path)
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
    assert " passed" in result.stdout


@pytest.mark.skipif(
    os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="the toy needs no second database"
)
def test_a_toy_with_a_state_that_cannot_be_reached_does_not_start(tmp_path: Path) -> None:
    write_toy(tmp_path)
    path = tmp_path / "toy_requests" / "procedures.py"
    text = path.read_text(encoding="utf-8")
    lost = text.replace("    states=(\n", '    states=(\n        State("lost", "到不了"),\n')
    path.write_text(lost, encoding="utf-8")
    result = run_contract(tmp_path)
    assert result.returncode != 0
    assert "state lost cannot be reached" in result.stdout + result.stderr
