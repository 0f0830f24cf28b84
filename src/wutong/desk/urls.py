"""Addresses of the staff pages that cross ledgers."""

from django.urls import path

from wutong.desk import pages

urlpatterns = [
    path("", pages.today, name="today"),
    path("day/", pages.choose_day, name="choose_day"),
    path("search/", pages.search, name="search"),
    path("enterprises/", pages.enterprises, name="enterprises"),
    path("audit/", pages.audit, name="audit"),
]
