"""The customer's pages of this app."""

from django.urls import path

from feedback.views import survey

urlpatterns = [path("<str:token>/", survey, name="survey")]
