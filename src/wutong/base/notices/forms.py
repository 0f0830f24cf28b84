"""The form of the own notice choices. It checks what was typed; a service saves."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.validators import EmailValidator
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.notices.choices import Choice
from wutong.base.notices.kinds import Group
from wutong.base.notices.models import Channel, Mode
from wutong.base.personal.masking import phone_digits

MOBILE = re.compile(r"1[3-9][0-9]{9}")
WORK_CHAT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
ADDRESS_LABELS = {
    Channel.SMS: gettext_lazy("手机号"),
    Channel.WORK_CHAT: gettext_lazy("企业微信账号"),
    Channel.EMAIL: gettext_lazy("邮箱"),
}


class NoticeChoicesForm(forms.Form):
    """`current` is the choice in force by group, `channels` those that are open, `known` masked addresses."""

    needs_all = True  # a mark at every field would say nothing

    def __init__(
        self,
        data: Any = None,
        *,
        current: Mapping[str, Choice],
        channels: list[Channel],
        known: Mapping[str, str],
    ) -> None:
        super().__init__(data)
        self.channels, self.known = channels, known
        modes = [mode for mode in Mode if channels or mode != Mode.AT_ONCE]
        for group in Group:
            self.fields[f"mode_{group.value}"] = forms.ChoiceField(
                label=_("什么时候发"),
                choices=[(mode.value, mode.label) for mode in modes],
                initial=current[group.value].mode,
                widget=forms.RadioSelect,
            )
            if channels:
                self.fields[f"channels_{group.value}"] = forms.MultipleChoiceField(
                    label=_("除收件箱外，还发到"),
                    choices=[(channel.value, channel.label) for channel in channels],
                    initial=list(current[group.value].channels),
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                )
        for channel in channels:
            self._add_address(channel)

    def _add_address(self, channel: Channel) -> None:
        masked = self.known.get(channel, "")
        self.fields[f"address_{channel.value}"] = forms.CharField(
            label=ADDRESS_LABELS[channel],
            max_length=200,
            required=False,
            help_text=_("已登记%(masked)s，不改就留空。") % {"masked": masked} if masked else "",
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        if masked:
            self.fields[f"remove_{channel.value}"] = forms.BooleanField(
                label=_("删除已登记的%(what)s") % {"what": ADDRESS_LABELS[channel]}, required=False
            )

    @property
    def groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Label and fields of each group of notices."""
        for group in Group:
            names = [f"mode_{group.value}", f"channels_{group.value}"]
            yield str(group.label), [self[name] for name in names if name in self.fields]

    @property
    def address_fields(self) -> list[BoundField]:
        return [bound for bound in self if bound.name.startswith(("address_", "remove_"))]

    @property
    def closed_channels(self) -> list[str]:
        """Labels of the channels that this installation does not offer."""
        return [str(channel.label) for channel in Channel if channel not in self.channels]

    def clean_address_sms(self) -> str:
        typed: str = self.cleaned_data["address_sms"]
        digits = phone_digits(typed)
        if typed and not MOBILE.fullmatch(digits):
            raise forms.ValidationError(_("请填写11位手机号。"))
        return digits if typed else ""

    def clean_address_work_chat(self) -> str:
        typed: str = self.cleaned_data["address_work_chat"]
        if typed and not WORK_CHAT_ID.fullmatch(typed):
            raise forms.ValidationError(_("请填写企业微信通讯录里的账号，由字母、数字和 _ - . @ 组成。"))
        return typed

    def clean_address_email(self) -> str:
        typed: str = self.cleaned_data["address_email"]
        if typed:
            EmailValidator(_("请填写完整的邮箱地址，例如 name@example.org。"))(typed)
        return typed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for group in Group:
            chosen = data.get(f"channels_{group.value}") or []
            if data.get(f"mode_{group.value}") == Mode.AT_ONCE and not chosen:
                self.add_error(f"channels_{group.value}", _("请选择发到哪里，或者改选“只进收件箱”。"))
            if data.get(f"mode_{group.value}") == Mode.INBOX:
                continue
            for channel in self.channels:
                if channel.value in chosen and not self._has_address(channel, data):
                    name = f"address_{channel.value}"
                    if name not in self.errors:
                        self.add_error(
                            name, _("您选了发到%(channel)s，请在这里填写。") % {"channel": channel.label}
                        )
        return data

    def _has_address(self, channel: Channel, data: Mapping[str, Any]) -> bool:
        is_kept = bool(self.known.get(channel)) and not data.get(f"remove_{channel.value}")
        return bool(data.get(f"address_{channel.value}")) or is_kept

    def choices(self) -> dict[str, Choice]:
        """What was chosen, by group. Call it on a valid form."""
        return {
            group.value: Choice(
                self.cleaned_data[f"mode_{group.value}"],
                tuple(self.cleaned_data.get(f"channels_{group.value}", ())),
            )
            for group in Group
        }

    def addresses(self) -> dict[str, str]:
        """New addresses by channel; empty for one to be removed. Call it on a valid form."""
        found = {}
        for channel in self.channels:
            typed = self.cleaned_data[f"address_{channel.value}"]
            if typed or self.cleaned_data.get(f"remove_{channel.value}"):
                found[channel.value] = typed
        return found
