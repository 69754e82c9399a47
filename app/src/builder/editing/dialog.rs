//! What the merchant is asked while editing: which step, where to, and which keys there are.

use flow::TaskType;
use flow::edit::{Edit, Place};
use flow::workflow::StepId;
use leptos::ev;
use leptos::html::Dialog;
use leptos::wasm_split::wasm_split;

use super::chooser::{Choice, chooser};
use super::{Asking, Editor};
use crate::api::TaskInfo;
use crate::canvas::SharedScene;
use crate::canvas::keys::HELP;
use crate::icons::{Glyph, Icon};
use crate::language::{k, t, tr};
use crate::part::{Drawn, Load, part};
use crate::prelude::*;
use crate::tasks::Tasks;

/// The dialog for whatever is being asked, if anything is.
pub fn dialogs(editor: Editor) -> AnyView {
    (move || {
        editor
            .asking
            .get()
            .map(|asking| part(load, move || draw_dialog(editor, asking.clone())))
    })
    .into_any()
}

/// Loads this part.
pub fn load() -> Load {
    Box::pin(load_dialog())
}

#[wasm_split(builder, wasm_split_path = leptos::wasm_split, preload(load_dialog), fallible)]
fn draw_dialog(editor: Editor, asking: Asking) -> Drawn {
    Ok(dialog(editor, asking))
}

fn dialog(editor: Editor, asking: Asking) -> AnyView {
    let dialog: NodeRef<Dialog> = NodeRef::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            // It is open already, or the browser has no dialogs; then it stays an element of the page.
            let _ = dialog.show_modal();
        }
    });
    // Closing gives the focus back to where it was.
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
        editor.asking.set(None);
    };
    let (title, body) = match asking {
        Asking::Trigger => (
            t(k::EDITING_WHAT_STARTS),
            palette(editor, true, Place::Start, close),
        ),
        Asking::Step(place) => {
            let none = editor.desk.state.with_untracked(|state| {
                state
                    .draft
                    .as_ref()
                    .is_none_or(|draft| draft.steps.is_empty())
            });
            if none {
                (
                    t(k::EDITING_WHAT_STARTS),
                    palette(editor, true, place, close),
                )
            } else {
                (t(k::EDITING_ADD_STEP), palette(editor, false, place, close))
            }
        }
        Asking::Move(steps) => (t(k::EDITING_MOVE_TO), places(editor, steps, close)),
        Asking::Connect(step) => (t(k::EDITING_CONNECT), connections(editor, &step, close)),
        Asking::Help => (t(k::CANVAS_KEYS), help()),
    };
    view! {
        <dialog
            class="ask"
            node_ref=dialog
            aria-label=title
            on:keydown=move |event: ev::KeyboardEvent| event.stop_propagation()
            on:cancel=move |event: ev::Event| {
                event.prevent_default();
                close();
            }
            on:click=move |event| {
                // A click on the dialog itself is one beside what it holds.
                let beside = event
                    .target()
                    .zip(dialog.get_untracked())
                    .is_some_and(|(target, dialog)| {
                        let dialog: &web_sys::EventTarget = dialog.as_ref();
                        target == *dialog
                    });
                if beside {
                    close();
                }
            }
        >
            <div class="ask-body">
                <header>
                    <h2>{title}</h2>
                    <button type="button" class="tool" aria-label=t(k::FRAME_CLOSE) on:click=move |_| close()>
                        <Glyph icon=Icon::Close />
                    </button>
                </header>
                {body}
            </div>
        </dialog>
    }
    .into_any()
}

/// The group a task stands in.
fn group(task: &TaskInfo) -> &'static str {
    match task.task_type {
        TaskType::Trigger => t(k::EDITING_TRIGGERS),
        TaskType::Condition | TaskType::Foreach | TaskType::Wait => t(k::EDITING_DECIDE),
        TaskType::Action if task.connector.is_some() => t(k::EDITING_APPS),
        TaskType::Action => t(k::EDITING_ACTIONS),
    }
}

/// The tasks to choose from, with their ids.
fn tasks_to_choose(tasks: &Tasks, triggers: bool) -> Vec<(String, Choice)> {
    let mut list: Vec<(String, Choice)> = tasks
        .all()
        .into_iter()
        .filter(|task| (task.task_type == TaskType::Trigger) == triggers)
        .map(|task| {
            let choice = Choice {
                group: group(task),
                label: task.label.clone(),
                detail: task.description.clone(),
                badge: task
                    .connector
                    .as_ref()
                    .map(|connector| tr(k::FRAME_NEEDS, &[connector])),
                icon: Some(Icon::of_step(task.task_type, &task.id)),
            };
            (task.id.clone(), choice)
        })
        .collect();
    // Few and often needed before many.
    let (apps, actions) = (t(k::EDITING_APPS), t(k::EDITING_ACTIONS));
    flow::sorted::sort_by_key(&mut list, |(_, choice)| match choice.group {
        group if group == apps => 2,
        group if group == actions => 1,
        _ => 0,
    });
    list
}

