//! How a page comes alive: what the server drew is seen and read at once, and is drawn anew in its
//! place when the code is there.
//!
//! The other way, adopting what the server drew node by node, needs for every view a second way to
//! draw it: a tenth of the page. What somebody has written or put the focus on meanwhile is kept.

use crate::prelude::*;

/// A view that the server draws, and that the browser draws anew in its place.
#[cfg(feature = "ssr")]
pub fn anew(view: AnyView) -> AnyView {
    view! { <div class="later">{view}</div> }.into_any()
}

/// A view that the server draws, and that the browser draws anew in its place.
#[cfg(not(feature = "ssr"))]
pub fn anew(view: AnyView) -> AnyView {
    leptos::prelude::IntoAny::into_any(browser::Anew(view))
}

/// Draws the application over what the server drew, from the answers that the server wrote into
/// the page.
#[cfg(feature = "hydrate")]
pub fn start() {
    use std::sync::Arc;

    let owner = Owner::new_root(Some(Arc::new(
        hydration_context::HydrateSharedContext::new(),
    )));
    owner.with(|| leptos::mount::mount_to_body(crate::App));
    // It lives as long as the page.
    std::mem::forget(owner);
}

#[cfg(not(feature = "ssr"))]
mod browser {
    use js_sys::{Array, Function, Reflect};
    use leptos::prelude::{AddAnyAttr, AnyView, Mountable, Owner, Render, RenderHtml, document};
    use leptos::tachys::html::attribute::Attribute;
    use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
    use leptos::tachys::hydration::Cursor;
    use leptos::tachys::renderer::Rndr;
    use leptos::tachys::renderer::types::{Element, Node};
    use leptos::tachys::view::any_view::AnyViewState;
    use leptos::tachys::view::{Position, PositionState};
    use wasm_bindgen::{JsCast, JsValue};

    /// Where parts will stand.
    const LATER: &str = "[data-later]";

    pub struct Anew(pub AnyView);

    pub struct State {
        place: Element,
        view: AnyViewState,
        /// The place is the server's, and stands where it should before it is put there.
        stands: bool,
    }

    impl Anew {
        fn draw_in(self, place: Element, stands: bool) -> State {
            let mut view = self.0.build();
            view.mount(&place, None);
            State {
                place,
                view,
                stands,
            }
        }
    }

    /// What the server drew, once: until it is drawn anew, the answers that the server wrote into
    /// the page are what is drawn from.
    fn drawn_by_server() -> Option<Element> {
        let answers = Owner::current_shared_context()?;
        if !answers.during_hydration() {
            return None;
        }
        document().query_selector("body .later").ok()?
    }

    impl Render for Anew {
        type State = State;

        fn build(self) -> State {
            let Some(place) = drawn_by_server() else {
                let place = Rndr::create_element("div", None);
                place.set_class_name("later");
                return self.draw_in(place, false);
            };
            let done = Done::by_now(&place);
            place.set_inner_html("");
            let state = self.draw_in(place, true);
            done.restore();
            if let Some(answers) = Owner::current_shared_context() {
                answers.hydration_complete();
            }
            state
        }

        fn rebuild(self, state: &mut State) {
            self.0.rebuild(&mut state.view);
        }
    }

    impl AddAnyAttr for Anew {
        // Attributes are only ever given to elements.
        type Output<NewAttr: Attribute> = Anew;

        fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Anew {
            self
        }
    }

    impl RenderHtml for Anew {
        type AsyncOutput = Self;
        type Owned = Self;

        const MIN_LENGTH: usize = 0;

        fn dry_resolve(&mut self) {}

        async fn resolve(self) -> Self {
            self
        }

        /// Browsers write no HTML.
        fn to_html_with_buf(
            self,
            _: &mut String,
            _: &mut Position,
            _: bool,
            _: bool,
            _: Vec<AnyAttribute>,
        ) {
        }

        fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> State {
            self.build()
        }

        fn into_owned(self) -> Self {
            self
        }
    }

    impl Mountable for State {
        fn unmount(&mut self) {
            self.place.remove();
        }

        fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
            // Moving it, be it to where it stands, would take the focus from what is in it.
            if !std::mem::take(&mut self.stands) {
                Rndr::insert_node(parent, &self.place, marker);
            }
        }

        fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
            self.place.insert_before_this(child)
        }

        fn elements(&self) -> Vec<Element> {
            vec![self.place.clone()]
        }
    }

    /// What somebody did on the page before it was alive. Only what has an id is found again.
    struct Done {
        /// Ids of the fields that were written in, with what is in them.
        written: Vec<(String, JsValue)>,
        focus: Option<String>,
        /// What the server drew where a part will stand ([`crate::part::later`]), by the part's name.
        /// It stays in sight until the part has arrived.
        later: Vec<(String, String)>,
    }

    impl Done {
        fn by_now(place: &Element) -> Done {
            let mut written = Vec::new();
            for field in all_in(place, "input[id],textarea[id]")
                .unwrap_or_default()
                .iter()
            {
                let Ok(field) = field.dyn_into::<Element>() else {
                    continue;
                };
                let text = value_of(&field);
                if text.as_string().is_some_and(|text| !text.is_empty()) {
                    written.push((field.id(), text));
                }
            }
            let later = all_in(place, LATER).unwrap_or_default();
            let later = later
                .iter()
                .filter_map(|part| part.dyn_into::<Element>().ok())
                .map(|part| {
                    (
                        part.get_attribute("data-later").unwrap_or_default(),
                        part.inner_html(),
                    )
                })
                .collect();
            Done {
                later,
                written,
                focus: document()
                    .active_element()
                    .map(|element| element.id())
                    .filter(|id| !id.is_empty()),
            }
        }

        fn restore(self) {
            // The place is in the page, so what was drawn in it is found by its id. What is no
            // longer there keeps nothing.
            for (id, text) in self.written {
                if let Some(field) = document().get_element_by_id(&id) {
                    let _ = Reflect::set(&field, &"value".into(), &text);
                    // Whoever listens to the field was not there when it was written in.
                    let _ = web_sys::Event::new("input").map(|event| field.dispatch_event(&event));
                }
            }
            for (name, html) in self.later {
                let part = document().query_selector(&format!("[data-later={name}]"));
                if let Ok(Some(part)) = part {
                    part.set_inner_html(&html);
                }
            }
            let focus = self.focus.and_then(|id| document().get_element_by_id(&id));
            if let Some(element) =
                focus.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
            {
                let _ = element.focus();
            }
        }
    }

    fn all_in(place: &Element, which: &str) -> Option<Array> {
        let select = Reflect::get(place, &"querySelectorAll".into()).ok()?;
        let select = select.dyn_into::<Function>().ok()?;
        let found = select.call1(place, &which.into()).ok()?;
        Some(Array::from(&found))
    }

    fn value_of(field: &Element) -> JsValue {
        Reflect::get(field, &"value".into()).unwrap_or_default()
    }
}
