//! The parts of a result that all analyses have, in the layout of HyPhy's JSON.

use std::time::Instant;

use serde_json::{Map, Value, json};

use crate::{
    fits::{CodonFit, CodonModel, Data, NucleotideFit, Pruned},
    input::Input,
    model::{BASE_NAMES, PAIRS},
    phylogeny::{Phylogeny, plain_name},
};

/// The name of GTR in results.
pub(crate) const NUCLEOTIDES: &str = "Nucleotide GTR";
/// The name of MG94xREV in results.
const CODONS: &str = "Global MG94xREV";

/// The names of δ and ψ in results.
pub(crate) const HIT_RATES: [&str; 2] = [
    "rate at which 2 nucleotides are changed instantly within a single codon",
    "rate at which 3 nucleotides are changed instantly within a single codon",
];

/// A number as HyPhy writes it: whole numbers have no fraction; what is not a number is null.
pub(crate) fn number(value: f64) -> Value {
    if value.is_nan() {
        Value::Null
    } else if value.fract() == 0.0 && value.abs() < 1e15 {
        Value::from(value as i64)
    } else {
        Value::from(value.clamp(f64::MIN, f64::MAX))
    }
}

/// A row of a table.
pub(crate) fn row(values: &[f64]) -> Value {
    values.iter().copied().map(number).collect()
}

/// An object with a member for each element, by its index.
pub(crate) fn by_index(values: impl IntoIterator<Item = Value>) -> Value {
    let members = (0..)
        .zip(values)
        .map(|(index, value)| (format!("{index}"), value));
    Value::Object(members.collect::<Map<_, _>>())
}

/// An object of members. `json!` would copy them, and tables are large.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let members = members.map(|(name, value)| (name.to_owned(), value));
    Value::Object(Map::from_iter(members))
}

/// Puts members in the order in which HyPhy writes them: that of their bytes. Arrays are tables, which
/// contain no objects.
pub(crate) fn sorted(mut value: Value) -> Value {
    fn sort(value: &mut Value) {
        if let Value::Object(members) = value {
            members.sort_keys();
            members.values_mut().for_each(sort);
        }
    }
    sort(&mut value);
    value
}

/// Who describes an analysis.
pub(crate) struct About {
    /// Its id, such as `fel`.
    pub(crate) id: &'static str,
    /// The authors of the method.
    pub(crate) authors: &'static str,
    /// The publication to cite.
    pub(crate) citation: &'static str,
    /// What it does.
    pub(crate) info: &'static str,
}

/// The member `analysis`.
pub(crate) fn analysis(about: &About, settings: Option<Value>) -> Value {
    let mut analysis = json!({
        "authors": about.authors,
        "citation": about.citation,
        "engine": "native",
        "info": about.info,
        "requirements": "in-frame codon alignment and a phylogenetic tree",
        "version": env!("CARGO_PKG_VERSION"),
    });
    if let Some(settings) = settings {
        analysis["settings"] = settings;
    }
    analysis
}

/// The member `runtime`: the version of the program.
pub(crate) fn runtime() -> Value {
    Value::from(env!("CARGO_PKG_VERSION"))
}

/// The fits of GTR and of MG94xREV.
pub(crate) struct Fits<'a> {
    pub(crate) model: &'a CodonModel<'a>,
    pub(crate) nucleotides: &'a NucleotideFit,
    pub(crate) codons: &'a CodonFit,
}

/// The members that the results of all analyses with these fits have, but for `MLE` and `timers`.
pub(crate) fn common(
    about: &About,
    settings: Option<Value>,
    input: &Input<'_>,
    fits: &Fits<'_>,
    attributes: BranchAttributes,
) -> Value {
    let model = fits.model;
    let (data, pruned) = (model.data, model.pruned);
    let of_fits = object([
        (CODONS, codon_fit(model, fits.codons)),
        (NUCLEOTIDES, nucleotide_fit(data, fits.nucleotides)),
    ]);
    object([
        ("analysis", analysis(about, settings)),
        ("branch attributes", attributes.into_value()),
        ("data partitions", partitions(about, input, data)),
        ("fits", of_fits),
        ("input", self::input(input, data, pruned)),
        ("runtime", runtime()),
        ("tested", tested(&pruned.phylogenies, model.tested)),
    ])
}

