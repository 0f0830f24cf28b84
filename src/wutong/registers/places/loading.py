"""Loading public files: code lists as CSV, boundaries as GeoJSON. Loading again what is there changes nothing."""

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.registers.places.boundaries import Boundary, read_json, repaired_boundary
from wutong.registers.places.codes import bare_code
from wutong.registers.places.divisions import (
    DivisionRow,
    Entered,
    enter_divisions,
    link_orphans,
    load_successors,
)
from wutong.registers.places.models import Division, DivisionBoundary
from wutong.registers.places.queries import resolve

ROWS_AT_ONCE = 5_000
NAME_LENGTH = 100
ABOVE = ("streetcode", "areacode", "citycode", "provincecode")
"""Columns of the public code lists that name a code above the row, the nearest one first."""
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
LARGEST_FILE = 64_000_000


@dataclass
class Loaded:
    """What became of one file. `refused` are row (or feature) and reason, `repaired` what was not taken as it stood."""

    name: str
    counts: Entered = field(default_factory=Entered)
    refused: list[str] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)


@dataclass
class Load:
    """All files of one load, and the parents that are missing after it, with the rows that wait for each."""

    files: list[Loaded]
    missing: Mapping[str, int]

    @property
    def has_changed(self) -> bool:
        return any(item.counts.new or item.counts.changed for item in self.files)


def load_paths(paths: Iterable[Path], *, year: int | None = None) -> Load:
    """Load files and folders (their `*.csv` and `*.geojson`), code lists before boundaries.

    Raises Refused when there is nothing to load or a file cannot be read as a whole; what was loaded before it stays.
    `year` is that of the boundaries where the file's name has none.
    """
    files = _files(paths)
    load_successors()
    loaded = [_load_file(path, year) for path in files]
    return Load(loaded, link_orphans())


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(item for item in path.iterdir() if item.suffix.lower() in (".csv", ".geojson"))
            if not inside:
                raise Refused(_("“%(path)s”里没有.csv或.geojson文件。") % {"path": path.name})
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise Refused(_("找不到“%(path)s”。") % {"path": path})
    return sorted(dict.fromkeys(found), key=lambda path: path.suffix.lower() != ".csv")


def _load_file(path: Path, year: int | None) -> Loaded:
    loaded = Loaded(path.name)
    if path.suffix.lower() == ".csv":
        _load_codes(path, loaded)
    else:
        _load_boundaries(path, year, loaded)
    return loaded


# ---- code lists --------------------------------------------------------------------------------------------------


def _load_codes(path: Path, loaded: Loaded) -> None:
    seen: dict[str, str] = {}
    waiting: list[DivisionRow] = []
    for row in _code_rows(path, loaded.refused.append):
        if row.code in seen:
            if seen[row.code] != row.name:
                loaded.refused.append(
                    _("%(code)s %(name)s：前面已有“%(other)s”，代码重复。")
                    % {"code": row.code, "name": row.name, "other": seen[row.code]}
                )
            continue
        seen[row.code] = row.name
        waiting.append(row)
        if len(waiting) == ROWS_AT_ONCE:
            _add(loaded.counts, enter_divisions(waiting))
            waiting = []
    _add(loaded.counts, enter_divisions(waiting))


def _add(total: Entered, part: Entered) -> None:
    total.new += part.new
    total.changed += part.changed
    total.unchanged += part.unchanged


def _code_rows(path: Path, refuse: Callable[[str], None]) -> Iterator[DivisionRow]:
    with path.open(encoding=_encoding_of(path), newline="") as file:
        reader = csv.reader(file)
        try:
            heads = [head.strip().lower() for head in next(reader, [])]
            if not {"code", "name"} <= set(heads):
                raise Refused(_("“%(file)s”的表头里没有code和name两列。") % {"file": path.name})
            for cells in reader:
                told = dict(zip(heads, (cell.strip() for cell in cells), strict=False))
                if not any(told.values()):
                    continue
                try:
                    yield _code_row(told)
                except Refused as refused:
                    refuse(
                        _("第%(line)s行：%(reason)s") % {"line": reader.line_num, "reason": refused.message}
                    )
        except csv.Error as error:
            raise Refused(
                _("“%(file)s”第%(line)s行不是CSV：%(error)s。")
                % {"file": path.name, "line": reader.line_num, "error": error}
            ) from None


