//! Who people are and what they may do: sign-in, roles, passwords, stores.

pub mod store;

use std::collections::HashMap;
use std::sync::Mutex;

use app::api::{Role, User};
use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use sha2::{Digest, Sha256};
use sqlx::AnyPool;

use crate::{Error, Result};

/// Somebody with an account.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// The store of an owner; support and ML staff have none.
    pub store: Option<Store>,
}

/// A shop.
#[derive(Clone, Debug)]
pub struct Store {
    pub id: String,
    pub name: String,
    /// Connectors installed in it.
    pub installed: Vec<String>,
    /// The hash of what the store said about its own tasks, when it did ([`crate::catalogs`]).
    pub catalog: Option<String>,
}

impl Person {
    /// What pages may know about this person.
    pub fn user(&self) -> User {
        User {
            email: self.email.clone(),
            name: self.name.clone(),
            role: self.role,
            store: self.store.as_ref().map(|store| store.name.clone()),
        }
    }
}

/// Reads the word of [`Role::as_str`]. An unknown word has the rights of nobody.
pub fn role_from_word(word: &str) -> Option<Role> {
    Some(match word {
        "owner" => Role::Owner,
        "support" => Role::Support,
        "ml" => Role::Ml,
        _ => return None,
    })
}

/// Finds the person with this address and password. The answer takes as long for an unknown
/// address as for a wrong password, and says the same.
pub async fn sign_in(pool: &AnyPool, email: &str, password: &str) -> Result<Person> {
    let email = email.trim().to_lowercase();
    let found = store::person_by_email(pool, &email).await?;
    let (person, hash) = match found {
        Some((person, hash)) => (Some(person), hash),
        None => (None, NOBODY.to_string()),
    };
    let password = password.to_string();
    let right = tokio::task::spawn_blocking(move || verify(&password, &hash))
        .await
        .map_err(|error| Error::Internal(Box::new(error)))?;
    person.filter(|_| right).ok_or_else(|| {
        Error::Invalid(
            "This e-mail address and password do not go together. Check both and try again."
                .to_string(),
        )
    })
}

/// A hash that no password has, to spend the same time on an unknown address.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The argon2id hash of a password.
pub fn hash(password: &str) -> Result<String> {
    let mut bytes = [0u8; 16];
    rand::RngCore::fill_bytes(&mut rand::rng(), &mut bytes);
    let salt = SaltString::encode_b64(&bytes).map_err(|e| Error::Internal(e.to_string().into()))?;
    Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|e| Error::Internal(e.to_string().into()))
}

fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// What is kept of a store's event token.
pub fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// A fresh token for a store's events.
pub fn new_token() -> String {
    let mut bytes = [0u8; 24];
    rand::RngCore::fill_bytes(&mut rand::rng(), &mut bytes);
    format!("fle_{}", hex::encode(bytes))
}

/// Counts wrong passwords per address, so that guessing is slow.
#[derive(Debug, Default)]
pub struct SignInLimit {
    failures: Mutex<HashMap<String, (u32, i64)>>,
}

const FAILURES_ALLOWED: u32 = 8;
const FAILURE_WINDOW_MS: i64 = 5 * 60 * 1000;
/// Addresses remembered at most; beyond it, the ones whose window is over are dropped.
const MOST_ADDRESSES: usize = 10_000;

impl SignInLimit {
    /// Refuses an address that failed too often lately.
    pub fn check(&self, email: &str, now_ms: i64) -> Result<()> {
        let failures = self.lock();
        match failures.get(&email.trim().to_lowercase()) {
            Some((count, since))
                if *count >= FAILURES_ALLOWED && now_ms - since < FAILURE_WINDOW_MS =>
            {
                let minutes = (FAILURE_WINDOW_MS - (now_ms - since)) / 60_000 + 1;
                Err(Error::Busy(format!(
                    "There were too many wrong passwords for this address. Try again in {minutes} minutes."
                )))
            }
            _ => Ok(()),
        }
    }

    /// Remembers how a try went.
    pub fn tried(&self, email: &str, right: bool, now_ms: i64) {
        let mut failures = self.lock();
        let email = email.trim().to_lowercase();
        if right {
            failures.remove(&email);
            return;
        }
        if failures.len() >= MOST_ADDRESSES {
            failures.retain(|_, (_, since)| now_ms - *since < FAILURE_WINDOW_MS);
        }
        let entry = failures.entry(email).or_insert((0, now_ms));
        if now_ms - entry.1 >= FAILURE_WINDOW_MS {
            *entry = (0, now_ms);
        }
        entry.0 += 1;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, (u32, i64)>> {
        self.failures
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_verifies_and_another_does_not() {
        let hash = hash("harbor-demo").unwrap();
        assert!(verify("harbor-demo", &hash));
        assert!(!verify("harbor-dem0", &hash));
        assert!(!verify("", NOBODY));
        assert!(
            PasswordHash::new(NOBODY).is_ok(),
            "the stand-in must cost a real check"
        );
    }

    #[test]
    fn guessing_is_stopped_and_allowed_again_later() {
        let limit = SignInLimit::default();
        for _ in 0..FAILURES_ALLOWED {
            limit.check("A@b.example", 0).unwrap();
            limit.tried("a@b.example", false, 0);
        }
        assert!(limit.check("a@B.example", 1000).is_err());
        assert!(limit.check("other@b.example", 1000).is_ok());
        assert!(limit.check("a@b.example", FAILURE_WINDOW_MS).is_ok());
        limit.tried("a@b.example", true, 1000);
        assert!(limit.check("a@b.example", 1000).is_ok());
    }
}
