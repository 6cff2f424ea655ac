"""The addresses of the desk of returns and claims, and of the mails."""

from django.urls import path, re_path

from ordermgmt.returns import mails, views

urlpatterns = [
    path("returns/desk/", views.return_desk, name="return-desk"),
    path("returns/<int:order>/<int:number>/", views.return_detail, name="return"),
    re_path(
        r"^returns/(?P<order>\d{1,18})/(?P<number>\d{1,5})/(?P<verb>approve|decline|receive|settle)/$",
        views.step,
        name="return-step",
    ),
    path("returns/<int:order>/<int:number>/label.pdf", views.label, name="return-paper"),
    path("returns/<int:order>/<int:number>/again/", views.again, name="return-again"),
    path("returns/lines/<int:line_id>/inspect/", views.inspect, name="return-inspect"),
    path("claims/<int:claim_id>/settle/", views.settle, name="claim-settle"),
    path("claims/<int:claim_id>/refuse/", views.refuse, name="claim-refuse"),
    re_path(r"^photos/(?P<kind>claim|line|unit)/(?P<pk>\d{1,18})/$", views.photo, name="photo"),
    path("mails/", mails.mails, name="mails"),
    path("mails/<int:message_id>/", mails.mail, name="mail"),
    path("mails/<int:message_id>/body/", mails.body, name="mail-body"),
    path("mails/<int:message_id>/again/", mails.again, name="mail-again"),
    path("mails/preview/<slug:kind>/", mails.preview, name="mail-preview"),
    path("mails/preview/<slug:kind>/body/", mails.body, name="mail-preview-body"),
]
