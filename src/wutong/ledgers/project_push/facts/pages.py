"""The forms of a project's file, as drawers or pages, and its site photos. Whoever does not see the project finds nothing
here; whoever sees it and may not write is told so."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.base.files.kinds import JPEG, PNG, recognise
from wutong.base.files.queries import read_file
from wutong.base.files.services import store_file
from wutong.cases.models import Evidence
from wutong.ledgerkit.detail_pages import find_detail
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import now_of, today_of, viewer
from wutong.ledgers.project_push.facts import services
from wutong.ledgers.project_push.facts.forms import (
    FactsForm,
    FundsForm,
    NodeForm,
    ParticipantEndForm,
    ParticipantForm,
    VisitForm,
    YearPlanForm,
    wan_of,
    yuan_of,
)
from wutong.ledgers.project_push.facts.services import Act
from wutong.ledgers.project_push.models import (
    NodeCode,
    Participant,
    ProjectNode,
    ProjectPush,
    ProjectVisit,
    YearPlan,
)
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Crumb
from wutong.ui.tables import Text

SLUG = "projects"
LARGEST_ID = 2**63 - 1
NODE_FACTS = ("plan_on", "actual_on", "unit", "person", "arrangement", "outcome", "document_no")
REGISTER_FACTS = (
    "content", "place", "land_mu", "plan_start_on", "plan_production_on", "longitude", "latitude",
)  # fmt: skip
VISIT_FACTS = ("on", "visitors", "place", "said", "next_step", "next_on")


def found_project(request: HttpRequest, number: str) -> ProjectPush:
    """The project, or 404 for whoever may not see it."""
    push: ProjectPush = find_detail(request, SLUG, number)[2]
    return push


def found_to_write(request: HttpRequest, number: str) -> ProjectPush:
    """The same for whoever may write its facts; raises NotAllowed for others who see it."""
    push = found_project(request, number)
    services.require_writer(push.case, viewer(request))
    return push


def act_of(request: HttpRequest, typed: dict[str, Any]) -> Act:
    return Act(viewer(request), today_of(request), now_of(request), typed.get("reason", ""))


def _answer(
    request: HttpRequest,
    push: ProjectPush,
    form: HouseForm,
    label: Text,
    save: Callable[[dict[str, Any], Act], None],
    anchor: str,
    *,
    intro: Text = "",
) -> HttpResponse:
    """The form of one act; afterwards the reader is where the change is to be seen."""
    href = reverse("case_detail", args=[SLUG, push.case.number])

    def saved(typed: dict[str, Any]) -> str:
        save(typed, act_of(request, typed))
        return f"{href}#{anchor}"

    crumbs = [
        Crumb(_("招商")),
        Crumb(_("项目推进库"), reverse("case_list", args=[SLUG])),
        Crumb(push.case.number, href),
        Crumb(label),
    ]
    words = intro or f"{push.case.number} {push.project.name}"
    return answer_form(request, form, label, saved, f"{href}#{anchor}", crumbs, intro=words)


def node_new(request: HttpRequest, project_no: str) -> HttpResponse:
    """Plan a node that the project has not had yet."""
    push = found_to_write(request, project_no)
    taken = list(ProjectNode.objects.filter(project=push.project).values_list("code", flat=True))
    if len(taken) == len(NodeCode):
        raise Refused(_("节点都登记过了，请在“节点安排”里点开修改。"))

    def save(typed: dict[str, Any], do: Act) -> None:
        services.set_node(push, typed["code"], _filled(typed, NODE_FACTS), do)

    form = NodeForm(request.POST or None, taken=taken)
    return _answer(request, push, form, _("登记节点"), save, "node-plans")


def node(request: HttpRequest, project_no: str, code: str) -> HttpResponse:
    """One node: its plan, its day, who answers for it; what it was before stands above the form."""
    push = found_to_write(request, project_no)
    if code not in NodeCode.values:
        raise Http404
    row = ProjectNode.objects.filter(project=push.project, code=code).select_related("unit", "person").first()

    def save(typed: dict[str, Any], do: Act) -> None:
        facts = {name: typed[name] for name in NODE_FACTS} if row else _filled(typed, NODE_FACTS)
        services.set_node(push, code, facts, do, typed.get("expected_seq"))

    form = NodeForm(request.POST or None, node=row, chosen=code)
    intro = _("%(project)s。计划日期改动后，原来的日期留在全过程里。") % {"project": push.project.name}
    return _answer(request, push, form, NodeCode(code).label, save, "node-plans", intro=intro)


def _filled(typed: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Of a new thing only what was typed: an empty field says nothing."""
    return {name: typed[name] for name in names if typed[name] not in (None, "")}


