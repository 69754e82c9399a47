//! A turn from the sentence to the log: drawn, reloaded, refused, stopped, interrupted, tried again.

use app::api::{Judge, Retry, Say, SessionEvents, Sessions, Stop};
use axum::http::StatusCode;
use flow::session::{Event, Outcome, Recorded, State};

use crate::harness::{OWNER, SUPPORT, Server, VIP, ended};

fn kinds(events: &[Recorded]) -> Vec<String> {
    events
        .iter()
        .map(|recorded| {
            let value = serde_json::to_value(&recorded.event).unwrap();
            value["type"].as_str().unwrap().to_string()
        })
        .collect()
}

#[tokio::test]
async fn a_sentence_becomes_a_checked_draft() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    server.script.add(VIP);
    let events = browser
        .turn(&session, "When an order over $500 comes in, tag it VIP")
        .await;

    let kinds = kinds(&events);
    assert_eq!(kinds[..2], ["merchant_said", "turn_started"]);
    assert_eq!(kinds.last().unwrap(), "turn_finished");
    assert_eq!(kinds.iter().filter(|kind| *kind == "step_drawn").count(), 4);
    let Event::TurnFinished { timings, .. } = &events.last().unwrap().event else {
        unreachable!()
    };
    assert!(timings.first_step_milliseconds.is_some());
    assert!(timings.prompt_tokens > 0 && timings.completion_tokens > 0);

    // A reload asks for everything after what it saw, and folds to the same.
    let all = browser
        .done::<SessionEvents>(&[("session", &session), ("after", "0")])
        .await;
    let all: Vec<Recorded> = serde_json::from_value(all).unwrap();
    let numbers: Vec<u64> = all.iter().map(|recorded| recorded.seq).collect();
    assert_eq!(numbers, (1..=all.len() as u64).collect::<Vec<_>>());
    let state = State::fold(&all);
    let draft = state.draft.unwrap();
    assert_eq!(draft.steps.len(), 4);
    assert!(
        !flow::check::has_error(&state.findings),
        "{:?}",
        state.findings
    );
    let after = events[3].seq.to_string();
    let rest = browser
        .done::<SessionEvents>(&[("session", &session), ("after", &after)])
        .await;
    assert_eq!(
        rest.as_array().unwrap().len() as u64,
        all.len() as u64 - events[3].seq
    );

    let sessions = browser.done::<Sessions>(&[]).await;
    assert_eq!(
        sessions[0]["title"],
        "When an order over $500 comes in, tag it VIP"
    );
    assert_eq!(sessions[0]["turn_running"], false);

    // Support sees the same log, and cannot speak in it.
    let mut support = server.browser(SUPPORT).await;
    let seen = support
        .done::<SessionEvents>(&[("session", &session), ("after", "0")])
        .await;
    assert_eq!(serde_json::from_value::<Vec<Recorded>>(seen).unwrap(), all);
    let (status, _) = support
        .call::<Say>(&[("session", &session), ("text", "x")])
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_edit_waits_for_a_verdict() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    server.script.add(VIP);
    browser.turn(&session, "tag big orders").await;
    server.script.add(&VIP.replace("500", "900"));
    browser.turn(&session, "make it 900").await;
    assert!(
        server.script.prompts.lock().unwrap()[1].contains("> 500"),
        "the model sees the current workflow"
    );
    let state = server.app.log.state(&session).await.unwrap();
    assert_eq!(
        state.proposal.as_ref().map(|proposal| proposal.turn),
        Some(2)
    );

    let (status, answer) = browser
        .call::<app::api::Activate>(&[("session", &session)])
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");
    let (status, _) = browser
        .call::<Judge>(&[("session", &session), ("turn", "1"), ("accepted", "true")])
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    browser
        .done::<Judge>(&[("session", &session), ("turn", "2"), ("accepted", "true")])
        .await;
    let state = server.app.log.state(&session).await.unwrap();
    let text = serde_json::to_string(&state.draft).unwrap();
    assert!(text.contains("900") && !text.contains("500"), "{text}");
}

