//! Trying a workflow out: events are offered, a run shows what would happen, and nothing happens.

use app::api::{Runs, TryEvents, TryOut};
use axum::http::StatusCode;
use flow::session::{Event, Outcome};
use serde_json::{Value, json};

use crate::harness::{Browser, OWNER, Server, VIP};

/// Tries the event with this name.
async fn tried(browser: &mut Browser, session: &str, name: &str) -> Value {
    let offer = browser.done::<TryEvents>(&[("session", session)]).await;
    let event = offer["events"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| event["name"].as_str().unwrap().ends_with(name))
        .unwrap_or_else(|| panic!("no {name} in {offer}"));
    browser
        .done::<TryOut>(&[
            ("session", session),
            ("trigger", event["trigger"].as_str().unwrap()),
            ("event", event["event"].as_str().unwrap()),
        ])
        .await
}

fn steps(tried: &Value) -> Vec<&str> {
    tried["run"]["trace"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["task_id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn both_ways_of_a_condition_are_offered_and_nothing_is_done() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let (session, workflow) = browser.activated(&server).await;
    let before = server.app.log.events(&session, 0).await.unwrap().len();

    let yes = tried(&mut browser, &session, "is over 500: yes").await;
    assert!(steps(&yes).contains(&"shopify::flow::send_email"), "{yes}");
    let tags = &yes["run"]["trace"][2]["fields"]["tags"];
    assert_eq!(tags, &json!(["VIP"]));
    let test = &yes["run"]["trace"][1]["tests"][0];
    assert_eq!(test["passed"], true);
    assert_eq!(test["path"], "order.totalPriceSet.shopMoney.amount");
    assert_eq!(
        yes["branches"],
        json!([
            { "step": yes["run"]["trace"][1]["step"], "port": "true", "taken": true },
            { "step": yes["run"]["trace"][1]["step"], "port": "false", "taken": false },
        ])
    );
    let no = tried(&mut browser, &session, "is over 500: no").await;
    assert_eq!(steps(&no).len(), 2);
    assert_eq!(no["branches"][1]["taken"], true);

    assert!(server.outbox().is_empty());
    let runs = browser.done::<Runs>(&[("workflow_id", &workflow)]).await;
    assert!(runs.as_array().unwrap().is_empty(), "{runs}");
    let after = server.app.log.events(&session, 0).await.unwrap().len();
    assert_eq!(after, before);
}

#[tokio::test]
async fn waits_are_over_at_once_and_scripts_are_evaluated() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    server
        .draft(
            &session,
            r#"@order_created
def add_up(order):
    wait(days=3)
    runCode = run_code(input="{ order { name } }", script="export default function main(input) { return { text: input.order.name + '!' } }", output_schema="type Output { text: String }")
    log_output(message="{{ runCode.text }}")
"#,
        )
        .await;
    let offer = browser.done::<TryEvents>(&[("session", &session)]).await;
    let trigger = offer["triggers"][0]["step"].as_str().unwrap();
    let tried = browser
        .done::<TryOut>(&[
            ("session", &session),
            ("trigger", trigger),
            ("event", r##"{"order": {"name": "#7"}}"##),
        ])
        .await;
    let trace = tried["run"]["trace"].as_array().unwrap();
    assert_eq!(trace[1]["outcome"]["kind"], "waiting");
    assert_eq!(trace.last().unwrap()["fields"]["message"], "#7!");
    assert!(tried["run"]["waiting"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_pending_is_tried_before_the_draft() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let (session, _) = browser.activated(&server).await;
    server.script.add(&VIP.replace("\"VIP\"", "\"GOLD\""));
    let events = browser.turn(&session, "call the tag GOLD").await;
    assert!(events.iter().any(|recorded| matches!(
        recorded.event,
        Event::Answered {
            outcome: Outcome::Workflow,
            ..
        }
    )));
    let offer = browser.done::<TryEvents>(&[("session", &session)]).await;
    assert_eq!(offer["pending"], true);
    let yes = tried(&mut browser, &session, "is over 500: yes").await;
    assert_eq!(yes["run"]["trace"][2]["fields"]["tags"], json!(["GOLD"]));
}

#[tokio::test]
async fn an_event_that_does_not_read_is_refused_with_its_line() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    let (status, answer) = browser.call::<TryEvents>(&[("session", &session)]).await;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");
    server.draft(&session, VIP).await;
    let offer = browser.done::<TryEvents>(&[("session", &session)]).await;
    let trigger = offer["triggers"][0]["step"].as_str().unwrap();
    for (event, said) in [
        ("{\n  \"order\": {,}\n}", "line 2"),
        ("[1]", "object"),
        ("", "line 1"),
    ] {
        let (status, answer) = browser
            .call::<TryOut>(&[
                ("session", &session),
                ("trigger", trigger),
                ("event", event),
            ])
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(said), "{message}");
    }
    let (status, answer) = browser
        .call::<TryOut>(&[("session", &session), ("trigger", "gone"), ("event", "{}")])
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");
}
