"""Who has a feed. What opens it is in nobody's database."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FeedToken(models.Model):
    """The feed of one account. `digest` is the SHA-256 of a random token of 256 bits; the token itself is shown once
    and never stored, so that whoever reads the database cannot read the feed."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="feed_token", verbose_name=_("账号")
    )
    digest = models.CharField(_("令牌摘要"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("创建时间"))

    class Meta:
        verbose_name = _("日历订阅")

    def __str__(self) -> str:
        return str(self.account_id)
