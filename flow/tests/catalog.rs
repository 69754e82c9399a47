//! The built-in catalogue: it reads, it is consistent in itself, and it knows what merchants speak of.

use std::collections::BTreeSet;
use std::path::PathBuf;

use flow::catalog::{Catalog, FieldKind, IdStatus, TypeRef, Variable};
use flow::workflow::TaskType;

const SCALARS: &[&str] = &[
    "String",
    "ID",
    "Int",
    "Float",
    "Decimal",
    "Money",
    "Boolean",
    "DateTime",
    "Date",
    "URL",
    "UnsignedInt64",
    "BigInt",
    "JSON",
    "HTML",
    "FormattedString",
    "UtcOffset",
    "Color",
    "StorefrontID",
    "ARN",
];

/// Words of the Python form that no task may be called.
const RESERVED: &[&str] = &[
    "any", "all", "none", "empty", "not", "in", "for", "if", "elif", "else", "task", "goto",
    "parallel", "and", "or", "is", "None", "True", "False", "def", "item",
];

fn catalog() -> Catalog {
    Catalog::parse(
        include_str!("../catalog/tasks.json"),
        include_str!("../catalog/types.json"),
    )
    .expect("the catalogue reads")
}

fn known(catalog: &Catalog, name: &str) -> bool {
    SCALARS.contains(&name)
        || catalog.types.objects.contains_key(name)
        || catalog.enum_values(name).is_some()
}

#[test]
fn the_builtin_catalogue_is_the_one_that_reads() {
    assert_eq!(Catalog::builtin(), catalog());
    assert!(catalog().tasks().count() >= 240);
    assert!(catalog().types.objects.len() >= 500);
}

#[test]
fn every_task_is_written_as_the_python_form_and_the_interface_need_it() {
    let catalog = catalog();
    let mut names = BTreeSet::new();
    for task in catalog.tasks() {
        let mut letters = task.name.chars();
        assert!(
            letters.next().is_some_and(|c| c.is_ascii_lowercase())
                && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'),
            "{} is no name",
            task.name
        );
        assert!(
            !RESERVED.contains(&task.name.as_str()),
            "{} is reserved",
            task.name
        );
        assert!(names.insert(&task.name), "{} is there twice", task.name);
        let words = task.description.split_whitespace().count();
        assert!(
            (3..=12).contains(&words) && task.description.ends_with('.'),
            "{}: {}",
            task.name,
            task.description
        );
        assert!(
            !task.label.is_empty() && !task.version.is_empty(),
            "{}",
            task.name
        );
        let mut fields = BTreeSet::new();
        for field in &task.fields {
            let place = format!("{}.{}", task.name, field.id);
            assert!(fields.insert(&field.id), "{place} is there twice");
            assert!(!field.label.is_empty(), "{place} has no label");
            assert_eq!(
                field.kind == FieldKind::Enum,
                !field.values.is_empty(),
                "{place}: values"
            );
            assert_eq!(
                matches!(field.kind, FieldKind::CommerceObject | FieldKind::Resource),
                field.of.is_some(),
                "{place}: type"
            );
        }
        if task.task_type == TaskType::Trigger {
            assert!(!task.adds.is_empty(), "{} adds no variable", task.name);
        }
        if task.task_type == TaskType::Action {
            assert!(task.adds.len() <= 1, "{} adds many variables", task.name);
        }
    }
}

#[test]
fn every_type_that_is_named_exists() {
    let catalog = catalog();
    for task in catalog.tasks() {
        for field in &task.fields {
            if let Some(of) = &field.of {
                assert!(known(&catalog, of), "{}.{}: {of}", task.name, field.id);
            }
        }
        for variable in &task.adds {
            assert!(
                known(&catalog, &variable.ty.name),
                "{}: {}",
                task.name,
                variable.ty
            );
        }
    }
    for (object, fields) in &catalog.types.objects {
        assert!(!fields.is_empty(), "{object} has no fields");
        for (field, ty) in fields {
            assert!(known(&catalog, &ty.name), "{object}.{field}: {ty}");
        }
    }
    for path in &catalog.types.deprecated {
        let (object, field) = path.split_once('.').expect("two parts");
        assert!(catalog.types.objects[object].contains_key(field), "{path}");
    }
}

