"""The addresses of lists, of what was kept of them, and of what is done with many rows."""

from django.urls import path

from ordermgmt.access import people_page, voice_page
from ordermgmt.lists import bulk, views

LIST_PAGES = [
    path("orders/", views.list_page("orders"), name="orders"),
    path("shipments/", views.list_page("shipments"), name="shipments"),
    path("pick-lists/", views.list_page("pick-lists"), name="pick-lists"),
    path("returns/", views.list_page("returns"), name="returns"),
    path("customers/", views.list_page("customers", people_page), name="customers"),
    path("stock/", views.list_page("stock"), name="stock"),
    path("surveys/", views.list_page("surveys", voice_page), name="surveys"),
]
urlpatterns = [
    path("jobs/", bulk.list_jobs, name="list-jobs"),
    path("jobs/<int:job_id>/", bulk.list_job, name="list-job"),
    path("jobs/<int:job_id>/retry/", bulk.retry, name="list-job-retry"),
    path("jobs/<int:job_id>/undo/", bulk.undo, name="list-job-undo"),
    path("jobs/<int:job_id>/file.csv", bulk.job_file, name="list-job-file"),
    path("views/<int:view_id>/forget/", views.forget_view, name="list-view-forget"),
    path("<slug:name>/export/", views.take, name="list-export"),
    path("<slug:name>/views/", views.keep_view, name="list-view-keep"),
    path("<slug:name>/<slug:verb>/", bulk.act, name="list-act"),
]
