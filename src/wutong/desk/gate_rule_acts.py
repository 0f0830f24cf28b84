"""What is done to gate rules: add, change or end from a day on, take back. First the page tells what would be missing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.cases import gate_editing
from wutong.cases.gate_editing import EDIT, Planned, states_leading_to
from wutong.cases.gate_sets import newly_lacking
from wutong.cases.gates import rules_of
from wutong.cases.models import Case, GateRule
from wutong.cases.registry import CaseType
from wutong.desk.gate_rule_forms import AskingForm, NewRuleForm, ValuesForm, typed_of
from wutong.desk.gate_rules import gated_types, rule_crumbs
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import holder_of, now_of, today_of, viewer
from wutong.ui.forms import HouseForm

LARGEST_ID = 2**63 - 1


def new_rule(request: HttpRequest, gate_type: str) -> HttpResponse:
    """A further demand of a state."""
    holder_of(request, EDIT)
    kind = _type(gate_type)
    form = NewRuleForm(request.POST or None, kind=kind, initial={"valid_from": today_of(request)})

    def save(typed: dict[str, Any]) -> str:
        planned = gate_editing.plan_new(
            gate_type,
            typed["state"],
            form.chosen(),
            form.values(),
            valid_from=typed["valid_from"],
            running_too=typed["running_too"],
            on=today_of(request),
        )
        return _ask_or_save(request, form, kind, planned)

    label = _("添加准入条件")
    return answer_form(
        request, form, label, save, _list(), rule_crumbs(label), intro=kind.procedure.label, draft=False
    )


def change_rule(request: HttpRequest, gate_pk: int) -> HttpResponse:
    """The same demand with other words, number or band from a day on."""
    holder_of(request, EDIT)
    rule, kind = _found(gate_pk)
    initial = {**typed_of(rule), "edition": "", "valid_from": today_of(request)}
    form = ValuesForm(request.POST or None, initial=initial)

    def save(typed: dict[str, Any]) -> str:
        planned = gate_editing.plan_change(
            rule,
            form.values(),
            valid_from=typed["valid_from"],
            running_too=typed["running_too"],
            on=today_of(request),
        )
        return _ask_or_save(request, form, kind, planned)

    label = _("修改准入条件")
    intro = _("%(rule)s。现在的一条到前一天为止，改后的另起一条。") % {"rule": _words(rule, kind)}
    return answer_form(request, form, label, save, _list(), rule_crumbs(label), intro=intro, draft=False)


def end_rule(request: HttpRequest, gate_pk: int) -> HttpResponse:
    """The demand is no more from a day on."""
    holder_of(request, EDIT)
    rule, kind = _found(gate_pk)
    form = AskingForm(request.POST or None, initial={"valid_from": today_of(request)})

    def save(typed: dict[str, Any]) -> str:
        planned = gate_editing.plan_end(
            rule,
            first_day_without=typed["valid_from"],
            running_too=typed["running_too"],
            on=today_of(request),
        )
        return _ask_or_save(request, form, kind, planned)

    label = _("停用准入条件")
    intro = _("%(rule)s。从这一天起不再要求。") % {"rule": _words(rule, kind)}
    return answer_form(
        request, form, label, save, _list(), rule_crumbs(label), intro=intro, stop=True, draft=False
    )


def take_back(request: HttpRequest, gate_pk: int) -> HttpResponse:
    """Undo what has not come yet."""
    actor = holder_of(request, EDIT)
    rule, kind = _found(gate_pk)

    def save(_typed: dict[str, Any]) -> str:
        gate_editing.take_back(rule, actor=actor, on=today_of(request), now=now_of(request))
        messages.success(request, _("已撤回。"))
        return _list()

    label = _("撤回准入条件的改动")
    intro = _("%(rule)s。还没到的改动撤回，原来的条件继续有效。") % {"rule": _words(rule, kind)}
    form = HouseForm(request.POST if request.method == "POST" else None)
    return answer_form(
        request, form, label, save, _list(), rule_crumbs(label), intro=intro, stop=True, draft=False
    )


# ---- what all of them share --------------------------------------------------------------------------------------


def _ask_or_save(request: HttpRequest, form: AskingForm, kind: CaseType, planned: Planned) -> str:
    members = _still_before(request, kind, planned.rule.state)
    before = rules_of([kind.procedure.case_type])
    affected = newly_lacking(
        kind, members, before, planned.applied_to(before), planned.rule.state, planned.first_day
    )
    if not form.is_answered(len(affected)):
        form.ask_about(affected, len(members))
        return ""
    holder = holder_of(request, EDIT)
    rule = gate_editing.save_planned(planned, actor=holder, on=today_of(request), now=now_of(request))
    messages.success(request, _("“%(label)s”的改动已保存，并已记入审计。") % {"label": rule.label})
    return _list()


def _still_before(request: HttpRequest, kind: CaseType, state: str) -> list[tuple[Case, Any]]:
    """Running cases that the reader may see and that have not come to a state yet, with their detail rows."""
    procedure = kind.procedure
    cases = visible_cases(viewer(request), procedure.case_type).filter(
        is_open=True, state__in=states_leading_to(procedure, state)
    )
    rows = kind.detail._default_manager.filter(case__in=cases).select_related("case", *kind.related)
    return [(row.case, row) for row in rows.order_by("pk")]


def _type(case_type: str) -> CaseType:
    found = next((kind for kind in gated_types() if kind.procedure.case_type == case_type), None)
    if found is None:
        raise Http404
    return found


def _found(pk: int) -> tuple[GateRule, CaseType]:
    rule = GateRule.objects.filter(pk=min(pk, LARGEST_ID)).first()
    if rule is None:
        raise Http404
    return rule, _type(rule.case_type)


def _words(rule: GateRule, kind: CaseType) -> str:
    state = kind.procedure.state(rule.state).label
    return _("进入“%(state)s”要有：%(label)s") % {"state": state, "label": rule.label}


def _list() -> str:
    return reverse("gate_rules")
