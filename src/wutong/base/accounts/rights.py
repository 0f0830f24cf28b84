"""Rights are names. A package declares its own; asking for a name nobody declared is an error, not a "no"."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.models import Account, RoleGrant, RoleRight
from wutong.base.errors import NotAllowed

Text = str | Promise


class UnknownRight(LookupError):
    """A right was named that no installed package declares: a slip in the code, or a ledger switched off."""


@dataclass(frozen=True)
class Right:
    """`code` is `<package>.<verb>` ("accounts.manage"), `label` its short name, `words` what it permits."""

    code: str
    label: Text
    words: Text


_rights: dict[str, Right] = {}


def declare_rights(*rights: Right) -> None:
    """Add rights to the registry. Raises ValueError when a code is already declared with other content."""
    for right in rights:
        known = _rights.setdefault(right.code, right)
        if known is not right and known != right:
            raise ValueError(f"right {right.code} is declared twice")


def withdraw_rights(*rights: Right) -> None:
    """Take rights out again; for a ledger that is switched off while the process runs (tests)."""
    for right in rights:
        _rights.pop(right.code, None)


def all_rights() -> list[Right]:
    """All declared rights, by code."""
    return [_rights[code] for code in sorted(_rights)]


def known_right(code: str) -> Right:
    """The declared right. Raises UnknownRight."""
    try:
        return _rights[code]
    except KeyError:
        raise UnknownRight(f"no package declares the right {code!r}") from None


def rights_of(account: Account | AnonymousUser, on: date) -> frozenset[str]:
    """Codes of the rights that the account's roles give it on that day. One query, kept on the instance."""
    if not isinstance(account, Account) or not account.is_active:
        return frozenset()
    if account.rights_on is None or account.rights_on[0] != on:
        in_force = Q(role__grants__to_on__isnull=True) | Q(role__grants__to_on__gt=on)
        found = RoleRight.objects.filter(
            in_force, role__grants__account=account, role__grants__from_on__lte=on
        ).values_list("right", flat=True)
        account.rights_on = (on, frozenset(found))
    return account.rights_on[1]


def holders_of(code: str, on: date) -> QuerySet[Account]:
    """Active accounts whose roles give them a right on that day. Raises UnknownRight for a code nobody declared."""
    in_force = Q(to_on__isnull=True) | Q(to_on__gt=on)
    grants = RoleGrant.objects.filter(in_force, from_on__lte=on, role__rights__right=known_right(code).code)
    return Account.objects.filter(is_active=True, pk__in=grants.values("account"))


def read_rights(accounts: Sequence[Account], on: date) -> None:
    """Read what `rights_of` would ask for account by account. One query."""
    found: dict[int, set[str]] = defaultdict(set)
    in_force = Q(role__grants__to_on__isnull=True) | Q(role__grants__to_on__gt=on)
    rows = RoleRight.objects.filter(
        in_force, role__grants__account__in=accounts, role__grants__from_on__lte=on
    )
    for account_id, right in rows.values_list("role__grants__account", "right"):
        found[account_id].add(right)
    for account in accounts:
        account.rights_on = (on, frozenset(found[account.pk]))


def has_right(account: Account | AnonymousUser, code: str, on: date) -> bool:
    """Raises UnknownRight for a code nobody declared."""
    return known_right(code).code in rights_of(account, on)


def require_right(account: Account | AnonymousUser, code: str, on: date) -> None:
    """Raises NotAllowed when the account lacks the right, UnknownRight when nobody declared it."""
    if not has_right(account, code, on):
        label = known_right(code).label
        raise NotAllowed(_("您没有“%(right)s”的权限。工作需要的，请向安全管理员申请。") % {"right": label})


declare_rights(
    Right("accounts.manage", _("管理账号"), _("创建、停用账号，重置密码。")),
    Right("accounts.grant", _("授予角色"), _("给账号授予或收回角色。")),
    Right("audit.read", _("查阅审计"), _("查阅全部审计记录。")),
    Right(
        "personal.unmask", _("查看完整个人信息"), _("写明事由后查看被隐去的个人信息，每次查看都记入审计。")
    ),
)
