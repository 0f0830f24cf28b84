from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from pytest_django import Settings

from wutong.base.accounts.models import Account, PasswordHistory
from wutong.base.accounts.passwords import ThreeClasses, classes_of, is_expired, one_time_password
from wutong.base.accounts.services import (
    change_password,
    create_account,
    reset_password,
    restart_account,
    save_preferences,
    stop_account,
)
from wutong.base.accounts.testing import PASSWORD, make_account
from wutong.base.audit.queries import events
from wutong.base.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def officer() -> Account:
    return make_account("xi.tong", rights=("accounts.manage",))


def test_a_new_account_gets_a_one_time_password_that_must_be_changed(officer: Account) -> None:
    account, password = create_account("Zhang.San", "张三", NOW, officer)
    assert account.check_password(password)
    assert account.must_change_password
    assert (account.created_at, account.password_changed_at) == (NOW, NOW)
    assert PasswordHistory.objects.get(account=account).password == account.password
    event = events(action="create_account", target_id=account.pk).get()
    assert event.actor == officer
    assert password not in f"{event.words} {event.detail}"


def test_a_login_name_is_folded_so_that_two_spellings_are_one_account() -> None:
    account, _password = create_account(" ＺＨＡＮＧ.San ", "张三", NOW)
    assert account.name == "zhang.san"
    with pytest.raises(Refused, match="已有人使用") as refusal:
        create_account("ZHANG.SAN", "张三丰", NOW)
    assert set(refusal.value.fields) == {"name"}
    assert Account.objects.count() == 1


def test_rare_characters_are_good_names() -> None:
    account, _password = create_account("𠮷㐂", "𠮷㐂", NOW)
    account.refresh_from_db()
    assert (account.name, str(account)) == ("𠮷㐂", "𠮷㐂")


@pytest.mark.parametrize("name", ["", "z", "zhang san", "zhang/san", "z" * 61, "<b>"])
def test_a_malformed_login_name_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="登录名应为"):
        create_account(name, "张三", NOW)


def test_a_name_for_people_is_needed() -> None:
    with pytest.raises(Refused, match="姓名"):
        create_account("zhang.san", "  ", NOW)


def test_without_the_right_no_account_is_made_stopped_or_reset() -> None:
    actor, account = make_account("li.si"), make_account()
    with pytest.raises(NotAllowed):
        create_account("wang.wu", "王五", NOW, actor)
    with pytest.raises(NotAllowed):
        reset_password(account, actor, NOW)
    with pytest.raises(NotAllowed):
        stop_account(account, actor, NOW)


def test_one_time_passwords_have_14_characters_of_four_classes_that_do_not_look_alike() -> None:
    passwords = {one_time_password() for _number in range(200)}
    assert len(passwords) == 200
    for password in passwords:
        assert len(password) == 14
        assert classes_of(password) == {"lower", "upper", "digit", "other"}
        assert not set(password) & set("0OoIl1Z2S5B8")
        ThreeClasses().validate(password)


@pytest.mark.parametrize("password", ["Tong-2026", "tongtongtong1", "1234567890", "TONGSHU-----"])
def test_a_simple_password_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        ThreeClasses().validate(password)


@pytest.mark.parametrize("password", ["Tong-shu-x", "tongshu-2026", "TONGSHU2026a", "梧桐tongshu2026"])
def test_ten_characters_of_three_classes_are_enough(password: str) -> None:
    ThreeClasses().validate(password)


def test_a_changed_password_counts_from_its_day_and_is_audited() -> None:
    account = make_account(must_change_password=True)
    change_password(account, PASSWORD, "Wu-Tong-3001", NOW)
    account.refresh_from_db()
    assert account.check_password("Wu-Tong-3001")
    assert (account.must_change_password, account.password_changed_at) == (False, NOW)
    assert events(action="change_password", outcome="ok", actor_id=account.pk).count() == 1


def test_a_wrong_old_password_is_refused_and_stays_in_the_audit() -> None:
    account = make_account()
    with pytest.raises(Refused) as refusal:
        change_password(account, "wrong", "Wu-Tong-3001", NOW)
    assert set(refusal.value.fields) == {"old"}
    assert events(action="change_password", outcome="refused", actor_id=account.pk).count() == 1
    assert account.check_password(PASSWORD)


def test_none_of_the_last_five_passwords_can_be_used_again_but_an_older_one_can() -> None:
    account, current = create_account("zhang.san", "张三", NOW)
    used = [current]
    for number in range(1, 7):
        new = f"Wu-Tong-300{number}"
        change_password(account, used[-1], new, NOW + timedelta(days=number))
        used.append(new)
    for old in used[-5:]:
        with pytest.raises(Refused, match="最近5次"):
            change_password(account, used[-1], old, NOW + timedelta(days=10))
    change_password(account, used[-1], used[-6], NOW + timedelta(days=10))


@pytest.mark.parametrize("new", ["short-1A", "password123"])
def test_a_password_that_breaks_a_rule_is_refused_in_the_users_words(new: str) -> None:
    account = make_account()
    with pytest.raises(Refused) as refusal:
        change_password(account, PASSWORD, new, NOW)
    assert set(refusal.value.fields) == {"new"}


def test_a_password_expires_after_its_days(settings: Settings) -> None:
    settings.WUTONG_PASSWORD_DAYS = 90
    account = make_account(password_changed_at=NOW)
    assert not is_expired(account, NOW + timedelta(days=90))
    assert is_expired(account, NOW + timedelta(days=90, minutes=1))


def test_a_reset_password_is_a_one_time_password_again(officer: Account) -> None:
    account = make_account()
    password = reset_password(account, officer, NOW)
    account.refresh_from_db()
    assert account.check_password(password)
    assert account.must_change_password
    assert events(action="reset_password", target_id=account.pk).get().actor == officer


def test_officers_do_not_reset_or_stop_themselves(officer: Account) -> None:
    with pytest.raises(Refused, match="自己"):
        reset_password(officer, officer, NOW)
    with pytest.raises(Refused, match="自己"):
        stop_account(officer, officer, NOW)


def test_stopping_and_restarting_an_account_is_audited(officer: Account) -> None:
    account = make_account()
    stop_account(account, officer, NOW)
    account.refresh_from_db()
    assert not account.is_active
    restart_account(account, officer, NOW)
    account.refresh_from_db()
    assert account.is_active
    assert [event.action for event in events(target_id=account.pk)] == ["restart_account", "stop_account"]


def test_preferences_are_kept() -> None:
    account = make_account()
    save_preferences(account, language="en", theme="dark", text_size="large", density="compact", now=NOW)
    account.refresh_from_db()
    assert (account.language, account.theme, account.text_size, account.density) == (
        "en",
        "dark",
        "large",
        "compact",
    )


def test_there_is_no_superuser() -> None:
    names = {field.name for field in get_user_model()._meta.get_fields()}
    assert not names & {"is_superuser", "is_staff", "groups", "user_permissions"}
