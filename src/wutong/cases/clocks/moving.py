"""What a step does to the clocks of its case, in memory. Every act on a clock is told in the change of its step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from wutong.cases.clocks.declared import EXPIRED, MOMENT_UNITS, ClockDef, ClockEffect, Rung, Terms
from wutong.cases.clocks.rows import (
    iso_point,
    next_moment,
    rung_moments,
    state_of_row,
    write_point,
    write_state,
)
from wutong.cases.clocks.scales import Counting, Point
from wutong.cases.clocks.state import ClockState, end, extend, miss, recount, resume, start, stop, suspend
from wutong.cases.models import (
    Case,
    Change,
    Clock,
    ClockRule,
    ClockRung,
    ClockSegment,
    ClockSuspension,
)
from wutong.cases.steps import Step

CLOCK_COLUMNS = [
    "budget", "total", "late", "started_on", "started_at", "running_since", "running_since_at", "consumed", "due_on",
    "due_at", "is_provisional", "state", "missed_on", "missed_at", "ended_on", "ended_at", "extensions", "fired",
    "next_at",
]  # fmt: skip


@dataclass
class ClockWrites:
    """Rows of clocks that a set of steps writes together."""

    new_clocks: list[Clock] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    new_segments: list[ClockSegment] = field(default_factory=list)
    ended_segments: list[tuple[Clock, ClockState]] = field(default_factory=list)
    new_suspensions: list[tuple[ClockSuspension, str]] = field(default_factory=list)
    """With the kind of evidence that is the notice; empty where none is asked for."""
    ended_suspensions: list[tuple[Clock, Point]] = field(default_factory=list)
    new_rungs: list[ClockRung] = field(default_factory=list)
    ended_rungs: list[tuple[Clock, str, Change]] = field(default_factory=list)
    recounted: list[tuple[Clock, ClockState]] = field(default_factory=list)
    known: set[int] = field(default_factory=set)
    """Which objects are among the clocks already: looking through the lists would cost the square of a long set."""

    def add_new(self, clock: Clock) -> None:
        self.known.add(id(clock))
        self.new_clocks.append(clock)

    def add(self, clock: Clock) -> None:
        """A clock that changed; once, and not when it is written as a new one anyway."""
        if id(clock) not in self.known:
            self.known.add(id(clock))
            self.clocks.append(clock)


@dataclass
class ClockMover:
    """Moves the live clocks of one case for one step. `change` is the step's change, filled in later; `now` is the
    moment of recording, `at` that of the event where it is known."""

    case: Case
    clocks: list[Clock]
    counting: Counting
    rules: Sequence[ClockRule]
    step: Step
    change: Change
    at: datetime | None
    now: datetime
    writes: ClockWrites
    told: list[dict[str, Any]] = field(default_factory=list)

    # ---- effects of a transition -------------------------------------------------------------------------------

    def apply(self, effect: ClockEffect, definition: ClockDef) -> None:
        if effect.action in {"start", "arm"}:
            self._begin(effect, definition)
            return
        clock = self.live(effect.clock)
        if clock is None:
            return
        state, point = state_of_row(clock), self.point(clock.unit)
        if effect.action == "suspend":
            if state.running_since is not None:
                self._rest(clock, state, point, definition, effect.reason)
        elif effect.action == "resume":
            if state.state != "armed" and state.running_since is None:
                self.go_on(clock, state, point)
        elif effect.action == "extend":
            self._prolong(clock, state)
        elif effect.action == "meet":
            self._finish(clock, stop(self.counting, state, point), point, "meet")
        else:
            self._finish(clock, end(self.counting, state, point, "void"), point, "void")

    def live(self, code: str) -> Clock | None:
        return next((item for item in self.clocks if item.code == code and item.ended_on is None), None)

    def point(self, unit: str) -> Point:
        """The point of the step on the axis of a unit."""
        if unit in MOMENT_UNITS:
            assert self.at is not None, "judged before"
            return int(self.at.timestamp())
        return self.step.effective_on.toordinal()

    def _begin(self, effect: ClockEffect, definition: ClockDef) -> None:
        replaced = self.live(effect.supersedes) if effect.supersedes else None
        origin = self._origin(effect.since)
        if replaced is not None:
            point = self.point(replaced.unit)
            self._finish(
                replaced, end(self.counting, state_of_row(replaced), point, "superseded"), point, "supersede"
            )
        clock = self.live(effect.clock)
        if clock is None:
            clock = self._new_clock(definition, replaced)
        if effect.action == "arm":
            self.tell(clock, "arm", budget=clock.budget)
            return
        unit = definition.unit
        if origin is not None:
            point = self.counting.point_at(unit, self.counting.moment(*origin))
        else:
            point = self.point(unit)
        until = None
        if definition.budget is None and clock.budget == 0:
            assert self.step.due_on is not None, "judged before"
            until = self.step.due_on.toordinal()
        terms = Terms(unit, clock.budget, clock.rolls, tuple(Rung.from_row(row) for row in clock.rungs))
        state = start(self.counting, terms, point, until=until)
        write_state(clock, state, self.counting)
        self._new_segment(clock, point)
        more = {"since": iso_point(self.counting, unit, point)} if effect.since else {}
        self.tell(clock, "start", budget=state.budget, **more)
        self._enter_late(clock, state)
        self._renew(clock, state)

    def _origin(self, code: str) -> tuple[str, Point] | None:
        """Where another clock began."""
        if not code:
            return None
        clock = next((item for item in reversed(self.clocks) if item.code == code), None)
        assert clock is not None, "declared: it has begun"
        started = state_of_row(clock).started
        return None if started is None else (clock.unit, started)

    def _new_clock(self, definition: ClockDef, replaced: Clock | None) -> Clock:
        rule = self._rule(definition.code)
        rungs = [rung.as_row() for rung in definition.rungs]
        clock = Clock(
            case=self.case,
            code=definition.code,
            basis=definition.basis,
            article=str(rule.article if rule else definition.article),
            unit=definition.unit,
            rolls=definition.rolls,
            budget=(rule.budget if rule and rule.budget is not None else definition.budget) or 0,
            state="armed",
            rungs=rule.rungs if rule and rule.rungs is not None else rungs,
            supersedes=replaced,
        )
        self.clocks.append(clock)
        self.writes.add_new(clock)
        return clock

    def _rule(self, code: str) -> ClockRule | None:
        """The office's rule on the day the clock starts; of two in force the later one."""
        on = self.step.effective_on
        fitting = [
            rule
            for rule in self.rules
            if (rule.case_type, rule.clock) == (self.case.case_type, code)
            and rule.valid_from <= on
            and (rule.valid_to is None or rule.valid_to >= on)
        ]
        return max(fitting, key=lambda rule: rule.valid_from, default=None)

    def _enter_late(self, clock: Clock, state: ClockState) -> None:
        """A step that is entered after its day: rungs already past are written down, and nothing follows. A clock that
        time itself starts is not entered late, however long the sweep was away; nor is one that a step of now lets count
        from an earlier beginning. Their rungs are reached by the sweep."""
        if self.step.by_clock or self.point(clock.unit) >= self.counting.point_at(clock.unit, self.now):
            return
        for code, moment in rung_moments(self.counting, state).items():
            if moment > self.now:
                continue
            if code == EXPIRED:
                state = miss(state)
                write_state(clock, state, self.counting)
            self._reach(clock, code, moment, is_late_entry=True)

    def _rest(self, clock: Clock, state: ClockState, point: Point, definition: ClockDef, reason: str) -> None:
        pause = self.step.pause
        chosen = definition.suspension(reason or (pause.reason if pause else ""))
        assert chosen is not None, "judged before"
        ends = suspension_end(
            self.counting, clock.unit, point, chosen.maximum, pause.ends_on if pause else None
        )
        rested = suspend(self.counting, state, point)
        self.writes.ended_segments.append((clock, rested))
        write_state(clock, rested, self.counting)
        clock.next_at = None if ends is None else self.counting.moment(clock.unit, ends + 1)
        row = ClockSuspension(
            clock=clock, change=self.change, reason=chosen.code, article=str(chosen.article)
        )
        write_point(row, self.counting, clock.unit, "from_on", point)
        write_point(row, self.counting, clock.unit, "ends_on", ends)
        self.writes.new_suspensions.append((row, chosen.notice))
        self.tell(clock, "suspend", reason=chosen.code, ends=iso_point(self.counting, clock.unit, ends))
        self.writes.add(clock)

    def go_on(self, clock: Clock, state: ClockState, point: Point) -> None:
        """The clock runs again from `point`."""
        running = resume(self.counting, state, point)
        write_state(clock, running, self.counting)
        self._new_segment(clock, point)
        self.writes.ended_suspensions.append((clock, point))
        self.tell(clock, "resume", since=iso_point(self.counting, clock.unit, point))
        self._renew(clock, running)

    def _prolong(self, clock: Clock, state: ClockState) -> None:
        step = self.step
        if step.extend_by is not None:
            longer = extend(self.counting, state, by=step.extend_by)
            told: dict[str, Any] = {"by": step.extend_by}
        else:
            assert step.due_on is not None, "judged before"
            longer = extend(self.counting, state, until=step.due_on.toordinal())
            told = {"until": step.due_on.isoformat()}
        write_state(clock, longer, self.counting)
        self.tell(clock, "extend", budget=longer.budget, **told)
        self._renew(clock, longer)

    def _finish(self, clock: Clock, ended: ClockState, point: Point, word: str) -> None:
        if clock.running_since is not None:
            self.writes.ended_segments.append((clock, ended))
        elif clock.state != "armed":
            self.writes.ended_suspensions.append((clock, point))
        write_state(clock, ended, self.counting)
        clock.next_at = None
        moment = self.counting.moment(clock.unit, point)
        after = [
            code
            for code, reached in rung_moments(self.counting, ended).items()
            if code in clock.fired and reached > moment
        ]
        self._take_back(clock, after)
        self.tell(clock, word)
        self.writes.add(clock)

    # ---- what time itself does ---------------------------------------------------------------------------------

    def reach(self, clock: Clock, codes: Iterable[str]) -> None:
        """Rungs are reached. Inserting their rows is the claim: a second sweep fails there and does nothing."""
        state = state_of_row(clock)
        moments = rung_moments(self.counting, state)
        for code in codes:
            if code == EXPIRED:
                state = miss(state)
                write_state(clock, state, self.counting)
            self._reach(clock, code, moments[code], is_late_entry=False)
        clock.next_at = next_moment(self.counting, state, clock.fired)
        self.writes.add(clock)

    def reproject(self, clock: Clock, state: ClockState) -> None:
        """The same clock under another calendar. `state` has all its stretches."""
        before = iso_point(self.counting, clock.unit, state.due)
        moved = recount(self.counting, state)
        write_state(clock, moved, self.counting)
        self.writes.recounted.append((clock, moved))
        self.tell(clock, "move", was=before)
        if moved.running_since is not None:
            self._renew(clock, moved)
        self.writes.add(clock)

    # ---- rows --------------------------------------------------------------------------------------------------

    def _reach(self, clock: Clock, code: str, moment: datetime, *, is_late_entry: bool) -> None:
        clock.fired = [*clock.fired, code]
        self.writes.new_rungs.append(
            ClockRung(
                clock=clock, rung=code, reached_at=moment, change=self.change, is_late_entry=is_late_entry
            )
        )
        more = {"late_entry": True} if is_late_entry else {}
        self.tell(clock, "rung", rung=code, reached=moment.isoformat(), **more)

    def _renew(self, clock: Clock, state: ClockState) -> None:
        """After the due day moved: rungs that lie ahead again may be reached again."""
        moments = rung_moments(self.counting, state)
        self._take_back(clock, [code for code in clock.fired if code in moments and moments[code] > self.now])
        if state.running_since is not None:  # a resting clock is looked at when its suspension ends
            clock.next_at = next_moment(self.counting, state, clock.fired)
        self.writes.add(clock)

    def _take_back(self, clock: Clock, codes: Iterable[str]) -> None:
        for code in codes:
            clock.fired = [item for item in clock.fired if item != code]
            self.writes.ended_rungs.append((clock, code, self.change))

    def _new_segment(self, clock: Clock, point: Point) -> None:
        segment = ClockSegment(clock=clock)
        write_point(segment, self.counting, clock.unit, "from_on", point)
        self.writes.new_segments.append(segment)

    def tell(self, clock: Clock, word: str, **more: Any) -> None:
        """What the change says of it: enough to fold the clock's life again."""
        entry = {"clock": clock.code, "do": word, "state": clock.state, "used": clock.consumed}
        if word in {"arm", "start"}:
            entry |= {"unit": clock.unit, "rolls": clock.rolls}
        entry["due"] = iso_point(self.counting, clock.unit, state_of_row(clock).due)
        self.told.append(entry | {key: value for key, value in more.items() if value is not None})


def suspension_end(
    counting: Counting, unit: str, since: Point, maximum: int | None, told: date | None
) -> Point | None:
    """The last day (or moment) of a suspension: what was told, and never more than is permitted."""
    ends = (
        []
        if maximum is None
        else [counting.shift("calendar_day" if unit == "month" else unit, since, maximum)]
    )
    if told is not None:
        last = told.toordinal()
        ends.append(counting.time.start_of(date.fromordinal(last + 1)) if unit in MOMENT_UNITS else last)
    return min(ends, default=None)


def moment_of(step: Step, now: datetime, today: date) -> datetime | None:
    """The moment of a step, in whole seconds: the given one; now for a step of today; else unknown."""
    if step.effective_at is not None:
        return step.effective_at.replace(microsecond=0)
    return now.replace(microsecond=0) if step.effective_on == today else None
