//! The catalogue in force in each store: the built-in one, what the store said about its own tasks
//! laid over it, and of that the tasks whose connectors are installed.
//!
//! [`Catalogs::of`] is the only way to a store's catalogue, so that turns, checks, canvas, runs and
//! the command line cannot disagree.

pub mod store;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use flow::Catalog;
use flow::catalog::import::{self, Imported, Overlay};
use sha2::{Digest, Sha256};
use sqlx::AnyPool;

use crate::accounts::Store;
use crate::{Error, Result};

/// Stores mostly have the same few connectors; beyond this many kinds, memory is worth more.
const MOST_CATALOGS: usize = 64;

/// What a catalogue is kept under: the hash of the store's own, and the connectors installed.
type Key = (Option<String>, Vec<String>);

/// The catalogues in use, so that what is prepared from one is prepared once.
pub struct Catalogs {
    pool: AnyPool,
    builtin: Arc<Catalog>,
    known: Mutex<HashMap<Key, Arc<Catalog>>>,
}

impl Catalogs {
    /// Nothing is prepared yet.
    pub fn new(pool: AnyPool) -> Catalogs {
        Catalogs {
            pool,
            builtin: Arc::new(Catalog::builtin()),
            known: Mutex::default(),
        }
    }

    /// The catalogue that ships, connectors' tasks included.
    pub fn builtin(&self) -> &Arc<Catalog> {
        &self.builtin
    }

    /// The catalogue that ships, for a store with no connectors and none of its own.
    pub fn plain(&self) -> Arc<Catalog> {
        let make = || self.builtin.with_connectors::<&str>(&[]);
        self.kept((None, Vec::new()), make)
    }

    /// The catalogue in force in a store.
    pub async fn of(&self, store: &Store) -> Result<Arc<Catalog>> {
        let key = (store.catalog.clone(), store.installed.clone());
        let known = self.lock().get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let overlay = match &store.catalog {
            Some(_) => store::overlay(&self.pool, &store.id).await?,
            None => None,
        };
        let Some((hash, overlay)) = overlay else {
            let key = (None, store.installed.clone());
            return Ok(self.kept(key, || self.builtin.with_connectors(&store.installed)));
        };
        // Another import may have come in between; what was read is kept under its own hash.
        let key = (Some(hash), store.installed.clone());
        Ok(self.kept(key, || {
            self.builtin
                .overlay(&overlay)
                .with_connectors(&store.installed)
        }))
    }

    fn kept(&self, key: Key, make: impl FnOnce() -> Catalog) -> Arc<Catalog> {
        let mut known = self.lock();
        if known.len() >= MOST_CATALOGS && !known.contains_key(&key) {
            known.clear();
        }
        known.entry(key).or_insert_with(|| Arc::new(make())).clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Arc<Catalog>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hexadecimal SHA-256 of an overlay as it is stored.
fn hash_of(body: &str) -> String {
    hex::encode(Sha256::digest(body.as_bytes()))
}

/// Keeps an overlay as the store's own, in place of the one before.
pub async fn keep(pool: &AnyPool, store: &str, overlay: &Overlay, now_ms: i64) -> Result<()> {
    let body = serde_json::to_string(overlay)?;
    store::set(pool, store, &hash_of(&body), &body, now_ms).await
}

/// Reads a file that says what a store's tasks are, with everything there is to say about it.
///
/// Never more than the importer takes is read, however large the file. The error is a file that
/// cannot be opened.
pub fn read_file(path: &Path, base: &Catalog) -> Result<Imported> {
    use std::io::Read;

    let unreadable = |error: std::io::Error| {
        Error::Invalid(format!("{} cannot be read: {error}.", path.display()))
    };
    let mut text = Vec::new();
    std::fs::File::open(path)
        .map_err(unreadable)?
        .take(import::MAX_BYTES as u64 + 1)
        .read_to_end(&mut text)
        .map_err(unreadable)?;
    let mut read = import::read(&text);
    read.findings.extend(base.unused(&read.overlay));
    Ok(read)
}
