//! Comparison with a result of HyPhy, on HyPhy's own models.
//!
//! HyPhy's codon frequencies are approximate, so its models differ a little from those fitted here.
//! For a comparison, HyPhy's frequencies, and then its codon model of the whole alignment, are taken
//! from its result and from the file that `--intermediate-fits` writes. What remains are its searches.

use serde_json::Value;

use crate::{
    Analysis, Branches, Error, InputError, MultipleHits,
    comparison::Comparison,
    fel,
    fits::{self, CodonFit, CodonModel, Data},
    frequencies::CodonFrequencies,
    input::Input,
    meme,
    model::{AG, BASE_NAMES, PAIRS, SINGLE},
    phylogeny::{Node, plain_name},
    result::HIT_RATES,
    watch::Watch,
};

/// Compares FEL or MEME on all branches with HyPhy's result and intermediate fits.
///
/// # Errors
/// Data that do not fit the analysis, another analysis, files that HyPhy did not write, or the wish of
/// `watch` to cancel.
pub fn compare(
    analysis: &Analysis,
    input: &Input<'_>,
    result: &Value,
    fits: &Value,
    watch: &dyn Watch,
) -> Result<Comparison, Error> {
    let unreadable =
        || InputError("this is not a result of HyPhy with its intermediate fits".to_owned());
    let multiple_hits = match analysis {
        Analysis::Fel(options) => options.multiple_hits,
        _ => MultipleHits::None,
    };
    let mut data = Data::new(input)?;
    data.frequencies = frequencies(result, &data).ok_or_else(unreadable)?;
    let nucleotides = fits::nucleotides(&data, watch)?;
    let pruned = fits::prune(&data, &nucleotides);
    let tested = fits::tested(&pruned.phylogenies, &Branches::All)?;
    let model = CodonModel::new(&data, &pruned, &tested, multiple_hits);
    let theirs = codon_fit(fits, &model).ok_or_else(unreadable)?;
    let ours = model.best(&nucleotides, watch)?;
    let at_theirs =
        model
            .evaluator()
            .evaluate(&theirs.alphas, &theirs.theta, theirs.omegas, &theirs.hits);
    let likelihood = |name: &str| result["fits"][name]["Log Likelihood"].as_f64();
    let of_nucleotides = likelihood("Nucleotide GTR").ok_or_else(unreadable)?;
    let sites = match analysis {
        Analysis::Fel(options) => fel::compare(options, &model, &theirs, result, watch)?,
        Analysis::Meme(options) => meme::compare(options, &model, &theirs, result, watch)?,
        _ => return Err(InputError("only FEL and MEME can be compared".to_owned()).into()),
    };
    Ok(Comparison {
        identity: (at_theirs.value, theirs.log_likelihood),
        nucleotides: (nucleotides.log_likelihood, of_nucleotides),
        codons: (ours.log_likelihood, theirs.log_likelihood),
        sites,
    })
}

/// HyPhy's frequencies. No codon of two C and another base is a stop, so the frequencies of such
/// codons are proportional to those of the base.
fn frequencies(result: &Value, data: &Data) -> Option<CodonFrequencies> {
    let printed = &result["fits"]["Global MG94xREV"]["Equilibrium frequencies"];
    let mut bases = [[0.0; 4]; 3];
    for (position, frequencies) in bases.iter_mut().enumerate() {
        for (base, frequency) in frequencies.iter_mut().enumerate() {
            let mut codon = [1; 3];
            codon[position] = base;
            *frequency = printed.get(data.states.index(codon)?)?.get(0)?.as_f64()?;
        }
        let total: f64 = frequencies.iter().sum();
        for frequency in frequencies {
            *frequency /= total;
        }
    }
    Some(CodonFrequencies::of_bases(bases, &data.states))
}

/// HyPhy's codon model, from its intermediate fits.
fn codon_fit(fits: &Value, model: &CodonModel<'_>) -> Option<CodonFit> {
    let full = &fits["Full-MG94"];
    let global = |name: &str| full["global"][name]["MLE"].as_f64();
    let mut theta = [1.0; 6];
    for (place, [x, y]) in PAIRS.iter().enumerate().filter(|(place, _)| *place != AG) {
        let (x, y) = (BASE_NAMES[*x], BASE_NAMES[*y]);
        theta[place] = global(&format!(
            "Substitution rate from nucleotide {x} to nucleotide {y}"
        ))?;
    }
    let omega = global("non-synonymous/synonymous rate ratio for *test*")?;
    let mut hits = SINGLE;
    let of_hits = hits.iter_mut().zip(HIT_RATES);
    for (rate, name) in of_hits.take(model.model.multiple_hits.rates()) {
        *rate = global(name)?;
    }
    let mut alphas = Vec::new();
    for (place, tree) in model.pruned.phylogenies.iter().enumerate() {
        let branches = full["branch length"][place.to_string()].as_object()?;
        let alpha = |node: &Node| {
            let own = branches
                .iter()
                .find(|(own, _)| plain_name(own) == plain_name(&node.name));
            match own {
                Some((_, estimates)) => estimates["synonymous rate"]["MLE"].as_f64(),
                // HyPhy has removed it, because its length is zero.
                None => (!node.is_leaf()).then_some(0.0),
            }
        };
        let nodes = tree.nodes[..tree.branches()].iter();
        alphas.push(nodes.map(alpha).collect::<Option<Vec<f64>>>()?);
    }
    let log_likelihood = match &full["LogL"] {
        Value::String(text) => text.parse().ok()?,
        number => number.as_f64()?,
    };
    Some(CodonFit {
        log_likelihood,
        theta,
        omegas: [omega; 2],
        hits,
        alphas,
    })
}
