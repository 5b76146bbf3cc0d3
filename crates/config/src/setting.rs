//! Declarations of settings. The code that reads a setting declares it; [`groups`](crate::groups)
//! lists them all.

use std::borrow::Cow;

use hyphy::Analysis;

/// A setting of the service: an environment variable.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The name of the variable.
    pub name: Cow<'static, str>,
    /// Its default.
    pub default: Default,
    /// A short description.
    pub meaning: &'static str,
    /// Whether `NAME_ANALYSIS` can override it for one analysis.
    pub per_analysis: bool,
}

/// The value of a setting that is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// There is no default.
    None,
    /// A fixed value, in the form in which it would be set.
    Value(&'static str),
    /// A value that depends on other things, with a description.
    Described(&'static str),
}

impl Setting {
    /// Declares a setting without a default.
    #[must_use]
    pub const fn new(name: &'static str, meaning: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            default: Default::None,
            meaning,
            per_analysis: false,
        }
    }

    /// Adds a default.
    pub(crate) const fn or(mut self, value: &'static str) -> Self {
        self.default = Default::Value(value);
        self
    }

    /// Adds the description of a default that depends on other things.
    pub(crate) const fn or_else(mut self, description: &'static str) -> Self {
        self.default = Default::Described(description);
        self
    }

    /// Allows separate values for single analyses.
    pub(crate) const fn per_analysis(mut self) -> Self {
        self.per_analysis = true;
        self
    }

    /// Returns its name, and those by which it can be set for single analyses.
    pub(crate) fn names(&self) -> Vec<Cow<'static, str>> {
        let analyses = hyphy::methods::ALL.iter();
        let analyses = analyses.filter(|_| self.per_analysis);
        let own = std::iter::once(self.name.clone());
        own.chain(analyses.map(|analysis| self.of(analysis).name))
            .collect()
    }

    /// Returns the setting for one analysis, which has no default of its own.
    pub(crate) fn of(&self, analysis: &Analysis) -> Self {
        let suffix = analysis.id.to_uppercase().replace('-', "_");
        Self {
            name: Cow::Owned(format!("{}_{suffix}", self.name)),
            default: Default::None,
            ..self.clone()
        }
    }
}

/// A group of related settings.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// The title of the group.
    pub title: &'static str,
    /// The settings.
    pub settings: &'static [&'static Setting],
}
