//! Parts of the page that are loaded when they are wanted, so that the builder is there sooner.
//!
//! A function marked `#[wasm_split(name, …)]` becomes, with all that only such functions reach, a
//! file of its own (`cargo xtask site` cuts it out). On the server nothing is loaded: there such a
//! function is called at once.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

#[cfg(not(feature = "ssr"))]
use leptos::html::Div;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;

use crate::language::{k, t};
use crate::prelude::*;

/// How long to wait before a part is asked for again that nobody is waiting for.
#[cfg(not(feature = "ssr"))]
const AGAIN_AFTER: Duration = Duration::from_secs(3);

/// When what is probably wanted is loaded in a browser that does not say when it is idle.
const LATER: Duration = Duration::from_secs(1);

/// What a function that is loaded when it is wanted returns: its view, or that it could not be loaded.
pub type Drawn = Result<AnyView, SplitLoaderError>;

/// A part on its way.
pub type Load = Pin<Box<dyn Future<Output = Result<(), SplitLoaderError>>>>;

type Drawing = Pin<Box<dyn Future<Output = Drawn>>>;

/// A view that is drawn at once when its part is there, and until then says that it is loading. A
/// part that did not arrive can be asked for again.
pub fn part<F>(load: fn() -> Load, draw: impl Fn() -> F + Send + 'static) -> AnyView
where
    F: Future<Output = Drawn> + 'static,
{
    place(load, Box::new(move || Box::pin(draw())), Meanwhile::Words)
}

/// The same for what the server's page does not show: it is drawn in the browser only, once the page
/// is alive.
pub fn part_in_browser<F>(
    load: fn() -> Load,
    draw: impl Fn() -> F + Send + Sync + 'static,
) -> AnyView
where
    F: Future<Output = Drawn> + 'static,
{
    in_browser(load, Arc::new(move || Box::pin(draw())), Meanwhile::Words)
}

/// The same for what is not seen: nothing is said while it loads, nor when it does not arrive.
pub fn part_unseen<F>(load: fn() -> Load, draw: impl Fn() -> F + Send + Sync + 'static) -> AnyView
where
    F: Future<Output = Drawn> + 'static,
{
    in_browser(load, Arc::new(move || Box::pin(draw())), Meanwhile::Nothing)
}

/// A part that the server draws and that comes alive when it has arrived: until then what the server
/// drew stands there as it is, and is then drawn anew.
///
/// Its name tells its place from others on the page.
pub fn later<F>(
    name: &'static str,
    class: &'static str,
    load: fn() -> Load,
    draw: impl Fn() -> F + Send + 'static,
) -> AnyView
where
    F: Future<Output = Drawn> + 'static,
{
    #[cfg(feature = "ssr")]
    {
        let _ = load;
        let drawing: Drawing = Box::pin(draw());
        let view = now(&mut { drawing }).and_then(Result::ok);
        view! { <div class=class data-later=name>{view}</div> }.into_any()
    }
    #[cfg(not(feature = "ssr"))]
    {
        let place: NodeRef<Div> = NodeRef::new();
        wake(place, load, Box::new(move || Box::pin(draw())));
        view! { <div class=class data-later=name node_ref=place></div> }.into_any()
    }
}

/// How a part is drawn, for as long as its place is there.
#[cfg(not(feature = "ssr"))]
type Kept<T> = StoredValue<T, LocalStorage>;

/// Draws a part in a place once both are there.
#[cfg(not(feature = "ssr"))]
fn wake(place: NodeRef<Div>, load: fn() -> Load, draw: Box<dyn Fn() -> Drawing + Send>) {
    let owner = Owner::new();
    let draw = StoredValue::new_local(draw);
    let drawn = StoredValue::new_local(None);
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            wake_in(place, load, owner.clone(), draw, drawn);
        }
    });
}

#[cfg(not(feature = "ssr"))]
fn wake_in(
    place: web_sys::HtmlDivElement,
    load: fn() -> Load,
    owner: Owner,
    draw: Kept<Box<dyn Fn() -> Drawing + Send>>,
    drawn: Kept<Option<<AnyView as Render>::State>>,
) {
    spawn_local(async move {
        if load().await.is_err() {
            // What the server drew stays; it is tried again as long as the place is there.
            if draw.try_with_value(|_| ()).is_some() {
                set_timeout(
                    move || wake_in(place, load, owner, draw, drawn),
                    AGAIN_AFTER,
                );
            }
            return;
        }
        let state = owner.with(|| {
            let view = draw.try_with_value(|draw| untrack(|| now(&mut draw())))??;
            let mut state = view.ok()?.build();
            place.set_inner_html("");
            state.mount(&place, None);
            Some(state)
        });
        drawn.try_set_value(state);
    });
}

/// What stands in the place of a part that is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meanwhile {
    Words,
    Nothing,
}

