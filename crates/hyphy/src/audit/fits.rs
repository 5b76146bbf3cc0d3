//! Fits of nested models. A model cannot fit worse than one that it contains, so if it does, the
//! search for its parameters stopped too early.

use serde_json::Value;

use crate::Analysis;

/// Differences up to this value, in units of log likelihood, come from the optimiser's precision.
pub const FIT_TOLERANCE: f64 = 0.01;

/// A model whose fit is worse than that of a model that it contains.
#[derive(Debug, Clone, PartialEq)]
pub struct BadFit {
    /// The model, as HyPhy names it.
    pub model: String,
    /// The model that it contains.
    pub contained: String,
    /// How much lower its log likelihood is.
    pub difference: f64,
}

impl BadFit {
    /// A sentence for people.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!(
            "The model \"{}\" fits worse than the simpler model \"{}\" that it contains (its log \
             likelihood is lower by {:.2}), so HyPhy did not find its best fit.",
            self.model, self.contained, self.difference
        )
    }
}

/// The bad fits among a result's models.
#[must_use]
pub fn bad_fits(analysis: &Analysis, fits: &Value) -> Vec<BadFit> {
    let likelihood = |model: &str| fits[model]["Log Likelihood"].as_f64();
    let compare = |(contained, model): &(&str, &str)| {
        let difference = likelihood(contained)? - likelihood(model)?;
        (difference > FIT_TOLERANCE).then(|| BadFit {
            model: (*model).to_owned(),
            contained: (*contained).to_owned(),
            difference,
        })
    };
    analysis.nested_models.iter().filter_map(compare).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::methods;

    #[test]
    fn a_model_that_fits_worse_than_one_it_contains_is_a_bad_fit() {
        let relax = methods::find("relax").unwrap();
        let fits = json!({
            "RELAX null": {"Log Likelihood": -455.2},
            "RELAX alternative": {"Log Likelihood": -525.1},
        });
        let found = bad_fits(relax, &fits);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].model, "RELAX alternative");
        assert!((found[0].difference - 69.9).abs() < 1e-6);
        let good = json!({
            "RELAX null": {"Log Likelihood": -455.205},
            "RELAX alternative": {"Log Likelihood": -455.21},
        });
        assert_eq!(bad_fits(relax, &good), []);
    }
}
