"""The zone that this installation serves. There is one; before it is set up there may be none."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Zone(models.Model):
    """Name and codes, and the way through the set-up: a key that opens it once, and when it was done.

    Of the key only a digest is kept: whoever reads the database cannot open the set-up with it.
    """

    name = models.CharField(_("园区名称"), max_length=60, default="")
    division_code = models.CharField(_("所在区划代码"), max_length=12, default="")
    setup_key_digest = models.CharField(_("设置口令摘要"), max_length=64, default="")
    setup_key_ends_at = models.DateTimeField(_("设置口令有效期"), null=True)
    set_up_at = models.DateTimeField(_("设置完成时间"), null=True)

    class Meta:
        verbose_name = _("园区")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_zone")]

    def __str__(self) -> str:
        return self.name
