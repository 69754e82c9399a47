//! Workflow files, in and out.

use std::io::{Cursor, Read};

use app::api::{MOST_FILE_BYTES, WorkflowJson};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use flow::workflow::Workflow;
use serde_json::Value;

use crate::harness::{Browser, OWNER, Server, VIP, json_of};

fn vip() -> Workflow {
    let mut workflow = flow::python::parse(VIP, &flow::Catalog::builtin()).workflow;
    workflow.name = "Tag big orders".to_string();
    workflow
}

async fn import(browser: &mut Browser, query: &str, body: impl Into<Body>) -> (StatusCode, Value) {
    let request = Request::post(format!("/api/import?{query}"))
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .body(body.into())
        .unwrap();
    let response = browser.send(request).await;
    (response.status(), json_of(response).await)
}

async fn bytes(browser: &mut Browser, path: &str) -> (String, Vec<u8>) {
    let response = browser.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let name = response.headers()[header::CONTENT_DISPOSITION]
        .to_str()
        .unwrap()
        .to_string();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap();
    (name, bytes.to_vec())
}

#[tokio::test]
async fn a_flow_file_becomes_the_draft_of_a_new_session_and_comes_out_the_same() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let file = flow::json::to_flow_file(&vip());
    let (status, answer) = import(&mut browser, "name=big.flow", file.clone()).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let session = answer["session"].as_str().unwrap();
    let state = server.app.log.state(session).await.unwrap();
    assert_eq!(state.draft, Some(vip()));
    assert_eq!(state.history.undoes(), Some("Imported ‘big.flow’"));
    assert!(!flow::check::has_error(&state.findings));

    let (name, out) = bytes(
        &mut browser,
        &format!("/api/sessions/{session}/workflow.flow"),
    )
    .await;
    assert!(name.contains("\"tag-big-orders.flow\""), "{name}");
    assert_eq!(String::from_utf8(out).unwrap(), file);
    let (_, json) = bytes(
        &mut browser,
        &format!("/api/sessions/{session}/workflow.json"),
    )
    .await;
    let copied = browser.done::<WorkflowJson>(&[("session", session)]).await;
    assert_eq!(copied.as_str().unwrap().as_bytes(), json);
    let (status, again) = import(&mut browser, "name=big.json", json).await;
    assert_eq!(status, StatusCode::OK, "{again}");
    let again = server
        .app
        .log
        .state(again["session"].as_str().unwrap())
        .await
        .unwrap();
    assert_eq!(again.draft, Some(vip()));

    let (name, zip) = bytes(
        &mut browser,
        &format!("/api/sessions/{session}/workflow.zip"),
    )
    .await;
    assert!(name.contains("\"tag-big-orders.zip\""), "{name}");
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut read = |path: &str| {
        let mut text = String::new();
        archive
            .by_name(path)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        text
    };
    assert!(read("flow.toml").contains("store = \"harbor-goods.myshopify.com\""));
    let document = read("workflows/tag-big-orders/workflow.flow.json");
    assert_eq!(
        flow::json::parse(&document).unwrap().workflow,
        vip(),
        "{document}"
    );
}

#[tokio::test]
async fn a_wrong_checksum_is_shown_and_unknown_tasks_are_kept() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let mut workflow = vip();
    workflow.steps[2].task_id = "somebody::else::task".to_string();
    let file = flow::json::to_flow_file(&workflow);
    let file = format!("{}{}", "0".repeat(64), &file[64..]);
    let (status, answer) = import(&mut browser, "name=a.flow", file).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let state = server
        .app
        .log
        .state(answer["session"].as_str().unwrap())
        .await
        .unwrap();
    let codes: Vec<&str> = state
        .findings
        .iter()
        .map(|finding| finding.code.as_ref())
        .collect();
    assert!(codes.contains(&"FLOW_FILE_CHECKSUM_MISMATCH"), "{codes:?}");
    let unknown = state
        .findings
        .iter()
        .find(|finding| finding.code == "TASK_NOT_FOUND")
        .unwrap();
    assert_eq!(unknown.step.as_ref(), Some(&workflow.steps[2].id));
    assert_eq!(
        state.draft.unwrap().steps[2].task_id,
        "somebody::else::task"
    );
}

#[tokio::test]
async fn in_an_open_session_a_file_replaces_the_draft_as_an_edit() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let (session, _) = browser.activated(&server).await;
    let before = server.app.log.state(&session).await.unwrap();
    let mut workflow = vip();
    workflow.name = "Another".to_string();
    let file = flow::json::to_text(&workflow);
    let stale = format!("name=a.json&into={session}&revision=1");
    let (status, answer) = import(&mut browser, &stale, file.clone()).await;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");
    let query = format!("name=a.json&into={session}&revision={}", before.revision);
    let (status, answer) = import(&mut browser, &query, file).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["session"], session.as_str());
    let after = server.app.log.state(&session).await.unwrap();
    assert_eq!(after.draft.unwrap().name, "Another");
    assert_eq!(after.history.before().unwrap().workflow, before.draft);
}

#[tokio::test]
async fn what_is_no_workflow_changes_nothing_and_says_so() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    for (body, status, said) in [
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "picture",
        ),
        (
            b"{\"steps\": [".to_vec(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "line 1",
        ),
        (
            Vec::new(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "nothing in ‘cat.flow’",
        ),
        (
            vec![b' '; MOST_FILE_BYTES + 1],
            StatusCode::PAYLOAD_TOO_LARGE,
            "at most 5 MB",
        ),
    ] {
        let (found, answer) = import(&mut browser, "name=cat.flow", body).await;
        assert_eq!(found, status, "{answer}");
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(said), "{message}");
    }
    let sessions = browser.done::<app::api::Sessions>(&[]).await;
    assert!(sessions.as_array().unwrap().is_empty(), "{sessions}");
    // A large file that is a workflow is read.
    let mut large = vip();
    large.steps[2].note = Some("n".repeat(2 * 1024 * 1024));
    let (status, answer) = import(&mut browser, "name=b", flow::json::to_text(&large)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let empty = browser.start().await;
    let response = browser
        .get(&format!("/api/sessions/{empty}/workflow.flow"))
        .await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}
