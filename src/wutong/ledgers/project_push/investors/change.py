"""A project gets another investor: the case, the register and the counts follow from that day on."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.cases.act import Done, act
from wutong.cases.models import Case, Change
from wutong.cases.registry import react_to
from wutong.ledgers.project_push.models import ProjectPush
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.names import fold_name
from wutong.registers.enterprises.queries import enterprises_named
from wutong.registers.enterprises.services import NewEnterprise, register_enterprises
from wutong.registers.history.queries import changes_of
from wutong.registers.organisation.actors import Actor
from wutong.registers.projects.models import Project
from wutong.registers.projects.services import change_project, identity_of

VERB = "change_investor"


@transaction.atomic
def change_investor(
    case: Case,
    investor: Enterprise,
    *,
    reason: str,
    actor: Actor,
    on: date,
    now: datetime,
    expected_seq: int | None = None,
    request_key: str | None = None,
) -> Done:
    """From a day on the project belongs to another investor. What was counted before stays with the one it was
    counted for.

    Raises Refused for the investor that it has already, for one that was merged into another entry, and when the new
    one has a project of the same name: then one of the two was entered twice.
    """
    project = ProjectPush.objects.select_related("project").get(case=case).project
    if request_key is None or not Change.objects.filter(request_key=request_key).exists():
        _judge(project, investor)
    return act(
        case, VERB, actor=actor, now=now, effective_on=on, reason=reason, enterprise=investor,
        expected_seq=expected_seq, request_key=request_key,
    )  # fmt: skip


def _judge(project: Project, investor: Enterprise) -> None:
    if project.investor_id == investor.pk:
        raise Refused(
            _("投资方已经是“%(investor)s”。") % {"investor": investor}, fields={"investor": _("没有变")}
        )
    if investor.merged_into_id is not None:
        raise Refused(_("“%(investor)s”已并入另一家企业，请写保留的那一家。") % {"investor": investor})
    same = Project.objects.filter(identity=identity_of(project.name, investor.name)).exclude(pk=project.pk)
    if same.exists():
        raise Refused(
            _("“%(investor)s”名下已有同名项目“%(name)s”，是不是登记了两次？请先合并重复项目。")
            % {"investor": investor, "name": project.name},
            fields={"investor": _("名下已有同名项目")},
        )


@transaction.atomic
def investor_named(name: str, code: str, *, actor: Actor, now: datetime) -> Enterprise:
    """The firm of this name, present or former; a firm that nobody knew is registered, and known through the project
    only."""
    found = enterprises_named({name: code})
    known = found.get(fold_name(name))
    if known is not None:
        return known
    new = NewEnterprise(name.strip(), code, is_disclosed=False)
    return register_enterprises([new], actor=actor.account, on=localdate(now), now=now)[0]


@react_to(ProjectPush.case_type, VERB)
def follow_investor(case: Case, change: Change, actor: Actor, now: datetime) -> None:
    """The register's investor follows the case, in the same transaction. Where the register learned of the project only
    after the day of the change (it was entered late) the new fact begins when the old one did: of two days the later
    one holds."""
    project = ProjectPush.objects.select_related("project__investor").get(case=case).project
    investor = Enterprise.objects.get(pk=change.snapshot["enterprise"])
    told = changes_of(Project.entry_kind).filter(entry_id=project.pk, snapshot__has_key="investor")
    since = told.aggregate(last=Max("effective_on"))["last"] or change.effective_on
    change_project(
        project,
        {"investor": investor},
        actor=actor.account,
        effective_on=max(change.effective_on, since),
        now=now,
        reason=change.reason,
    )