/// The member `input`.
pub(crate) fn input(input: &Input<'_>, data: &Data, pruned: &Pruned) -> Value {
    let removed = pruned.is_smaller();
    let newick = |tree: &Phylogeny| Value::from(tree.newick(tree.has_lengths && !removed));
    json!({
        "file name": input.file_name,
        "number of sequences": data.names.len(),
        "number of sites": data.columns.codons,
        "partition count": data.phylogenies.len(),
        "trees": by_index(pruned.phylogenies.iter().map(newick)),
    })
}

/// The member `data partitions`.
pub(crate) fn partitions(about: &About, input: &Input<'_>, data: &Data) -> Value {
    let partition = |(place, covered): (usize, &Vec<usize>)| {
        let name = input.partitions.get(place);
        let name = name.map_or("default", |partition| partition.name.as_str());
        json!({
            "coverage": [covered],
            "name": format!("{}.filter.{name}", about.id),
        })
    };
    by_index(data.columns.coverage.iter().enumerate().map(partition))
}

/// The member `tested`.
pub(crate) fn tested(trees: &[Phylogeny], tested: &[Vec<bool>]) -> Value {
    let partition = |(tree, tested): (&Phylogeny, &Vec<bool>)| {
        let word = |is_tested: &bool| Value::from(if *is_tested { "test" } else { "background" });
        let branches = tree.nodes.iter().zip(tested);
        let members = branches.map(|(node, tested)| (node.name.clone(), word(tested)));
        Value::Object(members.collect())
    };
    by_index(trees.iter().zip(tested).map(partition))
}

/// AICc of a fit with so many parameters to so many observations.
fn aicc(log_likelihood: f64, parameters: usize, observations: usize) -> f64 {
    let (k, n) = (parameters as f64, observations as f64);
    -2.0 * log_likelihood + 2.0 * k * n / (n - k - 1.0)
}

fn column(values: &[f64]) -> Value {
    values.iter().map(|value| json!([number(*value)])).collect()
}

/// The fit of GTR, for the member `fits`.
pub(crate) fn nucleotide_fit(data: &Data, fit: &NucleotideFit) -> Value {
    let branches: usize = data.phylogenies.iter().map(Phylogeny::branches).sum();
    let parameters = branches + 5 + 3;
    let observations = 3 * data.columns.codons * data.names.len();
    let rate = |(pair, theta): (&[usize; 2], &f64)| {
        let [x, y] = pair.map(|base| BASE_NAMES[base]);
        let name = format!("Substitution rate from nucleotide {x} to nucleotide {y}");
        (name, number(*theta))
    };
    let rates: Map<String, Value> = PAIRS.iter().zip(&fit.theta).map(rate).collect();
    json!({
        "AIC-c": number(aicc(fit.log_likelihood, parameters, observations)),
        "Equilibrium frequencies": column(&data.nucleotide_frequencies),
        "Log Likelihood": number(fit.log_likelihood),
        "Rate Distributions": rates,
        "display order": 0,
        "estimated parameters": parameters,
    })
}

/// A fit of MG94xREV, for the member `fits`.
fn codon_fit(model: &CodonModel<'_>, fit: &CodonFit) -> Value {
    let data = model.data;
    let branches: usize = model
        .pruned
        .phylogenies
        .iter()
        .map(Phylogeny::branches)
        .sum();
    let mut sets = vec![("test", fit.omegas[1])];
    if model.has_background() {
        sets.push(("background", fit.omegas[0]));
    }
    let of_hits = &fit.hits[..model.model.multiple_hits.rates()];
    let parameters = branches + 5 + sets.len() + of_hits.len() + 9;
    let observations = data.columns.codons * data.names.len();
    let ratio = |(set, omega): &(&str, f64)| {
        let name = format!("non-synonymous/synonymous rate ratio for *{set}*");
        (name, json!([[number(*omega), 1]]))
    };
    let of_hits = HIT_RATES.iter().zip(of_hits);
    let hits = of_hits.map(|(name, rate)| ((*name).to_owned(), json!([[number(*rate), 1]])));
    let rates: Map<String, Value> = sets.iter().map(ratio).chain(hits).collect();
    json!({
        "AIC-c": number(aicc(fit.log_likelihood, parameters, observations)),
        "Equilibrium frequencies": column(&data.frequencies.codons),
        "Log Likelihood": number(fit.log_likelihood),
        "Rate Distributions": rates,
        "display order": 1,
        "estimated parameters": parameters,
    })
}

