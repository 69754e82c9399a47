# name: Mark variants without stock in a metafield
# category: Inventory and products
# description: Sets a metafield on a variant whose quantity falls to zero, for themes that show it.
@inventory_quantity_changed
def mark_variants_at_zero(product, productVariant, inventoryQuantityPrior):
    if productVariant.inventoryQuantity <= 0:
        update_product_variant_metafield(variant_id=productVariant.id, metafield={"namespace": "custom", "key": "sold_out", "type": "boolean"}, value="true")
