//! Pages as the server draws them.

use axum::http::StatusCode;

use crate::harness::{OWNER, Server};

/// A page is drawn by whichever thread is free, and what it kept is dropped by another: nothing in it
/// may belong to one thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_page_may_be_dropped_by_another_thread_than_drew_it() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    for path in ["/", "/workflows", "/templates"] {
        for _ in 0..40 {
            let response = browser.get(path).await;
            assert_eq!(response.status(), StatusCode::OK);
            // The body is read on a thread of its own, as a connection does it.
            let body = tokio::spawn(axum::body::to_bytes(response.into_body(), usize::MAX));
            let page = body.await.expect("no panic").expect("a whole page");
            assert!(
                page.windows(7).any(|end| end == b"</html>"),
                "{path} is cut off"
            );
        }
    }
}
