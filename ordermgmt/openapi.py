"""How the API describes itself: settings of drf-spectacular."""

from typing import Any


def openapi(shop: str) -> dict[str, Any]:
    """The settings, with the name of the shop."""
    return {
        "TITLE": f"{shop} order API",
        "DESCRIPTION": "Place orders and follow them through their nine stages.\n\n"
        "- **Key:** send `Authorization: Bearer <key>`. A key belongs to one channel and sees that channel's orders.\n"
        "- **Money** is a decimal string such as `12.50`; **times** are ISO 8601 with an offset.\n"
        "- **Errors** are `application/problem+json` (RFC 9457). Decide by `code`; show `detail` to people.\n"
        "- **Retries:** placing needs an `Idempotency-Key`, so sending it again is always safe.\n"
        "- **Pages:** follow `next` until it is null; nothing is skipped or shown twice while rows are added.",
        "VERSION": "1.0.0",
        "SERVE_INCLUDE_SCHEMA": False,
        "ENUM_NAME_OVERRIDES": {
            "OrderState": "orders.flow.State",
            "PaymentMethod": "orders.models.Payment.Method",
            "PaymentState": "orders.balance.PaymentState",
            "TransactionKind": "orders.models.Transaction.Kind",
            "TransactionStatus": "orders.models.Transaction.Status",
            "BlockedKind": "orders.models.Blocked.Kind",
            "Tier": "orders.models.Tier",
            "DeliveryState": "inventory.models.ExpectedDelivery.State",
            "ClaimKind": "fulfillment.models.Claim.Kind",
            "ReturnState": "fulfillment.return_flow.ReturnState",
            "HandOverState": "fulfillment.flow.Handing",
            "HandOverReason": "fulfillment.models.HandOver.Reason",
            "WebhookStatus": "orders.models.WebhookDelivery.Status",
            "ShipmentState": "fulfillment.flow.SHIPMENT_STATES",
        },
        "SWAGGER_UI_DIST": "SIDECAR",
        "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
        # No badge from a foreign server: the page works offline and under our Content-Security-Policy. `outline` is
        # ours, in static/js/api_reference.js.
        "SWAGGER_UI_SETTINGS": '{"deepLinking": true, "validatorUrl": null,'
        ' "presets": [SwaggerUIBundle.presets.apis, outline]}',
    }
