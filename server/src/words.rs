//! The language of a request, and `GET /words/{code}.js`: the texts of a page in one language.

use app::language::{COOKIE, Language};
use axum::extract::Path;
use axum::http::header::{self, HeaderName};
use axum::http::request::Parts;
use axum::response::IntoResponse;
use leptos::prelude::use_context;

use crate::{Error, Result};

/// The language that the request this is called in wants: the one that was chosen, else what the
/// browser asks for.
pub fn language_of_request() -> Language {
    use_context::<Parts>().map_or_else(Language::default, |parts| language_of(&parts))
}

fn language_of(parts: &Parts) -> Language {
    let text = |name: HeaderName| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let cookies = text(header::COOKIE);
    let chosen = cookies
        .split(';')
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value);
    Language::wanted(chosen, Some(text(header::ACCEPT_LANGUAGE)))
}

/// The texts of a language. The address changes when they do, so a browser asks once.
pub async fn table(Path(file): Path<String>) -> Result<impl IntoResponse> {
    let language = file
        .strip_suffix(".js")
        .and_then(|code| Language::ALL.into_iter().find(|one| one.code() == code))
        .ok_or_else(|| Error::NotFound("There is no such language.".to_string()))?;
    Ok((
        [
            (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        ],
        language.script(),
    ))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn a_chosen_language_comes_before_the_browsers() {
        let language = |cookie: &str| {
            let (parts, ()) = Request::builder()
                .header(header::COOKIE, cookie)
                .header(header::ACCEPT_LANGUAGE, "fr-FR,fr;q=0.9")
                .body(())
                .expect("a request")
                .into_parts();
            language_of(&parts)
        };
        assert_eq!(
            language("flowright=abc; flowright_language=ja"),
            Language::Japanese
        );
        assert_eq!(language("flowright=abc"), Language::French);
        assert_eq!(language("flowright_language=zz"), Language::French);
    }
}
