"""The addresses of what is printed."""

from django.urls import path

from ordermgmt.documents import views

urlpatterns = [
    path("", views.prints, name="prints"),
    path("start/", views.start, name="print-start"),
    path("jobs/<int:job_id>/file.pdf", views.job_file, name="print-file"),
    path("jobs/<int:job_id>/retry/", views.retry, name="print-retry"),
    path("pick-lists/<int:list_id>.pdf", views.pick_list, name="print-pick-list"),
    path("<slug:kind>/<str:code>.pdf", views.document, name="print-document"),
]
