"""The addresses of payments."""

from django.urls import path

from ordermgmt.payments import views

urlpatterns = [
    path("", views.payments, name="payments"),
    path("<int:number>/book/", views.book, name="payment-book"),
    path("<int:number>/refund/", views.refund, name="payment-refund"),
    path("<int:number>/surplus/", views.surplus, name="payment-surplus"),
    path("<int:number>/take/", views.take, name="payment-take"),
    path("<int:number>/retry/", views.retry, name="payment-retry"),
    path("<int:number>/charge-back/<int:payment_id>/", views.charge_back, name="payment-charge-back"),
    path("<int:number>/transactions/<int:transaction_id>/<slug:way>/", views.resolve, name="payment-resolve"),
]
