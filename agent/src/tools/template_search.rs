//! `template_search`: workflows that shops commonly run, as programs to start from.

use super::words::Words;

/// Name and program of each template.
pub const TEMPLATES: &[(&str, &str)] = &[
    (
        "Tag high value orders",
        "@order_created\ndef tag_high_value_orders(order):\n    if order.totalPriceSet.shopMoney.amount >= 500:\n        add_order_tags(order_id=order.id, tags=[\"high-value\"])\n",
    ),
    (
        "Tag VIP customers by lifetime spend",
        "@order_paid\ndef tag_vip_customers(order):\n    if order.customer.amountSpent.amount >= 1000:\n        add_customer_tags(customer_id=order.customer.id, tags=[\"VIP\"])\n",
    ),
    (
        "Hold and report high risk orders",
        "@order_risk_analyzed\ndef hold_high_risk_orders(order, orderRiskLevel):\n    if orderRiskLevel == \"HIGH\":\n        add_order_tags(order_id=order.id, tags=[\"high-risk\"])\n        for item in order.fulfillmentOrders:\n            hold_fulfillment_order(fulfillment_order_id=item.id, reason=\"HIGH_RISK_OF_FRAUD\")\n",
    ),
    (
        "Cancel high risk orders",
        "@order_risk_analyzed\ndef cancel_high_risk_orders(order, orderRiskLevel):\n    if orderRiskLevel == \"HIGH\":\n        cancel_order(order_id=order.id, reason=\"FRAUD\", notify_customer=True, refund=True, restock=True)\n",
    ),
    (
        "Report low stock to the team",
        "@inventory_quantity_changed\ndef report_low_stock(product, productVariant, inventoryQuantityPrior):\n    if productVariant.inventoryQuantity < 5 and inventoryQuantityPrior >= 5:\n        send_email(address=\"team@example.com\", subject=\"Low stock: {{ product.title }}\", message=\"{{ productVariant.inventoryQuantity }} left.\")\n",
    ),
    (
        "Hide products that are out of stock",
        "@variant_out_of_stock\ndef hide_sold_out_products(productVariant, product):\n    if product.totalInventory <= 0:\n        hide_product(product_id=product.id)\n",
    ),
    (
        "Publish products that are back in stock",
        "@variant_back_in_stock\ndef publish_products_again(productVariant, product):\n    publish_product(product_id=product.id)\n",
    ),
    (
        "Welcome new customers by email",
        "@customer_created\ndef welcome_new_customers(customer):\n    send_marketing_email(customer_id=customer.id)\n",
    ),
    (
        "Remind about an abandoned cart",
        "@abandoned_checkout\ndef remind_about_abandoned_cart(abandonment, customer):\n    wait(hours=1)\n    if abandonment.customerHasNoOrderSinceAbandonment == True:\n        send_marketing_email(customer_id=customer.id)\n",
    ),
    (
        "Daily summary of unfulfilled orders",
        "@scheduled_time(every=\"day\", at=\"08:00\")\ndef report_unfulfilled_orders(scheduledAt):\n    getOrderData = get_order_data(query=\"fulfillment_status:unfulfilled\", max_root_records=100)\n    send_email(address=\"team@example.com\", subject=\"Unfulfilled orders\", message=\"{% for order in getOrderData %}{{ order.name }}\\n{% endfor %}\")\n",
    ),
    (
        "Tag international orders by shipping country",
        "@order_created\ndef tag_international_orders(order):\n    if order.shippingAddress.countryCodeV2 != \"US\":\n        add_order_tags(order_id=order.id, tags=[\"international\"])\n",
    ),
    (
        "Tag orders that hold products with a tag",
        "@order_created\ndef tag_orders_by_product_tag(order):\n    if any(any(y == \"presale\" for y in x.product.tags) for x in order.lineItems):\n        add_order_tags(order_id=order.id, tags=[\"presale\"])\n",
    ),
    (
        "Report disputes and chargebacks",
        "@dispute_created\ndef report_disputes(dispute, order):\n    send_email(address=\"team@example.com\", subject=\"Dispute on {{ order.name }}\", message=\"Evidence is due by {{ dispute.evidenceDueBy }}.\")\n",
    ),
    (
        "Archive delivered orders",
        "@fulfillment_event_created\ndef archive_delivered_orders(fulfillmentEvent, fulfillment, order):\n    if fulfillmentEvent.status == \"DELIVERED\":\n        archive_order(order_id=order.id)\n",
    ),
    (
        "Remind about a payment that is due",
        "@payment_schedule_is_due\ndef remind_about_payment(paymentSchedule, order):\n    send_payment_reminder(order_id=order.id)\n",
    ),
    (
        "Tag returning customers after several orders",
        "@order_created\ndef tag_returning_customers(order):\n    if order.customer.numberOfOrders >= 3:\n        add_customer_tags(customer_id=order.customer.id, tags=[\"returning\"])\n",
    ),
];

/// The program of the template that shares most words with the query. Empty when none shares two
/// words, or all that there are.
pub fn template_search(query: &str) -> Vec<String> {
    let words = Words::new();
    let wanted = words.unique(query);
    let best = TEMPLATES
        .iter()
        .map(|(name, program)| {
            let name = words.unique(name);
            let shared = name.iter().filter(|word| wanted.contains(word)).count();
            (shared, program)
        })
        // The first of equals.
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    match best {
        Some((shared, program)) if shared > 0 && shared >= wanted.len().min(2) => {
            program.lines().map(str::to_string).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_with_most_shared_words_is_found() {
        for (query, first) in [
            ("tag VIP customers", "@order_paid"),
            ("cancel risky orders", "@order_risk_analyzed"),
            ("low stock", "@inventory_quantity_changed"),
            (
                "a daily summary of orders",
                "@scheduled_time(every=\"day\", at=\"08:00\")",
            ),
        ] {
            let found = template_search(query);
            assert_eq!(found.first().map(String::as_str), Some(first), "{query}");
        }
        assert!(template_search("translate the theme").is_empty());
    }
}
