"""Refusals in the user's words.

Services raise these; pages, the command line and imports show `message` as it stands. A message says what is
wrong and what to do next, names the thing by its Chinese label and never prints an internal name.
"""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise

Text = str | Promise


class DomainError(Exception):
    """A refusal. `fields` maps a form field to what is wrong with it."""

    def __init__(self, message: Text, *, fields: Mapping[str, Text] | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.fields: dict[str, Text] = dict(fields or {})


class Refused(DomainError):
    """A rule of the business says no (HTTP 422)."""


class MissingItems(Refused):
    """A gate is not passed. `items` are the missing items as the "what is missing" panel names them."""

    def __init__(self, message: Text, items: Sequence[Text]) -> None:
        super().__init__(message)
        self.items = list(items)


class NotAllowed(DomainError):
    """The actor lacks a right (HTTP 403). A row the actor may not see is "not found", never this."""


class Conflict(DomainError):
    """Somebody else changed the thing meanwhile (HTTP 409). `changes` says what, in words."""

    def __init__(self, message: Text, changes: Sequence[Text] = ()) -> None:
        super().__init__(message)
        self.changes = list(changes)
