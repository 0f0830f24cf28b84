"""What is done to people of the register: register, change, show one value in full, erase."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.accounts.reveal import reveal
from wutong.base.audit.addresses import client_address
from wutong.base.errors import DomainError, NotAllowed
from wutong.base.personal.fields import masked, personal_field
from wutong.desk.enterprises import visible_enterprises
from wutong.desk.people import KINDS, find_person, firms_of, person_crumbs, revealable
from wutong.ledgerkit.middleware import audit_refusal
from wutong.ledgerkit.viewer import account_of, holder_of, now_of, today_of, viewer
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.names import fold_name
from wutong.registers.organisation.actors import Actor
from wutong.registers.people.models import Person
from wutong.registers.people.rights import MANAGE
from wutong.registers.people.services import (
    INDEXES,
    NewPerson,
    change_person,
    erase_person,
    register_people,
)
from wutong.ui.forms import HouseForm
from wutong.ui.pages import FormPage
from wutong.ui.responses import form_response, saved_response

LARGEST_SEQ = 2**31 - 1
PLAIN = ("employer", "post", "speciality", "degree", "talent_class")


class PersonForm(HouseForm):
    """What is typed about a person; whether it may stand is decided by the services."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=50)
    phone = forms.CharField(label=gettext_lazy("联系电话"), required=False, max_length=30)
    id_number = forms.CharField(
        label=gettext_lazy("证件号码"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("只在认定人才、核发待遇时需要。"),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("身份"), choices=KINDS, widget=forms.CheckboxSelectMultiple
    )
    firm = forms.CharField(
        label=gettext_lazy("所在企业"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("已登记的企业：完整名称或统一社会信用代码。"),
    )
    employer = forms.CharField(label=gettext_lazy("工作单位"), required=False, max_length=100)
    post = forms.CharField(label=gettext_lazy("职务"), required=False, max_length=50)
    speciality = forms.CharField(label=gettext_lazy("专业领域"), required=False, max_length=100)
    degree = forms.CharField(label=gettext_lazy("学历学位"), required=False, max_length=50)
    talent_class = forms.CharField(label=gettext_lazy("人才类别"), required=False, max_length=50)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_firm(self) -> Enterprise | None:
        text = self.cleaned_data["firm"].strip()
        if not text:
            return None
        seen = visible_enterprises(self.actor).filter(merged_into__isnull=True)
        found = list(seen.filter(code=text.upper())[:1]) or list(seen.filter(folded_name=fold_name(text))[:2])
        if len(found) != 1:
            words = _("有几家企业叫这个名称，请写统一社会信用代码。") if found else _("没有登记这家企业。")
            raise forms.ValidationError(words)
        return found[0]

    def facts(self) -> dict[str, Any]:
        """Only after `is_valid`."""
        typed = self.cleaned_data
        return {
            "enterprise": typed["firm"],
            **{f"is_{code}": code in typed["kinds"] for code, _label in KINDS},
            **{name: typed[name] for name in PLAIN},
        }


class ChangeForm(PersonForm):
    """Encrypted values are not shown; an empty field leaves them as they are."""

    seq = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=LARGEST_SEQ, label=gettext_lazy("变更序号")
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in INDEXES:
            self.fields[name].required = False
            shown = masked(person, name) or _("没有登记")
            self.fields[name].help_text = _("现在是%(value)s；空着不改。") % {"value": shown}


class ReasonForm(HouseForm):
    reason = forms.CharField(
        label=gettext_lazy("事由"), max_length=200, help_text=gettext_lazy("写明用途，记入审计。")
    )


def _told(request: HttpRequest) -> dict[str, Any]:
    return {"actor": account_of(request), "on": today_of(request), "now": now_of(request)}


def new_person(request: HttpRequest) -> HttpResponse:
    """Register a contact, an expert, a talent, or somebody who is several of them."""
    holder_of(request, MANAGE)
    form = PersonForm(request.POST or None, actor=viewer(request))
    if request.method == "POST" and form.is_valid():
        encrypted = {name: form.cleaned_data[name] for name in INDEXES}
        try:
            made = register_people([NewPerson(**encrypted, **form.facts())], **_told(request))[0]
        except DomainError as error:
            audit_refusal(request, error)
            form.add_refusal(error)
        else:
            return saved_response(request, reverse("person", args=[made.pk]))
    return _answer(request, form, _("登记人员"), reverse("people"))


def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of a person; what is said again counts as confirmed today."""
    found = find_person(request, pk)
    holder_of(request, MANAGE)
    actor = viewer(request)
    firm = firms_of([found], actor).get(found.enterprise_id or 0, "")
    initial = {
        "seq": found.last_seq,
        "firm": firm,
        "kinds": [code for code, _label in KINDS if getattr(found, f"is_{code}")],
        **{name: getattr(found, name) for name in PLAIN},
    }
    form = ChangeForm(request.POST or None, actor=actor, person=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        if found.enterprise_id is not None and not firm and facts["enterprise"] is None:
            # The person works at a firm that the reader may not see: an empty field says nothing about it.
            del facts["enterprise"]
        facts |= {name: form.cleaned_data[name] for name in INDEXES if form.cleaned_data[name]}
        try:
            change_person(found, facts, expected_seq=form.cleaned_data["seq"], **_told(request))
        except DomainError as error:
            audit_refusal(request, error)
            form.add_refusal(error)
        else:
            return saved_response(request, reverse("person", args=[pk]))
    return _answer(request, form, _("修改"), reverse("person", args=[pk]))


def reveal_value(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Show one encrypted value in full, once, with a reason, on record. The next page masks it again."""
    found = find_person(request, pk)
    if name not in revealable(viewer(request)):
        raise Http404
    field = personal_field(found, name)
    form = ReasonForm(request.POST or None)
    shown = ""
    if request.method == "POST" and form.is_valid():
        try:
            shown = reveal(
                found,
                name,
                reason=form.cleaned_data["reason"],
                address=client_address(request),
                **_told(request),
            )
        except NotAllowed:
            raise
        except DomainError as error:
            form.add_refusal(error)
    label = _("查看完整%(field)s") % {"field": field.verbose_name}
    intro = _("%(field)s：%(value)s") % {"field": field.verbose_name, "value": shown or masked(found, name)}
    return _answer(request, form, label, reverse("person", args=[pk]), intro=intro)


def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase the personal values of a person for good; what remains are keyed digests in the changes."""
    found = find_person(request, pk)
    holder_of(request, MANAGE)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        erase_person(found, reason=form.cleaned_data["reason"], **_told(request))
        return saved_response(request, reverse("people"))
    intro = _("清除后不能恢复；变更记录仍然有效，里面没有个人信息。")
    label = _("清除个人信息")
    return _answer(request, form, label, reverse("person", args=[pk]), intro=intro, stop=True)


def _answer(
    request: HttpRequest, form: HouseForm, label: str, href: str, *, intro: str = "", stop: bool = False
) -> HttpResponse:
    """The form as a page or drawer; the browser keeps no draft of it."""
    page = FormPage(
        label,
        form,
        label,
        href,
        intro=intro,
        crumbs=person_crumbs(label),
        action_href=request.path,
        stop=stop,
        draft=False,
    )
    return form_response(request, page)
