"""The addresses of the figures' pages."""

from django.urls import path

from ordermgmt.kpis import entry_views, views

urlpatterns = [
    path("", views.kpis, name="kpis"),
    path("quiet/", views.quiet, name="kpi-quiet"),
    path("quiet.csv", views.quiet_csv, name="kpi-quiet-csv"),
    path("calendar/", entry_views.calendar, name="kpi-calendar"),
    path("calendar/<slug:kind>/", entry_views.enter_one, name="kpi-enter"),
    path("calendar/<slug:kind>/file/", entry_views.enter_file, name="kpi-enter-file"),
    path("calendar/<slug:kind>/<int:row_id>/remove/", entry_views.remove, name="kpi-remove"),
    path("imports/", entry_views.imports, name="kpi-imports"),
    path("imports/<int:import_id>/errors.csv", entry_views.import_errors, name="kpi-import-errors"),
    path("imports/<int:import_id>/undo/", entry_views.undo_import, name="kpi-import-undo"),
    path("<slug:figure>/", views.kpi, name="kpi"),
    path("<slug:figure>/target/", views.set_target, name="kpi-target"),
    path("<slug:figure>/orders/", views.orders, name="kpi-orders"),
    path("<slug:figure>/<slug:slug>.csv", views.section_csv, name="kpi-csv"),
]
