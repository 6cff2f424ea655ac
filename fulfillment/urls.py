"""The warehouse's addresses below `/api/v1/`."""

from django.urls import path, re_path

from fulfillment.api import PickedView, ReturnsView, ShipmentsView, ShippedView
from fulfillment.carrier_api import (
    ArrivedView,
    CarrierWebhookView,
    ShipmentLabelsView,
    ShipmentRatesView,
    ShipmentVoidView,
)
from fulfillment.change_api import ApplyView, CancelView, MergeView, SplitView
from fulfillment.claim_api import ClaimEndView, ClaimsView
from fulfillment.document_api import BoxLabelsView, CarrierLabelsView, PackingSlipView, ProformaView
from fulfillment.handover.api import (
    AcceptView,
    ConfirmView,
    HandOversView,
    HandOverView,
    RefuseStopView,
    RejectView,
    StopView,
)
from fulfillment.hold_api import ShipmentHoldsView, ShipmentReleaseView
from fulfillment.manifest_api import DockScansView, ManifestCloseView, ManifestPdfView, ManifestView, PickUpView
from fulfillment.pack_api import PackedView
from fulfillment.pick_api import NextListView, PassListView, PickListsView, PickListView, ScansView
from fulfillment.return_api import CreditView, ReasonsView, ReturnRequestsView, ReturnStepView

app_name = "warehouse-api"
urlpatterns = [
    path("pick-lists/", PickListsView.as_view(), name="pick-lists"),
    path("pick-lists/next/", NextListView.as_view(), name="pick-list-next"),
    path("pick-lists/<int:list_id>/", PickListView.as_view(), name="pick-list"),
    path("pick-lists/<int:list_id>/scans/", ScansView.as_view(), name="pick-list-scans"),
    path("pick-lists/<int:list_id>/<slug:step>/", PassListView.as_view(), name="pick-list-pass"),
    path("shipments/", ShipmentsView.as_view(), name="shipments"),
    path("shipments/<str:code>/holds/", ShipmentHoldsView.as_view(), name="shipment-holds"),
    path("shipments/<str:code>/release/", ShipmentReleaseView.as_view(), name="shipment-release"),
    path("shipments/<str:code>/picked/", PickedView.as_view(), name="shipment-picked"),
    path("shipments/<str:code>/packed/", PackedView.as_view(), name="shipment-packed"),
    path("shipments/<str:code>/shipped/", ShippedView.as_view(), name="shipment-shipped"),
    path("shipments/<str:code>/packing-slip/", PackingSlipView.as_view(), name="shipment-packing-slip"),
    path("shipments/<str:code>/box-labels/", BoxLabelsView.as_view(), name="shipment-box-labels"),
    path("shipments/<str:code>/carrier-labels/", CarrierLabelsView.as_view(), name="shipment-carrier-labels"),
    path("shipments/<str:code>/proforma/", ProformaView.as_view(), name="shipment-proforma"),
    path("shipments/<str:code>/rates/", ShipmentRatesView.as_view(), name="shipment-rates"),
    path("shipments/<str:code>/labels/", ShipmentLabelsView.as_view(), name="shipment-labels"),
    path("shipments/<str:code>/void-label/", ShipmentVoidView.as_view(), name="shipment-void-label"),
    path("dock/", PickUpView.as_view(), name="dock"),
    path("dock/scans/", DockScansView.as_view(), name="dock-scans"),
    path("manifests/<int:manifest_id>/", ManifestView.as_view(), name="manifest"),
    path("manifests/<int:manifest_id>/close/", ManifestCloseView.as_view(), name="manifest-close"),
    path("manifests/<int:manifest_id>/pdf/", ManifestPdfView.as_view(), name="manifest-pdf"),
    path("carriers/<slug:account>/webhook/", CarrierWebhookView.as_view(), name="carrier-webhook"),
    path("orders/<int:number>/arrived/", ArrivedView.as_view(), name="order-arrived"),
    path("handovers/", HandOversView.as_view(), name="handovers"),
    path("handovers/<str:code>/", HandOverView.as_view(), name="handover"),
    path("handovers/<str:code>/accept/", AcceptView.as_view(), name="handover-accept"),
    path("handovers/<str:code>/reject/", RejectView.as_view(), name="handover-reject"),
    path("handovers/<str:code>/stop/", StopView.as_view(), name="handover-stop"),
    path("handovers/<str:code>/refuse-stop/", RefuseStopView.as_view(), name="handover-refuse-stop"),
    path("handovers/<str:code>/confirm/", ConfirmView.as_view(), name="handover-confirm"),
    path("return-reasons/", ReasonsView.as_view(), name="return-reasons"),
    path("orders/<int:number>/return-requests/", ReturnRequestsView.as_view(), name="return-requests"),
    re_path(
        r"^orders/(?P<number>\d{1,18})/return-requests/(?P<rma>\d{1,5})/"
        r"(?P<step>approve|decline|label|sent|cancel|receive|inspect|settle|send-again)/$",
        ReturnStepView.as_view(),
        name="return-step",
    ),
    path("orders/<int:number>/claims/", ClaimsView.as_view(), name="order-claims"),
    path("orders/<int:number>/claims/<int:claim>/end/", ClaimEndView.as_view(), name="claim-end"),
    path("orders/<int:number>/credit/", CreditView.as_view(), name="order-credit"),
    path("orders/<int:number>/returns/", ReturnsView.as_view(), name="order-returns"),
    path("orders/<int:number>/cancel/", CancelView.as_view(), name="order-cancel"),
    path("orders/<int:number>/changes/<int:change_id>/apply/", ApplyView.as_view(), name="order-change-apply"),
    path("orders/<int:number>/split/", SplitView.as_view(), name="order-split"),
    path("orders/<int:number>/merge/", MergeView.as_view(), name="order-merge"),
]
