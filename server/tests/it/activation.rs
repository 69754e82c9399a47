//! Activated workflows: turned on, run by events, explained, waited in, turned off.

use app::api::{Activate, Deactivate, Run, Runs, Workflows};
use axum::http::StatusCode;
use serde_json::Value;
use server::runs;

use crate::harness::{OWNER, Server, TOKEN, order};

#[tokio::test]
async fn an_event_runs_the_workflow_and_leaves_tag_and_mail() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let (_, id) = browser.activated(&server).await;
    let (status, started) = server.event(TOKEN, order("612.40")).await;
    assert_eq!(status, StatusCode::OK, "{started}");
    let run_id = started["runs"][0].as_str().unwrap();

    let shop = server::accounts::store::store_by_name(&server.app.pool, "Harbor Goods")
        .await
        .unwrap()
        .unwrap();
    let tags = runs::store::tags(&server.app.pool, &shop.id, "gid://shopify/Order/1001")
        .await
        .unwrap();
    assert_eq!(tags, ["VIP"]);
    let mails = server.outbox();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("To: ops@example.com"), "{}", mails[0]);
    assert!(mails[0].contains("Big order #1001"), "{}", mails[0]);

    let listed = browser.done::<Runs>(&[("workflow_id", &id)]).await;
    assert_eq!(listed[0]["id"], run_id);
    assert_eq!(listed[0]["status"], "succeeded");
    let detail = browser.done::<Run>(&[("run_id", run_id)]).await;
    let kinds: Vec<&str> = detail["performed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|done| done["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["tags_added", "email"]);
    assert!(
        detail["performed"][0]["summary"]
            .as_str()
            .unwrap()
            .contains("the tag VIP"),
        "{detail}"
    );
    let workflows = browser.done::<Workflows>(&[]).await;
    assert_eq!(workflows[0]["runs"], 1);
    assert_eq!(workflows[0]["active"], true);
}

#[tokio::test]
async fn a_condition_says_why_it_went_as_it_did() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    browser.activated(&server).await;
    let (_, started) = server.event(TOKEN, order("499.99")).await;
    let run_id = started["runs"][0].as_str().unwrap();
    let detail = browser.done::<Run>(&[("run_id", run_id)]).await;
    assert!(detail["performed"].as_array().unwrap().is_empty());
    assert!(server.outbox().is_empty());
    let condition = detail["run"]["trace"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["outcome"]["kind"] == "decided")
        .unwrap();
    assert_eq!(condition["outcome"]["result"], false);
    let test = &condition["tests"][0];
    assert_eq!(test["path"], "order.totalPriceSet.shopMoney.amount");
    assert_eq!(test["passed"], false);
    assert_eq!(test["met"][0], Value::String("499.99".to_string()));
}

#[tokio::test]
async fn activating_again_is_the_next_version_and_off_is_off() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let (session, id) = browser.activated(&server).await;
    browser.done::<Activate>(&[("session", &session)]).await;
    let workflows = browser.done::<Workflows>(&[]).await;
    assert_eq!(workflows.as_array().unwrap().len(), 1);
    assert_eq!(workflows[0]["version"], 2);
    browser.done::<Deactivate>(&[("workflow_id", &id)]).await;
    let (status, started) = server.event(TOKEN, order("612.40")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(started["runs"].as_array().unwrap().is_empty());
    let state = server.app.log.state(&session).await.unwrap();
    assert!(!state.activation.unwrap().active);
}

#[tokio::test]
async fn a_draft_with_errors_is_not_turned_on() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    let (status, answer) = browser.call::<Activate>(&[("session", &session)]).await;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");

    // The draft names a task that no store has.
    let mut workflow = flow::Workflow {
        name: "Broken".to_string(),
        ..flow::Workflow::default()
    };
    let task = flow::TaskType::Trigger;
    workflow.steps.push(flow::Step::new(
        "s1",
        "shopify::admin::no_such_trigger",
        "0.1",
        task,
    ));
    server
        .app
        .log
        .append(
            &session,
            flow::session::Event::DraftCompleted {
                turn: 1,
                workflow,
                findings: Vec::new(),
            },
        )
        .await
        .unwrap();
    let (status, answer) = browser.call::<Activate>(&[("session", &session)]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("cannot be turned on"),
        "{answer}"
    );
    assert!(
        browser
            .done::<Workflows>(&[])
            .await
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_wait_goes_on_when_its_time_has_come() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    server.script.add(
        "@order_created\ndef later(order):\n    wait(days=3)\n    add_order_tags(order_id=order.id, tags=[\"late\"])\n",
    );
    browser.turn(&session, "tag orders after three days").await;
    browser.done::<Activate>(&[("session", &session)]).await;
    let (_, started) = server.event(TOKEN, order("1.00")).await;
    let run_id = started["runs"][0].as_str().unwrap();
    assert_eq!(
        browser.done::<Run>(&[("run_id", run_id)]).await["summary"]["status"],
        "waiting"
    );
    assert_eq!(runs::resume_due(&server.app).await.unwrap(), 0);
    server.later(3 * 24 * 3600 * 1000);
    assert_eq!(runs::resume_due(&server.app).await.unwrap(), 1);
    assert_eq!(runs::resume_due(&server.app).await.unwrap(), 0);
    let detail = browser.done::<Run>(&[("run_id", run_id)]).await;
    assert_eq!(detail["summary"]["status"], "succeeded");
    assert_eq!(detail["performed"][0]["kind"], "tags_added");
}

#[tokio::test]
async fn what_is_not_performed_is_said_so() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let session = browser.start().await;
    server
        .script
        .add("@order_created\ndef archive(order):\n    archive_order(order_id=order.id)\n    log_output(message=\"seen {{ order.name }}\")\n");
    browser.turn(&session, "archive orders").await;
    browser.done::<Activate>(&[("session", &session)]).await;
    let (_, started) = server.event(TOKEN, order("1.00")).await;
    let detail = browser
        .done::<Run>(&[("run_id", started["runs"][0].as_str().unwrap())])
        .await;
    assert_eq!(detail["performed"][0]["kind"], "not_connected");
    assert!(
        detail["performed"][0]["summary"]
            .as_str()
            .unwrap()
            .contains("not performed in this version")
    );
    assert_eq!(detail["performed"][1]["summary"], "seen #1001");
}

#[tokio::test]
async fn a_script_runs_on_what_it_selected() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    for (script, status, said) in [
        (
            "export default function main(input) { return { points: Math.round(Number(input.order.totalPriceSet.shopMoney.amount)) } }",
            "succeeded",
            "points 612",
        ),
        (
            "export default function main(input) { while (true) {} }",
            "failed",
            "longer than 1 s",
        ),
    ] {
        let session = browser.start().await;
        server.script.add(&format!(
            "@order_created\ndef points(order):\n    runCode = run_code(input=\"query {{ order {{ totalPriceSet {{ shopMoney {{ amount }} }} }} }}\", script=\"{script}\", output_schema=\"type Output {{ points: Int }}\")\n    log_output(message=\"points {{{{ runCode.points }}}}\")\n"
        ));
        browser.turn(&session, "work out the points").await;
        browser.done::<Activate>(&[("session", &session)]).await;
        let (_, started) = server.event(TOKEN, order("612.40")).await;
        let newest = started["runs"].as_array().unwrap().last().unwrap();
        let detail = browser
            .done::<Run>(&[("run_id", newest.as_str().unwrap())])
            .await;
        assert_eq!(detail["summary"]["status"], status, "{detail}");
        assert!(detail.to_string().contains(said), "{detail}");
    }
}
