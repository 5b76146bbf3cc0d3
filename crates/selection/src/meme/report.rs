//! MEME's result in the layout of HyPhy's JSON.

use serde_json::{Map, Value, json};

use super::{PartitionTests, SiteFit, SiteTests, branches::Branches, p_value};
use crate::{
    fits::NucleotideFit,
    input::Input,
    model::SINGLE,
    result::{self, About, BranchAttributes, Fits, Timers},
    site_models::bootstrap_p_value,
};

const ABOUT: About = About {
    id: "meme",
    authors: "Sergei L. Kosakovsky Pond, Steven Weaver",
    citation: "Detecting Individual Sites Subject to Episodic Diversifying Selection. _PLoS Genet_ \
        8(7): e1002764.",
    info: "MEME (Mixed Effects Model of Evolution) estimates a site-wise synonymous (&alpha;) rate and \
        a mixture of non-synonymous (&beta;) rates, and uses a likelihood ratio test to determine if \
        &beta;+ > &alpha; at a site.",
};
const POSTERIORS: &str = "Posterior prob omega class by site";
/// Codons that are less probable are not imputed.
const IMPROBABLE: f64 = 1e-6;

fn headers(classes: usize) -> Value {
    let mut columns = vec![json!(["&alpha;", "Synonymous substitution rate at a site"])];
    for class in 1..classes {
        columns.push(json!([
            format!("&beta;<sup>{class}</sup>"),
            format!(
                "Non-synonymous substitution rate at a site for the negative/neutral evolution \
                 component {class}"
            ),
        ]));
        columns.push(json!([
            format!("p<sup>{class}</sup>"),
            format!(
                "Mixture distribution weight allocated to negative/neutral evolution component \
                 {class}"
            ),
        ]));
    }
    let fixed = [
        (
            "&beta;<sup>+</sup>",
            "Non-synonymous substitution rate at a site for the positive selection component",
        ),
        (
            "p<sup>+</sup>",
            "Mixture distribution weight allocated to the positive selection component",
        ),
        (
            "LRT",
            "Likelihood ratio test statistic for episodic diversification, i.e., p<sup>+</sup> &gt; 0 \
             <emph>and<emph> &beta;<sup>+</sup> &gt; &alpha;",
        ),
        (
            "p-value",
            "Asymptotic p-value for episodic diversification, i.e., p<sup>+</sup> &gt; 0 \
             <emph>and<emph> &beta;<sup>+</sup> &gt; &alpha;",
        ),
        (
            "# branches under selection",
            "The (very approximate and rough) estimate of how many branches may have been under \
             selection at this site, i.e., had an empirical Bayes factor of 100 or more for the \
             &beta;<sup>+</sup> rate",
        ),
        (
            "Total branch length",
            "The total length of branches contributing to inference at this site, and used to scale \
             dN-dS",
        ),
        ("MEME LogL", "Site Log-likelihood under the MEME model"),
        ("FEL LogL", "Site Log-likelihood under the FEL model"),
        (
            "FEL &alpha;",
            "Synonymous substitution rate at a site under the FEL model",
        ),
        (
            "FEL &beta;",
            "Non-synonymous substitution rate at a site under the FEL model",
        ),
    ];
    columns.extend(fixed.map(|(name, meaning)| json!([name, meaning])));
    Value::from(columns)
}

/// The result.
pub(super) fn report(
    tests: &SiteTests<'_>,
    input: &Input<'_>,
    nucleotides: &NucleotideFit,
    partitions: &[PartitionTests],
    timers: Timers,
) -> Value {
    let options = tests.options;
    let model = tests.models.model;
    let (data, pruned) = (model.data, model.pruned);
    let classes = options.rates as usize;
    let mut attributes = BranchAttributes::new(data, pruned);
    attributes.add_codon_lengths(model, tests.models.fit);
    attributes.declare(POSTERIORS, "branch annotations", -1);
    let mut content = Vec::new();
    let mut substitutions = Vec::new();
    let mut statistics = Vec::new();
    let mut imputed = Vec::new();
    for (place, partition) in partitions.iter().enumerate() {
        let sites = SitesOf::new(tests, place, partition);
        content.push(sites.rows(classes));
        substitutions.push(sites.substitutions());
        statistics.push(sites.statistics());
        if options.impute_states {
            imputed.push(sites.imputed());
        }
        sites.add_posteriors(classes, &mut attributes);
    }
    let mut mle = result::object([
        ("content", result::by_index(content)),
        ("headers", headers(classes)),
    ]);
    if options.replicates > 0 {
        mle["LRT"] = result::by_index(statistics);
    }
    if options.impute_states {
        mle["Imputed States"] = result::by_index(imputed);
    }
    let settings = json!({
        "Imputed States": u8::from(options.impute_states),
        "multihit": "None",
        "pvalue": result::number(options.p_value),
        "rates": options.rates,
        "resample": options.replicates,
    });
    let fits = Fits {
        model,
        nucleotides,
        codons: tests.models.fit,
    };
    let mut value = result::common(&ABOUT, Some(settings), input, &fits, attributes);
    value["MLE"] = mle;
    value["substitutions"] = result::by_index(substitutions);
    value["timers"] = timers.into_value("Total time");
    if options.replicates > 0 {
        value["simulated"] = json!(options.replicates);
    }
    result::sorted(value)
}

