"""SMS through a gateway that takes JSON.

It gets `{"key", "mobile", "sign", "template", "params": {"text"}}` with `Authorization: Bearer <WUTONG_SMS_KEY>` and
answers `{"code": 0, "id": "…"}`; another code is a refusal.
"""

from dataclasses import dataclass, field

from wutong.base.notices.adapters.http import Answer, post_json, refused_words
from wutong.base.notices.adapters.protocol import UNKNOWN, Outcome


@dataclass(frozen=True)
class SmsGateway:
    url: str
    key: str = field(repr=False)
    sign: str
    template: str

    def send(self, address: str, title: str, text: str, idempotency_key: str) -> Outcome:
        answer = post_json(
            self.url,
            {
                "key": idempotency_key,
                "mobile": address,
                "sign": self.sign,
                "template": self.template,
                "params": {"text": text},
            },
            {"Authorization": f"Bearer {self.key}", "Idempotency-Key": idempotency_key},
        )
        if not isinstance(answer, Answer):
            return answer
        if "code" not in answer.fields:
            return UNKNOWN
        code = answer.text("code")
        if code not in {"0", "OK"}:
            return Outcome("permanent", reason=refused_words(code))
        return Outcome("sent", reference=answer.text("id"))
