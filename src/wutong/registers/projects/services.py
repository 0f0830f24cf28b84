"""Writes of the project register."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.registers.enterprises.carriers import Move
from wutong.registers.enterprises.names import fold_name
from wutong.registers.history.services import Fact, record, record_many
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


def follow_investor(keys: Sequence[int], move: Move) -> None:
    """Projects go along when their investor was registered twice. Raises Refused when one of them is then the same
    as a project that is there already: which of the two is right only people know."""
    projects = list(Project.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    identities = {identity_of(project.name, move.target.name): project for project in projects}
    there = Project.objects.filter(identity__in=identities).exclude(pk__in=keys).first()
    if there is not None or len(identities) < len(projects):
        names = there.name if there else projects[0].name
        raise Refused(_("两家企业都有项目“%(name)s”，请先处理重复的项目。") % {"name": names})
    facts = [
        Fact(project, {"investor": move.target, "identity": identity})
        for identity, project in identities.items()
    ]
    verb = "unmerge" if move.is_back else "merge"
    record_many(
        facts, actor=move.actor.account, effective_on=move.on, now=move.now, verb=verb, reason=move.reason
    )
