//! The language of a page: the one that was chosen, else the one the browser asks for.

use app::language::Language;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;

use crate::harness::Server;

async fn text(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_page_is_rendered_in_the_language_of_its_request() {
    let server = Server::new().await;
    for (cookie, accept, code, words) in [
        ("", "", "en", "Sign in"),
        ("", "de-AT,de;q=0.9,en;q=0.5", "de", "Anmelden"),
        ("", "nl,fr;q=0.4", "fr", "Se connecter"),
        ("flowright_language=es", "de", "es", "Iniciar sesión"),
        ("flowright_language=../../x", "ja", "ja", "ログイン"),
    ] {
        let request = Request::get("/sign-in")
            .header(header::COOKIE, cookie)
            .header(header::ACCEPT_LANGUAGE, accept)
            .body(Body::empty())
            .unwrap();
        let page = text(server.stranger().send(request).await).await;
        assert!(
            page.contains(&format!("<html lang=\"{code}\" dir=\"ltr\"")),
            "{page}"
        );
        assert!(page.contains(words), "{page}");
        let script = format!("/words/{code}.js?");
        let texts = page.find(&script).expect("the texts of the page");
        assert!(texts < page.find("import(").expect("the program of the page"));
    }
}

#[tokio::test]
async fn the_texts_of_a_language_are_a_file_that_browsers_keep() {
    let server = Server::new().await;
    for language in Language::ALL {
        let path = format!("/words/{}.js", language.code());
        let response = server.stranger().get(&path).await;
        assert_eq!(response.status(), StatusCode::OK);
        let kept = response.headers()[header::CACHE_CONTROL].to_str().unwrap();
        assert!(kept.contains("immutable"), "{kept}");
        assert_eq!(text(response).await, language.script());
    }
    let missing = server.stranger().get("/words/xx.js").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}
