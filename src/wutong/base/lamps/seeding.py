"""Editions that are shipped: the first one of a ledger, and examples of other cities."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils.timezone import get_default_timezone

from wutong.base.lamps.models import LampRule, LampRuleSet
from wutong.base.lamps.services import digest_of
from wutong.base.lamps.subjects import find_subject
from wutong.base.money import YI

EXAMPLES = Path(__file__).parent / "seeds" / "examples.yaml"


@transaction.atomic
def load_first_edition(path: Path) -> None:
    """Put the shipped edition in force where its subject has none; what an office has published stays as it is."""
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    if LampRuleSet.objects.filter(subject=told["subject"], published_at__isnull=False).exists():
        return
    midnight = datetime.combine(told["valid_from"], time.min, tzinfo=get_default_timezone())
    edition = LampRuleSet.objects.create(**_named(told), valid_from=told["valid_from"], published_at=midnight)
    _load_rules(edition, told["rules"])
    edition.digest = digest_of(edition)
    edition.save(update_fields=["digest"])


@transaction.atomic
def load_examples() -> None:
    """Examples are there to be copied and tried; they are never in force by themselves."""
    for told in yaml.safe_load(EXAMPLES.read_text(encoding="utf-8")):
        taken = LampRuleSet.objects.filter(subject=told["subject"], edition=told["edition"])
        if find_subject(told["subject"]) is not None and not taken.exists():
            _load_rules(LampRuleSet.objects.create(**_named(told), is_example=True), told["rules"])


def _named(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: told[key] for key in ("subject", "edition", "title", "source")}


def _load_rules(edition: LampRuleSet, rows: Sequence[Mapping[str, Any]]) -> None:
    """A row has the columns of `LampRule`; its band is in 亿元."""
    LampRule.objects.bulk_create(
        LampRule(
            rule_set=edition,
            position=position,
            **{
                **row,
                "band_from_yuan": int(Decimal(str(row.get("band_from_yuan", 0))) * YI),
                "threshold": Decimal(str(row["threshold"])),
            },
        )
        for position, row in enumerate(rows, start=1)
    )