#[test]
fn the_steps_of_flow_itself_are_there() {
    let catalog = catalog();
    for (name, id) in [
        ("condition", "shopify::flow::condition"),
        ("foreach", "shopify::flow::foreach"),
        ("wait", "shopify::flow::wait"),
        ("order_created", "shopify::admin::order_created"),
        ("product_created", "shopify::admin::product_added"),
        ("add_order_tags", "shopify::admin::add_order_tags"),
        (
            "update_order_metafield",
            "shopify::admin::add_order_metafield",
        ),
        ("send_email", "shopify::flow::send_email"),
        ("get_order_data", "shopify::flow::fetch::orders"),
        ("admin_api_request", "shopify::admin::admin_api_operation"),
    ] {
        assert_eq!(
            catalog.task_named(name).map(|task| task.id.as_str()),
            Some(id)
        );
        assert_eq!(
            catalog.task(id).map(|task| task.id_status),
            Some(IdStatus::Exact)
        );
    }
    let orders = catalog.task_named("get_order_data").expect("there");
    assert_eq!(
        orders
            .output()
            .map(|variable| (variable.name.as_str(), variable.ty.to_string())),
        Some(("getOrderData", "[Order]".to_string()))
    );
}

#[test]
fn everyday_paths_resolve() {
    let catalog = catalog();
    let scope: Vec<Variable> = [
        ("order", "Order"),
        ("product", "Product"),
        ("productVariant", "ProductVariant"),
        ("oldStatus", "ProductStatus"),
        ("inventoryQuantityPrior", "Int"),
        ("abandonment", "Abandonment"),
        ("customer", "Customer"),
        ("getOrderData", "[Order]"),
        ("dispute", "ShopifyPaymentsDispute"),
        ("return", "Return"),
        ("fulfillment", "Fulfillment"),
        ("fulfillmentOrder", "FulfillmentOrder"),
        ("draftOrder", "DraftOrder"),
        ("review", "YotpoReview"),
        ("shop", "Shop"),
        ("lineItemsForeachitem", "LineItem"),
        ("runCode", "JSON"),
        ("getAnalyticsData", "AnalyticsData"),
    ]
    .into_iter()
    .map(|(name, ty)| Variable {
        name: name.to_string(),
        ty: TypeRef::parse(ty),
    })
    .collect();
    for (path, ty, through_list) in [
        ("order.totalPriceSet.shopMoney.amount", "Decimal", false),
        (
            "order.currentTotalPriceSet.shopMoney.amount",
            "Decimal",
            false,
        ),
        (
            "order.totalPriceSet.shopMoney.currencyCode",
            "CurrencyCode",
            false,
        ),
        (
            "order.displayFinancialStatus",
            "OrderDisplayFinancialStatus",
            false,
        ),
        ("order.fullyPaid", "Boolean", false),
        (
            "order.displayFulfillmentStatus",
            "OrderDisplayFulfillmentStatus",
            false,
        ),
        ("order.tags", "[String]", false),
        ("order.note", "String", false),
        ("order.sourceName", "String", false),
        ("order.shippingAddress.countryCodeV2", "CountryCode", false),
        ("order.shippingAddress.zip", "String", false),
        ("order.shippingAddress.provinceCode", "String", false),
        ("order.shippingLine.title", "String", false),
        ("order.shippingLine.code", "String", false),
        ("order.discountCodes", "[String]", false),
        ("order.discountCode", "String", false),
        ("order.paymentGatewayNames", "[String]", false),
        ("order.customAttributes.key", "String", true),
        ("order.customAttributes.value", "String", true),
        (
            "order.risk.recommendation",
            "OrderRiskRecommendationResult",
            false,
        ),
        (
            "order.risk.assessments.riskLevel",
            "RiskAssessmentResult",
            true,
        ),
        ("order.customer.numberOfOrders", "UnsignedInt64", false),
        ("order.customer.amountSpent.amount", "Decimal", false),
        ("order.customer.tags", "[String]", false),
        (
            "order.customer.defaultEmailAddress.emailAddress",
            "String",
            false,
        ),
        ("order.lineItems", "[LineItem]", false),
        ("order.lineItems.sku", "String", true),
        ("order.lineItems.quantity", "Int", true),
        ("order.lineItems.vendor", "String", true),
        ("order.lineItems.title", "String", true),
        ("order.lineItems.product.tags", "[String]", true),
        ("order.lineItems.product.productType", "String", true),
        ("order.lineItems.variant.sku", "String", true),
        ("productVariant.inventoryQuantity", "Int", false),
        (
            "productVariant.inventoryItem.inventoryLevels.location.name",
            "String",
            true,
        ),
        ("product.totalInventory", "Int", false),
        ("inventoryQuantityPrior", "Int", false),
        ("product.productType", "String", false),
        ("product.vendor", "String", false),
        ("product.status", "ProductStatus", false),
        ("product.collections.handle", "String", true),
        ("productVariant.price", "Money", false),
        ("productVariant.compareAtPrice", "Money", false),
        (
            "abandonment.abandonedCheckoutPayload.abandonedCheckoutUrl",
            "URL",
            false,
        ),
        (
            "customer.defaultAddress.countryCodeV2",
            "CountryCode",
            false,
        ),
        ("getOrderData.customer.id", "ID", true),
        ("dispute.order.name", "String", false),
        ("dispute.type", "DisputeType", false),
        ("return.order.id", "ID", false),
        ("fulfillment.trackingInfo.number", "String", true),
        ("fulfillmentOrder.status", "FulfillmentOrderStatus", false),
        ("draftOrder.invoiceSentAt", "DateTime", false),
        ("review.rating", "Int", false),
        ("review.score", "Int", false),
        ("product.featuredMedia.preview.image.url", "URL", false),
        ("product.media.alt", "String", true),
        ("order.purchasingEntity.company.name", "String", false),
        ("order.metafields.value", "String", true),
        ("customer.paymentMethods.instrument.brand", "String", true),
        ("order.events.message", "FormattedString", true),
        ("shop.name", "String", false),
        ("lineItemsForeachitem.product.id", "ID", false),
        ("runCode.points.total", "JSON", false),
        ("getAnalyticsData.rows.total_sales", "JSON", true),
    ] {
        let resolved = catalog.resolve(&scope, path);
        let resolved = resolved.unwrap_or_else(|error| panic!("{path}: {error:?}"));
        assert_eq!(
            (resolved.ty.to_string().as_str(), resolved.through_list),
            (ty, through_list),
            "{path}"
        );
        if !catalog.types.objects.contains_key(&resolved.ty.name) {
            assert!(catalog.is_scalar(&resolved.ty.name));
        }
    }
    let misspelt = catalog
        .resolve(&scope, "order.customer.numberOfOrder")
        .expect_err("no such field");
    assert_eq!(misspelt.known, "order.customer");
    assert_eq!(misspelt.nearest.as_deref(), Some("numberOfOrders"));
}

