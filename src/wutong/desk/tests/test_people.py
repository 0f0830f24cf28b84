"""The pages of people: who sees whom, what is masked, what is on record. All people are invented."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from wutong.base.audit.models import AuditEvent
from wutong.ledgerkit.testing import Zone, account_with, client_of, make_zone, queries_of
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.services import register_enterprise
from wutong.registers.history.models import RegisterChange
from wutong.registers.people.models import Person
from wutong.registers.people.queries import retention_days
from wutong.registers.people.rights import MANAGE, SEE
from wutong.registers.people.services import NewPerson, register_people

pytestmark = pytest.mark.django_db
NAME, PHONE, ID = "示例丁", "13900001111", "11010519491231002X"


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


def client_with(zone: Zone, *rights: str) -> Client:
    return client_of(account_with("示例阅人" + str(len(rights)), zone.home, zone.now, *rights))


@pytest.fixture
def manager(zone: Zone) -> Client:
    return client_with(zone, MANAGE, "personal.unmask")


@pytest.fixture
def reader(zone: Zone) -> Client:
    return client_with(zone)


def firm_of(zone: Zone, name: str, **facts: Any) -> Enterprise:
    return register_enterprise(name=name, code=None, actor=None, on=zone.today, now=zone.now, **facts)


def made(zone: Zone, name: str = NAME, on: date | None = None, **facts: Any) -> Person:
    facts = facts or {"is_expert": True}
    return register_people([NewPerson(name, **facts)], actor=None, on=on or zone.today, now=zone.now)[0]


def told(answer: HttpResponse) -> str:
    return answer.content.decode()


def shown(answer: HttpResponse) -> set[int]:
    return {int(row.key) for row in answer.context["page"].table.rows}


# ---- who sees whom ---------------------------------------------------------------------------------------------


def test_contacts_go_with_their_firms_and_experts_need_a_right(zone: Zone, reader: Client) -> None:
    contact = made(zone, enterprise=firm_of(zone, "示例公开公司"), is_contact=True)
    hidden = made(zone, enterprise=firm_of(zone, "示例机密公司", is_disclosed=False), is_contact=True)
    expert, talent = made(zone), made(zone, is_talent=True)
    assert shown(reader.get("/people/")) == {contact.pk}
    assert reader.get(f"/people/{contact.pk}/").status_code == 200
    for person in (hidden, expert, talent):
        for page in ("", "change/", "erase/", "reveal/phone/"):
            assert reader.get(f"/people/{person.pk}/{page}").status_code == 404
    seer = client_with(zone, SEE)
    assert shown(seer.get("/people/")) == {contact.pk, expert.pk, talent.pk}
    assert Client().get("/people/").status_code == 302
    assert reader.get(f"/people/{'9' * 30}/").status_code == 404


def test_a_contact_does_not_tell_that_he_is_a_talent(zone: Zone, reader: Client) -> None:
    person = made(
        zone, enterprise=firm_of(zone, "示例公开公司"), id_number=ID, is_contact=True, is_talent=True,
        speciality="示例光学", degree="示例博士", talent_class="示例甲类",
    )  # fmt: skip
    for page in (told(reader.get("/people/")), told(reader.get(f"/people/{person.pk}/"))):
        assert not any(word in page for word in ("示例光学", "示例博士", "示例甲类", "证件号码", "110105"))
    assert reader.get(f"/people/{person.pk}/reveal/id_number/").status_code == 404
    for query in ("kind=talent", "speciality=光学"):
        assert shown(reader.get(f"/people/?{query}")) == set()
    seer = told(client_with(zone, SEE).get(f"/people/{person.pk}/"))
    assert "示例光学" in seer
    assert "110105" in seer


def test_the_firm_of_an_expert_is_not_told_to_who_may_not_see_it(zone: Zone, manager: Client) -> None:
    firm = firm_of(zone, "示例机密公司", is_disclosed=False)
    person = made(zone, enterprise=firm, is_expert=True, phone=PHONE)
    for path in ("/people/", f"/people/{person.pk}/", f"/people/{person.pk}/change/", "/people/?firm=机密"):
        assert "示例机密公司" not in told(manager.get(path))
    form = {"kinds": ["expert"], "post": "示例顾问", "seq": person.last_seq}
    assert manager.post(f"/people/{person.pk}/change/", form).status_code == 302
    person.refresh_from_db()
    assert (person.enterprise_id, person.post) == (firm.pk, "示例顾问")


# ---- list and page ---------------------------------------------------------------------------------------------


def test_nothing_personal_stands_in_plain_on_any_page(zone: Zone, manager: Client) -> None:
    person = made(zone, phone=PHONE, id_number=ID, is_talent=True)
    for page in (
        "",
        f"{person.pk}/",
        f"{person.pk}/change/",
        f"{person.pk}/erase/",
        f"{person.pk}/reveal/phone/",
    ):
        text = told(manager.get(f"/people/{page}"))
        assert not any(value in text for value in (NAME, PHONE, ID))
    text = told(manager.get(f"/people/{person.pk}/"))
    assert "用途：人才认定与待遇核发；最近核实后保存1825天" in text
    assert (zone.today + timedelta(days=retention_days())).isoformat() in text


def test_people_are_found_by_the_whole_name_or_telephone(zone: Zone, manager: Client) -> None:
    person, other = made(zone, phone=PHONE, is_expert=True), made(zone, "示例戊")
    assert shown(manager.get("/people/", {"q": NAME})) == {person.pk}
    assert shown(manager.get("/people/", {"q": "139-0000-1111"})) == {person.pk}
    assert shown(manager.get("/people/", {"q": "示例"})) == set()
    assert shown(manager.get("/people/")) == {person.pk, other.pk}


def test_filters_narrow_the_list(zone: Zone, manager: Client) -> None:
    contact = made(zone, enterprise=firm_of(zone, "示例公开公司"), is_contact=True)
    expert = made(zone, is_expert=True, speciality="示例光学")
    assert shown(manager.get("/people/?kind=contact")) == {contact.pk}
    assert shown(manager.get("/people/?firm=公开")) == {contact.pk}
    assert shown(manager.get("/people/?speciality=光学")) == {expert.pk}
    assert manager.get("/people/?kind=nonsense&page=zzz").status_code == 200


def test_the_page_tells_who_changed_what_without_values(zone: Zone, manager: Client) -> None:
    person = made(zone, phone=PHONE, is_expert=True)
    form = {
        "kinds": ["expert", "talent"],
        "phone": "13900002222",
        "degree": "示例博士",
        "seq": person.last_seq,
    }
    assert manager.post(f"/people/{person.pk}/change/", form).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.phone, person.is_talent) == (NAME, "13900002222", True)
    rows = manager.get(f"/people/{person.pk}/").context["page"].main[-1].table.rows
    assert [str(row.cells["what"].text) for row in rows] == ["修改", "登记"]
    note = str(rows[0].cells["what"].note)
    assert "联系电话" in note
    assert "检索值" not in note
    assert not any(value in note for value in (PHONE, "13900002222", "示例博士"))


def test_more_people_take_no_more_queries(zone: Zone, manager: Client) -> None:
    firm = firm_of(zone, "示例公开公司")
    made(zone, enterprise=firm, is_contact=True)
    few = queries_of(manager, "/people/")
    for _number in range(20):
        made(zone, enterprise=firm, is_contact=True)
    assert queries_of(manager, "/people/") == few <= 8


# ---- acts ------------------------------------------------------------------------------------------------------


def test_a_person_is_registered_with_a_firm_and_several_kinds(zone: Zone, manager: Client) -> None:
    firm = firm_of(zone, "示例公开公司")
    form = {"name": NAME, "phone": PHONE, "kinds": ["contact", "expert"], "firm": "示例 公开公司"}
    answer = manager.post("/people/new/", form)
    person = Person.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/people/{person.pk}/")
    assert (person.name, person.phone, person.enterprise) == (NAME, PHONE, firm)
    assert (person.is_contact, person.is_expert, person.is_talent) == (True, True, False)
    assert RegisterChange.objects.get(entry_kind="contact").actor is not None


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"name": ""}, "请填写"),
        ({"kinds": []}, "请选择"),
        ({"firm": "不存在的公司"}, "没有登记这家企业"),
        ({"firm": "示例机密公司"}, "没有登记这家企业"),
    ],
)
def test_a_wrong_form_is_refused_at_the_field(
    zone: Zone, manager: Client, wrong: dict[str, Any], expected: str
) -> None:
    firm_of(zone, "示例机密公司", is_disclosed=False)
    answer = manager.post("/people/new/", {"name": NAME, "kinds": ["expert"], **wrong})
    assert answer.status_code == 422
    assert expected in told(answer)
    assert not Person.objects.exists()


def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(zone: Zone, manager: Client) -> None:
    person = made(zone)
    form = {"kinds": ["expert"], "seq": person.last_seq, "post": "示例甲"}
    assert manager.post(f"/people/{person.pk}/change/", form).status_code == 302
    answer = manager.post(f"/people/{person.pk}/change/", form | {"post": "示例乙"})
    assert answer.status_code == 422
    assert "刚被别人改过" in told(answer)
    person.refresh_from_db()
    assert person.post == "示例甲"


@pytest.mark.parametrize(("name", "value"), [("name", NAME), ("phone", PHONE), ("id_number", ID)])
def test_one_value_is_shown_in_full_with_a_reason_on_record(
    zone: Zone, manager: Client, name: str, value: str
) -> None:
    person = made(zone, phone=PHONE, id_number=ID, is_talent=True)
    path = f"/people/{person.pk}/reveal/{name}/"
    assert manager.post(path, {"reason": "短"}).status_code == 422
    assert value in told(manager.post(path, {"reason": "核对认定材料"}))
    assert value not in told(manager.get(path))
    event = AuditEvent.objects.filter(action="reveal_personal", outcome="ok").get()
    assert (event.target_id, event.detail["field"]) == (str(person.pk), name)
    assert manager.get(f"/people/{person.pk}/reveal/post/").status_code == 404


def test_without_rights_nothing_is_done(zone: Zone) -> None:
    person = made(zone)
    seer = client_with(zone, SEE)
    for page in ("new/", "due/", f"{person.pk}/change/", f"{person.pk}/erase/"):
        assert seer.get(f"/people/{page}").status_code == 403
        assert seer.post(f"/people/{page}", {"reason": "示例事由"}).status_code == 403
    assert seer.post(f"/people/{person.pk}/reveal/name/", {"reason": "示例事由"}).status_code == 403
    person.refresh_from_db()
    assert not person.is_erased


def test_people_whose_retention_is_over_are_listed_and_erased(zone: Zone, manager: Client) -> None:
    long_ago = zone.today - timedelta(days=retention_days() + 1)
    old, kept = made(zone, on=long_ago), made(zone, "示例戊")
    assert shown(manager.get("/people/due/")) == {old.pk}
    assert "已满，请重新核实或清除" in told(manager.get(f"/people/{old.pk}/"))
    assert manager.post(f"/people/{old.pk}/erase/", {"reason": "保存期已满"}).status_code == 302
    old.refresh_from_db()
    assert (old.name, old.phone, old.is_erased) == ("", "", True)
    assert shown(manager.get("/people/due/")) == set()
    assert manager.get(f"/people/{old.pk}/").status_code == 404
    assert shown(manager.get("/people/")) == {kept.pk}
