"""The API's addresses: version 1, its schema, its documentation, and a JSON answer for every other address."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from ordermgmt.customers.api import EraseView, ExportView
from ordermgmt.radar.api import StuckView
from orders.api.endpoint import UnknownAddress

urlpatterns = [
    path("v1/", include("orders.api.urls")),
    path("v1/customers/<int:customer_id>/export/", ExportView.as_view(), name="api-customer-export"),
    path("v1/customers/<int:customer_id>/erase/", EraseView.as_view(), name="api-customer-erase"),
    path("v1/", include("fulfillment.urls")),
    path("v1/", include("feedback.api_urls")),
    path("v1/", include("kpis.urls")),
    path("v1/stuck/", StuckView.as_view(), name="api-stuck"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="api/docs.html"),
        name="api-docs",
    ),
    re_path("", UnknownAddress.as_view()),
]
