# name: Show products again when they are back
# category: Inventory and products
# description: Publishes a product and takes the tag sold-out away as soon as a variant is in stock again.
@variant_back_in_stock
def publish_restocked_products(productVariant, product):
    publish_product(product_id=product.id)
    remove_product_tags(product_id=product.id, tags=["sold-out"])
