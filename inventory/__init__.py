"""Products, warehouses and stock: what there is and what is promised."""
