"""The channels outside, built from the settings. What is not configured is not there."""

from django.conf import settings

from wutong.base.notices.adapters.email import Mail
from wutong.base.notices.adapters.http import is_web_address
from wutong.base.notices.adapters.protocol import Adapter
from wutong.base.notices.adapters.sms import SmsGateway
from wutong.base.notices.adapters.work_chat import WorkChatWebhook


def configured_adapters() -> dict[str, Adapter]:
    """Adapters by the code of their channel."""
    found: dict[str, Adapter] = {}
    if is_configured("sms"):
        found["sms"] = SmsGateway(
            settings.WUTONG_SMS_URL,
            settings.WUTONG_SMS_KEY,
            settings.WUTONG_SMS_SIGN,
            settings.WUTONG_SMS_TEMPLATE,
        )
    if is_configured("work_chat"):
        found["work_chat"] = WorkChatWebhook(settings.WUTONG_WORKCHAT_URL)
    if is_configured("email"):
        found["email"] = Mail(settings.WUTONG_EMAIL_FROM)
    return found


def is_configured(channel: str) -> bool:
    """Whether messages can leave through the channel."""
    if channel == "sms":
        return is_web_address(settings.WUTONG_SMS_URL) and bool(settings.WUTONG_SMS_KEY)
    if channel == "work_chat":
        return is_web_address(settings.WUTONG_WORKCHAT_URL)
    return channel == "email" and bool(settings.WUTONG_EMAIL_FROM)


def receipt_key(channel: str) -> str:
    """The secret that the channel's receipts are signed with; empty when it sends none."""
    keys = {"sms": settings.WUTONG_SMS_RECEIPT_KEY, "work_chat": settings.WUTONG_WORKCHAT_RECEIPT_KEY}
    return str(keys.get(channel, ""))
