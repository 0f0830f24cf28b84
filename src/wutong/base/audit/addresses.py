"""The network address a request came from."""

from django.conf import settings
from django.http import HttpRequest

LENGTH = 64


def client_address(request: HttpRequest) -> str:
    """The address of the client, believing only the proxies of one's own: with WUTONG_PROXY_COUNT = n the n-th
    entry from the right of X-Forwarded-For, because the entries before it are whatever the client sent.
    """
    count = int(getattr(settings, "WUTONG_PROXY_COUNT", 0))
    if count:
        forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
        entries = [part.strip() for part in forwarded.split(",")]
        if len(entries) >= count and entries[-count]:
            return entries[-count][:LENGTH]
    remote: str = request.META.get("REMOTE_ADDR") or ""
    return remote[:LENGTH]
