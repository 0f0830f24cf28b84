"""The register of people: who may see whom, the list, the page of one person. Values stand masked everywhere."""

from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import NotAllowed
from wutong.base.personal.fields import masked, personal_field
from wutong.desk.enterprises import visible_enterprises
from wutong.ledgerkit.viewer import today_of, viewer
from wutong.registers.history.models import RegisterChange
from wutong.registers.organisation.actors import Actor
from wutong.registers.people.models import Person
from wutong.registers.people.queries import due_for_erasure, found_by, people, retention_days
from wutong.registers.people.rights import MANAGE, SEE
from wutong.registers.people.services import INDEXES
from wutong.ui.forms import FilterForm
from wutong.ui.pages import Action, Crumb, DetailPage, ListPage
from wutong.ui.panels import Fact, FactsPanel, TablePanel
from wutong.ui.tables import Cell, Column, Row, Table, place_of

PAGE_SIZE = 50
LARGEST_ID = 2**63 - 1
KINDS = (
    ("contact", gettext_lazy("联系人")),
    ("expert", gettext_lazy("专家")),
    ("talent", gettext_lazy("人才")),
)
VERBS = {
    "register": gettext_lazy("登记"),
    "change": gettext_lazy("修改"),
    "erase": gettext_lazy("清除个人信息"),
    "merge": gettext_lazy("随企业合并"),
    "unmerge": gettext_lazy("随企业撤销合并"),
}
COLUMNS = (
    Column("name", gettext_lazy("姓名"), "name", phone="show"),
    Column("kinds", gettext_lazy("身份"), phone="show"),
    Column("firm", gettext_lazy("企业或单位"), phone="show"),
    Column("post", gettext_lazy("职务")),
    Column("phone", gettext_lazy("联系电话"), phone="show"),
    Column("speciality", gettext_lazy("专业领域")),
    Column("confirmed_on", gettext_lazy("最近核实日期"), "date"),
)


# ---- who sees whom ---------------------------------------------------------------------------------------------


def sees_talents(actor: Actor) -> bool:
    """Experts, talents and what is personal about them beyond a contact."""
    return actor.has(SEE) or actor.has(MANAGE)


def visible_people(actor: Actor) -> QuerySet[Person]:
    """Contacts go with their firms; experts, talents and people without a firm of the register need a right."""
    seen = Q(is_contact=True, enterprise__in=visible_enterprises(actor).values("pk"))
    if sees_talents(actor):
        seen |= Q(is_expert=True) | Q(is_talent=True) | Q(enterprise__isnull=True)
    return people().filter(seen)


def find_person(request: HttpRequest, pk: int) -> Person:
    """The person, or 404."""
    found = visible_people(viewer(request)).filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None:
        raise Http404
    return found


def firms_of(found: Sequence[Person], actor: Actor) -> dict[int, str]:
    """Names of their firms that the reader may see. One query."""
    pks = {person.enterprise_id for person in found if person.enterprise_id is not None}
    return dict(visible_enterprises(actor).filter(pk__in=pks).values_list("pk", "name")) if pks else {}


# ---- the list --------------------------------------------------------------------------------------------------


class PeopleFilter(FilterForm):
    q = forms.CharField(label=gettext_lazy("完整的姓名或电话"), required=False, max_length=50)
    kind = forms.ChoiceField(
        label=gettext_lazy("身份"), required=False, choices=[("", gettext_lazy("全部身份")), *KINDS]
    )
    firm = forms.CharField(label=gettext_lazy("企业名称"), required=False, max_length=50)
    speciality = forms.CharField(label=gettext_lazy("专业领域"), required=False, max_length=50)


