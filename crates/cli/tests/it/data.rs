//! How the service prepares data for the engine, and what it tells users about that.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Server, small};

/// Newick without lengths.
fn topology(newick: &str) -> String {
    let mut out = String::new();
    let mut skip = false;
    for c in newick.chars() {
        skip = c == ':' || (skip && !",();".contains(c));
        if !skip {
            out.push(c);
        }
    }
    out
}

#[test]
fn a_missing_tree_is_inferred_and_becomes_a_dataset() {
    let server = Server::start();
    let (fasta, _) = small();
    let alignment = server.upload(fasta);
    let id = server.start_job("slac", &json!({"alignment": alignment, "samples": 0}));
    let job = server.completed(&id);
    let tree = job["tree_id"].as_str().unwrap();
    let warning = job["warnings"][0].as_str().unwrap();
    assert!(warning.contains("neighbour joining"), "{warning}");
    let dataset = server.get_json(&format!("/datasets/{tree}?include_content=true"));
    assert_eq!(dataset["name"], "Tree of data");
    let report = &dataset["report"];
    assert_eq!(
        report["trees"][0]["leaves"].as_array().map_or(8, Vec::len),
        8
    );
    // The tree separates the two halves from which the alignment was simulated.
    let newick = topology(dataset["content"].as_str().unwrap());
    assert!(
        newick.contains("taaa,taab") || newick.contains("taab,taaa"),
        "{newick}"
    );

    // The same request is the same job, with or without the tree.
    let again = server.start_job("slac", &json!({"alignment": alignment, "samples": 0}));
    assert_eq!(again, id);
    // Inferred separately, it is the same dataset.
    let made = server.post(&format!("/datasets/{alignment}/tree"), &json!({}));
    assert_eq!(made.status(), StatusCode::CREATED);
    assert_eq!(made.json::<Value>().unwrap()["id"], tree);
}

