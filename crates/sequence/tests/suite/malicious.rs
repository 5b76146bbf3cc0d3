//! Malicious files become harmless, and the changes are reported.

use std::io::Write;

use rstest::rstest;
use sequence::invariants;
use sequence::{Compression, Limits, normalize, parse_newick, write};

use crate::{codes, errors, newick, read, rows};

const ATTACK: &str = "fprintf(\"/tmp/owned\", \"x\"); ExecuteCommands(\"exit;\"); /* END */ '";

#[rstest]
#[case::after_the_data("BEGIN HYPHY")]
#[case::lower_case("begin hyphy")]
#[case::mixed("Begin HyPhy")]
#[case::with_a_comment("BEGIN [x] HYPHY")]
#[case::quoted("BEGIN 'HYPHY'")]
#[case::paup("BEGIN PAUP")]
#[case::mrbayes("begin mrbayes")]
#[case::unheard_of("BEGIN whatever")]
fn executable_blocks_are_dropped(#[case] begin: &str) {
    for mark in ["", "\u{feff}"] {
        let document = read(format!(
            "{mark}#nexus\n{begin};\n{ATTACK}\nend;\nBEGIN DATA;\nDIMENSIONS NTAX=3 NCHAR=3;\n\
             FORMAT DATATYPE=DNA;\nMATRIX\na ATG\nb ATG\nc ATG\n;\nEND;\n{begin};\n{ATTACK}\nENDBLOCK;\n\
             BEGIN TREES;\nTREE t = (a,b,c);\nEND;\n{begin};\n{ATTACK}"
        ));
        assert_eq!(rows(&document), [("a", "ATG"), ("b", "ATG"), ("c", "ATG")]);
        assert_eq!(document.trees.len(), 1);
        let found: Vec<_> = codes(&document.findings);
        assert_eq!(
            found
                .iter()
                .filter(|c| **c == "executable-block-dropped")
                .count(),
            3
        );
        let name = begin
            .split([' ', ']'])
            .next_back()
            .unwrap()
            .trim_matches('\'')
            .to_uppercase();
        assert!(
            document.findings[0].message.contains(&name),
            "{}",
            document.findings[0].message
        );
        let names = normalize::names(document.alignment.as_ref(), &[&document.trees[0].tree]);
        let (fasta, _) = normalize::fasta(document.alignment.as_ref().unwrap(), &names, None);
        assert_eq!(fasta, b">a\nATG\n>b\nATG\n>c\nATG\n");
        assert_eq!(
            normalize::newick(
                &document.trees[0].tree,
                &names,
                normalize::Annotations::Labels
            ),
            "(a,b,c);"
        );
    }
}

#[rstest]
#[case("ENV=TOLERATE_NUMERICAL_ERRORS=1;", "ENV_TOLERATE_NUMERICAL_ERRORS_1_")]
#[case("`rm -rf`", "_rm__rf_")]
#[case("\");exit();//", "___exit_____")]
#[case("'; DROP TABLE jobs; --", "___DROP_TABLE_jobs____")]
#[case("../../../etc/passwd", "_________etc_passwd")]
#[case("/etc/passwd", "_etc_passwd")]
#[case("$(reboot)", "__reboot_")]
#[case("<script>alert(1)</script>", "_script_alert_1___script_")]
#[case("--output", "__output")]
fn hostile_names_become_words(#[case] name: &str, #[case] word: &str) {
    let document = read(format!(">{name}\nATG\n>b\nATG\n>c\nATG\n"));
    assert_eq!(rows(&document)[0].0, name, "people see their own name");
    let tree = newick(&format!("('{}',b,c);", name.replace('\'', "''")));
    let names = normalize::names(document.alignment.as_ref(), &[&tree]);
    assert_eq!(
        normalize::newick(&tree, &names, normalize::Annotations::Labels),
        format!("({word},b,c);")
    );
    let (fasta, _) = normalize::fasta(document.alignment.as_ref().unwrap(), &names, None);
    assert_eq!(
        String::from_utf8(fasta).unwrap(),
        format!(">{word}\nATG\n>b\nATG\n>c\nATG\n")
    );
    assert_eq!(names.user(word), Some(name));
}

#[test]
fn labels_that_are_not_words_do_not_reach_the_engine() {
    let tree = newick("(a{x;y},b{`id`},c{Test});");
    let names = normalize::names(None, &[&tree]);
    assert_eq!(
        normalize::newick(&tree, &names, normalize::Annotations::Labels),
        "(a,b,c{Test});"
    );
}

#[test]
fn nul_bytes_are_replaced_and_reported() {
    let document = read(b">a\0b\nAC\0GTACGT\n>c\nACCGTACGT\n");
    assert_eq!(rows(&document)[0], ("a\u{fffd}b", "AC#GTACGT"));
    assert_eq!(
        codes(&document.findings),
        ["name-control-character", "illegal-character"]
    );
    assert!(
        document.findings[1]
            .message
            .contains("the byte 0x00 at position 3")
    );
    let names = normalize::names(document.alignment.as_ref(), &[]);
    let (fasta, _) = normalize::fasta(document.alignment.as_ref().unwrap(), &names, None);
    assert_eq!(fasta, b">a_b\nAC?GTACGT\n>c\nACCGTACGT\n");
}

fn deep(depth: usize) -> String {
    format!("{}a,b{};", "(".repeat(depth), ",c)".repeat(depth))
}

