"""For tests of all packages: an account with exactly the rights a test needs. All names are invented."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from wutong.base.accounts.models import Account, Role, RoleGrant, RoleRight
from wutong.base.accounts.rights import known_right

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONG_AGO = date(2020, 1, 1)
PASSWORD = "Tong-2026-shu"  # noqa: S105


def make_account(
    name: str = "zhang.san",
    *,
    rights: tuple[str, ...] = (),
    display_name: str = "张三",
    password: str = PASSWORD,
    must_change_password: bool = False,
    password_changed_at: datetime | None = None,
    created_at: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=SHANGHAI),
) -> Account:
    """An account that holds `rights` since 2020 through a role of its own. Its password counts as changed just
    now, unless told otherwise."""
    account = Account.objects.create(
        name=name,
        display_name=display_name,
        password=make_password(password),
        must_change_password=must_change_password,
        password_changed_at=password_changed_at or datetime.now(SHANGHAI),
        created_at=created_at,
    )
    if rights:
        role = Role.objects.create(code=f"test_{account.pk}", name=f"测试角色{account.pk}")
        RoleRight.objects.bulk_create(RoleRight(role=role, right=known_right(code).code) for code in rights)
        RoleGrant.objects.create(account=account, role=role, from_on=LONG_AGO)
    return account
