"""The addresses of feedback below `/api/v1/`."""

from django.urls import path

from feedback.api import FindingsView, SurveysView

app_name = "feedback-api"
urlpatterns = [
    path("surveys/", SurveysView.as_view(), name="surveys"),
    path("findings/", FindingsView.as_view(), name="findings"),
]
