"""What may be wrong with keeping a text."""

from django.utils.translation import gettext as _

from orders.errors import OrderError


class MailTextChanged(OrderError):
    """Somebody else has kept version `newest` of the text meanwhile."""

    code = "mail_text_changed"

    def __init__(self, newest: int) -> None:
        self.newest = newest
        super().__init__(_("Somebody else has kept version {newest} meanwhile").format(newest=newest))