#[test]
fn enums_are_complete() {
    let catalog = catalog();
    for (name, count, value) in [
        ("OrderDisplayFinancialStatus", 8, "PAID"),
        ("OrderCancelReason", 6, "FRAUD"),
        ("OrderRiskLevel", 3, "HIGH"),
        ("ProductStatus", 4, "UNLISTED"),
        ("FulfillmentDisplayStatus", 18, "DELIVERED"),
        ("CountryCode", 245, "US"),
    ] {
        let values = catalog.enum_values(name).unwrap_or_default();
        assert_eq!(values.len(), count, "{name}");
        assert!(
            values.iter().any(|known| known == value),
            "{name} has {value}"
        );
    }
}

#[test]
fn a_store_sees_the_connectors_it_installed() {
    let all = catalog();
    let none: [&str; 0] = [];
    let plain = all.with_connectors(&none);
    assert!(plain.tasks().all(|task| task.connector.is_none()));
    assert!(plain.task_named("slack_send_message").is_none());
    let slack = all.with_connectors(&["slack"]);
    assert!(slack.task_named("slack_send_message").is_some());
    assert!(slack.task_named("gorgias_create_ticket").is_none());
    assert_eq!(slack.tasks().count(), plain.tasks().count() + 1);
}

#[test]
fn what_is_offered_is_a_part_that_stands_alone() {
    let catalog = catalog();
    let offered = catalog.offered();
    assert_eq!(offered.types.objects.len(), catalog.types.offered.len());
    assert!(offered.types.objects.len() < catalog.types.objects.len());
    for (object, fields) in &offered.types.objects {
        let all: Vec<_> = catalog.types.objects[object].iter().collect();
        let first: Vec<_> = fields.iter().collect();
        assert!(!first.is_empty() && all.starts_with(&first), "{object}");
        for (field, ty) in fields {
            assert!(known(&offered, &ty.name), "{object}.{field}: {ty}");
        }
    }
    for task in offered.tasks() {
        for variable in &task.adds {
            assert!(
                known(&offered, &variable.ty.name),
                "{}: {}",
                task.name,
                variable.ty
            );
        }
    }
    let product = &offered.types.objects["Product"];
    assert!(product.contains_key("tags") && !product.contains_key("featuredMedia"));
    assert_eq!(offered.offered(), offered);
}

