//! The service's settings, which come from environment variables. Where the Go service had a
//! setting, its name is the same.
//!
//! Each file contains one group of settings: a type with their values, a declaration of each
//! setting with its name, default and meaning, and the code that reads them. [`groups`] lists them
//! all, for `datamonkey config` and `docs/SETTINGS.md`.

mod access;
mod chat;
mod data;
mod engine;
mod env;
mod jobs;
mod limits;
mod logging;
mod metrics;
mod misspelt;
mod notifications;
mod outgoing;
mod quotas;
mod scheduling;
mod setting;
mod table;
mod web;

pub use self::{
    access::AccessConfig,
    chat::{ChatConfig, ModelProvider},
    data::DataConfig,
    engine::EngineConfig,
    jobs::{JobConfig, cores},
    logging::{LogConfig, LogFormat},
    metrics::MetricsConfig,
    misspelt::{Misspelt, misspelt},
    notifications::{MailConfig, NotificationConfig},
    outgoing::OutgoingConfig,
    quotas::{DataQuota, QuotaConfig, RequestRate},
    scheduling::{MpiConfig, Needs, SchedulerConfig, SlurmAccess, SlurmSettings},
    setting::{Default, Group, Setting},
    table::{Source, as_markdown, as_text},
    web::{ConnectionLimit, WebConfig, plain_host},
};

use crate::env::Env;

/// The configuration of the service.
#[derive(Debug, Clone)]
pub struct Config {
    /// How clients reach the service.
    pub web: WebConfig,
    /// Where the service stores data.
    pub data: DataConfig,
    /// Where to find HyPhy.
    pub engine: EngineConfig,
    /// How jobs run.
    pub jobs: JobConfig,
    /// Where jobs run.
    pub scheduler: SchedulerConfig,
    /// How the service identifies callers.
    pub access: AccessConfig,
    /// Maximum size of an upload in bytes.
    pub max_upload_bytes: u64,
    /// Limits on the data that parsers accept.
    pub limits: sequence::Limits,
    /// Quotas of an owner.
    pub quotas: QuotaConfig,
    /// Which user-supplied URLs the service may contact.
    pub outgoing: OutgoingConfig,
    /// How the service announces the ends of jobs.
    pub notifications: NotificationConfig,
    /// The language model behind the assistant. `None` means that there is no chat.
    pub chat: Option<ChatConfig>,
    /// Who may read the service's metrics.
    pub metrics: MetricsConfig,
}

/// Returns all settings by group.
#[must_use]
pub fn groups() -> [Group; 14] {
    [
        web::LISTENING,
        data::GROUP,
        engine::GROUP,
        jobs::GROUP,
        access::GROUP,
        limits::GROUP,
        quotas::GROUP,
        web::CLIENTS,
        outgoing::GROUP,
        notifications::GROUP,
        chat::GROUP,
        scheduling::GROUP,
        logging::GROUP,
        metrics::GROUP,
    ]
}

