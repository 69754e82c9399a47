//! Settings: defaults, then the TOML file, then `FLOWRIGHT_*` variables, then the command line; built once at the edge.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use leptos::config::LeptosOptions;
use serde::Deserialize;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the settings file {path} cannot be read; name another with --config")]
    Read {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the settings file {path} does not read: {message}")]
    Parse { path: String, message: String },
    #[error("{0}")]
    Value(String),
}

/// All settings of the server. `flowright.example.toml` explains each.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub model: Model,
    pub mail: Mail,
}

/// Where pages are served and from which files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    pub address: SocketAddr,
    pub site: PathBuf,
    pub secure_cookies: bool,
}

impl Default for Server {
    fn default() -> Server {
        Server {
            address: SocketAddr::from(([127, 0, 0, 1], 3000)),
            site: PathBuf::from("target/site"),
            secure_cookies: false,
        }
    }
}

/// Where everything is stored.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    pub url: String,
}

impl Default for Database {
    fn default() -> Database {
        Database {
            url: "sqlite:var/flowright.db".to_string(),
        }
    }
}

/// Who writes the workflows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum BackendKind {
    /// The published model, run in this process.
    #[default]
    Embedded,
    /// A server that speaks `OpenAI`'s completions.
    Openai,
    /// Prepared answers from a file, for tests.
    Scripted,
}

/// How an OpenAI-compatible server is told the grammar; the standard has no field for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum GrammarDialect {
    #[default]
    Mistralrs,
    Vllm,
    Sglang,
    #[serde(rename = "llama.cpp")]
    #[value(name = "llama.cpp")]
    LlamaCpp,
    /// Not at all: the answer is only parsed and checked.
    None,
}

/// The model and how much of it is used at once.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Model {
    pub backend: BackendKind,
    pub folder: PathBuf,
    pub url: String,
    pub name: String,
    pub dialect: GrammarDialect,
    pub script: PathBuf,
    pub turns_at_once: usize,
}

impl Default for Model {
    fn default() -> Model {
        Model {
            backend: BackendKind::default(),
            folder: PathBuf::from("var/models"),
            url: String::new(),
            name: String::new(),
            dialect: GrammarDialect::default(),
            script: PathBuf::new(),
            turns_at_once: 2,
        }
    }
}

/// How e-mail leaves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    pub smtp: String,
    pub from: String,
    pub outbox: PathBuf,
}

impl Default for Mail {
    fn default() -> Mail {
        Mail {
            smtp: String::new(),
            from: "Flowright <flowright@localhost>".to_string(),
            outbox: PathBuf::from("var/outbox"),
        }
    }
}

/// The part of the command line that says where the settings and the database are.
#[derive(Args, Clone, Debug, Default)]
pub struct PlaceArgs {
    /// Settings file; `flowright.toml` is read when it is there
    #[arg(long, value_name = "FILE", env = "FLOWRIGHT_CONFIG")]
    pub config: Option<PathBuf>,
    /// Database, for example sqlite:var/flowright.db or <postgres://user@host/name>
    #[arg(
        long,
        value_name = "URL",
        env = "FLOWRIGHT_DATABASE",
        hide_env_values = true
    )]
    pub database: Option<String>,
}

/// The part of the command line that says which model answers.
#[derive(Args, Clone, Debug, Default)]
pub struct ModelArgs {
    /// Who writes the workflows
    #[arg(long, value_enum, env = "FLOWRIGHT_BACKEND")]
    pub backend: Option<BackendKind>,
    /// Address of an OpenAI-compatible server, up to and with /v1
    #[arg(long, value_name = "URL", env = "FLOWRIGHT_MODEL_URL")]
    pub model_url: Option<String>,
    /// Name of the model on that server, or of one in the models folder instead of the published one
    #[arg(long, value_name = "NAME", env = "FLOWRIGHT_MODEL")]
    pub model: Option<String>,
    /// How the server at --model-url is told the grammar
    #[arg(long, value_enum, env = "FLOWRIGHT_MODEL_DIALECT")]
    pub model_dialect: Option<GrammarDialect>,
    /// Folder with the models that were published
    #[arg(long, value_name = "DIR", env = "FLOWRIGHT_MODELS")]
    pub models: Option<PathBuf>,
    /// File with the answers of the scripted backend
    #[arg(long, value_name = "FILE", env = "FLOWRIGHT_SCRIPT")]
    pub script: Option<PathBuf>,
}

const DEFAULT_FILE: &str = "flowright.toml";

