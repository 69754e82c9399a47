//! What can go wrong between a request and the database, with the sentence that its sender reads.

use app::api::{ApiError, ErrorCode};
use axum::Json;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// The result of everything a request does.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("Sign in first.")]
    SignedOut,
    /// A program's token is missing or not known.
    #[error("{0}")]
    Token(String),
    #[error("{0}")]
    Forbidden(String),
    #[error("{0}")]
    NotFound(String),
    /// The request says something that cannot be.
    #[error("{0}")]
    Invalid(String),
    /// It cannot be done now: something else is in the way.
    #[error("{0}")]
    Conflict(String),
    /// It can be done later.
    #[error("{0}")]
    Busy(String),
    #[error("{0}")]
    TooLarge(String),
    #[error(
        "The database did not answer as it should. What was saved is safe; try again in a moment."
    )]
    Database(#[from] sqlx::Error),
    #[error(
        "A stored record does not read. Tell the people who run this server; nothing was changed."
    )]
    Stored(#[from] serde_json::Error),
    #[error("This failed inside the server. What was saved is safe; try again in a moment.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// The kind of refusal, for programs.
    pub fn code(&self) -> ErrorCode {
        match self {
            Error::SignedOut | Error::Token(_) => ErrorCode::SignedOut,
            Error::Forbidden(_) => ErrorCode::Forbidden,
            Error::NotFound(_) => ErrorCode::NotFound,
            Error::Invalid(_) | Error::TooLarge(_) => ErrorCode::Invalid,
            Error::Conflict(_) => ErrorCode::Conflict,
            Error::Busy(_) => ErrorCode::Busy,
            Error::Database(_) | Error::Stored(_) | Error::Internal(_) => ErrorCode::Internal,
        }
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> StatusCode {
        match self {
            Error::SignedOut | Error::Token(_) => StatusCode::UNAUTHORIZED,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Conflict(_) => StatusCode::CONFLICT,
            Error::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Error::Database(_) | Error::Stored(_) | Error::Internal(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    /// Nothing of this kind with this id in this store. The same whether it never existed or belongs to another store.
    pub fn no_such(what: &str) -> Error {
        Error::NotFound(format!("There is no such {what} in your store."))
    }

    /// Writes the causes of a failure of our own to the log, once, where it is answered.
    pub fn log(&self) {
        if self.status().is_server_error() && !matches!(self, Error::Busy(_)) {
            tracing::error!(cause = ?self, "a request failed");
        }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> ApiError {
        error.log();
        // A server function answers 500 to every error unless it is told better. Pages that are
        // rendered on the server keep their own status.
        let called =
            use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with("/api/"));
        if called && let Some(options) = use_context::<ResponseOptions>() {
            options.set_status(error.status());
        }
        ApiError::new(error.code(), error.to_string())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.log();
        (
            self.status(),
            Json(ApiError::new(self.code(), self.to_string())),
        )
            .into_response()
    }
}
