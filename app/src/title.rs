//! The title of a page, as the browser's tab shows it.
//!
//! The server writes it into the document's head. In the browser it is simply set, which costs less
//! than the signals and effects of `leptos_meta`.

use crate::prelude::*;

/// What stands behind every title.
const NAME: &str = "Flowright";

/// Gives the document a title, for as long as the page is there.
#[component]
pub fn Title(text: &'static str) -> impl IntoView {
    let text = format!("{text} · {NAME}");
    #[cfg(feature = "ssr")]
    return view! { <leptos_meta::Title text /> };
    #[cfg(not(feature = "ssr"))]
    {
        let before = document().title();
        document().set_title(&text);
        on_cleanup(move || {
            // The page that comes next may have set its own already.
            if document().title() == text {
                document().set_title(&before);
            }
        });
    }
}