/// The problems with the settings, one sentence for each.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// Reads the settings. `variable` returns the value of an environment variable.
    ///
    /// # Errors
    /// Lists every setting with an invalid value, and says which values are valid.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut env = Env::new(&variable);
        let data = DataConfig::read(&mut env);
        let scheduler = SchedulerConfig::read(&mut env);
        let host = web::host(&mut env);
        let slurm_key = scheduling::slurm_key(&env);
        let access = AccessConfig::read(&mut env, host, slurm_key);
        let (max_upload_bytes, limits) = limits::read(&mut env);
        let quotas = QuotaConfig::read(&mut env, access.tokens);
        let config = Self {
            web: WebConfig::read(&mut env, host, quotas.trust_proxy),
            data,
            engine: EngineConfig::read(&env),
            jobs: JobConfig::read(&mut env),
            scheduler,
            access,
            max_upload_bytes,
            limits,
            quotas,
            outgoing: OutgoingConfig::read(&mut env),
            notifications: NotificationConfig::read(&mut env),
            chat: ChatConfig::read(&mut env),
            metrics: MetricsConfig::read(&mut env),
        };
        if env.problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(env.problems))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{cell::RefCell, collections::BTreeSet, path::Path, time::Duration};

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|name| {
            variables
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn without_settings_the_service_is_local() {
        let config = read(&[]).unwrap();
        assert_eq!(
            (config.web.host.to_string(), config.web.port),
            ("127.0.0.1".to_owned(), 9300)
        );
        assert_eq!(
            config.data.database,
            Path::new("data/service-datamonkey.sqlite")
        );
        assert_eq!(config.data.base, Path::new("data"));
    }

    #[test]
    fn the_locations_of_the_go_service_are_used() {
        let config = read(&[
            ("DATASET_LOCATION", "/d"),
            ("JOB_TRACKER_LOCATION", "/j"),
            ("HYPHY_BASE_PATH", "/h"),
        ])
        .unwrap();
        assert_eq!(config.data.datasets, Path::new("/d"));
        assert_eq!(
            config.data.database,
            Path::new("/j/service-datamonkey.sqlite")
        );
        assert_eq!(config.data.base, Path::new("/h"));
    }

    #[test]
    fn owners_share_data_only_on_loopback() {
        let tokens = |variables: &[(&str, &str)]| read(variables).unwrap().access.tokens;
        assert!(!tokens(&[]));
        assert!(tokens(&[("SERVICE_DATAMONKEY_HOST", "0.0.0.0")]));
        assert!(tokens(&[("USER_TOKEN_ENABLED", "true")]));
        let open = [
            ("SERVICE_DATAMONKEY_HOST", "::"),
            ("USER_TOKEN_ENABLED", "false"),
        ];
        assert!(!tokens(&open));
        let access = read(&[("SESSION_CLEANUP_INTERVAL", "0")]).unwrap().access;
        assert_eq!(access.cleanup_interval, None);
        assert_eq!(access.max_age, Duration::from_secs(720 * 3600));
    }

    #[test]
    fn every_invalid_value_is_reported() {
        let error = read(&[
            ("SCHEDULER_TYPE", "Cron"),
            ("SERVICE_DATAMONKEY_PORT", "http"),
            ("LOCAL_MAX_JOBS", "0"),
            ("SESSION_MAX_AGE", "a month"),
        ])
        .unwrap_err();
        let text = error.to_string();
        for expected in [
            "SCHEDULER_TYPE is \"Cron\"; it must be one of LocalScheduler",
            "SERVICE_DATAMONKEY_PORT is \"http\"",
            "LOCAL_MAX_JOBS must be",
            "SESSION_MAX_AGE is \"a month\"; it must be a duration",
        ] {
            assert!(text.contains(expected), "{text}");
        }
        assert_eq!(error.0.len(), 4);
    }

    #[test]
    fn exactly_the_declared_settings_are_read() {
        let names = RefCell::new(BTreeSet::new());
        for (name, value) in [
            ("SCHEDULER_TYPE", "SlurmRestScheduler"),
            ("SCHEDULER_TYPE", "SlurmScheduler"),
            ("SLURM_MPI_LAUNCHER", "srun"),
            ("MODEL_PROVIDER", "google"),
            ("MODEL_PROVIDER", "openai"),
            ("MODEL_PROVIDER", "anthropic"),
            ("MODEL_PROVIDER", "ollama"),
        ] {
            let set = |asked: &str| {
                names.borrow_mut().insert(asked.to_owned());
                // What the others need beside them.
                let cluster = ("SCHEDULER_TYPE", "SlurmScheduler");
                let model = [
                    "MODEL_NAME",
                    "GOOGLE_API_KEY",
                    "OPENAI_API_KEY",
                    "ANTHROPIC_API_KEY",
                ];
                let model = model.map(|name| (name, "x"));
                let found = [(name, value), cluster].into_iter().chain(model);
                let mut found = found.filter(|(name, _)| *name == asked);
                found.next().map(|(_, value)| value.to_owned())
            };
            Config::read(set).unwrap();
            LogConfig::read(set);
        }
        let mut declared = BTreeSet::new();
        for setting in groups().iter().flat_map(|group| group.settings) {
            let analyses = hyphy::methods::ALL.iter();
            let analyses = analyses.filter(|_| setting.per_analysis);
            declared.extend(analyses.map(|analysis| setting.of(analysis).name.into_owned()));
            let is_new = declared.insert(setting.name.clone().into_owned());
            assert!(is_new, "{} is declared twice", setting.name);
        }
        assert_eq!(names.into_inner(), declared);
    }
}
