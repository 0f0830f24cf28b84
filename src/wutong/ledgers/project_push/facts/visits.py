"""Who was at a project and who takes part in it: visits, which happen once, and firms, which come and go."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.base.files.models import StoredFile
from wutong.cases.act import act
from wutong.cases.steps import NewEvidence
from wutong.ledgers.project_push.facts.writing import (
    Act,
    judge_past,
    locked_project,
    record_facts,
    refused,
    require_writer,
)
from wutong.ledgers.project_push.models import Participant, ProjectPush, ProjectVisit
from wutong.registers.enterprises.names import fold_name


@transaction.atomic
def add_participant(push: ProjectPush, role: str, name: str, from_on: date, do: Act) -> Participant:
    """A firm takes part from a day on. The same firm is not twice in one role at a time."""
    require_writer(push.case, do.actor)
    name = " ".join(name.split())
    if not name:
        raise refused(_("请填单位名称。"), "name")
    judge_past("from_on", from_on, do.on)
    project = locked_project(push)
    there = Participant.objects.filter(project=project, role=role, to_on__isnull=True)
    if any(fold_name(item.name) == fold_name(name) for item in there):
        raise refused(_("“%(name)s”已在这个角色里。") % {"name": name}, "name")
    facts = {"project": project, "role": role, "name": name, "from_on": from_on}
    return record_facts(Participant(), facts, do, effective_on=from_on)


@transaction.atomic
def end_participant(push: ProjectPush, participant: Participant, to_on: date, do: Act) -> Participant:
    """A firm takes part no more from `to_on` on."""
    require_writer(push.case, do.actor)
    locked_project(push)
    participant.refresh_from_db()
    if participant.to_on is not None:
        raise Refused(_("“%(name)s”已于%(on)s退出。") % {"name": participant.name, "on": participant.to_on})
    judge_past("to_on", to_on, do.on)
    if to_on <= participant.from_on:
        raise refused(_("结束日期要晚于起始日期%(on)s。") % {"on": participant.from_on}, "to_on")
    return record_facts(participant, {"to_on": to_on}, do, effective_on=to_on)


@transaction.atomic
def note_visit(
    push: ProjectPush,
    facts: Mapping[str, Any],
    do: Act,
    photos: Sequence[tuple[StoredFile, str]] = (),
) -> ProjectVisit:
    """Somebody was at the project: who, when, what was learned, what comes next. `photos` (file and name) are handed
    in as site photos of the case, dated on the day of the visit. The same visit sent twice is written once."""
    require_writer(push.case, do.actor)
    on = facts["on"]
    judge_past("on", on, do.on)
    if facts.get("next_on") and facts["next_on"] < on:
        raise refused(
            _("下一步的时限%(next)s早于走访日期%(on)s。") % {"next": facts["next_on"], "on": on}, "next_on"
        )
    if facts.get("next_on") and not facts.get("next_step"):
        raise refused(_("写明下一步谁做什么。"), "next_step")
    project = locked_project(push)
    same = ProjectVisit.objects.filter(project=project, **facts).first()
    if same is not None:
        return same
    visit = ProjectVisit(project=project, **facts, recorded_by=do.actor.account, recorded_at=do.now)
    visit.save()
    if photos:
        act(
            push.case,
            "hand_in",
            actor=do.actor,
            now=do.now,
            effective_on=do.on,
            evidence=[NewEvidence("site_photo", stored, name[:200], on) for stored, name in photos],
        )
    return visit
