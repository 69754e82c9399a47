//! Verdicts on single changes of a proposal: what comes along, what is left, and what is refused.

use app::api::{Activate, Judge, JudgeChanges, Pending, PendingChange, PendingChanges, UndoChange};
use axum::http::StatusCode;
use flow::diff::What;
use flow::session::{Event, State};
use serde_json::Value;

use crate::harness::{Browser, OWNER, SUPPORT, Server, VIP};

/// The workflow of [`VIP`] with another amount, one tag more, and a log line in place of the mail.
const CHANGED: &str = r#"@order_created
def tag_big_orders(order):
    if order.totalPriceSet.shopMoney.amount > 1000:
        add_order_tags(order_id=order.id, tags=["VIP", "big"])
        log_output(message="{{ order.name }}")
"#;

/// A session with the workflow of [`VIP`] and a proposal to change it.
async fn proposed(server: &Server, browser: &mut Browser, program: &str) -> String {
    let session = browser.start().await;
    server.script.add(VIP);
    browser.turn(&session, "tag big orders").await;
    server.script.add(program);
    browser.turn(&session, "change it").await;
    session
}

async fn pending(browser: &mut Browser, session: &str) -> Option<PendingChanges> {
    let answer = browser.done::<Pending>(&[("session", session)]).await;
    serde_json::from_value(answer).unwrap()
}

async fn judge(
    browser: &mut Browser,
    session: &str,
    turn: u32,
    changes: &[&str],
    accepted: bool,
) -> (StatusCode, Value) {
    let (turn, accepted) = (turn.to_string(), accepted.to_string());
    let names: Vec<String> = (0..changes.len())
        .map(|at| format!("changes[{at}]"))
        .collect();
    let mut arguments = vec![
        ("session", session),
        ("turn", turn.as_str()),
        ("accepted", accepted.as_str()),
    ];
    arguments.extend(
        names
            .iter()
            .map(String::as_str)
            .zip(changes.iter().copied()),
    );
    browser.call::<JudgeChanges>(&arguments).await
}

/// A verdict that is taken.
async fn judged(browser: &mut Browser, session: &str, changes: &[&str], accepted: bool) {
    let (status, answer) = judge(browser, session, 2, changes, accepted).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
}

fn find(pending: &PendingChanges, is: impl Fn(&What) -> bool) -> &PendingChange {
    pending
        .changes
        .iter()
        .find(|change| is(&change.what))
        .unwrap_or_else(|| panic!("no such change in {pending:#?}"))
}

fn adds(what: &What) -> bool {
    matches!(what, What::StepAdded { .. })
}

fn removes(what: &What) -> bool {
    matches!(what, What::StepRemoved { .. })
}

fn of_field(name: &str) -> impl Fn(&What) -> bool {
    move |what| matches!(what, What::FieldChanged { field, .. } if field == name)
}

fn tasks(state: &State) -> Vec<String> {
    let draft = state.draft.as_ref().unwrap();
    draft
        .steps
        .iter()
        .map(|step| step.task_id.rsplit("::").next().unwrap().to_string())
        .collect()
}

#[tokio::test]
async fn each_change_is_accepted_or_discarded_by_itself() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = proposed(&server, &mut browser, CHANGED).await;
    let waiting = pending(&mut browser, &session).await.unwrap();
    assert_eq!(waiting.turn, 2);
    assert_eq!(waiting.changes.len(), 4, "{waiting:#?}");
    let amount = find(&waiting, of_field("condition")).id.clone();
    let tags = find(&waiting, of_field("tags")).id.clone();

    judged(&mut browser, &session, &[&tags], true).await;
    judged(&mut browser, &session, &[&amount], false).await;
    let state = server.app.log.state(&session).await.unwrap();
    let draft = serde_json::to_string(&state.draft).unwrap();
    assert!(draft.contains("big") && draft.contains("500"), "{draft}");
    assert!(!draft.contains("1000"), "{draft}");
    // The mail stays until its own verdict, and nothing can be turned on before.
    assert!(tasks(&state).contains(&"send_email".to_string()), "{draft}");
    let waiting = pending(&mut browser, &session).await.unwrap();
    assert_eq!(waiting.changes.len(), 2, "{waiting:#?}");
    let (status, _) = browser.call::<Activate>(&[("session", &session)]).await;
    assert_eq!(status, StatusCode::CONFLICT);

    // What was decided is no longer pending, also when it is decided again.
    let (status, answer) = judge(&mut browser, &session, 2, &[&tags], true).await;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");

    let rest: Vec<&str> = waiting
        .changes
        .iter()
        .map(|change| change.id.as_str())
        .collect();
    judged(&mut browser, &session, &rest, true).await;
    assert_eq!(pending(&mut browser, &session).await, None);
    let state = server.app.log.state(&session).await.unwrap();
    assert!(state.proposal.is_none());
    assert_eq!(
        tasks(&state),
        ["order_created", "condition", "add_order_tags", "log_output"]
    );
    browser.done::<Activate>(&[("session", &session)]).await;
}

