"""What placing an order asks of the database: one statement to look, one to store, planned once per connection."""

from django.db import migrations

# How each function is planned: once, and by its indexes. A plan that was made while a table was nearly empty would
# read all of it, and be kept when the table has grown.
PLANNED = """
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
"""

# Products with the components of bundles, tax rates of every class ("" is the class's own), and shipping methods.
CATALOGUE = """
CREATE FUNCTION orders_catalogue(p_skus text[], p_countries text[], p_currency text, p_methods text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE {PLANNED} AS $$
BEGIN
    RETURN jsonb_build_object(
        'products', (
            SELECT jsonb_agg(jsonb_build_array(p.id, p.sku, p.name, p.price::text, p.currency, p.tax_class_id))
            FROM inventory_product p WHERE p.sku = ANY(p_skus) AND p.active),
        'components', (
            SELECT jsonb_agg(jsonb_build_array(
                c.bundle_id, c.quantity, p.id, p.sku, p.name, p.price::text, p.currency, p.tax_class_id) ORDER BY c.id)
            FROM inventory_product b JOIN inventory_bundlecomponent c ON c.bundle_id = b.id
            JOIN inventory_product p ON p.id = c.component_id
            WHERE b.sku = ANY(p_skus)),
        'rates', (
            SELECT jsonb_agg(jsonb_build_array(r.tax_class_id, r.country, r.rate::text))
            FROM (SELECT t.id AS tax_class_id, '' AS country, t.rate FROM inventory_taxclass t
                  UNION ALL
                  SELECT t.tax_class_id, t.country, t.rate FROM inventory_taxrate t
                  WHERE t.country = ANY(p_countries)) r),
        'methods', (
            SELECT jsonb_agg(jsonb_build_array(
                m.code, m.name, m.price::text, m.free_from::text, m.countries, m.days, m.tax_class_id))
            FROM orders_shippingmethod m
            WHERE m.active AND m.currency = p_currency AND (p_methods IS NULL OR m.code = ANY(p_methods))));
END $$;
"""
# Orders of one channel take turns by their external ids, always in the same order; so what is not there now will not
# be there before this transaction ends, and who comes second finds the order of who came first. Then orders of one
# customer take turns: whatever is locked or written later cannot lock out another order that has the same customer.
BEGIN = """
CREATE FUNCTION orders_begin(
    p_channel bigint, p_external_ids text[], p_emails text[], p_skus text[], p_countries text[], p_currency text,
    p_methods text[])
RETURNS TABLE (known jsonb, ids jsonb, catalogue jsonb)
LANGUAGE plpgsql {PLANNED} AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('order:' || x.id, p_channel))
    FROM (SELECT DISTINCT u.id FROM unnest(p_external_ids) u(id) ORDER BY u.id) x;
    PERFORM pg_advisory_xact_lock(hashtextextended('customer:' || x.email, 0))
    FROM (SELECT DISTINCT u.email FROM unnest(p_emails) u(email) ORDER BY u.email) x;
    known := (
        SELECT jsonb_object_agg(o.external_id, jsonb_build_array(o.id, o.number, o.fingerprint))
        FROM orders_order o WHERE o.channel_id = p_channel AND o.external_id = ANY(p_external_ids));
    ids := (
        SELECT jsonb_object_agg(x.id, jsonb_build_array(
            nextval('orders_order_id_seq'), nextval('orders_order_number'), nextval('orders_payment_id_seq')))
        FROM (SELECT DISTINCT u.id FROM unnest(p_external_ids) u(id)) x
        WHERE known IS NULL OR NOT known ? x.id);
    catalogue := orders_catalogue(p_skus, p_countries, p_currency, p_methods);
    RETURN NEXT;
END $$;
"""
# Stock last: its rows are locked for as short as can be, until the commit that follows at once. When it falls short,
# what was written before is undone. `p_locked` locks the baskets and all the stock first, for the whole transaction:
# orders that fell short together are then tried again one by one.
STORE = """
CREATE FUNCTION orders_store(
    p_locked boolean, p_channel text, p_at timestamptz, p_holds text[], p_products bigint[], p_quantities bigint[],
    p_customers jsonb, p_orders jsonb, p_lines jsonb, p_payments jsonb, p_events jsonb, p_answers jsonb)
RETURNS TABLE (product_id bigint, free bigint)
LANGUAGE plpgsql {PLANNED} AS $$
#variable_conflict use_column
DECLARE
    line_ids bigint[] := ARRAY(SELECT nextval('orders_orderline_id_seq') FROM unnest(p_products));
    keys text[] := ARRAY(SELECT 'line:' || id FROM unnest(line_ids) id);
    short jsonb;
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
            SET name = excluded.name, phone = coalesce(nullif(excluded.phone, ''), orders_customer.phone);

        INSERT INTO orders_order (
            id, number, channel_id, external_id, fingerprint, customer_id, shipping_address, billing_address, note,
            gift_note, warnings, priority, currency, prices_include_tax, items_total, discount_total, discounts,
            shipping_method, shipping_total, shipping_tax, tax_total, total, placed_at, promised_at, expires_at, state,
            state_since, due_at, attempts, open_holds, event_seq)
        SELECT o.id, o.number, o.channel_id, o.external_id, o.fingerprint, c.id, o.shipping_address, o.billing_address,
               o.note, o.gift_note, o.warnings, 0, o.currency, o.prices_include_tax, o.items_total, o.discount_total,
               o.discounts, o.shipping_method, o.shipping_total, o.shipping_tax, o.tax_total, o.total, p_at,
               o.promised_at, o.expires_at, 'placed', p_at, p_at, 0, 0, o.event_seq
        FROM jsonb_array_elements(p_orders) d
        CROSS JOIN LATERAL jsonb_populate_record(NULL::orders_order, d) o
        JOIN orders_customer c ON c.email = d->>'email';

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

        INSERT INTO orders_idempotencykey (channel_id, key, fingerprint, status, body, created_at)
        SELECT k.channel_id, k.key, k.fingerprint, k.status, k.body, p_at
        FROM jsonb_populate_recordset(NULL::orders_idempotencykey, p_answers) k;

        IF p_holds = '{}' THEN
            SELECT jsonb_agg(jsonb_build_array(p.product_id, p.free)) INTO short
            FROM inventory_promise(keys, p_products, p_quantities, p_channel, 0, p_at) p;
        ELSE
            SELECT jsonb_agg(jsonb_build_array(p.product_id, p.free)) INTO short
            FROM inventory_promise_from_holds(p_holds, keys, p_products, p_quantities, p_channel, 0, p_at) p;
        END IF;
        IF short IS NOT NULL THEN
            RAISE EXCEPTION 'short' USING ERRCODE = 'OM001';
        END IF;
    EXCEPTION WHEN SQLSTATE 'OM001' THEN
        RETURN QUERY SELECT (row->>0)::bigint, (row->>1)::bigint FROM jsonb_array_elements(short) AS t(row);
    END;
END $$;
"""
# The lock, and the answer that was kept: `locked` is false while another connection answers the same request.
ANSWER = """
CREATE FUNCTION orders_answer(p_channel bigint, p_key text)
RETURNS TABLE (locked boolean, fingerprint text, status smallint, body jsonb)
LANGUAGE plpgsql {PLANNED} AS $$
#variable_conflict use_column
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended(p_key, p_channel)) THEN
        RETURN QUERY SELECT false, NULL::text, NULL::smallint, NULL::jsonb;
        RETURN;
    END IF;
    RETURN QUERY SELECT true, k.fingerprint::text, k.status, k.body
    FROM orders_idempotencykey k WHERE k.channel_id = p_channel AND k.key = p_key;
    IF NOT FOUND THEN
        RETURN QUERY SELECT true, NULL::text, NULL::smallint, NULL::jsonb;
    END IF;
END $$;
"""
BACKWARD = """
DROP FUNCTION orders_answer(bigint, text);
DROP FUNCTION orders_store(boolean, text, timestamptz, text[], bigint[], bigint[], jsonb, jsonb, jsonb, jsonb, jsonb, jsonb);
DROP FUNCTION orders_begin(bigint, text[], text[], text[], text[], text, text[]);
DROP FUNCTION orders_catalogue(text[], text[], text, text[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0003_quotes_discounts_and_sourcing"),
        ("inventory", "0007_baskets_become_orders"),
    ]
    operations = [migrations.RunSQL((CATALOGUE + BEGIN + STORE + ANSWER).replace("{PLANNED}", PLANNED), BACKWARD)]
