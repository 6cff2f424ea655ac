"""The addresses of the settings."""

from django.urls import path

from ordermgmt.catalogue import views as catalogue
from ordermgmt.mail_texts import views as mail_texts
from ordermgmt.setup import bounds, demo, keys, start, test_order, users, views

urlpatterns = [
    path("", views.index, name="settings"),
    path("shop/", views.shop, name="settings-shop"),
    path("start/", start.start, name="settings-start"),
    path("start/demo/", demo.load_demo, name="settings-demo-load"),
    path("start/demo/remove/", demo.remove_demo, name="settings-demo-remove"),
    path("start/test-order/", test_order.test_order, name="settings-test-order"),
    path("bounds/", bounds.stage_bounds, name="settings-bounds"),
    path("keys/", keys.keys, name="settings-keys"),
    path("keys/<int:key_id>/revoke/", keys.revoke, name="settings-key-revoke"),
    path("users/", users.users, name="settings-users"),
    path("users/new/", users.user, name="settings-user-new"),
    path("users/<int:user_id>/", users.user, name="settings-user"),
    path("users/<int:user_id>/invite/", users.invite, name="settings-user-invite"),
    path("users/<int:user_id>/reset-factor/", users.reset_factor, name="settings-user-reset"),
    path("products/import/", catalogue.upload, name="product-upload"),
    path("products/import/template.csv", catalogue.template_file, name="product-file-template"),
    path("products/import/<int:file_id>/", catalogue.preview, name="product-file"),
    path("products/import/<int:file_id>/take-in/", catalogue.take_in, name="product-file-take-in"),
    path("mails/", mail_texts.mail_texts, name="settings-mail-texts"),
    path("mails/<slug:kind>/<slug:language>/", mail_texts.mail_text, name="settings-mail-text"),
    path("mails/<slug:kind>/<slug:language>/preview/", mail_texts.mail_text_preview, name="settings-mail-text-preview"),
    path("<slug:slug>/", views.subject_list, name="settings-list"),
    path("<slug:slug>/new/", views.subject_form, name="settings-new"),
    path("<slug:slug>/<int:pk>/", views.subject_form, name="settings-edit"),
]
