"""The morning digest: one notice a person and day, with what the day asks and what was told since the last one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.models import Account
from wutong.base.notices.choices import digest_channels
from wutong.base.notices.kinds import (
    Group,
    NoticeKind,
    Param,
    Text,
    declare_kind,
    kind_of,
    names_in,
    source_words,
    stored_params,
    stored_value,
)
from wutong.base.notices.links import is_inside
from wutong.base.notices.models import Notice
from wutong.base.notices.services import write_notices

MOST_LINES = 50

DIGEST = declare_kind(
    NoticeKind(
        "digest",
        label=_("每日汇总"),
        title=_("%(day)s的汇总：共%(count)s件，要紧的%(alarms)s件"),
        text=_("请先办要紧的。"),
        group=Group.SYSTEM,
        outside=_("%(day)s：共%(count)s件事，要紧的%(alarms)s件。请登录梧桐查看。"),
    )
)


@dataclass(frozen=True)
class DigestLine:
    """One line. `words` is a lazy template filled with `params` when read, or a finished text without params.

    `link` is a path of the product or empty.
    """

    words: Text
    params: Mapping[str, Param] = field(default_factory=dict)
    link: str = ""
    is_alarm: bool = False

    def stored(self) -> dict[str, Any]:
        if self.link and not is_inside(self.link):
            raise ValueError(f"a line leads to a path of the product, not to {self.link!r}")
        if self.params and (missing := names_in(self.words) - set(self.params)):
            raise ValueError(f"the line {source_words(self.words)!r} needs {sorted(missing)}")
        return {
            "words": stored_value(self.words),
            "params": stored_params(self.params),
            "link": self.link,
            "is_alarm": self.is_alarm,
        }


@transaction.atomic
def compose_digest(
    account: Account, lines: Sequence[DigestLine], *, on: date, now: datetime, link: str = "/"
) -> Notice | None:
    """Write the digest of the day `on`: the caller's lines and the unread notices that wait for it, alarms first.

    None when there is nothing to say, when the day's digest is there already, or for a stopped account. At most
    MOST_LINES lines are kept; the count tells all. Raises ValueError for a line that leads out of the product
    or lacks a param.
    """
    if not Account.objects.filter(pk=account.pk, is_active=True).exists():
        return None
    awaiting = list(Notice.objects.filter(recipient=account, awaits_digest=True).order_by("created_at", "pk"))
    told = [
        {"kind": notice.kind, "params": notice.params, "link": notice.link, "is_alarm": False}
        for notice in awaiting
        if notice.read_at is None and kind_of(notice.kind) is not None
    ]
    everything = [*(line.stored() for line in lines), *told]
    if everything:
        everything.sort(key=lambda line: not line["is_alarm"])
        written = write_notices(
            DIGEST.code,
            {account.pk: digest_channels(account)},
            params={
                "day": on.isoformat(),
                "count": len(everything),
                "alarms": sum(line["is_alarm"] for line in everything),
                "lines": everything[:MOST_LINES],
            },
            link=link,
            key=f"digest:{on.isoformat()}",
            now=now,
        )
        if not written:
            return None
    Notice.objects.filter(pk__in=[notice.pk for notice in awaiting]).update(awaits_digest=False)
    return written[0] if everything else None
