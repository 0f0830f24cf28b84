"""Days of an act: what is written at once in columns cannot begin in the future."""

from datetime import date, datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from wutong.base.errors import Refused


def require_not_future(on: date, now: datetime) -> None:
    """Raises Refused for a day after today."""
    if on > localdate(now):
        raise Refused(
            _("%(on)s还没有到，请到那一天再办。") % {"on": on},
            fields={"on": _("不能晚于今天")},
        )


def require_not_before(on: date, first: date, what: str) -> None:
    """Raises Refused for a day before `first`; `what` says in words what began then."""
    if on < first:
        raise Refused(
            _("日期%(on)s早于%(what)s（%(first)s）。") % {"on": on, "what": what, "first": first},
            fields={"on": _("不能早于%(first)s") % {"first": first}},
        )
