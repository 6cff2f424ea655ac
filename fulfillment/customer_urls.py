"""The customer's pages of this app."""

from django.urls import path

from fulfillment.views.returning import return_label, returning
from fulfillment.views.tracking import look_up, track

urlpatterns = [
    path("track/", look_up, name="look-up"),
    path("track/<str:token>/", track, name="track"),
    path("return/<str:token>/", returning, name="returning"),
    path("return/<str:token>/label/<int:number>/", return_label, name="return-label"),
]
