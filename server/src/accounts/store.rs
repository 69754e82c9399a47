//! The statements about people and stores.

use sqlx::AnyPool;

use super::{Person, Store, role_from_word};
use crate::{Error, Result};
use app::api::Role;

type Row = (
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// A store: id, name, connectors, and the hash of its own catalogue.
type StoreRow = (String, String, String, Option<String>);

/// The statement that reads stores, with what follows it.
macro_rules! stores {
    ($rest:literal) => {
        concat!(
            "select s.id, s.name, s.installed, c.hash from store s ",
            "left join store_catalog c on c.store_id = s.id ",
            $rest
        )
    };
}

fn person(row: Row) -> Result<(Person, String)> {
    let (id, email, name, role, password, store_id, store_name, installed, catalog) = row;
    let role = role_from_word(&role)
        .ok_or_else(|| Error::Internal(format!("{email} has the unknown role {role:?}").into()))?;
    let store = match (store_id, store_name) {
        (Some(id), Some(name)) => Some(Store {
            id,
            name,
            installed: serde_json::from_str(&installed.unwrap_or_else(|| "[]".to_string()))?,
            catalog,
        }),
        _ => None,
    };
    let person = Person {
        id,
        email,
        name,
        role,
        store,
    };
    Ok((person, password))
}

/// The person with this address, and the hash of the password.
pub async fn person_by_email(pool: &AnyPool, email: &str) -> Result<Option<(Person, String)>> {
    let row: Option<Row> = sqlx::query_as(
        "select p.id, p.email, p.name, p.role, p.password, s.id, s.name, s.installed, c.hash \
         from person p left join store s on s.id = p.store_id \
         left join store_catalog c on c.store_id = s.id where p.email = $1",
    )
    .bind(email)
    .fetch_optional(pool)
    .await?;
    row.map(person).transpose()
}

/// The person with this id.
pub async fn person_by_id(pool: &AnyPool, id: &str) -> Result<Option<Person>> {
    let row: Option<Row> = sqlx::query_as(
        "select p.id, p.email, p.name, p.role, p.password, s.id, s.name, s.installed, c.hash \
         from person p left join store s on s.id = p.store_id \
         left join store_catalog c on c.store_id = s.id where p.id = $1",
    )
    .bind(id)
    .fetch_optional(pool)
    .await?;
    Ok(row.map(person).transpose()?.map(|(person, _)| person))
}

/// The store whose event token has this hash.
pub async fn store_by_token_hash(pool: &AnyPool, hash: &str) -> Result<Option<Store>> {
    let row: Option<StoreRow> = sqlx::query_as(stores!("where s.event_token_hash = $1"))
        .bind(hash)
        .fetch_optional(pool)
        .await?;
    row.map(store).transpose()
}

/// The store with this name, for set-up.
pub async fn store_by_name(pool: &AnyPool, name: &str) -> Result<Option<Store>> {
    let row: Option<StoreRow> = sqlx::query_as(stores!("where s.name = $1"))
        .bind(name)
        .fetch_optional(pool)
        .await?;
    row.map(store).transpose()
}

/// The store with this id.
pub async fn store_by_id(pool: &AnyPool, id: &str) -> Result<Option<Store>> {
    let row: Option<StoreRow> = sqlx::query_as(stores!("where s.id = $1"))
        .bind(id)
        .fetch_optional(pool)
        .await?;
    row.map(store).transpose()
}

/// All stores, by name.
pub async fn stores(pool: &AnyPool) -> Result<Vec<Store>> {
    let rows: Vec<StoreRow> = sqlx::query_as(stores!("order by s.name, s.id"))
        .fetch_all(pool)
        .await?;
    rows.into_iter().map(store).collect()
}

fn store((id, name, installed, catalog): StoreRow) -> Result<Store> {
    Ok(Store {
        id,
        name,
        installed: serde_json::from_str(&installed)?,
        catalog,
    })
}

/// Adds a store and returns its id.
pub async fn add_store(
    pool: &AnyPool,
    name: &str,
    installed: &[String],
    token_hash: &str,
    now_ms: i64,
) -> Result<String> {
    let id = uuid::Uuid::now_v7().to_string();
    sqlx::query(
        "insert into store (id, name, installed, event_token_hash, created_ms) values ($1, $2, $3, $4, $5)",
    )
    .bind(&id)
    .bind(name)
    .bind(serde_json::to_string(installed)?)
    .bind(token_hash)
    .bind(now_ms)
    .execute(pool)
    .await?;
    Ok(id)
}

/// Gives a store another event token.
pub async fn set_token(pool: &AnyPool, store: &str, token_hash: &str) -> Result<()> {
    sqlx::query("update store set event_token_hash = $1 where id = $2")
        .bind(token_hash)
        .bind(store)
        .execute(pool)
        .await?;
    Ok(())
}

/// Somebody to add with [`add_person`].
pub struct NewPerson<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub role: Role,
    pub store: Option<&'a str>,
    pub password_hash: &'a str,
}

/// Adds a person, unless the address is taken; true when added.
pub async fn add_person(pool: &AnyPool, new: NewPerson<'_>, now_ms: i64) -> Result<bool> {
    let done = sqlx::query(
        "insert into person (id, email, name, role, store_id, password, created_ms) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (email) do nothing",
    )
    .bind(uuid::Uuid::now_v7().to_string())
    .bind(new.email)
    .bind(new.name)
    .bind(new.role.as_str())
    .bind(new.store.map(str::to_string))
    .bind(new.password_hash)
    .bind(now_ms)
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}