#[test]
fn tasks_say_who_publishes_them() {
    let catalog = catalog();
    for (name, publisher) in [
        ("order_created", "shopify"),
        ("send_email", "flow"),
        ("get_order_data", "flow"),
        ("slack_send_message", "Slack"),
    ] {
        let task = catalog.task_named(name).expect("there");
        assert_eq!(task.publisher(), publisher, "{name}");
    }
}

#[test]
fn a_required_field_with_a_default_need_not_be_given() {
    let catalog = catalog();
    let orders = catalog.task_named("get_order_data").expect("there");
    let field = |id: &str| orders.field(id).expect("there");
    assert!(field("query").must_be_given());
    assert!(field("max_root_records").required && !field("max_root_records").must_be_given());
    assert_eq!(field("max_root_records").default.as_deref(), Some("100"));
    for task in catalog.tasks() {
        for field in &task.fields {
            let Some(default) = field.default.as_deref().filter(|text| !text.is_empty()) else {
                continue;
            };
            let place = format!("{}.{}", task.name, field.id);
            match field.kind {
                FieldKind::Integer => assert!(default.parse::<u32>().is_ok(), "{place}"),
                FieldKind::Enum => assert!(field.values.iter().any(|v| v == default), "{place}"),
                _ => {}
            }
        }
    }
}

/// The facts that the catalogue was written from, where this checkout has them beside it.
fn facts() -> Option<serde_json::Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/flow/tasks.json");
    let text = std::fs::read_to_string(path).ok()?;
    Some(serde_json::from_str(&text).expect("the facts read"))
}

#[test]
fn every_id_that_is_known_for_sure_is_there() {
    let Some(facts) = facts() else { return };
    let catalog = catalog();
    for fact in facts["tasks"].as_array().expect("a list") {
        let Some(id) = fact["task_id"].as_str() else {
            continue;
        };
        let task = catalog
            .task(id)
            .unwrap_or_else(|| panic!("{id} is missing"));
        assert_eq!(task.id_status, IdStatus::Exact, "{id}");
        assert_eq!(Some(task.task_type.as_str()), fact["type"].as_str(), "{id}");
    }
    let exact = catalog
        .tasks()
        .filter(|task| task.id_status == IdStatus::Exact);
    assert_eq!(exact.count(), 39);
}

/// A word of a label as a field id would be written: `Query String` gives `query_string`.
fn as_id(text: &str) -> String {
    text.to_lowercase().replace(' ', "_")
}

