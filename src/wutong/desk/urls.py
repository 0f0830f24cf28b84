"""Addresses of the staff pages that cross ledgers."""

from django.urls import path

from wutong.base.notices import pages as notice_pages
from wutong.desk import enterprises, inbox, jobs, pages

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
    path("organisation/", pages.organisation, name="organisation"),
    path("audit/", pages.audit, name="audit"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all, name="inbox_read"),
    path("inbox/<int:pk>/", inbox.notice, name="notice"),
    path("notices/choices/", notice_pages.choices, name="notice_choices"),
    path("notices/receipts/<slug:adapter>/", notice_pages.receipt, name="notice_receipt"),
]
