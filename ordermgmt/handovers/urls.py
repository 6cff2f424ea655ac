"""The addresses of hand-overs."""

from django.urls import path

from ordermgmt.handovers import views

urlpatterns = [
    path("", views.hand_over_list, name="hand-overs"),
    path("file/", views.hand_over_file, name="hand-over-file"),
    path("confirmations/", views.take_in_file, name="hand-over-confirmations"),
    path("<int:hand_over_id>/<slug:what>/", views.ask, name="hand-over-ask"),
]
