"""The addresses of the radar."""

from django.urls import path

from ordermgmt.radar import views

urlpatterns = [
    path("", views.radar, name="radar"),
    path("retry/", views.retry_failed, name="radar-retry"),
    path("<int:number>/look/", views.look, name="radar-look"),
    path("<int:number>/holds/<int:hold_id>/release/", views.release, name="radar-release"),
]
