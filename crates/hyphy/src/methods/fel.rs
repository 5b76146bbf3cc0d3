//! FEL: pervasive selection at single sites, by a likelihood ratio test at each.

use selection::{Branches, FelOptions};

use super::prelude::*;

pub(super) static FEL: Analysis = Analysis {
    id: "fel",
    name: "FEL",
    title: "Fixed Effects Likelihood",
    group: Group::Sites,
    question: "Which codons are under pervasive positive or negative selection?",
    description: "Estimates the synonymous rate α and the nonsynonymous rate β of every codon by \
        maximum likelihood, and tests whether they differ. It pools the signal of all tested \
        branches, so it detects pervasive diversifying or purifying selection.",
    interpretation: "Positive selection: amino acids at the codon changed more often than expected \
        without selection, over all tested branches together. Negative selection: they changed \
        less often. FEL may miss a burst of change on a few branches; use MEME to look for those.",
    keywords: &[
        "sites",
        "omega",
        "selection pressure",
        "synonymous rate variation",
        "SRV",
        "dN/dS",
        "positive selection",
        "negative selection",
        "diversifying",
        "purifying",
        "pervasive",
        "codon",
        "conserved",
        "adaptive evolution",
        "neutral",
        "immune escape",
    ],
    recommended: true,
    citation: Citation {
        text: "Kosakovsky Pond SL, Frost SDW (2005). Not So Different After All: A Comparison of \
            Methods for Detecting Amino Acid Sites Under Selection. Mol Biol Evol 22:1208-1222",
        doi: "10.1093/molbev/msi105",
    },
    program: Program::Keyword("fel"),
    input: Input {
        data: Data::Codon,
        tree: TreeInput::Required,
        branches: BranchInput::Tested,
        partitions: true,
        min_sequences: 3,
        ..Analysis::BASE.input
    },
    parameters: &[
        ALIGNMENT,
        TREE,
        PRUNE,
        GENETIC_CODE,
        BRANCHES,
        Parameter {
            name: "ci",
            label: "Confidence intervals",
            keyword: Some("--ci"),
            kind: Kind::YesNo,
            default: "No",
            help: "Compute profile likelihood confidence intervals for the rates of each variable \
                site.",
            ..Parameter::NONE
        },
        SRV_YES,
        RESAMPLE,
        MULTIPLE_HITS,
        SITE_MULTIHIT,
        PVALUE,
    ],
    cost: Cost {
        classes: 1,
        seconds: 16,
        patterns_exponent: 1.0,
        options: &[
            OptionCost::factors("ci", &[("Yes", 1.1)]),
            OptionCost::factors("srv", &[("No", 0.7)]),
            OptionCost::linear("resample", 0.0, 0.5),
            MULTIPLE_HITS_AT_SITES,
        ],
    },
    mpi: true,
    quirks: &[Quirk::FirstCodonSkipped],
    stages: &[
        nucleotide_model(5),
        global_omega(5),
        codon_model(15),
        sites(75),
    ],
    result_keys: &[
        "MLE",
        "fits",
        "input",
        "tested",
        "timers",
        "data partitions",
    ],
    columns: &[
        ColumnDefinition::p_values("p-value", None),
        ColumnDefinition::new("dN/dS LB", LOWER_BOUND),
        ColumnDefinition::new("dN/dS UB", UPPER_BOUND),
    ],
    classes: &SELECTION_CLASSES,
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::TREE),
        request: r#"{"ci": true}"#,
        command_line: "fel --ci Yes --limit-to-sites [0-9]",
        random: &[],
    },
    digest,
    native: Some(NATIVE),
    ..Analysis::BASE
};

const NATIVE: Native = Native {
    lacks: &[],
    options,
    stages: &[
        native::nucleotides(10),
        native::global_omega(15),
        native::codon_model(25),
        native::sites(50),
    ],
    cost: Cost {
        classes: 1,
        seconds: 1,
        patterns_exponent: 1.0,
        options: &[OptionCost::factors(
            "multiple_hits",
            &[("Double", 10.0), ("Double+Triple", 10.0)],
        )],
    },
    columns: &[
        ColumnDefinition::new("dN/dS LB", PROFILE_LOWER_BOUND),
        ColumnDefinition::new("dN/dS UB", PROFILE_UPPER_BOUND),
    ],
    compared: &[],
};

fn options(parameters: &Parameters, branches: Branches) -> selection::Analysis {
    let usual = FelOptions::default();
    let (multiple_hits, site_multihit) = native::multiple_hits(parameters);
    selection::Analysis::Fel(FelOptions {
        branches,
        synonymous_rate_variation: native::is_yes(parameters, "srv"),
        intervals: native::is_yes(parameters, "ci"),
        replicates: native::whole(parameters, "resample", usual.replicates),
        multiple_hits,
        site_multihit,
        p_value: native::number(parameters, "pvalue", usual.p_value),
    })
}

const PROFILE_LOWER_BOUND: &str = "Lower end of the 95% profile likelihood interval of dN/dS";
const PROFILE_UPPER_BOUND: &str = "Upper end of the 95% profile likelihood interval of dN/dS";

const LOWER_BOUND: &str = "Lower end of the 95% interval of dN/dS. HyPhy holds the other rates at \
    their estimates, so the interval is narrower than a profile interval";
const UPPER_BOUND: &str = "Upper end of the 95% interval of dN/dS. HyPhy holds the other rates at \
    their estimates, so the interval is narrower than a profile interval";

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("p-value", "pvalue", 0.1);
    let mut table = sites::table(given.result)?;
    // HyPhy adds up the lengths of other branches than the tested ones, if only some are tested.
    if given.engine == EngineKind::Hyphy
        && let Some(length) = table.column("Total branch length")
        && !branches::are_all_tested(given.result)
    {
        table.remove(length);
    }
    // Some versions of HyPhy write zeros there if there are no replicates.
    let replicates = given.parameters.get("resample").and_then(Value::as_f64);
    if replicates.unwrap_or_default() == 0.0
        && let Some(asymptotic) = table.column("p-asmp")
    {
        table.remove(asymptotic);
    }
    let (alpha, beta) = (table.column("alpha")?, table.column("beta")?);
    let p_value = table.column("p-value");
    let found = given.classify(&mut table, |row| {
        (sites::number(row, p_value) <= threshold.value)
            .then(|| {
                direction(
                    sites::number(row, Some(beta)),
                    sites::number(row, Some(alpha)),
                )
            })
            .flatten()
    });
    let statement = selected_sites("FEL", &table, &threshold);
    Some(Digest::of_rows(statement, threshold, found, table))
}