#[test]
fn deep_trees_are_rejected_by_default() {
    for depth in [100_000, 1_000_000] {
        let document = read(deep(depth));
        assert_eq!(errors(&document.findings), ["tree-too-deep"]);
    }
}

#[test]
fn deep_trees_use_no_stack_if_allowed() {
    let limits = Limits {
        max_depth: usize::MAX,
        max_nodes: 10_000_000,
        ..Limits::default()
    };
    // With a small stack, recursion would overflow.
    let work = move || {
        for depth in [100_000, 1_000_000] {
            let tree = parse_newick(deep(depth).as_bytes(), &limits).unwrap();
            assert_eq!(
                (tree.depth(), tree.leaves().count()),
                (depth + 1, depth + 2)
            );
            let copy = tree.clone();
            assert_eq!(copy, tree);
            assert_eq!(
                parse_newick(write::newick(&copy).as_bytes(), &limits).unwrap(),
                tree
            );
            assert_eq!(tree.postorder().count(), tree.len());
            let names = normalize::names(None, &[&tree]);
            assert!(normalize::newick(&tree, &names, normalize::Annotations::Labels).len() > depth);
        }
    };
    std::thread::Builder::new()
        .stack_size(256 * 1024)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn a_gzip_bomb_is_refused() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let block = vec![b'A'; 1 << 20];
    packer.write_all(b">a\n").unwrap();
    for _ in 0..300 {
        packer.write_all(&block).unwrap();
    }
    let bomb = packer.finish().unwrap();
    assert!(bomb.len() < 1 << 20);
    let document = read(&bomb);
    assert_eq!(errors(&document.findings), ["file-too-large"]);
    assert_eq!(document.compression, Compression::Gzip);
    assert!(document.alignment.is_none());
}

/// Each of these once took, or could take, disproportionate time or memory.
#[rstest]
#[case::blocks("#NEXUS\n".to_string() + &"BEGIN X;\nEND;\n".repeat(100_000))]
#[case::bad_trees("#NEXUS\nBEGIN TREES;\n".to_string() + &"TREE t=(;\n".repeat(100_000))]
#[case::comments("#NEXUS\n".to_string() + &"[".repeat(500_000))]
#[case::quotes("#NEXUS\nBEGIN DATA;\nMATRIX\n".to_string() + &"'\n".repeat(200_000))]
#[case::names(">a\n".repeat(100_000))]
#[case::many_trees("(a,b,c);".repeat(50_000))]
#[case::open_quotes("('".repeat(200_000))]
#[case::charsets("#NEXUS\nBEGIN SETS;\nCHARSET a=1;".to_string() + &"CHARSET b = a a a a;".repeat(50_000))]
#[case::doubling("#NEXUS\nBEGIN SETS;\nCHARSET a0=1;".to_string() + &(1..60).map(|i| format!("CHARSET a{i} = a{} a{};", i - 1, i - 1)).collect::<String>())]
#[case::phylip("9 9\n".to_string() + &"a\n".repeat(200_000))]
#[case::clustal("CLUSTAL\n".to_string() + &"a A\n".repeat(90_000))]
#[case::notes("(a,b,c);\n".to_string() + &"x\n".repeat(200_000))]
#[case::open_comments("(a,b,c);\n".to_string() + &"[\n".repeat(200_000))]
#[case::nested_comments("(a,b,c);\n".to_string() + &"[\n".repeat(100_000) + &"]".repeat(100_000) + "x")]
#[case::comments_in_fasta(">a\nA\n".to_string() + &"[\n".repeat(200_000))]
#[case::tree_headers(">a\nA\n".to_string() + &">tree\n[\n".repeat(50_000))]
#[case::assignments("(a,b,c);\n".to_string() + &"a=[\n".repeat(100_000))]
#[case::marks(format!("({}z);", "a#1 $2,".repeat(100_000)))]
#[case::clade_marks(format!("{}a{};", "(".repeat(9_000), ",b)$1".repeat(9_000)))]
#[case::single_children(format!("{}a{};", "(".repeat(9_000), ")".repeat(9_000)))]
#[case::open_blocks("#NEXUS\n".to_string() + &"BEGIN TREES;\nTREE t=(a,b,c)\n".repeat(30_000))]
#[case::programs("#NEXUS\n".to_string() + &"BEGIN PAUP;\nBEGIN SETS\n".repeat(30_000))]
#[case::labels("#NEXUS\nBEGIN TAXA;\nTAXLABELS ".to_string() + &"a[b".repeat(100_000))]
#[case::blanks("#NEXUS\nBEGIN DATA;\nMATRIX\n".to_string() + &" ".repeat(1_000_000))]
#[case::names_first("3 9 I\na\nb\nc\n".to_string() + &"1\n".repeat(200_000))]
#[case::paml_notes("1 1\na A\n\n".to_string() + &"1 1\n".repeat(200_000))]
#[case::parts((0..20_000).map(|i| format!(">a_{i}_b_c\nA\n")).collect::<String>() + &format!("({}x);", (0..20_000).map(|i| format!("x_a_{i},")).collect::<String>()))]
#[case::one_letter_rows("#NEXUS\nBEGIN DATA;\nDIMENSIONS NCHAR=1;FORMAT INTERLEAVE;\nMATRIX\n".to_string() + &"a A\n".repeat(90_000))]
fn costly_files_are_quick(#[case] text: String) {
    let start = std::time::Instant::now();
    invariants::document(text.as_bytes(), &Limits::default());
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
