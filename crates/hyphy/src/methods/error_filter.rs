//! Error filter: masks codons that are more likely alignment errors than selection, by a BUSTED fit
//! with a class for errors (BUSTED-E).

use super::prelude::*;

pub(super) static ERROR_FILTER: Analysis = Analysis {
    id: "error-filter",
    name: "error filter",
    title: "Filter of alignment errors by BUSTED-E",
    question: "Which codons reflect alignment errors rather than selection?",
    description: "Fits BUSTED with a class of very large dN/dS that absorbs alignment and \
        sequencing errors, and masks the codons in this class. The result contains the masked \
        alignment, which you can use in other analyses.",
    group: Group::Gene,
    interpretation: "A masked codon is better explained by an alignment or sequencing error than \
        by selection. Inspect it in the alignment before you accept the mask.",
    keywords: &[
        "quality",
        "misalignment",
        "clean",
        "mask",
        "BUSTED-E",
        "errors",
    ],
    citation: Citation {
        text: "Selberg A, Clark NL, Sackton TB, Muse SV, Lucaci AG, Weaver S, Nekrutenko A, \
            Chikina M, Kosakovsky Pond SL (2025). Minus the Error: Testing for Positive Selection \
            in the Presence of Residual Alignment Errors. bioRxiv",
        doi: "10.1101/2024.11.13.620707",
    },
    program: Program::Batch("error-filter.bf", BATCH),
    since: V2_5_68,
    input: Input {
        branches: BranchInput::None,
        partitions: false,
        ..Analysis::BASE.input
    },
    parameters: &[
        ALIGNMENT,
        TREE,
        PRUNE,
        GENETIC_CODE,
        SRV_YES,
        Parameter {
            name: "rates",
            label: "Classes of dN/dS",
            keyword: Some("--rates"),
            kind: Kind::Integer { min: 2, max: 10 },
            default: "3",
            help: "Number of dN/dS classes in addition to the error class.",
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            name: "threshold",
            label: "Bayes factor for an error",
            keyword: Some("--threshold"),
            kind: Kind::Number {
                min: 1.0,
                max: 1e10,
            },
            default: "100",
            help: "Mask codons whose empirical Bayes factor for the error class is at least this.",
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            name: "ratio",
            label: "Bayes factor for an error over selection",
            keyword: Some("--ratio"),
            kind: Kind::Number {
                min: 1.0,
                max: 1e10,
            },
            default: "20",
            help: "Mask only codons whose empirical Bayes factor for the error class, relative to \
                the class of positive selection, is at least this.",
            advanced: true,
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            name: "site_threshold",
            label: "Fraction of sequences for masking a site",
            keyword: Some("--site-threshold"),
            kind: Kind::Number { min: 0.0, max: 1.0 },
            default: "0.4",
            help: "If at least this fraction of the sequences has errors at a site, the whole \
                site is masked.",
            advanced: true,
            published: false,
            ..Parameter::NONE
        },
    ],
    cost: Cost {
        classes: 12,
        seconds: 75,
        patterns_exponent: 0.5,
        options: &[],
    },
    stages: &[
        nucleotide_model(5),
        global_omega(5),
        codon_model(15),
        Stage::new("### Performing the full", "Model with an error class", 45),
        Stage::new("### Performing the constrained", "Constrained model", 28),
        Stage::new("### Filtering", "Masking", 2),
    ],
    result_keys: &["analysis", "filter", "fits", "input", "masked alignment"],
    classes: &[Class {
        name: "masked",
        meaning: "the sequence has masked codons",
        selection: None,
    }],
    nested_models: &[("Constrained model", "Unconstrained model")],
    example: Example {
        alignment: Some(examples::FEW_CODONS),
        tree: Some(examples::SMALL_TREE),
        request: r#"{"rates": 2, "srv": "No"}"#,
        command_line: "error-filter.bf --srv No --rates 2",
        random: &["/"],
    },
    digest,
    ..Analysis::BASE
};

/// Runs two analyses of HyPhy, one after the other. BUSTED's result stays in the job's directory.
const BATCH: &str = r#"
RequireVersion ("2.5.58");

LoadFunctionLibrary ("libv3/all-terms.bf");
LoadFunctionLibrary ("libv3/IOFunctions.bf");

