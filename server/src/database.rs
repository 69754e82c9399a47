//! Opens the database and brings its tables up to date.

use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Executor};

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("cannot create the folder {folder} for the database")]
    Folder {
        folder: String,
        #[source]
        source: std::io::Error,
    },
    #[error("cannot open the database {url}")]
    Open {
        /// Without a password.
        url: String,
        #[source]
        source: sqlx::Error,
    },
    #[error("cannot bring the tables of the database up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("cannot write to the database")]
    Write(#[from] sqlx::Error),
}

const SQLITE_PRAGMAS: &str = "pragma journal_mode = wal; pragma synchronous = normal; \
     pragma foreign_keys = on; pragma busy_timeout = 10000;";
const MOST_CONNECTIONS: u32 = 8;

/// True for a database in a file, which only one server uses.
pub fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// Opens the database, creating a `SQLite` file that is not there, and runs the migrations.
pub async fn open(url: &str) -> Result<AnyPool, DatabaseError> {
    sqlx::any::install_default_drivers();
    let sqlite = is_sqlite(url);
    let mut full = url.to_string();
    if sqlite {
        create_folder(url)?;
        if !full.contains("mode=") {
            full.push_str(if full.contains('?') {
                "&mode=rwc"
            } else {
                "?mode=rwc"
            });
        }
    }
    let pool = AnyPoolOptions::new()
        .max_connections(MOST_CONNECTIONS)
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if sqlite {
                    connection.execute(SQLITE_PRAGMAS).await?;
                }
                Ok(())
            })
        })
        .connect(&full)
        .await
        .map_err(|source| DatabaseError::Open {
            url: without_password(url),
            source,
        })?;
    sqlx::migrate!("./migrations").run(&pool).await?;
    Ok(pool)
}

fn create_folder(url: &str) -> Result<(), DatabaseError> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let path = path.split('?').next().unwrap_or(path);
    let Some(folder) = std::path::Path::new(path).parent() else {
        return Ok(());
    };
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(|source| DatabaseError::Folder {
        folder: folder.display().to_string(),
        source,
    })
}

/// The address as it may be shown and logged.
fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme + 3 => {
            format!("{}://…{}", &url[..scheme], &url[at..])
        }
        _ => url.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(
            without_password("postgres://me:secret@db.example/flow"),
            "postgres://…@db.example/flow"
        );
        assert_eq!(without_password("sqlite:var/a.db"), "sqlite:var/a.db");
    }
}
