"""Signed-in visitors over HTTP on loopback: what they ask, and how long each answer took."""

import gzip
import http.client
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


@dataclass
class Visitor:
    """One kept connection with the cookies of a session. Each thread has a visitor of its own."""

    port: int
    session: str
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self.cookies["sessionid"] = self.session

    def get(self, path: str) -> str:
        status, body = self._ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
        return body

    def post(self, path: str, fields: dict[str, str]) -> None:
        told = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **fields}
        status, body = self._ask("POST", path, urlencode(told))
        if status not in {204, 302, 303}:
            words = re.findall(r'class="(?:error|fault|cellnote)[^"]*">([^<]+)', body)
            raise RuntimeError(f"{path}: {status} {words}")

    def form(self, path: str) -> dict[str, str]:
        """The hidden fields of a page's last form: what others have not changed meanwhile, the key of the request."""
        return dict(HIDDEN.findall(self.get(path)))

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://127.0.0.1:{self.port}{path}"
        self.connection.request(method, quote(path, safe="/?&=%+-"), body or None, headers)
        answer = self.connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _is, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, answer.read().decode()


Ask = Callable[[Visitor], None]


@dataclass(frozen=True)
class Times:
    """How many answers there were; milliseconds at the 50th and the 95th of a hundred of them."""

    count: int
    p50: float
    p95: float


LONGEST = 20
"""Seconds after which no further request is begun, however many were wanted."""


def visit(port: int, session: str, asks: Sequence[Ask], visitors: int) -> Times:
    """All of `asks`, by so many visitors at once."""
    waiting = list(asks)
    took: list[float] = []
    errors: list[Exception] = []
    lock = threading.Lock()

    def go() -> None:
        visitor = Visitor(port, session)
        while True:
            with lock:
                if not waiting or errors or time.perf_counter() - start > LONGEST:
                    return
                ask = waiting.pop()
            began = time.perf_counter()
            try:
                ask(visitor)
            except Exception as error:
                errors.append(error)
                return
            with lock:
                took.append(time.perf_counter() - began)

    start = time.perf_counter()
    threads = [threading.Thread(target=go) for _number in range(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return Times(len(took), percentile(took, 0.5), percentile(took, 0.95))


def percentile(times: Sequence[float], part: float) -> float:
    """In milliseconds."""
    return sorted(times)[min(len(times) - 1, int(len(times) * part))] * 1000


def compressed_kilobytes(body: str) -> float:
    """As a web server in front would send it."""
    return len(gzip.compress(body.encode(), 6)) / 1000
