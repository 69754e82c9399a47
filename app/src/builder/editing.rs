//! Editing by hand: edits are sent to the server in order, and what comes back is drawn.
//!
//! While the connection is down edits wait and are shown as waiting. Each goes out with the revision of
//! the draft that was seen; when the draft changed in another window, what waits is dropped and said.

mod bar;
mod chooser;
mod clip;
mod dialog;
mod tools;

use flow::sorted::SortedSet;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use flow::edit::{Edit, Place};
use flow::session::{ChatEntry, TurnState};
use flow::workflow::StepId;
use leptos::ev;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::desk::{Desk, Overlay};
use crate::api::{self, ApiError, ErrorCode};
use crate::canvas::keys::Command;
use crate::canvas::{Scene, SharedScene};
use crate::language::{count, k, said_text, t};
use crate::live::Connection;
use crate::prelude::*;

pub use bar::{bar, by_hand, name};
pub use clip::{get_reading, get_writing};
pub use dialog::{dialogs, load as load_dialog};

/// How long to wait before an edit is sent again that did not reach the server.
const AGAIN_AFTER: Duration = Duration::from_secs(3);

/// What the merchant is being asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Asking {
    /// What starts the workflow.
    Trigger,
    /// Which step to put in here.
    Step(Place),
    /// Where to put these steps.
    Move(Vec<StepId>),
    /// What to link this step to.
    Connect(StepId),
    /// Which keys there are.
    Help,
}

/// One thing to send.
#[derive(Clone, Debug)]
enum Doing {
    Edit(Edit),
    Undo,
    Redo,
}

/// Something to send, and the revision that was seen when it was done.
#[derive(Clone, Debug)]
struct Waiting {
    doing: Doing,
    seen: u64,
    /// Told how it ended.
    then: Option<Then>,
}

/// Who wants to know how an edit ended; gone when the page part is that asked.
type Then = Callback<Result<(), ApiError>>;

impl Waiting {
    /// True for an edit of what stands in a step, after which nothing else is looked at.
    fn is_inside(&self) -> bool {
        matches!(
            self.doing,
            Doing::Edit(Edit::SetField { .. } | Edit::SetDetail { .. })
        )
    }

    fn ended(&self, how: Result<(), ApiError>) {
        if let Some(then) = self.then {
            // Who asked may be gone.
            let _ = then.try_run(how);
        }
    }
}

/// Editing by hand in one session. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Editor {
    desk: Desk,
    connection: RwSignal<Connection>,
    /// The draft can be edited now.
    pub able: Memo<bool>,
    /// The steps that are selected.
    pub picked: RwSignal<SortedSet<StepId>>,
    pub asking: RwSignal<Option<Asking>>,
    /// What a screen reader says next.
    said: RwSignal<String>,
    /// The name is being written.
    renaming: RwSignal<bool>,
    queue: RwSignal<VecDeque<Waiting>>,
    sending: RwSignal<bool>,
    /// What was sent last did not reach the server.
    stuck: RwSignal<bool>,
    /// The revision that the last sent edit led to.
    reached: StoredValue<u64>,
    /// The next change that comes is by this hand.
    own: StoredValue<bool>,
    open_session: StoredValue<Callback<String>>,
}

/// Hands the editor of this desk down through the context.
pub fn provide_editor(desk: Desk, connection: RwSignal<Connection>) -> Editor {
    let navigate = StoredValue::new(use_navigate());
    let open = Callback::new(move |id: String| {
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate.try_with_value(|navigate| navigate(&format!("/sessions/{id}"), options));
    });
    let alive = RwSignal::new(false);
    let editor = Editor {
        desk,
        connection,
        able: Memo::new(move |_| alive.get() && why_not(desk).is_none()),
        picked: RwSignal::new(SortedSet::new()),
        asking: RwSignal::new(None),
        said: RwSignal::new(String::new()),
        renaming: RwSignal::new(false),
        queue: RwSignal::new(VecDeque::new()),
        sending: RwSignal::new(false),
        stuck: RwSignal::new(false),
        reached: StoredValue::new(0),
        own: StoredValue::new(false),
        open_session: StoredValue::new(open),
    };
    provide_context(editor);
    Effect::new(move |_| alive.set(true));
    Effect::new(move |_| {
        if connection.get() != Connection::Lost {
            editor.send();
        }
    });
    // Every change of the draft is told, whoever made it.
    let revision = Memo::new(move |_| desk.state.with(|state| state.revision));
    Effect::new(move |before: Option<u64>| {
        let now = revision.get();
        if before.is_some_and(|before| before != now) {
            let note = desk.state.with_untracked(|state| match state.chat.last() {
                Some(ChatEntry::Note { text }) => Some(text.clone()),
                Some(ChatEntry::ByHand { changes }) => changes.last().cloned(),
                _ => None,
            });
            if let Some(note) = note {
                editor.say(said_text(&note));
            }
        }
        now
    });
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| editor.undo_key(&event));
        on_cleanup(move || handle.remove());
    });
    editor
}

