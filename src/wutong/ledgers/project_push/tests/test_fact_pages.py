"""The forms of a project's file through the browser's eyes: who gets them, what is refused where, what stays typed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from wutong.base.money import WAN
from wutong.cases.models import Evidence
from wutong.ledgerkit.testing import NOBODY, Zone, client_of, make_zone
from wutong.ledgers.project_push.facts.services import add_participant, set_node
from wutong.ledgers.project_push.models import (
    MonthReport,
    Participant,
    ProjectFunds,
    ProjectNode,
    ProjectPush,
    ProjectVisit,
    YearPlan,
)
from wutong.ledgers.project_push.tests.fact_zone import PNG, by_host, make_project, picture

pytestmark = pytest.mark.django_db

FORMS = ("node/", "node/permit/", "year-plan/", "funds/", "participant/", "visit/", "facts/")


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def push(zone: Zone) -> ProjectPush:
    return make_project(zone)


@pytest.fixture
def host(zone: Zone) -> Client:
    assert zone.host.account is not None
    return client_of(zone.host.account)


def path(push: ProjectPush, rest: str = "") -> str:
    return f"/projects/{push.case.number}/{rest}"


def send(client: Client, address: str, **typed: Any) -> Any:
    form = client.get(address).context["page"].form
    held = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    held = {name: getattr(value, "pk", value) for name, value in held.items() if value not in (None, "")}
    return client.post(address, {**held, **typed})


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_every_form_is_there_for_those_who_write_and_told_to_those_who_only_see(
    zone: Zone, push: ProjectPush
) -> None:
    """Who does not see the project finds nothing; a drawer gets the form alone."""
    firm = add_participant(push, "builder", "示例建工", zone.today, by_host(zone))
    forms = [*FORMS, f"participant/{firm.pk}/end/"]
    for code, expected in (("clerk", 200), ("supervisor", 403), ("leader", 403), (NOBODY, 404)):
        client = client_of(zone.accounts[code])
        for rest in forms:
            assert client.get(path(push, rest)).status_code == expected, (code, rest)
            if expected != 200:
                assert client.post(path(push, rest), {"name": "示例"}).status_code == expected, (code, rest)
    assert zone.host.account is not None
    drawer = client_of(zone.host.account).get(path(push, "visit/"), headers={"HX-Request": "true"})
    assert drawer.status_code == 200
    assert drawer.content.decode().startswith("<dialog")


def test_a_node_is_planned_reached_and_refused_at_its_field(
    zone: Zone, push: ProjectPush, host: Client
) -> None:
    plan = zone.today + timedelta(days=30)
    answer = send(host, path(push, "node/"), code="permit", plan_on=plan, arrangement="报图审")
    assert (answer.status_code, answer["Location"]) == (302, f"{path(push)}#node-plans")
    answer = send(host, path(push, "node/permit/"), plan_on=plan + timedelta(days=9))
    assert answer.status_code == 422
    assert "改动要写明理由" in words(answer)
    assert "报图审" in answer.content.decode()
    tomorrow = zone.today + timedelta(days=1)
    answer = send(host, path(push, "node/permit/"), actual_on=tomorrow, document_no="示例〔2026〕1号")
    assert answer.status_code == 422
    assert "还没到" in answer.context["page"].form.errors["actual_on"][0]
    assert "示例〔2026〕1号" in answer.content.decode()
    assert send(host, path(push, "node/permit/"), actual_on=zone.today).status_code == 302
    assert ProjectNode.objects.get().actual_on == zone.today
    choices = dict(host.get(path(push, "node/")).context["page"].form.fields["code"].choices)
    assert "permit" not in choices
    assert host.get(path(push, "node/nothing/")).status_code == 404


def test_money_is_typed_in_ten_thousands_and_kept_in_yuan(
    zone: Zone, push: ProjectPush, host: Client
) -> None:
    assert send(host, path(push, "year-plan/"), planned_wan="1200.5").status_code == 302
    assert YearPlan.objects.get().planned_yuan == 12_005_000
    answer = send(host, path(push, "year-plan/"), planned_wan="-3", reason="示例")
    assert answer.context["page"].form.errors["planned_wan"] == ["金额不能是负数。"]
    sent = send(host, path(push, "funds/"), source="bank", arrived_wan="70000")
    assert sent.status_code == 302
    assert "超过总投资60000万元，请核对" in words(host.get(path(push)))
    assert ProjectFunds.objects.get().arrived_yuan == 70_000 * WAN
    assert send(host, path(push, "funds/"), source="own", arrived_wan="约1200").status_code == 422
    assert send(host, path(push, "funds/"), source="own", arrived_wan="1", month=13).status_code == 422


def test_a_visit_with_photos_shows_them_with_their_day(zone: Zone, push: ProjectPush, host: Client) -> None:
    answer = host.post(
        path(push, "visit/"),
        {
            "on": zone.today - timedelta(days=1),
            "visitors": "示例主办",
            "said": "基础已开挖",
            "next_step": "示例主办复查",
            "next_on": zone.today + timedelta(days=3),
            "photos": [picture("一.png"), picture("二.png", b"2")],
        },
    )
    assert answer.status_code == 302, words(answer)
    page = host.get(path(push))
    told = words(page)
    assert "走访：基础已开挖" in told
    assert "下一步：示例主办复查" in told
    photos = re.findall(r'<img src="([^"]+)"', page.content.decode())
    assert len(photos) == 2
    shown = host.get(photos[0])
    assert (shown.status_code, shown["Content-Type"], shown["X-Content-Type-Options"]) == (
        200, "image/png", "nosniff",
    )  # fmt: skip
    assert shown["Content-Disposition"] == "inline"
    assert "说好：示例主办复查" in words(host.get(path(push, "visit/")))


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"), ("a.jpg", b"%PDF-1.4\n%%EOF\n")],
)
def test_only_jpeg_and_png_are_taken_as_photos(
    zone: Zone, push: ProjectPush, host: Client, name: str, content: bytes
) -> None:
    upload = picture(name)
    upload.file.seek(0)
    upload.file.truncate()
    upload.file.write(content)
    upload.file.seek(0)
    upload.size = len(content)
    answer = host.post(
        path(push, "visit/"), {"on": zone.today, "visitors": "甲", "said": "示例", "photos": [upload]}
    )
    assert answer.status_code == 422
    assert "不是JPEG或PNG照片" in words(answer)
    assert not ProjectVisit.objects.exists()


def test_a_document_is_never_shown_as_a_photo(zone: Zone, push: ProjectPush, host: Client) -> None:
    """A file handed in as a site photo that is none, a file of another kind, one of another project."""
    form = host.get(path(push, "act/hand_in/")).context["page"].form
    held = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    held = {name: value for name, value in held.items() if value not in (None, "")}
    pdf = picture("a.pdf")
    pdf.file.seek(0)
    pdf.file.truncate()
    pdf.file.write(b"%PDF-1.4\n%%EOF\n")
    pdf.file.seek(0)
    pdf.size = 15
    assert (
        host.post(path(push, "act/hand_in/"), {**held, "kind": "site_photo", "file": pdf}).status_code == 302
    )
    item = Evidence.objects.get()
    assert host.get(path(push, f"photo/{item.pk}/")).status_code == 404
    assert "<img" not in host.get(path(push)).content.decode()
    other = make_project(zone, "示例另一项目")
    assert host.get(path(other, f"photo/{item.pk}/")).status_code == 404
    assert host.get(path(push, f"photo/{2**70}/")).status_code == 404


def test_a_foreign_photo_is_not_found(zone: Zone, push: ProjectPush, host: Client) -> None:
    host.post(
        path(push, "visit/"), {"on": zone.today, "visitors": "甲", "said": "示例", "photos": [picture()]}
    )
    item = Evidence.objects.get()
    assert client_of(zone.accounts["supervisor"]).get(path(push, f"photo/{item.pk}/")).content == PNG
    assert client_of(zone.accounts[NOBODY]).get(path(push, f"photo/{item.pk}/")).status_code == 404


def test_firms_come_and_go_through_the_panel(zone: Zone, push: ProjectPush, host: Client) -> None:
    assert send(host, path(push, "participant/"), role="builder", name="示例建工").status_code == 302
    firm = Participant.objects.get()
    assert f"/participant/{firm.pk}/end/" in host.get(path(push)).content.decode()
    answer = send(host, path(push, f"participant/{firm.pk}/end/"), to_on=firm.from_on)
    assert answer.status_code == 422
    other = make_project(zone, "示例另一项目")
    assert host.get(path(other, f"participant/{firm.pk}/end/")).status_code == 404


def test_register_facts_are_edited_and_a_second_editor_is_told(
    zone: Zone, push: ProjectPush, host: Client
) -> None:
    assert send(host, path(push, "facts/"), place="示例园区", phase_one_wan="20000").status_code == 302
    push.project.refresh_from_db()
    assert (push.project.place, push.project.phase_one_yuan) == ("示例园区", 20_000 * WAN)
    answer = send(host, path(push, "facts/"), place="别处", expected_seq=1)
    assert answer.status_code == 422
    assert "刚被别人改过" in words(answer)
    answer = send(host, path(push, "facts/"), phase_one_wan="90000")
    assert "一期投资超过总投资60000万元" in answer.context["page"].form.errors["phase_one_wan"][0]


def test_month_reports_are_shown_with_their_sums(zone: Zone, push: ProjectPush, host: Client) -> None:
    from wutong.registers.history.services import record

    year = zone.today.year
    for month, done in ((1, 300), (2, 200)):
        facts = {
            "project": push.project,
            "year": year,
            "month": month,
            "done_yuan": done * WAN,
            "progress": "示例",
        }
        record(MonthReport(), facts, actor=None, effective_on=zone.today, now=zone.now)
    send(host, path(push, "year-plan/"), planned_wan="1000")
    told = words(host.get(path(push)))
    assert "500 / 1,000万元，50%" in told
    assert f"{year}年2月" in told
    assert "占总投资 1%" in told


def test_a_planned_day_that_moved_is_told_with_the_one_before(
    zone: Zone, push: ProjectPush, host: Client
) -> None:
    first, second = zone.today + timedelta(days=30), zone.today + timedelta(days=60)
    set_node(push, "permit", {"plan_on": first}, by_host(zone))
    set_node(push, "permit", {"plan_on": second}, by_host(zone, "图审未过"))
    told = words(host.get(path(push)))
    assert f"施工许可：计划改为{second}（原计划{first}）" in told
    assert f"原计划{first}" in told
    assert "图审未过" in told
