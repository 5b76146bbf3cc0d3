//! `datamonkey doctor`.

use std::process::ExitCode;

use config::{Config, ConfigError};
use service::doctor::{State, examine};

use super::serve::Environment;

/// Prints what is right and what is wrong. Fails if anything is wrong.
#[tokio::main]
pub(crate) async fn doctor() -> anyhow::Result<ExitCode> {
    let environment = Environment::read()?;
    let mut wrong = 0;
    let mut say = |state: State, name: &str, detail: &str| {
        println!("{state:<8} {name:<14} {detail}");
        wrong += u32::from(state == State::Wrong);
    };
    for misspelt in environment.misspelt() {
        say(State::Warning, "settings", &format!("{misspelt}."));
    }
    match Config::read(|name| environment.find(name).map(|(value, _)| value)) {
        Err(ConfigError(problems)) => {
            for problem in problems {
                say(State::Wrong, "settings", &problem);
            }
        }
        Ok(config) => {
            say(State::Good, "settings", "They are valid.");
            for found in examine(&config).await {
                say(found.state, found.name, &found.detail);
            }
        }
    }
    Ok(if wrong == 0 {
        println!("\nNothing is wrong.");
        ExitCode::SUCCESS
    } else {
        let things = if wrong == 1 { "thing is" } else { "things are" };
        println!("\n{wrong} {things} wrong.");
        ExitCode::FAILURE
    })
}
