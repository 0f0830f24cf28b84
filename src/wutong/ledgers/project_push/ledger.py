"""The declaration of the ledger."""

from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.rights import Right
from wutong.base.lamps.subjects import LampSubject, declare_subject
from wutong.cases.registry import CaseType
from wutong.ledgerkit.ledger import CasePages, Entering, Importing, Ledger, Listing, Opening, View
from wutong.ledgers.project_push import (
    forms,
    importing,
    lamp_words,
    project_file,
    queries,
    rectification_pages,
    services,
    stalled_list,
)
from wutong.ledgers.project_push.models import ProjectPush, Rectification
from wutong.ledgers.project_push.procedures import PROJECT_LIFE, RECTIFICATION

STALLED_LAMPS = LampSubject(
    code=queries.STALLED,
    label=_("停滞项目"),
    metrics=lamp_words.METRICS,
    groups=lamp_words.GROUPS,
    replay=queries.replay_stalled,
)

declare_subject(STALLED_LAMPS)

LEDGER = Ledger(
    code="project_push",
    name=_("项目推进库"),
    menu_group=_("招商"),
    case_types=(
        CaseType(PROJECT_LIFE, ProjectPush, project_file.gate_facts, related=("project",)),
        CaseType(RECTIFICATION, Rectification),
    ),
    rights=(
        Right("project_push.see_all", _("查看全部已签约项目"), _("查看全区已签约项目及其整改。")),
        Right("project_push.see_unsigned", _("查看未签约项目"), _("查看全区线索、在谈和研判中的项目。")),
        Right("project_push.open", _("登记项目"), _("登记新项目。")),
        Right("project_push.edit", _("办理项目"), _("推进项目状态、记进展、交佐证。")),
        Right("project_push.import", _("导入项目"), _("导入项目工作簿，补录开工和投产。")),
        Right("project_push.rectify", _("提出问题"), _("登记项目的问题和整改。")),
        Right("project_push.verify", _("核验"), _("核验佐证，核查销号；不能核自己办的。")),
        Right("project_push.assign", _("调整责任"), _("调整责任、延期、暂停、终止、转督办。")),
        Right("project_push.correct", _("更正日期"), _("更正已登记变更的日期，写明理由。")),
    ),
    see_all="project_push.see_all",
    see_restricted="project_push.see_unsigned",
    pages=(
        CasePages(
            case_type="project_push",
            slug="projects",
            listing=Listing(
                title=_("项目推进库"),
                intro=stalled_list.stalled_intro,
                columns=stalled_list.STALLED_COLUMNS,
                entries=stalled_list.stalled_entries,
                rows=stalled_list.stalled_rows,
                filters=stalled_list.StalledFilters,
                order={
                    "total": lambda item: item.amount_yuan,
                    "signed_on": lambda item: item.life.signed_on,
                    "started_on": lambda item: item.life.started_on,
                    "signed_days": lambda item: item.verdict.days if item.stage == "signed" else None,
                    "started_days": lambda item: item.verdict.days if item.stage == "started" else None,
                },
                views=(
                    View("", _("全部")),
                    View("red", _("红灯"), alarm=True),
                    View("signed", _("签约未开工")),
                    View("started", _("开工未投产")),
                ),
                counts=stalled_list.stalled_counts,
                totals=stalled_list.stalled_totals,
                notes=stalled_list.stalled_notes,
                file_title=stalled_list.stalled_title,
            ),
            details=project_file.project_details,
            extras=project_file.project_extras,
            children=("rectification",),
        ),
        CasePages(
            case_type="rectification",
            slug="rectifications",
            listing=Listing(
                title=_("问题整改"),
                intro=rectification_pages.rectification_intro,
                columns=rectification_pages.RECTIFICATION_COLUMNS,
                entries=rectification_pages.rectification_entries,
                rows=rectification_pages.rectification_rows,
                filters=rectification_pages.RectificationFilters,
                order={"due_on": "case__due_on", "opened_on": "case__opened_on"},
                views=(
                    View("", _("未销号")),
                    View("overdue", _("已超时")),
                    View("submitted", _("待销号")),
                    View("closed", _("已销号")),
                ),
            ),
            details=rectification_pages.rectification_details,
            extras=rectification_pages.rectification_extras,
            opening=Opening(
                fields=("problem", "blocking_class", "measure"),
                holders=("host", "verifier"),
                label=_("提出问题"),
                words=_("主办负责整改；核查人是另一个人，不能是主办。"),
            ),
        ),
    ),
    importing=Importing(
        sheet=importing.SHEET,
        right="project_push.import",
        check=importing.check_rows,
        write=importing.import_rows,
    ),
    entering=Entering(
        form=forms.NewProjectForm,
        right="project_push.open",
        label=_("登记项目"),
        enter=forms.enter_project,
    ),
    seed=services.load_rules,
)
