"""The roles of the zone: which rights go together. The three officers stand in `base.accounts.roles`."""

from django.utils.translation import gettext_noop

from wutong.base.accounts.roles import RoleDefinition, declare_roles

ROLES = (
    RoleDefinition(
        "clerk",
        gettext_noop("台账员"),
        (
            "project_push.see_all",
            "project_push.open",
            "project_push.edit",
            "project_push.import",
            "project_push.rectify",
            "project_push.merge",
            "meetings.see_all",
            "meetings.prepare",
            "meetings.record",
            "enterprises.register",
            "enterprises.import",
            "enterprises.merge",
            "chains.manage",
            "places.manage",
            "people.see",
            "people.manage",
            "personal.unmask",
            "rounds.run",
        ),
    ),
    RoleDefinition("handler", gettext_noop("经办人"), ()),
    RoleDefinition("team_member", gettext_noop("招商组成员"), ("project_push.open",)),
    RoleDefinition(
        "leader",
        gettext_noop("包保领导"),
        (
            "project_push.see_all",
            "project_push.see_unsigned",
            "project_push.assign",
            "project_push.waive",
            "project_push.publish",
            "project_push.rectify",
            "meetings.see_all",
            "meetings.issue",
            "supervision.see_all",
            "supervision.issue",
            "supervision.instruct",
            "lamps.edit",
            "gates.edit",
            "calendar.publish",
            "chains.manage",
            "people.see",
            "documents.layout",
        ),
    ),
    RoleDefinition(
        "supervisor",
        gettext_noop("督查人员"),
        (
            "project_push.see_all",
            "project_push.verify",
            "project_push.rectify",
            "project_push.correct",
            "project_push.publish",
            "meetings.see_all",
            "meetings.prepare",
            "meetings.record",
            "supervision.see_all",
            "supervision.issue",
            "supervision.instruct",
            "lamps.edit",
            "gates.edit",
            "calendar.publish",
            "supervision.close",
            "rounds.run",
        ),
    ),
    RoleDefinition(
        "organiser",
        gettext_noop("组织人事员"),
        ("organisation.manage", "organisation.hand_over", "enterprises.import", "documents.layout"),
    ),
)


def declare() -> None:
    declare_roles(*ROLES)
