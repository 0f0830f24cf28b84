"""The minutes in the official layout of the zone, as DOCX and PDF."""

from datetime import date

from wutong.exchange.official.document import Heading, OfficialDocument, Paragraph
from wutong.exchange.official.docx_writing import write_docx
from wutong.exchange.official.layout import Layout
from wutong.exchange.official.pdf_writing import write_pdf
from wutong.exchange.official.zone_layouts import layout_of
from wutong.ledgers.meetings.minutes import Minutes
from wutong.ledgers.meetings.models import DispatchMeeting

LAYOUT = "minutes"


def document_of(minutes: Minutes, issued_on: date | None, layout: Layout) -> OfficialDocument:
    """What the minutes say, as the layout asks for it. `issued_on` is None for a draft, which has no number yet.

    The number is the place of the meeting in its year. Time and place stand in the opening and not once more below.
    """
    meeting = minutes.meeting
    blocks: list[Heading | Paragraph] = []
    for part in minutes.parts:
        if part.heading:
            blocks.append(Heading(part.heading))
        blocks += [Paragraph(text) for text in (part.text, *part.lines) if text]
    return OfficialDocument(
        mark="",
        number=layout.number_of(meeting.year, meeting.ordinal) if issued_on else "",
        title=f"{meeting.title}纪要",
        addressees="",
        blocks=blocks,
        signatory="",
        signed_on=None,
        attendance=minutes.people,
        printed_on=issued_on,
    )


def docx_of(minutes: Minutes, issued_on: date | None) -> bytes:
    layout = layout_of(LAYOUT)
    return write_docx(document_of(minutes, issued_on, layout), layout)


def pdf_of(minutes: Minutes, issued_on: date | None) -> bytes:
    """Raises Refused when the machine has no Chinese font."""
    layout = layout_of(LAYOUT)
    return write_pdf(document_of(minutes, issued_on, layout), layout)


def file_name(meeting: DispatchMeeting, form: str) -> str:
    return f"{meeting.title}纪要.{form}"
