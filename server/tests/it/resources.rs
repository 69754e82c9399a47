//! What a store's events show: a collection said by name is put in by its id, in that store only.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::{OWNER, STRANGER, STRANGER_TOKEN, Server, TOKEN};

const SORT: &str = "@product_created\ndef sort(product):\n    add_product_to_collections(product_id=product.id, collection_id=[\"Summer Sale\"])\n";

#[tokio::test]
async fn a_collection_that_an_event_showed_is_known_by_its_name() {
    let server = Server::new().await;
    let event = |title: &str| {
        json!({
            "trigger": "shopify::admin::product_added",
            "event": { "product": {
                "id": "gid://shopify/Product/1",
                "title": "Lamp",
                "collections": [{ "id": "gid://shopify/Collection/7", "title": title }],
            } },
        })
        .to_string()
    };
    // The last name counts.
    for title in ["Spring Sale", "Summer Sale"] {
        let (status, answer) = server.event(TOKEN, event(title)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
    let collection = async |email: &str| {
        let mut browser = server.browser(email).await;
        let session = browser.start().await;
        server.script.add(SORT);
        browser
            .turn(&session, "put new products into the collection Summer Sale")
            .await;
        let draft = server.app.log.state(&session).await.unwrap().draft.unwrap();
        let value = draft.steps[1].config_value("collection_id").unwrap();
        value.to_string()
    };
    assert_eq!(collection(OWNER).await, r#"["gid://shopify/Collection/7"]"#);
    assert_eq!(collection(STRANGER).await, r#"["Summer Sale"]"#);

    // What the other store calls so is another one.
    let (status, answer) = server
        .event(
            STRANGER_TOKEN,
            event("Summer Sale").replace("Collection/7", "Collection/8"),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(
        collection(STRANGER).await,
        r#"["gid://shopify/Collection/8"]"#
    );
    assert_eq!(collection(OWNER).await, r#"["gid://shopify/Collection/7"]"#);
}
