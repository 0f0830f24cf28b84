"""People of an enterprise: the panel with their values masked, and what is done to them."""

from collections.abc import Sequence

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.accounts.reveal import reveal
from wutong.base.audit.addresses import client_address
from wutong.base.errors import DomainError, NotAllowed
from wutong.base.personal.fields import masked
from wutong.desk.enterprise_acts import crumbs_of, find_enterprise, href_of, require, told
from wutong.desk.enterprises import REGISTER
from wutong.ledgerkit.viewer import account_of, now_of, today_of
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.organisation.actors import Actor
from wutong.registers.people.models import Person
from wutong.registers.people.services import add_contact, erase_person
from wutong.ui.forms import HouseForm
from wutong.ui.pages import FormPage
from wutong.ui.panels import PanelEnd, TablePanel
from wutong.ui.responses import form_response, saved_response
from wutong.ui.tables import Cell, Column, Row, Table


class ContactForm(HouseForm):
    name = forms.CharField(label=gettext_lazy("联系人"), max_length=50)
    phone = forms.CharField(label=gettext_lazy("联系电话"), max_length=30)
    post = forms.CharField(label=gettext_lazy("职务"), required=False, max_length=50)


class ReasonForm(HouseForm):
    reason = forms.CharField(
        label=gettext_lazy("事由"), max_length=200, help_text=gettext_lazy("写明用途，记入审计。")
    )


def contacts_panel(firm: Enterprise, people: Sequence[Person], actor: Actor) -> TablePanel:
    """People who are not erased, each with what the reader may do."""
    rows = []
    for person in people:
        href = ""
        if actor.has("personal.unmask"):
            href = reverse("contact_reveal", args=[firm.pk, person.pk])
        erase_href = reverse("contact_erase", args=[firm.pk, person.pk]) if actor.has(REGISTER) else ""
        kinds = {
            _("联系人"): person.is_contact,
            _("专家"): person.is_expert,
            _("人才"): person.is_talent,
        }
        rows.append(
            Row(
                str(person.pk),
                {
                    "name": Cell(
                        masked(person, "name"), note="、".join(kind for kind, is_it in kinds.items() if is_it)
                    ),
                    "post": Cell(person.post),
                    "phone": Cell(masked(person, "phone"), href=href),
                    "erase": Cell(_("清除个人信息") if erase_href else "", href=erase_href),
                },
            )
        )
    columns = [
        Column("name", _("姓名"), "name"),
        Column("post", _("职务"), phone="show"),
        Column("phone", _("联系电话"), phone="show"),
        Column("erase", _("处理"), phone="show"),
    ]
    end = None
    if actor.has(REGISTER) and firm.merged_into_id is None:
        end = PanelEnd(_("登记联系人"), reverse("contact_new", args=[firm.pk]), drawer=True)
    return TablePanel(
        title=_("联系人"),
        note=_("默认隐去；查看完整信息须写事由，记入审计"),
        id="contacts",
        end=end,
        empty=_("没有登记联系人。"),
        table=Table(_("联系人"), columns, rows, len(rows), empty=_("没有登记联系人。")),
    )


def _contact(request: HttpRequest, pk: int, contact_pk: int) -> Person:
    firm = find_enterprise(request, pk)
    contact = Person.objects.filter(enterprise=firm, pk=contact_pk, is_erased=False).first()
    if contact is None:
        raise Http404
    contact.enterprise = firm
    return contact


def _firm_of(contact: Person) -> Enterprise:
    assert contact.enterprise is not None, "a contact was found by its firm"
    return contact.enterprise


def new_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Register a person of an enterprise."""
    firm = find_enterprise(request, pk)
    require(request, REGISTER)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_contact(firm, **form.cleaned_data, **told(request))
        return saved_response(request, href_of(firm))
    label = _("登记联系人")
    page = FormPage(
        label,
        form,
        label,
        href_of(firm),
        crumbs=crumbs_of(firm, label),
        action_href=request.path,
        draft=False,
    )
    return form_response(request, page)


def reveal_contact(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Show a telephone number in full, once, with a reason, on record. The next page masks it again."""
    contact = _contact(request, pk, contact_pk)
    form = ReasonForm(request.POST or None)
    shown = ""
    if request.method == "POST" and form.is_valid():
        try:
            shown = reveal(
                contact,
                "phone",
                actor=account_of(request),
                reason=form.cleaned_data["reason"],
                on=today_of(request),
                now=now_of(request),
                address=client_address(request),
            )
        except NotAllowed:
            raise
        except DomainError as error:
            form.add_refusal(error)
    label = _("查看完整电话")
    intro = _("完整电话：%(phone)s") % {"phone": shown} if shown else masked(contact, "phone")
    page = FormPage(
        label,
        form,
        label,
        href_of(_firm_of(contact)),
        intro=intro,
        crumbs=crumbs_of(_firm_of(contact), label),
        action_href=request.path,
        draft=False,
    )
    return form_response(request, page)


def erase(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Erase the personal values of a contact for good; what remains are keyed digests in the changes."""
    contact = _contact(request, pk, contact_pk)
    require(request, REGISTER)
    form = ReasonForm(request.POST or None)
    href = href_of(_firm_of(contact))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        erase_person(contact, reason=reason, **told(request))
        return saved_response(request, href)
    label = _("清除个人信息")
    page = FormPage(
        label,
        form,
        label,
        href,
        intro=_("清除后不能恢复；变更记录仍然有效，里面没有个人信息。"),
        crumbs=crumbs_of(_firm_of(contact), label),
        action_href=request.path,
        stop=True,
        draft=False,
    )
    return form_response(request, page)
