//! The shop that inputs are read for: the built-in catalogue, and one small order.

use std::sync::OnceLock;

use flow::Catalog;
use flow::catalog::{Task, Variable};
use serde_json::{Value, json};

/// The built-in catalogue.
pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(Catalog::builtin)
}

/// A few tasks without types, quick to copy. Programs know the others as those of connectors that
/// are not installed.
pub fn few_tasks() -> &'static Catalog {
    const NAMES: [&str; 6] = [
        "order_created",
        "add_order_tags",
        "log_output",
        "condition",
        "foreach",
        "wait",
    ];
    static FEW: OnceLock<Catalog> = OnceLock::new();
    FEW.get_or_init(|| {
        let tasks: Vec<&Task> = NAMES
            .iter()
            .filter_map(|name| catalog().task_named(name))
            .collect();
        let tasks = serde_json::to_string(&tasks).unwrap_or_default();
        Catalog::parse(&tasks, r#"{"objects": {}, "enums": {}}"#).unwrap_or_default()
    })
}

/// What a step after `order_created` sees.
pub fn scope() -> &'static [Variable] {
    static SCOPE: OnceLock<Vec<Variable>> = OnceLock::new();
    SCOPE.get_or_init(|| {
        let adds = catalog()
            .task_named("order_created")
            .map(|task| task.adds.clone());
        adds.unwrap_or_default()
    })
}

/// A small event, with a value of every kind that JSON has.
pub fn event() -> &'static Value {
    static EVENT: OnceLock<Value> = OnceLock::new();
    EVENT.get_or_init(|| {
        json!({
            "order": {
                "id": "gid://shopify/Order/1", "name": "#1001", "note": "", "test": false,
                "createdAt": "2026-03-01T12:30:00Z", "cancelledAt": null,
                "displayFinancialStatus": "PAID", "tags": ["vip", "Größe 2"],
                "currentSubtotalLineItemsQuantity": 9_007_199_254_740_993_i64,
                "totalPriceSet": {"shopMoney": {"amount": "540.20", "currencyCode": "EUR"}},
                "lineItems": [
                    {"title": "Tea", "quantity": 2, "sku": null, "product": {"tags": ["a", "b"]}},
                    {"title": "Cup <b>", "quantity": -1, "weight": 1.5e300, "product": null},
                ],
                "customer": {"email": "ada@example.com", "numberOfOrders": "3", "addresses": []},
            },
            "shop": {"name": "Shop & Co", "contactEmail": "shop@example.com"},
            "now": "2026-03-02T00:00:00Z",
        })
    })
}
