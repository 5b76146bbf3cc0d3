//! Proving that there is an engine, by running it.

use std::time::Duration;

use hyphy::{
    Engine,
    engine::{Candidate, candidates, parse_version, proves_library},
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
    let output = probe::run(&candidate.proof_command(), TIMEOUT).await?;
    if !proves_library(&output.text) {
        return Err(format!(
            "{shown} does not find its library at {}",
            candidate.library.display()
        ));
    }
    Ok(Engine { candidate, version })
}
