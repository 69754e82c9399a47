//! What a page shows when something is not there or went wrong.

use leptos_router::components::Redirect;
use leptos_router::hooks::use_location;

use crate::api::{ApiError, ErrorCode};
use crate::language::{k, said_text, t};
use crate::prelude::*;
use crate::title::Title;

/// A refusal as a page: one sentence and a way on. Signed out, it leads to the sign-in page.
#[component]
pub fn Trouble(error: ApiError) -> impl IntoView {
    if error.is_signed_out() {
        return view! { <Redirect path=sign_in_path(&use_location().pathname.get_untracked()) /> }
            .into_any();
    }
    let head = match error.code {
        ErrorCode::NotFound => t(k::TROUBLE_NOT_HERE),
        ErrorCode::Forbidden => t(k::TROUBLE_NOT_YOURS),
        ErrorCode::Unreachable => t(k::TROUBLE_NO_CONNECTION),
        _ => t(k::TROUBLE_FAILED),
    };
    view! { <Blank head text=said_text(&error.message) /> }.into_any()
}

/// An empty page with a sentence and a way on.
#[component]
pub fn Blank(head: &'static str, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <Title text=head />
        <main class="page narrow blank">
            <h1>{head}</h1>
            <p class="muted">{text}</p>
            <a class="button" href="/">
                {t(k::TROUBLE_BACK)}
            </a>
        </main>
    }
}

/// The sign-in page that leads back to a path.
pub fn sign_in_path(path: &str) -> String {
    if path == "/" || path.is_empty() {
        "/sign-in".to_string()
    } else {
        format!("/sign-in?next={path}")
    }
}

/// Where to go after signing in: a path of this site and nothing else.
pub fn safe_next(next: Option<String>) -> String {
    next.filter(|next| {
        next.starts_with('/')
            && !next.starts_with("//")
            && !next.contains('\\')
            && !next.chars().any(char::is_control)
    })
    .unwrap_or_else(|| "/".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        for (next, path) in [
            (Some("/runs/1"), "/runs/1"),
            (Some("//evil.example"), "/"),
            (Some("/\\evil.example"), "/"),
            (Some("https://evil.example"), "/"),
            (Some("javascript:alert(1)"), "/"),
            (None, "/"),
        ] {
            assert_eq!(safe_next(next.map(str::to_string)), path);
        }
        assert_eq!(sign_in_path("/"), "/sign-in");
        assert_eq!(sign_in_path("/runs/1"), "/sign-in?next=/runs/1");
    }
}
