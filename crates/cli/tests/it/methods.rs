//! Every analysis, from its start to its result: what the service serves is what the same engine
//! writes for the same command line.

use std::fs;

use serde_json::{Value, json};

use crate::{
    compare::Case,
    simulate,
    support::{Server, small, until},
};

fn labelled() -> (String, String) {
    let (fasta, _) = small();
    let newick = "(((taaa:0.12{Test},taab:0.12{Test}):0.12{Test},(taba:0.12,tabb:0.12):0.12):0.12,\
        ((tbaa:0.12{Reference},tbab:0.12{Reference}):0.12{Reference},(tbba:0.12,tbbb:0.12):0.12):0.12);";
    (fasta, newick.to_owned())
}

/// The alignment translated.
fn protein() -> String {
    let (fasta, _) = small();
    let code = sequence::GeneticCode::UNIVERSAL;
    fasta
        .lines()
        .map(|line| {
            if line.starts_with('>') {
                return format!("{line}\n");
            }
            let codons = line.as_bytes().chunks(3);
            let amino = codons.map(|c| char::from(code.translate([c[0], c[1], c[2]])));
            amino.collect::<String>() + "\n"
        })
        .collect()
}

#[test]
fn slac() {
    let case = Case {
        random: &["/sample-2.5", "/sample-median", "/sample-97.5"],
        ..Case::new(
            "slac",
            json!({"samples": 10, "pvalue": 0.2, "branches": ["Internal"]}),
            "slac --samples 10 --pvalue 0.2 --branches Internal",
        )
    };
    let served = case.same();
    assert_eq!(served["tested"]["0"]["taaa"], "background");
}

#[test]
fn fubar() {
    let served = Case::new(
        "fubar",
        json!({"grid_points": 6, "concentration_parameter": "0.25"}),
        "fubar --grid 6 --concentration_parameter 0.25 --cache /proc/self/cwd/c",
    )
    .same();
    assert_eq!(served["grid"].as_array().unwrap().len(), 36);
}

#[test]
fn meme() {
    Case::new(
        "meme",
        json!({"rates": 3, "impute_states": "Yes"}),
        "meme --rates 3 --impute-states Yes --limit-to-sites [0-9]",
    )
    .same();
}

#[test]
fn busted() {
    Case {
        random: &["/"],
        ..Case::new(
            "busted",
            json!({"srv": "No", "rates": 2, "grid_size": 20, "starting_points": 1}),
            "busted --srv No --rates 2 --grid-size 20 --starting-points 1",
        )
    }
    .same();
}

#[test]
fn absrel() {
    let (fasta, newick) = small();
    let engine_tree = newick
        .replace("taaa", "taaa{FOREGROUND}")
        .replace("tbbb", "tbbb{FOREGROUND}");
    let case = Case {
        alignment: Some(fasta),
        tree: Some(newick),
        engine_tree: Some(engine_tree),
        ..Case::new(
            "absrel",
            json!({"branches": ["taaa", "tbbb"], "srv": false}),
            "absrel --branches FOREGROUND --srv No",
        )
    };
    let served = case.same();
    assert_eq!(served["test results"]["tested"], 2);
}

#[test]
fn bgm() {
    Case {
        random: &["/MLE"],
        ..Case::new(
            "bgm",
            json!({"steps": 1000, "burn_in": 100, "samples": 100, "max_parents": 2, "min_subs": 1}),
            "bgm --type codon --steps 1000 --burn-in 100 --samples 100 --max-parents 2 --min-subs 1",
        )
    }
    .same();
}

#[test]
fn fade() {
    Case {
        alignment: Some(protein()),
        ..Case::new(
            "fade",
            json!({"model": "JC69", "grid_points": 5}),
            "fade --model JC69 --grid 5 --cache /proc/self/cwd/c",
        )
    }
    .same();
}

#[test]
fn gard() {
    Case {
        alignment: Some(simulate::alignment(3, 7, &[0.3; 60]).fasta),
        tree: None,
        ..Case::new(
            "gard",
            json!({"run_mode": "Faster", "max_breakpoints": 1, "rate_classes": 3,
                "site_to_site_variation": "General Discrete"}),
            "gard --type nucleotide --mode Faster --max-breakpoints 1 --rv GDD --rate-classes 3",
        )
    }
    .same();
}

#[test]
fn multihit() {
    Case::new(
        "multihit",
        json!({"rate_classes": 1, "triple_islands": "Yes"}),
        "fmm --rates 1 --triple-islands Yes",
    )
    .same();
}

#[test]
fn relax() {
    let (fasta, newick) = labelled();
    let served = Case {
        alignment: Some(fasta),
        tree: Some(newick),
        random: &["/"],
        ..Case::new(
            "relax",
            json!({"models": "Minimal", "rates": 2, "grid_size": 20}),
            "relax --mode Classic~mode --test Test --reference Reference --models Minimal \
             --rates 2 --kill-zero-lengths No --grid-size 20",
        )
    }
    .same();
    assert_eq!(served["tested"]["0"]["taaa"], "Test");
    assert_eq!(served["tested"]["0"]["tbaa"], "Reference");
}

