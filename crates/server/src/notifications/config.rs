//! How people are told of jobs that have ended, from environment variables.

use lettre::message::Mailbox;

use crate::config::Reader;

/// How people are told of jobs that have ended.
#[derive(Debug, Clone, Default)]
pub struct NotifyConfig {
    /// The mail server (`SMTP_URL`), such as `smtps://user:password@mail.example.org`, and who
    /// sends (`SMTP_FROM`); none: no mail.
    pub mail: Option<MailConfig>,
    /// Where people reach this service (`PUBLIC_URL`), such as `https://datamonkey.org`; not given,
    /// mails name no address.
    pub public_url: Option<String>,
}

/// How mail is sent.
#[derive(Clone)]
pub struct MailConfig {
    /// The mail server.
    pub url: String,
    /// Who sends.
    pub from: Mailbox,
}

/// The address may hold a password.
impl std::fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MailConfig from {}", self.from)
    }
}

impl NotifyConfig {
    pub(crate) fn read<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Self {
        let from = reader.optional("SMTP_FROM", "an e-mail address");
        let mail = match (reader.get("SMTP_URL"), from) {
            (Some(url), Some(from)) => {
                if let Err(e) = super::mail::transport(&url) {
                    let example = "smtps://user:password@mail.example.org";
                    reader.problems.push(format!(
                        "SMTP_URL cannot be used: {e}. It must be an address such as {example}."
                    ));
                }
                Some(MailConfig { url, from })
            }
            (Some(_), None) => {
                let message = "SMTP_URL is set and SMTP_FROM is not: say who sends the mail.";
                reader.problems.push(message.to_owned());
                None
            }
            _ => None,
        };
        let public_url = reader.get("PUBLIC_URL");
        Self {
            mail,
            public_url: public_url.map(|url| url.trim_end_matches('/').to_owned()),
        }
    }
}