KeywordArgument ("alignment", "An in-frame codon alignment");
filter.alignment = io.PromptUserForFilePathRead ("Select a codon alignment");
KeywordArgument ("tree", "Its phylogenetic tree");
filter.tree = io.PromptUserForFilePathRead ("Select a tree");
KeywordArgument ("output", "Write the result, JSON, to this file");
filter.output = io.PromptUserForFilePath ("Save the result to");
KeywordArgument ("code", "Genetic code", "Universal");
filter.code = io.PromptUserForString ("Genetic code");
KeywordArgument ("srv", "Let the synonymous rate vary from site to site", "Yes");
filter.srv = io.PromptUserForString ("Let the synonymous rate vary from site to site");
KeywordArgument ("rates", "Number of dN/dS classes", 3);
filter.rates = io.PromptUser ("Number of dN/dS classes", 3, 2, 10, TRUE);
KeywordArgument ("threshold", "Empirical Bayes factor of an error", 100);
filter.threshold = io.PromptUser ("Empirical Bayes factor of an error", 100, 1, 1e100, FALSE);
KeywordArgument ("ratio", "Empirical Bayes factor of an error against selection", 20);
filter.ratio = io.PromptUser ("Empirical Bayes factor of an error against selection", 20, 1, 1e100, FALSE);
KeywordArgument ("site-threshold", "Fraction of sequences that masks a site", 0.4);
filter.site_threshold = io.PromptUser ("Fraction of sequences that masks a site", 0.4, 0, 1, FALSE);

filter.analyses = HYPHY_LIB_DIRECTORY + "TemplateBatchFiles/SelectionAnalyses/";
filter.fit = filter.output + ".busted";

ExecuteAFile (filter.analyses + "BUSTED.bf", {
    "--code": filter.code, "--alignment": filter.alignment, "--tree": filter.tree,
    "--output": filter.fit, "--error-sink": "Yes", "--srv": filter.srv, "--rates": "" + filter.rates
});
ExecuteAFile (filter.analyses + "error-filter.bf", {
    "--json": filter.fit, "--threshold": "" + filter.threshold, "--ratio": "" + filter.ratio,
    "--site-threshold": "" + filter.site_threshold,
    "--output": filter.output + ".fasta", "--output-json": filter.output
});

efilter.json_out ["masked alignment"] = efilter.sequences;
efilter.json_out ["fits"] = efilter.json ["fits"];
efilter.json_out ["timers"] = efilter.json ["timers"];
efilter.json_out ["test results"] = efilter.json ["test results"];
io.SpoolJSON (efilter.json_out, filter.output);
"#;

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let mut table = Table::of(&[
        ("sequence", "Name of the sequence"),
        ("masked codons", "Number of masked codons in the sequence"),
        (
            "masked sites",
            "Sites of the masked codons in the alignment, from 1",
        ),
    ]);
    let mut masked = 0;
    for (name, sites) in given.result["filter"].as_object()? {
        let mut sites: Vec<u64> = match sites {
            Value::Object(by_number) => by_number.values().filter_map(Value::as_u64).collect(),
            Value::Array(list) => list.iter().filter_map(Value::as_u64).collect(),
            _ => Vec::new(),
        };
        sites.sort_unstable();
        masked += sites.len();
        let list: Vec<String> = sites.iter().map(|site| (site + 1).to_string()).collect();
        table.rows.push(vec![
            Value::from(name.as_str()),
            Value::from(sites.len()),
            Value::from(list.join(", ")),
        ]);
    }
    let found = given.classify(&mut table, |row| {
        (row[1].as_u64() > Some(0)).then_some("masked")
    });
    let classes = &given.result["fits"]["Unconstrained model"]["Rate Distributions"]["Test"];
    Some(Digest {
        statement: format!(
            "The error filter masked {} in {} of {} sequences.",
            pluralize(masked, "codon", "codons"),
            found,
            table.rows.len()
        ),
        found: Some(found as u64),
        tests: vec![given.test("Positive selection, allowing for errors")],
        rates: distribution("dN/dS (the first class is the error class)", classes),
        table,
        ..Digest::default()
    })
}