def _code_row(told: Mapping[str, str]) -> DivisionRow:
    name = told.get("name", "")
    if not name or len(name) > NAME_LENGTH:
        raise Refused(
            _("代码“%(code)s”的名称是空的或超过%(limit)s个字。")
            % {"code": told["code"][:20], "limit": NAME_LENGTH}
        )
    above = [bare for column in ABOVE if (bare := told.get(column, ""))]
    code = bare_code(told["code"], above[0] if above else "")
    for other in above:
        if not code.startswith(other) or code == other:
            raise Refused(
                _("代码“%(code)s”不在上级代码“%(above)s”之下。") % {"code": code, "above": other[:20]}
            )
    return DivisionRow(code, name)


def _encoding_of(path: Path) -> str:
    """UTF-8 with or without BOM, else GB18030. Reads the file once in blocks; raises Refused when it is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    decoder.decode(block)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Refused(_("“%(file)s”既不是UTF-8也不是GB18030编码，请另存为UTF-8的CSV。") % {"file": path.name})


# ---- boundaries --------------------------------------------------------------------------------------------------


def _load_boundaries(path: Path, year: int | None, loaded: Loaded) -> None:
    in_name = YEAR.search(path.name)
    if in_name:
        year = int(in_name[0])
    if year is None:
        raise Refused(
            _("“%(file)s”的文件名里没有年份，请用 --year 写明边界是哪一年的。") % {"file": path.name}
        )
    if path.stat().st_size > LARGEST_FILE:
        raise Refused(
            _("“%(file)s”超过%(limit)s MB。") % {"file": path.name, "limit": LARGEST_FILE // 1_000_000}
        )
    with transaction.atomic():
        for number, feature in enumerate(_features(read_json(path.read_bytes()), path.name), start=1):
            try:
                _enter_boundary(feature, year, path.name, loaded)
            except Refused as refused:
                loaded.refused.append(
                    _("第%(number)s个图形（%(name)s）：%(reason)s")
                    % {"number": number, "name": _label_of(feature), "reason": refused.message}
                )


def _features(told: object, file: str) -> Sequence[object]:
    """A collection, one feature, or a bare list of features as map tools write it."""
    if isinstance(told, Mapping) and told.get("type") == "Feature":
        return [told]
    features = told.get("features") if isinstance(told, Mapping) else told
    if not isinstance(features, list):
        raise Refused(_("“%(file)s”不是GeoJSON的图形集合。") % {"file": file})
    return features


def _properties(feature: object) -> Mapping[str, Any]:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    return properties if isinstance(properties, Mapping) else {}


def _label_of(feature: object) -> str:
    properties = _properties(feature)
    return f"{properties.get('adcode', '')} {properties.get('name', '')}".strip()[:60]


def _enter_boundary(feature: object, year: int, source: str, loaded: Loaded) -> None:
    adcode = str(_properties(feature).get("adcode", ""))
    if not adcode:
        raise Refused(_("没有区划代码（adcode）。"))
    division = _division_of(adcode, str(_properties(feature).get("level", "")))
    boundary = repaired_boundary(feature)
    if boundary.repair:
        loaded.repaired.append(f"{_label_of(feature)}：{boundary.repair}")
    _keep(division, boundary, year, source, loaded.counts)


def _division_of(adcode: str, level: str) -> Division:
    """Map tools pad their codes: 441900 with the level "city" is the city 4419, not its only district."""
    wanted = bare_code(adcode) if level in ("province", "city") else adcode
    division = resolve(wanted)
    if division is None:
        raise Refused(_("没有代码为%(code)s的区划，请先装入代码表。") % {"code": adcode[:20]})
    return division


def _keep(division: Division, boundary: Boundary, year: int, source: str, counts: Entered) -> None:
    row = DivisionBoundary.objects.filter(division=division, year=year).first()
    told = {
        "geometry": boundary.text,
        "digest": boundary.digest,
        "source": source[:200],
        "note": boundary.repair[:200],
    }
    if row is None:
        DivisionBoundary.objects.create(division=division, year=year, **told)
        counts.new += 1
    elif row.digest == boundary.digest:
        counts.unchanged += 1
    else:
        DivisionBoundary.objects.filter(pk=row.pk).update(**told, revision=F("revision") + 1)
        counts.changed += 1
