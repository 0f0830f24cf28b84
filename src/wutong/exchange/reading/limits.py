"""How large a workbook may be. Generous for a ledger, far below what would hurt the machine."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Rows, columns and cells are per sheet; `area` is the box from A1 to the last cell with content, because
    the reader holds that box in memory. `ratio` is uncompressed to compressed size of one large part."""

    archive_bytes: int = 256 * MIB
    archive_members: int = 2_000
    ratio: int = 200
    ratio_from_bytes: int = 10 * MIB
    sheets: int = 100
    rows: int = 200_000
    columns: int = 500
    cells: int = 3_500_000
    area: int = 5_000_000
    merges: int = 20_000


LIMITS = Limits()
