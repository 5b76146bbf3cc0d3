//! Properties of all dialects: what is written in any of them reads back as the same alignment, tree
//! and labels.

use std::io::Write;

use proptest::collection::vec;
use proptest::prelude::*;
use sequence::{Alignment, Alphabet, Sequence, Tree};

use crate::{errors, newick, read};

type Rows = Vec<(String, String)>;

/// Rows of one length, with distinct names.
fn alignment() -> impl Strategy<Value = Rows> {
    (3usize..7, 12usize..50).prop_flat_map(|(count, sites)| {
        let name = "[a-z][a-zA-Z0-9_]{1,5}";
        let names = prop::collection::btree_set(name, count);
        let rows = vec(
            vec(prop::sample::select(b"ACGTACGTACGT-".as_slice()), sites),
            count,
        );
        (names, rows).prop_map(|(names, rows)| {
            let names = names.into_iter().enumerate();
            names
                .zip(rows)
                .map(|((i, name), mut row)| {
                    // No gap in the first row and none at the beginning: a row is never only gaps.
                    row.iter_mut()
                        .filter(|b| i == 0 && **b == b'-')
                        .for_each(|b| *b = b'A');
                    row[0] = b'C';
                    (format!("{name}{i}"), String::from_utf8(row).unwrap())
                })
                .collect()
        })
    })
}

fn expected(rows: &Rows) -> Alignment {
    Alignment {
        alphabet: Alphabet::Nucleotide,
        sequences: rows
            .iter()
            .map(|(name, row)| Sequence {
                name: name.clone(),
                residues: row.clone().into_bytes(),
            })
            .collect(),
    }
}

fn lines(rows: &Rows, line: impl Fn(&str, &str) -> String) -> String {
    rows.iter().map(|(name, row)| line(name, row)).collect()
}

/// Blocks of `width` sites. `line` writes a row of a block, from its number, name and residues.
fn blocks(rows: &Rows, width: usize, line: impl Fn(usize, &str, &str) -> String) -> String {
    let sites = rows[0].1.len();
    let mut out = String::new();
    for (block, start) in (0..sites).step_by(width).enumerate() {
        for (name, row) in rows {
            out += &line(block, name, &row[start..(start + width).min(sites)]);
        }
        out += "\n";
    }
    out
}

/// The rows with dots where they are as in the first.
fn dotted(rows: &Rows) -> Rows {
    let first = rows[0].1.as_bytes();
    let dots = |row: &str| -> String {
        let same = row.bytes().zip(first);
        same.map(|(b, f)| if b == *f { '.' } else { char::from(b) })
            .collect()
    };
    let rest = rows[1..]
        .iter()
        .map(|(name, row)| (name.clone(), dots(row)));
    [rows[0].clone()].into_iter().chain(rest).collect()
}

fn nexus(head: &str, matrix: &str) -> String {
    format!("#NEXUS\nBEGIN DATA;\n{head}\nMATRIX\n{matrix};\nEND;\n")
}

