"""Writes of the register of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.base.personal.digests import blind_index
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.services import Fact, record, record_many
from wutong.registers.people.models import Person

INDEXES = {"name": "name_index", "phone": "phone_index", "id_number": "id_number_index"}
"""Encrypted columns and the column each is found by; the purpose of the index is the name of the column."""
PERSONAL = ("name", "phone", "id_number", "post", "employer", "speciality", "degree", "talent_class")


@dataclass(frozen=True)
class NewPerson:
    """A person to be registered; `enterprise` is where the person works, when that firm is in the register."""

    name: str
    phone: str = ""
    id_number: str = ""
    enterprise: Enterprise | None = None
    employer: str = ""
    post: str = ""
    is_contact: bool = False
    is_expert: bool = False
    is_talent: bool = False
    speciality: str = ""
    degree: str = ""
    talent_class: str = ""


def register_people(
    people: Sequence[NewPerson], *, actor: Account | None, on: date, now: datetime
) -> list[Person]:
    """Raises Refused for a person without a name, and for one that is neither contact, expert nor talent."""
    entries = []
    for new in people:
        facts = {name: getattr(new, name) for name in new.__dataclass_fields__}
        _judge(facts)
        entries.append(Fact(Person(), _with_indexes(facts) | {"confirmed_on": on}))
    record_many(entries, actor=actor, effective_on=on, now=now, verb="register")
    return [fact.entry for fact in entries if isinstance(fact.entry, Person)]


def add_contact(
    enterprise: Enterprise,
    *,
    name: str,
    phone: str,
    post: str,
    actor: Account | None,
    on: date,
    now: datetime,
) -> Person:
    """Somebody who speaks for a firm."""
    new = NewPerson(name, phone, enterprise=enterprise, post=post, is_contact=True)
    return register_people([new], actor=actor, on=on, now=now)[0]


def change_person(
    person: Person,
    facts: Mapping[str, Any],
    *,
    actor: Account | None,
    on: date,
    now: datetime,
    expected_seq: int | None = None,
) -> Person:
    """Facts of a person from a day on; what is said again is confirmed on that day."""
    if person.is_erased:
        raise Refused(_("这个人的个人信息已清除，不能再改；请重新登记。"))
    after = {
        name: facts.get(name, getattr(person, name))
        for name in ("name", "is_contact", "is_expert", "is_talent")
    }
    _judge(after)
    return record(
        person,
        _with_indexes(facts) | {"confirmed_on": on},
        actor=actor,
        effective_on=on,
        now=now,
        verb="change",
        expected_seq=expected_seq,
    )


def erase_person(person: Person, *, actor: Account | None, reason: str, on: date, now: datetime) -> Person:
    """Remove a person's values for good (个人信息保护法第四十七条). The changes stay valid: they hold digests only."""
    facts: dict[str, Any] = dict.fromkeys(PERSONAL, "") | dict.fromkeys(INDEXES.values(), "")
    facts["is_erased"] = True
    return record(person, facts, actor=actor, effective_on=on, now=now, verb="erase", reason=reason)


def _judge(facts: Mapping[str, Any]) -> None:
    if not str(facts["name"]).strip():
        raise Refused(_("请填姓名。"), fields={"name": _("请填姓名")})
    if not (facts["is_contact"] or facts["is_expert"] or facts["is_talent"]):
        words = _("请选一项：企业联系人、专家或人才。")
        raise Refused(words, fields={"kinds": words})


def _with_indexes(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, with the index of every encrypted value among them."""
    indexes = {
        INDEXES[name]: blind_index(value, purpose=name) for name, value in facts.items() if name in INDEXES
    }
    return {**facts, **indexes}