def people_list(request: HttpRequest) -> HttpResponse:
    """Contacts, experts and talents, masked. A name or a number is found whole or not at all."""
    actor = viewer(request)
    form = PeopleFilter(request.GET)
    form.is_valid()
    typed = {name: form.cleaned_data.get(name, "").strip() for name in form.fields}
    found = _filtered(visible_people(actor), typed, actor)
    actions = []
    if actor.has(MANAGE):
        actions = [
            Action(_("登记人员"), reverse("person_new"), main=True, drawer=True),
            Action(_("保存期已满"), reverse("people_due")),
        ]
    page = ListPage(
        title=_("人员"),
        intro=_("企业联系人、专家和人才。个人信息默认隐去；姓名和电话加密保存，只能按完整内容查找。"),
        table=_table(request, found, urlencode({name: text for name, text in typed.items() if text})),
        crumbs=[Crumb(_("企业")), Crumb(_("人员"))],
        actions=actions,
        filters=form,
        clear_href=request.path if any(typed.values()) else "",
    )
    return render(request, "ui/list.html", {"page": page})


def _filtered(found: QuerySet[Person], typed: dict[str, str], actor: Actor) -> QuerySet[Person]:
    if typed["q"]:
        found = found.filter(pk__in=found_by(typed["q"]).values("pk"))
    if typed["kind"]:
        found = found.filter(**{f"is_{typed['kind']}": True})
        if typed["kind"] != "contact" and not sees_talents(actor):
            return found.none()
    if typed["firm"]:
        named = visible_enterprises(actor).filter(name__icontains=typed["firm"])
        found = found.filter(enterprise__in=named.values("pk"))
    if typed["speciality"]:
        found = found.filter(speciality__icontains=typed["speciality"])
        if not sees_talents(actor):
            return found.none()
    return found


