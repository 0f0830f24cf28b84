"""A drop-down list as HTML: what Django's own templates draw, without a template for every single option.

A list of officials has thousands of options, and as many included templates took longer than the page around them.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


def draw_select(widget: Mapping[str, Any]) -> SafeString:
    """`widget` is the context of a `forms.Select`."""
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{conditional_escape(group)}">')
        parts += [f"\n  {_option(option)}" for option in options]
        if group:
            parts.append("\n  </optgroup>")
    return SafeString("".join(parts) + "\n</select>")


def _option(option: Mapping[str, Any]) -> str:
    value, label = conditional_escape(str(option["value"])), conditional_escape(option["label"])
    return f'<option value="{value}"{_attributes(option["attrs"])}>{label}</option>'


def _attributes(attrs: Mapping[str, Any]) -> str:
    told = []
    for name, value in attrs.items():
        if value is True:
            told.append(f" {conditional_escape(name)}")
        elif value is not False:
            told.append(f' {conditional_escape(name)}="{conditional_escape(str(value))}"')
    return "".join(told)
