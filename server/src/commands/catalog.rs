//! `flowright catalog`: which tasks a store has, and what the store itself said about them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use flow::Catalog;
use flow::catalog::{IdStatus, Task};
use flow::check::{Finding, Severity, has_error};
use sqlx::AnyPool;

use crate::accounts::Store;
use crate::accounts::store::{person_by_email, stores};
use crate::catalogs::{self, Catalogs};
use crate::clock::Clock;
use crate::config::{Config, ModelArgs, PlaceArgs};
use crate::database;

/// Which store is meant.
#[derive(clap::Args, Debug)]
struct Which {
    /// The store, by its name or by the e-mail address of its owner; may be left out when there is only one
    #[arg(long, value_name = "STORE")]
    store: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Example: flowright catalog import --store "Harbor Goods" tasks.json
#[derive(clap::Args, Debug)]
pub struct ImportArgs {
    /// What `task describe --json` or the query automationTasks answered
    file: PathBuf,
    #[command(flatten)]
    which: Which,
}

/// Example: flowright catalog list --store owner@harborgoods.example
#[derive(clap::Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    which: Which,
}

/// Example: flowright catalog show `add_order_tags`
#[derive(clap::Args, Debug)]
pub struct ShowArgs {
    /// The task, by its name in the Python form, its id or its label
    task: String,
    #[command(flatten)]
    which: Which,
}

/// Example: flowright catalog reset --store "Harbor Goods"
#[derive(clap::Args, Debug)]
pub struct ResetArgs {
    #[command(flatten)]
    which: Which,
}

/// Lays what a file says over the store's catalogue, in place of what an earlier file said.
///
/// Findings go to standard error; with an error among them nothing is changed.
pub async fn import(args: ImportArgs) -> anyhow::Result<ExitCode> {
    let builtin = Catalog::builtin();
    let read = catalogs::read_file(&args.file, &builtin)?;
    say(&args.file, &read.findings);
    if has_error(&read.findings) {
        return Ok(ExitCode::FAILURE);
    }
    let (pool, store) = open(&args.which).await?;
    catalogs::keep(&pool, &store.id, &read.overlay, Clock::system().now_ms()).await?;
    pool.close().await;
    let laid = builtin.overlay(&read.overlay);
    let guesses = |catalog: &Catalog| {
        let guesses = catalog
            .tasks()
            .filter(|task| task.id_status == IdStatus::Guess);
        guesses.count()
    };
    println!(
        "The catalogue of {} has {} tasks now: {} are new, {} ids that were guesses are known, {} are guesses still.",
        store.name,
        laid.tasks().count(),
        laid.tasks().count() - builtin.tasks().count(),
        guesses(&builtin) - guesses(&laid),
        guesses(&laid),
    );
    Ok(ExitCode::SUCCESS)
}

/// Prints the tasks in force in a store, one a line: type, name, id, how sure the id is, publisher, label.
pub async fn list(args: ListArgs) -> anyhow::Result<ExitCode> {
    let catalog = in_force(&args.which).await?;
    let mut out = std::io::stdout().lock();
    for task in catalog.tasks() {
        writeln!(
            out,
            "{}\t{}\t{}\t{}\t{}\t{}",
            task.task_type.as_str(),
            task.name,
            task.id,
            match task.id_status {
                IdStatus::Exact => "exact",
                IdStatus::Guess => "guess",
            },
            task.publisher(),
            task.label
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints one task in force in a store as JSON.
pub async fn show(args: ShowArgs) -> anyhow::Result<ExitCode> {
    let catalog = in_force(&args.which).await?;
    let Some(task) = find(&catalog, &args.task) else {
        bail!(
            "the store has no task {}; `flowright catalog list` prints those it has",
            args.task
        );
    };
    let text = serde_json::to_string_pretty(task)?;
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

/// Forgets what a store said about its tasks; the built-in catalogue is in force again.
pub async fn reset(args: ResetArgs) -> anyhow::Result<ExitCode> {
    let (pool, store) = open(&args.which).await?;
    let forgotten = catalogs::store::remove(&pool, &store.id).await?;
    pool.close().await;
    match forgotten {
        true => println!(
            "The built-in catalogue is in force in {} again.",
            store.name
        ),
        false => println!(
            "The built-in catalogue is in force in {}; nothing was imported.",
            store.name
        ),
    }
    Ok(ExitCode::SUCCESS)
}

/// The catalogue for a command that may be given a store's own in a file; what there is to say about
/// the file goes to standard error.
pub(super) fn with_file(path: Option<&Path>) -> anyhow::Result<Catalog> {
    let builtin = Catalog::builtin();
    let Some(path) = path else {
        return Ok(builtin);
    };
    let read = catalogs::read_file(path, &builtin)?;
    say(path, &read.findings);
    if has_error(&read.findings) {
        bail!("the catalogue in {} cannot be used", path.display());
    }
    Ok(builtin.overlay(&read.overlay))
}

/// One line per finding.
fn say(path: &Path, findings: &[Finding]) {
    for finding in findings {
        let word = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Information => "information",
        };
        eprintln!("{}: {word}: {}", path.display(), finding.message);
    }
}

fn find<'a>(catalog: &'a Catalog, wanted: &str) -> Option<&'a Task> {
    catalog
        .task_named(wanted)
        .or_else(|| catalog.task(wanted))
        .or_else(|| {
            catalog
                .tasks()
                .find(|task| task.label.eq_ignore_ascii_case(wanted))
        })
}

async fn in_force(which: &Which) -> anyhow::Result<std::sync::Arc<Catalog>> {
    let (pool, store) = open(which).await?;
    let catalog = Catalogs::new(pool.clone()).of(&store).await?;
    pool.close().await;
    Ok(catalog)
}

async fn open(which: &Which) -> anyhow::Result<(AnyPool, Store)> {
    let config = Config::load(&which.place, &ModelArgs::default())?;
    let pool = database::open(&config.database.url).await?;
    let store = meant(&pool, which.store.as_deref()).await?;
    Ok((pool, store))
}

async fn meant(pool: &AnyPool, wanted: Option<&str>) -> anyhow::Result<Store> {
    let mut all = stores(pool).await?;
    if let Some(wanted) = wanted {
        if wanted.contains('@')
            && let Some((person, _)) = person_by_email(pool, &wanted.to_lowercase()).await?
        {
            return person
                .store
                .with_context(|| format!("{wanted} owns no store"));
        }
        let place = all
            .iter()
            .position(|store| store.name.eq_ignore_ascii_case(wanted));
        return match place {
            Some(place) => Ok(all.swap_remove(place)),
            None => bail!("there is no store {wanted}; {}", listed(&all)),
        };
    }
    match all.pop() {
        Some(only) if all.is_empty() => Ok(only),
        Some(last) => {
            all.push(last);
            bail!("say with --store which store is meant; {}", listed(&all))
        }
        None => bail!("there is no store yet; run `flowright setup` first"),
    }
}

fn listed(stores: &[Store]) -> String {
    let names: Vec<&str> = stores.iter().map(|store| store.name.as_str()).collect();
    match names.is_empty() {
        true => "run `flowright setup` first".to_string(),
        false => format!("there are {}", names.join(", ")),
    }
}
