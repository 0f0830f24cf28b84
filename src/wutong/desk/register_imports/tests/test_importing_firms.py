"""A list of firms through the pages: what is new, what is filled in, what is refused. All names are invented."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wutong.base.chain.rows import faults_of_chain
from wutong.desk.register_imports.enterprises import SHEET, check_rows, import_rows, notes_on
from wutong.exchange.intake import Intake, take_in
from wutong.exchange.tests.samples import grid, xlsx
from wutong.ledgerkit.testing import Zone, account_with, client_of, make_zone
from wutong.registers.enterprises.models import Enterprise, EnterpriseTag, FormerName, Status, YearReport
from wutong.registers.enterprises.services import add_former_names, register_enterprise
from wutong.registers.enterprises.uscc import check_character
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.verify import faults
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.people.models import Person
from wutong.registers.places.tests.drawings import make_place

pytestmark = pytest.mark.django_db


def code_of(number: int) -> str:
    body = f"91379999MA{number:07d}"
    return body + check_character(body)


def row(**cells: Any) -> dict[str, Any]:
    return {"企业名称": "示例衡储电池有限公司", "统一社会信用代码": code_of(1), **cells}


def table(*rows: Mapping[str, Any]) -> list[list[Any]]:
    names = list(dict.fromkeys(name for item in rows for name in item))
    return [names, *([item.get(name) for name in names] for item in rows)]


def intake_of(*rows: Mapping[str, Any]) -> Intake:
    intake = take_in([grid(*table(*rows), name="名录")], SHEET)
    return intake.with_problems(check_rows(intake))


def causes(*rows: Mapping[str, Any]) -> dict[int, str]:
    return {problem.row: problem.message for problem in intake_of(*rows).problems}


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def clerk(zone: Zone) -> Client:
    return client_of(account_with("示例名录员", zone.home, zone.now, "enterprises.import"))


@pytest.fixture
def write(zone: Zone):  # type: ignore[no-untyped-def]
    def writer(*rows: Mapping[str, Any]) -> int:
        accepted = intake_of(*rows).accepted
        return import_rows(accepted, actor=SYSTEM, now=zone.now, on=zone.today, source="名录.xlsx")

    return writer


def register(zone: Zone, name: str, **facts: Any) -> Enterprise:
    return register_enterprise(
        name=name, code=facts.pop("code", None), actor=None, on=zone.today, now=zone.now, **facts
    )


def notes(zone: Zone, *rows: Mapping[str, Any]) -> dict[int, str]:
    found = notes_on(intake_of(*rows), source="名录.xlsx", on=zone.today).rows
    return {number: str(words) for number, words in found.items()}


def words(answer: Any) -> str:
    text = re.sub(r"<(script|style).*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


FULL = row(
    曾用名="示例旧名电池厂；示例更旧电池厂",
    成立时间=date(2015, 3, 2),
    注册地址="示例路1号",
    办公地址="示例路2号",
    所属园区="示例P1",
    行业代码="C3841",
    主营业务="锂离子电池",
    所属集团="示例集团",
    经营状态="停产",
    标签="专精特新、高新技术企业",
    联系人="示例丁",
    职务="经理",
    联系电话="13900001111",
    职工人数=120,
    年份=2024,
    **{"注册资本（万元）": 5000},
)


def upload(client: Client, content: bytes, key: str = "one") -> str:
    answer = client.post(
        "/enterprises/import/", {"workbook": SimpleUploadedFile("名录.xlsx", content), "request_key": key}
    )
    assert answer.status_code == 302, words(answer)
    return str(answer["Location"])


# ---- the happy way ---------------------------------------------------------------------------------------------


def test_a_list_becomes_firms_with_everything_that_hangs_on_them(clerk: Client, zone: Zone) -> None:
    place = make_place("P1")
    address = upload(
        clerk,
        xlsx({"名录": table(FULL, row(企业名称="示例子公司", 统一社会信用代码=None, 母公司=code_of(1)))}),
    )
    told = words(clerk.get(address))
    assert "新登记2家，补入0家" in told
    assert not Enterprise.objects.exists(), "a preview writes no row"
    assert "已入库2行" in words(clerk.post(address, follow=True))
    firm = Enterprise.objects.get(code=code_of(1))
    assert (firm.registered_on, firm.address, firm.real_address) == (
        date(2015, 3, 2),
        "示例路1号",
        "示例路2号",
    )
    assert (firm.place_id, firm.industry_code, firm.capital_yuan) == (place.pk, "3841", 50_000_000)
    assert (firm.status, firm.group_name, firm.business) == (Status.RESTING, "示例集团", "锂离子电池")
    assert {item.name for item in firm.former_names.all()} == {"示例旧名电池厂", "示例更旧电池厂"}
    assert {item.word for item in firm.tags.all()} == {"专精特新", "高新技术企业"}
    person = firm.people.get()
    assert (person.name, person.phone, person.post, person.is_contact) == (
        "示例丁",
        "13900001111",
        "经理",
        True,
    )
    report = firm.year_reports.get()
    assert (report.year, report.source, report.values) == (2024, "名录.xlsx", {"staff": 120})
    assert Enterprise.objects.get(name="示例子公司").parent == firm
    assert list(faults()) == []


def test_the_same_list_again_changes_nothing(write, zone: Zone) -> None:  # type: ignore[no-untyped-def]
    make_place("P1")
    rows = (FULL, row(企业名称="示例子公司", 统一社会信用代码=code_of(2), 母公司="示例衡储电池有限公司"))
    assert write(*rows) == 2
    before = RegisterChange.objects.count()
    assert write(*rows) == 0
    assert RegisterChange.objects.count() == before
    assert notes(zone, *rows) == {2: "已登记；没有要补的", 3: "已登记；没有要补的"}


def test_what_is_empty_is_filled_and_what_differs_is_told_and_kept(write, zone: Zone) -> None:  # type: ignore[no-untyped-def]
    firm = register(zone, "示例衡储电池有限公司", address="示例路9号")
    rows = (row(注册地址="示例路1号", 主营业务="电池", 标签="瞪羚"),)
    assert notes(zone, *rows) == {
        2: "已登记；补入统一社会信用代码、主营业务、标签；与登记不同、不改写：注册地址"
    }
    assert write(*rows) == 1
    firm.refresh_from_db()
    assert (firm.address, firm.business, firm.code) == ("示例路9号", "电池", code_of(1))
    assert EnterpriseTag.objects.get().enterprise == firm
    changes = RegisterChange.objects.filter(entry_kind="enterprise", entry_id=firm.pk).order_by("seq")
    assert [(item.verb, item.reason) for item in changes] == [("register", ""), ("fill", "名录.xlsx")]
    assert list(faults_of_chain(firm.chain_name(), changes, firm)) == []


def test_a_firm_is_recognised_by_a_name_that_it_had(write, zone: Zone) -> None:  # type: ignore[no-untyped-def]
    firm = register(zone, "示例新名电池有限公司")
    add_former_names([(firm, "示例衡储电池有限公司")], actor=None, on=zone.today, now=zone.now)
    assert "已登记为“示例新名电池有限公司”" in notes(zone, row())[2]
    write(row())
    firm.refresh_from_db()
    assert (Enterprise.objects.count(), firm.name, firm.code) == (1, "示例新名电池有限公司", code_of(1))


def test_a_firm_that_was_not_disclosed_reads_like_a_new_one_and_is_disclosed(write, zone: Zone) -> None:  # type: ignore[no-untyped-def]
    register(zone, "示例衡储电池有限公司", is_disclosed=False, address="示例机密路1号")
    assert notes(zone, row(注册地址="示例路1号")) == {2: "新登记"}
    write(row(注册地址="示例路1号"))
    assert Enterprise.objects.get().is_disclosed
    assert Enterprise.objects.get().address == "示例机密路1号"


def test_a_contact_that_is_known_is_not_registered_again(write) -> None:  # type: ignore[no-untyped-def]
    contact = {"联系人": "示例丁", "联系电话": "13900001111"}
    write(row(**contact))
    write(row(**contact | {"联系电话": "139 0000 2222"}))
    assert Person.objects.get().phone == "13900001111"


# ---- doubles ---------------------------------------------------------------------------------------------------


def test_a_suspected_double_is_told_and_not_refused(write, zone: Zone) -> None:  # type: ignore[no-untyped-def]
    register(zone, "示例恒储电池有限公司")
    register(zone, "示例衡储电池股份公司", is_disclosed=False)
    told = notes(zone, row())[2]
    assert "疑似与“示例恒储电池有限公司”是同一家（名称读音相同）" in told
    assert "股份" not in told
    assert write(row()) == 1


def test_a_former_name_that_another_firm_has_today_is_told(zone: Zone) -> None:
    register(zone, "示例旧名电池厂")
    assert "曾用名“示例旧名电池厂”已登记为另一家企业" in notes(zone, row(曾用名="示例旧名电池厂"))[2]


# ---- refused rows ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "place", "expected"),
    [
        ({"统一社会信用代码": "91379999MA000000XA"}, "B列“统一社会信用代码”", "校验位不对"),
        ({"行业代码": "Z99"}, "C列“行业代码”", "不是行业代码"),
        ({"所属镇街": "不存在的镇"}, "C列“所属镇街”", "没有叫“不存在的镇”的地域"),
        ({"母公司": "不存在的公司"}, "C列“母公司”", "名录里没有“不存在的公司”"),
        ({"母公司": "示例衡储电池有限公司"}, "C列“母公司”", "自己或它的下属企业"),
        ({"标签": "长" * 21}, "C列“标签”", "太长"),
        ({"联系电话": "13900001111"}, "C列“联系电话”", "没有写联系人"),
        ({"职工人数": 5}, "C列“职工人数”", "不知道是哪一年的"),
        ({"职工人数": 5, "年度": 1024}, "D列“年度”", "不是年度"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_refused_with_its_place(
    zone: Zone, wrong: dict[str, Any], place: str, expected: str
) -> None:
    told = causes(row(**wrong))
    assert f"第2行{place}" in told[2]
    assert expected in told[2]


def test_a_code_that_another_firm_has_is_refused_and_a_secret_holder_is_not_named(zone: Zone) -> None:
    register(zone, "示例别家公司", code=code_of(1))
    register(zone, "示例机密公司", code=code_of(2), is_disclosed=False)
    told = causes(row(), row(企业名称="示例乙公司", 统一社会信用代码=code_of(2)))
    assert "已登记在“示例别家公司”名下" in told[2]
    assert "已登记在另一家企业名下" in told[3]
    assert "机密" not in told[3]


def test_a_known_firm_with_another_code_is_refused(zone: Zone) -> None:
    register(zone, "示例衡储电池有限公司", code=code_of(3))
    assert "登记的是另一个代码" in causes(row())[2]


def test_one_firm_in_two_rows_is_refused_in_both(zone: Zone) -> None:
    firm = register(zone, "示例新名电池有限公司")
    add_former_names([(firm, "示例旧名电池厂")], actor=None, on=zone.today, now=zone.now)
    told = causes(
        row(企业名称="示例新名电池有限公司"),
        row(企业名称="示例旧名电池厂"),
        row(企业名称="示例丙"),
        row(企业名称="示例丁"),
    )
    assert "与第3行是同一家企业" in told[2]
    assert "与第2行是同一家企业" in told[3]
    assert "与第5行的代码相同" in told[4]


def test_firms_above_each_other_and_below_a_refused_row_are_refused(zone: Zone) -> None:
    told = causes(
        {"企业名称": "示例甲", "母公司": "示例乙"},
        {"企业名称": "示例乙", "母公司": "示例甲"},
        {"企业名称": "示例丙", "统一社会信用代码": "91379999MA000000XA"},
        {"企业名称": "示例丁", "母公司": "示例丙"},
        {"企业名称": "示例戊", "母公司": "示例丁"},
    )
    assert "不能作母公司" in told[2]
    assert "不能作母公司" in told[3]
    assert "母公司在第4行，那一行退回了" in told[5]
    assert "母公司在第5行，那一行退回了" in told[6]


def test_a_secret_firm_is_no_parent(zone: Zone) -> None:
    register(zone, "示例机密公司", is_disclosed=False)
    assert "名录里没有“示例机密公司”" in causes(row(母公司="示例机密公司"))[2]


# ---- rights, and how much it costs -----------------------------------------------------------------------------


def test_without_the_right_nobody_uploads(zone: Zone) -> None:
    client = client_of(account_with("示例读者", zone.home, zone.now, "enterprises.register"))
    for path in ("/enterprises/import/", "/enterprises/import/template/", "/enterprise-years/import/"):
        assert client.get(path).status_code == 403
        assert Client().get(path).status_code == 302


def test_the_blank_workbooks_are_there(clerk: Client) -> None:
    for slug in ("enterprises", "enterprise-years"):
        assert clerk.get(f"/{slug}/import/template/").status_code == 200
        assert clerk.get(f"/{slug}/import/").status_code == 200
    assert clerk.get("/nothing/import/").status_code == 404


def test_more_rows_take_no_more_queries(write, zone: Zone) -> None:  # type: ignore[no-untyped-def]
    def rows(start: int, count: int) -> list[dict[str, Any]]:
        return [
            row(
                企业名称=f"示例第{number}企业有限公司", 统一社会信用代码=code_of(number), 注册地址=f"示例路{number}号",
                标签="示例标签", 联系人=f"示例人{number}", 职工人数=5, 年度=2024, 曾用名=f"示例旧{number}",
                母公司=f"示例第{start}企业有限公司" if number > start else None,
            )
            for number in range(start, start + count)
        ]  # fmt: skip

    def queries(some: list[dict[str, Any]]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            notes(zone, *some)
            write(*some)
        return len(captured)

    queries(rows(100, 3))
    few, more = queries(rows(1000, 5)), queries(rows(2000, 25))
    # Writing is split into statements of some dozens of rows where the database limits their parameters.
    assert more <= few + 8
    assert (FormerName.objects.count(), YearReport.objects.count()) == (33, 33)