#[test]
fn taxa_that_only_one_file_has_are_removed_on_request() {
    let server = Server::start();
    let (fasta, newick) = small();
    let (_, without_first) = fasta[1..].split_once('>').unwrap();
    let body = json!({
        "alignment": server.upload(format!(">{without_first}")),
        "tree": server.upload(newick.replacen("tbbb", "(tbbb:0.1,extra:0.1)", 1)),
        "samples": 0,
    });
    let refused = server.post("/methods/slac-start", &body);
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem: Value = refused.json().unwrap();
    let message = problem["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("'taaa', 'extra'"), "{message}");
    assert!(message.contains("prune"), "{message}");
    let mut pruned = body;
    pruned["prune"] = json!("Tree");
    let id = server.start_job("slac", &pruned);
    let job = server.completed(&id);
    let warning =
        "2 leaves of the tree have no sequence and were removed from it: 'taaa', 'extra'.";
    let warnings = job["warnings"].to_string();
    assert!(warnings.contains(warning), "{warnings}");
    let result = server.get_json(&format!("/jobs/{id}/result"));
    let tree = result["input"]["trees"]["0"].as_str().unwrap();
    assert!(!tree.contains("taaa") && !tree.contains("extra"), "{tree}");
    assert_eq!(result["input"]["number of sequences"], 7);
}

#[test]
fn no_tree_is_inferred_from_unusable_data() {
    let server = Server::start();
    let (fasta, newick) = small();
    let tree = server.upload(newick);
    let made = server.post(&format!("/datasets/{tree}/tree"), &json!({}));
    assert_eq!(made.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem: Value = made.json().unwrap();
    assert_eq!(problem["errors"][0]["field"], "dataset_id");
    let made = server.post("/datasets/abc/tree", &json!({}));
    assert_eq!(made.status(), StatusCode::NOT_FOUND);
    let before = server.get_json("/datasets")["datasets"]
        .as_array()
        .unwrap()
        .len();
    let cut = server.upload(fasta.replace('\n', "A\n").replace('>', "\n>"));
    let refused = server.post("/methods/fel-start", &json!({"alignment": cut}));
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let after = server.get_json("/datasets")["datasets"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(after, before + 1, "the alignment alone");
}

#[test]
fn terminal_stop_codons_are_masked_and_names_restored() {
    let server = Server::start();
    let (fasta, newick) = small();
    let with_stop: String = fasta
        .lines()
        .map(|line| match line.strip_prefix('>') {
            Some(name) => format!(">{name}.1 Homo\n"),
            None => format!("{line}TAA\n"),
        })
        .collect();
    let tree = newick.replace(':', ".1:").replace(").1:", "):");
    let alignment = server.upload(with_stop.replace(" Homo", ""));
    let body = json!({"alignment": alignment, "tree": server.upload(tree), "samples": 0});
    let id = server.start_job("slac", &body);
    let job = server.completed(&id);
    let warnings = job["warnings"].to_string();
    assert!(warnings.contains("stop codon"), "{warnings}");
    assert!(warnings.contains("other names for 8"), "{warnings}");
    assert_eq!(job["sandbox"], "full");
    let result = server.get_json(&format!("/methods/slac-result?job_id={id}"))["result"].clone();
    assert_eq!(result["tested"]["0"]["taaa.1"], "test");
    let attributes = result["branch attributes"]["0"].as_object().unwrap();
    assert!(attributes.contains_key("tbbb.1"), "{attributes:?}");
    let tree = result["input"]["trees"]["0"].as_str().unwrap();
    assert!(tree.contains("tbab.1:"), "{tree}");
    assert!(
        server.result(&id).contains("\"taaa_1\""),
        "raw is HyPhy's own"
    );
}

#[test]
fn errors_name_the_limits_that_settings_define() {
    let server = Server::with(&[("MAX_SEQUENCES", "7"), ("MAX_SITES", "30")]);
    let (fasta, _) = small();
    let id = server.upload(fasta);
    let report = server.get_json(&format!("/datasets/{id}/report"));
    let findings = report["findings"].as_array().unwrap();
    let errors: Vec<_> = findings.iter().filter(|f| f["level"] == "error").collect();
    let said = Value::from(errors.iter().map(|f| (*f).clone()).collect::<Vec<_>>()).to_string();
    assert!(said.contains(" 7 ") || said.contains(" 30 "), "{said}");
}

#[test]
fn methods_list_their_requirements() {
    let server = Server::start();
    let (fasta, newick) = small();
    let (alignment, tree) = (server.upload(fasta), server.upload(newick));
    let rootless = server.upload("(taaa,taab,taba,tabb,tbaa,tbab,tbba,tbbb);");
    let leaves = |pattern: &str| {
        json!([
        {"description": "a", "regexp": pattern}, {"description": "b", "regexp": "^tb"}])
    };
    for (method, body, field, expected) in [
        (
            "fade",
            json!({"alignment": alignment, "tree": tree}),
            "alignment",
            "translated",
        ),
        (
            "fade",
            json!({"alignment": alignment, "tree": rootless}),
            "tree",
            "rooted",
        ),
        ("fade", json!({"alignment": alignment}), "tree", "rooted"),
        (
            "relax",
            json!({"alignment": alignment, "tree": tree}),
            "test_branches",
            "{Test}",
        ),
        (
            "relax",
            json!({"alignment": alignment, "tree": tree, "test_branches": ["All"]}),
            "reference_branches",
            "No branch is left",
        ),
        (
            "relax",
            json!({"alignment": alignment, "tree": tree, "test_branches": ["taaa"],
            "reference_branches": "taaa,taab"}),
            "reference_branches",
            "taaa",
        ),
        (
            "contrast-fel",
            json!({"alignment": alignment, "tree": tree}),
            "branch_sets",
            "required",
        ),
        (
            "contrast-fel",
            json!({"alignment": alignment, "tree": tree, "branch_sets": ["tabs"]}),
            "branch_sets",
            "Did you mean tab",
        ),
        (
            "contrast-fel",
            json!({"alignment": alignment, "tree": tree, "branch_sets": [
            {"name": "x", "branches": ["taaa"]}, {"name": "y", "branches": ["taaa"]}]}),
            "branch_sets",
            "in the sets x and y",
        ),
        (
            "slatkin",
            json!({"tree": alignment, "compartment_definitions": leaves("^ta")}),
            "tree",
            "does not contain a tree",
        ),
        (
            "slatkin",
            json!({"tree": tree, "compartment_definitions": leaves("(")}),
            "compartment_definitions",
            "not a valid regular expression",
        ),
        (
            "slatkin",
            json!({"tree": tree, "compartment_definitions": leaves("^taa")}),
            "compartment_definitions",
            "2 leaves are not in any compartment, such as taba",
        ),
        (
            "slatkin",
            json!({"tree": tree, "compartment_definitions": leaves("^x")}),
            "compartment_definitions",
            "No leaf is in the compartment a",
        ),
        (
            "slatkin",
            json!({"tree": tree, "groups": 3, "compartment_definitions": leaves("^ta")}),
            "groups",
            "defines 2",
        ),
        (
            "bgm",
            json!({"alignment": alignment, "tree": tree, "samples": 5000, "steps": 1000,
            "burn_in": 100}),
            "samples",
            "900",
        ),
        (
            "busted",
            json!({"alignment": alignment, "tree": tree, "grid_size": 50,
            "starting_points": 6}),
            "starting_points",
            "5",
        ),
        (
            "gard",
            json!({"alignment": alignment, "data_type": "Protein"}),
            "alignment",
            "protein",
        ),
    ] {
        let answer = server.post(&format!("/methods/{method}-start"), &body);
        let status = answer.status();
        let problem: Value = answer.json().unwrap();
        let found = problem["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|error| {
                error["field"] == field && error["message"].as_str().unwrap().contains(expected)
            });
        assert!(
            found && status.is_client_error(),
            "{method} {body}: {status} {problem}"
        );
    }
    assert_eq!(server.get_json("/jobs")["jobs"], json!([]));
}

/// The small alignment as NEXUS with two partitions. The second has another tree.
fn partitioned(charsets: &str) -> String {
    let (fasta, newick) = small();
    let rows: Vec<String> = fasta
        .split('>')
        .skip(1)
        .map(|record| record.replacen('\n', " ", 1))
        .collect();
    let other = newick
        .replace("taab", "x")
        .replace("tbbb", "taab")
        .replace('x', "tbbb");
    format!(
        "#NEXUS\nBEGIN DATA;\nDIMENSIONS NTAX=8 NCHAR=36;\nFORMAT DATATYPE=DNA;\nMATRIX\n{};\n\
         END;\nBEGIN ASSUMPTIONS;\n{charsets}\nEND;\nBEGIN TREES;\nTREE a = {newick}TREE b = {other}\
         END;\n",
        rows.concat()
    )
}

#[test]
fn each_partition_is_analysed_with_its_own_tree() {
    let server = Server::start();
    let file = partitioned("CHARSET 'gag 1' = 1-15;\nCHARSET pol = 16-36;");
    let body = json!({"alignment": server.upload(file), "branches": ["taab"]});
    let id = server.start_job("fel", &body);
    server.completed(&id);
    let result = server.get_json(&format!("/jobs/{id}/result"));
    assert_eq!(result["data partitions"]["0"]["name"], "fel.filter.P1");
    assert_eq!(result["data partitions"]["1"]["name"], "fel.filter.P2");
    let coverage = &result["data partitions"]["1"]["coverage"][0];
    assert_eq!(coverage, &json!([5, 6, 7, 8, 9, 10, 11]));
    let (first, second) = (
        &result["input"]["trees"]["0"],
        &result["input"]["trees"]["1"],
    );
    assert!(
        topology(first.as_str().unwrap()).contains("taaa,taab"),
        "{first}"
    );
    assert!(
        topology(second.as_str().unwrap()).contains("taaa,tbbb"),
        "{second}"
    );
    for tree in ["0", "1"] {
        assert_eq!(result["tested"][tree]["taab"], "test");
        assert_eq!(result["tested"][tree]["taaa"], "background");
    }
    assert_eq!(result["MLE"]["content"]["0"].as_array().unwrap().len(), 5);
}

#[test]
fn ignored_partitions_cause_a_warning() {
    let server = Server::start();
    for (method, charsets, expected) in [
        (
            "slac",
            "CHARSET a = 1-16;\nCHARSET b = 17-36;",
            "columns 1-16 of a became 1-15",
        ),
        (
            "slac",
            "CHARSET a = 1-18;\nCHARSET b = 16-36;",
            "columns that are also in another partition",
        ),
        (
            "gard",
            "CHARSET a = 1-15;\nCHARSET b = 16-36;",
            "GARD does not use partitions",
        ),
    ] {
        let body = json!({"alignment": server.upload(partitioned(charsets))});
        let id = server.start_job(method, &body);
        let warnings = server.job(&id)["warnings"].to_string();
        assert!(warnings.contains(expected), "{expected} in {warnings}");
    }
}
