"""The addresses of the figures below `/api/v1/`."""

from django.urls import path

from kpis.api import CampaignsView, FiguresView, FigureView, IncidentsView

app_name = "kpis-api"
urlpatterns = [
    path("kpis/", FiguresView.as_view(), name="figures"),
    path("kpis/<slug:figure>/", FigureView.as_view(), name="figure"),
    path("campaigns/", CampaignsView.as_view(), name="campaigns"),
    path("incidents/", IncidentsView.as_view(), name="incidents"),
]
