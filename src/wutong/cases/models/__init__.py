"""Case, change, assignment, task, evidence (`cases`) and clocks (`clocks`)."""

from wutong.cases.models.cases import (
    Assignment,
    Case,
    CaseDetail,
    Change,
    Evidence,
    EvidenceCheck,
    GateRule,
    NumberCounter,
    Task,
)
from wutong.cases.models.clocks import (
    Clock,
    ClockRule,
    ClockRung,
    ClockSegment,
    ClockSuspension,
)

__all__ = [
    "Assignment",
    "Case",
    "CaseDetail",
    "Change",
    "Clock",
    "ClockRule",
    "ClockRung",
    "ClockSegment",
    "ClockSuspension",
    "Evidence",
    "EvidenceCheck",
    "GateRule",
    "NumberCounter",
    "Task",
]
