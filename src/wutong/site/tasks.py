"""Jobs of the whole site, and the only place where they read the clock."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.base.jobs.declared import job
from wutong.ledgerkit.anchors import write_anchor

ANCHOR_EVERY = timedelta(hours=1)


@job(name="site.anchor_chain_heads", label=_("把链头写入签名文件"), in_transaction=False)
def anchor_chain_heads() -> None:
    """Heads that are new go into the signed file outside the database; nothing new, nothing written."""
    write_anchor(timezone.now())
