"""The storefront's pages."""

from django.urls import path, re_path

from ordermgmt.storefront.credit import bring_credit
from ordermgmt.storefront.paying import pay, placed, thanks
from ordermgmt.storefront.views import catalogue, checkout

app_name = "shop"
urlpatterns = [
    path("", catalogue, name="catalogue"),
    path("checkout/", checkout, name="checkout"),
    path("credit/<str:token>/", bring_credit, name="credit"),
    # Only names that static/js/shop/attempt.js makes: those of other clients of the channel may be guessed.
    re_path(r"^placed/(?P<external_id>shop-[0-9a-f]{32})/$", placed, name="placed"),
    path("pay/<str:token>/", pay, name="pay"),
    path("thanks/<str:token>/", thanks, name="thanks"),
]
