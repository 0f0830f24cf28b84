"""Slips that a start should not survive."""

from collections.abc import Sequence
from typing import Any

from django.core import checks

from wutong.base.accounts.rights import UnknownRight, known_right
from wutong.base.accounts.roles import all_roles


@checks.register
def roles_name_declared_rights(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Every declared role names only rights that an installed package declares."""
    problems: list[checks.CheckMessage] = []
    for role in all_roles():
        for code in role.rights:
            try:
                known_right(code)
            except UnknownRight:
                problems.append(
                    checks.Error(f"角色 {role.code} 含有未声明的权限 {code}。", id="accounts.E001")
                )
    return problems
