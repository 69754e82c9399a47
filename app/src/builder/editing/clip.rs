//! Copied steps as text, so that they travel between workflows, windows and stores over the clipboard.

use flow::sorted::SortedSet;

use flow::workflow::{Link, Step, StepId, Workflow};
use leptos::ev;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};

use crate::canvas::SharedScene;
use crate::part::{Load, at_once};
use crate::prelude::*;

/// Steps, and the links among them.
type Steps = (Vec<Step>, Vec<Link>);

/// What tells copied steps from any other text.
const MARKER: &str = "flowright steps 1";
/// Where copied steps are kept for when the clipboard cannot be read.
const KEY: &str = "flowright-copied-steps";

#[derive(Serialize, Deserialize)]
struct Copied {
    what: String,
    steps: Vec<Step>,
    links: Vec<Link>,
}

/// The steps with these ids and the links among them, as text.
fn text_of(workflow: &Workflow, ids: &[StepId]) -> String {
    let chosen: SortedSet<&str> = ids.iter().map(String::as_str).collect();
    let copied = Copied {
        what: MARKER.to_string(),
        steps: ids
            .iter()
            .filter_map(|id| workflow.step(id).cloned())
            .collect(),
        links: workflow
            .links
            .iter()
            .filter(|link| chosen.contains(link.from.as_str()) && chosen.contains(link.to.as_str()))
            .cloned()
            .collect(),
    };
    serde_json::to_string(&copied).unwrap_or_default()
}

/// The steps of a text, when it holds copied steps.
fn steps_of(text: &str) -> Option<Steps> {
    let copied: Copied = serde_json::from_slice(text.as_bytes()).ok()?;
    (copied.what == MARKER && !copied.steps.is_empty()).then_some((copied.steps, copied.links))
}

/// Gets the writing to the clipboard ready; an event of the clipboard does not wait for it.
pub fn get_writing() -> Load {
    Box::pin(load_writing())
}

/// Gets the reading of the clipboard ready.
pub fn get_reading() -> Load {
    Box::pin(load_reading())
}

/// Copies steps. False while the part that does it is not there.
pub fn copy(scene: &SharedScene, steps: &[StepId], event: Option<&ev::ClipboardEvent>) -> bool {
    at_once(write_steps(scene.clone(), steps.to_vec(), event.cloned())).is_some()
}

/// The steps on the clipboard; `None` when there is something else, or the part that reads them is not
/// there.
pub fn copied(event: Option<&ev::ClipboardEvent>) -> Option<Steps> {
    at_once(read_steps(event.cloned())).flatten()
}

#[wasm_split(builder, wasm_split_path = leptos::wasm_split, preload(load_writing), fallible)]
fn write_steps(
    scene: SharedScene,
    steps: Vec<StepId>,
    event: Option<ev::ClipboardEvent>,
) -> Result<(), SplitLoaderError> {
    write(&text_of(&scene.workflow, &steps), event.as_ref());
    Ok(())
}

#[wasm_split(builder, wasm_split_path = leptos::wasm_split, preload(load_reading), fallible)]
fn read_steps(event: Option<ev::ClipboardEvent>) -> Result<Option<Steps>, SplitLoaderError> {
    Ok(read(event.as_ref()))
}

/// Writes a text to the clipboard, and keeps it here as well.
fn write(text: &str, event: Option<&ev::ClipboardEvent>) {
    if let Some(storage) = storage() {
        // A full or forbidden storage leaves the clipboard itself.
        let _ = storage.set_item(KEY, text);
    }
    match event.and_then(transfer) {
        Some(transfer) => {
            // A browser that refuses leaves what is kept here.
            let _ = call(&transfer, "setData", &["text/plain", text]);
        }
        None => {
            let navigator = get(&window(), "navigator");
            if let Some(clipboard) = navigator.and_then(|navigator| get(&navigator, "clipboard")) {
                let _ = call(&clipboard, "writeText", &[text]);
            }
        }
    }
}

/// The steps on the clipboard; those that are kept here when the clipboard holds nothing at all.
fn read(event: Option<&ev::ClipboardEvent>) -> Option<Steps> {
    let text = event
        .and_then(transfer)
        .and_then(|transfer| call(&transfer, "getData", &["text/plain"])?.as_string())
        .unwrap_or_default();
    if text.is_empty() {
        let kept = storage()?.get_item(KEY).ok().flatten()?;
        return steps_of(&kept);
    }
    steps_of(&text)
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn transfer(event: &ev::ClipboardEvent) -> Option<JsValue> {
    get(event, "clipboardData")
}

fn get(of: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(of, &JsValue::from_str(name))
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}

fn call(of: &JsValue, name: &str, arguments: &[&str]) -> Option<JsValue> {
    let function = get(of, name)?.dyn_into::<js_sys::Function>().ok()?;
    let list = js_sys::Array::new();
    for argument in arguments {
        list.push(&JsValue::from_str(argument));
    }
    function.apply(of, &list).ok()
}

#[cfg(test)]
mod tests {
    use flow::TaskType;

    use super::*;

    #[test]
    fn copied_steps_come_back_with_the_links_among_them() {
        let step = |id: &str| Step::new(id, "x::y", "1", TaskType::Action);
        let workflow = Workflow {
            steps: vec![step("a"), step("b"), step("c")],
            links: vec![Link::new("a", "output", "b"), Link::new("b", "output", "c")],
            ..Workflow::default()
        };
        let text = text_of(&workflow, &["a".to_string(), "b".to_string()]);
        let (steps, links) = steps_of(&text).unwrap_or_default();
        assert_eq!(steps, workflow.steps[..2]);
        assert_eq!(links, workflow.links[..1]);
    }

    #[test]
    fn any_other_text_is_no_steps() {
        for text in ["", "hello", "{}", r#"{"what":"x","steps":[],"links":[]}"#] {
            assert_eq!(steps_of(text), None, "{text}");
        }
    }
}
