//! Pages as the server draws them.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;

use crate::harness::{Browser, OWNER, Server};

/// After this long a page counts as one that is never finished.
const LONGEST: Duration = Duration::from_secs(20);

/// A page is drawn while other servers of the process come to life, and its body is dropped by another
/// thread: nothing in it may belong to one thread, and none may be left unfinished.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_page_may_be_dropped_by_another_thread_than_drew_it() {
    let server = Server::new().await;
    let mut browser = server.browser(OWNER).await;
    let test = Arc::new(());
    let others = tokio::task::spawn_blocking({
        let (app, test) = (server.app.clone(), Arc::downgrade(&test));
        move || {
            while test.strong_count() > 0 {
                drop(server::router::router(app.clone()));
            }
        }
    });
    for path in ["/", "/workflows", "/templates"] {
        for _ in 0..40 {
            let page = tokio::time::timeout(LONGEST, page(&mut browser, path))
                .await
                .expect("a page that is finished");
            assert!(
                page.windows(7).any(|end| end == b"</html>"),
                "{path} is cut off"
            );
        }
    }
    drop(test);
    others.await.expect("routers are made");
}

async fn page(browser: &mut Browser, path: &str) -> Bytes {
    let response = browser.get(path).await;
    assert_eq!(response.status(), StatusCode::OK);
    // The body is read on a thread of its own, as a connection does it.
    let body = tokio::spawn(axum::body::to_bytes(response.into_body(), usize::MAX));
    body.await.expect("no panic").expect("a whole page")
}
