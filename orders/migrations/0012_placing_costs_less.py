"""Placing by plain values: one JSON text comes back, nothing is joined to a table that grows, and the kept answer is
looked up where placing begins."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("orders.migrations.0004_place_in_two_statements")
# The turns are as before, and the caller names every external id and customer once, in order. With a key the request
# is answered once: `answer` then says whether this connection may answer it, and what was answered before, if it was.
# `ids` has an order's id, its number and its payment's id for each external id that is not known, in their order.
BEGIN = """
CREATE FUNCTION orders_begin(
    p_channel bigint, p_key text, p_external_ids text[], p_emails text[], p_skus text[], p_countries text[],
    p_currency text, p_methods text[])
RETURNS text
LANGUAGE plpgsql {PLANNED} AS $$
DECLARE
    answer json;
    known jsonb;
    ids bigint[] := '{}';
    name text;
    taken text;
BEGIN
    IF p_key IS NOT NULL THEN
        IF NOT pg_try_advisory_xact_lock(hashtextextended(p_key, p_channel)) THEN
            RETURN '{"answer": [false, null, null, null]}';
        END IF;
        SELECT json_build_array(true, k.fingerprint, k.status, k.body) INTO answer
        FROM orders_idempotencykey k WHERE k.channel_id = p_channel AND k.key = p_key;
        IF FOUND THEN
            RETURN json_build_object('answer', answer);
        END IF;
    END IF;
    FOREACH name IN ARRAY p_external_ids LOOP
        taken := pg_advisory_xact_lock(hashtextextended('order:' || name, p_channel));
    END LOOP;
    FOREACH name IN ARRAY p_emails LOOP
        taken := pg_advisory_xact_lock(hashtextextended('customer:' || name, 0));
    END LOOP;
    known := (
        SELECT jsonb_object_agg(o.external_id, jsonb_build_array(o.id, o.number, o.fingerprint))
        FROM orders_order o WHERE o.channel_id = p_channel AND o.external_id = ANY(p_external_ids));
    FOREACH name IN ARRAY p_external_ids LOOP
        IF known IS NULL OR NOT known ? name THEN
            ids := ids || ARRAY[
                nextval('orders_order_id_seq'), nextval('orders_order_number'), nextval('orders_payment_id_seq')];
        END IF;
    END LOOP;
    RETURN json_build_object('known', known, 'ids', ids, 'catalogue', orders_catalogue(
        p_skus, p_countries, p_currency, p_methods));
END $$;
"""
# As before: the stock last, and everything undone when it falls short; then the products come back with what is free.
STORE = """
CREATE FUNCTION orders_store(
    p_locked boolean, p_trusted boolean, p_channel_id bigint, p_channel text, p_at timestamptz, p_holds text[], p_products bigint[],
    p_quantities bigint[], p_customers jsonb, p_emails text[], p_orders jsonb, p_lines jsonb, p_payments jsonb,
    p_events jsonb, p_key text, p_fingerprint text, p_status int, p_body jsonb)
RETURNS text
LANGUAGE plpgsql {PLANNED} AS $$
DECLARE
    line_ids bigint[] := ARRAY(SELECT nextval('orders_orderline_id_seq') FROM unnest(p_products));
    keys text[] := ARRAY(SELECT 'line:' || id FROM unnest(line_ids) id);
    short json;
