//! How pages are drawn: whole, and never for ever.
//!
//! A page waits for what it asks the service for. Should an answer never come, the browser is told so
//! after a while and asks again by itself, instead of showing nothing for ever.

use std::sync::OnceLock;
use std::time::Duration;

use app::App;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use leptos_axum::{AxumRouteListing, generate_route_list};

/// A page that takes longer than this is given up.
const LONGEST: Duration = Duration::from_secs(15);

/// The addresses of all pages, found out once in a process.
///
/// While Leptos goes through the pages for their addresses it holds back, with one switch for the whole
/// process, all that pages ask for. A page that another server in the process drew at that moment would
/// wait for ever for what it asked.
pub fn routes() -> Vec<AxumRouteListing> {
    static ROUTES: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();
    ROUTES.get_or_init(|| generate_route_list(App)).clone()
}

/// Draws a page and hands it on when it is whole. Calls of programs pass through.
pub async fn draw(request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let path = request.uri().path().to_string();
    draw_within(LONGEST, path, next.run(request)).await
}

async fn draw_within(
    longest: Duration,
    path: String,
    page: impl Future<Output = Response>,
) -> Response {
    let drawn = tokio::time::timeout(longest, async {
        let (parts, body) = page.await.into_parts();
        let body = to_bytes(body, usize::MAX).await;
        body.map(|body| Response::from_parts(parts, Body::from(body)))
    });
    match drawn.await {
        Ok(Ok(page)) => page,
        Ok(Err(error)) => {
            tracing::error!(path, %error, "a page broke off");
            unfinished()
        }
        Err(_) => {
            tracing::error!(path, seconds = longest.as_secs(), "a page was not finished");
            unfinished()
        }
    }
}

/// What stands in place of a page that was not finished.
fn unfinished() -> Response {
    const PAGE: &str = "<!doctype html><meta charset=\"utf-8\"><title>Flowright</title>\
        <p>This page took too long. It is loaded again in a moment; nothing you made is lost.</p>";
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, PAGE).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    headers.insert(header::REFRESH, HeaderValue::from_static("2"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_that_never_ends_is_given_up() {
        let page = std::future::pending::<Response>();
        let response = draw_within(Duration::from_millis(20), "/".to_string(), page).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::REFRESH], "2");
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let page = async {
            let never = futures::stream::pending::<Result<String, std::io::Error>>();
            Response::new(Body::from_stream(never))
        };
        let response = draw_within(Duration::from_millis(20), "/".to_string(), page).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    }

    #[tokio::test]
    async fn a_page_is_handed_on_whole() {
        let page = async {
            tokio::task::yield_now().await;
            let parts = ["who", "le"].map(|part| Ok::<_, std::io::Error>(part.to_string()));
            Response::new(Body::from_stream(futures::stream::iter(parts)))
        };
        let response = draw_within(LONGEST, "/".to_string(), page).await;
        assert_eq!(response.status(), StatusCode::OK);
        let body = to_bytes(response.into_body(), usize::MAX).await;
        assert_eq!(body.expect("a body"), "whole");
    }
}
