"""Housekeeping beside the stages, as the settings hand it to beat."""

# Housekeeping beside the stages: the task, and how often in seconds. One queue serves them all.
CHORES = {
    "expire_promises": ("orders.tasks.expire_promises", 10.0),
    "fill_backorders": ("orders.tasks.fill_backorders", 15.0),
    "forget_answers": ("orders.tasks.forget_answers", 3600.0),
    "forget_deliveries": ("orders.tasks.forget_deliveries", 21_600.0),
    "release_due_holds": ("orders.tasks.release_due_holds", 30.0),
    "release_due_shipments": ("fulfillment.tasks.release_due_shipments", 30.0),
    "tidy_labels": ("fulfillment.tasks.tidy_labels", 30.0),
    "finish_manifests": ("fulfillment.tasks.finish_manifests", 30.0),
    "buy_labels": ("fulfillment.tasks.buy_labels", 2.0),
    "make_documents": ("fulfillment.tasks.make_documents", 2.0),
    "load_demo": ("ordermgmt.tasks.load_demo", 5.0),
    "run_lists": ("ordermgmt.tasks.run_lists", 2.0),
    "settle_payments": ("orders.tasks.settle_payments", 5.0),
    "remind_payers": ("orders.tasks.remind_payers", 3600.0),
    "rescore_customers": ("orders.tasks.rescore_customers", 300.0),
    "send_webhooks": ("orders.tasks.send_webhooks", 3.0),
    "fold_history": ("kpis.tasks.fold_history", 5.0),
    "judge_late_evidence": ("feedback.tasks.judge_late_evidence", 10.0),
    "find_improvements": ("ordermgmt.tasks.find_improvements", 3600.0),
    "write_messages": ("fulfillment.tasks.write_messages", 5.0),
    "label_returns": ("fulfillment.tasks.label_returns", 30.0),
    "follow_returns": ("fulfillment.tasks.follow_returns", 15.0),
    "send_messages": ("fulfillment.tasks.send_messages", 5.0),
    "take_in_histories": ("kpis.tasks.take_in_histories", 15.0),
}
