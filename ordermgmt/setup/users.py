"""Users: who may sign in, in which role, where they work; and the way back in for who lost a phone."""

import logging
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.models import Warehouse
from ordermgmt.access import users_action
from ordermgmt.account.links import send_link
from ordermgmt.models import Workplace
from ordermgmt.roles import ROLES
from ordermgmt.second_factor.views import forget_devices

UNFIT = 422
logger = logging.getLogger(__name__)


class UserForm(forms.Form):
    """One user. An empty password leaves it as it is; somebody new gets a link to set one by mail."""

    username = forms.CharField(label=gettext_lazy("User name"), max_length=80, validators=[UnicodeUsernameValidator()])
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        required=False,
        choices=[
            (role.name, format_lazy("{name}: {work}", name=role.title, work=role.work)) for role in ROLES.values()
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    workplaces = forms.ModelMultipleChoiceField(
        Warehouse.objects.all(),
        label=gettext_lazy("Works only in (none: everywhere)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_active = forms.BooleanField(label=gettext_lazy("May sign in"), required=False, initial=True)

    def __init__(self, data: Any, user: User) -> None:
        self.user = user
        initial = None
        if user.pk:
            initial = {
                "username": user.username,
                "email": user.email,
                "roles": list(user.groups.values_list("name", flat=True)),
                "workplaces": list(Workplace.objects.filter(user=user).values_list("warehouse", flat=True)),
                "is_active": user.is_active,
            }
        super().__init__(data, initial=initial)
        if not user.pk:
            self.fields["password"].help_text = _("Left empty, they are invited by mail and set one themselves.")

    def clean_username(self) -> str:
        """Nobody else's."""
        name: str = User.normalize_username(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exclude(pk=self.user.pk).exists():
            raise ValidationError(_("Somebody is called so already."))
        return name

    def clean_password(self) -> str:
        """As strong as the system asks for."""
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        """Somebody new has a password, or an address to be invited at."""
        typed = super().clean() or {}
        if not self.user.pk and not self.errors and not (typed["password"] or typed["email"]):
            self.add_error("password", _("Type a password, or an e-mail address that an invitation goes to."))
        return typed

    @property
    def invites(self) -> bool:
        """Whether they are to set their password themselves."""
        return not (self.user.pk or self.cleaned_data["password"])

    def kept(self) -> User:
        """Write it. Who may not sign in any more is signed out everywhere."""
        typed, user = self.cleaned_data, self.user
        with transaction.atomic():
            user.username, user.email = typed["username"], typed["email"]
            user.is_active, user.is_staff = typed["is_active"], True
            if typed["password"] or not user.pk:
                user.set_password(typed["password"] or None)
            user.save()
            others = user.groups.exclude(name__in=ROLES)
            user.groups.set([*Group.objects.filter(name__in=typed["roles"]), *others])
            Workplace.objects.filter(user=user).delete()
            Workplace.objects.bulk_create(Workplace(user=user, warehouse=place) for place in typed["workplaces"])
            if not user.is_active:
                end_sessions(user)
        return user


def end_sessions(user: User) -> None:
    """Sign somebody out everywhere: a session would come alive again with its user."""
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


@require_safe
@users_action
def users(request: HttpRequest) -> HttpResponse:
    """Everybody of the shop, and what each role is for."""
    rows = User.objects.filter(is_staff=True).prefetch_related("groups", "workplaces__warehouse")
    context = {"rows": rows.order_by("-is_active", "username"), "roles": ROLES.values()}
    return render(request, "setup/users.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@users_action
def user(request: HttpRequest, user_id: int | None = None) -> HttpResponse:
    """One user, or a new one."""
    row = get_object_or_404(User, pk=user_id, is_staff=True) if user_id else User()
    if row.is_superuser and request.user.pk != row.pk and not request.user.is_superuser:
        raise PermissionDenied
    form = UserForm(request.POST if request.method == "POST" else None, row)
    if form.is_bound and form.is_valid():
        if row.pk == request.user.pk and not form.cleaned_data["is_active"]:
            form.add_error("is_active", _("You cannot lock yourself out."))
        else:
            invites = form.invites
            kept = form.kept()
            messages.success(request, _("{name} is kept.").format(name=kept.username))
            if not (kept.is_superuser or kept.groups.exists() or kept.user_permissions.exists()):
                messages.warning(
                    request,
                    _("{name} has no role: they may look at orders, and do nothing.").format(name=kept.username),
                )
            if invites:
                _invite(request, kept)
            return redirect("settings-users")
    context = {"form": form, "row": row}
    return render(request, "setup/user.html", context, status=UNFIT if form.is_bound else 200)


@require_POST
@users_action
def invite(request: HttpRequest, user_id: int) -> HttpResponse:
    """Send somebody a link to set a password."""
    row = get_object_or_404(User, pk=user_id, is_staff=True, is_active=True)
    if row.email:
        _invite(request, row)
    else:
        messages.error(request, _("{name} has no e-mail address. Nothing was sent.").format(name=row.username))
    return redirect("settings-user", user_id=row.pk)


def _invite(request: HttpRequest, user: User) -> None:
    is_new = not user.has_usable_password()
    try:
        send_link(user, invited_by=request.user.get_username() if is_new else "")
    except OSError:  # of the mail server
        logger.exception("%s could not be invited", user.username)
        messages.error(request, _("The mail to {email} could not be sent.").format(email=user.email))
    else:
        messages.success(request, _("A link to set a password is on its way to {email}.").format(email=user.email))


@require_POST
@users_action
def reset_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let somebody set up a new phone, because the old one is lost."""
    row = get_object_or_404(User, pk=user_id, is_staff=True)
    if row.is_superuser and not request.user.is_superuser:
        raise PermissionDenied
    forget_devices(row)
    messages.success(request, _("{name} sets up a new phone at the next sign-in.").format(name=row.username))
    return redirect("settings-user", user_id=row.pk)
