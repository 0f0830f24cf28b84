"""For the tests of notices: kinds, a channel that writes down what it gets, an invented moment and person."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.models import Account
from wutong.base.notices.adapters.protocol import Outcome
from wutong.base.notices.choices import Choice, save_choices
from wutong.base.notices.kinds import Group, NoticeKind, declare_kind
from wutong.base.notices.models import Mode
from wutong.base.notices.services import notify

NOW = datetime(2026, 2, 13, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""The last working day before Spring Festival."""
MOBILE = "13800138000"

RED = declare_kind(
    NoticeKind(
        "test.red",
        label=_("亮灯"),
        title="%(title)s，%(number)s：%(state)s",
        text="期限%(due_on)s，已超%(days)s天。",
        group=Group.LAMPS,
        outside="%(number)s，期限%(due_on)s。请登录梧桐查看。",
    )
)
PARAMS = {
    "title": "示例𠮷电池公司项目",
    "number": "XM2026-0001",
    "state": _("启用"),
    "due_on": NOW.date(),
    "days": 3,
}
SENT = Outcome("sent", reference="r-1")


class FakeChannel:
    """Answers with the outcomes it was given, the last one for ever; `calls` is what was handed over."""

    def __init__(self, *outcomes: Outcome | Exception, before: Callable[[], None] | None = None) -> None:
        self.outcomes = list(outcomes) or [SENT]
        self.calls: list[tuple[str, str, str, str]] = []
        self.before = before

    def send(self, address: str, title: str, text: str, idempotency_key: str) -> Outcome:
        self.calls.append((address, title, text, idempotency_key))
        if self.before:
            self.before()
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def reach(account: Account, mode: str = Mode.AT_ONCE, channel: str = "sms", address: str = MOBILE) -> None:
    """The person wants the lamps through the channel."""
    save_choices(account, {"lamps": Choice(mode, (channel,))}, {channel: address}, now=NOW)


def tell(*accounts: Account, key: str = "red:1", link: str = "/projects/XM2026-0001/") -> int:
    return notify("test.red", accounts, params=PARAMS, link=link, key=key, now=NOW)
