"""Steps by hand: every transition and every opening is a form, as a drawer beside the row or as a page."""

from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import Conflict, DomainError, NotAllowed, Refused
from wutong.base.files.services import store_file
from wutong.base.money import to_yuan
from wutong.cases.act import act
from wutong.cases.models import Assignment, Case, Change, Evidence, EvidenceCheck
from wutong.cases.procedures import CORRECT_VERB, Procedure, Transition
from wutong.cases.registry import case_type_of, latest
from wutong.cases.steps import Holder, NewCase, NewEvidence
from wutong.cases.who import is_allowed
from wutong.ledgerkit.act_forms import OpeningForm, StepForm
from wutong.ledgerkit.clock_fields import clock_step, notice_kinds
from wutong.ledgerkit.detail_pages import find_detail
from wutong.ledgerkit.list_pages import found_pages
from wutong.ledgerkit.middleware import audit_refusal
from wutong.ledgerkit.viewer import now_of, today_of, viewer
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Crumb, FormPage
from wutong.ui.responses import form_response, saved_response


def case_act(request: HttpRequest, slug: str, number: str, verb: str) -> HttpResponse:
    """One step on one case. What the engine refuses stands above the form; what was typed stays."""
    ledger, pages, detail = find_detail(request, slug, number)
    case: Case = detail.case
    procedure = case_type_of(case).procedure
    transition = procedure.transition(verb)
    if transition is None:
        raise Http404
    require_step(request, case, procedure, transition)
    pending = unchecked(case, request) if transition.checks else []
    form = StepForm(
        request.POST or None,
        request.FILES or None,
        transition=transition,
        procedure=procedure,
        case=case,
        detail=detail,
        now=now_of(request),
        pending=pending,
        chosen_kind=request.GET.get("kind", ""),
    )
    href = reverse("case_detail", args=[slug, number])
    if request.method == "POST" and form.is_valid():
        try:
            take_step(request, form, case, pending)
        except DomainError as error:
            _refuse(request, form, error)
        else:
            return saved_response(request, href)
    return form_response(
        request,
        FormPage(
            title=transition.label,
            form=form,
            submit_label=transition.label,
            cancel_href=href,
            intro=f"{case.number} {case.title}",
            crumbs=[
                Crumb(ledger.menu_group),
                Crumb(pages.listing.title, reverse("case_list", args=[slug])),
                Crumb(number, href),
                Crumb(transition.label),
            ],
            action_href=request.path,
            foot=transition.words,
        ),
    )


def require_step(request: HttpRequest, case: Case, procedure: Procedure, transition: Transition) -> None:
    """Whoever may not take the step does not get its form either; POST is judged again by the engine."""
    if request.method == "POST":
        return
    assignments = list(Assignment.objects.filter(case=case, to_on__isnull=True))
    if not is_allowed(viewer(request), transition.who, assignments):
        raise NotAllowed(_("您没有“%(verb)s”的权限，或这一步要由另一个人来做。") % {"verb": transition.label})
    if transition not in procedure.leads_from(case.state):
        raise Refused(
            _("%(number)s现在是“%(state)s”，不能“%(verb)s”。")
            % {"number": case.number, "state": procedure.state(case.state).label, "verb": transition.label}
        )


def unchecked(case: Case, request: HttpRequest) -> list[Evidence]:
    """Evidence that still waits for a check by somebody other than who handed it in."""
    last = EvidenceCheck.objects.filter(evidence=OuterRef("pk")).order_by("-pk").values("is_accepted")[:1]
    waiting = (
        Evidence.objects.filter(case=case).annotate(accepted=Subquery(last)).filter(accepted__isnull=True)
    )
    return list(waiting.exclude(uploaded_by=viewer(request).account).order_by("pk"))


def _refuse(request: HttpRequest, form: HouseForm, error: DomainError) -> None:
    """Show the refusal in the form. After a conflict the next try stands on what the reader has now been told."""
    audit_refusal(request, error)
    form.add_refusal(error)
    if isinstance(error, Conflict):
        for words in error.changes:
            form.add_error(None, str(words))


def take_step(request: HttpRequest, form: StepForm, case: Case, pending: list[Evidence]) -> None:
    """What a valid form asks of the engine; pages and the interface for programs alike. Raises DomainError."""
    data, transition = form.cleaned_data, form.transition
    step: dict[str, Any] = {
        "data": {name: data[name] for name in transition.fields},
        "reason": data.get("reason", ""),
        "holders": holders_from(data, (*transition.assigns, *transition.awaits)),
        **clock_step(data),
        "due_on": data.get("due_on"),
        "gate_verb": data.get("gate_verb", ""),
        "expected_seq": data.get("expected_seq"),
        "request_key": data.get("request_key") or None,
        "evidence": _handed_in(request, form, data),
    }
    if transition.amount:
        step["amount_yuan"] = to_yuan(data["amount_yi"], "亿元")
    if transition.checks:
        chosen = next(item for item in pending if item.pk == data["evidence"])
        step["checks"] = [(chosen, data["decision"] == "yes")]
    if transition.verb == CORRECT_VERB:
        step["replaces"] = Change.objects.get(case=case, pk=data["change"])
    _no_future(data["effective_on"], today_of(request))
    act(
        case,
        transition.verb,
        actor=viewer(request),
        now=now_of(request),
        effective_on=data["effective_on"],
        **step,
    )


