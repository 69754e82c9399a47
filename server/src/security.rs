//! What every request passes: a limit on its body, a check of where it came from, and the headers of every answer.

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::Method;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Error;

/// The largest body that is read. A request is at most 4,000 characters; an event is one order.
pub const MOST_BODY_BYTES: usize = 512 * 1024;

/// The address that workflow files are sent to; they may be larger than anything else.
pub const IMPORT: &str = "/api/import";

/// Where the parts of the page lie, in a folder named after the build (`cargo xtask site`).
const PARTS: &str = "/pkg/parts-";

/// Reads the body of a request whole, and refuses one that is too large with a sentence.
pub async fn limit_body(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let (parts, body) = request.into_parts();
    let (most, too_large) = match parts.uri.path() {
        IMPORT => (
            app::api::MOST_FILE_BYTES,
            Error::TooLarge(app::api::too_large_words()),
        ),
        _ => (MOST_BODY_BYTES, too_large()),
    };
    if declared.is_some_and(|bytes| bytes > most) {
        return too_large.into_response();
    }
    match axum::body::to_bytes(body, most).await {
        Ok(bytes) => {
            next.run(Request::from_parts(parts, Body::from(bytes)))
                .await
        }
        Err(_) => too_large.into_response(),
    }
}

fn too_large() -> Error {
    Error::TooLarge(format!(
        "This is too large: at most {} kB are read at once. Nothing was changed; send less.",
        MOST_BODY_BYTES / 1024
    ))
}

/// Refuses a change that another site's page asks for. Together with `SameSite=Lax` cookies this
/// keeps other sites from acting in a merchant's name.
pub async fn same_origin(request: Request, next: Next) -> Response {
    if matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    ) {
        return next.run(request).await;
    }
    if is_foreign(request.headers()) {
        return Error::Forbidden(
            "This request came from another site. Open Flowright itself and try again.".to_string(),
        )
        .into_response();
    }
    next.run(request).await
}

fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(header::ORIGIN) {
        // A browser says "null" when it hides where the page came from.
        Some(origin) => origin.split_once("://").map(|(_, host)| host) != text(header::HOST),
        None => text(HeaderName::from_static("sec-fetch-site")) == Some("cross-site"),
    }
}

const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    // Inline scripts are the hydration data that the pages carry; WebAssembly needs wasm-unsafe-eval.
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; \
         form-action 'self'; frame-ancestors 'none'",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=()",
    ),
];

/// Adds the headers that tell browsers to be careful.
pub async fn secure_headers(request: Request, next: Next) -> Response {
    let part = request.uri().path().starts_with(PARTS);
    let mut response = next.run(request).await;
    let part = part && response.status().is_success();
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    // Pages and answers are somebody's own. Files keep their names between builds, so browsers ask
    // each time whether one changed and mostly get a short "not modified". Parts of the page do not
    // keep theirs, so they never change.
    let own = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_none_or(|kind| kind.starts_with("text/html") || kind.starts_with("application/json"));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static(match (part, own) {
            (true, _) => "public, max-age=31536000, immutable",
            (false, true) => "no-store",
            (false, false) => "no-cache",
        }));
    response
}
