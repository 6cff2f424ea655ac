"""The forms of one's own account."""

from typing import Any, cast

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.api.limits import allowed, is_left

MOST_WRONG, MOST_WRONG_OF_ALL = 10, 100  # sign-ins a minute from one place: of one name, and of all names
MOST_LINKS = 5


class SignInForm(AuthenticationForm):
    """User name and password; whoever was wrong often waits, right or not."""

    def clean(self) -> dict[str, Any]:
        """What is wrong is counted, by name and in all."""
        request = cast(HttpRequest, self.request)
        name = self.cleaned_data.get("username", "").lower()
        limits = {f"sign-in:{name}": MOST_WRONG, "sign-in": MOST_WRONG_OF_ALL}
        if not all(is_left(request, what, most=most) for what, most in limits.items()):
            raise ValidationError(_("Too many tries. Wait a minute, then try again."), code="too_many")
        try:
            return super().clean()
        except ValidationError:
            for what, most in limits.items():
                allowed(request, what, most=most)
            raise


class ForgottenForm(forms.Form):
    """The address that a link is sent to, if it is that of somebody who may sign in."""

    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)

    def users(self) -> list[User]:
        """Those of the shop's people who have it."""
        return list(User.objects.filter(email__iexact=self.cleaned_data["email"], is_staff=True, is_active=True))
