"""A drop-down list is drawn as Django's own templates draw it."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from wutong.ui.forms import HouseRenderer

CHOICES = [
    ("", gettext_lazy("请选择")),
    ("a&b", "甲 <b>"),
    (1, mark_safe("<i>乙</i>")),
    ("组 <1>", [("c", "丙"), ('"d"', "丁'")]),
]


class Marked(forms.Select):
    def create_option(self, name, value, *arguments, **more):  # type: ignore[no-untyped-def]
        option = super().create_option(name, value, *arguments, **more)
        if value == "c":
            option["attrs"] |= {"data-path": "/1/<2>/", "hidden": True, "disabled": False}
        return option


@pytest.mark.parametrize("chosen", ["", "a&b", "1", "c", '"d"', "unknown", None])
@pytest.mark.parametrize(
    "attrs", [{}, {"class": "input", "required": True, "aria-label": "选<择>"}, {"disabled": False}]
)
def test_it_is_the_same_html(chosen: str | None, attrs: dict[str, object]) -> None:
    widget = Marked(attrs=attrs, choices=CHOICES)
    ours = widget.render("na<me>", chosen, renderer=HouseRenderer())
    theirs = widget.render("na<me>", chosen, renderer=DjangoTemplates())
    assert lines(ours) == lines(theirs)


def lines(html: str) -> list[str]:
    return [line.strip() for line in html.splitlines() if line.strip()]
