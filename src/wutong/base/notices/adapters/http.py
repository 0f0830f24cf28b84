"""One POST of JSON: bounded in time and size, no redirects, and a clear line between "not sent" and "unknown"."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from wutong.base.notices.adapters.protocol import UNKNOWN, UNREACHABLE, Outcome
from wutong.base.notices.kinds import source_words

SECONDS = 10
LONGEST_ANSWER = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """A JSON object that came with status 2xx."""

    fields: Mapping[str, Any]

    def text(self, name: str) -> str:
        value = self.fields.get(name)
        return str(value).replace("\0", "") if isinstance(value, str | int) else ""


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the message and the key to somebody else."""

    def redirect_request(self, *_arguments: Any, **_options: Any) -> None:
        return None


def is_web_address(url: str) -> bool:
    """Whether a configured address is http or https with a host; `file:` and the like are not."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def post_json(
    url: str, content: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Answer | Outcome:
    """The answer, or the outcome when there is none that could be read. Proxies are those of the environment.

    `urllib` wraps what goes wrong until the request is out as URLError: nothing was sent whole, so it may be tried
    again. Whatever goes wrong later comes unwrapped: the message may have been taken.
    """
    request = urllib.request.Request(  # noqa: S310  is_web_address was asked when the adapter was built
        url,
        data=json.dumps(content, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})},
        method="POST",
    )
    opener = urllib.request.build_opener(NoRedirects)
    try:
        with opener.open(request, timeout=SECONDS) as response:
            return _object(_bounded(response))
    except urllib.error.HTTPError as error:
        with error:
            return outcome_of_status(error.code)
    except urllib.error.URLError:
        return UNREACHABLE
    except (OSError, http.client.HTTPException):
        return UNKNOWN


def outcome_of_status(status: int) -> Outcome:
    """A refusing status. 504 says that somebody on the way waited in vain: the message may have been taken."""
    if status == HTTPStatus.GATEWAY_TIMEOUT:
        return UNKNOWN
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Outcome("temporary", reason=_("发送平台暂时繁忙"))
    return Outcome("permanent", reason=refused_words(str(status)))


def refused_words(code: str) -> str:
    """The reason of a refusal with the platform's code, if that is one and no text. It is kept, therefore in the
    language of the source, whatever language the caller's request asked for."""
    known = code if code.lstrip("-").isdecimal() and len(code) <= 8 else "?"
    return source_words(_("发送平台拒收（代码%(code)s），请联系系统管理员")) % {"code": known}


def _bounded(response: http.client.HTTPResponse) -> bytes:
    """At most LONGEST_ANSWER bytes within SECONDS, however slowly they drip."""
    until, read = time.monotonic() + SECONDS, bytearray()
    while len(read) <= LONGEST_ANSWER:
        piece = response.read1(8192)
        if not piece:
            return bytes(read)
        read += piece
        if time.monotonic() > until:
            raise TimeoutError
    raise http.client.HTTPException("answer too long")


def _object(body: bytes) -> Answer | Outcome:
    """A status 2xx without a JSON object is no answer of the platform (a login page on the way, for one)."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return UNKNOWN
    return Answer(fields) if isinstance(fields, dict) else UNKNOWN