/// Attributes of branches: for each partition, for each branch, its members.
pub(crate) struct BranchAttributes {
    partitions: Vec<Map<String, Value>>,
    attributes: Map<String, Value>,
}

impl BranchAttributes {
    /// The original names of leaves, and the lengths of GTR.
    pub(crate) fn new(data: &Data, pruned: &Pruned) -> Self {
        let mut all = Self {
            partitions: pruned.phylogenies.iter().map(|_| Map::new()).collect(),
            attributes: Map::new(),
        };
        all.declare("original name", "node label", -1);
        all.declare(NUCLEOTIDES, "branch length", 0);
        for (place, tree) in pruned.phylogenies.iter().enumerate() {
            for (branch, node) in tree.nodes[..tree.branches()].iter().enumerate() {
                if let Some(row) = node.row {
                    let name = &data.names[row];
                    debug_assert_eq!(plain_name(name), plain_name(&node.name));
                    all.set(
                        place,
                        &node.name,
                        "original name",
                        Value::from(name.as_str()),
                    );
                }
                all.set(
                    place,
                    &node.name,
                    NUCLEOTIDES,
                    number(pruned.lengths[place][branch]),
                );
            }
        }
        all
    }

    /// Adds an attribute's type and its place in displays.
    pub(crate) fn declare(&mut self, name: &str, kind: &str, order: i32) {
        let about = json!({"attribute type": kind, "display order": order});
        self.attributes.insert(name.to_owned(), about);
    }

    /// Sets an attribute of a branch, or of the root by its name.
    pub(crate) fn set(&mut self, partition: usize, branch: &str, name: &str, value: Value) {
        let members = self.partitions[partition]
            .entry(branch)
            .or_insert_with(|| json!({}));
        if let Value::Object(members) = members {
            members.insert(name.to_owned(), value);
        }
    }

    /// Adds the lengths of a fit of MG94xREV, in substitutions per nucleotide site.
    pub(crate) fn add_codon_lengths(&mut self, model: &CodonModel<'_>, fit: &CodonFit) {
        self.declare(CODONS, "branch length", 1);
        for (place, lengths) in model.lengths(fit).iter().enumerate() {
            let nodes = model.pruned.phylogenies[place].nodes.iter();
            for (node, length) in nodes.zip(lengths) {
                self.set(place, &node.name, CODONS, number(*length));
            }
        }
    }

    /// The member `branch attributes`.
    pub(crate) fn into_value(self) -> Value {
        let mut value = by_index(self.partitions.into_iter().map(Value::Object));
        value["attributes"] = Value::Object(self.attributes);
        value
    }
}

/// The headers of a table: names of columns and what they contain.
pub(crate) fn headers(columns: &[(&str, &str)]) -> Value {
    columns
        .iter()
        .map(|(name, meaning)| json!([name, meaning]))
        .collect()
}

/// Measures stages, for the member `timers`.
pub(crate) struct Timers {
    start: Instant,
    lap: Instant,
    stages: Vec<(&'static str, f64)>,
}

impl Timers {
    pub(crate) fn start() -> Self {
        let now = Instant::now();
        Self {
            start: now,
            lap: now,
            stages: Vec::new(),
        }
    }

    /// Ends a stage.
    pub(crate) fn lap(&mut self, name: &'static str) {
        let now = Instant::now();
        self.stages.push((name, (now - self.lap).as_secs_f64()));
        self.lap = now;
    }

    /// The stages in seconds, after the total, which has this name.
    pub(crate) fn into_value(self, total: &'static str) -> Value {
        let mut all = vec![(total, self.start.elapsed().as_secs_f64())];
        all.extend(self.stages);
        let timer = |(order, (name, seconds)): (usize, (&str, f64))| {
            (
                name.to_owned(),
                json!({"order": order, "timer": number(seconds)}),
            )
        };
        Value::Object(all.into_iter().enumerate().map(timer).collect())
    }
}
