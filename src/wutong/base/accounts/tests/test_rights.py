from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import checks

from wutong.base.accounts import roles
from wutong.base.accounts.models import Role, RoleGrant, RoleRight
from wutong.base.accounts.rights import (
    Right,
    UnknownRight,
    all_rights,
    declare_rights,
    has_right,
    holders_of,
    known_right,
    read_rights,
    require_right,
    rights_of,
)
from wutong.base.accounts.roles import OFFICERS, RoleDefinition, all_roles, declare_roles, load_roles
from wutong.base.accounts.services import grant_role
from wutong.base.accounts.testing import make_account
from wutong.base.errors import NotAllowed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = date(2026, 3, 2)
CLERK = RoleDefinition("test_clerk", "经办人", ("personal.unmask",))


def test_an_undeclared_right_is_an_error_and_not_a_denial() -> None:
    account = make_account(rights=("audit.read",))
    with pytest.raises(UnknownRight):
        has_right(account, "audit.raed", TODAY)
    with pytest.raises(UnknownRight):
        require_right(AnonymousUser(), "audit.raed", TODAY)


def test_a_right_comes_from_a_role_that_is_in_force_on_the_day() -> None:
    account = make_account()
    load_roles([CLERK])
    RoleGrant.objects.create(
        account=account, role=Role.objects.get(), from_on=date(2026, 3, 1), to_on=date(2026, 3, 5)
    )
    days = {day: has_right(account, "personal.unmask", date(2026, 3, day)) for day in (1, 4, 5)}
    assert days == {1: True, 4: True, 5: False}
    assert not has_right(account, "personal.unmask", date(2026, 2, 28))


def test_those_who_hold_a_right_on_a_day_are_found_by_roles_in_force_and_once_each() -> None:
    now, ended, later, stopped = (make_account(name) for name in ("now", "ended", "later", "stopped"))
    make_account("another", rights=("audit.read",))
    load_roles([CLERK, RoleDefinition("test_second", "别的", ("personal.unmask",))])
    days = {now: (1, None), ended: (1, 2), later: (3, None), stopped: (1, None)}
    for role in Role.objects.filter(code__in=["test_clerk", "test_second"]):
        for account, (start, end) in days.items():
            to_on = date(2026, 3, end) if end else None
            RoleGrant.objects.create(account=account, role=role, from_on=date(2026, 3, start), to_on=to_on)
    stopped.is_active = False
    stopped.save()
    assert list(holders_of("personal.unmask", TODAY)) == [now]
    with pytest.raises(UnknownRight):
        holders_of("personal.unmaks", TODAY)


def test_rights_read_together_are_those_read_one_by_one(django_assert_num_queries: object) -> None:
    load_roles([CLERK])
    accounts = [make_account("one", rights=("audit.read",)), make_account("two"), make_account("three")]
    for account, end in ((accounts[0], 5), (accounts[1], 2)):
        RoleGrant.objects.create(
            account=account,
            role=Role.objects.get(code="test_clerk"),
            from_on=date(2026, 3, 1),
            to_on=date(2026, 3, end),
        )
    with django_assert_num_queries(1):  # type: ignore[operator]
        read_rights(accounts, TODAY)
        together = [rights_of(account, TODAY) for account in accounts]
    assert together == [{"audit.read", "personal.unmask"}, frozenset(), frozenset()]


def test_the_rights_of_a_day_cost_one_query(django_assert_num_queries: object) -> None:
    account = make_account(rights=("audit.read", "personal.unmask"))
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert rights_of(account, TODAY) == {"audit.read", "personal.unmask"}
        assert has_right(account, "audit.read", TODAY)


def test_a_stopped_account_and_a_visitor_have_no_rights() -> None:
    account = make_account(rights=("audit.read",))
    account.is_active = False
    assert not has_right(account, "audit.read", TODAY)
    assert not has_right(AnonymousUser(), "audit.read", TODAY)


def test_a_missing_right_is_told_by_its_name() -> None:
    with pytest.raises(NotAllowed, match="查阅审计"):
        require_right(make_account(), "audit.read", TODAY)


def test_a_right_is_declared_once() -> None:
    known = known_right("audit.read")
    declare_rights(known)
    with pytest.raises(ValueError, match=r"audit\.read"):
        declare_rights(Right("audit.read", "别的", "别的意思"))
    assert known_right("audit.read") is known


def test_rights_are_listed_by_code_with_words_for_people() -> None:
    codes = [right.code for right in all_rights()]
    assert codes == sorted(codes)
    assert {"accounts.manage", "accounts.grant", "audit.read", "personal.unmask"} <= set(codes)
    assert all(str(right.label) and str(right.words) for right in all_rights())


def state() -> list[object]:
    return [
        list(Role.objects.order_by("code").values_list("pk", "code", "name", "is_officer")),
        list(RoleRight.objects.order_by("pk").values_list("pk", "role__code", "right")),
    ]


def test_loading_roles_twice_is_the_same_as_once() -> None:
    load_roles([*OFFICERS, CLERK])
    before = state()
    load_roles([*OFFICERS, CLERK])
    assert state() == before


def test_loading_roles_brings_them_to_their_definition() -> None:
    load_roles([CLERK])
    load_roles([RoleDefinition("test_clerk", "承办人", ("audit.read",))])
    role = Role.objects.get(code="test_clerk")
    assert role.name == "承办人"
    assert list(role.rights.values_list("right", flat=True)) == ["audit.read"]


def test_a_role_with_an_undeclared_right_is_not_loaded_at_all() -> None:
    with pytest.raises(UnknownRight):
        load_roles([CLERK, RoleDefinition("typist", "打字员", ("audit.raed",))])
    assert not Role.objects.exists()


def test_an_officers_role_that_is_held_cannot_become_an_ordinary_one() -> None:
    load_roles(OFFICERS)
    grant_role(make_account(), "audit_officer", None, TODAY, NOW)
    with pytest.raises(ValueError, match="audit_officer"):
        load_roles([RoleDefinition("audit_officer", "审计员", ("audit.read",))])


def test_the_three_officers_share_no_right() -> None:
    rights = [right for officer in OFFICERS for right in officer.rights]
    assert len(rights) == len(set(rights))
    assert all(officer.is_officer for officer in OFFICERS)


def test_the_system_check_names_a_role_with_an_undeclared_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "_roles", dict(roles._roles))
    declare_roles(RoleDefinition("typist", "打字员", ("audit.raed",)))
    assert "typist" in [role.code for role in all_roles()]
    problems = [problem for problem in checks.run_checks() if problem.id == "accounts.E001"]
    assert len(problems) == 1
    assert "audit.raed" in problems[0].msg


def test_a_role_is_declared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "_roles", dict(roles._roles))
    declare_roles(CLERK)
    declare_roles(CLERK)
    with pytest.raises(ValueError, match="test_clerk"):
        declare_roles(RoleDefinition("test_clerk", "别的", ()))
