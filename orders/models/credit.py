"""Store credit: what the shop owes a customer in goods."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from inventory import clock
from orders.models.customers import Customer
from orders.models.order import Order


class StoreCredit(models.Model):
    """One line of a customer's credit in one currency: given (positive) or spent (negative), once per `key`.

    The balance is the sum; rows are never changed or deleted (trigger).
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="store_credit", db_index=False)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    key = models.CharField(max_length=80, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="store_credit")
    why = models.CharField(max_length=60)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(amount=0), name="store_credit_moves_something")]
        indexes: ClassVar = [models.Index(fields=["customer", "currency"], name="store_credit_of_customer")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