#[test]
fn contrast_fel() {
    let (fasta, newick) = labelled();
    Case {
        alignment: Some(fasta),
        tree: Some(newick),
        ..Case::new(
            "contrast-fel",
            json!({"branch_sets": ["Test", "Reference"], "srv": "No", "permutations": "No"}),
            "contrast-fel --branch-set Test --branch-set Reference --srv No --permutations No \
             --limit-to-sites [0-9]",
        )
    }
    .same();
}

#[test]
fn prime() {
    let tiny = simulate::alignment(2, 7, &[0.3; 2]);
    Case {
        alignment: Some(tiny.fasta),
        tree: Some(tiny.newick),
        random: &["/MLE"],
        ..Case::new(
            "prime",
            json!({"properties": "LCAP", "branches": "Leaves"}),
            "prime --properties LCAP --branches Leaves",
        )
    }
    .same();
}

#[test]
fn contrast_meme() {
    let (fasta, newick) = labelled();
    Case {
        alignment: Some(fasta),
        tree: Some(newick),
        ..Case::new(
            "contrast-meme",
            json!({"branch_sets": ["Test", "Reference"], "srv": "No", "permutations": "No"}),
            "contrast-meme --branch-set Test --branch-set Reference --srv No --permutations No",
        )
    }
    .same();
}

#[test]
fn leisr() {
    let case = Case {
        alignment: Some(protein()),
        ..Case::new(
            "leisr",
            json!({"data_type": "Protein", "protein_model": "WAG", "rate_variation": "Gamma"}),
            "leisr --type Protein --model WAG --rate-variation Gamma",
        )
    };
    let served = case.same();
    assert_eq!(served["MLE"]["content"]["0"].as_array().unwrap().len(), 12);
}

#[test]
fn nrm() {
    let batch = concat!(env!("CARGO_MANIFEST_DIR"), "/../hyphy/src/methods/nrm.bf");
    let case = Case::new(
        "nrm",
        json!({"genetic_code": "Universal", "save_fit": true}),
        batch,
    );
    let (served, expected) = case.run();
    for model in ["GTR", "NREV6", "NREV12", "NREV12+F"] {
        let fit = |result: &Value| result["fits"][model]["Log Likelihood"].as_f64().unwrap();
        assert!((fit(&served) - fit(&expected)).abs() < 0.01, "{model}");
    }
    let server = Server::start();
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick),
        "save_fit": true});
    let id = server.start_job("nrm", &body);
    server.completed(&id);
    let fit = server.get(&format!("/jobs/{id}/fit")).text().unwrap();
    assert!(fit.contains("LikelihoodFunction"), "{fit}");
    let enveloped = server.get_json(&format!("/methods/nrm-result?job_id={id}"));
    assert_eq!(enveloped["result"], enveloped["results"]);
    assert_eq!(enveloped["results"]["tested"], false);
    assert_eq!(server.get("/jobs/abc/fit").status().as_u16(), 404);
}

#[test]
fn slatkin() {
    let (_, newick) = small();
    let case = Case {
        alignment: None,
        // HyPhy asks about bootstrap supports only where there are some.
        tree: Some(newick.replace("):", ")90:")),
        random: &[
            "/simulations",
            "/node-p-value",
            "/p-value",
            "/structured-cutoff",
            "/tree-p-",
        ],
        ..Case::new(
            "slatkin",
            json!({"groups": 2, "replicates": 50, "weight": 0.3, "use_bootstrap": false,
                "compartment_definitions": [
                    {"description": "first", "regexp": "^ta"},
                    {"description": "the second", "regexp": "^tb"}]}),
            "sm --groups 2 --description-1 first --regexp-1 ^ta --description-2 the~second \
             --regexp-2 ^tb --replicates 50 --weight 0.3 --use-bootstrap No",
        )
    };
    let served = case.same();
    assert_eq!(served["partition-counts"]["the second"], 4);
    assert_eq!(served["partitions"]["first"]["0"], "taaa");
}

#[test]
fn gard_goes_on_where_it_was_interrupted() {
    let server = Server::start();
    let simulated = simulate::alignment(3, 7, &[0.3; 50]);
    let body = json!({"alignment": server.upload(simulated.fasta), "run_mode": "Faster"});
    let id = server.start_job("gard", &body);
    server.wait_for(&id, "running");
    let partial = || {
        let files = server.files();
        files.iter().any(|file| {
            let inside = file.ends_with("run/result.json");
            inside && fs::read(file).is_ok_and(|text| text.len() > 500)
        })
    };
    until("a partial result", || {
        assert_ne!(server.job(&id)["state"], "completed", "it was too fast");
        partial()
    });
    server.kill_jobs();
    // Read while it runs: after a numerical error, which GARD meets now and then, the job would begin
    // again with nothing.
    let resumes = || {
        let log = server.get(&format!("/jobs/{id}/log")).text().unwrap();
        log.contains("Will resume search")
    };
    until("GARD goes on", || {
        // The log is complete when the job is over.
        let job = server.job(&id);
        let resumes = resumes();
        let state = job["state"].as_str().unwrap();
        let under_way = ["queued", "submitting", "running"].contains(&state);
        assert!(under_way || resumes, "{job}");
        resumes
    });
    let job = server.completed(&id);
    assert!(job["warnings"].to_string().contains("interrupted"), "{job}");
}
