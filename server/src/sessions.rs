//! Sessions: the append-only log, who is listening to it, and what it folds to.

pub mod store;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use flow::session::{Event, Recorded, State};
use sqlx::AnyPool;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::{Error, Result};

/// The log of all sessions. Cheap to clone through its owner; writes go to the database first and
/// listeners hear of them afterwards.
pub struct Log {
    pool: AnyPool,
    clock: Clock,
    listeners: Mutex<HashMap<String, watch::Sender<u64>>>,
}

/// What is known of a session besides its log.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: String,
    pub store_id: String,
    pub store_name: String,
    /// The workflow it began with.
    pub workflow_id: Option<String>,
    /// The version of that workflow which was in force then.
    pub workflow_version: Option<u32>,
}

impl Log {
    /// The log in this database.
    pub fn new(pool: AnyPool, clock: Clock) -> Log {
        Log {
            pool,
            clock,
            listeners: Mutex::default(),
        }
    }

    /// Writes one event and tells the listeners. When this returns, the event is safe.
    pub async fn append(&self, session: &str, event: Event) -> Result<Recorded> {
        let mut tries = 0;
        loop {
            match store::append(&self.pool, session, self.clock.now_ms(), &event).await {
                Ok(seq) => {
                    self.tell(session, seq);
                    return Ok(Recorded {
                        seq,
                        at_ms: self.clock.now_ms(),
                        event,
                    });
                }
                // Somebody else took the number; the next try takes the one after it.
                Err(Error::Database(sqlx::Error::Database(cause)))
                    if cause.is_unique_violation() && tries < APPEND_TRIES =>
                {
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Writes an event right behind the last one that was seen; `None` when another one stands there
    /// already, and then nothing is written.
    pub async fn append_after(
        &self,
        session: &str,
        seen: u64,
        event: Event,
    ) -> Result<Option<Recorded>> {
        let recorded = Recorded {
            seq: seen + 1,
            at_ms: self.clock.now_ms(),
            event,
        };
        match store::append_at(&self.pool, session, &recorded).await {
            Ok(()) => {
                self.tell(session, recorded.seq);
                Ok(Some(recorded))
            }
            Err(Error::Database(sqlx::Error::Database(cause))) if cause.is_unique_violation() => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Tells listeners that the log has grown to this number.
    pub fn tell(&self, session: &str, seq: u64) {
        let mut listeners = self.listeners();
        if let Some(sender) = listeners.get(session)
            && sender.send(seq).is_err()
        {
            listeners.remove(session);
        }
    }

    /// Listens to a session: the value changes when the log grew.
    pub fn listen(&self, session: &str) -> watch::Receiver<u64> {
        self.listeners()
            .entry(session.to_string())
            .or_insert_with(|| watch::channel(0).0)
            .subscribe()
    }

    /// The events after a number, oldest first.
    pub async fn events(&self, session: &str, after: u64) -> Result<Vec<Recorded>> {
        store::events(&self.pool, session, after).await
    }

    /// The whole log, folded.
    pub async fn state(&self, session: &str) -> Result<State> {
        Ok(State::fold(&self.events(session, 0).await?))
    }

    fn listeners(&self) -> std::sync::MutexGuard<'_, HashMap<String, watch::Sender<u64>>> {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

const APPEND_TRIES: u32 = 5;
const TITLE_CHARACTERS: usize = 80;

/// The title a session gets from its first request: its first line, cut at a word.
pub fn title_of(request: &str) -> String {
    let line = request.trim().lines().next().unwrap_or_default().trim();
    if line.chars().count() <= TITLE_CHARACTERS {
        return line.to_string();
    }
    let cut: String = line.chars().take(TITLE_CHARACTERS).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head);
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_one_short_line() {
        assert_eq!(title_of("  tag orders\nand more"), "tag orders");
        let long = "word ".repeat(40);
        let title = title_of(&long);
        assert!(
            title.ends_with("word…") && title.chars().count() <= TITLE_CHARACTERS,
            "{title}"
        );
    }
}
