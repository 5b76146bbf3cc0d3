//! Slatkin-Maddison: compartments among the leaves of a tree.

use super::prelude::*;

pub(super) static SLATKIN: Analysis = Analysis {
    id: "slatkin",
    name: "Slatkin-Maddison",
    title: "Slatkin-Maddison test for compartmentalization",
    group: Group::Compartments,
    question: "Are the groups of leaves separate compartments?",
    description: "Counts the minimum number of migrations between groups of leaves, and tests by \
        permutation whether it is smaller than expected in one mixed population.",
    interpretation: "A small p-value means that lineages moved between the groups less often than \
        expected in one mixed population. This is not evidence of selection.",
    keywords: &[
        "migration",
        "compartment",
        "population structure",
        "gene flow",
        "hosts",
        "tissues",
    ],
    recommended: true,
    citation: Citation {
        text: "Slatkin M, Maddison WP (1989). A cladistic measure of gene flow inferred from the \
            phylogenies of alleles. Genetics 123:603-613",
        doi: "10.1093/genetics/123.3.603",
    },
    program: Program::Keyword("sm"),
    input: Input {
        data: Data::None,
        tree: TreeInput::Required,
        branches: BranchInput::Compartments,
        partitions: false,
        min_sequences: 3,
        ..Analysis::BASE.input
    },
    parameters: &[
        Parameter {
            required: true,
            help: "Id of the dataset that holds the tree.",
            ..TREE
        },
        Parameter {
            name: "groups",
            label: "Number of compartments",
            keyword: Some("--groups"),
            kind: Kind::Integer { min: 2, max: 100 },
            default: "2",
            help: "Number of compartments; must equal the number of definitions.",
            ..Parameter::NONE
        },
        Parameter {
            name: "compartment_definitions",
            label: "Compartments",
            kind: Kind::Compartments,
            help: "The compartments: objects with a description and a regular expression for the \
                names of the leaves. Every leaf must be in one compartment.",
            required: true,
            ..Parameter::NONE
        },
        Parameter {
            name: "replicates",
            label: "Permutations",
            keyword: Some("--replicates"),
            kind: Kind::Integer {
                min: 1,
                max: 1000000,
            },
            default: "1000",
            help: "Number of permutations.",
            ..Parameter::NONE
        },
        Parameter {
            name: "weight",
            label: "Structured permutations",
            keyword: Some("--weight"),
            kind: Kind::Number { min: 0.0, max: 1.0 },
            default: "0.2",
            help: "Probability that a branch is chosen in structured permutations: 0 is the \
                classical test, 1 is fully structured.",
            ..Parameter::NONE
        },
        Parameter {
            name: "use_bootstrap",
            label: "Use bootstrap support",
            keyword: Some("--use-bootstrap"),
            kind: Kind::YesNo,
            default: "Yes",
            help: "Use the bootstrap support in the tree to decide which clades are permuted.",
            ..Parameter::NONE
        },
    ],
    rules: &[Rule {
        parameter: "groups",
        broken: other_number_of_groups,
    }],
    cost: Cost {
        classes: 1,
        seconds: 1,
        patterns_exponent: 0.5,
        options: &[],
    },
    stages: &[
        Stage::new("### Using a tree", "Counting migrations", 5),
        Stage::new("### Inferred", "Permutations", 90),
        Stage::new("### The null distribution", "Summary", 5),
    ],
    result_keys: &["compartments", "migrations", "p-value", "simulations"],
    example: Example {
        alignment: None,
        tree: Some(examples::TREE_WITH_SUPPORTS),
        request: r#"{"groups": 2, "replicates": 50, "weight": 0.3, "use_bootstrap": false, "compartment_definitions": [{"description": "first", "regexp": "^ta"}, {"description": "the second", "regexp": "^tb"}]}"#,
        command_line: "sm --groups 2 --description-1 first --regexp-1 ^ta --description-2 the~second --regexp-2 ^tb --replicates 50 --weight 0.3 --use-bootstrap No",
        random: &[
            "/simulations",
            "/node-p-value",
            "/p-value",
            "/structured-cutoff",
            "/tree-p-",
        ],
    },
    digest,
    result_field: "results",
    ..Analysis::BASE
};

fn other_number_of_groups(parameters: &Parameters) -> Option<String> {
    let defined = parameters.get("compartment_definitions")?.as_array()?.len();
    let groups = parameters.get("groups")?.as_u64()?;
    (groups != defined as u64)
        .then(|| format!("groups is {groups}, but compartment_definitions defines {defined}"))
}

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("p-value", "", 0.05);
    let test = |name: &str, key: &str| Test {
        name: name.to_owned(),
        lrt: None,
        p_value: given.result["p-value"][key].as_f64(),
    };
    let panmictic = test("Fewer migrations than in one mixed population", "panmictic");
    // HyPhy compares the panmictic shuffles, not the tree, with the structured permutations.
    let cutoff = given.result["structured-cutoff"].as_f64();
    let structured = test(
        "Shuffled leaves need at most as many migrations as 90% of structured permutations",
        "structured",
    );
    let migrations = given.result["migrations"].as_u64()?;
    let mut table = Table::of(&[
        ("compartment", "Name of the compartment"),
        ("leaves", "Number of leaves in the compartment"),
    ]);
    for (name, leaves) in given.result["partition-counts"].as_object()? {
        table
            .rows
            .push(vec![Value::from(name.as_str()), leaves.clone()]);
    }
    let found = panmictic.p_value? <= threshold.value;
    Some(Digest {
        statement: format!(
            "The tree needs {}; the leaves are {} (p = {} in one mixed population, threshold {}). \
             The structured test, which asks how often shuffled leaves need at most {} migrations, \
             has p = {}.",
            pluralize(usize::try_from(migrations).ok()?, "migration", "migrations"),
            if found {
                "compartmentalized"
            } else {
                "not shown to be compartmentalized"
            },
            format_p_value(panmictic.p_value),
            threshold.value,
            format_p_value(cutoff),
            format_p_value(structured.p_value),
        ),
        threshold: Some(threshold),
        tests: vec![panmictic, structured],
        rates: vec![
            Rate {
                name: "migrations".to_owned(),
                value: given.result["migrations"].as_f64(),
                weight: None,
            },
            Rate {
                name: "90th percentile of migrations in structured permutations".to_owned(),
                value: cutoff,
                weight: None,
            },
        ],
        table,
        ..Digest::default()
    })
}
