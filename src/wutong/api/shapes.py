"""The JSON of the interface."""

from datetime import date
from typing import Any

from ninja import Schema


class Problem(Schema):
    """A refusal in the user's words. `fields` says which value is wrong, `items` what is missing at a gate, `changes` what
    somebody else did meanwhile."""

    message: str
    fields: dict[str, str] = {}
    items: list[str] = []
    changes: list[str] = []


class CaseLine(Schema):
    """One case of a list. Amounts are whole yuan."""

    number: str
    title: str
    state: str
    state_label: str
    is_open: bool
    opened_on: date
    due_on: date | None
    amount_yuan: int | None
    unit: str
    person: str
    leader: str


class CasePage(Schema):
    count: int
    page: int
    page_count: int
    cases: list[CaseLine]


class GateLine(Schema):
    """One item of the next gate: `ok`, `waiting` for somebody else's check, or `missing`."""

    kind: str
    item: str
    label: str
    words: str
    state: str
    provider: str
    edition: str


class StepLine(Schema):
    verb: str
    label: str


class CaseFile(CaseLine):
    """A case with its last change (`seq`, to be sent back with a step), what the reader may do, and the gate ahead."""

    seq: int
    steps: list[StepLine]
    gate_step: str
    gate: list[GateLine]


class FieldLine(Schema):
    """One value that a step takes. `choices` are pairs of value and label."""

    name: str
    label: str
    kind: str
    required: bool
    choices: list[list[str]] = []


class UploadedFile(Schema):
    name: str
    content_base64: str


class StepIn(Schema):
    """Values by the names of the fields; files by the names of their fields. `seq` is the last change that was seen."""

    values: dict[str, Any] = {}
    files: dict[str, UploadedFile] = {}
    seq: int | None = None


class StepOut(Schema):
    number: str
    state: str
    state_label: str
    seq: int
