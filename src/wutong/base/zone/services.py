"""Setting up an empty zone: one key, one way through."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.base.zone.models import Zone

KEY_HOURS = 24


def issue_setup_key(now: datetime) -> str:
    """A key that opens the set-up for a day; an earlier one ends. Raises Refused when the zone is set up already."""
    with transaction.atomic():
        zone, _made = Zone.objects.select_for_update().get_or_create(pk=1)
        if zone.set_up_at is not None:
            raise Refused(_("园区已经设置完成，不能再次设置。"))
        key = secrets.token_urlsafe(18)
        zone.setup_key_digest = _digest(key)
        zone.setup_key_ends_at = now + timedelta(hours=KEY_HOURS)
        zone.save(update_fields=["setup_key_digest", "setup_key_ends_at"])
    return key


def require_setup_key(key: str, now: datetime) -> None:
    """Raises Refused for a wrong key and for one that is over."""
    zone = Zone.objects.filter(pk=1, set_up_at__isnull=True).first()
    is_right = zone is not None and hmac.compare_digest(zone.setup_key_digest, _digest(key.strip()))
    if zone is None or not is_right or zone.setup_key_ends_at is None or zone.setup_key_ends_at < now:
        words = _("设置口令不对或已过期。请在服务器上运行 wutong setup 取得新的口令。")
        raise Refused(words, fields={"key": words})


def name_zone(name: str, division_code: str, *, is_set_up: bool, now: datetime) -> Zone:
    """Name the zone. The key is used up; with `is_set_up` nobody walks through the set-up at all."""
    zone, _made = Zone.objects.get_or_create(pk=1)
    zone.name, zone.division_code = name.strip(), division_code.strip()
    zone.setup_key_digest, zone.setup_key_ends_at = "", None
    if is_set_up:
        zone.set_up_at = now
    zone.save()
    return zone


def finish_setup(now: datetime) -> None:
    """From now on accounts come from the system officer and roles from the security officer. Safe to repeat."""
    Zone.objects.filter(pk=1, set_up_at__isnull=True).update(set_up_at=now)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
