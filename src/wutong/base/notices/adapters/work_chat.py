"""A text message through the webhook of a 企业微信 robot; the person is mentioned by the work-chat id.

Answers carry `errcode`: 0 taken, -1 busy, 45009 too many at once; anything else is a refusal.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from wutong.base.notices.adapters.http import Answer, post_json, refused_words
from wutong.base.notices.adapters.protocol import UNKNOWN, Outcome

TAKEN = "0"
BUSY = {"-1", "45009"}


@dataclass(frozen=True)
class WorkChatWebhook:
    url: str = field(repr=False)
    """Holds the robot's key."""

    def send(self, address: str, title: str, text: str, idempotency_key: str) -> Outcome:
        message = {"content": f"{title}\n{text}", "mentioned_list": [address]}
        answer = post_json(self.url, {"msgtype": "text", "text": message})
        if not isinstance(answer, Answer):
            return answer
        code = answer.text("errcode")
        if not code:
            return UNKNOWN
        if code in BUSY:
            return Outcome("temporary", reason=_("发送平台暂时繁忙"))
        if code != TAKEN:
            return Outcome("permanent", reason=refused_words(code))
        return Outcome("sent")
