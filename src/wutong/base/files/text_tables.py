"""Tables that are plain text: values between commas or tabs. Pure functions of bytes."""

import re

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ENCODINGS = ("utf-8-sig", "gb18030")


def table_text(content: bytes) -> tuple[str, str] | None:
    """The text and what separates its values, a comma or a tab; None for what is no such table.

    A table has a separator in its first line, no control characters, and does not begin as markup does.
    """
    if b"\0" in content:
        return None
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        first = next((line for line in text.splitlines() if line.strip()), "")
        if CONTROL.search(text) or first.lstrip().startswith("<"):
            return None
        if "\t" in first or "," in first:
            return text, "\t" if first.count("\t") > first.count(",") else ","
        return None
    return None