impl Config {
    /// Reads the file and puts environment and command line over it.
    pub fn load(place: &PlaceArgs, model: &ModelArgs) -> Result<Config, ConfigError> {
        let mut config = match &place.config {
            Some(path) => Config::read(path)?,
            None if Path::new(DEFAULT_FILE).exists() => Config::read(Path::new(DEFAULT_FILE))?,
            None => Config::default(),
        };
        config.set_from(|name| std::env::var(name).ok())?;
        if let Some(url) = &place.database {
            config.database.url.clone_from(url);
        }
        if let Some(kind) = model.backend {
            config.model.backend = kind;
        }
        if let Some(url) = &model.model_url {
            config.model.url.clone_from(url);
        }
        if let Some(name) = &model.model {
            config.model.name.clone_from(name);
        }
        if let Some(dialect) = model.model_dialect {
            config.model.dialect = dialect;
        }
        if let Some(folder) = &model.models {
            config.model.folder.clone_from(folder);
        }
        if let Some(script) = &model.script {
            config.model.script.clone_from(script);
        }
        config.check()?;
        Ok(config)
    }

    fn read(path: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.display().to_string(),
            source,
        })?;
        Config::parse(&text, &path.display().to_string())
    }

    /// Reads the text of a settings file; `path` is for the message.
    pub fn parse(text: &str, path: &str) -> Result<Config, ConfigError> {
        toml::from_str(text).map_err(|error| ConfigError::Parse {
            path: path.to_string(),
            message: error.to_string().trim_end().to_string(),
        })
    }

    /// Settings that have a variable but no option.
    fn set_from(&mut self, variable: impl Fn(&str) -> Option<String>) -> Result<(), ConfigError> {
        if let Some(url) = variable("DATABASE_URL") {
            self.database.url = url;
        }
        if let Some(site) = variable("FLOWRIGHT_SITE") {
            self.server.site = PathBuf::from(site);
        }
        if let Some(url) = variable("FLOWRIGHT_SMTP") {
            self.mail.smtp = url;
        }
        if let Some(from) = variable("FLOWRIGHT_MAIL_FROM") {
            self.mail.from = from;
        }
        if let Some(outbox) = variable("FLOWRIGHT_OUTBOX") {
            self.mail.outbox = PathBuf::from(outbox);
        }
        if let Some(number) = variable("FLOWRIGHT_TURNS_AT_ONCE") {
            self.model.turns_at_once = number.parse().map_err(|_| {
                ConfigError::Value(format!(
                    "FLOWRIGHT_TURNS_AT_ONCE is {number:?}; it must be a whole number of at least 1"
                ))
            })?;
        }
        if let Some(word) = variable("FLOWRIGHT_SECURE_COOKIES") {
            self.server.secure_cookies = word == "1" || word.eq_ignore_ascii_case("true");
        }
        Ok(())
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.model.turns_at_once == 0 {
            return Err(ConfigError::Value(
                "turns_at_once is 0; at least one turn must be allowed to run".to_string(),
            ));
        }
        let missing = match self.model.backend {
            BackendKind::Openai if self.model.url.is_empty() => {
                Some("the backend openai needs --model-url, for example http://127.0.0.1:8000/v1")
            }
            BackendKind::Openai if self.model.name.is_empty() => {
                Some("the backend openai needs --model, the name of the model on that server")
            }
            BackendKind::Scripted if self.model.script.as_os_str().is_empty() => {
                Some("the backend scripted needs --script, a file with its answers")
            }
            _ => None,
        };
        match missing {
            Some(message) => Err(ConfigError::Value(message.to_string())),
            None => Ok(()),
        }
    }

    /// What the pages need to find their WebAssembly and their style sheet.
    pub fn leptos(&self) -> LeptosOptions {
        LeptosOptions::builder()
            .output_name("app")
            .site_root(self.server.site.display().to_string())
            .site_addr(self.server.address)
            .build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_complete_and_says_the_defaults() {
        let text = include_str!("../../flowright.example.toml");
        let example = Config::parse(text, "flowright.example.toml").unwrap();
        assert_eq!(format!("{example:?}"), format!("{:?}", Config::default()));
        // Every key is there, so that nobody has to read this file to learn a name.
        let keys = text
            .lines()
            .filter(|line| !line.starts_with('#') && line.contains(" = "));
        assert_eq!(keys.count(), 3 + 1 + 7 + 3);
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        let error = Config::parse("[server]\nadress = \"127.0.0.1:1\"\n", "f.toml").unwrap_err();
        let text = error.to_string();
        assert!(text.contains("adress") && text.contains("f.toml"), "{text}");
    }

    #[test]
    fn what_a_backend_needs_is_asked_for() {
        for (kind, option) in [
            (BackendKind::Openai, "--model-url"),
            (BackendKind::Scripted, "--script"),
        ] {
            let mut config = Config::default();
            config.model.backend = kind;
            let text = config.check().unwrap_err().to_string();
            assert!(text.contains(option), "{text}");
        }
    }
}