#[tokio::test]
async fn what_a_change_needs_comes_along_and_is_said_before() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    // Two steps more, the second of which can only follow the first.
    let longer = VIP.replace(
        "tags=[\"VIP\"])\n",
        "tags=[\"VIP\"])\n        log_output(message=\"one\")\n        log_output(message=\"two\")\n",
    );
    let session = proposed(&server, &mut browser, &longer).await;
    let waiting = pending(&mut browser, &session).await.unwrap();
    let alone: Vec<&PendingChange> = waiting
        .changes
        .iter()
        .filter(|change| adds(&change.what))
        .collect();
    assert_eq!(alone.len(), 2, "{waiting:#?}");
    let second = alone
        .iter()
        .find(|change| !change.brings.is_empty())
        .unwrap_or_else(|| panic!("one needs the other: {waiting:#?}"));
    let first = alone.iter().find(|change| change.id != second.id).unwrap();
    assert!(second.brings.contains(&first.id), "{waiting:#?}");
    assert!(first.takes.contains(&second.id), "{waiting:#?}");

    // Discarding the first discards the second too, and the event says so.
    let (status, answer) = judge(&mut browser, &session, 2, &[&first.id], false).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let events = server.app.log.events(&session, 0).await.unwrap();
    let Event::ChangesJudged {
        changes, accepted, ..
    } = &events.last().unwrap().event
    else {
        panic!("a verdict is the last event: {events:#?}");
    };
    assert!(!accepted);
    assert!(
        changes.contains(&first.id) && changes.contains(&second.id),
        "{changes:?}"
    );

    // In another session, accepting the second accepts the first.
    let session = proposed(&server, &mut browser, &longer).await;
    let waiting = pending(&mut browser, &session).await.unwrap();
    let second = waiting
        .changes
        .iter()
        .find(|change| adds(&change.what) && !change.brings.is_empty())
        .unwrap();
    judged(&mut browser, &session, &[&second.id], true).await;
    let state = server.app.log.state(&session).await.unwrap();
    let logs = tasks(&state)
        .into_iter()
        .filter(|task| task == "log_output")
        .count();
    assert_eq!(logs, 2);
}

#[tokio::test]
async fn an_accepted_change_is_taken_back_like_any_other() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = proposed(&server, &mut browser, CHANGED).await;
    let before = server.app.log.state(&session).await.unwrap();
    let waiting = pending(&mut browser, &session).await.unwrap();
    for change in &waiting.changes {
        // Some came along with others before it was their turn.
        let still = pending(&mut browser, &session).await;
        if still.is_some_and(|still| still.changes.iter().any(|other| other.id == change.id)) {
            judged(&mut browser, &session, &[&change.id], true).await;
        }
    }
    let mut state = server.app.log.state(&session).await.unwrap();
    assert!(!tasks(&state).contains(&"send_email".to_string()));
    while state.draft != before.draft {
        let revision = state.revision.to_string();
        browser
            .done::<UndoChange>(&[("session", &session), ("revision", &revision)])
            .await;
        state = server.app.log.state(&session).await.unwrap();
    }
    assert!(tasks(&state).contains(&"send_email".to_string()));
}

#[tokio::test]
async fn a_verdict_on_what_is_not_there_is_refused_and_writes_nothing() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = proposed(&server, &mut browser, CHANGED).await;
    let waiting = pending(&mut browser, &session).await.unwrap();
    let removed = find(&waiting, removes).id.clone();
    let before = server.app.log.events(&session, 0).await.unwrap();

    for (turn, changes) in [
        (1, vec![removed.as_str()]),
        (2, vec!["no such change"]),
        (2, vec![removed.as_str(), "no such change"]),
    ] {
        for accepted in [true, false] {
            let (status, answer) = judge(&mut browser, &session, turn, &changes, accepted).await;
            assert_eq!(status, StatusCode::CONFLICT, "{turn} {changes:?}: {answer}");
            assert!(
                answer["message"]
                    .as_str()
                    .unwrap()
                    .contains("no longer pending"),
                "{answer}"
            );
        }
    }
    // Support may look at what is pending, and decides nothing.
    let mut support = server.browser(SUPPORT).await;
    assert_eq!(pending(&mut support, &session).await, Some(waiting));
    let (status, _) = judge(&mut support, &session, 2, &[&removed], true).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(server.app.log.events(&session, 0).await.unwrap(), before);

    // After a verdict on everything nothing is left to decide.
    browser
        .done::<Judge>(&[("session", &session), ("turn", "2"), ("accepted", "false")])
        .await;
    let (status, _) = judge(&mut browser, &session, 2, &[&removed], true).await;
    assert_eq!(status, StatusCode::CONFLICT);
}
