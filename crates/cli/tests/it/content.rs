//! What datasets and results contain, as the service reads it.

use serde_json::{Value, json};

use crate::support::{Server, small};

const NEXUS: &str = "#NEXUS
BEGIN DATA;
  DIMENSIONS NTAX=3 NCHAR=9;
  FORMAT DATATYPE=DNA MATCHCHAR=. INTERLEAVE;
  MATRIX
    'A b' ATGAA
    c ...CC
    d ...--
    'A b' ATTT
    c ....
    d ...C
  ;
END;
BEGIN TREES;
  TRANSLATE 1 'A b', 2 c, 3 d;
  TREE first = (1:0.1,(2{Test}:0.2,3:0.3)90:0.05);
  TREE second = [&U] (1,2,3);
END;
";

#[test]
fn the_alignment_of_a_dataset_is_served_in_parts() {
    let server = Server::start();
    let id = server.upload(NEXUS);
    let path = format!("/datasets/{id}/alignment");
    let whole = server.get_json(&path);
    assert_eq!(
        whole["rows"],
        json!([
            {"name": "A b", "residues": "ATGAAATTT"},
            {"name": "c", "residues": "ATGCCATTT"},
            {"name": "d", "residues": "ATG--ATTC"},
        ])
    );
    assert_eq!(whole["alphabet"], "nucleotide");
    let part = server.get_json(&format!(
        "{path}?first_sequence=2&max_sequences=1&first_site=3&max_sites=4&variable=codons"
    ));
    assert_eq!(part["rows"], json!([{"name": "c", "residues": "GCCA"}]));
    assert_eq!(part["variable"], json!([2, 3]));
    assert_eq!((&part["sequences"], &part["sites"]), (&json!(3), &json!(9)));
    let names = server.get_json(&format!("{path}?max_sites=0"));
    assert_eq!(names["rows"][2], json!({"name": "d", "residues": ""}));
}

#[test]
fn the_trees_of_a_dataset_are_served_as_nodes() {
    let server = Server::start();
    let id = server.upload(NEXUS);
    let trees = server.get_json(&format!("/datasets/{id}/trees"));
    assert_eq!(trees["total"], 2);
    assert_eq!(
        trees["trees"],
        json!([{"name": "first", "rooted": true, "nodes": [
            {"name": "Node0"},
            {"name": "A b", "parent": 0, "length": 0.1},
            {"name": "Node2", "parent": 0, "length": 0.05, "support": "90"},
            {"name": "c", "parent": 2, "length": 0.2, "label": "Test"},
            {"name": "d", "parent": 2, "length": 0.3},
        ]}])
    );
    let report = server.get_json(&format!("/datasets/{id}"))["report"].clone();
    let leaves = report["tree"]["leaves"].as_u64();
    let named = report["tree"]["leaf_names"].as_array().unwrap().len() as u64;
    assert!(named > 0 && Some(named) == leaves, "{report}");
    let brief = server.get_json(&format!("/datasets/{id}?names=false"))["report"].clone();
    assert_eq!(brief["tree"]["leaf_names"], json!([]));
    assert_eq!(brief["tree"]["leaves"].as_u64(), leaves);
    let second = server.get_json(&format!("/datasets/{id}/trees?first=2&max=5"));
    assert_eq!(second["trees"][0]["name"], "second");
    assert_eq!(second["trees"].as_array().unwrap().len(), 1);
    let alignment = server.upload(small().0);
    let none = server.get_json(&format!("/datasets/{alignment}/trees"));
    assert_eq!(none, json!({"total": 0, "trees": []}));
    let tree = server.upload("(a,b,c);");
    let refused = server.get(&format!("/datasets/{tree}/alignment"));
    assert_eq!(refused.status().as_u16(), 422);
}

#[test]
fn the_trees_of_a_result_have_its_branch_lengths_and_the_users_names() {
    let server = Server::start();
    let (fasta, newick) = small();
    let renamed = |text: &str| text.replace("taaa", "t.aaa");
    let body = json!({"alignment": server.upload(renamed(&fasta)),
        "tree": server.upload(renamed(&newick))});
    let id = server.start_job("fel", &body);
    server.completed(&id);
    let trees = server.get_json(&format!("/jobs/{id}/trees"));
    let nodes = trees["trees"][0]["nodes"].as_array().unwrap();
    let result = server.get_json(&format!("/jobs/{id}/result"));
    let branches = &result["branch attributes"]["0"];
    let leaf = nodes.iter().find(|node| node["name"] == "t.aaa").unwrap();
    assert_eq!(leaf["length"], branches["t.aaa"]["Global MG94xREV"]);
    assert_eq!(trees["total"], 1);
}

#[test]
fn every_genetic_code_is_served_with_its_amino_acids() {
    let codes = Server::start().get_json("/genetic-codes");
    let codes = codes["genetic_codes"].as_array().unwrap();
    assert_eq!(codes.len(), 22);
    assert_eq!(
        codes[0],
        json!({"name": "Universal", "ncbi_table": 1, "amino_acids":
            "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"})
    );
}

