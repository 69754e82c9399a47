# name: Delete variants that stay out of stock
# category: Inventory and products
# description: Waits a week after a variant sold out and deletes it when it still is.
@variant_out_of_stock
def delete_stale_variants(productVariant, product):
    wait(days=7)
    if productVariant.inventoryQuantity <= 0:
        delete_product_variant(variant_id=productVariant.id)