BEGIN
    IF p_locked THEN
        PERFORM FROM inventory_stockhold h WHERE h.token = ANY(p_holds) AND h.channel = p_channel
        ORDER BY h.token FOR UPDATE;
        PERFORM FROM inventory_stock s
        WHERE s.product_id = ANY(p_products) OR s.id = ANY(ARRAY(
            SELECT r.stock_id FROM inventory_reservation r
            WHERE r.key = ANY(ARRAY(SELECT 'hold:' || t FROM unnest(p_holds) t))))
        ORDER BY s.id FOR NO KEY UPDATE;
    END IF;
    BEGIN
        INSERT INTO orders_customer (email, name, phone, blocked, created_at)
        SELECT c.email, c.name, c.phone, false, p_at
        FROM jsonb_populate_recordset(NULL::orders_customer, p_customers) c ORDER BY c.email
        ON CONFLICT (email) DO UPDATE
            SET name = excluded.name, phone = coalesce(nullif(excluded.phone, ''), orders_customer.phone)
            WHERE p_trusted;  -- what a stranger's browser says of a customer we know is not believed

        -- The customer is asked for order by order: a join would be planned by how few there were the first time.
        INSERT INTO orders_order (
            id, number, channel_id, external_id, fingerprint, customer_id, shipping_address, billing_address, note,
            gift_note, warnings, priority, currency, prices_include_tax, items_total, discount_total, discounts,
            shipping_method, shipping_total, shipping_tax, tax_total, total, placed_at, promised_at, expires_at, state,
            state_since, due_at, attempts, open_holds, event_seq)
        SELECT o.id, o.number, p_channel_id, o.external_id, o.fingerprint,
               (SELECT c.id FROM orders_customer c WHERE c.email = p_emails[o.ordinality]), o.shipping_address,
               o.billing_address, o.note, o.gift_note, o.warnings, 0, o.currency, o.prices_include_tax, o.items_total,
               o.discount_total, o.discounts, o.shipping_method, o.shipping_total, o.shipping_tax, o.tax_total, o.total,
               p_at, o.promised_at, o.expires_at, 'placed', p_at, p_at, 0, 0, o.event_seq
        FROM jsonb_populate_recordset(NULL::orders_order, p_orders) WITH ORDINALITY o;

        INSERT INTO orders_orderline (
            id, order_id, position, product_id, sku, name, bundle, quantity, unit_price, discount, tax_rate, tax, total)
        SELECT line_ids[l.ordinality], l.order_id, l.position, l.product_id, l.sku, l.name, l.bundle, l.quantity,
               l.unit_price, l.discount, l.tax_rate, l.tax, l.total
        FROM jsonb_populate_recordset(NULL::orders_orderline, p_lines) WITH ORDINALITY l;

        INSERT INTO orders_payment (
            id, order_id, method, reference, authorised, captured, refunded, captured_at, created_at)
        SELECT p.id, p.order_id, p.method, p.reference, p.authorised, p.captured, 0, p.captured_at, p_at
        FROM jsonb_populate_recordset(NULL::orders_payment, p_payments) p;

        INSERT INTO orders_orderevent (order_id, seq, name, at, by, data)
        SELECT e.order_id, e.seq, e.name, p_at, e.by, e.data
        FROM jsonb_populate_recordset(NULL::orders_orderevent, p_events) e;

        IF p_key IS NOT NULL THEN
            INSERT INTO orders_idempotencykey (channel_id, key, fingerprint, status, body, created_at)
            VALUES (p_channel_id, p_key, p_fingerprint, p_status, p_body, p_at);
        END IF;

        IF p_holds = '{}' THEN
            SELECT json_agg(json_build_array(p.product_id, p.free)) INTO short
            FROM inventory_promise(keys, p_products, p_quantities, p_channel, 0, p_at) p;
        ELSE
            SELECT json_agg(json_build_array(p.product_id, p.free)) INTO short
            FROM inventory_promise_from_holds(p_holds, keys, p_products, p_quantities, p_channel, 0, p_at) p;
        END IF;
        IF short IS NOT NULL THEN
            RAISE EXCEPTION 'short' USING ERRCODE = 'OM001';
        END IF;
    EXCEPTION WHEN SQLSTATE 'OM001' THEN
        RETURN short;
    END;
    RETURN NULL;
END $$;
"""
AWAY = """
DROP FUNCTION orders_store(boolean, text, timestamptz, text[], bigint[], bigint[], jsonb, jsonb, jsonb, jsonb, jsonb, jsonb);
DROP FUNCTION orders_begin(bigint, text[], text[], text[], text[], text, text[]);
"""
BACK = """
DROP FUNCTION orders_store(boolean, boolean, bigint, text, timestamptz, text[], bigint[], bigint[], jsonb, text[], jsonb, jsonb, jsonb, jsonb, text, text, int, jsonb);
DROP FUNCTION orders_begin(bigint, text, text[], text[], text[], text[], text, text[]);
"""


def planned(*functions: str) -> str:
    """With the settings under which all of these are planned."""
    return "".join(functions).replace("{PLANNED}", BEFORE.PLANNED)


class Migration(migrations.Migration):
    dependencies = [("orders", "0011_refunds_have_transactions")]
    operations = [migrations.RunSQL(AWAY + planned(BEGIN, STORE), BACK + planned(BEFORE.BEGIN, BEFORE.STORE))]
