//! Templates: a gallery, a look at one, and a session that begins with it.

use app::api::{Activate, ListTemplates, OpenTemplate, StartFromTemplate};
use axum::http::StatusCode;

use crate::harness::{OWNER, Server};

#[tokio::test]
async fn a_session_begins_with_a_template_and_it_can_be_turned_on() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let list = browser.done::<ListTemplates>(&[]).await;
    let list = list.as_array().unwrap();
    assert!(list.len() >= 40, "{}", list.len());
    let session = browser
        .done::<StartFromTemplate>(&[("slug", "tag-vip-customers")])
        .await;
    let session = session.as_str().unwrap();
    let state = server.app.log.state(session).await.unwrap();
    let draft = state.draft.unwrap();
    assert_eq!(draft.name, "Tag customers who spent a lot");
    assert_eq!(draft.steps.len(), 3);
    assert_eq!(
        state.history.undoes(),
        Some("Started from the template ‘Tag customers who spent a lot’")
    );
    browser.done::<Activate>(&[("session", session)]).await;
    let listed = browser.done::<app::api::Sessions>(&[]).await;
    assert_eq!(listed[0]["title"], "Tag customers who spent a lot");
}

#[tokio::test]
async fn a_template_whose_connector_is_missing_can_be_looked_at() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let found = browser
        .done::<OpenTemplate>(&[("slug", "announce-big-orders-in-slack")])
        .await;
    assert_eq!(found["summary"]["needs"], "Slack");
    assert_eq!(found["summary"]["missing"], true);
    let labels = found["tasks"].to_string();
    assert!(labels.contains("Slack"), "{labels}");
    let session = browser
        .done::<StartFromTemplate>(&[("slug", "announce-big-orders-in-slack")])
        .await;
    let session = session.as_str().unwrap();
    let state = server.app.log.state(session).await.unwrap();
    assert!(
        flow::check::has_error(&state.findings),
        "{:?}",
        state.findings
    );
    let (status, answer) = browser.call::<Activate>(&[("session", session)]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    let (status, _) = browser.call::<OpenTemplate>(&[("slug", "no-such")]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
