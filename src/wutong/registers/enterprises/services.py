"""Writes of the enterprise register."""

import unicodedata
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.base.personal.digests import blind_index
from wutong.registers.enterprises.models import Contact, Enterprise
from wutong.registers.enterprises.uscc import clean_code
from wutong.registers.history.services import record


def fold_name(name: str) -> str:
    """The form names are compared in: NFKC, lower case, without spaces and brackets' shapes."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def register_enterprise(
    *,
    name: str,
    code: str | None,
    actor: Account | None,
    on: date,
    now: datetime,
    registered_on: date | None = None,
    address: str = "",
) -> Enterprise:
    """Raises Refused for a wrong check character and for a code that is taken, naming who has it."""
    clean = clean_code(code) if code else None
    facts = {
        "code": clean,
        "name": name.strip(),
        "folded_name": fold_name(name),
        "registered_on": registered_on,
        "address": address,
    }
    try:
        with transaction.atomic():
            return record(Enterprise(), facts, actor=actor, effective_on=on, now=now, verb="register")
    except IntegrityError:
        holder = Enterprise.objects.filter(code=clean).first()
        raise Refused(
            _("统一社会信用代码%(code)s已登记在“%(name)s”名下。") % {"code": clean, "name": holder}
        ) from None


def add_contact(
    enterprise: Enterprise,
    *,
    name: str,
    phone: str,
    post: str,
    actor: Account | None,
    on: date,
    now: datetime,
) -> Contact:
    facts = {
        "enterprise": enterprise,
        "name": name,
        "phone": phone,
        "phone_index": blind_index(phone, purpose="phone"),
        "post": post,
    }
    return record(Contact(), facts, actor=actor, effective_on=on, now=now, verb="register")


def erase_contact(
    contact: Contact, *, actor: Account | None, reason: str, on: date, now: datetime
) -> Contact:
    """Remove a person's values for good (个人信息保护法第四十七条). The changes stay valid: they hold digests only."""
    facts = {"name": "", "phone": "", "phone_index": "", "post": "", "is_erased": True}
    return record(contact, facts, actor=actor, effective_on=on, now=now, verb="erase", reason=reason)
