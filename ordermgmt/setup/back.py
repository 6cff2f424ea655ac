"""Where somebody came from: the first steps send people to forms of many pages and want them back."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def back_to(request: HttpRequest) -> str:
    """The `next` of a link or form, if it is on this site; else nothing."""
    address = request.POST.get("next") or request.GET.get("next", "")
    return address if address and url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""
