"""Forms of the house: one field template, one summary of what is missing. A form validates; a service saves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import BaseRenderer, DjangoTemplates
from django.template.loader import get_template
from django.utils.translation import gettext, ngettext

from wutong.base.errors import DomainError
from wutong.ui.select_drawing import draw_select
from wutong.ui.tables import Text

BROWSER_INPUTS = (
    (forms.DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"),
    (forms.DateInput, "date", "%Y-%m-%d"),
    (forms.TimeInput, "time", "%H:%M"),
)
TICKS = (forms.CheckboxInput, forms.RadioSelect)  # a list of check boxes is a kind of RadioSelect to Django
DJANGO_ROWS, HOUSE_ROWS = "10", "4"
DJANGO_BLANK = "---------"


class HouseBoundField(BoundField):
    """A field as the house draws it: browser date pickers, the kit's classes, errors told once."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        widget = field.widget
        for kind, input_type, iso in BROWSER_INPUTS:
            if isinstance(widget, kind):
                widget.input_type = input_type
                widget.format = iso
        _name_the_blank(field)
        if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == DJANGO_ROWS:
            widget.attrs["rows"] = HOUSE_ROWS
        if field.error_messages["required"] is forms.Field.default_error_messages["required"]:
            field.error_messages["required"] = _what_to_do(field)

    @property
    def is_pick(self) -> bool:
        """Radio buttons stand beside each other as press-in labels."""
        return isinstance(self.field.widget, forms.RadioSelect) and not self.is_tick_list

    @property
    def is_tick(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_tick_list(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxSelectMultiple)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if self.use_fieldset:
            # The fieldset is described by the error; a single radio button is not invalid by itself.
            attrs.pop("aria-invalid", None)
        if not widget.is_hidden and not isinstance(widget, TICKS):
            own = attrs.get("class") or widget.attrs.get("class")
            css = getattr(self.form, "input_css", "input")
            attrs["class"] = f"{css} {own}" if own else css
            if isinstance(self.form, FilterForm) and isinstance(widget, forms.TextInput):
                attrs.setdefault("placeholder", str(self.label))  # its label is only for ears
        return attrs


def _name_the_blank(field: forms.Field) -> None:
    """The first line of a list says what it stands for, instead of Django's dashes."""
    words = gettext("请选择") if field.required else gettext("不指定")
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DJANGO_BLANK:
            field.empty_label = words
    elif isinstance(field, forms.ChoiceField) and isinstance(field.widget, forms.Select):
        field.widget.choices = [
            (value, words if label == DJANGO_BLANK else label) for value, label in field.widget.choices
        ]


def _what_to_do(field: forms.Field) -> str:
    """What a form says about an empty field: the act, not the rule."""
    if isinstance(field, forms.FileField):
        return gettext("请上传")
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        return gettext("请选择")
    return gettext("请填写")


class HouseRenderer(DjangoTemplates):
    """Draws fields with `ui/field.html` through the project's engine, widgets with Django's own templates, apart from
    drop-down lists."""

    form_template_name = "ui/form_fields.html"
    field_template_name = "ui/field.html"
    bound_field_class = HouseBoundField

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("django/forms/"):
            return super().get_template(template_name)
        return get_template(template_name)

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name == forms.Select.template_name:
            return draw_select(context["widget"])
        return super().render(template_name, context, request)


@dataclass(frozen=True)
class ErrorLine:
    """A line of the error summary; without `href` it belongs to the form as a whole."""

    message: str
    label: Text = ""
    href: str = ""

    @property
    def text(self) -> str:
        if not self.label:
            return self.message
        return gettext("%(label)s：%(message)s") % {"label": self.label, "message": self.message}


class HouseForm(forms.Form):
    """Base of all forms."""

    # One for all forms: each renderer would otherwise set up a template engine of its own.
    default_renderer: ClassVar[BaseRenderer] = HouseRenderer()  # type: ignore[misc]
    input_css = "input"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def add_refusal(self, error: DomainError) -> None:
        """Shows a service's refusal: at the fields it names, else above the form."""
        known = {name: message for name, message in error.fields.items() if name in self.fields}
        for name, message in known.items():
            self.add_error(name, str(message))
        if not known:
            self.add_error(None, str(error.message))

    @property
    def error_lines(self) -> Sequence[ErrorLine]:
        """All errors in the order of the form, linked to their fields."""
        lines = [ErrorLine(str(message)) for message in self.non_field_errors()]
        for bound in self:
            for message in bound.errors:
                href = "" if bound.is_hidden else f"#{bound.auto_id}"
                lines.append(ErrorLine(str(message), bound.label, href))
        return lines

    @property
    def error_title(self) -> str:
        count = len(self.error_lines)
        return ngettext("有%(count)d处要改，改好后再提交", "有%(count)d处要改，改好后再提交", count) % {
            "count": count
        }


class FilterForm(HouseForm):
    """Filters above a ledger: small fields in one line, never required, sent by GET."""

    input_css = "input input--s"
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "filter_%s")  # a form in a drawer may have the same field names
        super().__init__(*args, **kwargs)
