"""The pages of one's own account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import LoginView, PasswordChangeView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ordermgmt.access import staff_page
from ordermgmt.account.forms import MOST_LINKS, ForgottenForm, SignInForm
from ordermgmt.account.links import DAYS_GOOD, send_link
from orders.api.limits import allowed

UNFIT, TOO_MANY = 422, 429


class SignIn(LoginView):
    """Signing in."""

    authentication_form = SignInForm
    redirect_authenticated_user = True


@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Asks for an address and sends a link to it; the answer does not tell whether it is known."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "account/forgotten.html", {"form": form}, status=UNFIT if form.is_bound else 200)
    if not allowed(request, "forgotten", most=MOST_LINKS):
        form.add_error("email", _("Too many tries. Wait a minute, then try again."))
        return render(request, "account/forgotten.html", {"form": form}, status=TOO_MANY)
    for user in form.users():
        send_link(user)
    return render(request, "account/forgotten.html", {"sent_to": form.cleaned_data["email"], "days": DAYS_GOOD})


class NewPassword(PasswordResetConfirmView):
    """What a link leads to."""

    template_name = "account/new_password.html"
    success_url = reverse_lazy("login")

    def form_valid(self, form: Any) -> HttpResponse:
        """They sign in with it, and show their second factor, as always."""
        messages.success(self.request, _("Your password is kept."))
        return super().form_valid(form)


class OwnPassword(PasswordChangeView):
    """Changing it, by who knows it."""

    template_name = "account/own_password.html"
    success_url = reverse_lazy("start")

    def form_valid(self, form: Any) -> HttpResponse:
        """Signs them out everywhere else."""
        messages.success(self.request, _("Your password is changed. You are signed out everywhere else."))
        return super().form_valid(form)


own_password = staff_page(OwnPassword.as_view())  # type: ignore[arg-type]  # which answers requests as a view does