/// The editor of the builder this is drawn in; `None` in replay and on the pages of runs.
pub fn use_editor() -> Option<Editor> {
    use_context::<Editor>()
}

fn why_not(desk: Desk) -> Option<&'static str> {
    let shows_another = |overlay: &Option<Overlay>| {
        overlay
            .as_ref()
            .is_some_and(|overlay| overlay.workflow.is_some())
    };
    if desk.overlay.with(shows_another) {
        return Some(t(k::EDITING_SHOWS_ANOTHER));
    }
    desk.state.with(|state| {
        if state.turn != TurnState::Idle {
            Some(t(k::EDITING_TURN_RUNS))
        } else if state.proposal.is_some() {
            Some(t(k::EDITING_CHANGES_WAIT))
        } else {
            None
        }
    })
}

impl Editor {
    /// Makes an edit, or says why not.
    pub fn make(self, edit: Edit) {
        self.push(Doing::Edit(edit), None);
    }

    /// Makes an edit, and tells how it ended; also when it cannot be made now.
    pub fn make_then(self, edit: Edit, then: Then) {
        self.push(Doing::Edit(edit), Some(then));
    }

    /// Takes the last change back.
    pub fn undo(self) {
        self.push(Doing::Undo, None);
    }

    /// Makes the change again that was taken back last.
    pub fn redo(self) {
        self.push(Doing::Redo, None);
    }

    /// Asks the merchant something, or says why nothing can be edited.
    pub fn ask(self, asking: Asking) {
        if asking == Asking::Help || self.may() {
            self.asking.set(Some(asking));
        }
    }

    /// Asks for a step behind the selected one, or behind the last.
    pub fn add_at_end(self) {
        let scene = self
            .desk
            .state
            .with_untracked(|state| SharedScene::new(state.draft.as_ref()));
        self.command(Command::Add, &scene, None);
    }

    /// Lets a screen reader say something.
    pub fn say(self, text: String) {
        self.said.try_set(text);
    }

    /// True, once, when the change that came is by this hand.
    pub fn take_own(self) -> bool {
        let own = self.own.get_value();
        self.own.set_value(false);
        own
    }

    /// The steps a command is about: those that are selected, or the one that has the focus.
    fn chosen(self, scene: &Scene, at: Option<&StepId>) -> Vec<StepId> {
        let picked = self.picked.get_untracked();
        match at {
            Some(at) if !picked.contains(at) => vec![at.clone()],
            _ => scene
                .layout
                .order
                .iter()
                .filter(|id| picked.contains(*id))
                .cloned()
                .collect(),
        }
    }

