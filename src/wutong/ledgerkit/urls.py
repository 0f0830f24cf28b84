"""Addresses of every ledger: its own pages first, then what follows from the slugs of the declarations."""

from django.urls import path

from wutong.ledgerkit import act_pages, detail_pages, import_pages, list_pages
from wutong.ledgerkit.registry import ledgers

urlpatterns = [
    *(path(page.path, page.view, name=page.name) for ledger in ledgers() for page in ledger.own_pages),
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
