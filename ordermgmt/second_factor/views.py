"""Showing a second factor, and setting it up on the first occasion."""

import re
from base64 import b32encode
from collections.abc import Callable
from math import ceil

import django_otp
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from inventory.wording import grouped
from ordermgmt.access import back_to, staff_page

RECOVERY_CODES, RECOVERY_LETTERS = 10, 8  # letters and the digits 2 to 7
LONGEST_TOKEN = 16
BETWEEN = re.compile(r"[\s\x00-]+")  # as people type and paste them
UNFIT, TOO_MANY = 422, 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def second_factor(request: HttpRequest) -> HttpResponse:
    """Asks for a code; who has no device yet sets one up first, and gets recovery codes once."""
    user = User.objects.get(username=request.user.get_username())
    token = BETWEEN.sub("", request.POST.get("token", ""))[:LONGEST_TOKEN]
    if django_otp.user_has_device(user):
        return _asked(request, user, token)
    device = _new_device(user)
    wait = _seconds_to_wait(device) if request.method == "POST" else 0
    if request.method == "POST" and not wait and device.verify_token(token):
        codes = _confirm(user, device)
        django_otp.login(request, device)
        return render(request, "second_factor/codes.html", {"codes": codes, "next": back_to(request) or "/"})
    path: Callable[[str], tuple[int, str]] = import_string("ordermgmt.second_factor.drawing.qr_path")
    side, dark = path(device.config_url)
    key = b32encode(device.bin_key).decode()
    drawing = {"side": side + 8, "dark": dark, "key": " ".join(key[at : at + 4] for at in range(0, len(key), 4))}
    return _shown(request, {"setup": drawing, "address": device.config_url}, wait)


def forget_devices(user: User) -> None:
    """Have them set up a new one, because the old one is lost."""
    with transaction.atomic():
        for device in django_otp.devices_for_user(user, confirmed=None):
            device.delete()


def _asked(request: HttpRequest, user: User, token: str) -> HttpResponse:
    """Lets in whose code is right; only the devices that it looks to be of count it as a try."""
    if request.method != "POST":
        return _shown(request, {}, 0)
    devices = _devices_of(user, token)
    waits = [_seconds_to_wait(device) for device in devices]
    for device in devices:
        if django_otp.verify_token(user, device.persistent_id, token):
            django_otp.login(request, device)
            return redirect(back_to(request) or "/")
    return _shown(request, {}, min(waits, default=0))


def _devices_of(user: User, token: str) -> list[Device]:
    """Their phones for a few digits, their recovery codes for anything else."""
    kind = TOTPDevice if token.isdecimal() and len(token) < RECOVERY_LETTERS else StaticDevice
    return list(kind.objects.devices_for_user(user, confirmed=True)) if token else []


def _shown(request: HttpRequest, context: dict[str, object], wait: int) -> HttpResponse:
    fault, status = "", 200
    if wait:
        words = ngettext(
            "Too many tries. Wait a second, then type a code again.",
            "Too many tries. Wait {wait} seconds, then type a code again.",
            wait,
        )
        if (minutes := ceil(wait / 60)) > 2:
            words = _("Too many tries. Wait {minutes} minutes, then type a code again.")
        fault, status = words.format(wait=wait, minutes=grouped(minutes)), TOO_MANY
    elif request.method == "POST":
        fault, status = _("This code is not right. Codes change every 30 seconds."), UNFIT
    context |= {"fault": fault, "next": back_to(request) or "/"}
    return render(request, "second_factor/second_factor.html", context, status=status)


def _seconds_to_wait(device: Device) -> int:
    """Until it looks at a code again, after several that were wrong."""
    may, why = device.verify_is_allowed()
    return 0 if may or why is None else ceil((why["locked_until"] - timezone.now()).total_seconds())


def _new_device(user: User) -> TOTPDevice:
    """The one that is being set up: the same while they try."""
    device, _fresh = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "phone"})
    return device


def _confirm(user: User, device: TOTPDevice) -> list[str]:
    with transaction.atomic():
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        static, _fresh = StaticDevice.objects.get_or_create(user=user, name="recovery")
        codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
        StaticToken.objects.filter(device=static).delete()
        StaticToken.objects.bulk_create(StaticToken(device=static, token=code) for code in codes)
    return codes
