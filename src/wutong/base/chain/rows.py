"""Rows that are written once and hang together by a keyed MAC.

Each chain (one per case, per register entry, per account) counts its rows from 1. A row's hash is an HMAC over
its own content and the hash of the row before; the key lies outside the database, so rows cannot be hashed
again by somebody who has only the database. The thing a chain belongs to carries the *head*: the last number,
the last hash and a MAC over both, so that removed last rows are found at once and not only by the daily file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from wutong.base.chain.canonical import canonical
from wutong.base.keys import keyed_mac, keyring

START = "0" * 64


class AppendOnlyError(TypeError):
    """Somebody tried to change or remove a row that is written once."""


M = TypeVar("M", bound=models.Model)


class AppendOnlyQuerySet(models.QuerySet[M]):
    def update(self, **values: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are never removed")


class AppendOnlyModel(models.Model):
    """A row that may be inserted and read, nothing else. The migration adds `AppendOnly` for its table."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{type(self).__name__} rows are never removed")


class ChainedRow(AppendOnlyModel):
    seq = models.PositiveIntegerField(_("序号"))
    recorded_at = models.DateTimeField(_("登记时间"))
    key_number = models.PositiveSmallIntegerField(_("密钥号"))
    prev_hash = models.CharField(_("前一条校验值"), max_length=64)
    hash = models.CharField(_("校验值"), max_length=64)

    class Meta:
        abstract = True

    def chain_name(self) -> str:
        """The chain this row belongs to, for example `case:17`."""
        raise NotImplementedError

    def content(self) -> dict[str, Any]:
        """Everything that the hash protects, apart from seq, recorded_at and the previous hash."""
        raise NotImplementedError

    def computed_hash(self) -> str:
        message = canonical(
            {
                "chain": self.chain_name(),
                "seq": self.seq,
                "recorded_at": self.recorded_at,
                "prev": self.prev_hash,
                "content": self.content(),
            }
        )
        return keyed_mac("chain", message, key_number=self.key_number)

    def seal(self, *, after: "Head", now: datetime) -> "Head":
        """Number and hash this row as the next of its chain; returns the new head."""
        self.seq = after.seq + 1
        self.recorded_at = now
        self.prev_hash = after.hash
        self.key_number = keyring("chain").active
        self.hash = self.computed_hash()
        return Head(self.seq, self.hash)


@dataclass(frozen=True)
class Head:
    """The end of a chain: number and hash of its last row."""

    seq: int = 0
    hash: str = START

    def mac(self, chain: str, *, key_number: int | None = None) -> str:
        message = canonical({"head": chain, "seq": self.seq, "hash": self.hash})
        return keyed_mac("chain", message, key_number=key_number)

    def is_signed_by(self, mac: str, chain: str) -> bool:
        """A head keeps no key number: after a rotation it stays signed by an older key until its next row."""
        return any(mac == self.mac(chain, key_number=number) for number in keyring("chain").keys)


class ChainHeadModel(models.Model):
    """The thing a chain belongs to. `last_seq` is also the number two people's edits are compared by."""

    last_seq = models.PositiveIntegerField(_("最新变更序号"), default=0)
    head_hash = models.CharField(_("链尾校验值"), max_length=64, default=START)
    head_mac = models.CharField(_("链尾签名"), max_length=64, default="")

    class Meta:
        abstract = True

    def head(self) -> Head:
        return Head(self.last_seq, self.head_hash)

    def set_head(self, head: Head, chain: str) -> None:
        self.last_seq, self.head_hash, self.head_mac = head.seq, head.hash, head.mac(chain)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with one chain. `seq` is 0 when the whole chain is meant."""

    chain: str
    seq: int
    words: str


def faults_of_chain(chain: str, rows: Iterable[ChainedRow], head: ChainHeadModel) -> Iterator[Fault]:
    """Everything wrong with one chain: edited, removed, re-ordered or re-hashed rows, removed last rows.

    `rows` come in the order of seq.
    """
    expected = Head()
    for row in rows:
        if row.seq != expected.seq + 1:
            first, last = expected.seq + 1, row.seq - 1
            which = f"第{first}条" if first == last else f"第{first}至{last}条"
            yield Fault(chain, first, f"{which}变更被移除")
        elif row.prev_hash != expected.hash:
            yield Fault(chain, row.seq, f"第{row.seq}条变更与前一条不衔接")
        if row.hash != _hash_of(row):
            yield Fault(chain, row.seq, f"第{row.seq}条变更的内容或校验值被改动")
        expected = Head(row.seq, row.hash)
    if head.last_seq > expected.seq:
        yield Fault(chain, expected.seq + 1, f"末尾第{expected.seq + 1}至{head.last_seq}条变更被移除")
    elif head.head_hash != expected.hash or head.last_seq != expected.seq:
        yield Fault(chain, head.last_seq, "链尾与最后一条变更不符")
    if not head.head().is_signed_by(head.head_mac, chain):
        yield Fault(chain, head.last_seq, "链尾签名不符")


def _hash_of(row: ChainedRow) -> str:
    """Empty when the row names a key that does not exist."""
    try:
        return row.computed_hash()
    except KeyError:
        return ""
