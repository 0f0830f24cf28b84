"""Time passes: rungs are reached, limits expire, suspensions end.

The sweep may be late, may be killed, and may run twice at once: what a clock needs follows from its rows, and inserting the
row of a rung is the claim. A rung is reached once, however many sweeps were missed.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wutong.cases.act import act
from wutong.cases.clocks.counting import counting_now
from wutong.cases.clocks.declared import EXPIRED, Rung
from wutong.cases.clocks.rows import next_moment, read_point, rung_moments, state_of_row
from wutong.cases.clocks.scales import Counting
from wutong.cases.models import Case, Change, Clock, ClockSuspension
from wutong.cases.procedures import CLOCK_RESUMED, CLOCK_RUNG, Procedure
from wutong.cases.registry import case_type_of, rung_reactions
from wutong.cases.steps import ClockWork
from wutong.registers.organisation.actors import SYSTEM

logger = logging.getLogger(__name__)
BLOCK = 200
ROUNDS = 20
"""So many things may have to happen to one clock one after another: a suspension ends, then rungs, then the expiry."""


@dataclass
class Swept:
    """What one sweep did. `failed` are the clocks that could not be moved; the next sweep tries again."""

    rungs: int = 0
    resumed: int = 0
    expired: int = 0
    failed: int = 0


def sweep_clocks(now: datetime) -> Swept:
    """Do everything that time has to do with clocks up to `now`; one clock after another, each in its own transaction.
    A clock that fails is logged, does not hold up the others, and is tried again next time."""
    swept, last = Swept(), 0
    while True:
        due = Clock.objects.filter(next_at__lte=now, pk__gt=last).order_by("pk")
        keys = list(due.values_list("pk", flat=True)[:BLOCK])
        if not keys:
            return swept
        for key in keys:
            try:
                _move_on(key, now, swept)
            except Exception:
                # Whatever is wrong with one (a refusal, a ledger that is switched off, a day beyond the calendar).
                logger.exception("Clock %s could not be moved", key)
                swept.failed += 1
        last = keys[-1]


def _move_on(key: int, now: datetime, swept: Swept) -> None:
    for _round in range(ROUNDS):
        if not _take_next(key, now, swept):
            return


def _take_next(key: int, now: datetime, swept: Swept) -> bool:
    """One thing that is to be done; False when there is none. The case is locked first, as in every act."""
    try:
        with transaction.atomic():
            case_id = Clock.objects.values_list("case_id", flat=True).get(pk=key)
            case = Case.objects.select_for_update().get(pk=case_id)
            clock = Clock.objects.get(pk=key)
            if clock.next_at is None or clock.next_at > now:
                return False
            if clock.running_since is None:
                return _end_suspension(case, clock, now, swept)
            return _reach_rungs(case, clock, now, swept)
    except IntegrityError:
        logger.info("Clock %s was moved by another sweep", key)
        return False


def _end_suspension(case: Case, clock: Clock, now: datetime, swept: Swept) -> bool:
    """The suspension has reached its end, and nobody has let the clock go on: it goes on from that day."""
    row = ClockSuspension.objects.filter(clock=clock, to_on__isnull=True).first()
    ends = None if row is None else read_point(row, clock.unit, "ends_on")
    if ends is None:
        Clock.objects.filter(pk=clock.pk).update(next_at=None)
        return False
    counting = counting_now()
    _step(case, CLOCK_RESUMED, counting, clock, ends, now, ClockWork(clock.pk, point=ends))
    swept.resumed += 1
    return True


def _reach_rungs(case: Case, clock: Clock, now: datetime, swept: Swept) -> bool:
    """All rungs of the earliest moment, in one change; then what follows from them."""
    counting = counting_now()
    state = state_of_row(clock)
    open_rungs = {
        code: moment
        for code, moment in rung_moments(counting, state).items()
        if moment <= now and code not in clock.fired and not (code == EXPIRED and state.missed is not None)
    }
    if not open_rungs:
        Clock.objects.filter(pk=clock.pk).update(next_at=next_moment(counting, state, clock.fired))
        return False
    first = min(open_rungs.values())
    codes = [code for code, moment in open_rungs.items() if moment == first]
    point = counting.point_at(clock.unit, first)
    change = _step(case, CLOCK_RUNG, counting, clock, point, now, ClockWork(clock.pk, rungs=codes))
    swept.rungs += len([code for code in codes if code != EXPIRED])
    swept.expired += EXPIRED in codes
    _follow(case, clock, codes, change, counting, now)
    return True


def _step(
    case: Case, verb: str, counting: Counting, clock: Clock, point: int, now: datetime, work: ClockWork
) -> Change:
    at = counting.moment(clock.unit, point)
    return act(
        case,
        verb,
        actor=SYSTEM,
        now=now,
        effective_on=counting.day(clock.unit, point),
        effective_at=at if case_type_of(case).procedure.counts_moments else None,
        clock_work=work,
    ).change


def _follow(
    case: Case, clock: Clock, codes: Iterable[str], change: Change, counting: Counting, now: datetime
) -> None:
    """People are told, and the steps that a rung or the expiry takes are taken, in the same transaction."""
    procedure = case_type_of(case).procedure
    definition = procedure.clock(clock.code)
    rungs = {row["code"]: Rung.from_row(row) for row in clock.rungs}
    for code in codes:
        for reaction in rung_reactions():
            reaction(case, clock, rungs.get(code), change, now)
        if code == EXPIRED:
            if definition.on_expiry:
                _take_verb(case, clock, procedure, definition.on_expiry, change, counting, now)
        elif rungs[code].verb:
            _take_verb(case, clock, procedure, rungs[code].verb, None, counting, now)


def _take_verb(
    case: Case,
    clock: Clock,
    procedure: Procedure,
    verb: str,
    expiry: Change | None,
    counting: Counting,
    now: datetime,
) -> None:
    """A legal effect lies on the first day after the limit, however late the sweep is; what people have to do
    because of a rung begins when they can know of it. A step that the case has taken
    since the clock began is not taken again."""
    definition = procedure.clock(clock.code)
    fresh = Case.objects.get(pk=case.pk)
    transition = procedure.transition(verb)
    if transition is None or transition not in procedure.leads_from(fresh.state):
        return
    if Change.objects.filter(case=case, verb=verb, effective_on__gte=clock.started_on).exists():
        return
    today = counting.time.day_of(int(now.timestamp()))
    on = today if expiry is None else max(expiry.effective_on, fresh.changed_on)
    at = None
    if procedure.counts_moments:
        at = now.replace(microsecond=0) if expiry is None else expiry.effective_at
        if at is None or counting.day("hour", int(at.timestamp())) != on:
            at = counting.moment("calendar_day", on.toordinal())
        if fresh.changed_at is not None:
            at = max(at, fresh.changed_at)
    act(
        fresh,
        verb,
        actor=SYSTEM,
        now=now,
        effective_on=on,
        effective_at=at,
        reason=_("“%(clock)s”到期，由系统办理（%(article)s）")
        % {"clock": definition.label, "article": definition.article},
        by_clock=definition.code,
    )