def _no_future(on: date, today: date) -> None:
    if on > today:
        message = gettext_lazy("还没到这一天。请填已经发生的日期。")
        raise Refused(message, fields={"effective_on": message})


def holders_from(data: dict[str, Any], roles: tuple[str, ...]) -> list[Holder]:
    """Units and persons chosen in a form. A person of another unit is refused, with the unit he belongs to."""
    holders = []
    for role in roles:
        unit, person = data.get(f"{role}_unit"), data.get(f"{role}_person")
        if unit is None and person is not None:
            unit = person.unit
        if unit is None:
            continue
        if person is not None and not person.unit.path.startswith(unit.path):
            message = _("%(person)s不在%(unit)s，在%(own)s。") % {
                "person": person,
                "unit": unit,
                "own": person.unit,
            }
            raise Refused(message, fields={f"{role}_person": message})
        holders.append(Holder(role, unit, person))
    return holders


def _handed_in(request: HttpRequest, form: StepForm, data: dict[str, Any]) -> list[NewEvidence]:
    transition, items = form.transition, []
    kinds = [(kind, data[f"file_{kind}"]) for kind in transition.evidence]
    notices = notice_kinds(form.procedure, transition)
    kinds += [(kind, data[f"file_{kind}"]) for kind in notices if data.get(f"file_{kind}")]
    if transition.accepts_evidence:
        kinds.append((data["kind"], data["file"]))
    for kind, upload in kinds:
        stored = store_file(
            upload.read(), name=upload.name, actor=viewer(request).account, now=now_of(request)
        )
        items.append(NewEvidence(kind, stored, upload.name[:200], data["dated_on"]))
    return items


def case_open(request: HttpRequest, slug: str, number: str, child_slug: str) -> HttpResponse:
    """Open a sub-case below a case that the actor may see."""
    ledger, pages, detail = find_detail(request, slug, number)
    _child_ledger, child_pages = found_pages(child_slug)
    opening = child_pages.opening
    if opening is None or child_pages.case_type not in pages.children:
        raise Http404
    kind = latest(child_pages.case_type)
    assignments = list(Assignment.objects.filter(case=detail.case, to_on__isnull=True))
    if request.method != "POST" and not is_allowed(viewer(request), kind.procedure.may_open, assignments):
        raise NotAllowed(_("您没有登记“%(label)s”的权限。") % {"label": kind.procedure.label})
    needs_due = any(
        kind.procedure.clock(effect.clock).budget is None for effect in kind.procedure.open_clocks
    )
    form = OpeningForm(
        request.POST or None,
        procedure=kind.procedure,
        detail=kind.detail,
        names=opening.fields,
        roles=opening.holders,
        needs_due=needs_due,
        today=today_of(request),
    )
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            _no_future(data["effective_on"], today_of(request))
            done = act(
                NewCase(
                    child_pages.case_type,
                    title=str(data[opening.fields[0]]),
                    state=kind.procedure.opens_in[0],
                    detail={name: data[name] for name in opening.fields},
                    parent=detail.case,
                ),
                "open",
                actor=viewer(request),
                now=now_of(request),
                effective_on=data["effective_on"],
                holders=holders_from(data, opening.holders),
                due_on=data.get("due_on"),
                request_key=data.get("request_key") or None,
            )
        except DomainError as error:
            _refuse(request, form, error)
        else:
            return saved_response(request, reverse("case_detail", args=[child_slug, done.case.number]))
    href = reverse("case_detail", args=[slug, number])
    return form_response(
        request,
        FormPage(
            title=opening.label,
            form=form,
            submit_label=opening.label,
            cancel_href=href,
            intro=f"{number} {detail.case.title}",
            crumbs=[
                Crumb(ledger.menu_group),
                Crumb(pages.listing.title, reverse("case_list", args=[slug])),
                Crumb(number, href),
                Crumb(opening.label),
            ],
            action_href=request.path,
            foot=opening.words,
        ),
    )


def case_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter a thing of the ledger's main list by hand."""
    ledger, pages = found_pages(slug)
    entering = ledger.entering
    if entering is None or ledger.pages[0] is not pages:
        raise Http404
    if not viewer(request).has(entering.right):
        raise NotAllowed(_("您没有“%(label)s”的权限。") % {"label": entering.label})
    form = entering.form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            case = entering.enter(
                form.cleaned_data, actor=viewer(request), now=now_of(request), on=today_of(request)
            )
        except DomainError as error:
            _refuse(request, form, error)
        else:
            return saved_response(request, reverse("case_detail", args=[slug, case.number]))
    href = reverse("case_list", args=[slug])
    return form_response(
        request,
        FormPage(
            title=entering.label,
            form=form,
            submit_label=entering.label,
            cancel_href=href,
            crumbs=[Crumb(ledger.menu_group), Crumb(pages.listing.title, href), Crumb(entering.label)],
            action_href=request.path,
        ),
    )
