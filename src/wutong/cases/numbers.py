"""Case numbers: `XM2026-0001`, taken inside the creating transaction from one counter row per type and year."""

from wutong.base.chain.canonical import canonical
from wutong.base.keys import keyed_mac
from wutong.cases.models import NumberCounter


def counter_mac(prefix: str, year: int, last: int) -> str:
    return keyed_mac("chain", canonical({"counter": prefix, "year": year, "last": last}))


def take_numbers(prefix: str, year: int, count: int) -> list[str]:
    """The next `count` numbers. The counter row stays locked until the transaction ends, so that a number is
    neither given twice nor lost without a case."""
    NumberCounter.objects.bulk_create(
        [NumberCounter(prefix=prefix, year=year, mac=counter_mac(prefix, year, 0))], ignore_conflicts=True
    )
    counter = NumberCounter.objects.select_for_update().get(prefix=prefix, year=year)
    first = counter.last + 1
    counter.last += count
    counter.mac = counter_mac(prefix, year, counter.last)
    counter.save(update_fields=["last", "mac"])
    return [format_number(prefix, year, number) for number in range(first, counter.last + 1)]


def format_number(prefix: str, year: int, number: int) -> str:
    return f"{prefix}{year}-{number:04d}"
