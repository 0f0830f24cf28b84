"""The enterprise register: list, page of one enterprise, contacts with their personal values masked."""

from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.accounts.models import Account
from wutong.base.accounts.reveal import reveal
from wutong.base.audit.addresses import client_address
from wutong.base.errors import DomainError, NotAllowed
from wutong.base.personal.fields import masked
from wutong.ledgerkit.middleware import audit_refusal
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.viewer import now_of, today_of, viewer
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.services import register_enterprise
from wutong.registers.organisation.actors import Actor
from wutong.registers.people.models import Person
from wutong.registers.people.services import add_contact, erase_person
from wutong.registers.projects.models import Project
from wutong.ui.forms import FilterForm, HouseForm
from wutong.ui.pages import Action, Crumb, DetailPage, FormPage, ListPage
from wutong.ui.panels import Block, Fact, FactsPanel, ListItem, ListPanel, TablePanel
from wutong.ui.responses import form_response, saved_response
from wutong.ui.tables import Cell, Column, Row, Table

PAGE_SIZE = 50
REGISTER = "enterprises.register"


class SearchForm(FilterForm):
    q = forms.CharField(label=gettext_lazy("名称或编号"), required=False, max_length=50)


def named(text: str) -> Q:
    return Q(name__icontains=text) | Q(code__icontains=text.upper())


def visible_enterprises(actor: Actor) -> QuerySet[Enterprise]:
    """Investors follow their projects: a firm known only from an unsigned project is as secret as the project."""
    if actor.official is None:
        return Enterprise.objects.none()
    own = Project.objects.filter(
        Q(investor=OuterRef("pk")) | Q(company=OuterRef("pk")),
        push__case__in=visible_cases(actor, "project_push"),
    )
    return Enterprise.objects.filter(Q(is_disclosed=True) | Exists(own))


ENTERPRISE_COLUMNS = (
    Column("name", gettext_lazy("企业名称"), "name", phone="show"),
    Column("code", gettext_lazy("统一社会信用代码"), phone="show"),
    Column("registered_on", gettext_lazy("成立日期"), "date"),
    Column("address", gettext_lazy("注册地址"), "long"),
)


