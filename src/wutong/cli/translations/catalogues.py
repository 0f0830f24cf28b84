"""Reads, renews, writes and compiles the catalogues (`locale/<language>/LC_MESSAGES/django.po`)."""

import io
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from wutong.cli.translations.extraction import Text

LANGUAGES = ("zh_Hant", "en")
GENERATED = "zh_Hant"
# Lines that would change at every extraction, or that name a tool.
VOLATILE_HEADER = re.compile(
    rb'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|'
    rb'Report-Msgid-Bugs-To|Project-Id-Version):.*\\n"\n',
    re.MULTILINE,
)


def catalogue_path(package: Path, language: str) -> Path:
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


def glossary_path(package: Path) -> Path:
    return package / "locale" / GENERATED / "glossary.tsv"


def read_catalogue(path: Path, language: str) -> Catalog:
    """The catalogue, or an empty one if there is no file yet."""
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def entries(catalogue: Catalog) -> dict[tuple[str, str], Message]:
    """Entries by context and message, without the header."""
    return {(entry.context or "", singular(entry)): entry for entry in catalogue if entry.id}


def singular(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def strings(entry: Message) -> list[str]:
    """The translated forms; an untranslated entry gives empty texts or none."""
    if isinstance(entry.string, str):
        return [entry.string]
    return [form or "" for form in entry.string or ()]


def renew(
    old: Catalog, texts: Sequence[Text], language: str, convert: Callable[[str], str] | None = None
) -> Catalog:
    """The catalogue for `texts`: translations that exist are kept, new texts are empty, others are dropped.

    With `convert` every translation is made anew by it.
    """
    catalogue = Catalog(locale=language, fuzzy=False, header_comment=f"# 梧桐 Wutong ({language})")
    known = entries(old)
    for text in texts:
        before = known.get(text.key)
        string: str | tuple[str, ...] = ""
        flags: set[str] = set()
        if convert:
            string = convert(text.message)
            if text.plural:
                string = tuple(convert(text.plural) for _form in range(catalogue.num_plurals))
        elif before and isinstance(before.id, str) != bool(text.plural):
            string = before.string if isinstance(before.string, str) else tuple(strings(before))
            flags = before.flags & {"fuzzy"}
        catalogue.add(
            (text.message, text.plural) if text.plural else text.message,
            string,
            locations=[(place, 0) for place in text.places],
            flags=flags,
            user_comments=before.user_comments if before else (),
            context=text.context,
        )
    return catalogue


def write_catalogue(path: Path, catalogue: Catalog) -> None:
    """Write in a form that changes only where a text changed: no dates, no line numbers, sorted by file."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=0, include_lineno=False, sort_by_file=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(VOLATILE_HEADER.sub(b"", buffer.getvalue()))


def compile_catalogue(path: Path, language: str) -> int:
    """Write the `.mo` beside the `.po`; a running server never sees half a file. Returns the translated texts."""
    catalogue = read_catalogue(path, language)
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    draft = path.with_suffix(f".mo.{os.getpid()}")
    draft.write_bytes(buffer.getvalue())
    draft.replace(path.with_suffix(".mo"))
    return sum(1 for entry in entries(catalogue).values() if all(strings(entry)) and not entry.fuzzy)
