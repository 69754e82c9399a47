//! Following a session in the browser: server-sent events folded into its state, across lost
//! connections.

use std::time::Duration;

use flow::session::{Recorded, State};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

use crate::prelude::*;

/// How long to wait before a connection is tried again that the browser has given up.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Whether new events arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    #[default]
    Connecting,
    Open,
    /// It broke; it is being tried again.
    Lost,
}

/// An open stream; it closes when this is dropped.
struct Stream {
    source: EventSource,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _open: Closure<dyn FnMut()>,
    _error: Closure<dyn FnMut()>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

type Slot = StoredValue<Option<Stream>, LocalStorage>;

/// Follows a session from the last event its state has seen until the caller's owner goes away.
///
/// Only for effects: there is no stream on the server.
pub fn follow(session: String, state: RwSignal<State>, connection: RwSignal<Connection>) {
    let slot: Slot = StoredValue::new_local(None);
    connect(session, state, connection, slot);
}

fn connect(session: String, state: RwSignal<State>, connection: RwSignal<Connection>, slot: Slot) {
    let Some(after) = state.try_with_untracked(|state| state.last_seq) else {
        return;
    };
    let Ok(source) = EventSource::new(&format!("/api/sessions/{session}/events?after={after}"))
    else {
        connection.try_set(Connection::Lost);
        return;
    };
    let message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let Some(text) = message.data().as_string() else {
            return;
        };
        match serde_json::from_slice::<Recorded>(text.as_bytes()) {
            Ok(recorded) => {
                let seen = state
                    .try_with_untracked(|state| recorded.seq <= state.last_seq)
                    .unwrap_or(true);
                if !seen {
                    state.try_update(|state| state.apply(&recorded));
                }
            }
            Err(error) => {
                leptos::logging::warn!("an event of the session could not be read: {error}");
            }
        }
    });
    let open = Closure::<dyn FnMut()>::new(move || {
        connection.try_set(Connection::Open);
    });
    let closed = source.clone();
    let error = Closure::<dyn FnMut()>::new(move || {
        connection.try_set(Connection::Lost);
        // The browser tries again by itself, except after an answer that is not a stream.
        if closed.ready_state() == EventSource::CLOSED {
            let session = session.clone();
            set_timeout(
                move || {
                    // Not when the page that wanted it is gone.
                    if slot.try_with_value(|_| ()).is_some() {
                        connect(session, state, connection, slot);
                    }
                },
                RETRY_AFTER,
            );
        }
    });
    source.set_onmessage(Some(message.as_ref().unchecked_ref()));
    source.set_onopen(Some(open.as_ref().unchecked_ref()));
    source.set_onerror(Some(error.as_ref().unchecked_ref()));
    slot.try_update_value(|slot| {
        *slot = Some(Stream {
            source,
            _message: message,
            _open: open,
            _error: error,
        });
    });
}