/// Every task of the facts is here, as what the facts say it is.
#[test]
fn the_catalogue_says_what_the_facts_say() {
    let Some(facts) = facts() else { return };
    let catalog = catalog();
    let facts = facts["tasks"].as_array().expect("a list");
    let mut met = BTreeSet::new();
    for fact in facts {
        let text = |key: &str| fact[key].as_str().unwrap_or_default();
        let label = text("label");
        // A connector is named behind the collection it comes with (`flow-connectors / Slack`).
        let publisher = text("publisher").rsplit(" / ").next().unwrap_or_default();
        let id = fact["task_id"].as_str().or(fact["guessed_id"].as_str());
        let task = id.and_then(|id| catalog.task(id)).or_else(|| {
            catalog.tasks().find(|task| {
                task.label == label && task.publisher() == publisher && task.connector.is_some()
            })
        });
        let task = task.unwrap_or_else(|| panic!("{label} of {publisher} is missing"));
        assert!(met.insert(&task.id), "{} stands for two", task.id);
        let place = format!("{} ({label})", task.name);

        // Three labels of the facts are descriptions; their tasks were found by their exact ids.
        let described = [
            "shopify::flow::condition",
            "shopify::flow::foreach",
            "10177ce1-63e3-43fd-b0b3-db1e3f1e8df4",
        ];
        if !described.contains(&task.id.as_str()) {
            assert_eq!(task.label, label, "{place}");
        }
        assert_eq!(task.task_type.as_str(), text("type"), "{place}");
        let status = match task.id_status {
            IdStatus::Exact => "exact",
            IdStatus::Guess => "guess",
        };
        assert_eq!(status, text("id_status"), "{place}");
        if publisher != "third-party app" {
            assert_eq!(task.publisher(), publisher, "{place}");
        }
        let versions = fact["versions_seen"].as_array().expect("a list");
        assert!(
            versions.is_empty() || versions.iter().any(|version| *version == *task.version),
            "{place}: {}",
            task.version
        );
        let ports: Vec<&str> = fact["output_ports"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|port| port.as_str())
            .collect();
        assert_eq!(task.task_type.output_ports(), ports, "{place}");

        for wanted in fact["config_fields"].as_array().expect("a list") {
            // In parentheses the facts tell of a field whose id nobody has seen.
            let id = wanted["id"].as_str().expect("an id");
            if id.starts_with('(') {
                continue;
            }
            let field = task
                .field(id)
                .or_else(|| task.field(&as_id(id)))
                .unwrap_or_else(|| panic!("{place} lacks {id}"));
            let place = format!("{place}.{id}");
            // Where the facts do not know, neither answer is wrong.
            if let Some(required) = wanted["required"].as_bool() {
                assert_eq!(field.required, required, "{place}");
            }
            let kind = wanted["type"].as_str().unwrap_or_default();
            let kind = kind.split([':', ' ']).next().unwrap_or_default();
            let ours = serde_json::to_value(field.kind).expect("a word");
            let expected = match kind {
                "typed_metafield" => "metafield",
                "select" => "enum",
                "metaobject_definition" => "text",
                kind => kind,
            };
            let by_label = wanted["id_status"] == "label";
            assert!(by_label || ours == expected, "{place}: {ours} and {kind}");
            if field.kind == FieldKind::Enum
                && let Some(values) = wanted["allowed_values"].as_array()
            {
                assert_eq!(
                    serde_json::to_value(&field.values).expect("a list"),
                    serde_json::Value::Array(values.clone()),
                    "{place}"
                );
            }
        }
        // `shop` is there everywhere; a remark may stand behind a name, or a path into it. The item of
        // a loop has no fixed name.
        for wanted in fact["env_adds"].as_array().expect("a list") {
            let name: String = wanted
                .as_str()
                .expect("a name")
                .chars()
                .take_while(|c| c.is_alphanumeric())
                .collect();
            assert!(
                matches!(name.as_str(), "shop" | "")
                    || task.adds.iter().any(|added| added.name == name),
                "{place} does not add {name}"
            );
        }
    }
    assert_eq!(met.len(), catalog.tasks().count());
}
