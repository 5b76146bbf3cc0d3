//! Malicious uploads. The sandbox is off here, to test only the first line of defence: the engine
//! receives only files that the service wrote.

use std::{
    fs,
    io::Write,
    net::TcpListener,
    process::{Command, Stdio},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    fel::engine_command,
    support::{Server, small},
};

const METHODS: [&str; 3] = ["fel", "slac", "fubar"];

/// The code in an upload tries to create a file and to open a connection.
struct Bait {
    folder: TempDir,
    listener: TcpListener,
}

impl Bait {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self {
            folder: TempDir::new().unwrap(),
            listener,
        }
    }

    fn code(&self) -> String {
        format!(
            "fprintf(\"{}\", CLEAR_FILE, \"here\"); GetURL(x, \"http://{}/\");",
            self.folder.path().join("canary").display(),
            self.listener.local_addr().unwrap()
        )
    }

    fn was_taken(&self) -> bool {
        self.listener.accept().is_ok() || fs::read_dir(self.folder.path()).unwrap().count() > 0
    }
}

fn nexus_tree(newick: &str, code: &str, block: &str) -> String {
    format!("#NEXUS\nBEGIN TREES;\nTREE t = {newick}END;\n{block}\n{code}\nEND;\n")
}

fn nexus_alignment(fasta: &str, code: &str) -> String {
    let rows: Vec<String> = fasta
        .split('>')
        .skip(1)
        .map(|record| record.replacen('\n', " ", 1))
        .collect();
    format!(
        "#NEXUS\nBEGIN DATA;\nDIMENSIONS NTAX={} NCHAR=36;\nFORMAT DATATYPE=DNA GAP=- MISSING=?;\n\
         MATRIX\n{};\nEND;\nBEGIN HYPHY;\n{code}\nEND;\n",
        rows.len(),
        rows.concat()
    )
}

/// Uploads a pair, starts the three analyses and waits until they end. Returns the states, and the
/// messages of responses other than 200.
fn outcome(server: &Server, alignment: &[u8], tree: &[u8]) -> Vec<String> {
    let body = json!({"alignment": server.upload(alignment), "tree": server.upload(tree)});
    let started: Vec<_> = METHODS
        .iter()
        .map(|method| server.post(&format!("/methods/{method}-start"), &body))
        .collect();
    started
        .into_iter()
        .map(|response| {
            let status = response.status().as_u16();
            let answer: Value = response.json().unwrap();
            match status {
                200 => server.completed(answer["job_id"].as_str().unwrap())["state"].to_string(),
                _ => format!("{status} {}", answer["errors"]),
            }
        })
        .collect()
}

#[test]
fn the_malicious_code_works_without_protection() {
    let bait = Bait::new();
    let (fasta, newick) = small();
    let tree = nexus_tree(&newick, &bait.code(), "BEGIN HYPHY;");
    let folder = bait.folder.path().join("run");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("a.fasta"), fasta).unwrap();
    fs::write(folder.join("t.nwk"), tree).unwrap();
    let command = engine_command();
    // The engine would wait for input.
    let Bait {
        folder: bait,
        listener,
    } = bait;
    drop(listener);
    // How it ends does not matter. This shows that an engine does run such code.
    Command::new(&command[0])
        .args(&command[1..])
        .args(["slac", "--samples", "0", "--alignment"])
        .arg(folder.join("a.fasta"))
        .arg("--tree")
        .arg(folder.join("t.nwk"))
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(bait.path().join("canary").exists());
}