/// The alignment in every dialect, with the dialect's name.
fn dialects(rows: &Rows, width: usize) -> Vec<(&'static str, String)> {
    let (count, sites) = (rows.len(), rows[0].1.len());
    let header = format!(" {count} {sites}");
    let one_line = lines(rows, |name, row| format!("{name}  {row}\n"));
    let names = lines(rows, |name, _| format!("{name}\n"));
    let dna = "FORMAT DATATYPE=DNA GAP=- MISSING=?";
    let known = format!("DIMENSIONS NTAX={count} NCHAR={sites};");
    let total = format!("DIMENSIONS NTAX={count} NCHAR={};", count * sites);
    let alternate = lines(rows, |name, row| format!("{name}\n{row}\n"));
    let labels: Vec<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
    let interleaved = blocks(rows, width, |_, name, row| format!("{name} {row}\n"));
    let unnamed = blocks(rows, width, |block, name, row| {
        let name = if block == 0 { name } else { "" };
        format!("{name} {row}\n")
    });
    let mut counter = 0;
    let counted: String = blocks(rows, width, |_, _, row| format!("{row}\n"))
        .split_inclusive("\n\n")
        .map(|block| {
            let text = format!("{}\n{}", counter + 1, block);
            counter += width;
            text
        })
        .collect();
    vec![
        (
            "fasta",
            lines(rows, |name, row| format!(">{name}\n{row}\n")),
        ),
        (
            "fasta with '#'",
            lines(rows, |name, row| format!("#{name}\n{row}\n")),
        ),
        (
            "fasta with dots",
            lines(&dotted(rows), |name, row| format!(">{name}\n{row}\n")),
        ),
        (
            "fasta of cr",
            lines(rows, |name, row| format!(">{name}\r{row}\r")),
        ),
        ("phylip", format!("{header}\n{one_line}")),
        ("phylip S", format!("{header} S\n{one_line}")),
        (
            "phylip strict",
            format!("{header}\n{}", lines(rows, |n, r| format!("{n:<10}{r}\n"))),
        ),
        ("phylip interleaved", format!("{header} I\n{unnamed}")),
        ("phylip named blocks", format!("{header} I\n{interleaved}")),
        ("phylip names above", format!("{header}\n\n{alternate}")),
        (
            "phylip names first",
            format!("{header} I\n\n{names}{counted}"),
        ),
        (
            "phylip dots",
            format!(
                "{header}\n{}",
                lines(&dotted(rows), |n, r| format!("{n}  {r}\n"))
            ),
        ),
        (
            "phylip and note",
            format!("{header}\n{one_line}\nData of Smith et al. (1999)\n"),
        ),
        (
            "phylip classes",
            format!("{header} G\nG 2\n{}\n{one_line}", "1".repeat(sites)),
        ),
        ("nexus", nexus(&format!("{known}\n{dna};"), &one_line)),
        (
            "nexus without dimensions",
            nexus(&format!("{dna};"), &one_line),
        ),
        ("nexus total", nexus(&format!("{total}\n{dna};"), &one_line)),
        ("nexus alternate", nexus(&format!("{dna};"), &alternate)),
        (
            "nexus alternate total",
            nexus(&format!("{total}\n{dna};"), &alternate),
        ),
        (
            "nexus interleaved",
            nexus(&format!("{known}\n{dna} INTERLEAVE;"), &interleaved),
        ),
        (
            "nexus matchchar",
            nexus(
                &format!("{known}\n{dna} MATCHCHAR=.;"),
                &lines(&dotted(rows), |name, row| format!("{name} {row}\n")),
            ),
        ),
        (
            "nexus no labels",
            nexus(
                &format!("{known}\n{dna} NOLABELS;\nTAXLABELS {};", labels.join(", ")),
                &lines(rows, |_, row| format!("{row}\n")),
            ),
        ),
        (
            "nexus not closed",
            format!("#NEXUS\nBEGIN DATA;\n{known}\n{dna};\nMATRIX\n{one_line}END;\n"),
        ),
        ("clustal", format!("CLUSTAL W (1.83)\n\n{interleaved}")),
    ]
}

/// Which two parts are joined, the label, and the length.
type Join = (prop::sample::Index, prop::sample::Index, Option<u8>, u16);

fn joins() -> impl Strategy<Value = Vec<Join>> {
    let label = prop::option::weighted(0.4, 1u8..4);
    vec(
        (
            any::<prop::sample::Index>(),
            any::<prop::sample::Index>(),
            label,
            0u16..1000,
        ),
        14,
    )
}

/// Writes a tree. `node` writes what follows a leaf's name or a parenthesis.
fn tree_text(
    rows: &Rows,
    joins: &[Join],
    leaf: impl Fn(usize) -> String,
    node: impl Fn(Option<u8>, u16) -> String,
) -> String {
    let mut joins = joins.iter();
    let mut parts: Vec<String> = (0..rows.len())
        .map(|i| {
            let (_, _, label, length) = joins.next().unwrap();
            leaf(i) + &node(*label, *length)
        })
        .collect();
    while parts.len() > 3 {
        let (a, b, label, length) = joins.next().unwrap();
        let first = parts.remove(a.index(parts.len()));
        let second = parts.remove(b.index(parts.len()));
        parts.push(format!("({first},{second}){}", node(*label, *length)));
    }
    format!("({})", parts.join(","))
}

