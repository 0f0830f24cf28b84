"""Jobs of the whole site, and the only place where they read the clock."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.base.jobs.declared import job
from wutong.base.notices.adapters import configured_adapters
from wutong.base.notices.delivering import deliver_due
from wutong.base.notices.services import prune_notices
from wutong.cases.clocks.reprojection import reproject_clocks
from wutong.cases.clocks.sweep import sweep_clocks
from wutong.cases.rounds.daily import tend_rounds
from wutong.desk.digest import send_digests
from wutong.ledgerkit.anchors import write_anchor

ANCHOR_EVERY = timedelta(hours=1)
SWEEP_EVERY = timedelta(minutes=1)
DELIVER_EVERY = timedelta(minutes=1)
DELIVER_FOR = timedelta(minutes=2)
"""So long one run goes on; the next one takes the rest. A message in the middle is never cut off by the time limit."""


@job(name="site.anchor_chain_heads", label=_("把链头写入签名文件"), in_transaction=False)
def anchor_chain_heads() -> None:
    """Heads that are new go into the signed file outside the database; nothing new, nothing written."""
    write_anchor(timezone.now())


@job(name="cases.sweep", label=_("检查到期的时限"), max_seconds=600, keep_days=2, in_transaction=False)
def sweep() -> None:
    """Rungs, expiries and ends of suspensions up to now; each clock in its own transaction."""
    sweep_clocks(timezone.now())


@job(name="cases.reproject", label=_("按日历改算到期日"), max_seconds=3600, in_transaction=False)
def reproject() -> None:
    """Every night, and after a calendar was published: what still lies differently is moved."""
    reproject_clocks(timezone.now())


@job(
    name="notices.deliver",
    label=_("发送短信、工作群和邮件"),
    max_seconds=600,
    keep_days=2,
    in_transaction=False,
)
def deliver() -> None:
    """What has to leave the product now, once."""
    until = timezone.now() + DELIVER_FOR
    while timezone.now() < until and deliver_due(timezone.now(), configured_adapters()):
        continue


@job(name="desk.digest", label=_("早上的汇总"), max_seconds=600, in_transaction=False)
def digest() -> None:
    """Everybody's digest of the day; a second run on the same day writes nothing more."""
    now = timezone.now()
    send_digests(now, timezone.localdate(now))


@job(name="rounds.tend", label=_("发起填报、催报"), max_seconds=600, in_transaction=False)
def tend_reporting() -> None:
    """Rounds of periods that are over, and their reminders; a second run on the same day does nothing more."""
    now = timezone.now()
    tend_rounds(timezone.localdate(now), now)


@job(name="notices.prune", label=_("清理一年前已读的通知"), max_seconds=600, in_transaction=False)
def prune_read_notices() -> None:
    prune_notices(timezone.now())
