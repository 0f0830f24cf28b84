"""What is typed about a year and about office hours. The days are read by `calendar_reading`."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.calendar.models import CalendarYear
from wutong.base.errors import Refused
from wutong.cases.clocks.publishing import Notice
from wutong.desk.calendar_reading import days_off, holidays_of, make_up_days, shown_days, typed_days
from wutong.ui.forms import HouseForm

LONGEST_TEXT = 5000
LARGEST_REVISION = 2**31 - 1


class YearForm(HouseForm):
    """A year's notice. After `is_valid` the notice stands in `notice_of_year`."""

    notice = forms.CharField(
        label=gettext_lazy("通知文号"),
        max_length=100,
        help_text=gettext_lazy("国务院办公厅关于这一年部分节假日安排的通知，例如“国办发明电〔2025〕7号”。"),
    )
    published_on = forms.DateField(label=gettext_lazy("通知日期"))
    off = forms.CharField(
        label=gettext_lazy("放假的日子"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("一行一段，例如“2027-02-05至2027-02-11”。其中的周六、周日不用去掉。"),
    )
    work = forms.CharField(
        label=gettext_lazy("调休上班的日子"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("都是周六或周日，例如“2027-02-20”。没有就空着。"),
    )
    revision = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=LARGEST_REVISION, label=gettext_lazy("修订次数")
    )

    def __init__(self, *args: Any, year: int, today: date, **kwargs: Any) -> None:
        self.year, self.today = year, today
        self.notice_of_year: Notice | None = None
        super().__init__(*args, **kwargs)

    def clean_published_on(self) -> date:
        day: date = self.cleaned_data["published_on"]
        if day > self.today:
            raise forms.ValidationError(_("通知日期晚于今天，请核对。"))
        return day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        off = self._days("off")
        work = self._days("work")
        rests = made_up = None
        if off is not None:
            try:
                rests = days_off(self.year, off)
            except Refused as error:
                self.add_error("off", str(error))
        if work is not None:
            try:
                made_up = make_up_days(self.year, work, off or ())
            except Refused as error:
                self.add_error("work", str(error))
        if rests is not None and made_up is not None and not self.errors:
            self.notice_of_year = Notice(
                self.year, given["notice"], given["published_on"], rests, made_up, given["revision"]
            )
        return given

    def _days(self, name: str) -> list[date] | None:
        if name not in self.cleaned_data:
            return None
        try:
            return typed_days(self.cleaned_data[name], self.year)
        except Refused as error:
            self.add_error(name, str(error))
            return None


def typed_year(row: CalendarYear | None, exceptions: Mapping[date, bool]) -> dict[str, Any]:
    """A recorded year as somebody would type it."""
    if row is None:
        return {"revision": 0}
    return {
        "notice": row.notice,
        "published_on": row.published_on,
        "off": shown_days(holidays_of(row.year, exceptions)),
        "work": shown_days(day for day, is_workday in exceptions.items() if is_workday),
        "revision": row.revision,
    }


class HoursForm(HouseForm):
    """Office hours from a day on."""

    valid_from = forms.DateField(
        label=gettext_lazy("从哪天起"),
        help_text=gettext_lazy("到下一次登记的前一天为止。夏季和冬季各登记一次。"),
    )
    label = forms.CharField(
        label=gettext_lazy("名称"), max_length=30, help_text=gettext_lazy("例如“夏季”“冬季”。")
    )
    opens = forms.TimeField(label=gettext_lazy("上午上班"))
    break_from = forms.TimeField(label=gettext_lazy("上午下班"), required=False)
    break_to = forms.TimeField(
        label=gettext_lazy("下午上班"), required=False, help_text=gettext_lazy("中午不休息的，这两格都不填。")
    )
    closes = forms.TimeField(label=gettext_lazy("下午下班"))
    source = forms.CharField(label=gettext_lazy("依据（文件名称和文号）"), max_length=100, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_valid_from(self) -> date:
        day: date = self.cleaned_data["valid_from"]
        if not date(2010, 1, 1) <= day <= self.today + timedelta(days=730):
            raise forms.ValidationError(_("日期太早或太晚，请核对。"))
        return day
