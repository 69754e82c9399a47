//! What a page asks the server for when it is opened. The server answers while it draws the page and
//! writes the answer into it; elsewhere the browser asks.

use std::fmt::Debug;
use std::future::Future;

use leptos::server::codee::{Decoder, Encoder};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::prelude::*;

/// An answer that is on its way or there.
pub type Asked<T> = Resource<T, Bytes>;

/// JSON, read out of bytes as every other answer of the server is: read out of a text, everything
/// that crosses the wire would be in the page a second time.
pub struct Bytes;

impl<T: Serialize> Encoder<T> for Bytes {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, serde_json::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Bytes {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, serde_json::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// Asks, and asks again when what the question is about changes.
pub fn asked<S, T, F>(
    about: impl Fn() -> S + Send + Sync + 'static,
    ask: impl Fn(S) -> F + Send + Sync + 'static,
) -> Asked<T>
where
    S: PartialEq + Clone + Debug + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(about, ask, false)
}

/// The same; the server sends nothing of the page before the answer is there.
pub fn asked_first<S, T, F>(
    about: impl Fn() -> S + Send + Sync + 'static,
    ask: impl Fn(S) -> F + Send + Sync + 'static,
) -> Asked<T>
where
    S: PartialEq + Clone + Debug + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(about, ask, true)
}