    /// Does what a key or a button asks for; `at` is the step that has the focus.
    pub fn command(self, command: Command, scene: &Scene, at: Option<StepId>) {
        if command == Command::Help {
            return self.ask(Asking::Help);
        }
        if !self.may() {
            return;
        }
        let steps = self.chosen(scene, at.as_ref());
        let about = at.clone().or_else(|| steps.last().cloned());
        match command {
            Command::Rename => self.renaming.set(true),
            Command::Add => match about.or_else(|| scene.last().cloned()) {
                Some(step) => {
                    if let Some(place) = scene.behind(&step) {
                        self.ask(Asking::Step(place));
                    }
                }
                None => self.ask(Asking::Trigger),
            },
            Command::AddBefore => match about.and_then(|step| scene.link_into(&step)) {
                Some(place) => self.ask(Asking::Step(place)),
                None => self.say(t(k::EDITING_NOTHING_BEFORE).to_string()),
            },
            Command::Move if !steps.is_empty() => self.ask(Asking::Move(steps)),
            Command::Connect => match about {
                Some(step) if scene.connections(&self.desk.tasks(), &step).is_empty() => {
                    self.desk
                        .notice
                        .set(Some(t(k::EDITING_NOTHING_TO_CONNECT).to_string()));
                    self.say(t(k::EDITING_NOTHING_TO_CONNECT).to_string());
                }
                Some(step) => self.ask(Asking::Connect(step)),
                None => {}
            },
            Command::Duplicate if !steps.is_empty() => self.make(Edit::Duplicate { steps }),
            Command::Remove if !steps.is_empty() => self.make(Edit::Remove { steps }),
            Command::Swap => {
                if let Some(step) = about {
                    self.make(Edit::SwapBranches { step });
                }
            }
            _ => {}
        }
    }

    /// Copies the chosen steps, and takes them out when they are cut. False when there are none.
    pub fn copy(
        self,
        scene: &SharedScene,
        at: Option<StepId>,
        event: Option<&ev::ClipboardEvent>,
        cut: bool,
    ) -> bool {
        let steps = self.chosen(scene, at.as_ref());
        if steps.is_empty() || (cut && !self.may()) {
            return false;
        }
        if !clip::copy(scene, &steps, event) {
            return false;
        }
        self.say(count(k::EDITING_COPIED, steps.len()));
        if cut {
            self.make(Edit::Remove { steps });
        }
        true
    }

    /// Pastes what was copied behind the chosen steps. False when that was something else.
    pub fn paste(
        self,
        scene: &SharedScene,
        at: Option<StepId>,
        event: Option<&ev::ClipboardEvent>,
    ) -> bool {
        let Some((steps, links)) = clip::copied(event) else {
            return false;
        };
        if self.may() {
            let behind = self
                .chosen(scene, at.as_ref())
                .last()
                .cloned()
                .or_else(|| scene.last().cloned());
            let place = behind
                .and_then(|step| scene.behind(&step))
                .unwrap_or(Place::Start);
            self.make(Edit::Paste {
                steps,
                links,
                place,
            });
        }
        true
    }

    /// True when something can be edited now; else says why not.
    fn may(self) -> bool {
        let why_not = untrack(|| why_not(self.desk));
        if let Some(why_not) = why_not {
            self.desk.notice.set(Some(why_not.to_string()));
            self.say(why_not.to_string());
        }
        why_not.is_none()
    }

