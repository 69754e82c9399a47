//! How pages are drawn: each on one thread from beginning to end, and never for ever.
//!
//! What a page is made of (signals, resources, the futures they wait for) wakes one another as answers
//! come in. Drawn on several threads at once, a page was seen, very rarely and on a machine with more to
//! do than it can, to wait for a wake-up that never came. On one thread there is nothing to race with;
//! and should a page still not be finished, the browser is told so and asks again by itself.

use std::sync::OnceLock;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio_util::task::LocalPoolHandle;

/// A page that takes longer than this is given up.
const LONGEST: Duration = Duration::from_secs(15);

/// The threads that draw.
fn threads() -> &'static LocalPoolHandle {
    static THREADS: OnceLock<LocalPoolHandle> = OnceLock::new();
    THREADS.get_or_init(|| {
        let count = std::thread::available_parallelism().map_or(2, usize::from);
        LocalPoolHandle::new(count)
    })
}

/// Draws a page on one thread and hands it on when it is whole. Calls of programs pass through.
pub async fn draw(request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let path = request.uri().path().to_string();
    draw_within(LONGEST, path, move || next.run(request)).await
}

async fn draw_within<F>(
    longest: Duration,
    path: String,
    page: impl FnOnce() -> F + Send + 'static,
) -> Response
where
    F: Future<Output = Response>,
{
    let drawn = threads().spawn_pinned(move || async move {
        tokio::time::timeout(longest, async {
            let (parts, body) = page().await.into_parts();
            let body = to_bytes(body, usize::MAX).await;
            body.map(|body| Response::from_parts(parts, Body::from(body)))
        })
        .await
    });
    match drawn.await {
        Ok(Ok(Ok(page))) => page,
        Ok(Ok(Err(error))) => {
            tracing::error!(path, %error, "a page broke off");
            unfinished()
        }
        Ok(Err(_)) => {
            tracing::error!(path, seconds = longest.as_secs(), "a page was not finished");
            unfinished()
        }
        Err(error) => {
            tracing::error!(path, %error, "a page could not be drawn");
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
        let page = || std::future::pending::<Response>();
        let response = draw_within(Duration::from_millis(20), "/".to_string(), page).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::REFRESH], "2");
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let page = || async {
            let never = futures::stream::pending::<Result<String, std::io::Error>>();
            Response::new(Body::from_stream(never))
        };
        let response = draw_within(Duration::from_millis(20), "/".to_string(), page).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    }

    #[tokio::test]
    async fn a_page_is_handed_on_whole_and_drawn_on_one_thread() {
        let page = || async {
            let before = std::thread::current().id();
            tokio::task::yield_now().await;
            assert_eq!(std::thread::current().id(), before);
            Response::new(Body::from("whole"))
        };
        let response = draw_within(LONGEST, "/".to_string(), page).await;
        assert_eq!(response.status(), StatusCode::OK);
        let body = to_bytes(response.into_body(), usize::MAX).await;
        assert_eq!(body.expect("a body"), "whole");
    }
}
