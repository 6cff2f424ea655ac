"""The addresses of follow-ups, question sets, findings, the assessment and the actions."""

from django.urls import path

from ordermgmt.feedback import improve_views, views

urlpatterns = [
    path("", improve_views.assessment, name="improve"),
    path("stages/<slug:stage>/", improve_views.assess, name="improve-assess"),
    path("findings/", improve_views.findings, name="findings"),
    path("findings/<int:finding_id>/", improve_views.finding, name="finding"),
    path("actions/", improve_views.actions, name="improve-actions"),
    path("actions/new/", improve_views.new_action, name="improve-action-new"),
    path("actions/<int:action_id>/start/", improve_views.start_action, name="improve-action-start"),
    path("actions/<int:action_id>/close/", improve_views.close_action, name="improve-action-close"),
    path("follow-ups/", views.follow_up_list, name="follow-ups"),
    path("follow-ups/<int:follow_up_id>/take/", views.take, name="follow-up-take"),
    path("follow-ups/<int:follow_up_id>/settle/", views.settle, name="follow-up-settle"),
    path("questions/", views.question_sets, name="question-sets"),
    path("questions/<slug:code>/", views.question_set, name="question-set"),
    path("questions/<slug:code>/change/", views.change_question_set, name="question-set-change"),
]
