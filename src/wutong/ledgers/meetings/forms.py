"""Forms of meetings. They check what was typed; the services decide."""

import secrets
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import Refused
from wutong.cases.models import Case
from wutong.ledgers.meetings.decision_services import NewDecision
from wutong.ledgers.meetings.declared import kind_choices
from wutong.ledgers.meetings.models import Decision, DispatchMeeting
from wutong.ledgers.meetings.people import find_person, find_unit
from wutong.ledgers.meetings.rules import PastDay, UnreadableDay, parse_due
from wutong.ledgers.meetings.services import NewMeeting, plan_meeting
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official
from wutong.ui.forms import HouseForm


class MeetingForm(HouseForm):
    """A meeting is announced."""

    meeting_on = forms.DateField(label=gettext_lazy("会议日期"))
    begins = forms.CharField(
        label=gettext_lazy("开始时间"), max_length=5, initial="08:30", help_text=gettext_lazy("例如08:30。")
    )
    place = forms.CharField(label=gettext_lazy("会议地点"), max_length=100)
    title = forms.CharField(
        label=gettext_lazy("会议名称"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("不填就按当年次序，叫“第几次调度会”。"),
    )
    chair = forms.ModelChoiceField(
        Official.objects.filter(to_on__isnull=True).select_related("unit").order_by("unit__path", "pk"),
        label=gettext_lazy("主持"),
    )
    recorder = forms.ModelChoiceField(
        Official.objects.filter(to_on__isnull=True).select_related("unit").order_by("unit__path", "pk"),
        label=gettext_lazy("记录"),
        help_text=gettext_lazy("记录人整理纪要，由主持人签发，不能是同一个人。"),
    )
    participants = forms.ModelMultipleChoiceField(
        Official.objects.filter(to_on__isnull=True).select_related("unit").order_by("unit__path", "pk"),
        label=gettext_lazy("参会"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )

    def clean_begins(self) -> str:
        text = str(self.cleaned_data["begins"]).replace("：", ":").strip()
        try:
            return datetime.strptime(text, "%H:%M").strftime("%H:%M")  # noqa: DTZ007
        except ValueError:
            raise forms.ValidationError(_("请写成08:30。")) from None


def enter_meeting(data: dict[str, Any], *, actor: Actor, now: datetime, on: date) -> Case:
    """Raises Refused for a day that is over."""
    if data["meeting_on"] < on:
        message = _("会议日期已经过去。")
        raise Refused(message, fields={"meeting_on": message})
    return plan_meeting(NewMeeting(**data), actor=actor, on=on, now=now)


ROW = {"form": "decide"}
"""The fields of a row stand in a table; the form that they belong to stands outside it."""


class DecisionForm(HouseForm):
    """One row as it is typed in the hall: names and days in the words of those who speak."""

    use_required_attribute = False

    text = forms.CharField(
        label=gettext_lazy("事项"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": gettext_lazy("记下决定，回车成行")}),
    )
    unit = forms.CharField(
        label=gettext_lazy("责任单位"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"list": "units", "placeholder": gettext_lazy("单位"), "autocomplete": "off"}
        ),
    )
    person = forms.CharField(
        label=gettext_lazy("责任人"),
        required=False,
        max_length=50,
        widget=forms.TextInput(
            attrs={"list": "people", "placeholder": gettext_lazy("姓名"), "autocomplete": "off"}
        ),
    )
    due = forms.CharField(
        label=gettext_lazy("时限"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("1月19日"), "autocomplete": "off"}),
    )
    kinds = forms.ChoiceField(label=gettext_lazy("生成"))
    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, meeting: DispatchMeeting, in_row: bool = True, **kwargs: Any) -> None:
        kwargs["initial"] = {"request_key": secrets.token_hex(16), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        choices = kind_choices()
        kinds = self.fields["kinds"]
        assert isinstance(kinds, forms.ChoiceField)
        kinds.choices = choices
        kinds.error_messages["required"] = _("请选择")
        if not self.initial.get("kinds") and choices:
            self.initial["kinds"] = choices[0][0]
        if in_row:
            for name, field in self.fields.items():
                field.widget.attrs |= {**ROW, "aria-label": str(field.label or name)}

    def understood(self, on: date) -> NewDecision:
        """What was typed, understood. Raises Refused at the field that nobody understands."""
        data = self.cleaned_data
        unit = find_unit(data["unit"], on)
        person = find_person(data["person"], unit, on)
        return NewDecision(
            text=data["text"],
            unit=unit or (person.unit if person else None),
            person=person,
            due_on=understood_day(data["due"], self.meeting.meeting_on),
            kinds=data["kinds"],
            request_key=data["request_key"] or None,
        )


def understood_day(text: str, meeting_on: date) -> date | None:
    """Raises Refused in the words of the hall."""
    if not text.strip():
        return None
    try:
        return parse_due(text, meeting_on)
    except PastDay as error:
        message = _("%(day)s已经过去。要明年的，请写年份。") % {"day": error.day}
    except UnreadableDay:
        message = _("看不懂“%(text)s”。请写成1月19日、1-19、下周五或2026-01-19。") % {
            "text": text.strip()[:20]
        }
    raise Refused(message, fields={"due": message})


class CorrectionForm(DecisionForm):
    """A row that was typed wrong."""

    reason = forms.CharField(
        label=gettext_lazy("更正理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    expected_seq = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        initial = {
            "text": decision.text,
            "unit": decision.unit.name if decision.unit else "",
            "person": decision.person.name if decision.person else "",
            "due": decision.due_on.isoformat() if decision.due_on else "",
            "kinds": decision.kinds,
            "expected_seq": decision.last_seq,
        }
        super().__init__(*args, meeting=decision.meeting, in_row=False, initial=initial, **kwargs)
        for name in ("unit", "person"):
            self.fields[name].widget.attrs.pop("list", None)


class ReasonForm(HouseForm):
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    expected_seq = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ItemForm(HouseForm):
    """A case that somebody wants on the agenda."""

    case = forms.CharField(
        label=gettext_lazy("办件编号"),
        max_length=30,
        help_text=gettext_lazy("例如XM2026-0009，在项目页上可以看到。"),
    )
    reason = forms.CharField(
        label=gettext_lazy("为什么上会"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class IssueForm(HouseForm):
    """Minutes are issued on a day."""

    effective_on = forms.DateField(label=gettext_lazy("签发日期"))
    expected_seq = forms.IntegerField(widget=forms.HiddenInput, required=False)