fn in_browser(
    load: fn() -> Load,
    draw: Arc<dyn Fn() -> Drawing + Send + Sync>,
    meanwhile: Meanwhile,
) -> AnyView {
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    (move || {
        alive.get().then(|| {
            let draw = draw.clone();
            place(load, Box::new(move || draw()), meanwhile)
        })
    })
    .into_any()
}

fn place(
    load: fn() -> Load,
    draw: Box<dyn Fn() -> Drawing + Send>,
    meanwhile: Meanwhile,
) -> AnyView {
    let stand = Stand::new(meanwhile);
    (move || stand.drawn(load, draw())).into_any()
}

/// A part inside of something that is drawn again whenever what it is about changes: what stands there
/// is then changed in place, so that it keeps the focus.
#[derive(Clone, Copy)]
pub struct Stand {
    /// Counted up when the part has arrived, so that it is drawn.
    arrived: RwSignal<u32>,
    failed: RwSignal<bool>,
    meanwhile: Meanwhile,
}

impl Stand {
    /// One that says that its part is loading.
    pub fn with_words() -> Stand {
        Stand::new(Meanwhile::Words)
    }

    /// One that says nothing while its part loads, nor when it does not arrive.
    pub fn quiet() -> Stand {
        Stand::new(Meanwhile::Nothing)
    }

    fn new(meanwhile: Meanwhile) -> Stand {
        Stand {
            arrived: RwSignal::new(0),
            failed: RwSignal::new(false),
            meanwhile,
        }
    }

    /// Draws the part, or what stands in its place. Only for what is drawn again when a signal changes.
    pub fn draw(
        self,
        load: fn() -> Load,
        drawing: impl Future<Output = Drawn> + 'static,
    ) -> AnyView {
        self.drawn(load, Box::pin(drawing))
    }

    fn drawn(self, load: fn() -> Load, mut drawing: Drawing) -> AnyView {
        let Stand {
            arrived,
            failed,
            meanwhile,
        } = self;
        arrived.track();
        if failed.get() {
            return broken(failed, meanwhile);
        }
        let mut loading = load();
        let there = match now(&mut loading) {
            None => {
                spawn_local(async move {
                    match loading.await {
                        Ok(()) => arrived.try_update(|arrived| *arrived += 1),
                        Err(_) => failed.try_update(|failed| *failed = true),
                    };
                });
                return waiting(meanwhile);
            }
            Some(loaded) => loaded,
        };
        match there.and_then(|()| untrack(|| now(&mut drawing).transpose())) {
            Ok(Some(view)) => view,
            // What is there is drawn without waiting.
            Ok(None) => waiting(meanwhile),
            Err(_) => broken(failed, meanwhile),
        }
    }
}

/// What a part answers, when it is there already.
pub fn at_once<T: 'static>(
    answer: impl Future<Output = Result<T, SplitLoaderError>> + 'static,
) -> Option<T> {
    let mut answer: Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>> = Box::pin(answer);
    now(&mut answer).and_then(Result::ok)
}

/// What a future has now, without waiting for it.
fn now<T>(future: &mut Pin<Box<dyn Future<Output = T>>>) -> Option<T> {
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn waiting(meanwhile: Meanwhile) -> AnyView {
    if meanwhile == Meanwhile::Nothing {
        return ().into_any();
    }
    view! {
        <p class="part-waits muted" role="status">
            {t(k::FRAME_LOADING)}
        </p>
    }
    .into_any()
}

fn broken(failed: RwSignal<bool>, meanwhile: Meanwhile) -> AnyView {
    if meanwhile == Meanwhile::Nothing {
        return ().into_any();
    }
    view! {
        <div class="part-broken" role="alert">
            <p>{t(k::FRAME_PART_MISSING)}</p>
            <button type="button" class="button small" on:click=move |_| failed.set(false)>
                {t(k::FRAME_TRY_AGAIN)}
            </button>
        </div>
    }
    .into_any()
}

/// Says on a page that the server rendered that its code did not arrive.
#[cfg(feature = "hydrate")]
pub fn page_is_missing() {
    let said = document().create_element("div");
    if let (Ok(said), Some(body)) = (said, document().body()) {
        said.set_class_name("part-broken over");
        said.set_text_content(Some(t(k::FRAME_PART_MISSING)));
        // Whoever cannot be told sees a page that does not react.
        let _ = said.set_attribute("role", "alert");
        let _ = body.append_child(&said);
    }
}

/// Loads parts that will probably be wanted, once the browser has nothing else to do. What does not
/// arrive is loaded when it is wanted. Only for effects: on the server there is nothing to load.
pub fn prefetch(parts: &'static [fn() -> Load]) {
    let load = move || {
        for part in parts {
            let loading = part();
            // Nobody has asked yet, so nobody is told.
            spawn_local(async move { drop(loading.await) });
        }
    };
    if request_idle_callback_with_handle(load).is_err() {
        set_timeout(load, LATER);
    }
}
