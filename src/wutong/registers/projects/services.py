"""Writes of the project register."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from wutong.base.accounts.models import Account
from wutong.registers.enterprises.services import fold_name
from wutong.registers.history.services import record
from wutong.registers.projects.models import Project


def identity_of(name: str, investor_name: str) -> str:
    """Two rows are the same project when name and investor are the same, apart from spaces and character shapes."""
    return hashlib.sha256(f"{fold_name(name)}|{fold_name(investor_name)}".encode()).hexdigest()


def change_project(
    project: Project,
    facts: Mapping[str, Any],
    *,
    actor: Account | None,
    effective_on: date,
    now: datetime,
    reason: str = "",
    expected_seq: int | None = None,
) -> Project:
    """Facts of a project from a day on. A new name or investor moves the identity along."""
    facts = dict(facts)
    if "name" in facts or "investor" in facts:
        investor = facts.get("investor", project.investor)
        facts["identity"] = identity_of(facts.get("name", project.name), investor.name)
    return record(
        project,
        facts,
        actor=actor,
        effective_on=effective_on,
        now=now,
        reason=reason,
        expected_seq=expected_seq,
    )
