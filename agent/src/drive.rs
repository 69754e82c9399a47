//! Drives a turn: runs its tools, streams its completions, and hands every event to the caller.

use std::sync::{Arc, Mutex, PoisonError};

use flow::Catalog;
use flow::session::Event;
use futures::StreamExt;

use crate::backend::{Backend, BackendError, Chunk};
use crate::tools::{CatalogTools, Tools};
use crate::turn::{Ask, Told, Turn, TurnResult};

/// Why a turn could not be driven to its end.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    #[error(transparent)]
    Backend(#[from] BackendError),
}

/// Drives a turn with the searches over its own catalogue. Dropping the future stops the model.
pub async fn drive(
    turn: Turn,
    backend: &dyn Backend,
    sink: impl FnMut(Event),
) -> Result<TurnResult, DriveError> {
    let tools = tools_for(turn.catalog());
    drive_with(turn, backend, tools.as_ref(), sink).await
}

/// Drives a turn with these tools.
pub async fn drive_with(
    mut turn: Turn,
    backend: &dyn Backend,
    tools: &dyn Tools,
    mut sink: impl FnMut(Event),
) -> Result<TurnResult, DriveError> {
    loop {
        match turn.ask() {
            Ask::RunTool { tool, arguments } => {
                let result = tools.call(&tool, &arguments);
                turn.told(Told::ToolResult(result))
                    .into_iter()
                    .for_each(&mut sink);
            }
            Ask::Sample(request) => {
                let mut chunks = backend.generate(request).await?;
                let mut told = 0;
                loop {
                    let chunk = match chunks.next().await {
                        Some(chunk) => chunk?,
                        None => {
                            return Err(BackendError::Interrupted(
                                "the stream ended before the answer did".to_string(),
                            )
                            .into());
                        }
                    };
                    match chunk {
                        Chunk::Text(text) => {
                            told += text.len();
                            turn.told(Told::Text(text)).into_iter().for_each(&mut sink);
                        }
                        Chunk::Done {
                            text,
                            prompt_tokens,
                            completion_tokens,
                            likelihood,
                        } => {
                            // Backends may keep back the last piece.
                            if let Some(rest) = text.get(told..).filter(|rest| !rest.is_empty()) {
                                turn.told(Told::Text(rest.to_string()))
                                    .into_iter()
                                    .for_each(&mut sink);
                            }
                            turn.told(Told::Sampled {
                                prompt_tokens,
                                completion_tokens,
                                likelihood,
                            })
                            .into_iter()
                            .for_each(&mut sink);
                            break;
                        }
                    }
                }
            }
            Ask::Done(result) => {
                turn.events().into_iter().for_each(&mut sink);
                return Ok(*result);
            }
        }
    }
}

/// How many stores' searches are kept ready.
const KEPT: usize = 16;

/// The searches over a catalogue. Those of the last few catalogues are kept, since preparing them
/// takes longer than running them.
pub fn tools_for(catalog: &Arc<Catalog>) -> Arc<CatalogTools> {
    static READY: Mutex<Vec<Arc<CatalogTools>>> = Mutex::new(Vec::new());
    let mut ready = READY.lock().unwrap_or_else(PoisonError::into_inner);
    let known = ready
        .iter()
        .position(|tools| Arc::ptr_eq(tools.catalog(), catalog) || tools.catalog() == catalog);
    let tools = match known {
        Some(place) => ready.remove(place),
        None => Arc::new(CatalogTools::new(catalog.clone())),
    };
    ready.insert(0, tools.clone());
    ready.truncate(KEPT);
    tools
}