/// The sites of one partition.
struct SitesOf<'a> {
    tests: &'a SiteTests<'a>,
    place: usize,
    partition: &'a PartitionTests,
    /// The pattern of each site, and the fit of each pattern.
    patterns: &'a [usize],
    fit_of: Vec<Option<usize>>,
}

impl<'a> SitesOf<'a> {
    fn new(tests: &'a SiteTests<'a>, place: usize, partition: &'a PartitionTests) -> Self {
        let patterns = tests.models.model.partitions()[place].patterns;
        let mut fit_of = vec![None; patterns.len()];
        for (index, fit) in partition.fits.iter().enumerate() {
            fit_of[fit.pattern] = Some(index);
        }
        Self {
            tests,
            place,
            partition,
            patterns: &patterns.of_column,
            fit_of,
        }
    }

    /// The place of each site's fit; none for sites without changes.
    fn fits(&self) -> impl Iterator<Item = Option<usize>> {
        self.patterns.iter().map(|pattern| self.fit_of[*pattern])
    }

    fn rows(&self, classes: usize) -> Value {
        let row = |fit: Option<usize>| match fit {
            Some(place) => result::row(&self.row(place)),
            None => {
                let mut row = vec![0.0; 2 * classes + 9];
                row[2] = 1.0;
                row[2 * classes + 2] = 1.0;
                result::row(&row)
            }
        };
        self.fits().map(row).collect()
    }

    fn row(&self, place: usize) -> Vec<f64> {
        let SiteFit {
            single,
            single_value,
            mixed,
            value,
            ..
        } = &self.partition.fits[place];
        let statistic = self.partition.fits[place].likelihood_ratio();
        let mut p_value = p_value(statistic);
        if let Some(replicates) = self
            .partition
            .replicates
            .get(place)
            .filter(|all| !all.is_empty())
        {
            p_value = bootstrap_p_value(statistic, replicates);
        }
        let (betas, weights) = (mixed.betas(), mixed.weights());
        let mut row = vec![mixed.alpha];
        row.extend(
            betas
                .iter()
                .zip(&weights)
                .flat_map(|(beta, weight)| [*beta, *weight]),
        );
        row.extend([statistic, p_value]);
        row.push(self.partition.branches[place].selected as f64);
        let mean: f64 = betas
            .iter()
            .zip(&weights)
            .map(|(beta, weight)| beta * weight)
            .sum();
        row.push(
            self.tests
                .models
                .tested_length(self.place, mixed.alpha, mean, &SINGLE),
        );
        row.extend([*value, *single_value, single.0, single.1]);
        row
    }

    /// For each site, the codon of the root, and of each node that differs from its parent.
    fn substitutions(&self) -> Value {
        let tree = &self.tests.models.model.pruned.phylogenies[self.place];
        let states = &self.tests.models.model.data.states;
        let codon = |state: u8| {
            let letters = states.letters(usize::from(state));
            Value::from(String::from_utf8_lossy(&letters).into_owned())
        };
        let site = |fit: Option<usize>| {
            let Some(place) = fit else {
                return Value::Null;
            };
            let ancestors = &self.partition.branches[place].ancestors;
            let mut changed = Map::new();
            for (index, node) in tree.nodes.iter().enumerate() {
                let own = self.state(place, index, ancestors);
                if index == tree.root() {
                    if let Some(state) = own {
                        changed.insert("root".to_owned(), codon(state));
                    }
                } else if let (Some(state), Some(parent)) = (own, ancestors[node.parent])
                    && state != parent
                {
                    changed.insert(node.name.clone(), codon(state));
                }
            }
            Value::Object(changed)
        };
        result::by_index(self.fits().map(site))
    }

