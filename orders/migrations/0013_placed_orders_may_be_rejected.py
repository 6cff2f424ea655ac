"""An order that nobody trusts may be rejected as soon as it is placed."""

from django.db import migrations

BEFORE = (
    ("placed", "received"),
    ("received", "approved"),
    ("approved", "picked"),
    ("picked", "packed"),
    ("packed", "shipped"),
    ("shipped", "delivered"),
    ("delivered", "surveyed"),
    ("surveyed", "reviewed"),
    ("received", "rejected"),
    ("placed", "cancelled"),
    ("received", "cancelled"),
    ("approved", "cancelled"),
    ("picked", "cancelled"),
    ("packed", "cancelled"),
    ("picked", "approved"),
    ("packed", "approved"),
)
EDGES = (*BEFORE, ("placed", "rejected"))


def legal(edges):
    listed = ", ".join(f"('{before}', '{after}')" for before, after in edges)
    return f"""
CREATE OR REPLACE FUNCTION order_edge_is_legal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN ({listed}) THEN
        RAISE EXCEPTION 'an order cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0012_placing_costs_less")]
    operations = [migrations.RunSQL(legal(EDGES), legal(BEFORE))]
