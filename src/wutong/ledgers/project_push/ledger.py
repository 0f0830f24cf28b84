"""The declaration of the ledger."""

from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.rights import Right
from wutong.base.lamps.subjects import LampSubject, declare_subject
from wutong.cases.registry import CaseType
from wutong.cases.rounds.declared import declare_report_kind
from wutong.ledgerkit.ledger import CasePages, Entering, Importing, Ledger, Listing, Opening, OwnPage, View
from wutong.ledgers.project_push import forms, importing, services
from wutong.ledgers.project_push.battle import pages as battle_pages
from wutong.ledgers.project_push.counting import pages as counts_pages
from wutong.ledgers.project_push.counting import published_pages as counts_published
from wutong.ledgers.project_push.doubles import distinct_pages
from wutong.ledgers.project_push.doubles import pages as double_pages
from wutong.ledgers.project_push.facts import pages as fact_pages
from wutong.ledgers.project_push.gates import facts as gate_facts
from wutong.ledgers.project_push.investors import pages as investor_pages
from wutong.ledgers.project_push.lists import further_pages as further_lists_pages
from wutong.ledgers.project_push.lists import rectification_pages
from wutong.ledgers.project_push.lists import three_pages as three_lists_pages
from wutong.ledgers.project_push.models import ProjectPush, Rectification
from wutong.ledgers.project_push.procedures import PROJECT_LIFE, RECTIFICATION
from wutong.ledgers.project_push.project_file import card
from wutong.ledgers.project_push.project_file import page as project_file
from wutong.ledgers.project_push.reports.rounds import PROJECT_MONTH
from wutong.ledgers.project_push.stalled import lamp_words, queries
from wutong.ledgers.project_push.stalled import listing as stalled_list

STALLED_LAMPS = LampSubject(
    code=queries.STALLED,
    label=_("停滞项目"),
    metrics=lamp_words.METRICS,
    groups=lamp_words.GROUPS,
    replay=queries.replay_stalled,
)

declare_subject(STALLED_LAMPS)
declare_report_kind(PROJECT_MONTH)

LEDGER = Ledger(
    code="project_push",
    name=_("项目推进库"),
    menu_group=_("招商"),
    case_types=(
        CaseType(
            PROJECT_LIFE,
            ProjectPush,
            gate_facts.gate_facts,
            related=("project",),
            gate_counts=gate_facts.gate_counts,
            gate_fields=gate_facts.FIELDS,
            gate_numbers=gate_facts.NUMBERS,
        ),
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
        Right("project_push.waive", _("准予容缺"), _("准许或不准别人申请的容缺办理；缺的材料限期补齐。")),
        Right("project_push.correct", _("更正日期"), _("更正已登记变更的日期，写明理由。")),
        Right(
            "project_push.merge",
            _("合并重复项目"),
            _("把登记了两次的项目并成一个，或认定不是同一个，都可撤销。"),
        ),
        Right("project_push.publish", _("公布项目统计"), _("按口径公布项目数，公布后不再变。")),
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
            reads_file=True,
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
                    View("done", _("本年销号")),
                    View("late", _("本年超时销号")),
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
        notes=importing.gate_notes,
    ),
    entering=Entering(
        form=forms.NewProjectForm,
        right="project_push.open",
        label=_("登记项目"),
        enter=forms.enter_project,
    ),
    own_pages=(
        OwnPage("projects/lists/", "three_lists", three_lists_pages.three_lists, _("三张清单")),
        OwnPage("projects/lists/export/", "three_lists_export", three_lists_pages.three_lists_export),
        OwnPage("projects/nodes/", "further_lists", further_lists_pages.further_lists, _("节点清单")),
        OwnPage("projects/nodes/export/", "further_lists_export", further_lists_pages.further_lists_export),
        OwnPage(
            "projects/counts/",
            "project_counts",
            counts_pages.project_counts_page,
            _("项目统计"),
            rights=("project_push.see_all",),
        ),
        OwnPage("projects/counts/rows/", "project_count_rows", counts_pages.project_count_rows),
        OwnPage("projects/counts/publish/", "project_count_publish", counts_published.publish),
        OwnPage("projects/counts/published/", "published_counts", counts_published.published_counts),
        OwnPage(
            "projects/counts/published/<int:count_pk>/", "published_count", counts_published.published_count
        ),
        OwnPage(
            "projects/counts/published/<int:count_pk>/rows/",
            "published_count_rows",
            counts_published.published_count_rows,
        ),
        OwnPage(
            "projects/doubles/",
            "project_doubles",
            double_pages.project_doubles,
            _("疑似重复项目"),
            rights=("project_push.merge",),
        ),
        OwnPage("projects/doubles/merged/", "project_merges", double_pages.project_merges),
        OwnPage("projects/doubles/distinct/", "project_distincts", distinct_pages.project_distincts),
        OwnPage(
            "projects/doubles/<str:kept_no>/<str:double_no>/", "project_compare", double_pages.project_compare
        ),
        OwnPage(
            "projects/doubles/<str:kept_no>/<str:double_no>/distinct/",
            "project_distinct",
            distinct_pages.project_distinct,
        ),
        OwnPage(
            "projects/doubles/<str:kept_no>/<str:double_no>/distinct/undo/",
            "project_distinct_undo",
            distinct_pages.project_distinct_undo,
        ),
        OwnPage("projects/<str:project_no>/act/merge_into/", "project_merge_into", double_pages.merge_into),
        OwnPage("projects/<str:project_no>/act/unmerge/", "project_unmerge", double_pages.unmerge),
        OwnPage(
            "projects/<str:project_no>/act/change_investor/",
            "project_change_investor",
            investor_pages.change_investor_page,
        ),
        OwnPage("projects/battle/", "battle_map", battle_pages.battle_map, _("挂图作战")),
        OwnPage("projects/battle/shapes.json", "battle_shapes", battle_pages.battle_shapes),
        OwnPage("projects/wall/", "wallboard", battle_pages.wallboard),
        OwnPage("projects/<str:project_no>/card/", "project_card", card.card_page),
        OwnPage("projects/<str:project_no>/node/", "project_node_new", fact_pages.node_new),
        OwnPage("projects/<str:project_no>/node/<slug:code>/", "project_node", fact_pages.node),
        OwnPage("projects/<str:project_no>/year-plan/", "project_year_plan", fact_pages.year_plan),
        OwnPage("projects/<str:project_no>/funds/", "project_funds", fact_pages.funds),
        OwnPage("projects/<str:project_no>/participant/", "project_participant", fact_pages.participant),
        OwnPage(
            "projects/<str:project_no>/participant/<int:entry>/end/",
            "project_participant_end",
            fact_pages.participant_end,
        ),
        OwnPage("projects/<str:project_no>/visit/", "project_visit", fact_pages.visit),
        OwnPage("projects/<str:project_no>/facts/", "project_facts", fact_pages.facts),
        OwnPage("projects/<str:project_no>/photo/<int:entry>/", "project_photo", fact_pages.photo),
    ),
    seed=services.load_rules,
)
