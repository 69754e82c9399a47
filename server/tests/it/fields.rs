//! What the step panel asks: what a step can read, and what a check says about a value that nobody
//! has stored.

use app::api::{CheckField, ReadScope, SessionEvents};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Browser, OWNER, STRANGER, Server, VIP};

/// A session with the VIP workflow as its draft: trigger `s1`, condition `s2`, tags `s3`, mail `s4`.
async fn drawn(server: &Server, browser: &mut Browser) -> String {
    let session = browser.start().await;
    server.script.add(VIP);
    browser.turn(&session, "tag big orders").await;
    session
}

async fn scope(browser: &mut Browser, session: &str, step: &str, sought: Value) -> Vec<Value> {
    let arguments = json!({ "session": session, "step": step, "sought": sought });
    let (status, answer) = browser.call_json::<ReadScope>(arguments).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer.as_array().unwrap().clone()
}

async fn check(
    browser: &mut Browser,
    session: &str,
    step: &str,
    field: &str,
    value: &str,
) -> Value {
    let arguments = json!({ "session": session, "step": step, "field": field, "value": value });
    let (status, answer) = browser.call_json::<CheckField>(arguments).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

fn paths(found: &[Value]) -> Vec<&str> {
    found
        .iter()
        .map(|info| info["path"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_step_is_offered_what_it_can_read_and_never_everything() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = drawn(&server, &mut browser).await;
    let usual = scope(&mut browser, &session, "s4", json!({})).await;
    assert!(paths(&usual).contains(&"order.name"), "{usual:?}");
    assert!(usual.len() <= 40);
    let found = scope(
        &mut browser,
        &session,
        "s4",
        json!({ "search": "financial status" }),
    )
    .await;
    assert_eq!(found[0]["path"], "order.displayFinancialStatus");
    assert_eq!(found[0]["kind"], "enum");
    let values = found[0]["values"].as_array().unwrap();
    assert!(values.contains(&json!("PAID")), "{values:?}");
    // The trigger itself sees the shop only.
    let found = scope(
        &mut browser,
        &session,
        "s1",
        json!({ "search": "order name" }),
    )
    .await;
    assert!(
        paths(&found).iter().all(|path| path.starts_with("shop.")),
        "{found:?}"
    );
    let objects = scope(&mut browser, &session, "s3", json!({ "of": "Customer" })).await;
    assert_eq!(objects[0]["path"], "order.customer");
    let lists = scope(&mut browser, &session, "s3", json!({ "of": "[]" })).await;
    assert!(paths(&lists).contains(&"order.lineItems"));
    let items = scope(
        &mut browser,
        &session,
        "s2",
        json!({ "under": "order.lineItems", "search": "sku" }),
    )
    .await;
    assert_eq!(items[0]["path"], "order.lineItems.sku");
    assert_eq!(items[0]["list"], Value::Null);
}

#[tokio::test]
async fn a_value_is_checked_and_previewed_and_nothing_is_stored() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = drawn(&server, &mut browser).await;
    let events = [("session", session.as_str()), ("after", "0")];
    let before = browser.done::<SessionEvents>(&events).await;

    let good = check(
        &mut browser,
        &session,
        "s4",
        "subject",
        "Hello {{ order.name }}",
    )
    .await;
    assert_eq!(good["findings"], json!([]));
    assert_eq!(good["preview"], "Hello #1001");

    let bad = check(
        &mut browser,
        &session,
        "s4",
        "subject",
        "Hello {{ order.nmae }}",
    )
    .await;
    let finding = &bad["findings"][0];
    assert_eq!(finding["step"], "s4");
    assert_eq!(finding["field"], "subject");
    assert_eq!(finding["correction"], "Hello {{ order.name }}");

    // The step stands behind its condition: the event is one that passes it.
    let amount = check(
        &mut browser,
        &session,
        "s4",
        "message",
        "{{ order.totalPriceSet.shopMoney.amount }}",
    )
    .await;
    let amount: f64 = amount["preview"].as_str().unwrap().parse().unwrap();
    assert!(amount > 500.0, "{amount}");

    let empty = check(&mut browser, &session, "s3", "tags", "").await;
    assert_eq!(empty["findings"][0]["code"], "CONFIG_FIELD_REQUIRED");

    assert_eq!(browser.done::<SessionEvents>(&events).await, before);
}

#[tokio::test]
async fn a_condition_says_what_it_reads_and_where_it_stops_to_read() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = drawn(&server, &mut browser).await;
    let text = "((order.test == true) && (order.tags any? |t| (t == 'vip')))";
    let found = check(&mut browser, &session, "s2", "condition", text).await;
    let reads = found["reads"].as_array().unwrap();
    assert_eq!(paths(reads), ["order.test", "order.tags", "t"]);
    assert_eq!(reads[0]["kind"], "boolean");
    assert_eq!(reads[1]["list"], "order.tags");
    assert_eq!(found["at"], Value::Null);

    let found = check(
        &mut browser,
        &session,
        "s2",
        "condition",
        "(order.name == 'ö') and ( order.test ==",
    )
    .await;
    assert_eq!(found["findings"][0]["code"], "CONDITION_TYPE_ERROR");
    assert!(found["at"].as_u64().is_some(), "{found}");
}

#[tokio::test]
async fn steps_that_are_not_there_and_other_stores_are_refused() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = drawn(&server, &mut browser).await;
    let arguments = json!({ "session": session, "step": "s99", "sought": {} });
    let (status, _) = browser.call_json::<ReadScope>(arguments).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let empty = browser.start().await;
    let arguments = json!({ "session": empty, "step": "s1", "field": "x", "value": "y" });
    let (status, _) = browser.call_json::<CheckField>(arguments).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let mut stranger = server.browser(STRANGER).await;
    let arguments = json!({ "session": session, "step": "s3", "sought": {} });
    let (status, _) = stranger.call_json::<ReadScope>(arguments).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
