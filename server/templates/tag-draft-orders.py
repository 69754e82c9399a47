# name: Tag new draft orders
# category: B2B
# description: Tags each new draft order, so that the sales team sees what is open.
@draft_order_created
def tag_draft_orders(draftOrder):
    add_draft_order_tags(draft_order_id=draftOrder.id, tags=["to-quote"])
