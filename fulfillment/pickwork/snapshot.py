"""A pick list as it stands: its tasks in walking order, as rows and as the verdicts take them."""

from collections.abc import Sequence
from dataclasses import dataclass

from fulfillment.models import PickTask
from fulfillment.pickwork.verdicts import Line
from inventory.models import Product
from orders.flow import State

WITH = ("bin", "shipment_line__order_line__product", "shipment_line__shipment__order")


@dataclass(frozen=True)
class Snapshot:
    """The tasks of a list at one moment."""

    tasks: Sequence[PickTask]

    def lines(self) -> tuple[Line, ...]:
        """For the verdict, with what has been done to the tasks since."""
        return tuple(map(line_of, self.tasks))

    def task(self, task_id: int | None) -> PickTask | None:
        """One of them."""
        return next((task for task in self.tasks if task.pk == task_id), None)

    def shipment_id(self, task_id: int | None) -> int | None:
        """Whose goods the task takes."""
        task = self.task(task_id)
        return task.shipment_line.shipment_id if task else None


def snapshot(list_id: int) -> Snapshot:
    """As the database has it now, in one statement."""
    return Snapshot(list(PickTask.objects.filter(pick_list=list_id).select_related(*WITH).order_by("turn", "id")))


def line_of(task: PickTask) -> Line:
    """A task as the picker sees it."""
    product = task.shipment_line.order_line.product
    return Line(
        id=task.pk,
        bin=task.bin.code if task.bin else "",
        codes=codes_of(product),
        name=product.name,
        left=task.left,
        void=task.shipment_line.shipment.state == State.CANCELLED,
    )


def codes_of(product: Product) -> frozenset[str]:
    """What a scanner may read on it: its barcode, or its SKU on the shelf's own sticker."""
    return frozenset(code.upper() for code in (product.sku, product.barcode) if code)
