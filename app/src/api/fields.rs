//! What the step panel asks while somebody edits: what a step can read, and what a check says about
//! a value that is not stored yet.

use flow::check::Finding;
use flow::condition::Kind;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// A path that a step can read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathInfo {
    /// For example `order.customer.email`.
    pub path: String,
    /// What kind of value is there; `None` of an object.
    pub kind: Option<Kind>,
    /// The type of one value, for example `Order`.
    pub ty: String,
    /// The first list on the way, the end included, when the path stands for many values.
    pub list: Option<String>,
    /// The allowed values, of an enum.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Shopify has something newer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
}

/// What a check says about a value of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldCheck {
    pub findings: Vec<Finding>,
    /// The character at which a condition stops to read, from 0.
    pub at: Option<u32>,
    /// What a text with Liquid would hold on a test event.
    pub preview: Option<String>,
    /// The paths a condition reads, as they are written there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<PathInfo>,
}

/// Which paths are searched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sought {
    /// Objects of this type only, or `[]` for lists only.
    #[serde(default)]
    pub of: Option<String>,
    /// Only what is inside of this object, or of the items of this list.
    #[serde(default)]
    pub under: Option<String>,
    /// Words of the path; empty gives the usual fields.
    #[serde(default)]
    pub search: String,
}

/// Looking things up while a step is edited. The server implements it; see [`super::Service`].
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Fields: Send + Sync {
    /// What a step of the draft can read, best first; never everything.
    async fn scope(
        &self,
        session: String,
        step: String,
        sought: Sought,
    ) -> Result<Vec<PathInfo>, ApiError>;
    /// What a check would say about a value of a field of the draft. Nothing is stored.
    async fn check_field(
        &self,
        session: String,
        step: String,
        field: String,
        value: String,
    ) -> Result<FieldCheck, ApiError>;
}

/// What a step of the draft can read.
#[server(name = ReadScope, input = Json)]
pub async fn scope(
    session: String,
    step: String,
    sought: Sought,
) -> Result<Vec<PathInfo>, ApiError> {
    super::service()?.scope(session, step, sought).await
}

/// What a check would say about a value.
#[server(name = CheckField, input = Json)]
pub async fn check_field(
    session: String,
    step: String,
    field: String,
    value: String,
) -> Result<FieldCheck, ApiError> {
    super::service()?
        .check_field(session, step, field, value)
        .await
}