def enterprises(request: HttpRequest) -> HttpResponse:
    """The enterprise register."""
    form = SearchForm(request.GET)
    form.is_valid()
    text = form.cleaned_data.get("q", "").strip()
    found = visible_enterprises(viewer(request)).order_by("name", "pk")
    if text:
        found = found.filter(named(text))
    pages = Paginator(found, PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    rows = [
        Row(
            str(item.pk),
            {
                "name": Cell(item.name, href=reverse("enterprise", args=[item.pk])),
                "code": Cell(item.code or _("未登记")),
                "registered_on": Cell(item.registered_on.isoformat() if item.registered_on else ""),
                "address": Cell(item.address),
            },
        )
        for item in page.object_list
    ]
    table = Table(
        _("企业名录"),
        ENTERPRISE_COLUMNS,
        rows,
        pages.count,
        first_number=page.start_index() or 1,
        page=page.number,
        page_count=pages.num_pages,
        query=f"q={text}" if text else "",
        empty=_("没有符合条件的企业。"),
    )
    return render(
        request,
        "ui/list.html",
        {
            "page": ListPage(
                title=_("企业名录"),
                intro=_("项目投资方和区内企业。"),
                table=table,
                crumbs=[Crumb(_("企业")), Crumb(_("企业名录"))],
                filters=form,
                actions=_list_actions(request),
                clear_href=request.path if text else "",
            )
        },
    )


def _list_actions(request: HttpRequest) -> list[Action]:
    if not viewer(request).has(REGISTER):
        return []
    return [Action(_("登记企业"), reverse("enterprise_new"), main=True, drawer=True)]


class EnterpriseForm(HouseForm):
    name = forms.CharField(label=gettext_lazy("企业名称"), max_length=200)
    code = forms.CharField(
        label=gettext_lazy("统一社会信用代码"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("18位，与营业执照一致；还没有的可以空着。"),
    )
    registered_on = forms.DateField(label=gettext_lazy("成立日期"), required=False)
    address = forms.CharField(label=gettext_lazy("注册地址"), required=False, max_length=200)


class ContactForm(HouseForm):
    name = forms.CharField(label=gettext_lazy("联系人"), max_length=50)
    phone = forms.CharField(label=gettext_lazy("联系电话"), max_length=30)
    post = forms.CharField(label=gettext_lazy("职务"), required=False, max_length=50)


class ReasonForm(HouseForm):
    reason = forms.CharField(
        label=gettext_lazy("事由"), max_length=200, help_text=gettext_lazy("写明用途，记入审计。")
    )


def _account(request: HttpRequest) -> Account:
    account = viewer(request).account
    assert account is not None, "pages need a signed-in account"
    return account


def _require(request: HttpRequest, right: str) -> None:
    if not viewer(request).has(right):
        raise NotAllowed(_("您没有登记企业的权限。工作需要的，请向安全管理员申请。"))


def _found(request: HttpRequest, pk: int) -> Enterprise:
    enterprise = visible_enterprises(viewer(request)).filter(pk=pk).first()
    if enterprise is None:
        raise Http404
    return enterprise


def _contact(request: HttpRequest, pk: int, contact_pk: int) -> Person:
    contact = Person.objects.filter(enterprise=_found(request, pk), pk=contact_pk, is_erased=False).first()
    if contact is None:
        raise Http404
    return contact


def new_enterprise(request: HttpRequest) -> HttpResponse:
    """Register an enterprise; a wrong check character and a code that is taken are told at the field."""
    _require(request, REGISTER)
    form = EnterpriseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = register_enterprise(
                **form.cleaned_data, actor=_account(request), on=today_of(request), now=now_of(request)
            )
        except DomainError as error:
            audit_refusal(request, error)
            form.add_error("code", str(error.message))
        else:
            return saved_response(request, reverse("enterprise", args=[made.pk]))
    crumbs = [Crumb(_("企业")), Crumb(_("企业名录"), reverse("enterprises")), Crumb(_("登记企业"))]
    page = FormPage(
        _("登记企业"), form, _("登记企业"), reverse("enterprises"), crumbs=crumbs, action_href=request.path
    )
    return form_response(request, page)


def enterprise(request: HttpRequest, pk: int) -> HttpResponse:
    """One enterprise: facts, its projects that the reader may see, contacts masked."""
    found = _found(request, pk)
    actor = viewer(request)
    ids = found.invested_projects.values("push__case_id")
    cases = visible_cases(actor, "project_push").filter(pk__in=ids).order_by("-opened_on", "-pk")
    contacts = found.people.filter(is_erased=False).order_by("pk")
    main: list[Block] = [
        ListPanel(
            title=_("投资项目"),
            id="projects",
            empty=_("没有您可以查看的项目。"),
            items=[
                ListItem(case.title, reverse("case_detail", args=["projects", case.number]), case.number)
                for case in cases
            ],
        ),
        _contacts_panel(found, list(contacts), actor),
    ]
    actions = []
    if actor.has(REGISTER):
        actions.append(Action(_("登记联系人"), reverse("contact_new", args=[pk]), drawer=True))
    facts = [
        Fact(_("统一社会信用代码"), found.code or _("未登记")),
        Fact(_("成立日期"), found.registered_on.isoformat() if found.registered_on else ""),
        Fact(_("注册地址"), found.address, wide=True),
    ]
    page = DetailPage(
        title=found.name,
        crumbs=[Crumb(_("企业")), Crumb(_("企业名录"), reverse("enterprises")), Crumb(found.name)],
        actions=actions,
        main=main,
        side=[FactsPanel(title=_("基本情况"), facts=facts)],
    )
    return render(request, "ui/detail.html", {"page": page})


def _contacts_panel(found: Enterprise, contacts: list[Person], actor: Actor) -> TablePanel:
    rows = []
    for contact in contacts:
        href = ""
        if actor.has("personal.unmask"):
            href = reverse("contact_reveal", args=[found.pk, contact.pk])
        erase_href = reverse("contact_erase", args=[found.pk, contact.pk]) if actor.has(REGISTER) else ""
        rows.append(
            Row(
                str(contact.pk),
                {
                    "name": Cell(masked(contact, "name")),
                    "post": Cell(contact.post),
                    "phone": Cell(masked(contact, "phone"), href=href),
                    "erase": Cell(_("清除个人信息") if erase_href else "", href=erase_href),
                },
            )
        )
    columns = [
        Column("name", _("联系人"), "name"),
        Column("post", _("职务"), phone="show"),
        Column("phone", _("联系电话"), phone="show"),
        Column("erase", _("处理"), phone="show"),
    ]
    return TablePanel(
        title=_("联系人"),
        note=_("默认隐去；查看完整信息须写事由，记入审计"),
        id="contacts",
        table=Table(_("联系人"), columns, rows, len(rows), empty=_("没有登记联系人。")),
    )


def _contact_crumbs(found: Enterprise, label: str) -> list[Crumb]:
    return [
        Crumb(_("企业名录"), reverse("enterprises")),
        Crumb(found.name, reverse("enterprise", args=[found.pk])),
        Crumb(label),
    ]


def new_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Register a person of an enterprise."""
    found = _found(request, pk)
    _require(request, REGISTER)
    form = ContactForm(request.POST or None)
    href = reverse("enterprise", args=[pk])
    if request.method == "POST" and form.is_valid():
        add_contact(
            found, **form.cleaned_data, actor=_account(request), on=today_of(request), now=now_of(request)
        )
        return saved_response(request, href)
    label = _("登记联系人")
    page = FormPage(
        label,
        form,
        label,
        href,
        crumbs=_contact_crumbs(found, label),
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
                actor=_account(request),
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
        reverse("enterprise", args=[pk]),
        intro=intro,
        crumbs=_contact_crumbs(contact.enterprise, label),
        action_href=request.path,
        draft=False,
    )
    return form_response(request, page)


def erase(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Erase the personal values of a contact for good; what remains are keyed digests in the changes."""
    contact = _contact(request, pk, contact_pk)
    _require(request, REGISTER)
    form = ReasonForm(request.POST or None)
    href = reverse("enterprise", args=[pk])
    if request.method == "POST" and form.is_valid():
        erase_person(
            contact,
            actor=_account(request),
            reason=form.cleaned_data["reason"],
            on=today_of(request),
            now=now_of(request),
        )
        return saved_response(request, href)
    label = _("清除个人信息")
    page = FormPage(
        label,
        form,
        label,
        href,
        intro=_("清除后不能恢复；变更记录仍然有效，里面没有个人信息。"),
        crumbs=_contact_crumbs(contact.enterprise, label),
        action_href=request.path,
        stop=True,
        draft=False,
    )
    return form_response(request, page)
