//! The analyses find what was simulated.

use serde_json::{Value, json};

use crate::{
    simulate::{Simulated, alignment, by_branch},
    support::Server,
};

/// Runs an analysis and returns the summary of its result.
fn summary(method: &str, data: &Simulated, more: Value) -> Value {
    let server = Server::start();
    let mut body = more;
    body["alignment"] = json!(server.upload(data.fasta.clone()));
    if method != "gard" {
        body["tree"] = json!(server.upload(data.newick.clone()));
    }
    let id = server.start_job(method, &body);
    server.completed(&id);
    server.get_json(&format!("/jobs/{id}/summary"))
}

/// Returns the sites of the rows in a class.
fn in_class(summary: &Value, class: &str) -> Vec<u64> {
    let rows = summary["table"]["rows"].as_array().unwrap();
    let is = |row: &&Value| row.as_array().unwrap().last().unwrap() == class;
    rows.iter()
        .filter(is)
        .map(|row| row[0].as_u64().unwrap())
        .collect()
}

/// One of 20 sites under strong positive selection, the others conserved; 16 sequences.
fn one_selected_site() -> Simulated {
    let mut omega = [0.1; 20];
    omega[6] = 7.0;
    alignment(4, 3, &omega)
}

#[test]
fn fubar_finds_the_selected_site() {
    let found = summary("fubar", &one_selected_site(), json!({}));
    assert_eq!(in_class(&found, "diversifying"), [7], "{found}");
    assert!(in_class(&found, "purifying").len() > 10, "{found}");
}

#[test]
fn meme_finds_the_selected_site() {
    let mut omega = [0.05; 14];
    omega[4] = 7.0;
    let found = summary("meme", &alignment(4, 1, &omega), json!({}));
    assert_eq!(in_class(&found, "episodic"), [5], "{found}");
}

#[test]
fn slac_finds_conserved_sites() {
    let found = summary("slac", &one_selected_site(), json!({"samples": 0}));
    assert!(!in_class(&found, "purifying").contains(&7), "{found}");
    assert!(in_class(&found, "purifying").len() > 5, "{found}");
}

#[test]
fn busted_finds_selection_only_where_there_is_some() {
    let quick = || json!({"srv": "No", "rates": 2, "grid_size": 50});
    let p_value = |omega: &[f64]| {
        let found = summary("busted", &alignment(3, 5, omega), quick());
        found["tests"][0]["p_value"].as_f64().unwrap()
    };
    let mut omega = [0.1; 40];
    for selected in omega.iter_mut().take(10) {
        *selected = 8.0;
    }
    assert!(p_value(&omega) < 0.01);
    assert!(p_value(&[0.1; 40]) > 0.1);
}

/// A tree with labelled branches in the clade `ta…`.
fn labelled(newick: &str) -> Value {
    assert!(newick.contains("taaa"));
    let leaves = ["taaa", "taab", "taba", "tabb"];
    json!(leaves)
}

#[test]
fn relax_finds_relaxed_selection() {
    // On reference branches, a third of the sites have ω = 4, the others 0.05. On test branches,
    // the values are those to the power of 0.1, which is close to 1 everywhere.
    let omega = |branch: &str, site: usize| {
        let plain: f64 = if site.is_multiple_of(3) { 4.0 } else { 0.05 };
        if branch.starts_with('a') {
            plain.powf(0.1)
        } else {
            plain
        }
    };
    let data = by_branch(3, 11, 100, &omega);
    let more = json!({"models": "Minimal", "rates": 2, "grid_size": 50,
        "test_branches": labelled(&data.newick)});
    let found = summary("relax", &data, more);
    assert_eq!(found["rates"][0]["name"], "K");
    let k = found["rates"][0]["value"].as_f64().unwrap();
    let p = found["tests"][0]["p_value"].as_f64().unwrap();
    assert!(k < 0.7 && p < 0.05, "{found}");
    assert!(
        found["statement"]
            .as_str()
            .unwrap()
            .contains("relaxed selection")
    );
}

#[test]
fn contrast_fel_finds_the_site_that_differs() {
    let omega = |branch: &str, site: usize| match site {
        4 if branch.starts_with('a') => 10.0,
        _ => 0.1,
    };
    let data = by_branch(4, 2, 12, &omega);
    let clade: Vec<String> = data
        .fasta
        .lines()
        .filter_map(|line| line.strip_prefix(">ta").map(|rest| format!("ta{rest}")))
        .collect();
    let more = json!({"srv": "No", "permutations": "No",
        "branch_sets": [{"name": "one clade", "branches": clade}]});
    let found = summary("contrast-fel", &data, more);
    assert!(in_class(&found, "different").contains(&5), "{found}");
    assert!(in_class(&found, "different").len() <= 2, "{found}");
    let columns = found["table"]["columns"].to_string();
    assert!(
        columns.contains("one clade") || columns.contains("set_1"),
        "{columns}"
    );
}

#[test]
fn gard_finds_the_breakpoint() {
    // The second half evolved on another tree, in which half of the leaves have changed places.
    let first = alignment(3, 21, &[0.5; 40]);
    let second = alignment(3, 22, &[0.5; 40]);
    let place = |name: &str| {
        match name {
            "taab" => "tbaa",
            "tbaa" => "taab",
            "tabb" => "tbbb",
            "tbbb" => "tabb",
            other => other,
        }
        .to_owned()
    };
    let row = |fasta: &str, name: &str| {
        let mut lines = fasta.lines();
        lines.find(|line| *line == format!(">{name}")).unwrap();
        lines.next().unwrap().to_owned()
    };
    let names = first
        .fasta
        .lines()
        .filter_map(|line| line.strip_prefix('>'));
    let fasta: String = names
        .map(|name| {
            let (one, two) = (row(&first.fasta, name), row(&second.fasta, &place(name)));
            format!(">{name}\n{one}{two}\n")
        })
        .collect();
    let data = Simulated {
        fasta,
        newick: first.newick,
    };
    let found = summary(
        "gard",
        &data,
        json!({"run_mode": "Faster", "max_breakpoints": 1}),
    );
    let rows = found["table"]["rows"].as_array().unwrap();
    let ends = rows.iter().map(|row| row[2].as_u64().unwrap());
    assert!(ends.clone().any(|end| end.abs_diff(120) <= 15), "{found}");
}

#[test]
fn every_genetic_code_is_accepted_by_the_engine() {
    let server = Server::start();
    // Codons that are stop codons in no genetic code.
    let rows = [
        "GCTGCAGTTGGCACCCTT",
        "GCTGCGGTTGGCACACTT",
        "GCAGCAGTCGGTACCCTG",
        "GCAGCTGTCGGTACGCTG",
    ];
    let fasta: String = rows
        .iter()
        .enumerate()
        .map(|(n, row)| format!(">s{n}\n{row}\n"))
        .collect();
    let alignment = server.upload(fasta);
    let tree = server.upload("((s0:0.1,s1:0.1):0.1,s2:0.1,s3:0.1);");
    let codes = sequence::GeneticCode::ALL;
    let jobs: Vec<(String, String)> = codes
        .iter()
        .map(|code| {
            let body = json!({"alignment": alignment, "tree": tree, "samples": 0,
                "genetic_code": code.name()});
            (code.name().to_owned(), server.start_job("slac", &body))
        })
        .collect();
    assert!(jobs.len() >= 12);
    for (code, id) in jobs {
        let job = server.wait_for(&id, "completed");
        assert_eq!(job["state"], "completed", "{code}: {job}");
    }
}