def year_plan(request: HttpRequest, project_no: str) -> HttpResponse:
    """The planned investment of a year."""
    push = found_to_write(request, project_no)
    today = today_of(request)
    known = YearPlan.objects.filter(project=push.project, year=today.year).first()

    def save(typed: dict[str, Any], do: Act) -> None:
        planned = yuan_of(typed["planned_wan"]) or 0
        services.plan_year(push, typed["year"], planned, do)

    initial = {"planned_wan": wan_of(known.planned_yuan)} if known else {}
    form = YearPlanForm(request.POST or None, today=today, initial=initial)
    return _answer(request, push, form, _("定年度计划"), save, "money")


def funds(request: HttpRequest, project_no: str) -> HttpResponse:
    """Money that arrived. What looks wrong but is possible is said after saving."""
    push = found_to_write(request, project_no)

    def save(typed: dict[str, Any], do: Act) -> None:
        facts = {
            "arrived_yuan": yuan_of(typed["arrived_wan"]),
            "planned_yuan": yuan_of(typed["planned_wan"]),
            "source_note": typed["source_note"],
        }
        _row, remarks = services.record_funds(push, typed["year"], typed["month"], typed["source"], facts, do)
        for words in remarks:
            messages.warning(request, words)

    form = FundsForm(request.POST or None, today=today_of(request))
    return _answer(request, push, form, _("登记到位资金"), save, "money")


def participant(request: HttpRequest, project_no: str) -> HttpResponse:
    """A firm that takes part from a day on."""
    push = found_to_write(request, project_no)

    def save(typed: dict[str, Any], do: Act) -> None:
        services.add_participant(push, typed["role"], typed["name"], typed["from_on"], do)

    form = ParticipantForm(request.POST or None, today=today_of(request))
    return _answer(request, push, form, _("加参与单位"), save, "participants")


def participant_end(request: HttpRequest, project_no: str, entry: int) -> HttpResponse:
    """A firm takes part no more."""
    push = found_to_write(request, project_no)
    row = Participant.objects.filter(project=push.project, pk=min(entry, LARGEST_ID)).first()
    if row is None:
        raise Http404

    def save(typed: dict[str, Any], do: Act) -> None:
        services.end_participant(push, row, typed["to_on"], do)

    form = ParticipantEndForm(request.POST or None, today=today_of(request))
    return _answer(request, push, form, _("结束参与"), save, "participants", intro=row.name)


def visit(request: HttpRequest, project_no: str) -> HttpResponse:
    """A visit, with photos. Above the form stands what was agreed last time."""
    push = found_to_write(request, project_no)

    def save(typed: dict[str, Any], do: Act) -> None:
        photos = []
        for upload in typed["photos"]:
            content = upload.read()
            if recognise(content) not in (JPEG, PNG):
                words = _("“%(name)s”不是JPEG或PNG照片。") % {"name": upload.name}
                raise Refused(words, fields={"photos": words})
            stored = store_file(content, name=upload.name, actor=do.actor.account, now=do.now)
            photos.append((stored, upload.name))
        services.note_visit(push, {name: typed[name] for name in VISIT_FACTS}, do, photos)

    form = VisitForm(
        request.POST or None,
        request.FILES or None,
        today=today_of(request),
        visitor=viewer(request).name,
        place=push.project.place,
    )
    return _answer(request, push, form, _("记走访"), save, "timeline", intro=_last_agreed(push))


def _last_agreed(push: ProjectPush) -> str:
    last = ProjectVisit.objects.filter(project=push.project).order_by("-on", "-pk").first()
    if last is None:
        return _("%(project)s。还没有走访记录。") % {"project": push.project.name}
    words = _("%(project)s。上次走访%(on)s") % {"project": push.project.name, "on": last.on}
    return (
        _("%(words)s，说好：%(step)s") % {"words": words, "step": last.next_step} if last.next_step else words
    )


def facts(request: HttpRequest, project_no: str) -> HttpResponse:
    """What the register knows of the project."""
    push = found_to_write(request, project_no)

    def save(typed: dict[str, Any], do: Act) -> None:
        told = {name: typed[name] for name in REGISTER_FACTS}
        told["phase_one_yuan"] = yuan_of(typed["phase_one_wan"])
        services.change_facts(push, told, do, typed["company_name"], typed.get("expected_seq"))

    form = FactsForm(request.POST or None, project=push.project)
    return _answer(request, push, form, _("修改基本情况"), save, "facts")


def photo(request: HttpRequest, project_no: str, entry: int) -> HttpResponse:
    """A site photo to be looked at in the page. Only what is a JPEG or PNG by its content is shown; it may run nothing,
    whatever it holds, and is checked against its SHA-256 first."""
    push = found_project(request, project_no)
    found = (
        Evidence.objects.filter(case=push.case, kind="site_photo", pk=min(entry, LARGEST_ID))
        .select_related("file")
        .first()
    )
    if found is None:
        raise Http404
    content = read_file(found.file)
    kind = recognise(content)
    if kind not in (JPEG, PNG):
        raise Http404
    response = HttpResponse(content, content_type=kind.content_type)
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