fn number(length: u16) -> String {
    format!("{}", f64::from(length) / 1000.0)
}

/// The same tree in the notations of programs.
fn notations(rows: &Rows, joins: &[Join]) -> Vec<(&'static str, String)> {
    let name = |i: usize| rows[i].0.clone();
    let mark =
        |label: Option<u8>, before: &str| label.map_or(String::new(), |l| format!("{before}#{l}"));
    let write = |node: &dyn Fn(Option<u8>, u16) -> String| tree_text(rows, joins, name, node);
    vec![
        (
            "hyphy",
            write(&|l, n| l.map_or(String::new(), |l| format!("{{{l}}}")) + ":" + &number(n)),
        ),
        (
            "hyphy after",
            write(&|l, n| {
                format!(":{}", number(n)) + &l.map_or(String::new(), |l| format!("{{{l}}}"))
            }),
        ),
        ("paml", write(&|l, n| mark(l, "") + ":" + &number(n))),
        (
            "paml blank",
            write(&|l, n| mark(l, " ") + " : " + &number(n)),
        ),
        (
            "paml after",
            write(&|l, n| format!(":{}", number(n)) + &mark(l, "")),
        ),
        (
            "paml after a blank",
            write(&|l, n| format!(": {}", number(n)) + &mark(l, " ")),
        ),
        (
            "annotated",
            write(&|l, n| mark(l, " ") + "[&rate=1,{x}]:" + &number(n) + "[&!color=#ff0000]"),
        ),
    ]
}

/// A tree in the forms in which files have it.
fn wrapped(rows: &Rows, tree: &str) -> Vec<(&'static str, String)> {
    let fasta = lines(rows, |name, row| format!(">{name}\n{row}\n"));
    let phylip = format!("{} {}\n", rows.len(), rows[0].1.len())
        + &lines(rows, |name, row| format!("{name}  {row}\n"));
    let count = rows.len();
    vec![
        ("newick", format!("{tree};\n")),
        ("no semicolon", format!("{tree}\n")),
        ("paml's count", format!("  1\n\n{tree};\n\nA note\n")),
        ("paml's counts", format!("{count} 1\n{tree};\n(a, b)\n")),
        ("assigned", format!("tree1 = [&U] {tree};\n")),
        (
            "nexus",
            format!("#NEXUS\nBEGIN TREES;\nTREE t = [&U] {tree};\nEND;\n"),
        ),
        (
            "nexus cut short",
            format!("#NEXUS\nBEGIN TREES;\nTREE t = {tree}\nEND;\nBEGIN X;\nEND;\n"),
        ),
        ("below fasta", format!("{fasta}{tree};\n")),
        ("fasta header", format!("{fasta}>tree\n{tree};\n")),
        (
            "fasta block",
            format!("{fasta}BEGIN TREES;\nTREE t = {tree};\nEND;\n"),
        ),
        ("below phylip", format!("{phylip}\n1\n{tree};\n")),
    ]
}

