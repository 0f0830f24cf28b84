"""What is done to places: open, change, close one, upload its boundary."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.accounts.models import Account
from wutong.desk.places import find_place, place_crumbs
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import holder_of, now_of, today_of
from wutong.registers.organisation.models import Unit
from wutong.registers.places import services
from wutong.registers.places.boundaries import MAX_BYTES, read_upload
from wutong.registers.places.models import Division, PlaceKind, SpatialUnit
from wutong.registers.places.queries import places_on, resolve
from wutong.registers.places.rights import MANAGE
from wutong.registers.places.services import PlaceFacts
from wutong.ui.forms import HouseForm

LARGEST_SEQ = 2**31 - 1
Save = Callable[[dict[str, Any]], SpatialUnit]


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.get_kind_display()}，{obj.code}）"


class PlaceForm(HouseForm):
    """What is typed about a place; whether it may stand is decided by the services."""

    name = forms.CharField(label=gettext_lazy("地域名称"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("地域类别"), choices=PlaceKind)
    parent = PlaceField(SpatialUnit.objects.none(), label=gettext_lazy("上级地域"), required=False)
    division = forms.CharField(
        label=gettext_lazy("行政区划代码"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("这个地域由哪个区划编码，可以属于别的县区；高新区本身没有代码，空着。"),
    )
    manager_unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("管理单位"), required=False)
    centre_lon = forms.DecimalField(
        label=gettext_lazy("中心经度"), required=False, max_digits=9, decimal_places=6
    )
    centre_lat = forms.DecimalField(
        label=gettext_lazy("中心纬度"), required=False, max_digits=8, decimal_places=6
    )
    on = forms.DateField(label=gettext_lazy("生效日期"))

    def __init__(self, *args: Any, places: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, queryset in (("parent", places), ("manager_unit", units)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = queryset

    def clean_division(self) -> Division | None:
        code = self.cleaned_data["division"].strip()
        if not code:
            return None
        found = resolve(code)
        if found is None:
            raise forms.ValidationError(_("没有这个区划代码。请在“行政区划”页面查一下。"))
        return found

    def facts(self) -> PlaceFacts:
        """Only after `is_valid`."""
        names = ("name", "kind", "parent", "division", "manager_unit", "centre_lon", "centre_lat")
        return PlaceFacts(**{name: self.cleaned_data[name] for name in names})


class NewPlaceForm(PlaceForm):
    code = forms.CharField(
        label=gettext_lazy("编码"), max_length=30, help_text=gettext_lazy("登记后不能改。")
    )
    boundary = forms.FileField(
        label=gettext_lazy("边界（GeoJSON）"), required=False, help_text=gettext_lazy("可以以后再上传。")
    )

    field_order = ("code", "name", "kind")


class StateForm(HouseForm):
    """Anything that is done to a place says which state of it was on the screen, from when it holds and why."""

    seq = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=LARGEST_SEQ, label=gettext_lazy("变更序号")
    )
    on = forms.DateField(label=gettext_lazy("生效日期"))
    reason = forms.CharField(label=gettext_lazy("理由"), required=False, max_length=500)


class ChangeForm(PlaceForm, StateForm):
    field_order = ("name", "kind", "parent")


class CloseForm(StateForm):
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500)


class BoundaryForm(StateForm):
    boundary = forms.FileField(
        label=gettext_lazy("边界（GeoJSON）"),
        help_text=gettext_lazy("一个面（Polygon或MultiPolygon），经纬度，WGS84或GCJ-02。"),
    )

    field_order = ("boundary",)


def _choices(request: HttpRequest) -> dict[str, Any]:
    return {
        "places": places_on(today_of(request)).order_by("kind", "code"),
        "units": Unit.objects.filter(valid_to__isnull=True).order_by("path"),
    }


def _uploaded(file: Any) -> object:
    return read_upload(file.read(MAX_BYTES + 1))


def new_place(request: HttpRequest) -> HttpResponse:
    """Open a place from a day on, with its boundary if there is one."""
    actor = holder_of(request, MANAGE)
    form = NewPlaceForm(
        request.POST or None,
        request.FILES or None,
        initial={"on": today_of(request)},
        **_choices(request),
    )

    def save(typed: dict[str, Any]) -> SpatialUnit:
        boundary = _uploaded(typed["boundary"]) if typed["boundary"] else None
        return services.open_place(
            typed["code"],
            form.facts(),
            boundary=boundary,
            actor=actor,
            on=typed["on"],
            now=now_of(request),
        )

    return _answer(request, None, form, _("登记地域单元"), save)


def change_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the facts of a place from a day on."""
    actor, found = holder_of(request, MANAGE), find_place(pk)
    initial = {
        "name": found.name,
        "kind": found.kind,
        "parent": found.parent_id,
        "division": found.division.code if found.division else "",
        "manager_unit": found.manager_unit_id,
        "centre_lon": found.centre_lon,
        "centre_lat": found.centre_lat,
        **_state(request, found),
    }
    form = ChangeForm(request.POST or None, initial=initial, **_choices(request))

    def save(typed: dict[str, Any]) -> SpatialUnit:
        return services.change_place(found, form.facts(), **_act(request, actor, typed))

    return _answer(request, found, form, _("修改"), save)


def set_boundary(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload the boundary of a place; a wrong one is refused with what is wrong, never repaired."""
    actor, found = holder_of(request, MANAGE), find_place(pk)
    form = BoundaryForm(request.POST or None, request.FILES or None, initial=_state(request, found))

    def save(typed: dict[str, Any]) -> SpatialUnit:
        return services.set_boundary(found, _uploaded(typed["boundary"]), **_act(request, actor, typed))

    return _answer(request, found, form, _("上传边界"), save)


def close_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a place: it is no more from the day on, its record stays."""
    actor, found = holder_of(request, MANAGE), find_place(pk)
    form = CloseForm(request.POST or None, initial=_state(request, found))

    def save(typed: dict[str, Any]) -> SpatialUnit:
        return services.close_place(found, **_act(request, actor, typed))

    intro = _("从生效日期起不再使用，登记和历史仍然保留。")
    return _answer(request, found, form, _("撤销地域"), save, intro=intro, stop=True)


def _state(request: HttpRequest, found: SpatialUnit) -> dict[str, Any]:
    return {"seq": found.last_seq, "on": today_of(request)}


def _act(request: HttpRequest, actor: Account, typed: dict[str, Any]) -> dict[str, Any]:
    return {
        "actor": actor,
        "on": typed["on"],
        "now": now_of(request),
        "reason": typed["reason"],
        "expected_seq": typed["seq"],
    }


def _answer(
    request: HttpRequest,
    found: SpatialUnit | None,
    form: HouseForm,
    label: str,
    save: Save,
    *,
    intro: str = "",
    stop: bool = False,
) -> HttpResponse:
    """The pages of one place; its boundary is not kept as a draft."""
    back = reverse("place", args=[found.pk]) if found else reverse("places")

    def saved(typed: dict[str, Any]) -> str:
        return reverse("place", args=[save(typed).pk])

    crumbs = place_crumbs(found, label)
    return answer_form(request, form, label, saved, back, crumbs, intro=intro, stop=stop, draft=False)
