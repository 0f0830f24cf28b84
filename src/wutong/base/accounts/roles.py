"""Roles: which rights go together. Base knows the three officers; `site` adds the roles of the zone."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop

from wutong.base.accounts.models import Role, RoleRight
from wutong.base.accounts.rights import known_right


@dataclass(frozen=True)
class RoleDefinition:
    """`code` is stored and never renamed; `name` is the Chinese name as text (mark it with `gettext_noop`)."""

    code: str
    name: str
    rights: tuple[str, ...]
    is_officer: bool = False


OFFICERS = (
    RoleDefinition(
        "system_officer",
        gettext_noop("系统管理员"),
        ("accounts.manage", "jobs.see", "jobs.retry"),
        is_officer=True,
    ),
    RoleDefinition("security_officer", gettext_noop("安全管理员"), ("accounts.grant",), is_officer=True),
    RoleDefinition("audit_officer", gettext_noop("审计员"), ("audit.read",), is_officer=True),
)

_roles: dict[str, RoleDefinition] = {}


def declare_roles(*definitions: RoleDefinition) -> None:
    """Name the roles of this installation, so that the system check knows them before any database exists.

    Raises ValueError when a code is already declared with other content.
    """
    for definition in definitions:
        if _roles.setdefault(definition.code, definition) != definition:
            raise ValueError(f"role {definition.code} is declared twice")


def all_roles() -> list[RoleDefinition]:
    """All declared roles, in the order of their declaration."""
    return list(_roles.values())


@transaction.atomic
def load_roles(definitions: Sequence[RoleDefinition]) -> None:
    """Bring roles and their rights to exactly what the definitions say; roles not named are left alone.

    Running it twice changes nothing. Raises UnknownRight before anything is written, and ValueError when an
    officer's role that somebody holds would become an ordinary one, or the other way round.
    """
    for definition in definitions:
        for code in definition.rights:
            known_right(code)
    for definition in definitions:
        _load(definition)


def _load(definition: RoleDefinition) -> None:
    role = Role.objects.filter(code=definition.code).first()
    if role is None:
        role = Role.objects.create(
            code=definition.code, name=definition.name, is_officer=definition.is_officer
        )
    elif (role.name, role.is_officer) != (definition.name, definition.is_officer):
        if role.is_officer != definition.is_officer and role.grants.exists():
            raise ValueError(f"role {role.code} is held by accounts: is_officer cannot change")
        role.name, role.is_officer = definition.name, definition.is_officer
        role.save(update_fields=["name", "is_officer"])
    present = set(role.rights.values_list("right", flat=True))
    wanted = set(definition.rights)
    role.rights.filter(right__in=present - wanted).delete()
    RoleRight.objects.bulk_create(RoleRight(role=role, right=code) for code in sorted(wanted - present))


declare_roles(*OFFICERS)
