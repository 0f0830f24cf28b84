"""The OLE2 container (.xls, encrypted .xlsx, Word and others): names and streams of its root folder.

Every chain is walked at most once per sector, so a file that points at itself ends in `Unreadable`.
"""

import struct
from dataclasses import dataclass

from wutong.exchange.reading.unreadable import Unreadable

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER_BYTES = 512
ENTRY_BYTES = 128
MINI_SECTOR_BYTES = 64
NO_ENTRY = 0xFFFFFFFF
LAST_SECTOR = 0xFFFFFFFA
"""Sector numbers from here on are markers: end of chain, free, used by the table itself."""


@dataclass(frozen=True)
class Entry:
    name: str
    left: int
    right: int
    child: int
    start: int
    size: int


class CompoundFile:
    """Reads `content`; raises `Unreadable("damaged")` when the structure does not hold."""

    def __init__(self, content: bytes) -> None:
        if len(content) < HEADER_BYTES or not content.startswith(MAGIC):
            raise Unreadable("damaged")
        self._content = content
        shift, mini_shift = struct.unpack_from("<HH", content, 30)
        if shift not in {9, 12} or mini_shift != 6:
            raise Unreadable("damaged")
        self._sector_bytes = 1 << shift
        self._sectors = len(content) // self._sector_bytes
        (directory_start,) = struct.unpack_from("<I", content, 48)
        self._mini_cutoff, mini_start, _, further, _ = struct.unpack_from("<IIIII", content, 56)
        self._table = self._allocation_table(further)
        self._mini_table = self._numbers(b"".join(self._chain(mini_start)))
        self._entries = self._directory(b"".join(self._chain(directory_start)))
        if not self._entries:
            raise Unreadable("damaged")
        self._root = self._root_folder()

    @property
    def names(self) -> frozenset[str]:
        """Names of streams and storages in the root folder."""
        return frozenset(self._root)

    def stream(self, name: str) -> bytes:
        entry = self._root[name]
        if entry.size >= self._mini_cutoff:
            return b"".join(self._chain(entry.start))[: entry.size]
        ministream = b"".join(self._chain(self._entries[0].start))
        parts = [
            ministream[number * MINI_SECTOR_BYTES : (number + 1) * MINI_SECTOR_BYTES]
            for number in self._follow(entry.start, self._mini_table)
        ]
        return b"".join(parts)[: entry.size]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector_bytes
        return self._content[start : start + self._sector_bytes]

    def _numbers(self, data: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    def _allocation_table(self, further: int) -> tuple[int, ...]:
        numbers = list(struct.unpack_from("<109I", self._content, 76))
        seen = 0
        while further < LAST_SECTOR:
            block = self._numbers(self._sector(further))
            seen += 1
            if not block or seen > self._sectors:
                raise Unreadable("damaged")
            numbers.extend(block[:-1])
            further = block[-1]
        sectors = [number for number in numbers if number < LAST_SECTOR]
        if len(sectors) > self._sectors:
            raise Unreadable("damaged")
        return self._numbers(b"".join(self._sector(number) for number in sectors))

    def _follow(self, number: int, table: tuple[int, ...]) -> list[int]:
        chain: list[int] = []
        while number < LAST_SECTOR:
            if number >= len(table) or len(chain) > len(table):
                raise Unreadable("damaged")
            chain.append(number)
            number = table[number]
        return chain

    def _chain(self, start: int) -> list[bytes]:
        return [self._sector(number) for number in self._follow(start, self._table)]

    def _directory(self, data: bytes) -> list[Entry]:
        entries = []
        for start in range(0, len(data) - ENTRY_BYTES + 1, ENTRY_BYTES):
            (length,) = struct.unpack_from("<H", data, start + 64)
            name = data[start : start + max(0, min(length, 64) - 2)].decode("utf-16-le", errors="replace")
            left, right, child = struct.unpack_from("<III", data, start + 68)
            first, size = struct.unpack_from("<II", data, start + 116)
            entries.append(Entry(name, left, right, child, first, size))
        return entries

    def _root_folder(self) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        waiting, seen = [self._entries[0].child], set()
        while waiting:
            number = waiting.pop()
            if number == NO_ENTRY or number in seen:
                continue
            if number >= len(self._entries):
                raise Unreadable("damaged")
            seen.add(number)
            entry = self._entries[number]
            found[entry.name] = entry
            waiting += [entry.left, entry.right]
        return found