fn palette(
    editor: Editor,
    triggers: bool,
    place: Place,
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let (ids, choices): (Vec<String>, Vec<Choice>) =
        tasks_to_choose(&editor.desk.tasks(), triggers)
            .into_iter()
            .unzip();
    let ids = StoredValue::new(ids);
    let place = StoredValue::new(place);
    chooser(
        choices,
        t(k::EDITING_SEARCH_TASKS),
        t(k::EDITING_NO_TASK),
        Callback::new(move |index: usize| {
            let Some(task_id) = ids.with_value(|ids| ids.get(index).cloned()) else {
                return;
            };
            close();
            editor.make(if triggers {
                Edit::AddTrigger { task_id }
            } else {
                Edit::AddStep {
                    task_id,
                    place: place.get_value(),
                }
            });
        }),
    )
}

fn places(
    editor: Editor,
    steps: Vec<StepId>,
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let scene = editor
        .desk
        .state
        .with_untracked(|state| SharedScene::new(state.draft.as_ref()));
    let (places, choices): (Vec<Place>, Vec<Choice>) = scene
        .places(&editor.desk.tasks(), &steps)
        .into_iter()
        .map(|(place, label)| {
            let choice = Choice {
                group: t(k::EDITING_PLACES),
                label,
                ..Choice::default()
            };
            (place, choice)
        })
        .unzip();
    let places = StoredValue::new(places);
    let steps = StoredValue::new(steps);
    chooser(
        choices,
        t(k::EDITING_SEARCH_PLACES),
        t(k::EDITING_NO_PLACE),
        Callback::new(move |index: usize| {
            let Some(place) = places.with_value(|places| places.get(index).cloned()) else {
                return;
            };
            close();
            editor.make(Edit::Move {
                steps: steps.get_value(),
                place,
            });
        }),
    )
}

/// The links a step could have, and those it has.
fn connections(
    editor: Editor,
    step: &StepId,
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let scene = editor
        .desk
        .state
        .with_untracked(|state| SharedScene::new(state.draft.as_ref()));
    let (edits, choices): (Vec<Edit>, Vec<Choice>) = scene
        .connections(&editor.desk.tasks(), step)
        .into_iter()
        .map(|(edit, label)| {
            let choice = Choice {
                group: match edit {
                    Edit::Unlink { .. } => t(k::EDITING_DISCONNECT),
                    _ => t(k::EDITING_CONNECT),
                },
                label,
                ..Choice::default()
            };
            (edit, choice)
        })
        .unzip();
    let edits = StoredValue::new(edits);
    chooser(
        choices,
        t(k::EDITING_SEARCH_PLACES),
        t(k::EDITING_NO_STEP),
        Callback::new(move |index: usize| {
            let Some(edit) = edits.with_value(|edits| edits.get(index).cloned()) else {
                return;
            };
            close();
            editor.make(edit);
        }),
    )
}

fn help() -> AnyView {
    HELP.iter()
        .map(|(head, keys)| {
            view! {
                <section class="keys">
                    <h3 class="eyebrow">{t(*head)}</h3>
                    <dl>
                        {keys
                            .iter()
                            .map(|(key, does)| {
                                view! {
                                    <dt>
                                        <kbd>{key.words()}</kbd>
                                    </dt>
                                    <dd>{t(*does)}</dd>
                                }
                            })
                            .collect_view()}
                    </dl>
                </section>
            }
        })
        .collect_view()
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(label: &str, task_type: TaskType, connector: Option<&str>) -> TaskInfo {
        let task = flow::catalog::Catalog::builtin();
        let mut info = task
            .tasks()
            .next()
            .map(TaskInfo::from)
            .unwrap_or_else(|| panic!("the catalogue has tasks"));
        info.id = label.to_string();
        info.label = label.to_string();
        info.task_type = task_type;
        info.connector = connector.map(str::to_string);
        info
    }

    #[test]
    fn steps_are_grouped_and_apps_come_last_with_what_they_need() {
        let tasks = Tasks::new(vec![
            task("Post a message", TaskType::Action, Some("Slack")),
            task("Add tags", TaskType::Action, None),
            task("Wait", TaskType::Wait, None),
            task("Order created", TaskType::Trigger, None),
        ]);
        let shown: Vec<(&str, String, Option<String>)> = tasks_to_choose(&tasks, false)
            .into_iter()
            .map(|(_, choice)| (choice.group, choice.label, choice.badge))
            .collect();
        assert_eq!(
            shown,
            [
                ("Decide, repeat, wait", "Wait".to_string(), None),
                ("Actions", "Add tags".to_string(), None),
                (
                    "Apps",
                    "Post a message".to_string(),
                    Some("Needs Slack".to_string())
                ),
            ]
        );
        assert_eq!(tasks_to_choose(&tasks, true).len(), 1);
    }
}
