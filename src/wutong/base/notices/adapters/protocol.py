"""What every channel's adapter answers."""

from dataclasses import dataclass
from typing import Literal, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
Result = Literal["sent", "temporary", "permanent", "unknown"]


@dataclass(frozen=True)
class Outcome:
    """How one attempt ended.

    `temporary` only when it is certain that nothing was sent: it is tried again. `unknown` when the request went
    out and no answer came: it is not tried again. `reason` is in our words; what a provider answers may quote the
    address and is never kept.
    """

    result: Result
    reference: str = ""
    reason: Text = ""


class Adapter(Protocol):
    def send(self, address: str, title: str, text: str, idempotency_key: str) -> Outcome:
        """Hand one message over, once. Never raises for what the other side does."""


UNKNOWN = Outcome("unknown", reason=_("已交发送，未收到答复，结果不明，未重发（收件箱里有）"))
UNREACHABLE = Outcome("temporary", reason=_("暂时连接不上发送平台"))
