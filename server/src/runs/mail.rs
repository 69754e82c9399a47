//! E-mail that runs send: over SMTP when it is set up, else as `.eml` files in the outbox folder.

use std::path::PathBuf;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::config::Mail;

/// Why a message did not leave.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("the address {0:?} is not an e-mail address")]
    Address(String),
    #[error("there is no address to send to")]
    NoAddress,
    #[error("the message cannot be put together")]
    Compose(#[source] lettre::error::Error),
    #[error("the mail server did not take it: {0}")]
    Smtp(#[source] lettre::transport::smtp::Error),
    #[error("it cannot be written into the outbox folder: {0}")]
    File(#[source] lettre::transport::file::Error),
    #[error("the outbox folder {folder} cannot be created")]
    Folder {
        folder: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the setting mail.smtp does not read: {0}")]
    Setting(String),
    #[error("the setting mail.from is not an e-mail address: {0:?}")]
    From(String),
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Outbox(AsyncFileTransport<Tokio1Executor>),
}

/// Sends e-mail one of the two ways.
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

const SMTP_TIMEOUT: Duration = Duration::from_secs(20);

impl Mailer {
    /// Sets up the way that the settings name. Nothing is sent yet.
    pub fn new(settings: &Mail) -> Result<Mailer, MailError> {
        let from = settings
            .from
            .parse()
            .map_err(|_| MailError::From(settings.from.clone()))?;
        let way = if settings.smtp.is_empty() {
            let folder: PathBuf = settings.outbox.clone();
            std::fs::create_dir_all(&folder).map_err(|source| MailError::Folder {
                folder: folder.display().to_string(),
                source,
            })?;
            Way::Outbox(AsyncFileTransport::new(folder))
        } else {
            let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.smtp)
                .map_err(|error| MailError::Setting(error.to_string()))?;
            Way::Smtp(builder.timeout(Some(SMTP_TIMEOUT)).build())
        };
        Ok(Mailer { from, way })
    }

    /// Sends one message; says in words where it went.
    pub async fn send(
        &self,
        to: &str,
        subject: &str,
        text: &str,
    ) -> Result<&'static str, MailError> {
        let addresses = addresses(to)?;
        let mut builder = Message::builder().from(self.from.clone());
        for address in addresses {
            builder = builder.to(address);
        }
        let message = builder
            .subject(subject.replace(['\r', '\n'], " "))
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_string())
            .map_err(MailError::Compose)?;
        match &self.way {
            Way::Smtp(smtp) => {
                smtp.send(message).await.map_err(MailError::Smtp)?;
                Ok("over SMTP")
            }
            Way::Outbox(folder) => {
                folder.send(message).await.map_err(MailError::File)?;
                Ok("into the outbox folder")
            }
        }
    }
}

/// Addresses separated by commas or semicolons.
fn addresses(to: &str) -> Result<Vec<Mailbox>, MailError> {
    let addresses = to
        .split([',', ';'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            part.parse()
                .map_err(|_| MailError::Address(part.to_string()))
        })
        .collect::<Result<Vec<Mailbox>, MailError>>()?;
    // A list with nobody in it would leave as a message without a recipient.
    if addresses.is_empty() {
        return Err(MailError::NoAddress);
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_wrong_ones_named() {
        assert_eq!(addresses("a@b.example, C <c@d.example>").unwrap().len(), 2);
        assert!(matches!(addresses(" , "), Err(MailError::NoAddress)));
        assert!(
            matches!(addresses("a@b.example, nobody"), Err(MailError::Address(who)) if who == "nobody")
        );
    }
}
