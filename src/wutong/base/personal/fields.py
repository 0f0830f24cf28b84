"""The column of a personal value.

The database holds the ciphertext; an instance read from it holds the ciphertext too and decrypts on access, so
that a list which shows nothing of the value costs nothing, and `values()`, `repr`, a log line or a pickled
instance never carry it. The column cannot be searched: a service keeps a `blind_index` beside it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core import checks
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wutong.base.personal.ciphers import Ciphertext, active_tag, decrypt, encrypt
from wutong.base.personal.masking import mask_text

Text = str | Promise

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField


class PersonalAttribute(DeferredAttribute):
    """Gives the plain text on access; the instance keeps what came from the database until it is set."""

    field: "EncryptedTextField"

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        return self.field.decrypted(value) if isinstance(value, Ciphertext) else value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(TextField):
    """Text that is encrypted in the database.

    `purpose` says what the value is used for and `keep_days` how long it is kept after its last use; both are
    read by the evidence pack. `mask` turns the value into what everybody may see. `bound_to` is the column that
    values are bound to when the model has moved since ("enterprises.contact.phone"): what was encrypted and digested
    there is still read. None of these is a matter of the schema: changing them needs no migration.
    """

    description = _("加密的个人信息")
    descriptor_class = PersonalAttribute

    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        *,
        purpose: Text = "",
        keep_days: int = 0,
        mask: Callable[[str], str] = mask_text,
        bound_to: str = "",
        **kwargs: Any,
    ) -> None:
        self.bound_to = bound_to
        self.purpose = purpose
        self.keep_days = keep_days
        self.mask = mask
        super().__init__(verbose_name, name, **kwargs)

    @property
    def column_label(self) -> str:
        """What a ciphertext is bound to: model and field, for example `enterprises.contact.phone`."""
        return self.bound_to or f"{self.model._meta.label_lower}.{self.name}"

    def encrypted(self, value: str) -> Ciphertext:
        return encrypt(value, column=self.column_label)

    def decrypted(self, stored: Ciphertext) -> str:
        """The plain text of what `values()` gives. Raises Undecryptable."""
        return decrypt(stored, column=self.column_label)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return Ciphertext(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        """Empty stays empty: it says nothing about a person."""
        if value in (None, "") or isinstance(value, Ciphertext):
            return value
        return self.encrypted(str(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """What was read and not set is written back as it stood, not encrypted anew."""
        if self.attname in model_instance.__dict__:
            return model_instance.__dict__[self.attname]
        return super().pre_save(model_instance, add)

    def value_to_string(self, obj: models.Model) -> str:
        """Serializers (`dumpdata`) get the ciphertext."""
        return str(self.get_prep_value(self.value_from_object(obj)) or "")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is encrypted and cannot be searched: filter by its blind index")

    def get_transform(self, name: str) -> Any:
        raise FieldError(f"{self.name} is encrypted and cannot be transformed in the database")

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        problems = [*super().check(**kwargs)]
        if not self.purpose or self.keep_days <= 0:
            problems.append(
                checks.Error(
                    "个人信息字段须声明 purpose（用途）和 keep_days（保存天数）。",
                    obj=self,
                    id="personal.E001",
                )
            )
        if self.unique or getattr(self, "db_index", False) or self.primary_key:
            problems.append(
                checks.Error(
                    "加密字段不能作索引或唯一约束，请另设检索摘要字段。", obj=self, id="personal.E002"
                )
            )
        try:
            active_tag()
        except ImproperlyConfigured as error:
            problems.append(checks.Error(str(error), obj=self, id="personal.E003"))
        return problems


@dataclass(frozen=True)
class PersonalField:
    """A personal column as the evidence pack lists it."""

    model: type[models.Model]
    field: EncryptedTextField

    @property
    def label(self) -> str:
        return self.field.column_label

    @property
    def purpose(self) -> Text:
        return self.field.purpose

    @property
    def keep_days(self) -> int:
        return self.field.keep_days


def personal_fields() -> list[PersonalField]:
    """All encrypted columns of the installed apps, in the order of their labels."""
    return sorted(_personal_fields(), key=lambda found: found.label)


def _personal_fields() -> Iterator[PersonalField]:
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield PersonalField(model, field)


def personal_field(model: type[models.Model] | models.Model, name: str) -> EncryptedTextField:
    """The encrypted field of that name; TypeError when the field is not encrypted."""
    field = model._meta.get_field(name)
    if not isinstance(field, EncryptedTextField):
        raise TypeError(f"{model._meta.label}.{name} is not an encrypted field")
    return field


def masked(instance: models.Model, name: str) -> str:
    """What everybody who sees the row may see of the value."""
    value = getattr(instance, name)
    return personal_field(instance, name).mask(value) if value else ""
