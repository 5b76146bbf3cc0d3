//! How the service announces the ends of jobs.

use lettre::{
    AsyncSmtpTransport, Tokio1Executor, message::Mailbox, transport::smtp::Error as SmtpError,
};

use crate::{Group, Setting, env::Env};

/// How the service announces the ends of jobs.
#[derive(Debug, Clone, Default)]
pub struct NotificationConfig {
    /// The mail server. `None` means that the service sends no mail.
    pub mail: Option<MailConfig>,
    /// The service's public address, such as `https://datamonkey.org`, without a trailing slash.
    /// With `None`, mails contain no address.
    pub public_url: Option<String>,
}

/// How to send mail.
#[derive(Clone)]
pub struct MailConfig {
    /// The mail server, such as `smtps://user:password@mail.example.org`.
    pub url: String,
    /// The sender.
    pub from: Mailbox,
}

/// The URL may contain a password.
impl std::fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MailConfig from {}", self.from)
    }
}

static SMTP_URL: Setting = Setting::new(
    "SMTP_URL",
    "mail server, such as `smtps://user:password@mail.example.org`; without it, `notify` is not \
     available",
);
static SMTP_FROM: Setting = Setting::new("SMTP_FROM", "sender of the mail");
/// This host is one of the names that the service answers to.
pub(crate) static PUBLIC_URL: Setting = Setting::new(
    "PUBLIC_URL",
    "public address of this service, such as `https://datamonkey.org`",
);

pub(crate) const GROUP: Group = Group {
    title: "Notifications",
    settings: &[&SMTP_URL, &SMTP_FROM, &PUBLIC_URL],
};

impl MailConfig {
    /// Returns a connection to the mail server.
    ///
    /// # Errors
    /// Fails if the URL is invalid.
    pub fn transport(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, SmtpError> {
        Ok(AsyncSmtpTransport::<Tokio1Executor>::from_url(&self.url)?.build())
    }
}

impl NotificationConfig {
    pub(crate) fn read(env: &mut Env<'_>) -> Self {
        let from = env.optional(&SMTP_FROM, "an e-mail address");
        let mail = match (env.get(&SMTP_URL), from) {
            (Some(url), Some(from)) => {
                let mail = MailConfig { url, from };
                if let Err(e) = mail.transport() {
                    let example = "smtps://user:password@mail.example.org";
                    env.problems.push(format!(
                        "SMTP_URL is invalid: {e}. It must be a URL such as {example}."
                    ));
                }
                Some(mail)
            }
            (Some(_), None) => {
                let message = "SMTP_URL is set, but SMTP_FROM is not. Set SMTP_FROM to the \
                               sender's address.";
                env.problems.push(message.to_owned());
                None
            }
            _ => None,
        };
        let public_url = env.get(&PUBLIC_URL);
        Self {
            mail,
            public_url: public_url.map(|url| url.trim_end_matches('/').to_owned()),
        }
    }
}
