//! Signing in and out, and what is kept from guessers and other sites.

use app::api::{Me, Sessions, SignIn, SignOut, StartSession};
use axum::http::{StatusCode, header};

use crate::harness::{OWNER, PASSWORD, Server};

#[tokio::test]
async fn a_person_signs_in_and_out() {
    let server = Server::new().await;
    let mut browser = server.stranger();
    assert!(browser.done::<Me>(&[]).await.is_null());
    let (status, refused) = browser.call::<Sessions>(&[]).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused["code"], "signed_out");

    let (status, refused) = browser
        .call::<SignIn>(&[("email", OWNER), ("password", "wrong")])
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, unknown) = browser
        .call::<SignIn>(&[("email", "who@x.example"), ("password", "wrong")])
        .await;
    assert_eq!(
        refused["message"], unknown["message"],
        "an unknown address is not told apart"
    );

    let user = browser
        .done::<SignIn>(&[
            ("email", " Owner@HarborGoods.example"),
            ("password", PASSWORD),
        ])
        .await;
    assert_eq!(user["store"], "Harbor Goods");
    assert_eq!(user["role"], "owner");
    assert_eq!(browser.done::<Me>(&[]).await, user);
    browser.done::<SignOut>(&[]).await;
    assert!(browser.done::<Me>(&[]).await.is_null());
}

#[tokio::test]
async fn a_planted_cookie_is_worth_nothing_after_signing_in() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let before = browser.cookie.clone();
    browser
        .done::<SignIn>(&[("email", OWNER), ("password", PASSWORD)])
        .await;
    assert_ne!(browser.cookie, before);
    browser.cookie = before;
    assert!(browser.done::<Me>(&[]).await.is_null());
}

#[tokio::test]
async fn guessing_is_stopped() {
    let server = Server::new().await;
    let mut browser = server.stranger();
    let mut last = StatusCode::OK;
    for _ in 0..9 {
        last = browser
            .call::<SignIn>(&[("email", OWNER), ("password", "guess")])
            .await
            .0;
    }
    assert_eq!(last, StatusCode::SERVICE_UNAVAILABLE);
    let (status, answer) = browser
        .call::<SignIn>(&[("email", OWNER), ("password", PASSWORD)])
        .await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer["code"], "busy");
}

#[tokio::test]
async fn another_site_cannot_act_for_a_merchant() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    for headers in [
        [("origin", "https://evil.example")],
        [("origin", "null")],
        [("sec-fetch-site", "cross-site")],
    ] {
        let (status, answer) = browser.call_with::<StartSession>(&[], &headers).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{headers:?}");
        assert_eq!(answer["code"], "forbidden");
    }
    let own = [("origin", "https://flowright.example")];
    assert_eq!(
        browser.call_with::<StartSession>(&[], &own).await.0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn answers_tell_browsers_to_be_careful() {
    let server = Server::new().await;
    let response = server.stranger().get("/sign-in").await;
    let headers = response.headers();
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert!(
        headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .contains("default-src 'self'")
    );
    let mut browser = server.stranger();
    browser
        .call::<SignIn>(&[("email", OWNER), ("password", PASSWORD)])
        .await;
    assert!(browser.cookie.unwrap().starts_with("flowright="));
}

#[tokio::test]
async fn browsers_keep_the_parts_of_a_page_and_ask_about_all_else() {
    let server = Server::new().await;
    let package = server.folder.path().join("site/pkg");
    std::fs::create_dir_all(package.join("parts-1")).unwrap();
    for file in ["app.js", "parts-1/split_panel.wasm"] {
        std::fs::write(package.join(file), "x").unwrap();
    }
    for (path, kept) in [
        (
            "/pkg/parts-1/split_panel.wasm",
            "public, max-age=31536000, immutable",
        ),
        ("/pkg/app.js", "no-cache"),
        // A part of another build is not there, and that is not to be remembered.
        ("/pkg/parts-0/split_panel.wasm", "no-store"),
    ] {
        let response = server.stranger().get(path).await;
        assert_eq!(response.headers()[header::CACHE_CONTROL], kept, "{path}");
    }
    let part = server.stranger().get("/pkg/parts-1/split_panel.wasm").await;
    assert_eq!(part.headers()[header::CONTENT_TYPE], "application/wasm");
}
