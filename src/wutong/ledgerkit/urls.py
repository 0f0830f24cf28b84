"""Addresses of every ledger: its own pages first, then what follows from the slugs of the declarations."""

from django.urls import path

from wutong.ledgerkit import (
    act_pages,
    detail_pages,
    import_pages,
    list_pages,
    round_acts,
    round_pages,
    round_report,
    round_workbooks,
)
from wutong.ledgerkit.registry import ledgers

urlpatterns = [
    *(path(page.path, page.view, name=page.name) for ledger in ledgers() for page in ledger.own_pages),
    path("rounds/", round_pages.rounds, name="rounds"),
    path("rounds/mine/", round_pages.my_reports, name="my_reports"),
    path("rounds/open/", round_acts.round_open, name="round_open"),
    path("rounds/<int:round_pk>/", round_pages.round_page, name="round"),
    path("rounds/<int:round_pk>/export/", round_pages.round_export, name="round_export"),
    path("rounds/<int:round_pk>/fill/", round_acts.round_fill, name="round_fill"),
    path("rounds/<int:round_pk>/workbook/", round_workbooks.round_workbook, name="round_workbook"),
    path("rounds/<int:round_pk>/upload/", round_workbooks.round_upload, name="round_upload"),
    path("rounds/<int:round_pk>/upload/<int:batch_id>/", round_workbooks.round_batch, name="round_batch"),
    path("rounds/<int:round_pk>/return/", round_acts.round_return, name="round_return"),
    path("rounds/<int:round_pk>/remind/", round_acts.round_remind, name="round_remind"),
    path("rounds/<int:round_pk>/lock/", round_acts.round_lock, name="round_lock"),
    path("rounds/<int:round_pk>/reports/<int:report_pk>/", round_report.round_report, name="round_report"),
    path(
        "rounds/<int:round_pk>/reports/<int:report_pk>/correct/",
        round_acts.round_report_correct,
        name="round_report_correct",
    ),
    path("<slug:slug>/", list_pages.case_list, name="case_list"),
    path("<slug:slug>/new/", act_pages.case_new, name="case_new"),
    path("<slug:slug>/export/", list_pages.case_export, name="case_export"),
    path("<slug:slug>/import/", import_pages.case_import, name="case_import"),
    path("<slug:slug>/import/template/", import_pages.case_template, name="case_template"),
    path("<slug:slug>/import/<int:batch_id>/", import_pages.case_import_batch, name="case_import_batch"),
    path("<slug:slug>/<str:number>/", detail_pages.case_detail, name="case_detail"),
    path("<slug:slug>/<str:number>/act/<slug:verb>/", act_pages.case_act, name="case_act"),
    path("<slug:slug>/<str:number>/open/<slug:child_slug>/", act_pages.case_open, name="case_open"),
    path("<slug:slug>/<str:number>/file/<int:evidence_id>/", detail_pages.case_file, name="case_file"),
]