    fn undo_key(self, event: &ev::KeyboardEvent) {
        let control = event.ctrl_key() || event.meta_key();
        let writing = event
            .target()
            .and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(target).ok())
            .is_some_and(|element| {
                element
                    .closest("input, textarea, select, dialog, [contenteditable]")
                    .is_ok_and(|found| found.is_some())
            });
        if !control || event.alt_key() || writing {
            return;
        }
        let again = match event.key().as_str() {
            "z" | "Z" => event.shift_key(),
            "y" | "Y" => true,
            _ => return,
        };
        event.prevent_default();
        let known = self.desk.state.with_untracked(|state| {
            let history = &state.history;
            if again {
                history.redoes()
            } else {
                history.undoes()
            }
            .is_some()
        });
        match (known, again) {
            (true, true) => self.redo(),
            (true, false) => self.undo(),
            (false, true) => self.say(t(k::EDITING_NOTHING_TO_REDO).to_string()),
            (false, false) => self.say(t(k::EDITING_NOTHING_TO_UNDO).to_string()),
        }
    }

    fn push(self, doing: Doing, then: Option<Then>) {
        if !self.may() {
            let why_not = untrack(|| why_not(self.desk)).unwrap_or_default();
            if let Some(then) = then {
                // Who asked may be gone.
                let _ = then.try_run(Err(ApiError::new(ErrorCode::Conflict, why_not)));
            }
            return;
        }
        self.desk.notice.set(None);
        let seen = self
            .desk
            .state
            .with_untracked(|state| state.revision)
            .max(self.reached.get_value());
        self.queue
            .update(|queue| queue.push_back(Waiting { doing, seen, then }));
        if self.connection.get_untracked() == Connection::Lost {
            self.say(t(k::EDITING_WAITS_FOR_CONNECTION).to_string());
        }
        self.send();
    }

    /// Sends what waits, one after the other.
    fn send(self) {
        let Some(waiting) = self.queue.with_untracked(|queue| queue.front().cloned()) else {
            return;
        };
        if self.sending.get_untracked() || self.connection.get_untracked() == Connection::Lost {
            return;
        }
        self.sending.set(true);
        self.own.set_value(!waiting.is_inside());
        let seen = waiting.seen.max(self.reached.get_value());
        spawn_local(async move {
            let done = match post_or_begin(self.desk.session(), seen, waiting.doing.clone()).await {
                Ok(answer) => answer.await,
                // It waits for the connection, as an edit does that did not reach the server.
                Err(_) => Err(ApiError::new(
                    ErrorCode::Unreachable,
                    t(k::FRAME_PART_MISSING),
                )),
            };
            // Nobody waits for the answer when the page is gone.
            if self.sending.try_set(false).is_some() {
                return;
            }
            self.stuck
                .set(matches!(&done, Err(error) if error.code == ErrorCode::Unreachable));
            match done {
                Ok((revision, new)) => {
                    self.reached.set_value(revision);
                    self.queue.update(|queue| drop(queue.pop_front()));
                    waiting.ended(Ok(()));
                    if let Some(session) = new {
                        self.open_session.get_value().run(session);
                    } else {
                        self.send();
                    }
                }
                Err(error) if error.code == ErrorCode::Unreachable => {
                    self.own.set_value(false);
                    set_timeout(
                        move || {
                            if self.queue.try_with_untracked(VecDeque::is_empty) == Some(false) {
                                self.send();
                            }
                        },
                        AGAIN_AFTER,
                    );
                }
                // It is sent again by `send_again`, after signing in.
                Err(error) if error.is_signed_out() => {
                    self.own.set_value(false);
                    self.desk.refused(&error);
                }
                Err(error) => self.give_up(&error),
            }
        });
    }

    /// Goes on with what waits, for example after signing in.
    pub fn send_again(self) {
        self.send();
    }

    /// What waits was done for a draft that is no longer there.
    fn give_up(self, error: &ApiError) {
        self.own.set_value(false);
        self.reached.set_value(0);
        let given_up = self.queue.try_update(std::mem::take).unwrap_or_default();
        let behind = given_up.len().saturating_sub(1);
        let more = match behind {
            0 => String::new(),
            behind => format!(" {}", count(k::EDITING_MORE_WAITED, behind)),
        };
        for waiting in given_up {
            waiting.ended(Err(error.clone()));
        }
        let said = ApiError::new(error.code, format!("{}{more}", said_text(&error.message)));
        self.say(said.message.clone());
        self.desk.refused(&said);
    }
}

/// What sending led to: the new revision, and the session when it began one.
type Answer = Pin<Box<dyn Future<Output = Result<(u64, Option<String>), ApiError>>>>;

/// Sends one thing, in a session or as the beginning of one.
#[wasm_split(builder, wasm_split_path = leptos::wasm_split, preload(load_posting), fallible)]
fn post_or_begin(
    session: Option<String>,
    seen: u64,
    doing: Doing,
) -> Result<Answer, SplitLoaderError> {
    Ok(Box::pin(async move {
        match session {
            Some(session) => post(session, seen, doing).await.map(|at| (at, None)),
            None => begin(doing).await,
        }
    }))
}

/// Sends one thing and returns the new revision.
async fn post(session: String, seen: u64, doing: Doing) -> Result<u64, ApiError> {
    match doing {
        Doing::Edit(edit) => api::edit(session, seen, edit).await,
        Doing::Undo => api::undo(session, seen).await,
        Doing::Redo => api::redo(session, seen).await,
    }
}

/// Begins a session with an edit: a workflow made by hand from nothing.
async fn begin(doing: Doing) -> Result<(u64, Option<String>), ApiError> {
    let session = api::start_session(None).await?;
    let revision = post(session.clone(), 0, doing).await?;
    Ok((revision, Some(session)))
}
