//! What a setting is. The settings themselves are declared beside the code that reads them;
//! [`groups`](crate::groups) lists them all.

use std::borrow::Cow;

use hyphy::Analysis;

/// A setting of the service: an environment variable.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Name of the variable.
    pub name: Cow<'static, str>,
    /// Its default.
    pub default: Default,
    /// What it sets, in a few words.
    pub meaning: &'static str,
    /// Whether an analysis can have a value of its own, in `NAME_ANALYSIS`.
    pub per_analysis: bool,
}

/// The value of a setting that is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// None.
    None,
    /// This value, as it would be written.
    Value(&'static str),
    /// A value that depends on something, which this describes.
    Described(&'static str),
}

impl Setting {
    /// A setting without a default.
    #[must_use]
    pub const fn new(name: &'static str, meaning: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            default: Default::None,
            meaning,
            per_analysis: false,
        }
    }

    /// The setting with this default.
    pub(crate) const fn or(mut self, value: &'static str) -> Self {
        self.default = Default::Value(value);
        self
    }

    /// The setting with a default that depends on something.
    pub(crate) const fn or_else(mut self, description: &'static str) -> Self {
        self.default = Default::Described(description);
        self
    }

    /// The setting with values for single analyses.
    pub(crate) const fn per_analysis(mut self) -> Self {
        self.per_analysis = true;
        self
    }

    /// The setting for one analysis. It has no default of its own.
    pub(crate) fn of(&self, analysis: &Analysis) -> Self {
        let suffix = analysis.id.to_uppercase().replace('-', "_");
        Self {
            name: Cow::Owned(format!("{}_{suffix}", self.name)),
            default: Default::None,
            ..self.clone()
        }
    }
}

/// Settings that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// What they are about.
    pub title: &'static str,
    /// The settings.
    pub settings: &'static [&'static Setting],
}
