"""Included by the site under `account/`."""

from django.urls import path

from wutong.base.accounts import pages

app_name = "accounts"
urlpatterns = [
    path("sign-in/", pages.sign_in, name="sign_in"),
    path("sign-out/", pages.sign_out, name="sign_out"),
    path("password/", pages.password, name="password"),
    path("preferences/", pages.preferences, name="preferences"),
]
