//! Bodies that cannot be used: each refusal says in a sentence what was wrong and where.

use app::api::{Say, SessionEvents};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use leptos::server_fn::ServerFn;

use crate::harness::{OWNER, Server, TOKEN, json_of, order};

#[tokio::test]
async fn events_that_do_not_fit_are_refused_with_the_place() {
    let server = Server::new().await;
    let table = [
        ("{\"trigger\":", "line 1"),
        ("[1]", "at the top"),
        ("{\"event\":{\"order\":{}}}", "\"trigger\""),
        ("{\"trigger\":1,\"event\":{\"order\":{}}}", "at /trigger"),
        (
            "{\"trigger\":\"shopify::admin::order_creatd\",\"event\":{\"order\":{}}}",
            "Did you mean shopify::admin::order_created?",
        ),
        (
            "{\"trigger\":\"shopify::admin::add_order_tags\",\"event\":{\"order\":{}}}",
            "there is no trigger",
        ),
        (
            "{\"trigger\":\"shopify::admin::order_created\",\"event\":{\"order\":7}}",
            "at /event/order",
        ),
    ];
    for (body, expected) in table {
        let (status, answer) = server.event(TOKEN, body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(answer["code"], "invalid");
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(expected), "{body}: {message}");
    }
}

#[tokio::test]
async fn events_need_the_token_of_a_store() {
    let server = Server::new().await;
    let (status, answer) = server.event("guessed", order("1.00")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "{answer}");
    let request = Request::post("/api/events")
        .body(Body::from(order("1.00")))
        .unwrap();
    let response = server.stranger().send(request).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_large_body_is_refused_with_a_sentence() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    let megabyte = "x".repeat(1024 * 1024);
    let (status, answer) = browser
        .call::<Say>(&[("session", &session), ("text", &megabyte)])
        .await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer["code"], "invalid");
    assert!(
        answer["message"].as_str().unwrap().contains("too large"),
        "{answer}"
    );
    let (status, _) = server.event(TOKEN, format!("\"{megabyte}\"")).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);

    let long = "word ".repeat(1000);
    let (status, answer) = browser
        .call::<Say>(&[("session", &session), ("text", &long)])
        .await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        answer["message"].as_str().unwrap().contains("4000"),
        "{answer}"
    );
    let (status, _) = browser
        .call::<Say>(&[("session", &session), ("text", "  ")])
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let events = browser
        .done::<SessionEvents>(&[("session", &session), ("after", "0")])
        .await;
    assert_eq!(
        events.as_array().unwrap().len(),
        1,
        "nothing of it is in the log"
    );
}

#[tokio::test]
async fn arguments_that_do_not_read_are_refused() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let request = Request::post(Say::PATH)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("session=1"))
        .unwrap();
    let response = browser.send(request).await;
    assert!(response.status().is_client_error() || response.status().is_server_error());
    let answer = json_of(response).await;
    assert_eq!(answer["code"], "invalid", "{answer}");
}
