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

/// Sentences about distributions of rates of which the result lacks classes. HyPhy's RELAX writes
/// one class too few of some models after it has reduced the number of classes of another.
#[must_use]
pub fn incomplete_distributions(fits: &Value) -> Vec<String> {
    /// Weights are rounded nowhere, so that they add up to 1.
    const TOLERANCE: f64 = 1e-3;
    let mut incomplete = Vec::new();
    for (model, fit) in fits.as_object().into_iter().flatten() {
        let distributions = fit["Rate Distributions"].as_object();
        let lacks = |classes: &Value| {
            let classes = classes.as_object()?;
            let weights: Option<f64> = classes.values().map(|it| it["proportion"].as_f64()).sum();
            weights.map(|sum| 1.0 - sum).filter(|it| *it > TOLERANCE)
        };
        let missing = distributions.into_iter().flatten();
        if let Some(most) = missing.filter_map(|(_, it)| lacks(it)).reduce(f64::max) {
            incomplete.push((model.as_str(), most));
        }
    }
    if incomplete.is_empty() {
        return Vec::new();
    }
    let models: Vec<String> = incomplete
        .iter()
        .map(|(model, weight)| format!("{model} ({:.1}% of the weight)", weight * 100.0))
        .collect();
    vec![format!(
        "HyPhy's result lacks a class of the rates of some models: {}. Figures and tables show only \
         the classes that it has; the log has all of them. The test is not affected.",
        models.join(", ")
    )]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::methods;

    #[test]
    fn a_distribution_that_does_not_add_up_lacks_a_class() {
        let whole =
            json!({"0": {"omega": 0.1, "proportion": 0.9}, "1": {"omega": 2.0, "proportion": 0.1}});
        let part =
            json!({"0": {"omega": 0.1, "proportion": 0.8}, "1": {"omega": 2.0, "proportion": 0.1}});
        let rates = json!({"Substitution rate from A to C": 0.4});
        let fits = json!({
            "GTR": {"Rate Distributions": rates},
            "Null": {"Rate Distributions": {"Test": whole, "Reference": part}},
            "Alternative": {"Rate Distributions": {"Test": whole}},
        });
        let said = incomplete_distributions(&fits);
        assert_eq!(said.len(), 1);
        assert!(
            said[0].contains("Null (10.0% of the weight). Figures"),
            "{said:?}"
        );
        assert!(
            incomplete_distributions(&json!({"Null": {"Rate Distributions": {"Test": whole}}}))
                .is_empty()
        );
    }

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
