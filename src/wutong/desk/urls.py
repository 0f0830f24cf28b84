"""Addresses of the staff pages that cross ledgers."""

from django.urls import path

from wutong.base.notices import pages as notice_pages
from wutong.desk import due_calendar, enterprises, feed, inbox, jobs, lamp_drafts, lamp_rules, overdue, pages

urlpatterns = [
    path("", pages.today, name="today"),
    path("day/", pages.choose_day, name="choose_day"),
    path("search/", pages.search, name="search"),
    path("enterprises/", enterprises.enterprises, name="enterprises"),
    path("enterprises/new/", enterprises.new_enterprise, name="enterprise_new"),
    path("enterprises/<int:pk>/", enterprises.enterprise, name="enterprise"),
    path("enterprises/<int:pk>/contact/", enterprises.new_contact, name="contact_new"),
    path("enterprises/<int:pk>/contact/<int:contact_pk>/", enterprises.reveal_contact, name="contact_reveal"),
    path("enterprises/<int:pk>/contact/<int:contact_pk>/erase/", enterprises.erase, name="contact_erase"),
    path("overdue/", overdue.overdue, name="overdue"),
    path("overdue/clocks/", overdue.overdue_clocks, name="overdue_clocks"),
    path("due/", due_calendar.due_calendar, name="due_calendar"),
    path("due/feed/renew/", due_calendar.feed_renew, name="feed_renew"),
    path("due/feed/stop/", due_calendar.feed_stop, name="feed_stop"),
    path("due/<str:day>/", due_calendar.due_day, name="due_day"),
    path("feeds/due/<str:secret>.ics", feed.due_feed, name="due_feed"),
    path("organisation/", pages.organisation, name="organisation"),
    path("audit/", pages.audit, name="audit"),
    path("rules/lamps/", lamp_rules.lamp_rules, name="lamp_rules"),
    path("rules/lamps/<int:pk>/", lamp_rules.lamp_edition, name="lamp_edition"),
    path("rules/lamps/<int:pk>/replay/", lamp_rules.lamp_replay, name="lamp_replay"),
    path("rules/lamps/<int:pk>/copy/", lamp_drafts.copy, name="lamp_copy"),
    path("rules/lamps/<int:pk>/rename/", lamp_drafts.rename, name="lamp_rename"),
    path("rules/lamps/<int:pk>/publish/", lamp_drafts.publish, name="lamp_publish"),
    path("rules/lamps/<int:pk>/discard/", lamp_drafts.discard, name="lamp_discard"),
    path("rules/lamps/<int:pk>/rows/new/", lamp_drafts.new_row, name="lamp_row_new"),
    path("rules/lamps/<int:pk>/rows/<int:row_pk>/", lamp_drafts.row, name="lamp_row"),
    path("rules/lamps/<int:pk>/rows/<int:row_pk>/remove/", lamp_drafts.remove_row, name="lamp_row_remove"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all, name="inbox_read"),
    path("inbox/<int:pk>/", inbox.notice, name="notice"),
    path("notices/choices/", notice_pages.choices, name="notice_choices"),
    path("notices/receipts/<slug:adapter>/", notice_pages.receipt, name="notice_receipt"),
]
