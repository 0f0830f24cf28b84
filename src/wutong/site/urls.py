"""All addresses of the product."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("wutong.base.accounts.urls")),
    path("", include("wutong.api.urls")),
    path("", include("wutong.desk.urls")),
    path("", include("wutong.ledgerkit.urls")),
]

handler400 = "wutong.desk.errors.bad_request"
handler403 = "wutong.desk.errors.forbidden"
handler404 = "wutong.desk.errors.not_found"
handler500 = "wutong.desk.errors.server_error"
