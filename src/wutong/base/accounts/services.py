"""What is done to accounts: one function is one act, one transaction and one line in the audit.

`actor` is the officer who acts, None for the system (set-up, sample). An officer needs the right and never acts
on the own account.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.models import Account, PasswordHistory, Role, RoleGrant
from wutong.base.accounts.passwords import one_time_password
from wutong.base.accounts.rights import require_right
from wutong.base.accounts.violations import is_unique_violation
from wutong.base.audit.services import record_event, record_failure
from wutong.base.errors import Refused

NAME = re.compile(r"[\w.@-]{2,60}")
TARGET = "accounts.account"


def fold_name(name: str) -> str:
    """A login name as it is stored and compared: full width and capitals do not count."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def create_account(
    name: str, display_name: str, now: datetime, actor: Account | None = None
) -> tuple[Account, str]:
    """A new account and its one-time password, which is shown once and must be changed at the first sign-in.

    Raises Refused when the login name is malformed or taken, NotAllowed without the right `accounts.manage`.
    """
    _require(actor, "accounts.manage", now)
    name, display_name = fold_name(name), display_name.strip()
    if not NAME.fullmatch(name):
        wrong = _("登录名应为2至60个字母、数字、汉字或 . _ - @。")
        raise Refused(wrong, fields={"name": wrong})
    if not display_name or len(display_name) > 60:
        wrong = _("请填写姓名，不超过60个字。")
        raise Refused(wrong, fields={"display_name": wrong})
    password = one_time_password()
    account = Account(
        name=name,
        display_name=display_name,
        password=make_password(password),
        must_change_password=True,
        password_changed_at=now,
        created_at=now,
    )
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            _remember(account, now)
            _audit("create_account", account, actor, now, words=f"创建账号 {name}")
    except IntegrityError as error:
        if not is_unique_violation(error):
            raise
        taken = _("登录名“%(name)s”已有人使用，请换一个。") % {"name": name}
        raise Refused(taken, fields={"name": taken}) from None
    return account, password


def reset_password(account: Account, actor: Account | None, now: datetime) -> str:
    """A new one-time password for somebody who forgot theirs; ends all their sessions.

    Raises NotAllowed without the right `accounts.manage`, Refused for the own account.
    """
    _require(actor, "accounts.manage", now)
    _refuse_own(account, actor, _("不能重置自己的密码，请使用“修改密码”。"))
    password = one_time_password()
    with transaction.atomic():
        _lock(account)
        _set_password(account, password, now, must_change=True)
        _audit("reset_password", account, actor, now, words=f"重置 {account.name} 的密码")
    return password


def change_password(account: Account, old: str, new: str, now: datetime) -> None:
    """The account's owner sets a new password; ends the account's other sessions.

    Raises Refused when the old password is wrong (this is audited) or the new one breaks a rule. Call it outside
    a transaction, so that the failed attempt stays on record.
    """
    if not account.check_password(old):
        record_failure(
            action="change_password",
            outcome="refused",
            now=now,
            actor=account,
            target_kind=TARGET,
            target_id=account.pk,
            words="修改密码时原密码错误",
        )
        wrong = _("原密码不正确。")
        raise Refused(wrong, fields={"old": wrong})
    try:
        validate_password(new, account)
    except ValidationError as error:
        words = " ".join(error.messages)
        raise Refused(words, fields={"new": words}) from None
    with transaction.atomic():
        _lock(account)
        _set_password(account, new, now, must_change=False)
        _audit("change_password", account, account, now, words="修改密码")


def stop_account(account: Account, actor: Account | None, now: datetime) -> None:
    """Nobody can sign in with the account any more; open sessions end with their next page."""
    _set_active(account, False, actor, now)


def restart_account(account: Account, actor: Account | None, now: datetime) -> None:
    """The account can be used again."""
    _set_active(account, True, actor, now)


def save_preferences(
    account: Account, *, language: str, theme: str, text_size: str, density: str, now: datetime
) -> None:
    """How pages look to the account's owner."""
    chosen = {"language": language, "theme": theme, "text_size": text_size, "density": density}
    with transaction.atomic():
        for field, value in chosen.items():
            setattr(account, field, value)
        account.save(update_fields=list(chosen))
        _audit("save_preferences", account, account, now, words="修改界面偏好", detail=chosen)


