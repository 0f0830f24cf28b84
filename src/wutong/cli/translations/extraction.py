"""Finds the translatable texts in Python modules and templates."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
TEMPLATE_SUFFIXES = {".html", ".txt", ".svg", ".xml"}
LEFT_OUT = {"tests", "migrations", "locale", "static", "seeds", "__pycache__"}


@dataclass(frozen=True)
class Text:
    """One translatable text. `plural` is empty for a text without plural; `places` are files that use it."""

    message: str
    plural: str
    context: str | None
    places: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        return (self.context or "", self.message)


def find_texts(package: Path) -> list[Text]:
    """All texts of the package, each once, ordered by the first file that uses it."""
    found: dict[tuple[str, str], Text] = {}
    for path in source_files(package):
        place = path.relative_to(package.parent).as_posix()
        for message, plural, context in _texts_of(path):
            text = Text(message, plural, context, (place,))
            before = found.get(text.key)
            if before:
                places = before.places if place in before.places else (*before.places, place)
                text = Text(message, plural or before.plural, context, places)
            found[text.key] = text
    return list(found.values())


def source_files(package: Path) -> list[Path]:
    def wanted(path: Path) -> bool:
        inside = path.relative_to(package).parts
        if LEFT_OUT.intersection(inside):
            return False
        return path.suffix == ".py" or (path.suffix in TEMPLATE_SUFFIXES and "templates" in inside)

    return sorted(path for path in package.rglob("*") if path.is_file() and wanted(path))


def _texts_of(path: Path) -> Iterator[tuple[str, str, str | None]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        source = _template_as_python(source, str(path))
    for _line, messages, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
        if isinstance(messages, str):
            yield messages, "", context
        elif len(messages) == 1:
            yield messages[0], "", context
        else:
            yield messages[0], messages[1], context


def _template_as_python(source: str, origin: str) -> str:
    """Django's own rewriting of a template for text extraction.

    Its result keeps the template's indentation, which the tokenizer of Python refuses; inside brackets
    indentation means nothing.
    """
    from django.utils.translation.template import templatize

    return f"({templatize(source, origin=origin)})"
