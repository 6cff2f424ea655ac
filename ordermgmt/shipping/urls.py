"""The addresses of the ship desk."""

from django.urls import path

from ordermgmt.shipping import customs_views, invoice_views, rule_views, views

urlpatterns = [
    path("", views.ship_desk, name="ship-desk"),
    path("customs/", customs_views.customs, name="customs"),
    path("customs/<str:sku>/", customs_views.declare, name="customs-declare"),
    path("rules/", rule_views.shipping_rules, name="shipping-rules"),
    path("rules/new/", rule_views.shipping_rule, name="shipping-rule-new"),
    path("rules/<int:rule_id>/", rule_views.shipping_rule, name="shipping-rule"),
    path("rules/<int:rule_id>/remove/", rule_views.remove_rule, name="shipping-rule-remove"),
    path("invoices/", invoice_views.carrier_invoices, name="carrier-invoices"),
    path("invoices/<int:invoice_id>/", invoice_views.carrier_invoice, name="carrier-invoice"),
    path("invoices/<int:invoice_id>/differences.csv", invoice_views.carrier_invoice_file, name="carrier-invoice-file"),
    path("buy/", views.buy, name="labels-buy"),
    path("runs/<int:job_id>/", views.label_run, name="label-run"),
    path("runs/<int:job_id>/labels.pdf", views.label_file, name="label-file"),
    path("runs/<int:job_id>/retry/", views.retry, name="label-run-retry"),
]
