"""The program's own reasons are read in the reader's language, and the shop's as it wrote them."""

import pytest
from django.utils.translation import override

from fulfillment.models import ReturnReason
from fulfillment.returns.reasons import all_reasons, reason_groups

pytestmark = pytest.mark.django_db


def test_reasons_that_nobody_edited_are_read_in_the_readers_language():
    with override("de"):
        ReturnReason.objects.filter(code="style").update(label="Not my style")
        shown = {reason.code: reason.label for group in reason_groups() for reason in group.reasons}
        assert (shown["size_too_small"], shown["style"]) == ("Zu klein", "Not my style")
        assert all_reasons()["undeliverable"].label == "Konnte nicht zugestellt werden"
    assert ReturnReason.objects.get(code="size_too_small").label == "Too small"
    assert all_reasons()["undeliverable"].label == "Could not be delivered"
