//! Verifies the engine by running it, and notices when it disappears and returns.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use config::EngineConfig;
use hyphy::{
    Engine,
    capabilities::help_command,
    engine::{Candidate, Capabilities, candidates, parse_version},
    methods,
};
use scheduler::probe;

use crate::native_engine::offer;

const TIMEOUT: Duration = Duration::from_secs(20);
const REMEDY: &str = "Install one with `make install`, or set HYPHY_PATH to a HyPhy program \
    (Debian: /usr/lib/hyphy/bin/hyphy-avx).";
/// How often the service checks whether the engine is there.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// The engine that currently runs jobs, or the reason why there is none.
#[derive(Debug)]
pub(crate) struct CurrentEngine(RwLock<Result<Arc<Engine>, String>>);

impl CurrentEngine {
    /// Looks for an engine.
    pub(crate) async fn find(config: &EngineConfig) -> Self {
        let found = find(config).await;
        match &found {
            Ok(engine) => tracing::info!("the engine is {engine}"),
            Err(why) => tracing::error!("{why}"),
        }
        Self(RwLock::new(found))
    }

    /// Returns the engine.
    ///
    /// # Errors
    /// Returns the reason why there is none, and what to do about it.
    pub(crate) fn get(&self) -> Result<Arc<Engine>, String> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Checks for as long as the service runs whether the engine is there. Calls `found` when it
    /// has returned.
    pub(crate) async fn watch(&self, config: &EngineConfig, found: impl Fn()) {
        loop {
            tokio::time::sleep(CHECK_INTERVAL).await;
            match self.get() {
                Ok(engine) if is_there(&engine).await => {}
                Ok(engine) => {
                    let shown = engine.candidate.program.display();
                    let why = format!("HyPhy is no longer at {shown}. {REMEDY} {}", offer());
                    tracing::error!("{why}");
                    self.set(Err(why));
                }
                Err(before) => match find(config).await {
                    Ok(engine) => {
                        tracing::info!("the engine is {engine}");
                        self.set(Ok(engine));
                        found();
                    }
                    Err(why) if why != before => {
                        tracing::error!("{why}");
                        self.set(Err(why));
                    }
                    Err(_) => {}
                },
            }
        }
    }

    fn set(&self, now: Result<Arc<Engine>, String>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

/// Returns whether the engine's files exist. The engine itself was verified when it was found.
async fn is_there(engine: &Arc<Engine>) -> bool {
    let engine = Arc::clone(engine);
    let check = move || engine.candidate.program.exists() && engine.candidate.library.exists();
    // A check that was aborted proves nothing.
    tokio::task::spawn_blocking(check).await.unwrap_or(true)
}

/// Returns the first engine that runs and finds its library.
async fn find(config: &EngineConfig) -> Result<Arc<Engine>, String> {
    let mut failures = Vec::new();
    for candidate in candidates(config.hyphy.as_deref(), &config.folders) {
        match verify(candidate).await {
            Ok(engine) => return Ok(Arc::new(engine)),
            Err(why) => failures.push(why),
        }
    }
    let why = match (&config.hyphy, failures.first()) {
        (_, Some(why)) => why.clone(),
        (Some(path), None) => format!("there is no HyPhy at HYPHY_PATH={}", path.display()),
        (None, None) => "no HyPhy was found on this machine".to_owned(),
    };
    Err(format!("No usable HyPhy: {why}. {REMEDY} {}", offer()))
}

async fn verify(candidate: Candidate) -> Result<Engine, String> {
    let shown = candidate.program.display();
    let output = probe::run(&candidate.version_command(), TIMEOUT).await?;
    let version = parse_version(&output.text)
        .ok_or_else(|| format!("{shown} does not print its version when it is run"))?;
    let capabilities = capabilities(&candidate).await?;
    // An engine without its library supports no analyses.
    if capabilities.is_empty() {
        return Err(format!(
            "{shown} does not find its library at {}",
            candidate.library.display()
        ));
    }
    Ok(Engine {
        candidate,
        version,
        capabilities,
    })
}

/// Asks the engine for the keywords of all analyses concurrently.
async fn capabilities(candidate: &Candidate) -> Result<Capabilities, String> {
    let requests = methods::ALL.iter().filter_map(|analysis| {
        let command = help_command(candidate, analysis)?;
        Some(async move { (analysis, probe::run(&command, TIMEOUT).await) })
    });
    let mut capabilities = Capabilities::default();
    for (analysis, output) in futures::future::join_all(requests).await {
        capabilities.add(analysis, &output?.text);
    }
    Ok(capabilities)
}
