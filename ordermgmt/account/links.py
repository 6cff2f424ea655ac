"""Links by mail to a page where somebody sets a password: for who has forgotten it, and for who is new."""

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from ordermgmt.people import preference

DAYS_GOOD = settings.PASSWORD_RESET_TIMEOUT // 86_400


def send_link(user: User, *, invited_by: str = "") -> None:
    """The link, which is good once and for DAYS_GOOD days, in the language that they chose; else in the active one."""
    whose = urlsafe_base64_encode(force_bytes(user.pk))
    address = reverse("new-password", args=[whose, default_token_generator.make_token(user)])
    context = {"user": user, "invited_by": invited_by, "link": settings.BASE_URL + address, "days": DAYS_GOOD}
    with translation.override(preference(user).language or translation.get_language()):
        subject = _("Your account at {shop}") if invited_by else _("A new password at {shop}")
        text = render_to_string("account/link_mail.txt", context)
        EmailMessage(subject=subject.format(shop=settings.SHOP_NAME), body=text, to=[user.email]).send()