def _table(request: HttpRequest, found: QuerySet[Person], query: str = "") -> Table:
    actor = viewer(request)
    pages = Paginator(found.order_by("-pk"), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    shown = list(page.object_list)
    firms = firms_of(shown, actor)
    return Table(
        _("人员"),
        COLUMNS,
        [_row(person, firms, actor) for person in shown],
        **place_of(page),
        query=query,
        empty=_("没有符合条件的人员。"),
    )


def _row(person: Person, firms: dict[int, str], actor: Actor) -> Row:
    firm = firms.get(person.enterprise_id or 0, "")
    return Row(
        str(person.pk),
        {
            "name": Cell(masked(person, "name"), href=reverse("person", args=[person.pk])),
            "kinds": Cell(kinds_of(person, actor)),
            "firm": Cell(firm or person.employer),
            "post": Cell(person.post),
            "phone": Cell(masked(person, "phone")),
            "speciality": Cell(person.speciality if sees_talents(actor) else ""),
            "confirmed_on": Cell(person.confirmed_on.isoformat() if person.confirmed_on else ""),
        },
    )


def kinds_of(person: Person, actor: Actor) -> str:
    """What the person is, as far as the reader may know."""
    shown = KINDS if sees_talents(actor) else KINDS[:1]
    return "、".join(str(label) for code, label in shown if getattr(person, f"is_{code}"))


def people_due(request: HttpRequest) -> HttpResponse:
    """People whose period of retention is over: to be confirmed again or erased."""
    actor, day = viewer(request), today_of(request)
    if not actor.has(MANAGE):
        raise NotAllowed(_("您没有管理人员的权限。工作需要的，请向安全管理员申请。"))
    found = visible_people(actor).filter(pk__in=due_for_erasure(day).values("pk"))
    page = ListPage(
        title=_("保存期已满"),
        intro=_("最近核实后超过%(days)s天的人员。仍要联系的，打开后修改即重新核实；不再需要的，请清除。")
        % {"days": retention_days()},
        table=_table(request, found),
        crumbs=[Crumb(_("企业")), Crumb(_("人员"), reverse("people")), Crumb(_("保存期已满"))],
    )
    return render(request, "ui/list.html", {"page": page})


# ---- one person ------------------------------------------------------------------------------------------------


def person_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: masked facts with purpose and retention, and who changed what, without values."""
    found, actor = find_person(request, pk), viewer(request)
    firms = firms_of([found], actor)
    title = masked(found, "name")
    actions = []
    if actor.has(MANAGE):
        actions = [
            Action(_("修改"), reverse("person_change", args=[pk]), main=True, drawer=True),
            Action(_("清除个人信息"), reverse("person_erase", args=[pk]), stop=True, drawer=True),
        ]
    page = DetailPage(
        title=title,
        crumbs=person_crumbs(title),
        actions=actions,
        main=[_personal_panel(found, actor), _facts_panel(found, firms, actor), _changes_panel(found, actor)],
        side=[_retention_panel(found, today_of(request))],
    )
    return render(request, "ui/detail.html", {"page": page})


def person_crumbs(*labels: str) -> list[Crumb]:
    return [Crumb(_("企业")), Crumb(_("人员"), reverse("people")), *(Crumb(label) for label in labels)]


def revealable(actor: Actor) -> list[str]:
    """Encrypted columns that the reader may know of; an identity number only of talents."""
    return [name for name in INDEXES if name != "id_number" or sees_talents(actor)]


def _personal_panel(found: Person, actor: Actor) -> FactsPanel:
    facts = []
    for name in revealable(actor):
        field, text = personal_field(found, name), masked(found, name)
        href = (
            reverse("person_reveal", args=[found.pk, name]) if text and actor.has("personal.unmask") else ""
        )
        words = _("用途：%(purpose)s；最近核实后保存%(days)s天") % {
            "purpose": field.purpose,
            "days": field.keep_days,
        }
        facts.append(Fact(str(field.verbose_name), text, href=href, note=words))
    return FactsPanel(
        title=_("个人信息"), note=_("默认隐去；查看完整信息须写事由，记入审计"), id="personal", facts=facts
    )


def _facts_panel(found: Person, firms: dict[int, str], actor: Actor) -> FactsPanel:
    firm = firms.get(found.enterprise_id or 0, "")
    href = reverse("enterprise", args=[found.enterprise_id]) if firm else ""
    facts = [
        Fact(_("身份"), kinds_of(found, actor)),
        Fact(_("所在企业"), firm, href=href),
        Fact(_("工作单位"), found.employer),
        Fact(_("职务"), found.post),
    ]
    if sees_talents(actor):
        facts += [
            Fact(_("专业领域"), found.speciality),
            Fact(_("学历学位"), found.degree),
            Fact(_("人才类别"), found.talent_class),
        ]
    return FactsPanel(title=_("基本情况"), id="facts", facts=facts)


def _retention_panel(found: Person, today: date) -> FactsPanel:
    facts = [Fact(_("最近核实日期"), found.confirmed_on.isoformat() if found.confirmed_on else "")]
    if found.confirmed_on:
        last = found.confirmed_on + timedelta(days=retention_days())
        note = _("已满，请重新核实或清除") if last < today else ""
        facts.append(Fact(_("保存到"), last.isoformat(), note=note))
    return FactsPanel(title=_("保存期"), id="retention", facts=facts)


def _changes_panel(found: Person, actor: Actor) -> TablePanel:
    """Who changed which columns when. Values stand nowhere, only their keyed digests in the changes."""
    changes = RegisterChange.objects.filter(entry_kind=Person.entry_kind, entry_id=found.pk)
    rows = [
        Row(
            str(change.seq),
            {
                "on": Cell(change.effective_on.isoformat()),
                "what": Cell(VERBS.get(change.verb, change.verb), note=_columns(change, actor)),
                "who": Cell(change.actor.display_name if change.actor else _("系统")),
            },
        )
        for change in changes.select_related("actor").order_by("-seq")[:PAGE_SIZE]
    ]
    columns = [
        Column("on", _("日期"), "date", phone="show"),
        Column("what", _("动作"), "long", phone="show"),
        Column("who", _("人员"), phone="show"),
    ]
    table = Table(_("变更记录"), columns, rows, len(rows), empty=_("没有变更。"))
    return TablePanel(title=_("变更记录"), note=_("只记哪些内容变了，不记内容"), id="changes", table=table)


def _columns(change: RegisterChange, actor: Actor) -> str:
    hidden = {*INDEXES.values(), "confirmed_on", "is_erased"}
    if not sees_talents(actor):
        hidden |= {"id_number", "is_expert", "is_talent", "speciality", "degree", "talent_class"}
    names = [name for name in change.snapshot if name not in hidden]
    return "、".join(str(Person._meta.get_field(name).verbose_name) for name in names)  # type: ignore[union-attr]
