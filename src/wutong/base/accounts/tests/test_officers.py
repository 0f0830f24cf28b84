import threading
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from wutong.base.accounts import services
from wutong.base.accounts.models import Account, Role, RoleGrant
from wutong.base.accounts.rights import has_right
from wutong.base.accounts.roles import OFFICERS, RoleDefinition, load_roles
from wutong.base.accounts.services import end_role, grant_role
from wutong.base.accounts.testing import make_account
from wutong.base.audit.queries import events
from wutong.base.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _roles(db: None) -> None:
    load_roles([*OFFICERS, RoleDefinition("clerk", "经办人", ("personal.unmask",))])


@pytest.fixture
def officer() -> Account:
    return make_account("an.quan", rights=("accounts.grant",))


def test_a_granted_role_gives_its_rights_from_its_day_on_and_is_audited(officer: Account) -> None:
    account = make_account()
    grant_role(account, "audit_officer", officer, date(2026, 3, 3), NOW)
    assert not has_right(account, "audit.read", TODAY)
    assert has_right(account, "audit.read", date(2026, 3, 3))
    event = events(action="grant_role", target_id=account.pk).get()
    assert event.actor == officer
    assert event.detail == {"role": "audit_officer", "from_on": "2026-03-03"}


@pytest.mark.parametrize("second", ["security_officer", "audit_officer", "system_officer"])
def test_two_officers_on_one_account_are_refused(officer: Account, second: str) -> None:
    account = make_account()
    grant_role(account, "system_officer", officer, TODAY, NOW)
    with pytest.raises(Refused, match="不同的人担任"):
        grant_role(account, second, officer, TODAY, NOW)
    assert account.grants.count() == 1
    assert events(action="grant_role").count() == 1


def test_an_officer_may_hold_an_ordinary_role_too(officer: Account) -> None:
    account = make_account()
    grant_role(account, "system_officer", officer, TODAY, NOW)
    grant_role(account, "clerk", officer, TODAY, NOW)
    assert account.grants.count() == 2


def test_the_same_role_twice_is_refused(officer: Account) -> None:
    account = make_account()
    grant_role(account, "clerk", officer, TODAY, NOW)
    with pytest.raises(Refused, match="已有“经办人”角色"):
        grant_role(account, "clerk", officer, TODAY, NOW)


def test_the_database_itself_keeps_the_officers_apart(officer: Account) -> None:
    account = make_account()
    grant_role(account, "system_officer", officer, TODAY, NOW)
    other = Role.objects.get(code="audit_officer")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(account=account, role=other, from_on=TODAY, is_officer=True)


def test_the_race_is_lost_in_plain_words(officer: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account = make_account()
    grant_role(account, "system_officer", officer, TODAY, NOW)
    monkeypatch.setattr(services, "_refuse_overlap", lambda account, role, on: None)
    with pytest.raises(Refused, match="不同的人担任"):
        grant_role(account, "audit_officer", officer, TODAY, NOW)
    with pytest.raises(Refused, match="不同的人担任"):
        grant_role(account, "system_officer", officer, TODAY, NOW)
    assert account.grants.count() == 1


def test_a_role_that_is_ended_today_is_gone_today_and_makes_room_for_another_officer(
    officer: Account,
) -> None:
    account = make_account()
    grant_role(account, "system_officer", officer, TODAY, NOW)
    assert has_right(account, "accounts.manage", TODAY)
    end_role(account, "system_officer", officer, TODAY, NOW)
    assert not has_right(account, "accounts.manage", TODAY)
    grant_role(account, "audit_officer", officer, TODAY, NOW)
    assert has_right(account, "audit.read", TODAY)
    assert events(action="end_role").get().detail == {"role": "system_officer", "to_on": "2026-03-02"}


def test_an_officer_whose_role_ends_later_is_not_yet_free_for_another(officer: Account) -> None:
    account = make_account()
    grant_role(account, "system_officer", officer, TODAY, NOW)
    end_role(account, "system_officer", officer, date(2026, 4, 1), NOW)
    with pytest.raises(Refused, match="不同的人担任"):
        grant_role(account, "audit_officer", officer, TODAY, NOW)
    grant_role(account, "audit_officer", officer, date(2026, 4, 1), NOW)


def test_a_role_cannot_end_before_it_began(officer: Account) -> None:
    account = make_account()
    grant = grant_role(account, "clerk", officer, TODAY, NOW)
    with pytest.raises(Refused, match="不能早于"):
        end_role(account, "clerk", officer, date(2026, 3, 1), NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.filter(pk=grant.pk).update(to_on=date(2026, 3, 1))


def test_a_role_that_is_not_held_cannot_be_taken_back(officer: Account) -> None:
    with pytest.raises(Refused, match="没有“经办人”角色"):
        end_role(make_account(), "clerk", officer, TODAY, NOW)


def test_nobody_grants_roles_without_the_right_or_to_themselves(officer: Account) -> None:
    with pytest.raises(NotAllowed):
        grant_role(make_account(), "clerk", make_account("li.si"), TODAY, NOW)
    with pytest.raises(Refused, match="自己"):
        grant_role(officer, "audit_officer", officer, TODAY, NOW)
    with pytest.raises(Refused, match="自己"):
        end_role(officer, "clerk", officer, TODAY, NOW)


def test_an_unknown_role_is_refused(officer: Account) -> None:
    with pytest.raises(Refused, match="nobody"):
        grant_role(make_account(), "nobody", officer, TODAY, NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
def test_of_two_officers_granted_at_once_one_is_refused() -> None:
    account = make_account()
    answers: list[str] = []
    start = threading.Barrier(2)

    def grant(code: str) -> None:
        try:
            start.wait()
            grant_role(Account.objects.get(pk=account.pk), code, None, TODAY, NOW)
            answers.append("granted")
        except Refused:
            answers.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=grant, args=[code]) for code in ("system_officer", "audit_officer")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["granted", "refused"]
    assert account.grants.count() == 1
