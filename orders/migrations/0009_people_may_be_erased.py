"""History stays append-only, but for one thing: words that tell of a person can be taken out of it."""

from django.db import migrations

# `orders.erasing` is on for a moment, in the transaction of `orders.customers.erasure`; what else a row says is kept.
FORWARD = """
CREATE FUNCTION refuse_change_but_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('orders.erasing', true) = 'on'
       AND to_jsonb(NEW) - TG_ARGV::text[] = to_jsonb(OLD) - TG_ARGV::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: rows are never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER event_append_only ON orders_orderevent;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON orders_orderevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasing('data');
DROP TRIGGER customer_event_append_only ON orders_customerevent;
CREATE TRIGGER customer_event_append_only BEFORE UPDATE OR DELETE ON orders_customerevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasing('data');
DROP TRIGGER decision_append_only ON orders_decision;
CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON orders_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasing('why', 'facts', 'checks');
"""
BACKWARD = """
DROP TRIGGER decision_append_only ON orders_decision;
CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON orders_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP TRIGGER customer_event_append_only ON orders_customerevent;
CREATE TRIGGER customer_event_append_only BEFORE UPDATE OR DELETE ON orders_customerevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP TRIGGER event_append_only ON orders_orderevent;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON orders_orderevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION refuse_change_but_erasing();
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_gathered_goods_may_go_back")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
