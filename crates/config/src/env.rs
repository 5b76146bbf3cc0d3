//! Reads settings, and collects the problems with them.

use std::{path::PathBuf, str::FromStr, time::Duration};

use crate::setting::{Default, Setting};

/// The environment that settings are read from.
pub(crate) struct Env<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    /// The problems so far, one sentence for each.
    pub(crate) problems: Vec<String>,
}

impl<'a> Env<'a> {
    pub(crate) fn new(variable: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            variable,
            problems: Vec::new(),
        }
    }

    /// Returns the value of a setting. An empty variable counts as unset.
    pub(crate) fn get(&self, setting: &Setting) -> Option<String> {
        (self.variable)(&setting.name).filter(|value| !value.trim().is_empty())
    }

    /// Returns the value of a setting, or its default.
    pub(crate) fn text(&self, setting: &Setting) -> Option<String> {
        self.get(setting).or_else(|| literal(setting))
    }

    pub(crate) fn path(&self, setting: &Setting) -> Option<PathBuf> {
        self.text(setting).map(PathBuf::from)
    }

    /// Checks that the value is one of `allowed`.
    pub(crate) fn one_of(&mut self, setting: &Setting, allowed: &[&str]) {
        if let Some(value) = self.get(setting)
            && !allowed.contains(&value.as_str())
        {
            let (name, allowed) = (&setting.name, allowed.join(", "));
            self.problems.push(format!(
                "{name} is \"{value}\"; it must be one of {allowed}."
            ));
        }
    }

    /// Parses the value or the default, if there is either. `expected` describes valid values.
    pub(crate) fn optional<T: FromStr>(&mut self, setting: &Setting, expected: &str) -> Option<T> {
        let value = self.text(setting)?;
        let parsed = value.trim().parse().ok();
        if parsed.is_none() {
            let name = &setting.name;
            self.problems
                .push(format!("{name} is \"{value}\"; it must be {expected}."));
        }
        parsed
    }

    /// Parses the value or the default. Returns `otherwise` if the default depends on other
    /// settings, and also for an invalid value, which is reported as a problem.
    pub(crate) fn parse_or<T: FromStr>(
        &mut self,
        setting: &Setting,
        expected: &str,
        otherwise: T,
    ) -> T {
        self.optional(setting, expected).unwrap_or(otherwise)
    }

    /// Parses a number of at least 1.
    pub(crate) fn at_least_1_or<T: FromStr + PartialOrd + From<u8>>(
        &mut self,
        setting: &Setting,
        otherwise: T,
    ) -> T {
        let value = self.parse_or(setting, "a whole number of at least 1", otherwise);
        if value < T::from(1) {
            let name = &setting.name;
            self.problems.push(format!("{name} must be at least 1."));
        }
        value
    }

    /// Parses a number of at least 1, or the default.
    pub(crate) fn at_least_1<T: FromStr + PartialOrd + From<u8>>(
        &mut self,
        setting: &Setting,
    ) -> T {
        self.at_least_1_or(setting, T::from(1))
    }

    /// Parses a whole number of seconds, at least 1.
    pub(crate) fn seconds(&mut self, setting: &Setting) -> Duration {
        Duration::from_secs(self.at_least_1(setting))
    }

    /// Parses a duration such as `720h` or `1h30m`.
    pub(crate) fn duration(&mut self, setting: &Setting) -> Duration {
        let value = self.text(setting).unwrap_or_default();
        // As in Go, 0 needs no unit.
        if value.trim() == "0" {
            return Duration::ZERO;
        }
        humantime::parse_duration(value.trim()).unwrap_or_else(|_| {
            let name = &setting.name;
            self.problems.push(format!(
                "{name} is \"{value}\"; it must be a duration such as 720h or 90m."
            ));
            Duration::ZERO
        })
    }
}

/// Returns the default, if it is a fixed value.
fn literal(setting: &Setting) -> Option<String> {
    match setting.default {
        Default::Value(value) => Some(value.to_owned()),
        Default::None | Default::Described(_) => None,
    }
}