fn zip(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
    let (mut entry, config) = archive
        .new_file("data.txt")
        .compression_method(rawzip::CompressionMethod::STORE)
        .start()
        .unwrap();
    let mut writer = config.wrap(&mut entry);
    writer.write_all(text).unwrap();
    let (_, descriptor) = writer.finish().unwrap();
    entry.finish(descriptor).unwrap();
    archive.finish().unwrap();
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_alignment_reads_back_from_every_dialect(rows in alignment(), width in 4usize..20) {
        for (dialect, text) in dialects(&rows, width) {
            for end in ["\n", "\r\n"] {
                let document = read(text.replace('\n', end));
                prop_assert_eq!(document.alignment.as_ref(), Some(&expected(&rows)), "{}: {}", dialect, text);
                prop_assert_eq!(errors(&document.findings), [""; 0], "{}: {}", dialect, text);
            }
        }
    }

    #[test]
    fn a_tree_reads_back_from_every_notation(rows in alignment(), joins in joins()) {
        let all = notations(&rows, &joins);
        let wanted: Tree = newick(&all[0].1);
        for (notation, tree) in &all {
            for (form, text) in wrapped(&rows, tree) {
                let document = read(&text);
                prop_assert_eq!(document.trees.len(), 1, "{} {}: {}", notation, form, text);
                let mut found = document.trees[0].tree.clone();
                found.set_declared_rooted(None);
                prop_assert_eq!(&found, &wanted, "{} {}: {}", notation, form, text);
                prop_assert_eq!(errors(&document.findings), [""; 0], "{} {}: {}", notation, form, text);
                if let Some(alignment) = document.alignment {
                    prop_assert_eq!(alignment, expected(&rows));
                }
            }
        }
    }

    /// PAML's numbers, in the file of the alignment and against it.
    #[test]
    fn numbers_of_leaves_are_resolved(rows in alignment(), joins in joins()) {
        let node = |label: Option<u8>, length: u16| {
            label.map_or(String::new(), |l| format!(" #{l}")) + ":" + &number(length)
        };
        let numbers = tree_text(&rows, &joins, |i| (i + 1).to_string(), node);
        let wanted = newick(&tree_text(&rows, &joins, |i| rows[i].0.clone(), node));
        let fasta = lines(&rows, |name, row| format!(">{name}\n{row}\n"));
        let document = read(format!("{fasta}{numbers};"));
        prop_assert_eq!(&document.trees[0].tree, &wanted);
        let tree = newick(&numbers);
        let found = sequence::check::pair(&expected(&rows), &tree);
        prop_assert_eq!(crate::codes(&found), ["taxon-numbers"]);
        let names = sequence::normalize::names(document.alignment.as_ref(), &[&tree]);
        for (leaf, (name, _)) in (1..).zip(&rows) {
            prop_assert_eq!(names.engine(&leaf.to_string()), names.engine(name));
        }
    }

    /// Without its root, a tree keeps its total length and all labels. The order of the two branches at the root does not matter.
    #[test]
    fn the_order_at_the_root_does_not_matter(rows in alignment(), joins in joins(), two in any::<[Option<bool>; 2]>()) {
        let node = |label: Option<u8>, length: u16| {
            label.map_or(String::new(), |l| format!("{{{l}}}")) + ":" + &number(length)
        };
        let side = |name: &str, i: usize| {
            let label = two[i].map(u8::from);
            tree_text(&rows, &joins, |j| format!("{name}{}", rows[j].0), node) + &node(label, 500)
        };
        let (left, right) = (side("l", 0), side("r", 1));
        let given = newick(&format!("({left},{right});"));
        let (tree, _, finding) = given.unrooted();
        let (swapped, _, again) = newick(&format!("({right},{left});")).unrooted();
        prop_assert_eq!(&tree, &swapped);
        prop_assert_eq!(&finding, &again);
        prop_assert_eq!(tree.root_degree(), 4);
        let labels = |t: &Tree| t.preorder().filter(|id| t.node(*id).label.is_some()).count();
        let at_root: Vec<u8> = two.iter().flatten().map(|b| u8::from(*b)).collect();
        let lost = at_root.len() == 2;
        prop_assert_eq!(finding.is_some(), lost && at_root[0] != at_root[1]);
        prop_assert_eq!(labels(&given) - usize::from(lost), labels(&tree));
        let total = |t: &Tree| t.preorder().filter_map(|id| t.node(id).length).sum::<f64>();
        prop_assert!((total(&given) - total(&tree)).abs() < 1e-9);
    }

    #[test]
    fn compressed_and_encoded_files_read_back(rows in alignment()) {
        let text = lines(&rows, |name, row| format!(">{name}\n{row}\n"));
        let bytes = text.as_bytes();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(bytes).unwrap();
        let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        bzip2.write_all(bytes).unwrap();
        let zstd = ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest);
        let little = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for file in [gzip.finish().unwrap(), bzip2.finish().unwrap(), zstd, zip(bytes), little, big] {
            prop_assert_eq!(read(file).alignment, Some(expected(&rows)));
        }
    }
}
