"""The addresses of the figures' pages."""

from django.urls import path

from ordermgmt.kpis import views

urlpatterns = [
    path("", views.kpis, name="kpis"),
    path("quiet/", views.quiet, name="kpi-quiet"),
    path("quiet.csv", views.quiet_csv, name="kpi-quiet-csv"),
    path("<slug:figure>/", views.kpi, name="kpi"),
    path("<slug:figure>/target/", views.set_target, name="kpi-target"),
    path("<slug:figure>/orders/", views.orders, name="kpi-orders"),
    path("<slug:figure>/<slug:slug>.csv", views.section_csv, name="kpi-csv"),
]
