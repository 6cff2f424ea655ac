"""The addresses of the stock room. A SKU may hold anything, so the product's own page comes last."""

from django.urls import path

from ordermgmt.views.stock import counts, deliveries, moves, products

urlpatterns = [
    path("deliveries/", deliveries.deliveries, name="stock-deliveries"),
    path("deliveries/new/", deliveries.new, name="stock-delivery-new"),
    path("deliveries/<int:delivery_id>/", deliveries.delivery, name="stock-delivery"),
    path("deliveries/<int:delivery_id>/receive/", deliveries.receive, name="stock-delivery-receive"),
    path("deliveries/<int:delivery_id>/lines/", deliveries.add, name="stock-delivery-add"),
    path("deliveries/<int:delivery_id>/close/", deliveries.close, name="stock-delivery-close"),
    path("counts/", counts.counts, name="stock-counts"),
    path("counts/new/", counts.new, name="stock-count-new"),
    path("counts/<int:count_id>/", counts.count, name="stock-count"),
    path("counts/<int:count_id>/enter/", counts.enter, name="stock-count-enter"),
    path("counts/<int:count_id>/approve/", counts.approve, name="stock-count-approve"),
    path("counts/<int:count_id>/discard/", counts.discard, name="stock-count-discard"),
    path("<path:sku>/adjust/", moves.adjust, name="stock-adjust"),
    path("<path:sku>/write-off/", moves.write_off, name="stock-write-off"),
    path("<path:sku>/transfer/", moves.transfer, name="stock-transfer"),
    path("<path:sku>/bins/", moves.other_bin, name="stock-bin-move"),
    path("<path:sku>/serve/", moves.serve, name="stock-serve"),
    path("<path:sku>/", products.product, name="stock-product"),
]