#[tokio::test]
async fn a_clarification_is_an_answer_too() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    server.script.add("clarification: Which tag? | VIP | Gold");
    let events = browser.turn(&session, "tag orders").await;
    let answered = events.iter().find_map(|recorded| match &recorded.event {
        Event::Answered {
            outcome, choices, ..
        } => Some((*outcome, choices.clone())),
        _ => None,
    });
    assert_eq!(
        answered,
        Some((
            Outcome::Clarification,
            vec!["VIP".to_string(), "Gold".to_string()]
        ))
    );
}

#[tokio::test]
async fn a_second_turn_is_refused_and_the_first_can_be_stopped() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    server.script.add_stuck("@order_created\ndef a(order):\n");
    browser.say(&session, "first").await;
    browser
        .follow(&session, 0, |event| {
            matches!(event, Event::StepDrawn { .. })
        })
        .await;
    let (status, answer) = browser
        .call::<Say>(&[("session", &session), ("text", "second")])
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .starts_with("A turn is already running"),
        "{answer}"
    );

    browser.done::<Stop>(&[("session", &session)]).await;
    let events = browser.follow(&session, 0, ended).await;
    assert!(matches!(
        events.last().unwrap().event,
        Event::TurnFailed { turn: 1, .. }
    ));
    let (status, _) = browser.call::<Stop>(&[("session", &session)]).await;
    assert_eq!(status, StatusCode::CONFLICT);

    server.script.add(VIP);
    assert_eq!(browser.done::<Retry>(&[("session", &session)]).await, 1);
    let last = events.last().unwrap().seq;
    let events = browser.follow(&session, last, ended).await;
    assert!(matches!(
        events.last().unwrap().event,
        Event::TurnFinished { turn: 1, .. }
    ));
    let (status, _) = browser.call::<Retry>(&[("session", &session)]).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn too_many_turns_are_told_when_to_come_back() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    for _ in 0..2 {
        let session = browser.start().await;
        server.script.add_stuck("@");
        browser.say(&session, "hello").await;
    }
    let session = browser.start().await;
    let (status, answer) = browser
        .call::<Say>(&[("session", &session), ("text", "third")])
        .await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        answer["message"].as_str().unwrap().contains("seconds"),
        "{answer}"
    );
    // Nothing of the refused turn is in the log.
    assert_eq!(server.app.log.events(&session, 0).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_turn_finishes_without_a_browser() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    server.script.add(VIP);
    browser.say(&session, "tag big orders").await;
    drop(browser);
    server.app.turns.finished().await;
    let mut again = server.browser(OWNER).await;
    let events = again.follow(&session, 0, ended).await;
    assert!(matches!(
        events.last().unwrap().event,
        Event::TurnFinished { .. }
    ));
}

#[tokio::test]
async fn a_killed_server_leaves_an_interrupted_turn() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    server.script.add_stuck("@order_created\ndef a(order):\n");
    browser.say(&session, "first").await;
    let before = browser
        .follow(&session, 0, |event| {
            matches!(event, Event::StepDrawn { .. })
        })
        .await;
    // The process is gone: another one opens the same file. (The old one only hangs.)
    let again = Server::over(server.folder.clone()).await;
    assert_eq!(
        server::turns::interrupt_silent(&again.app, i64::MAX)
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        server::turns::interrupt_silent(&again.app, i64::MAX)
            .await
            .unwrap(),
        0
    );
    let mut browser = again.browser(OWNER).await;
    let events = browser.follow(&session, 0, ended).await;
    assert_eq!(
        events[..before.len()],
        before[..],
        "everything acknowledged is there"
    );
    assert!(matches!(
        events.last().unwrap().event,
        Event::TurnInterrupted { turn: 1 }
    ));
    again.script.add(VIP);
    browser.done::<Retry>(&[("session", &session)]).await;
    let last = events.last().unwrap().seq;
    let events = browser.follow(&session, last, ended).await;
    assert!(matches!(
        events.last().unwrap().event,
        Event::TurnFinished { .. }
    ));
    assert!(again.script.prompts.lock().unwrap()[0].contains("first"));
}

#[tokio::test]
async fn a_model_that_fails_is_a_failed_turn() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    let events = browser.turn(&session, "nothing is prepared").await;
    assert!(matches!(
        events.last().unwrap().event,
        Event::TurnFailed { .. }
    ));
}
