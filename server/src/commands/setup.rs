//! `flowright setup`: database, tables and the demo store. Run again it changes nothing and prints the same.

use std::process::ExitCode;

use app::api::Role;
use sqlx::AnyPool;

use crate::accounts::store::{NewPerson, add_person, add_store, set_token, store_by_name};
use crate::accounts::{hash, sign_in, token_hash};
use crate::clock::Clock;
use crate::config::{Config, ModelArgs, PlaceArgs};
use crate::database;

/// Name of the demo store.
pub const DEMO_STORE: &str = "Harbor Goods";
const DEMO_PASSWORD: &str = "harbor-demo";
const DEMO_TOKEN: &str = "harbor-demo-events";
/// E-mail address, name and role of the people of the demo.
pub const DEMO_PEOPLE: [(&str, &str, Role); 3] = [
    ("owner@harborgoods.example", "Ada Harbor", Role::Owner),
    ("support@flowright.example", "Sam Support", Role::Support),
    ("ml@flowright.example", "Mel Learning", Role::Ml),
];

/// Example: flowright setup --database sqlite:var/flowright.db
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    place: PlaceArgs,
    /// Password of the three demo accounts, when they are created
    #[arg(long, default_value = DEMO_PASSWORD, env = "FLOWRIGHT_DEMO_PASSWORD", hide_env_values = true)]
    password: String,
    /// Token with which the demo store's events are posted
    #[arg(long, default_value = DEMO_TOKEN, env = "FLOWRIGHT_DEMO_TOKEN", hide_env_values = true)]
    event_token: String,
    /// A connector installed in the demo store; may be given several times
    #[arg(long, value_name = "NAME")]
    installed: Vec<String>,
}

/// Sets up and prints how to sign in.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.place, &ModelArgs::default())?;
    let pool = database::open(&config.database.url).await?;
    demo(
        &pool,
        &Clock::system(),
        &args.password,
        &args.event_token,
        &args.installed,
    )
    .await?;
    println!(
        "{DEMO_STORE} is ready. Sign in at http://{} as",
        config.server.address
    );
    for (email, _, role) in DEMO_PEOPLE {
        let password = match sign_in(&pool, email, &args.password).await {
            Ok(_) => args.password.as_str(),
            Err(_) => "(the password it was given before)",
        };
        println!("  {email:<28} {password}   ({})", role.as_str());
    }
    println!(
        "Events of the store are posted with the token {}",
        args.event_token
    );
    pool.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Creates the demo store and its people where they are missing.
pub async fn demo(
    pool: &AnyPool,
    clock: &Clock,
    password: &str,
    token: &str,
    installed: &[String],
) -> crate::Result<()> {
    let now = clock.now_ms();
    let token = token_hash(token);
    let store = match store_by_name(pool, DEMO_STORE).await? {
        Some(store) => {
            set_token(pool, &store.id, &token).await?;
            store.id
        }
        None => add_store(pool, DEMO_STORE, installed, &token, now).await?,
    };
    for (email, name, role) in DEMO_PEOPLE {
        let new = NewPerson {
            email,
            name,
            role,
            store: (role == Role::Owner).then_some(store.as_str()),
            password_hash: &hash(password)?,
        };
        add_person(pool, new, now).await?;
    }
    Ok(())
}
