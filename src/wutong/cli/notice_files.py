"""Notices from a file in the form of the shipped years: per year `notice`, `published_on`, `rest` and `work`."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from wutong.base.calendar.models import CalendarYear
from wutong.base.errors import DomainError, Refused
from wutong.cases.clocks.publishing import Notice
from wutong.desk.calendar_reading import days_off, make_up_days, typed_days

LARGEST = 1024 * 1024
FIRST_YEAR = 2010


def read_notices(path: Path, today: date) -> list[Notice]:
    """All years of the file, each judged before the first is used. YAML reads JSON too. Raises Refused in words."""
    try:
        if path.stat().st_size > LARGEST:
            raise Refused(f"文件“{path.name}”太大，不像是放假通知。")
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError:
        raise Refused(f"打不开文件“{path}”，请检查路径。") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Refused(f"文件“{path.name}”不是 YAML 或 JSON，请照产品自带的格式写。") from None
    if isinstance(content, Mapping) and "year" in content:
        content = {content["year"]: content}
    if not isinstance(content, Mapping) or not content:
        raise Refused(f"文件“{path.name}”里没有年份，请照产品自带的格式写。")
    return [_notice(year, row, today) for year, row in content.items()]


def _notice(key: Any, row: Any, today: date) -> Notice:
    year = int(key) if str(key).isascii() and str(key).isdecimal() and len(str(key)) == 4 else 0
    if not FIRST_YEAR <= year <= today.year + 1 or not isinstance(row, Mapping):
        raise Refused(f"“{str(key)[:20]}”不是能登记的年份，请写{FIRST_YEAR}至{today.year + 1}。")
    number = str(row.get("notice") or "").strip()
    if not number or len(number) > 100 or "\0" in number:
        raise Refused(f"{year}年：请写通知文号 notice，最长100字。")
    try:
        published_on = date.fromisoformat(str(row.get("published_on")))
    except ValueError:
        raise Refused(f"{year}年：通知日期 published_on 请写成2026-11-04。") from None
    if published_on > today:
        raise Refused(f"{year}年：通知日期{published_on}晚于今天，请核对。")
    try:
        rest, made_up = (typed_days(_joined(row.get(name)), year) for name in ("rest", "work"))
        off = days_off(year, rest)
        work = make_up_days(year, made_up, rest)
    except DomainError as error:
        raise Refused(f"{year}年：{error.message}") from None
    known = CalendarYear.objects.filter(year=year).values_list("revision", flat=True).first()
    return Notice(year, number, published_on, off, work, known or 0)


def _joined(days: Any) -> str:
    return "\n".join(map(str, days)) if isinstance(days, list) else str(days or "")
