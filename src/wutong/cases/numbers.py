"""Case numbers: `XM2026-0001`, taken inside the creating transaction from one counter row per type and year."""

from wutong.base.chain.canonical import canonical
from wutong.base.keys import keyed_mac, keyring
from wutong.cases.models import NumberCounter


def counter_mac(prefix: str, year: int, last: int, *, key_number: int | None = None) -> str:
    message = canonical({"counter": prefix, "year": year, "last": last})
    return keyed_mac("chain", message, key_number=key_number)


def is_signed(counter: NumberCounter) -> bool:
    """A counter keeps no key number: after a rotation it stays signed by an older key until its next number."""
    return any(
        counter.mac == counter_mac(counter.prefix, counter.year, counter.last, key_number=number)
        for number in keyring("chain").keys
    )


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
