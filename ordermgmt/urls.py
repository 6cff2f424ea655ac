"""Every address of the system."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from ordermgmt.account import views as account
from ordermgmt.health import healthz
from ordermgmt.lists.urls import LIST_PAGES
from ordermgmt.second_factor.views import second_factor
from ordermgmt.views import actions, orders, search, shell, stages, today, words
from ordermgmt.views.stock import products

urlpatterns = [
    path("api/", include("ordermgmt.api_urls")),
    path("", today.today, name="today"),
    path("lists/", include("ordermgmt.lists.urls")),
    path("start/", shell.start, name="start"),
    path("counts/", shell.stage_counts, name="counts"),
    path("time-zones/", shell.time_zones, name="time-zones"),
    path("people/", shell.people, name="people"),
    path("preferences/", shell.keep_preferences, name="preferences"),
    path("styleguide/", shell.style_guide, name="style-guide"),
    path("search/", search.search, name="search"),
    path("stages/<slug:state>/", stages.stage, name="stage"),
    path("stages/<slug:state>/move/", stages.move, name="stage-move"),
    path("", include(LIST_PAGES)),
    path("products/", products.products, name="products"),
    path("orders/<int:number>/", orders.order_detail, name="order"),
    path("orders/<int:number>/news/", orders.order_news, name="order-news"),
    path("orders/<int:number>/hold/", actions.hold, name="order-hold"),
    path("orders/<int:number>/holds/<int:hold_id>/release/", actions.release, name="order-release"),
    path("orders/<int:number>/cancel/", actions.cancel, name="order-cancel"),
    path("orders/<int:number>/told/<int:delivery_id>/again/", actions.tell_again, name="order-tell-again"),
    path("orders/<int:number>/notes/", actions.add_note, name="order-note"),
    path("orders/<int:number>/shipments/<int:shipment>/<slug:step>/", actions.advance, name="order-advance"),
    path("payments/", include("ordermgmt.payments.urls")),
    path("approvals/", include("ordermgmt.approvals.urls")),
    path("picking/", include("ordermgmt.picking.urls")),
    path("pick/", include("ordermgmt.station.urls")),
    path("pack/", include("ordermgmt.packing.urls")),
    path("print/", include("ordermgmt.documents.urls")),
    path("webhooks/", include("ordermgmt.webhooks.urls")),
    path("warehouse/", include("ordermgmt.warehousing.urls")),
    path("ship/", include("ordermgmt.shipping.urls")),
    path("dock/", include("ordermgmt.dock.urls")),
    path("handovers/", include("ordermgmt.handovers.urls")),
    path("radar/", include("ordermgmt.radar.urls")),
    path("orders/<int:number>/", include("ordermgmt.changes.urls")),
    path("", include("ordermgmt.returns.urls")),
    path("shop/", include("ordermgmt.storefront.urls")),
    path("", include("ordermgmt.customers.urls")),
    path("stock/cartons/", include("ordermgmt.cartons.urls")),
    path("stock/", include("ordermgmt.stock.urls")),
    path("kpis/", include("ordermgmt.kpis.urls")),
    path("survey/", include("feedback.urls")),
    path("", include("fulfillment.customer_urls")),
    path("improve/", include("ordermgmt.feedback.urls")),
    path("settings/", include("ordermgmt.setup.urls")),
    path("admin/", admin.site.urls),
    path("account/second-factor/", second_factor, name="second-factor"),
    path("account/forgotten/", account.forgotten, name="forgotten"),
    path("account/password/", account.own_password, name="own-password"),
    path("account/password/<str:uidb64>/<str:token>/", account.NewPassword.as_view(), name="new-password"),
    path("login/", account.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("words/<slug:language>/<slug:version>.js", words.words, name="words"),
    path("healthz", healthz, name="healthz"),
]

handler500 = "ordermgmt.views.dead_ends.broken"
