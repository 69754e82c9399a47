# name: Keep a collection of new arrivals
# category: Promotions
# description: Puts a new product into a collection that you choose and takes it out after 30 days.
@product_created
def add_new_arrivals(product):
    add_product_to_collections(product_id=product.id, collection_id=["gid://shopify/Collection/1"])
    wait(days=30)
    remove_product_from_collections(product_id=product.id, collection_id=["gid://shopify/Collection/1"])
