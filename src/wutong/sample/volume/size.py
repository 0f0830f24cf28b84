"""How large a zone is to be."""

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from wutong.base.errors import Refused


@dataclass(frozen=True)
class Size:
    """Counts of rows. `cases` are all of them, `projects` among them are the lives of projects."""

    enterprises: int
    cases: int
    projects: int
    units: int
    officials: int

    def part(self, block: int, blocks: int) -> "Size":
        """What stands after so many of all the blocks."""
        return replace(
            self,
            enterprises=max(1, self.enterprises * block // blocks),
            cases=self.cases * block // blocks,
            projects=self.projects * block // blocks,
        )


FULL = Size(enterprises=100_000, cases=1_000_000, projects=10_000, units=300, officials=3_000)
LEAST_UNITS, LEAST_OFFICIALS = 60, 200


def size_of(text: str) -> Size:
    """`full`, or a part of it such as `1/10`. Raises Refused for anything else."""
    text = text.strip()
    part = Fraction(1)
    if text != "full":
        if not re.fullmatch(r"1/[1-9]\d{0,5}", text):
            raise Refused(f"规模“{text[:20]}”看不懂。请写 full，或它的几分之一，例如 1/10。")
        part = Fraction(text)
    return Size(
        enterprises=max(1, int(FULL.enterprises * part)),
        cases=max(1, int(FULL.cases * part)),
        projects=max(1, int(FULL.projects * part)),
        units=max(LEAST_UNITS, int(FULL.units * part)),
        officials=max(LEAST_OFFICIALS, int(FULL.officials * part)),
    )
