//! One field while it is edited: what is typed, whether it is stored, and what a check says of it.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use flow::catalog::FieldKind;
use flow::check::{Finding, Severity};
use flow::edit::Edit;
use flow::workflow::StepId;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::task::spawn_local;

use crate::api::{self, ApiError, FieldCheck, FieldInfo, PathInfo, Sought};
use crate::builder::{Desk, Editor};
use crate::prelude::*;

/// A text is checked when nothing was typed for this long …
const CHECK_AFTER: Duration = Duration::from_millis(350);
/// … and stored when nothing was typed for this long, or when the field is left.
const SAVE_AFTER: Duration = Duration::from_millis(1_500);

/// Where a value is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saving {
    Idle,
    /// Something was typed that is not sent yet.
    Typing,
    Sent,
    Saved,
    /// It was refused, with this sentence; what was typed stays.
    Refused(String),
}

/// What texts of the step would hold on a test event, by field.
pub type Previews = RwSignal<HashMap<String, String>>;

/// One field of a step of the draft. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Slot {
    pub desk: Desk,
    editor: Editor,
    pub step: StoredValue<StepId>,
    pub field: StoredValue<FieldInfo>,
    /// The value of the draft.
    pub stored: Memo<String>,
    /// What the control holds.
    pub typed: RwSignal<String>,
    pub saving: RwSignal<Saving>,
    /// A check, and the value it was of.
    pub check: RwSignal<Option<(String, FieldCheck)>>,
    /// Values on their way, and who is told how each ended. Edits are sent in order.
    sent: StoredValue<VecDeque<String>>,
    then: Callback<Result<(), ApiError>>,
    previews: Previews,
    check_timer: StoredValue<Option<TimeoutHandle>>,
    save_timer: StoredValue<Option<TimeoutHandle>>,
}

impl Slot {
    /// The field of a step, as the draft has it now.
    pub fn new(
        desk: Desk,
        editor: Editor,
        step: StepId,
        field: FieldInfo,
        previews: Previews,
    ) -> Slot {
        let stored = {
            let (step, field) = (step.clone(), field.id.clone());
            Memo::new(move |_| {
                desk.state.with(|state| {
                    let step = state.draft.as_ref().and_then(|draft| draft.step(&step));
                    let value = step.and_then(|step| step.config_value(&field));
                    value.unwrap_or_default().to_string()
                })
            })
        };
        let typed = RwSignal::new(stored.get_untracked());
        let saving = RwSignal::new(Saving::Idle);
        let sent: StoredValue<VecDeque<String>> = StoredValue::new(VecDeque::new());
        // It lives as long as the field, not as long as the click that sends something.
        let then = Callback::new(move |answer: Result<(), ApiError>| {
            let value = sent.try_update_value(VecDeque::pop_front).flatten();
            // Something newer may have been typed since.
            let newer = saving.get_untracked() != Saving::Sent
                || typed.with_untracked(|typed| Some(typed) != value.as_ref());
            match answer {
                Ok(()) if !newer => saving.set(Saving::Saved),
                Ok(()) => {}
                Err(error) => saving.set(Saving::Refused(error.message)),
            }
        });
        let slot = Slot {
            desk,
            editor,
            step: StoredValue::new(step),
            field: StoredValue::new(field),
            stored,
            typed,
            saving,
            sent,
            then,
            check: RwSignal::new(None),
            previews,
            check_timer: StoredValue::new(None),
            save_timer: StoredValue::new(None),
        };
        // What the chat, an undo or another window changed shows, unless somebody is typing or what
        // was typed is still on its way.
        Effect::new(move |before: Option<String>| {
            let now = slot.stored.get();
            let is_open = matches!(
                slot.saving.get_untracked(),
                Saving::Typing | Saving::Refused(_)
            ) || slot.sent.with_value(|sent| !sent.is_empty());
            if before.as_ref().is_some_and(|before| *before != now) && !is_open {
                slot.typed.set(now.clone());
            }
            now
        });
        let first = slot.typed.get_untracked();
        if slot.kind() == FieldKind::Condition || has_liquid(&first) {
            slot.look();
        }
        // A panel that is closed in the middle of a word loses nothing.
        on_cleanup(move || slot.leave());
        slot
    }

    /// The id of the field's control in the page.
    pub fn id(self) -> String {
        self.field.with_value(|field| control_id(&field.id))
    }

    /// What the field holds.
    pub fn kind(self) -> FieldKind {
        self.field.with_value(|field| field.kind)
    }

    /// Takes a value that was chosen, and stores it.
    pub fn put(self, value: String) {
        self.typed.set(value);
        self.save();
        if self.kind() == FieldKind::Condition || has_liquid(&self.typed.get_untracked()) {
            self.look();
        }
    }