fn of<'a>(suitability: &'a Value, method: &str) -> &'a Value {
    let methods = suitability["methods"].as_array().unwrap();
    methods.iter().find(|one| one["method"] == method).unwrap()
}

#[test]
fn suitability_says_which_analyses_can_run_and_why_others_cannot() {
    let server = Server::start();
    let (fasta, newick) = small();
    let (alignment, tree) = (server.upload(fasta), server.upload(&newick));
    let path = format!("/methods/suitability?alignment={alignment}&tree={tree}");
    let suitability = server.get_json(&path);
    assert_eq!(of(&suitability, "fel")["problems"], json!([]));
    let usual = of(&suitability, "fel")["expected_seconds"].as_f64();
    assert!(usual > Some(0.0));
    // Intervals take more time.
    let with = |parameters: &str| {
        let suitability = server.get_json(&format!("{path}&method=fel&parameters={parameters}"));
        of(&suitability, "fel")["expected_seconds"].as_f64()
    };
    assert!(with("{\"ci\":\"Yes\"}") > usual);
    assert_eq!(with("{\"ci\":\"perhaps\",\"pvalue\":0.01}"), usual);
    let response = server.get(&format!("{path}&parameters=5"));
    assert_eq!(response.status(), 422);
    assert_eq!(
        of(&suitability, "fade")["problems"][0]["field"],
        "alignment"
    );
    // Not to be analysed as proteins: the kind of data follows the alignment.
    assert_eq!(of(&suitability, "leisr")["problems"], json!([]));
    assert_eq!(of(&suitability, "leisr")["data_type"], "Nucleotide");
    assert_eq!(of(&suitability, "bgm")["data_type"], "codon");
    assert!(of(&suitability, "fel")["data_type"].is_null());
    for (file, fitting) in [
        (">a\nMKWV\n>b\nMKWI\n>c\nMKYV\n", "amino-acid"),
        (">a\nACGTA\n>b\nACGTC\n>c\nACGTG\n", "nucleotide"),
    ] {
        let id = server.upload(file);
        let path = format!("/methods/suitability?alignment={id}&method=bgm");
        let suitability = server.get_json(&path);
        assert_eq!(of(&suitability, "bgm")["data_type"], fitting);
    }
    let other = server.upload("(x,y,z);");
    let path = format!("/methods/suitability?alignment={alignment}&tree={other}&method=fel");
    let one = server.get_json(&path);
    assert_eq!(one["methods"].as_array().unwrap().len(), 1);
    assert_eq!(of(&one, "fel")["problems"][0]["field"], "tree");
    let wider = server.upload(newick.replacen("taaa", "(taaa:1,extra:1)", 1));
    let path = format!("/methods/suitability?alignment={alignment}&tree={wider}&method=fel");
    for (prune, problems) in [("", 1), ("&prune=Alignment", 1), ("&prune=Tree", 0)] {
        let suitability = server.get_json(&format!("{path}{prune}"));
        let found = of(&suitability, "fel")["problems"].as_array().unwrap();
        assert_eq!(found.len(), problems, "{prune}: {found:?}");
    }
    let wrong = server.get(&format!("{path}&prune=all"));
    assert_eq!(wrong.status().as_u16(), 422);
    let mitochondrial = ">a\nATGTGAAAACCC\n>b\nATGTGAAAGCCC\n>c\nATGTGAAAACCG\n";
    let id = server.upload(mitochondrial);
    let suitability = server.get_json(&format!("/methods/suitability?alignment={id}"));
    assert_eq!(of(&suitability, "fel")["problems"], json!([]));
    let warnings = of(&suitability, "fel")["warnings"].to_string();
    assert!(warnings.contains("Vertebrate-mtDNA"), "{warnings}");
    let path = format!("/methods/suitability?alignment={id}&genetic_code=Universal");
    let universal = server.get_json(&path);
    assert!(
        !of(&universal, "fel")["problems"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let unknown = server.get("/methods/suitability?method=felt");
    assert_eq!(unknown.status().as_u16(), 422);
}

#[test]
fn trees_are_drawn_as_they_will_be_tested() {
    let server = Server::start();
    let alignment = server.upload(">a\nATGAAA\n>b\nATGAAC\n>c\nATGAAG\n");
    let tree = server.upload("((a:1,b:1):1,c:1,extra:1);");
    let leaves = |query: &str| {
        let found = server.get_json(&format!("/datasets/{tree}/trees{query}"));
        let nodes = found["trees"][0]["nodes"].as_array().unwrap().clone();
        let names = nodes.iter().filter_map(|node| node["name"].as_str());
        names
            .filter(|name| name.len() == 1 || *name == "extra")
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert!(leaves("").contains(&"extra".to_owned()));
    let mut pruned = leaves(&format!("?prune=Tree&alignment={alignment}"));
    pruned.sort();
    assert_eq!(pruned, ["a", "b", "c"]);
    let refused = |query: &str| {
        server
            .get(&format!("/datasets/{tree}/trees?{query}"))
            .status()
    };
    assert_eq!(refused("prune=some"), 422);
    assert_eq!(refused("prune=Tree&alignment=0123"), 404);
}
