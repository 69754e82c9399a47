//! Versions: who turned what on, what tells two apart, the way back, and nobody overwritten unseen.

use app::api::{
    Activate, ActivateAfter, CheckOvertaken, CompareVersions, CompareWithDraft, ListVersions,
    OpenVersion, RestoreVersion, SessionWorkflow, StartSession, WorkflowVersion,
};
use axum::http::StatusCode;
use flow::session::Event;

use crate::harness::{Browser, OWNER, Server, VIP};

/// Turns a second version on, with another tag.
async fn second(browser: &mut Browser, server: &Server, session: &str) {
    server
        .draft(session, &VIP.replace("\"VIP\"", "\"GOLD\""))
        .await;
    browser.done::<Activate>(&[("session", session)]).await;
}

#[tokio::test]
async fn every_activation_is_kept_with_who_and_through_which_model() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let (session, id) = browser.activated(&server).await;
    let found = browser
        .done::<SessionWorkflow>(&[("session", &session)])
        .await;
    assert_eq!(found, id.as_str());
    second(&mut browser, &server, &session).await;

    let list = browser.done::<ListVersions>(&[("workflow_id", &id)]).await;
    assert_eq!(list["current"], 2);
    assert_eq!(list["active"], true);
    let numbers: Vec<u64> = list["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| version["version"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [2, 1]);
    assert_eq!(list["versions"][1]["person"], "Ada Harbor");
    assert_eq!(list["versions"][1]["model"], "prepared");

    let compared = browser
        .done::<CompareVersions>(&[("workflow_id", &id), ("before", "1"), ("after", "2")])
        .await;
    let sentences = compared["sentences"].as_array().unwrap();
    assert_eq!(sentences.len(), 1, "{compared}");
    assert!(
        sentences[0].as_str().unwrap().contains("GOLD"),
        "{compared}"
    );
    let first = browser
        .done::<WorkflowVersion>(&[("workflow_id", &id), ("version", "1")])
        .await;
    assert_eq!(first, compared["before"]);
    let (status, _) = browser
        .call::<WorkflowVersion>(&[("workflow_id", &id), ("version", "9")])
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_version_comes_back_as_an_edit_and_is_turned_on_as_a_new_one() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let (session, id) = browser.activated(&server).await;
    let first = server.app.log.state(&session).await.unwrap().draft;
    second(&mut browser, &server, &session).await;

    // In the open session, where somebody has seen another draft: refused.
    let (status, answer) = browser
        .call::<RestoreVersion>(&[("session", &session), ("version", "1"), ("revision", "1")])
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");
    let revision = server.app.log.state(&session).await.unwrap().revision;
    browser
        .done::<RestoreVersion>(&[
            ("session", &session),
            ("version", "1"),
            ("revision", &revision.to_string()),
        ])
        .await;
    let state = server.app.log.state(&session).await.unwrap();
    assert_eq!(state.draft, first);
    assert_eq!(state.history.undoes(), Some("Restored version 1"));
    assert!(state.unpublished);
    browser.done::<Activate>(&[("session", &session)]).await;
    let list = browser.done::<ListVersions>(&[("workflow_id", &id)]).await;
    assert_eq!(list["current"], 3);

    // From the list of versions, in a session of its own.
    let opened = browser
        .done::<OpenVersion>(&[("workflow_id", &id), ("version", "2")])
        .await;
    let opened = opened.as_str().unwrap();
    let state = server.app.log.state(opened).await.unwrap();
    assert_eq!(state.history.undoes(), Some("Restored version 2"));
    assert_eq!(state.history.before().unwrap().workflow, first);
    browser.done::<Activate>(&[("session", opened)]).await;
    let list = browser.done::<ListVersions>(&[("workflow_id", &id)]).await;
    assert_eq!(list["current"], 4);
}

#[tokio::test]
async fn what_was_turned_on_elsewhere_is_not_overwritten_unseen() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let (session, id) = browser.activated(&server).await;
    let other = browser.done::<StartSession>(&[("workflow_id", &id)]).await;
    let other = other.as_str().unwrap();
    let late = browser.done::<StartSession>(&[("workflow_id", &id)]).await;
    let late = late.as_str().unwrap();
    second(&mut browser, &server, other).await;

    // Both the session that turned the first version on and one that began with it have to look.
    for behind in [&*session, late] {
        server
            .draft(behind, &VIP.replace("\"VIP\"", "\"SILVER\""))
            .await;
        let before = server.app.log.events(behind, 0).await.unwrap().len();
        let (status, answer) = browser.call::<Activate>(&[("session", behind)]).await;
        assert_eq!(status, StatusCode::CONFLICT, "{answer}");
        let message = answer["message"].as_str().unwrap();
        assert!(
            message.contains("version 2 by Ada Harbor") && message.contains("Compare"),
            "{message}"
        );
        assert_eq!(
            server.app.log.events(behind, 0).await.unwrap().len(),
            before
        );
    }
    let list = browser.done::<ListVersions>(&[("workflow_id", &id)]).await;
    assert_eq!(list["current"], 2);

    let overtaken = browser.done::<CheckOvertaken>(&[("session", late)]).await;
    assert_eq!(overtaken["since"], 1);
    assert_eq!(overtaken["now"]["version"], 2);
    let compared = browser
        .done::<CompareWithDraft>(&[("session", late), ("version", "2")])
        .await;
    let sentences = compared["sentences"].to_string();
    assert!(
        sentences.contains("GOLD") && sentences.contains("SILVER"),
        "{sentences}"
    );
    // Having looked at another version does not count.
    let (status, _) = browser
        .call::<ActivateAfter>(&[("session", late), ("seen", "1")])
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    browser
        .done::<ActivateAfter>(&[("session", late), ("seen", "2")])
        .await;
    let list = browser.done::<ListVersions>(&[("workflow_id", &id)]).await;
    assert_eq!(list["current"], 3);
    assert_eq!(list["versions"].as_array().unwrap().len(), 3);
    let none = browser.done::<CheckOvertaken>(&[("session", late)]).await;
    assert!(none.is_null(), "{none}");
    let events = server.app.log.events(late, 0).await.unwrap();
    assert!(matches!(
        events.last().unwrap().event,
        Event::Activated { version: 3, .. }
    ));
}