    /// Takes what is being typed; it is checked and stored a little later.
    pub fn typing(self, value: String) {
        self.typed.set(value);
        self.saving.set(Saving::Typing);
        restart(self.check_timer, CHECK_AFTER, move || self.look());
        restart(self.save_timer, SAVE_AFTER, move || self.save());
    }

    /// Stores what was typed and not stored yet, because the field is left.
    pub fn leave(self) {
        if self.saving.try_get_untracked() == Some(Saving::Typing) {
            self.save();
        }
    }

    fn save(self) {
        stop(self.save_timer);
        let Some(value) = self.typed.try_get_untracked() else {
            return;
        };
        // What is on its way will be stored; only where nothing is, the stored value counts.
        let last = self
            .sent
            .try_with_value(|sent| sent.back().cloned())
            .flatten();
        let is_sent = last.is_some();
        if last.or_else(|| self.stored.try_get_untracked()).as_ref() == Some(&value) {
            self.saving
                .try_set(if is_sent { Saving::Sent } else { Saving::Idle });
            return;
        }
        self.saving.try_set(Saving::Sent);
        self.sent
            .try_update_value(|sent| sent.push_back(value.clone()));
        let edit = Edit::SetField {
            step: self.step.get_value(),
            field: self.field.with_value(|field| field.id.clone()),
            value: (!value.is_empty()).then_some(value),
        };
        self.editor.make_then(edit, self.then);
    }

    /// Asks for a check of what is typed.
    pub fn look(self) {
        stop(self.check_timer);
        let Some(value) = self.typed.try_get_untracked() else {
            return;
        };
        let session = self.desk.session_id();
        let step = self.step.get_value();
        let field = self.field.with_value(|field| field.id.clone());
        spawn_local(async move {
            // What a check would say is a convenience; the stored value is checked anyway.
            let Ok(check) = api::check_field(session, step, field.clone(), value.clone()).await
            else {
                return;
            };
            if self.typed.try_get_untracked().as_ref() != Some(&value) {
                return;
            }
            self.previews.try_update(|previews| {
                match &check.preview {
                    Some(preview) => previews.insert(field, preview.clone()),
                    None => previews.remove(&field),
                };
            });
            self.check.try_set(Some((value, check)));
        });
    }

    /// What the check found in what is typed; of the stored value while nothing newer is known.
    pub fn findings(self) -> Vec<Finding> {
        let typed = self.typed.get();
        let fresh = self.check.with(|check| {
            check
                .as_ref()
                .filter(|(value, _)| *value == typed)
                .map(|(_, check)| check.findings.clone())
        });
        if let Some(fresh) = fresh {
            return fresh;
        }
        if self.stored.get() != typed {
            return Vec::new();
        }
        let (step, field) = (
            self.step.get_value(),
            self.field.with_value(|field| field.id.clone()),
        );
        self.desk.state.with(|state| {
            state
                .findings
                .iter()
                .filter(|finding| {
                    finding.step.as_ref() == Some(&step) && finding.field.as_ref() == Some(&field)
                })
                .cloned()
                .collect()
        })
    }

    /// Whether something is wrong with what is typed.
    pub fn is_bad(self) -> bool {
        matches!(self.saving.get(), Saving::Refused(_))
            || self
                .findings()
                .iter()
                .any(|finding| finding.severity == Severity::Error)
    }

    /// What the text would hold on a test event.
    pub fn preview(self) -> Option<String> {
        let field = self.field.with_value(|field| field.id.clone());
        self.previews.with(|previews| previews.get(&field).cloned())
    }

    /// Searches what the step can read.
    pub async fn search(self, sought: Sought) -> Vec<PathInfo> {
        let session = self.desk.session_id();
        match api::scope(session, self.step.get_value(), sought).await {
            Ok(found) => found,
            Err(error) => {
                self.desk.refused(&error);
                Vec::new()
            }
        }
    }
}

/// The id of a field's control in the page; one panel is open at a time.
fn control_id(field: &str) -> String {
    format!("field-{field}")
}

/// Whether a text holds Liquid.
pub fn has_liquid(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// Calls something later, instead of what the timer was for.
pub fn restart(
    timer: StoredValue<Option<TimeoutHandle>>,
    after: Duration,
    call: impl FnOnce() + 'static,
) {
    stop(timer);
    // Without timers, which no browser is, leaving the field still stores it.
    let handle = set_timeout_with_handle(call, after).ok();
    timer.try_update_value(|timer| *timer = handle);
}

/// Forgets what a timer was for.
pub fn stop(timer: StoredValue<Option<TimeoutHandle>>) {
    if let Some(handle) = timer.try_update_value(Option::take).flatten() {
        handle.clear();
    }
}
