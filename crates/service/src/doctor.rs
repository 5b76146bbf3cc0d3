//! Examines everything that the service needs, without starting it, and says what to mend.

use std::{
    fmt,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use config::{Config, SchedulerConfig};
use scheduler::{
    Health,
    sandbox::{self, Level, Mode},
};
use store::{DatabaseFile, Snapshot};

use crate::{
    current_engine::CurrentEngine, files::free_bytes, key::Key, native_engine, scheduling,
};

/// What an examination found about one thing.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What was examined.
    pub name: &'static str,
    /// How it is.
    pub state: State,
    /// What was found, and what to do about it.
    pub detail: String,
}

/// How one thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Good,
    /// The service works, but not as well as it could, or not as safely.
    Warning,
    /// The service does not start, or cannot run jobs.
    Wrong,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        })
    }
}

fn finding(name: &'static str, state: State, detail: impl Into<String>) -> Finding {
    let detail = detail.into();
    Finding {
        name,
        state,
        detail,
    }
}

/// Examines everything. A service may be running; nothing is changed.
pub async fn examine(config: &Config) -> Vec<Finding> {
    let mut found = vec![engine(config).await, native(config)];
    found.extend(folders(config));
    found.push(space(config));
    found.push(sandbox_level(config).await);
    found.push(scheduler(config).await);
    found.extend(database(&config.data.database).await);
    found.push(key(config));
    found.push(proxy(config));
    found
}

async fn engine(config: &Config) -> Finding {
    match CurrentEngine::find(&config.engine).await.get() {
        Ok(engine) => finding("engine", State::Good, engine.to_string()),
        Err(why) => finding("engine", State::Wrong, why),
    }
}

fn native(config: &Config) -> Finding {
    match native_engine::NativeEngine::find(config) {
        Ok(_) => finding("native engine", State::Good, native_engine::offer()),
        Err(why) => finding("native engine", State::Warning, why),
    }
}

/// The folders of the settings, each once.
fn roots(config: &Config) -> Vec<PathBuf> {
    let beside = config.data.database.parent().unwrap_or(Path::new("."));
    let mut roots = vec![
        config.data.datasets.clone(),
        config.data.base.clone(),
        beside.to_owned(),
    ];
    roots.dedup();
    roots
}

fn folders(config: &Config) -> Vec<Finding> {
    let examine = |folder: PathBuf| {
        let shown = folder.display();
        let nearest = existing(&folder);
        if let Err(e) = tempfile::tempfile_in(&nearest) {
            let detail = format!(
                "{} cannot be written: {e}. Make it writable for the user of the service, or name \
                 another folder (DATAMONKEY_DATA)",
                nearest.display()
            );
            return finding("folder", State::Wrong, detail);
        }
        if nearest == folder {
            finding("folder", State::Good, format!("{shown} can be written."))
        } else {
            let detail = format!("{shown} does not exist; the service will create it.");
            finding("folder", State::Good, detail)
        }
    };
    roots(config).into_iter().map(examine).collect()
}

/// Returns the folder, or the nearest one above it that exists.
fn existing(folder: &Path) -> PathBuf {
    let found = folder.ancestors().find(|above| above.is_dir());
    found.unwrap_or(Path::new(".")).to_owned()
}

fn space(config: &Config) -> Finding {
    let least = config.quotas.min_free_bytes;
    let mut free = u64::MAX;
    for folder in roots(config) {
        match free_bytes(&existing(&folder)) {
            Ok(bytes) => free = free.min(bytes),
            Err(e) => {
                let detail = format!("{} cannot be examined: {e}", folder.display());
                return finding("space", State::Warning, detail);
            }
        }
    }
    if free < least {
        let detail = format!(
            "{free} bytes are free, less than MIN_FREE_BYTES ({least}), so uploads are refused. \
             Free some space, or set it lower"
        );
        return finding("space", State::Wrong, detail);
    }
    finding("space", State::Good, format!("{free} bytes are free."))
}

async fn sandbox_level(config: &Config) -> Finding {
    const NAME: &str = "sandbox";
    if let SchedulerConfig::Slurm(settings) = &config.scheduler
        && settings.wrapper.is_none()
    {
        let detail = "Jobs on the cluster are not confined. Set SLURM_WRAPPER_PATH to the datamonkey \
                      program on its nodes";
        return finding(NAME, State::Warning, detail);
    }
    let mode = config.jobs.sandbox.unwrap_or(Mode::BestEffort);
    match sandbox::probe(&config.jobs.supervisor, mode).await {
        Ok(Level::Full) => finding(NAME, State::Good, "Jobs are confined fully."),
        Ok(level) => {
            let detail = format!(
                "The confinement of jobs has the level {level}. Linux 5.13 or newer with Landlock \
                 confines them fully"
            );
            finding(NAME, State::Warning, detail)
        }
        Err(why) => finding(
            NAME,
            State::Wrong,
            format!("SANDBOX={}: {why}", mode.word()),
        ),
    }
}

