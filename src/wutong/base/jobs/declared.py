"""How a package declares its jobs. They stand in its module `tasks`, which every process loads at the start.

@job(name="notices.send", label=_("发送通知"), max_seconds=30)
def send_notice(*, notice: int) -> None: ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec

from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django_tasks.base import Task

Text = str | Promise
P = ParamSpec("P")
CODE_LENGTH = 100


class UnknownJob(LookupError):
    """A stored task names a function that is gone or is not declared with `@job`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Task[..., None]):
    """A task of the queue with what the queue itself does not know."""

    code: str
    label: Text
    max_seconds: int
    retries: int
    keep_days: int
    in_transaction: bool


_jobs: dict[str, Job] = {}


def job(
    *,
    name: str,
    label: Text = "",
    max_seconds: int = 60,
    retries: int = 5,
    keep_days: int = 30,
    in_transaction: bool = True,
) -> Callable[[Callable[P, None]], Job]:
    """Declare a job around a function of a module that takes keyword arguments which JSON can hold.

    `name` ("notices.send") is stored and never renamed, `label` is what pages show. The function is stopped after
    `max_seconds`; when it fails it is tried `retries` more times. A successful one is kept for `keep_days` days.

    The function runs in one transaction with the mark that it is done, therefore its effects in the database
    happen exactly once. With `in_transaction=False` it opens transactions of its own (long work in blocks, effects
    outside the database): then it may run again after it has finished, and must be written so that this does no
    harm. Raises ValueError when the name is taken or too long.
    """
    if not 0 < len(name) <= CODE_LENGTH:
        raise ValueError(f"the name of a job has 1 to {CODE_LENGTH} characters: {name!r}")

    def declare(function: Callable[P, None]) -> Job:
        made = Job(
            func=function,
            code=name,
            label=label or name,
            max_seconds=max_seconds,
            retries=retries,
            keep_days=keep_days,
            in_transaction=in_transaction,
        )
        known = _jobs.setdefault(name, made)
        if known is not made and known.module_path != made.module_path:
            raise ValueError(f"job {name} is declared twice")
        return made

    return declare


def job_at(path: str) -> Job:
    """The job behind a stored path. Raises UnknownJob."""
    try:
        found: Any = import_string(path)
    except ImportError as error:
        raise UnknownJob(path) from error
    if not isinstance(found, Job):
        raise UnknownJob(path)
    return found


def label_of(code: str) -> Text:
    """The label of a job, or its code when it is no longer declared."""
    return _jobs[code].label if code in _jobs else code
