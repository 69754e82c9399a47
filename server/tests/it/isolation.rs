//! A store sees its own data only: every address and every server function is tried by a stranger.

use std::collections::BTreeSet;

use app::api::*;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};
use server::router::PROGRAM_ROUTES;

use crate::harness::{Browser, ML, OWNER, STRANGER, STRANGER_TOKEN, SUPPORT, Server, TOKEN, order};

/// What a walk has tried, by path.
struct Walk {
    browser: Browser,
    tried: BTreeSet<&'static str>,
}

impl Walk {
    async fn call<F: ServerFn>(&mut self, arguments: &[(&str, &str)]) -> (StatusCode, Value) {
        self.tried.insert(F::PATH);
        self.browser.call::<F>(arguments).await
    }

    async fn refused_json<F: ServerFn>(&mut self, arguments: Value, expected: StatusCode) {
        self.tried.insert(F::PATH);
        let (status, answer) = self.browser.call_json::<F>(arguments).await;
        assert_eq!(status, expected, "{}: {answer}", F::PATH);
    }

    async fn refused<F: ServerFn>(&mut self, arguments: &[(&str, &str)], expected: StatusCode) {
        let (status, answer) = self.call::<F>(arguments).await;
        assert_eq!(status, expected, "{}: {answer}", F::PATH);
    }

    /// Tries everything with the ids of another store.
    async fn all(&mut self, session: &str, workflow: &str, run: &str, expected: StatusCode) {
        self.refused::<StartSession>(&[("workflow_id", workflow)], expected)
            .await;
        self.refused::<SessionEvents>(&[("session", session), ("after", "0")], expected)
            .await;
        self.refused::<Say>(&[("session", session), ("text", "hello")], expected)
            .await;
        self.refused::<Stop>(&[("session", session)], expected)
            .await;
        self.refused::<Retry>(&[("session", session)], expected)
            .await;
        self.refused::<Judge>(
            &[("session", session), ("turn", "1"), ("accepted", "true")],
            expected,
        )
        .await;
        self.refused::<Feedback>(
            &[("session", session), ("turn", "1"), ("up", "true")],
            expected,
        )
        .await;
        self.refused_json::<EditDraft>(
            json!({
                "session": session,
                "revision": 1,
                "edit": { "kind": "rename", "name": "Mine" },
            }),
            expected,
        )
        .await;
        self.refused::<Pending>(&[("session", session)], expected)
            .await;
        self.refused::<JudgeChanges>(
            &[
                ("session", session),
                ("turn", "1"),
                ("changes[0]", "name"),
                ("accepted", "true"),
            ],
            expected,
        )
        .await;
        self.refused_json::<ReadScope>(
            json!({ "session": session, "step": "s1", "sought": {} }),
            expected,
        )
        .await;
        self.refused_json::<CheckField>(
            json!({ "session": session, "step": "s1", "field": "tags", "value": "x" }),
            expected,
        )
        .await;
        self.refused::<UndoChange>(&[("session", session), ("revision", "1")], expected)
            .await;
        self.refused::<RedoChange>(&[("session", session), ("revision", "1")], expected)
            .await;
        self.refused::<Activate>(&[("session", session)], expected)
            .await;
        self.refused::<Deactivate>(&[("workflow_id", workflow)], expected)
            .await;
        self.refused::<Runs>(&[("workflow_id", workflow)], expected)
            .await;
        self.refused::<app::api::Run>(&[("run_id", run)], expected)
            .await;
        self.refused::<Pending>(&[("session", session)], expected)
            .await;
        self.refused::<JudgeChanges>(
            &[
                ("session", session),
                ("turn", "1"),
                ("changes[0]", "x"),
                ("accepted", "true"),
            ],
            expected,
        )
        .await;
        self.refused::<TryEvents>(&[("session", session)], expected)
            .await;
        self.refused::<TryOut>(
            &[("session", session), ("trigger", "s1"), ("event", "{}")],
            expected,
        )
        .await;
        let version = [("workflow_id", workflow), ("version", "1")];
        self.refused::<ListVersions>(&version[..1], expected).await;
        self.refused::<WorkflowVersion>(&version, expected).await;
        self.refused::<OpenVersion>(&version, expected).await;
        self.refused::<CompareVersions>(
            &[("workflow_id", workflow), ("before", "1"), ("after", "1")],
            expected,
        )
        .await;
        self.refused::<CompareWithDraft>(&[("session", session), ("version", "1")], expected)
            .await;
        self.refused::<RestoreVersion>(
            &[("session", session), ("version", "1"), ("revision", "9")],
            expected,
        )
        .await;
        self.refused::<SessionWorkflow>(&[("session", session)], expected)
            .await;
        self.refused::<CheckOvertaken>(&[("session", session)], expected)
            .await;
        self.refused::<ActivateAfter>(&[("session", session), ("seen", "1")], expected)
            .await;
        self.refused::<WorkflowJson>(&[("session", session)], expected)
            .await;
        for file in ["events", "workflow.flow", "workflow.json", "workflow.zip"] {
            let answer = self
                .browser
                .get(&format!("/api/sessions/{session}/{file}"))
                .await;
            assert_eq!(answer.status(), expected, "{file}");
        }
        let import = Request::post(format!("/api/import?into={session}&revision=9"))
            .body(Body::from("{}"))
            .unwrap();
        assert_eq!(self.browser.send(import).await.status(), expected);
    }
}

