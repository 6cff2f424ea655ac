"""A parcel may fail to be delivered, come back or be lost, and still never goes backwards; labels know their account."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION parcel_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ranks CONSTANT text[] := ARRAY['packed', 'labelled', 'in_transit', 'out_for_delivery', 'delivery_failed',
                                   'returning', 'lost', 'returned_to_sender', 'delivered'];
BEGIN
    IF array_position(ranks, NEW.status::text) < array_position(ranks, OLD.status::text)
       OR (OLD.status = 'returned_to_sender' AND NEW.status <> OLD.status) THEN
        RAISE EXCEPTION 'a parcel cannot go back from % to %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION parcel_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ranks CONSTANT text[] := ARRAY['packed', 'labelled', 'in_transit', 'out_for_delivery', 'delivered'];
BEGIN
    IF array_position(ranks, NEW.status::text) < array_position(ranks, OLD.status::text) THEN
        RAISE EXCEPTION 'a parcel cannot go back from % to %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
# The played carrier kept nothing before: its book is written from the labels that it sold.
BOOK = """
INSERT INTO fulfillment_playedlabel (account, key, tracking_number, service, cost, sold_at, arrives_at, days)
SELECT 'parcelwing', 'parcel:' || parcel_id, tracking_number, service, cost, bought_at, expected_at,
       CASE service WHEN 'express' THEN 1 WHEN 'standard' THEN 2 ELSE 3 END
FROM fulfillment_label;
UPDATE fulfillment_label SET transit_days = CASE service WHEN 'express' THEN 1 WHEN 'standard' THEN 2 ELSE 3 END;
"""


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0012_carriers_have_accounts")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(BOOK, migrations.RunSQL.noop),
    ]
