//! Proving that there is an engine, by running it.

use std::time::Duration;

use hyphy::{
    Engine,
    capabilities::{Capabilities, help_command},
    engine::{Candidate, candidates, parse_version},
    methods,
};
use scheduler::probe;

use crate::Config;

const TIMEOUT: Duration = Duration::from_secs(20);
const REMEDY: &str = "Install one with `make install`, or set HYPHY_PATH to a HyPhy program \
    (Debian: /usr/lib/hyphy/bin/hyphy-avx) and restart the service.";

/// The first engine that runs and finds its library.
///
/// # Errors
/// Why there is none, with what to do.
pub(crate) async fn find(config: &Config) -> Result<Engine, String> {
    let mut tried = Vec::new();
    for candidate in candidates(config.hyphy_path.as_deref(), &config.engine_folders) {
        match prove(candidate).await {
            Ok(engine) => return Ok(engine),
            Err(why) => tried.push(why),
        }
    }
    let why = match (&config.hyphy_path, tried.first()) {
        (_, Some(why)) => why.clone(),
        (Some(path), None) => format!("there is no HyPhy at HYPHY_PATH={}", path.display()),
        (None, None) => "no HyPhy was found on this machine".to_owned(),
    };
    Err(format!("No usable HyPhy: {why}. {REMEDY}"))
}

async fn prove(candidate: Candidate) -> Result<Engine, String> {
    let shown = candidate.program.display();
    let output = probe::run(&candidate.version_command(), TIMEOUT).await?;
    let version = parse_version(&output.text)
        .ok_or_else(|| format!("{shown} does not say its version when it is run"))?;
    let capabilities = capabilities(&candidate).await?;
    // Without its library it has nothing.
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

/// Asks the engine for the keywords of every analysis, all at once.
async fn capabilities(candidate: &Candidate) -> Result<Capabilities, String> {
    let asked = methods::ALL.iter().filter_map(|analysis| {
        let command = help_command(candidate, analysis)?;
        Some(async move { (analysis, probe::run(&command, TIMEOUT).await) })
    });
    let mut capabilities = Capabilities::default();
    for (analysis, output) in futures::future::join_all(asked).await {
        capabilities.add(analysis, &output?.text);
    }
    Ok(capabilities)
}
