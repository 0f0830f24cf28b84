"""Set-up of an empty zone: name and officers, roster, firms, slips with one-time passwords. Then it is closed for good."""

from datetime import datetime
from typing import Any

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from wutong.base.accounts.models import Account
from wutong.base.accounts.services import change_password, create_account, grant_role, reset_password
from wutong.base.errors import DomainError, NotAllowed, Refused
from wutong.base.zone.queries import is_in_setup
from wutong.base.zone.services import finish_setup, name_zone, require_setup_key
from wutong.desk.setup_forms import OFFICERS, SetupForm
from wutong.ledgerkit.viewer import now_of, today_of, viewer
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.organisation.models import Official, Unit, UnitKind
from wutong.registers.organisation.post_services import RosterRow, appoint_many
from wutong.registers.organisation.services import open_unit
from wutong.ui.pages import FormPage
from wutong.ui.panels import Step, StepsBar

ROLE = "organiser"
FIELD_OF_REFUSAL = {"name": "own_login", "new": "own_password", "display_name": "own_name"}


@login_not_required
@never_cache
@sensitive_post_parameters("own_password", "own_again", "key")
def setup(request: HttpRequest) -> HttpResponse:
    """The first step for a visitor who has the key; afterwards the list of steps for the account that set up."""
    if isinstance(request.user, Account):
        return _steps(request)
    if Account.objects.exists():
        if not is_in_setup():
            raise Http404
        return HttpResponseRedirect(f"{reverse('accounts:sign_in')}?next={reverse('setup')}")
    form = SetupForm(request.POST or None, initial={"key": request.GET.get("key", "")})
    if request.method == "POST" and form.is_valid():
        try:
            account = _begin(form.cleaned_data, request, now_of(request))
        except DomainError as error:
            _tell(form, error)
        else:
            login(request, account, backend="wutong.base.accounts.backend.AccountBackend")
            return HttpResponseRedirect(reverse("setup"))
    page = FormPage(
        _("设置园区"),
        form,
        _("下一步：导入花名册"),
        reverse("accounts:sign_in"),
        intro=_("空园区从这里开始：先定名称和三员，再导入花名册和企业名录，一小时内就能用。"),
        action_href=reverse("setup"),
        draft=False,
    )
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "desk/setup_begin.html", {"page": page}, status=status)


def _tell(form: SetupForm, error: DomainError) -> None:
    fields = {FIELD_OF_REFUSAL.get(name, name): words for name, words in error.fields.items()}
    known = {name: words for name, words in fields.items() if name in form.fields}
    for name, words in known.items():
        form.add_error(name, str(words))
    if not known:
        form.add_error(None, str(error.message))


@transaction.atomic
def _begin(told: dict[str, Any], request: HttpRequest, now: datetime) -> Account:
    """Everything of the first step or nothing. The system itself acts: nobody is there yet who could."""
    require_setup_key(told["key"], now)
    on = today_of(request)
    if told["founded_on"] > on:
        words = _("设立日期不能晚于今天。")
        raise Refused(words, fields={"founded_on": words})
    name_zone(told["zone_name"], told["division_code"], is_set_up=False, now=now)
    root = open_unit(
        code="root",
        name=told["root_name"],
        kind=UnitKind.COMMITTEE,
        parent=None,
        actor=None,
        on=told["founded_on"],
        now=now,
    )
    for role, prefix, label, _login in OFFICERS:
        try:
            officer, _password = create_account(told[f"{prefix}_login"], told[f"{prefix}_name"], now)
        except Refused as refusal:
            raise Refused(
                _("%(officer)s：%(words)s") % {"officer": label, "words": refusal.message},
                fields={f"{prefix}_login": refusal.message},
            ) from None
        grant_role(officer, role, None, on, now)
    account, password = create_account(told["own_login"], told["own_name"], now)
    change_password(account, password, told["own_password"], now)
    grant_role(account, ROLE, None, on, now)
    row = RosterRow("WT0001", told["own_name"], root, _("组织人事"), account=account)
    appoint_many([row], actor=None, on=on, now=now)
    return account


def _require_setup(request: HttpRequest) -> None:
    """The set-up is open, and for whoever began it."""
    if not is_in_setup():
        raise Http404
    if not viewer(request).has("organisation.manage"):
        raise NotAllowed(_("园区正在设置，由组织人事员完成。"))


def _steps(request: HttpRequest) -> HttpResponse:
    _require_setup(request)
    people, firms = Official.objects.count(), Enterprise.objects.count()
    units, waiting = Unit.objects.count(), _waiting(request).count()
    bar = StepsBar(
        [
            Step(_("园区与三员"), _("完成"), "done"),
            Step(_("花名册"), _("%(count)s人") % {"count": people}, "done" if people > 1 else "current"),
            Step(
                _("企业名录"),
                _("%(count)s家") % {"count": firms},
                "done" if firms else "current" if people > 1 else "todo",
            ),
            Step(_("初始密码"), _("%(count)s个账号") % {"count": waiting}, "current" if firms else "todo"),
        ],
        label=_("步骤"),
    )
    context = {"bar": bar, "people": people, "units": units, "firms": firms, "waiting": waiting}
    return render(request, "desk/setup.html", context)


def _waiting(request: HttpRequest) -> Any:
    """Accounts whose owner has not chosen a password yet."""
    return (
        Account.objects.filter(must_change_password=True, is_active=True)
        .exclude(name=request.user.get_username())
        .order_by("display_name", "pk")
    )


@require_POST
@never_cache
def slips(request: HttpRequest) -> HttpResponse:
    """A page to print and cut: who signs in with which one-time password. Made anew each time, shown once."""
    _require_setup(request)
    now = now_of(request)
    units = dict(Official.objects.filter(account__isnull=False).values_list("account_id", "unit__name"))
    made = [
        (account.display_name, units.get(account.pk, ""), account.name, reset_password(account, None, now))
        for account in _waiting(request)
    ]
    return render(request, "desk/setup_slips.html", {"slips": made})


@require_POST
def finish(request: HttpRequest) -> HttpResponse:
    """The set-up is closed for good."""
    _require_setup(request)
    finish_setup(now_of(request))
    return HttpResponseRedirect(reverse("today"))
