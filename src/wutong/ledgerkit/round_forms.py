"""What is typed in rounds. A cell is read as a cell of a workbook is: full-width digits are digits, “约1200” is none."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.cases.rounds.declared import ReportField, ReportKind, report_kinds
from wutong.cases.rounds.models import Report
from wutong.cases.rounds.services import HandIn, cell_name
from wutong.exchange.cells import CellProblem, parse_cell
from wutong.exchange.sheets import SheetColumn
from wutong.ledgerkit.round_words import cell_text
from wutong.ui.forms import FilterForm, HouseForm


def sheet_column(field: ReportField) -> SheetColumn:
    """A field as a column of a workbook. Which cells must be filled is judged row by row."""
    return SheetColumn(
        field.code,
        field.label,
        field.kind,
        unit=field.unit,
        choices={str(label): code for code, label in field.choices},
        max_length=field.max_length,
        multiline=field.kind == "text",
    )


class CellField(forms.Field):
    """Money or text, read by the readers of workbooks."""

    def __init__(self, column: SheetColumn, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.column = column

    def to_python(self, value: Any) -> Any:
        try:
            return parse_cell(value, self.column, self.column.unit)
        except CellProblem as problem:
            raise forms.ValidationError(problem.message) from None


def form_field(field: ReportField, value: Any) -> forms.Field:
    """The field of a form for one value of a report."""
    label = f"{field.label}（{field.unit}）" if field.unit else str(field.label)
    if field.kind == "choice":
        choices = [("", _("不指定")), *field.choices]
        return forms.ChoiceField(required=False, label=label, choices=choices, initial=value or "")
    if field.kind == "date":
        return forms.DateField(required=False, label=label, initial=value)
    widget: forms.Widget = forms.Textarea(attrs={"rows": 2, "cols": 24})
    if field.kind == "money":
        widget = forms.TextInput(attrs={"inputmode": "decimal", "size": 9, "autocomplete": "off"})
    return CellField(sheet_column(field), label=label, initial=cell_text(field, value), widget=widget)


def typed_values(kind: ReportKind, report: Report, cleaned: dict[str, Any]) -> dict[str, Any]:
    """The values of a report by field; an empty text or choice is nothing said."""
    values = {item.code: cleaned.get(cell_name(report, item.code)) for item in kind.fields}
    return {code: None if value == "" else value for code, value in values.items()}


class Line:
    """One row of the editable table: a report with its cells."""

    def __init__(self, form: "FillForm", report: Report) -> None:
        self.report = report
        self.cells = [form[cell_name(report, item.code)] for item in form.kind.fields]
        self.seq = form[cell_name(report, "seq")]


class FillForm(HouseForm):
    """Own reports of a round as a table. A row without any content is not handed in."""

    template_name = "ledgerkit/round_cells.html"
    input_css = "input input--s"
    use_required_attribute = False

    def __init__(self, *args: Any, kind: ReportKind, reports: Sequence[Report], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.reports = kind, reports
        for report in reports:
            known = kind.typed(report.values)
            for item in kind.fields:
                field = form_field(item, known[item.code])
                title = {"title": report.case.title, "field": field.label}
                field.label = _("%(title)s，%(field)s") % title
                field.widget.attrs["aria-label"] = field.label
                self.fields[cell_name(report, item.code)] = field
            self.fields[cell_name(report, "seq")] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, min_value=0, initial=report.last_seq
            )

    @property
    def lines(self) -> list[Line]:
        return [Line(self, report) for report in self.reports]

    def handings(self) -> list[HandIn]:
        """What was typed, row by row, without rows that never had and have no content."""
        found = []
        for report in self.reports:
            values = typed_values(self.kind, report, self.cleaned_data)
            is_blank = all(value is None for value in values.values())
            if not is_blank or report.first_submitted_on is not None:
                found.append(HandIn(report, values, self.cleaned_data.get(cell_name(report, "seq"))))
        return found


class CorrectForm(HouseForm):
    """The values of one report after the lock."""

    def __init__(self, *args: Any, kind: ReportKind, report: Report, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.report = kind, report
        known = kind.typed(report.values)
        for item in kind.fields:
            self.fields[cell_name(report, item.code)] = form_field(item, known[item.code])
        self.fields["reason"] = forms.CharField(
            label=_("更正理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
        )
        self.fields["seq"] = forms.IntegerField(
            widget=forms.HiddenInput, required=False, min_value=0, initial=report.last_seq
        )

    def handing(self) -> HandIn:
        return HandIn(
            self.report,
            typed_values(self.kind, self.report, self.cleaned_data),
            self.cleaned_data.get("seq"),
        )


class OpenRoundForm(HouseForm):
    kind = forms.ChoiceField(label=gettext_lazy("填报种类"))
    period = forms.CharField(
        label=gettext_lazy("填报期"),
        max_length=10,
        help_text=gettext_lazy("月份写成2026-10，季度写成2026-Q4，年度写成2026。"),
    )
    due_on = forms.DateField(
        label=gettext_lazy("截止日"),
        required=False,
        help_text=gettext_lazy("不填时按规定的工作日数计算。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.code, kind.label) for kind in report_kinds()]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        kind = next((item for item in report_kinds() if item.code == data.get("kind")), None)
        if kind is not None and data.get("period"):
            try:
                data["period"] = kind.period_of(data["period"].strip())
            except ValueError:
                self.add_error("period", _("读不出填报期，请照下面的写法填写"))
        return data


class ReturnForm(HouseForm):
    """Reports that go back to their authors; those of the link are ticked."""

    reports = forms.TypedMultipleChoiceField(
        label=gettext_lazy("退回哪些"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=gettext_lazy("退回理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, choices: Sequence[Report], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reports"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(item.pk, f"{item.case.number} {item.case.title}") for item in choices]


class RoundFilters(FilterForm):
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[
            ("", gettext_lazy("全部状态")),
            ("missing", gettext_lazy("未报")),
            ("handed_in", gettext_lazy("已报")),
            ("returned", gettext_lazy("已退回")),
        ],
    )
    unit = forms.ChoiceField(label=gettext_lazy("单位"), required=False)
    late = forms.BooleanField(label=gettext_lazy("只看逾期"), required=False)

    def __init__(self, *args: Any, units: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("全部单位")), *units]