async fn scheduler(config: &Config) -> Finding {
    const NAME: &str = "scheduler";
    /// A cluster that does not answer within this time counts as absent.
    const PATIENCE: Duration = Duration::from_secs(20);
    const PAUSE: Duration = Duration::from_millis(100);
    if let SchedulerConfig::Local = config.scheduler {
        let detail = format!(
            "Jobs run on this machine, at most {} at the same time.",
            config.jobs.max_running
        );
        return finding(NAME, State::Good, detail);
    }
    let attempts = config.data.base.join("attempts");
    let opened = scheduling::open(config, attempts, Mode::Off, None).await;
    let scheduler = match opened {
        Ok(scheduling) => scheduling.scheduler,
        Err(e) => return finding(NAME, State::Wrong, format!("{e:#}")),
    };
    let has_answered = |health: &Health| {
        let cluster = health.cluster.as_ref();
        cluster.is_none_or(|seen| seen.last_contact.is_some() || seen.failing_since.is_some())
    };
    let asked = async {
        loop {
            let health = scheduler.health().await;
            if has_answered(&health) {
                return health;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(health) if health.usable => finding(NAME, State::Good, health.detail),
        Ok(health) => finding(NAME, State::Wrong, health.detail),
        Err(_) => {
            let detail = format!(
                "The cluster did not answer within {} s. See that the addresses and programs of the \
                 settings of Slurm are right, and that slurmctld runs",
                PATIENCE.as_secs()
            );
            finding(NAME, State::Wrong, detail)
        }
    }
}

async fn database(path: &Path) -> Vec<Finding> {
    const NAME: &str = "database";
    let shown = path.display();
    match DatabaseFile::new(path).is_empty() {
        Ok(false) => {}
        Ok(true) => {
            let detail = format!("{shown} does not exist; the service will create it.");
            return vec![finding(NAME, State::Good, detail)];
        }
        Err(e) => return vec![finding(NAME, State::Wrong, format!("{shown}: {e}"))],
    }
    let mut found = Vec::new();
    if let Some(warning) = readable_by_others(path) {
        found.push(finding(NAME, State::Warning, warning));
    }
    let examined = async {
        let snapshot = Snapshot::open(path).await?;
        snapshot.refuse_newer().await?;
        let damage = snapshot.damage().await?;
        let last = snapshot.last_change().await?;
        snapshot.close().await;
        anyhow::Ok((damage, last))
    };
    match examined.await {
        Err(e) => found.push(finding(NAME, State::Wrong, format!("{shown}: {e:#}"))),
        Ok((damage, _)) if !damage.is_empty() => {
            let detail = format!(
                "{shown} is damaged: {}. Stop the service, move the database away, and restore a \
                 backup (datamonkey restore)",
                damage.join("; ")
            );
            found.push(finding(NAME, State::Wrong, detail));
        }
        Ok((_, last)) => {
            found.push(finding(NAME, State::Good, format!("{shown} is sound.")));
            found.push(clock(last));
        }
    }
    found
}

/// A clock that was set back gives jobs wrong times, and lets tokens live longer.
fn clock(last: Option<String>) -> Finding {
    let now = store::clock::now();
    let last: Option<DateTime<Utc>> = last.and_then(|last| last.parse().ok());
    match last {
        Some(last) if last > now + TimeDelta::minutes(1) => {
            let detail = format!(
                "The last job changed at {last}, which is in the future: this machine's clock is \
                 slow. Set it, for example with chrony"
            );
            finding("clock", State::Wrong, detail)
        }
        _ => finding(
            "clock",
            State::Good,
            format!("It is {}.", now.format("%Y-%m-%d %H:%M:%S UTC")),
        ),
    }
}

fn key(config: &Config) -> Finding {
    const NAME: &str = "key";
    let own = config.data.database.with_extension("key");
    let path = config.access.key.as_ref().unwrap_or(&own);
    if config.access.key.is_none() && !own.exists() {
        let detail = "The service will create its key for tokens at the first start.";
        return finding(NAME, State::Good, detail);
    }
    match Key::open(config) {
        Err(e) => finding(NAME, State::Wrong, format!("{e:#}")),
        Ok(_) => match readable_by_others(path) {
            Some(warning) => finding(NAME, State::Warning, warning),
            None => finding(NAME, State::Good, "The key for tokens can be read."),
        },
    }
}

fn readable_by_others(path: &Path) -> Option<String> {
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| {
        let shown = path.display();
        format!("Other users can read {shown} (mode {mode:o}). Run chmod 600 {shown}")
    })
}

fn proxy(config: &Config) -> Finding {
    const NAME: &str = "proxy";
    let is_loopback = config.web.host.is_loopback();
    if config.quotas.trust_proxy && !is_loopback {
        let detail = "TRUST_PROXY is on, and the service listens on an address that others can reach. \
                      Whoever reaches it without the proxy can pretend to have any address. Listen on \
                      127.0.0.1, or let only the proxy reach the port";
        return finding(NAME, State::Warning, detail);
    }
    let is_published = config.quotas.trust_proxy || !is_loopback;
    if !config.access.tokens && is_published {
        let detail = "Everybody who reaches the service shares all data, because tokens are off. Set \
                      USER_TOKEN_ENABLED=true, or let nobody else reach the service";
        return finding(NAME, State::Warning, detail);
    }
    let detail = if config.quotas.trust_proxy {
        "Addresses of clients come from a proxy on this machine."
    } else {
        "Clients reach the service directly (TRUST_PROXY is off)."
    };
    finding(NAME, State::Good, detail)
}
