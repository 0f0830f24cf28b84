"""Documents of the sample zone: tiny files that say that they are invented."""

from datetime import date, datetime, time

from django.utils.timezone import make_aware

from wutong.base.files.services import store_file
from wutong.cases.models import Case
from wutong.cases.steps import NewEvidence


def document(case: Case, kind: str, on: date, now: datetime) -> NewEvidence:
    """A tiny PDF that says that it is a sample."""
    text = f"%PDF-1.4\n% Sample document, invented: {case.number} {kind} {on}\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    name = f"{kind}-{case.number}.pdf"
    stored = store_file(text.encode(), name=name, actor=None, now=now)
    return NewEvidence(kind, stored, name, on)


def morning(day: date) -> datetime:
    """Recorded on the day itself, so that its clocks do not count as entered late."""
    return make_aware(datetime.combine(day, time(9)))
