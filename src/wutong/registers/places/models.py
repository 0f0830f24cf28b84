"""Administrative divisions with their successors, and the zone's own places.

Boundaries are GeoJSON geometries kept as text with six decimals, because a chained row holds no floats.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wutong.registers.history.models import RegisterEntry
from wutong.registers.organisation.models import Unit


class DivisionLevel(models.TextChoices):
    PROVINCE = "province", _("省级")
    CITY = "city", _("地级")
    DISTRICT = "district", _("县级")
    TOWN = "town", _("乡级")
    VILLAGE = "village", _("村级")


class Division(models.Model):
    """An administrative division under one code (GB/T 2260, 统计用区划代码), written without padding: 2, 4, 6, 9 or
    12 digits.

    `valid_from` is empty when the day is not known; `valid_to` is the first day on which the code means nothing any
    more. `successor` is the division that the code means from then on. `parent` is empty while it is not loaded.
    """

    code = models.CharField(_("区划代码"), max_length=12, unique=True)
    name = models.CharField(_("区划名称"), max_length=100, db_index=True)
    level = models.CharField(_("级别"), max_length=10, choices=DivisionLevel)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("上级区划")
    )
    valid_from = models.DateField(_("启用日期"), null=True)
    valid_to = models.DateField(_("停用日期"), null=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="predecessors", verbose_name=_("后继区划")
    )
    note = models.CharField(_("变更依据"), max_length=200, default="")

    class Meta:
        verbose_name = _("行政区划")
        constraints = [
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("pk")), name="division_not_own_successor"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
                name="division_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DivisionBoundary(models.Model):
    """The boundary of a division as published in one year. `note` says when it had to be repaired."""

    division = models.ForeignKey(
        Division, models.PROTECT, related_name="boundaries", verbose_name=_("行政区划")
    )
    year = models.PositiveSmallIntegerField(_("年份"))
    source = models.CharField(_("来源"), max_length=200)
    geometry = models.TextField(_("边界"))
    digest = models.CharField(_("内容摘要"), max_length=64)
    note = models.CharField(_("说明"), max_length=200, default="")
    revision = models.PositiveIntegerField(_("修订次数"), default=1)

    class Meta:
        verbose_name = _("区划边界")
        constraints = [
            models.UniqueConstraint(fields=["division", "year"], name="division_boundary_year"),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.year}"


class PlaceKind(models.TextChoices):
    ZONE = "zone", _("高新区")
    CORE = "core", _("核心区")
    BELT = "belt", _("产业带")
    PARK = "park", _("园区")
    TOWN = "town", _("镇街")
    COMMUNITY = "community", _("社区")
    GRID = "grid", _("网格")


class SpatialUnit(RegisterEntry):
    """A place of the zone. The zone itself has no division code; its towns are coded under a district (`division`).

    `valid_to` is the first day on which the place is no more. `boundary` is a geometry as text, or empty.
    """

    entry_kind: ClassVar[str] = "place"

    code = models.CharField(_("地域编码"), max_length=30, unique=True)
    name = models.CharField(_("地域名称"), max_length=100)
    kind = models.CharField(_("地域类别"), max_length=20, choices=PlaceKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("上级地域")
    )
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, related_name="places", verbose_name=_("行政区划")
    )
    manager_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="managed_places", verbose_name=_("管理单位")
    )
    boundary = models.TextField(_("边界"), default="")
    centre_lon = models.DecimalField(_("中心经度"), max_digits=9, decimal_places=6, null=True)
    centre_lat = models.DecimalField(_("中心纬度"), max_digits=8, decimal_places=6, null=True)
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("撤销日期"), null=True)

    class Meta:
        verbose_name = _("地域单元")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="place_days"
            ),
            models.CheckConstraint(
                condition=Q(centre_lon__isnull=True, centre_lat__isnull=True)
                | Q(centre_lon__isnull=False, centre_lat__isnull=False),
                name="place_centre_whole",
            ),
        ]
        indexes = [models.Index(fields=["kind", "valid_to"], name="place_kind")]

    def __str__(self) -> str:
        return self.name