#[test]
fn code_in_uploads_is_never_run() {
    let bait = Bait::new();
    let server = Server::with(&[("SANDBOX", "off")]);
    let (fasta, newick) = small();
    let code = bait.code();
    let block = nexus_tree(&newick, &code, "BEGIN HYPHY;");
    let both = nexus_alignment(&fasta, &code);
    let bom = [b"\xef\xbb\xbf", block.as_bytes()].concat();
    let lower = nexus_tree(&newick, &code, "begin hyphy;").replace("#NEXUS", "#nexus");
    let labelled = newick
        .replace(
            "taaa:",
            &format!("taaa{{ENV={}}}:", code.replace([',', '(', ')', ';'], "_")),
        )
        .replace("taab:", "taab{`code`}:");
    for (alignment, tree) in [
        (fasta.as_str(), block.as_bytes()),
        (&both, newick.as_bytes()),
        (&both, block.as_bytes()),
        (&fasta, lower.as_bytes()),
        (&fasta, &bom),
        (&fasta, labelled.as_bytes()),
    ] {
        let states = outcome(&server, alignment.as_bytes(), tree);
        assert_eq!(states, ["\"completed\""; 3]);
        assert!(!bait.was_taken());
    }
    let dropped = server.upload(block);
    let report = server.get_json(&format!("/datasets/{dropped}/report"));
    let findings = report["findings"].to_string();
    assert!(findings.contains("HYPHY"), "{findings}");
}

#[test]
fn names_are_never_interpreted() {
    let bait = Bait::new();
    let server = Server::with(&[("SANDBOX", "off")]);
    let (fasta, newick) = small();
    let names = [
        (
            "taaa",
            format!("ENV={}", bait.code().replace(['\'', '>'], "_")),
        ),
        ("taab", "`rm -rf .`".to_owned()),
        ("taba", "../../../etc/passwd".to_owned()),
        ("tabb", "say \"hi\"; x = 1".to_owned()),
        ("tbaa", "--output=/tmp/x".to_owned()),
        ("tbab", "LIBPATH=/tmp".to_owned()),
        ("tbba", "$(id) %n {Test}".to_owned()),
    ];
    let (mut alignment, mut tree) = (fasta, newick);
    for (plain, name) in &names {
        alignment = alignment.replace(&format!(">{plain}\n"), &format!(">{name}\n"));
        tree = tree.replace(&format!("{plain}:"), &format!("'{name}':"));
    }
    assert_eq!(
        outcome(&server, alignment.as_bytes(), tree.as_bytes()),
        ["\"completed\""; 3]
    );
    assert!(!bait.was_taken());
    for job in server.get_json("/jobs")["jobs"].as_array().unwrap() {
        let id = job["job_id"].as_str().unwrap();
        let result = server.get_json(&format!("/jobs/{id}/result"));
        let tested = result["tested"]["0"].as_object().unwrap();
        for (_, name) in &names {
            assert!(tested.contains_key(name), "{name} in {tested:?}");
        }
        let raw = server.result(id);
        assert!(!raw.contains("rm -rf") && !raw.contains("etc/passwd"));
        let in_tree = result["input"]["trees"]["0"].as_str().unwrap();
        assert!(in_tree.contains("'`rm -rf .`'"), "{in_tree}");
        assert!(job["warnings"].to_string().contains("other names"), "{job}");
    }
}

#[test]
fn unusable_uploads_get_an_explanation() {
    let bait = Bait::new();
    let server = Server::with(&[("SANDBOX", "off"), ("MAX_UNPACKED_BYTES", "1000000")]);
    let (fasta, newick) = small();
    let deep = format!("{}a{};", "(".repeat(100_000), ")".repeat(100_000));
    let cache = format!("{{\"fubar.cache\": {{{}}}}}", bait.code());
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..1000 {
        bomb.write_all(&[b'A'; 10_000]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 20_000);
    let nul = fasta.replacen('C', "\0", 1);
    let cases: [(&[u8], &[u8], &str); 5] = [
        (fasta.as_bytes(), deep.as_bytes(), "deep"),
        (cache.as_bytes(), newick.as_bytes(), "This is a JSON file"),
        (fasta.as_bytes(), cache.as_bytes(), "tree"),
        (&bomb, newick.as_bytes(), "1000000 bytes"),
        (nul.as_bytes(), newick.as_bytes(), "byte 0x00 at position 1"),
    ];
    for (alignment, tree, expected) in cases {
        for answer in outcome(&server, alignment, tree) {
            assert!(
                answer.starts_with("422") && answer.contains(expected),
                "{expected} in {answer}"
            );
        }
    }
    assert!(!bait.was_taken());
}
