"""The tables of the ledger: detail rows of its cases, dated facts of a project, and what was published."""

from wutong.ledgers.project_push.models.cases import BlockingClass, ProjectPush, Rectification
from wutong.ledgers.project_push.models.counts import PublishedCount
from wutong.ledgers.project_push.models.facts import (
    FundSource,
    MonthReport,
    NodeCode,
    Participant,
    PartnerRole,
    ProjectFunds,
    ProjectNode,
    ProjectVisit,
    YearPlan,
)

__all__ = [
    "BlockingClass",
    "FundSource",
    "MonthReport",
    "NodeCode",
    "Participant",
    "PartnerRole",
    "ProjectFunds",
    "ProjectNode",
    "ProjectPush",
    "ProjectVisit",
    "PublishedCount",
    "Rectification",
    "YearPlan",
]