def grant_role(account: Account, role_code: str, actor: Account | None, on: date, now: datetime) -> RoleGrant:
    """Give the account a role from the day `on`.

    Raises Refused when the account already holds it, or when it would hold two of the three officers at once;
    NotAllowed without the right `accounts.grant`.
    """
    _require(actor, "accounts.grant", now)
    _refuse_own(account, actor, _("不能给自己授予角色，请由另一位安全管理员办理。"))
    role = _role(role_code)
    try:
        with transaction.atomic():
            _lock(account)
            _refuse_overlap(account, role, on)
            grant = RoleGrant.objects.create(
                account=account, role=role, from_on=on, is_officer=role.is_officer
            )
            _audit(
                "grant_role",
                account,
                actor,
                now,
                words=f"授予 {account.name} 角色“{role.name}”",
                detail={"role": role.code, "from_on": on},
            )
    except IntegrityError as error:
        if not is_unique_violation(error):
            raise
        raise Refused(_overlap_words(role)) from None
    account.rights_on = None
    return grant


def end_role(account: Account, role_code: str, actor: Account | None, on: date, now: datetime) -> RoleGrant:
    """Take the role back: from the day `on` the account no longer has it.

    Raises Refused when the account does not hold it, NotAllowed without the right `accounts.grant`.
    """
    _require(actor, "accounts.grant", now)
    _refuse_own(account, actor, _("不能收回自己的角色，请由另一位安全管理员办理。"))
    role = _role(role_code)
    with transaction.atomic():
        _lock(account)
        grant = account.grants.filter(role=role, to_on__isnull=True).first()
        if grant is None:
            raise Refused(_("该账号没有“%(role)s”角色。") % {"role": _(role.name)})
        if on < grant.from_on:
            raise Refused(_("失效日不能早于生效日%(day)s。") % {"day": grant.from_on})
        grant.to_on = on
        grant.save(update_fields=["to_on"])
        _audit(
            "end_role",
            account,
            actor,
            now,
            words=f"收回 {account.name} 的角色“{role.name}”",
            detail={"role": role.code, "to_on": on},
        )
    account.rights_on = None
    return grant


def _role(code: str) -> Role:
    role = Role.objects.filter(code=code).first()
    if role is None:
        raise Refused(_("没有编码为“%(code)s”的角色。请先装载角色。") % {"code": code})
    return role


def _refuse_overlap(account: Account, role: Role, on: date) -> None:
    """The constraint sees open grants only; this also sees one that ends on a later day."""
    held = account.grants.filter(Q(to_on__isnull=True) | Q(to_on__gt=on))
    same = Q(role=role) | Q(is_officer=True) if role.is_officer else Q(role=role)
    if held.filter(same).exists():
        raise Refused(_overlap_words(role))


def _overlap_words(role: Role) -> str:
    if role.is_officer:
        return str(
            _(
                "系统管理员、安全管理员、审计员必须由不同的人担任。该账号已是其中之一，"
                "请先收回原角色，或另选账号。"
            )
        )
    return str(_("该账号已有“%(role)s”角色，不必重复授予。") % {"role": _(role.name)})


def _set_active(account: Account, is_active: bool, actor: Account | None, now: datetime) -> None:
    _require(actor, "accounts.manage", now)
    _refuse_own(account, actor, _("不能停用或启用自己的账号。"))
    with transaction.atomic():
        _lock(account)
        account.is_active = is_active
        account.save(update_fields=["is_active"])
        action, verb = ("restart_account", "启用") if is_active else ("stop_account", "停用")
        _audit(action, account, actor, now, words=f"{verb}账号 {account.name}")
    account.rights_on = None


def _set_password(account: Account, password: str, now: datetime, *, must_change: bool) -> None:
    account.password = make_password(password)
    account.must_change_password = must_change
    account.password_changed_at = now
    account.save(update_fields=["password", "must_change_password", "password_changed_at"])
    _remember(account, now)


def _remember(account: Account, now: datetime) -> None:
    PasswordHistory.objects.create(account=account, password=account.password, set_at=now)


def _lock(account: Account) -> None:
    """All acts on one account come one after the other."""
    Account.objects.select_for_update().get(pk=account.pk)


def _require(actor: Account | None, right: str, now: datetime) -> None:
    if actor is not None:
        require_right(actor, right, timezone.localdate(now))


def _refuse_own(account: Account, actor: Account | None, words: object) -> None:
    if actor is not None and actor.pk == account.pk:
        raise Refused(str(words))


def _audit(
    action: str,
    account: Account,
    actor: Account | None,
    now: datetime,
    *,
    words: str,
    detail: Mapping[str, object] | None = None,
) -> None:
    record_event(
        action=action,
        now=now,
        actor=actor,
        target_kind=TARGET,
        target_id=account.pk,
        words=words,
        detail=detail,
    )
