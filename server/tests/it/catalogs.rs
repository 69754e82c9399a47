//! A store's own catalogue: in force in its turns, checks, canvas and runs, and in no other store's.

use app::api::{Activate, SessionEvents, Tasks};
use axum::http::StatusCode;
use flow::catalog::import;
use flow::session::{Recorded, State};
use serde_json::{Value, json};
use server::accounts::Store;
use server::accounts::store::store_by_name;
use server::catalogs;

use crate::harness::{OWNER, STRANGER, Server, TOKEN};

const DESCRIBED: &str = include_str!("described.json");

const PAID: &str = r#"@order_paid
def print_labels(order):
    printALabel = print_a_label(order_id=order.id)
    log_output(message="{{ order.name }}")
"#;

async fn harbor(server: &Server) -> Store {
    store_by_name(&server.app.pool, "Harbor Goods")
        .await
        .unwrap()
        .unwrap()
}

async fn import_into(server: &Server, store: &Store) {
    let read = import::read(DESCRIBED.as_bytes());
    assert!(read.findings.is_empty(), "{:?}", read.findings);
    catalogs::keep(&server.app.pool, &store.id, &read.overlay, 1)
        .await
        .unwrap();
}

fn paid(trigger: &str) -> String {
    let order = json!({ "id": "gid://shopify/Order/1001", "name": "#1001" });
    json!({ "trigger": trigger, "event": { "order": order } }).to_string()
}

fn has(tasks: &Value, id: &str) -> bool {
    let tasks = tasks.as_array().unwrap();
    tasks.iter().any(|task| task["id"] == id)
}

#[tokio::test]
async fn what_a_store_said_is_in_force_from_the_turn_to_the_run() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let before = browser.done::<Tasks>(&[]).await;
    assert!(has(&before, "shopify::admin::order_paid"));
    import_into(&server, &harbor(&server).await).await;

    // The canvas of a browser that was open all the time.
    let tasks = browser.done::<Tasks>(&[]).await;
    assert!(has(&tasks, "shopify::admin::orders_paid"));
    assert!(!has(&tasks, "shopify::admin::order_paid"));
    let press = "0f0c8a54-6b3d-4f0e-8f26-4f6f0c1b9f11";
    assert!(has(&tasks, press));
    let mut stranger = server.browser(STRANGER).await;
    assert!(!has(&stranger.done::<Tasks>(&[]).await, press));

    // The turn draws with it, the check knows it, turning on allows it.
    let session = browser.start().await;
    server.script.add(PAID);
    browser
        .turn(&session, "When an order is paid, print a label")
        .await;
    let events = browser
        .done::<SessionEvents>(&[("session", &session), ("after", "0")])
        .await;
    let events: Vec<Recorded> = serde_json::from_value(events).unwrap();
    let state = State::fold(&events);
    let draft = state.draft.unwrap();
    let ids: Vec<&str> = draft
        .steps
        .iter()
        .map(|step| step.task_id.as_str())
        .collect();
    assert_eq!(
        ids,
        [
            "shopify::admin::orders_paid",
            press,
            "shopify::flow::log_output"
        ]
    );
    assert!(
        !flow::check::has_error(&state.findings),
        "{:?}",
        state.findings
    );
    browser.done::<Activate>(&[("session", &session)]).await;

    // An event runs it, under the real id as under the guess that stood there before.
    for trigger in ["shopify::admin::orders_paid", "shopify::admin::order_paid"] {
        let (status, started) = server.event(TOKEN, paid(trigger)).await;
        assert_eq!(status, StatusCode::OK, "{started}");
        assert_eq!(started["runs"].as_array().unwrap().len(), 1, "{trigger}");
    }

    // Without it, the app's task is unknown again.
    let store = harbor(&server).await;
    assert!(
        catalogs::store::remove(&server.app.pool, &store.id)
            .await
            .unwrap()
    );
    let (status, answer) = browser.call::<Activate>(&[("session", &session)]).await;
    assert_ne!(status, StatusCode::OK, "{answer}");
}

#[tokio::test]
async fn a_workflow_with_the_guess_goes_on_after_the_import() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    server
        .script
        .add("@order_paid\ndef log_paid(order):\n    log_output(message=\"{{ order.name }}\")\n");
    browser
        .turn(&session, "When an order is paid, log it")
        .await;
    browser.done::<Activate>(&[("session", &session)]).await;
    import_into(&server, &harbor(&server).await).await;
    let (status, started) = server
        .event(TOKEN, paid("shopify::admin::orders_paid"))
        .await;
    assert_eq!(status, StatusCode::OK, "{started}");
    assert_eq!(started["runs"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_catalogue_is_prepared_once_and_again_after_an_import() {
    let server = Server::new().await;
    let first = server
        .app
        .catalogs
        .of(&harbor(&server).await)
        .await
        .unwrap();
    let again = server
        .app
        .catalogs
        .of(&harbor(&server).await)
        .await
        .unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &again));
    import_into(&server, &harbor(&server).await).await;
    let other = server
        .app
        .catalogs
        .of(&harbor(&server).await)
        .await
        .unwrap();
    assert!(!std::sync::Arc::ptr_eq(&first, &other));
    assert!(other.task_named("print_a_label").is_some());
    assert!(
        agent::grammar::lark(&other, None).contains("print_a_label")
            && !agent::grammar::lark(&first, None).contains("print_a_label"),
        "the grammar is that of the catalogue in force"
    );
}
