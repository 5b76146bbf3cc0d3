//! What an analysis takes: rate classes, which need memory, and time.

use serde_json::Value;

use crate::parameters::Parameters;

/// Cost of an analysis, apart from its data.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Rate classes of its largest model.
    pub classes: u32,
    /// Usual run time in seconds for 20 sequences and 50 different variable sites, with default
    /// parameters, on one thread of the machine on which it was measured.
    pub seconds: u32,
    /// How it grows with the number of different variable sites: the exponent of a power, 1 for
    /// analyses that treat one site after the other.
    pub patterns_exponent: f64,
    /// The parameters that make it longer or shorter. `bench/estimates` measures them.
    pub options: &'static [OptionCost],
}

/// What a parameter does to the run time.
#[derive(Debug, Clone, Copy)]
pub struct OptionCost {
    /// The parameter.
    pub parameter: &'static str,
    /// What its values do.
    pub effect: Effect,
}

/// What the values of a parameter do to the run time.
#[derive(Debug, Clone, Copy)]
pub enum Effect {
    /// Factors of the run time by value, as text; 1 for other values.
    Factors(&'static [(&'static str, f64)]),
    /// Each unit above `usual` adds the fraction `each` of the usual run time.
    Linear {
        /// The value to which the usual run time applies.
        usual: f64,
        /// Added for each unit.
        each: f64,
    },
}

impl OptionCost {
    /// Time by the values of a parameter that has few.
    pub(crate) const fn factors(
        parameter: &'static str,
        factors: &'static [(&'static str, f64)],
    ) -> Self {
        let effect = Effect::Factors(factors);
        Self { parameter, effect }
    }

    /// Time that grows with a number.
    pub(crate) const fn linear(parameter: &'static str, usual: f64, each: f64) -> Self {
        let effect = Effect::Linear { usual, each };
        Self { parameter, effect }
    }

    /// The factor of the run time for these parameters; 1 if they lack this one.
    pub(crate) fn factor(&self, parameters: &Parameters) -> f64 {
        /// No option makes an analysis shorter than this.
        const LEAST: f64 = 0.05;
        let Some(value) = parameters.get(self.parameter) else {
            return 1.0;
        };
        let factor = match self.effect {
            Effect::Factors(factors) => {
                let text = match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                let found = factors.iter().find(|(word, _)| *word == text);
                found.map_or(1.0, |(_, factor)| *factor)
            }
            Effect::Linear { usual, each } => value
                .as_f64()
                .map_or(1.0, |value| 1.0 + each * (value - usual)),
        };
        factor.max(LEAST)
    }
}
