//! Editing by hand: what an edit writes, what undoing takes back, and that nothing is overwritten.

use app::api::{Activate, EditDraft, RedoChange, SessionEvents, UndoChange, Workflows};
use axum::http::StatusCode;
use flow::session::{Event, Recorded, State, TurnState};
use serde_json::{Value, json};

use crate::harness::{Browser, OWNER, Server, VIP};

const ORDER: &str = "shopify::admin::order_created";
const TAGS: &str = "shopify::admin::add_order_tags";

async fn state(browser: &mut Browser, session: &str) -> State {
    let events = browser
        .done::<SessionEvents>(&[("session", session), ("after", "0")])
        .await;
    let events: Vec<Recorded> = serde_json::from_value(events).unwrap();
    State::fold(&events)
}

async fn edit(
    browser: &mut Browser,
    session: &str,
    revision: u64,
    edit: Value,
) -> (StatusCode, Value) {
    let arguments = json!({ "session": session, "revision": revision, "edit": edit });
    browser.call_json::<EditDraft>(arguments).await
}

/// An edit that is made; returns the new revision.
async fn made(browser: &mut Browser, session: &str, change: Value) -> u64 {
    let revision = state(browser, session).await.revision;
    let (status, answer) = edit(browser, session, revision, change).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer.as_u64().unwrap()
}

fn message(answer: &Value) -> &str {
    answer["message"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_workflow_is_made_by_hand_and_turned_on_without_a_word() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    // Before a trigger there is nothing to hang a step on.
    let step = json!({ "kind": "add_step", "task_id": TAGS, "place": { "at": "start" } });
    let (status, answer) = edit(&mut browser, &session, 0, step.clone()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    assert!(message(&answer).contains("trigger"), "{answer}");

    made(
        &mut browser,
        &session,
        json!({ "kind": "add_trigger", "task_id": ORDER }),
    )
    .await;
    made(&mut browser, &session, step).await;
    // Findings of the draft travel in the event.
    let now = state(&mut browser, &session).await;
    let missing: Vec<_> = now
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert_eq!(missing, ["CONFIG_FIELD_REQUIRED"]);
    let set = json!({ "kind": "set_field", "step": "s2", "field": "tags", "value": "[\"VIP\"]" });
    made(&mut browser, &session, set).await;
    let rename = json!({ "kind": "rename", "name": "Tag orders" });
    let revision = made(&mut browser, &session, rename).await;
    let now = state(&mut browser, &session).await;
    assert_eq!(now.revision, revision);
    assert!(now.findings.is_empty(), "{:?}", now.findings);
    assert_eq!(
        now.history.undoes(),
        Some("Renamed the workflow to ‘Tag orders’")
    );
    browser.done::<Activate>(&[("session", &session)]).await;
    let workflows = browser.done::<Workflows>(&[]).await;
    assert_eq!(workflows[0]["name"], "Tag orders");
}

#[tokio::test]
async fn changes_by_chat_and_by_hand_are_taken_back_in_one_row() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    server.script.add(VIP);
    browser.turn(&session, "Tag big orders").await;
    let drafted = state(&mut browser, &session).await;
    let draft = drafted.draft.clone().unwrap();
    let last = draft.steps.last().unwrap().id.clone();
    made(
        &mut browser,
        &session,
        json!({ "kind": "duplicate", "steps": [last] }),
    )
    .await;

    for (name, steps) in [
        ("undo", Some(4)),
        ("undo", None),
        ("redo", Some(4)),
        ("redo", Some(5)),
    ] {
        let revision = state(&mut browser, &session).await.revision.to_string();
        let arguments = [
            ("session", session.as_str()),
            ("revision", revision.as_str()),
        ];
        match name {
            "undo" => browser.done::<UndoChange>(&arguments).await,
            _ => browser.done::<RedoChange>(&arguments).await,
        };
        let now = state(&mut browser, &session).await;
        assert_eq!(now.draft.map(|draft| draft.steps.len()), steps, "{name}");
    }
    // At the end there is nothing more, and that is said.
    let revision = state(&mut browser, &session).await.revision.to_string();
    let (status, answer) = browser
        .call::<RedoChange>(&[("session", &session), ("revision", &revision)])
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(message(&answer), "There is nothing left to redo.");
}

#[tokio::test]
async fn an_edit_of_a_draft_that_changed_meanwhile_overwrites_nothing() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    let seen = made(
        &mut browser,
        &session,
        json!({ "kind": "add_trigger", "task_id": ORDER }),
    )
    .await;
    let rename = |name: &str| json!({ "kind": "rename", "name": name });
    // Two windows that saw the same draft, at the same moment.
    let mut other = browser.clone();
    let (one, two) = tokio::join!(
        edit(&mut browser, &session, seen, rename("One")),
        edit(&mut other, &session, seen, rename("Two")),
    );
    let made: Vec<_> = [&one, &two]
        .into_iter()
        .filter(|(status, _)| *status == StatusCode::OK)
        .collect();
    assert_eq!(made.len(), 1, "{one:?} {two:?}");
    let (status, answer) = if one.0 == StatusCode::OK { two } else { one };
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(message(&answer).contains("another window"), "{answer}");
    let (status, _) = browser
        .call::<UndoChange>(&[("session", &session), ("revision", &seen.to_string())])
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    let events = server.app.log.events(&session, 0).await.unwrap();
    let edits = events
        .iter()
        .filter(|recorded| matches!(recorded.event, Event::EditedByHand { .. }))
        .count();
    assert_eq!(edits, 2);
}

#[tokio::test]
async fn nothing_is_edited_while_a_turn_runs_or_changes_wait() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    server.script.add(VIP);
    browser.turn(&session, "Tag big orders").await;
    let rename = json!({ "kind": "rename", "name": "Other" });

    let before = state(&mut browser, &session).await.last_seq;
    server.script.add_stuck("@order_created\ndef a(order):\n");
    browser.say(&session, "Tag them huge").await;
    // Only when something is drawn has the model taken its answer; stopped earlier, it would be left
    // to the next turn.
    browser
        .follow(&session, before, |event| {
            matches!(event, Event::StepDrawn { .. })
        })
        .await;
    let now = state(&mut browser, &session).await;
    assert!(matches!(now.turn, TurnState::Running { .. }));
    let (status, answer) = edit(&mut browser, &session, now.revision, rename.clone()).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(message(&answer).contains("turn"), "{answer}");
    browser
        .done::<app::api::Stop>(&[("session", &session)])
        .await;
    browser
        .follow(&session, now.last_seq, crate::harness::ended)
        .await;

    server.script.add(&VIP.replace("VIP", "Huge"));
    browser.turn(&session, "Tag them huge").await;
    let now = state(&mut browser, &session).await;
    assert!(now.proposal.is_some());
    let (status, answer) = edit(&mut browser, &session, now.revision, rename).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(message(&answer).contains("verdict"), "{answer}");
}

#[tokio::test]
async fn an_edit_that_does_not_read_is_refused() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    let (status, answer) = edit(&mut browser, &session, 0, json!({ "kind": "explode" })).await;
    assert!(status.is_client_error() || status.is_server_error());
    assert!(!message(&answer).is_empty(), "{answer}");
    assert_eq!(state(&mut browser, &session).await.draft, None);
}
