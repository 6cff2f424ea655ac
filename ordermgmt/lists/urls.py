"""The addresses of lists, of what was kept of them, and of what is done with many rows."""

from django.urls import path

from ordermgmt.lists import bulk, views

urlpatterns = [
    path("jobs/", bulk.list_jobs, name="list-jobs"),
    path("jobs/<int:job_id>/", bulk.list_job, name="list-job"),
    path("jobs/<int:job_id>/retry/", bulk.retry, name="list-job-retry"),
    path("jobs/<int:job_id>/undo/", bulk.undo, name="list-job-undo"),
    path("jobs/<int:job_id>/file.csv", bulk.job_file, name="list-job-file"),
    path("views/<int:view_id>/forget/", views.forget_view, name="list-view-forget"),
    path("<slug:name>/", views.one_list, name="list"),
    path("<slug:name>/export/", views.take, name="list-export"),
    path("<slug:name>/views/", views.keep_view, name="list-view-keep"),
    path("<slug:name>/<slug:verb>/", bulk.act, name="list-act"),
]