#[tokio::test]
async fn a_stranger_finds_nothing_anywhere() {
    let server = Server::new().await;
    let mut owner = server.browser(OWNER).await;
    let (session, workflow) = owner.activated(&server).await;
    let (_, started) = server.event(TOKEN, order("612.40")).await;
    let run = started["runs"][0].as_str().unwrap().to_string();
    let before = server.app.log.events(&session, 0).await.unwrap();

    // Without an account.
    let mut walk = Walk {
        browser: server.stranger(),
        tried: BTreeSet::new(),
    };
    walk.all(&session, &workflow, &run, StatusCode::UNAUTHORIZED)
        .await;
    walk.refused::<Sessions>(&[], StatusCode::UNAUTHORIZED)
        .await;
    walk.refused::<Workflows>(&[], StatusCode::UNAUTHORIZED)
        .await;
    walk.refused::<Tasks>(&[], StatusCode::UNAUTHORIZED).await;
    walk.refused::<ListTemplates>(&[], StatusCode::UNAUTHORIZED)
        .await;
    let template = [("slug", "tag-vip-customers")];
    walk.refused::<OpenTemplate>(&template, StatusCode::UNAUTHORIZED)
        .await;
    walk.refused::<StartFromTemplate>(&template, StatusCode::UNAUTHORIZED)
        .await;
    walk.refused::<app::api::Models>(&[], StatusCode::UNAUTHORIZED)
        .await;
    let finding = [("code", "CONFIG_FIELD_REQUIRED")];
    walk.refused::<Explain>(&finding, StatusCode::UNAUTHORIZED)
        .await;
    assert_eq!(
        walk.browser.get("/api/export/sessions").await.status(),
        StatusCode::UNAUTHORIZED
    );

    // The owner of another store.
    let mut walk = Walk {
        browser: server.browser(STRANGER).await,
        tried: BTreeSet::new(),
    };
    walk.all(&session, &workflow, &run, StatusCode::NOT_FOUND)
        .await;
    for answer in [
        walk.call::<Sessions>(&[]).await.1,
        walk.call::<Workflows>(&[]).await.1,
    ] {
        assert!(answer.as_array().unwrap().is_empty(), "{answer}");
    }
    walk.call::<Tasks>(&[]).await;
    // What a finding means may be read by everybody.
    assert_eq!(walk.call::<Explain>(&finding).await.0, StatusCode::OK);
    walk.refused::<Explain>(&[("code", "NO_SUCH_CODE")], StatusCode::NOT_FOUND)
        .await;
    // Templates are everybody's.
    walk.call::<ListTemplates>(&[]).await;
    walk.call::<OpenTemplate>(&template).await;
    walk.refused::<StartFromTemplate>(&[("slug", "no-such")], StatusCode::NOT_FOUND)
        .await;
    walk.call::<app::api::Models>(&[]).await;
    walk.call::<Me>(&[]).await;
    assert_eq!(
        walk.browser.get("/api/export/sessions").await.status(),
        StatusCode::FORBIDDEN
    );
    let (status, started) = server.event(STRANGER_TOKEN, order("612.40")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        started["runs"].as_array().unwrap().is_empty(),
        "another store's event runs nothing here"
    );

    // Support may read sessions and nothing else; the ML team may not even read them here.
    let mut support = Walk {
        browser: server.browser(SUPPORT).await,
        tried: BTreeSet::new(),
    };
    assert_eq!(
        support
            .call::<Sessions>(&[])
            .await
            .1
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for (status, _) in [
        support
            .call::<Say>(&[("session", &session), ("text", "x")])
            .await,
        support.call::<Activate>(&[("session", &session)]).await,
        support
            .call::<Deactivate>(&[("workflow_id", &workflow)])
            .await,
        support.call::<Workflows>(&[]).await,
        support.call::<app::api::Run>(&[("run_id", &run)]).await,
    ] {
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
    let mut ml = server.browser(ML).await;
    let events = ml
        .call::<SessionEvents>(&[("session", &session), ("after", "0")])
        .await;
    assert_eq!(events.0, StatusCode::FORBIDDEN);
    let export = ml.get("/api/export/sessions").await;
    assert_eq!(export.status(), StatusCode::OK);
    let text = axum::body::to_bytes(export.into_body(), usize::MAX)
        .await
        .unwrap();
    assert_eq!(text.split(|byte| *byte == b'\n').count(), before.len() + 1);

    // Nothing was written by all that.
    assert_eq!(server.app.log.events(&session, 0).await.unwrap(), before);

    // And nothing was left out: signing in and out are no reading of data.
    let open = BTreeSet::from([SignIn::PATH, SignOut::PATH]);
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        assert_eq!(method, Method::POST, "{path} can be called with a link");
        assert!(
            walk.tried.contains(path) || open.contains(path),
            "{path} is not walked"
        );
    }
    assert_eq!(
        PROGRAM_ROUTES.len(),
        7,
        "a new route belongs into this walk"
    );
}
