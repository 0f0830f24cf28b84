"""Accounts, what they may do, and the passwords they had."""

from datetime import date
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from wutong.base.chain.rows import AppendOnlyModel


class Language(models.TextChoices):
    SIMPLIFIED = "zh-hans", "简体中文"
    TRADITIONAL = "zh-hant", "繁體中文"
    ENGLISH = "en", "English"


class Theme(models.TextChoices):
    LIGHT = "light", _("浅色")
    DARK = "dark", _("深色")


class TextSize(models.TextChoices):
    NORMAL = "normal", _("标准字号")
    LARGE = "large", _("大字号")


class Density(models.TextChoices):
    NORMAL = "normal", _("标准间距")
    COMPACT = "compact", _("紧凑")


class Account(AbstractBaseUser):
    """One person's way in. Accounts are made by `services.create_account` and never removed, only stopped.

    There is no superuser and no staff flag: what an account may do is `rights.rights_of`.
    """

    name = models.CharField(_("登录名"), max_length=60, unique=True)
    display_name = models.CharField(_("姓名"), max_length=60)
    is_active = models.BooleanField(_("启用"), default=True)
    must_change_password = models.BooleanField(_("须修改密码"), default=True)
    password_changed_at = models.DateTimeField(_("密码修改时间"))
    created_at = models.DateTimeField(_("创建时间"))
    language = models.CharField(_("语言"), max_length=10, choices=Language, default=Language.SIMPLIFIED)
    theme = models.CharField(_("配色"), max_length=10, choices=Theme, default=Theme.LIGHT)
    text_size = models.CharField(_("字号"), max_length=10, choices=TextSize, default=TextSize.NORMAL)
    density = models.CharField(_("表格间距"), max_length=10, choices=Density, default=Density.NORMAL)

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    objects = BaseUserManager["Account"]()

    rights_on: tuple[date, frozenset[str]] | None = None
    """What `rights_of` found for a day; lives as long as this instance."""

    class Meta:
        verbose_name = _("账号")
        verbose_name_plural = _("账号")

    def __str__(self) -> str:
        return self.display_name


class PasswordHistory(AppendOnlyModel):
    """The hash of each password an account ever had, the current one included."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="passwords", verbose_name=_("账号"))
    password = models.CharField(_("密码摘要"), max_length=128)
    set_at = models.DateTimeField(_("设置时间"))

    class Meta:
        verbose_name = _("历史密码")
        verbose_name_plural = _("历史密码")

    def __str__(self) -> str:
        return f"{self.account_id} {self.set_at:%Y-%m-%d}"


class Role(models.Model):
    """A bundle of rights. Roles come from `roles.load_roles`, not from a page."""

    code = models.CharField(_("编码"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    is_officer = models.BooleanField(_("三员角色"), default=False)

    class Meta:
        verbose_name = _("角色")
        verbose_name_plural = _("角色")

    def __str__(self) -> str:
        return self.name


class RoleRight(models.Model):
    """One right of a role, by its name in `rights`."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="rights", verbose_name=_("角色"))
    right = models.CharField(_("权限"), max_length=100)

    class Meta:
        verbose_name = _("角色权限")
        verbose_name_plural = _("角色权限")
        constraints = [models.UniqueConstraint(fields=["role", "right"], name="accounts_role_right")]

    def __str__(self) -> str:
        return self.right


class RoleGrant(models.Model):
    """A role held by an account from `from_on` until the day before `to_on`: a role that is ended today is gone
    today. `is_officer` is copied from the role, so that the database itself keeps the officers apart.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="grants", verbose_name=_("账号"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="grants", verbose_name=_("角色"))
    from_on = models.DateField(_("生效日"))
    to_on = models.DateField(_("失效日"), null=True, blank=True)
    is_officer = models.BooleanField(_("三员角色"), default=False)

    class Meta:
        verbose_name = _("角色授予")
        verbose_name_plural = _("角色授予")
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(is_officer=True, to_on__isnull=True),
                name="accounts_one_officer",
            ),
            models.UniqueConstraint(
                fields=["account", "role"],
                condition=models.Q(to_on__isnull=True),
                name="accounts_one_open_grant",
            ),
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gte=models.F("from_on")),
                name="accounts_grant_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role_id} {self.from_on}"
