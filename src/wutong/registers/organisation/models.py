"""Units, officials and who belongs to which team. Names of officials at work are not secret; their telephone
numbers are personal."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wutong.base.personal.fields import EncryptedTextField
from wutong.base.personal.masking import mask_phone
from wutong.registers.history.models import RegisterEntry


class UnitKind(models.TextChoices):
    COMMITTEE = "committee", _("管委会")
    DEPARTMENT = "department", _("部门")
    TEAM = "team", _("产业招商组")
    TOWN = "town", _("镇街")
    COMPANY = "company", _("国有公司")


class Unit(RegisterEntry):
    """A unit of the zone. `path` is `/<id>/<id>/` from the root, so that a subtree is one prefix."""

    entry_kind: ClassVar[str] = "unit"

    code = models.CharField(_("单位编码"), max_length=30, unique=True)
    name = models.CharField(_("单位名称"), max_length=100)
    kind = models.CharField(_("单位类别"), max_length=20, choices=UnitKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("上级单位")
    )
    path = models.CharField(_("路径"), max_length=200, default="", db_index=True)
    valid_from = models.DateField(_("设立日期"))
    valid_to = models.DateField(_("撤销日期"), null=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="predecessors", verbose_name=_("并入单位")
    )

    class Meta:
        verbose_name = _("单位")

    def __str__(self) -> str:
        return self.name


class Official(RegisterEntry):
    """A person who works for the zone. Signs in with `account`, if there is one. `post` is what the main post is
    called, written by the services of posts."""

    entry_kind: ClassVar[str] = "official"
    digested: ClassVar[frozenset[str]] = frozenset({"name"})

    staff_no = models.CharField(_("工号"), max_length=30, unique=True)
    name = models.CharField(_("姓名"), max_length=50)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="officials", verbose_name=_("单位"))
    post = models.CharField(_("职务"), max_length=50, default="")
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="official", verbose_name=_("账号")
    )
    phone = EncryptedTextField(_("电话"), default="", purpose=_("工作联系"), keep_days=3650, mask=mask_phone)
    from_on = models.DateField(_("任职日期"))
    to_on = models.DateField(_("离任日期"), null=True)

    class Meta:
        verbose_name = _("工作人员")

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """An official's time in an industry promotion team."""

    team = models.ForeignKey(Unit, models.PROTECT, related_name="memberships", verbose_name=_("招商组"))
    official = models.ForeignKey(Official, models.PROTECT, related_name="memberships", verbose_name=_("成员"))
    is_leader = models.BooleanField(_("是否组长"), default=False)
    from_on = models.DateField(_("加入日期"))
    to_on = models.DateField(_("离开日期"), null=True)

    class Meta:
        verbose_name = _("招商组成员")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "official"], condition=Q(to_on__isnull=True), name="team_member_once"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="team_member_dates"
            ),
        ]


class Post(RegisterEntry):
    """A post of a unit (职务). `rank` orders the posts of a unit, the highest first with 1."""

    entry_kind: ClassVar[str] = "post"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name=_("单位"))
    title = models.CharField(_("职务名称"), max_length=50)
    rank = models.PositiveSmallIntegerField(_("排序"), default=100)
    is_head = models.BooleanField(_("是否负责人"), default=False)

    class Meta:
        verbose_name = _("职位")
        constraints = [models.UniqueConstraint(fields=["unit", "title"], name="post_once_in_unit")]

    def __str__(self) -> str:
        return self.title


class HoldingKind(models.TextChoices):
    MAIN = "main", _("主职")
    CONCURRENT = "concurrent", _("兼职")
    ACTING = "acting", _("代理")


class PostHolding(RegisterEntry):
    """An official's time in a post. `to_on` is the first day without it, as in every interval here."""

    entry_kind: ClassVar[str] = "post_holding"

    official = models.ForeignKey(
        Official, models.PROTECT, related_name="post_holdings", verbose_name=_("工作人员")
    )
    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings", verbose_name=_("职位"))
    kind = models.CharField(_("任职类别"), max_length=20, choices=HoldingKind, default=HoldingKind.MAIN)
    from_on = models.DateField(_("起始日期"))
    to_on = models.DateField(_("结束日期"), null=True)

    class Meta:
        verbose_name = _("任职")
        constraints = [
            models.UniqueConstraint(
                fields=["official"], condition=Q(kind="main", to_on__isnull=True), name="one_main_post"
            ),
            models.UniqueConstraint(
                fields=["official", "post"], condition=Q(to_on__isnull=True), name="post_held_once"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="post_holding_dates"
            ),
        ]


class Oversight(RegisterEntry):
    """A leader has a unit in charge (分管), with everything below it."""

    entry_kind: ClassVar[str] = "oversight"

    official = models.ForeignKey(
        Official, models.PROTECT, related_name="oversights", verbose_name=_("分管领导")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="oversights", verbose_name=_("分管单位"))
    from_on = models.DateField(_("起始日期"))
    to_on = models.DateField(_("结束日期"), null=True)

    class Meta:
        verbose_name = _("分管")
        constraints = [
            models.UniqueConstraint(
                fields=["official", "unit"], condition=Q(to_on__isnull=True), name="oversight_once"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="oversight_dates"
            ),
        ]


class StandInReason(models.TextChoices):
    LEAVE = "leave", _("休假")
    TRAVEL = "travel", _("出差")
    TRAINING = "training", _("培训")
    SICK = "sick", _("病假")
    OTHER = "other", _("其他")


class StandIn(RegisterEntry):
    """While `official` (A岗) is away, `stand_in` (B岗) sees and does what A holds in person. Not passed on further."""

    entry_kind: ClassVar[str] = "stand_in"

    official = models.ForeignKey(Official, models.PROTECT, related_name="stand_ins", verbose_name=_("A岗"))
    stand_in = models.ForeignKey(Official, models.PROTECT, related_name="stands_in", verbose_name=_("B岗"))
    from_on = models.DateField(_("起始日期"))
    to_on = models.DateField(_("结束日期"))
    reason = models.CharField(_("事由"), max_length=20, choices=StandInReason)

    class Meta:
        verbose_name = _("AB岗代理")
        indexes = [models.Index(fields=["stand_in", "to_on"], name="stand_in_time")]
        constraints = [
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="stand_in_dates"),
            models.CheckConstraint(condition=~Q(official=F("stand_in")), name="stand_in_is_another"),
        ]