    /// The codon of a node: that of a leaf if it has one, or the reconstructed one.
    fn state(&self, place: usize, node: usize, ancestors: &[Option<u8>]) -> Option<u8> {
        let partition = &self.tests.models.model.partitions()[self.place];
        match self.tests.models.model.pruned.phylogenies[self.place].nodes[node].row {
            Some(row) => {
                let pattern = self.partition.fits[place].pattern;
                let number = partition.patterns.rows[row][pattern];
                let state = partition.observations.state(number)?;
                u8::try_from(state).ok()
            }
            None => ancestors[node],
        }
    }

    /// For each site with replicates, their statistics.
    fn statistics(&self) -> Value {
        let first = self.tests.models.model.partitions()[self.place]
            .patterns
            .first_columns();
        let all = self.partition.fits.iter().zip(&self.partition.replicates);
        let tested = all.filter(|(_, replicates)| !replicates.is_empty());
        let members = tested.map(|(fit, replicates)| {
            let column = replicates
                .iter()
                .map(|other| json!([result::number(*other)]));
            (first[fit.pattern].to_string(), column.collect())
        });
        Value::Object(members.collect())
    }

    /// For each site and leaf, the codons that it has and that it may have.
    fn imputed(&self) -> Value {
        let tree = &self.tests.models.model.pruned.phylogenies[self.place];
        let site = |fit: Option<usize>| {
            let Some(place) = fit else {
                return json!({});
            };
            let branches = &self.partition.branches[place];
            let leaves = tree
                .nodes
                .iter()
                .enumerate()
                .filter(|(_, node)| node.is_leaf());
            let members = leaves.map(|(index, node)| {
                (node.name.clone(), self.imputed_leaf(place, index, branches))
            });
            Value::Object(members.collect())
        };
        result::by_index(self.fits().map(site))
    }

    fn imputed_leaf(&self, place: usize, leaf: usize, branches: &Branches) -> Value {
        let partition = &self.tests.models.model.partitions()[self.place];
        let states = &self.tests.models.model.data.states;
        let name = |state: usize| String::from_utf8_lossy(&states.letters(state)).into_owned();
        let row = self.tests.models.model.pruned.phylogenies[self.place].nodes[leaf].row;
        let number = row.map_or(0, |row| {
            partition.patterns.rows[row][self.partition.fits[place].pattern]
        });
        let observed: Vec<usize> = partition
            .observations
            .get(number)
            .states
            .iter()
            .map(|state| usize::from(*state))
            .collect();
        let probabilities = &branches.imputed[leaf];
        let share = 1.0 / observed.len() as f64;
        let has: Map<String, Value> = observed
            .iter()
            .map(|state| (name(*state), result::number(share)))
            .collect();
        let probable = probabilities
            .iter()
            .enumerate()
            .filter(|(_, p)| **p > IMPROBABLE);
        let may_have: Map<String, Value> = probable
            .map(|(state, p)| (name(state), result::number(*p)))
            .collect();
        let support: f64 = observed.iter().map(|state| probabilities[*state]).sum();
        json!({"imputed": may_have, "observed": has, "support": result::number(support)})
    }

    fn add_posteriors(&self, classes: usize, attributes: &mut BranchAttributes) {
        let tree = &self.tests.models.model.pruned.phylogenies[self.place];
        for (branch, node) in tree.nodes[..tree.branches()].iter().enumerate() {
            if !self.tests.models.model.tested[self.place][branch] {
                continue;
            }
            let posterior = |fit: Option<usize>, class: usize| {
                let posteriors = fit.map(|place| &self.partition.branches[place].posteriors);
                let own = posteriors.and_then(|all| all.get(branch)?.get(class));
                result::number(own.copied().unwrap_or_default())
            };
            let rows = (0..classes).map(|class| {
                self.fits()
                    .map(|fit| posterior(fit, class))
                    .collect::<Value>()
            });
            attributes.set(self.place, &node.name, POSTERIORS, rows.collect());
        }
    }
}
