//! Clustal (`.aln`), as ClustalW, Clustal Omega, MUSCLE, T-Coffee, PROBCONS and Kalign write it.

use std::collections::HashMap;

use super::rows::append;
use super::{Contents, name_of, too_many_sequences, tree_list};
use crate::Limits;
use crate::finding::Findings;
use crate::residue::{Raw, RawRow};
use crate::text::Lines;

/// Whether a line is the first one of such a file.
pub(super) fn is_header(line: &[u8]) -> bool {
    let starts = |word: &[u8]| {
        let begin = line.get(..word.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(word))
    };
    let says = |words: &[u8]| memchr::memmem::find(&line.to_ascii_lowercase(), words).is_some();
    line.len() < 200
        && line.first().is_some_and(u8::is_ascii_alphabetic)
        && (starts(b"CLUSTAL")
            || starts(b"MUSCLE (")
            || says(b"multiple sequence alignment")
            || says(b"alignment in clustal"))
}

/// Reads blocks of `name residues [count]`; lines that begin with a blank mark conservation.
pub(super) fn read(text: &[u8], limits: &Limits, findings: &mut Findings) -> Contents {
    let mut contents = Contents::default();
    let mut rows: Vec<RawRow> = Vec::new();
    // A name that comes twice in one block is two sequences: its rows are told apart by order.
    let mut places: HashMap<&[u8], Vec<usize>> = HashMap::new();
    let mut in_block: HashMap<&[u8], usize> = HashMap::new();
    let header = |l: &crate::text::Line<'_>| l.bytes.trim_ascii().is_empty();
    for line in Lines::new(text).skip_while(header).skip(1) {
        match line.bytes.first() {
            Some(b'(' | b'[') if tree_list::starts(text, line) => {
                contents.trees = tree_list::read(text, line.start, limits, findings);
                break;
            }
            Some(b) if !b.is_ascii_whitespace() => {}
            _ => {
                in_block.clear();
                continue;
            }
        }
        let end = line
            .bytes
            .iter()
            .position(u8::is_ascii_whitespace)
            .unwrap_or(line.bytes.len());
        let (name, rest) = line.bytes.split_at(end);
        let turn = in_block.entry(name).or_insert(0);
        let known = places.entry(name).or_default();
        if *turn == known.len() {
            if rows.len() == limits.max_sequences {
                findings.push(too_many_sequences(limits));
                return Contents::default();
            }
            known.push(rows.len());
            let name = name_of(name, line.number, limits, findings);
            rows.push(RawRow {
                name,
                residues: Vec::new(),
                line: line.number,
            });
        }
        let row = known[*turn];
        *turn += 1;
        append(&mut rows[row].residues, residues_of(rest));
    }
    contents.raw = Some(Raw {
        rows,
        declared: None,
    });
    contents
}

/// The residues of a line, without what may stand around them: the number of the first residue, the
/// rest of a name with blanks, and the running count of residues.
fn residues_of(rest: &[u8]) -> &[u8] {
    let rest = without_count(rest);
    let is_foreign = |b: &u8| !b.is_ascii_alphabetic() && !b"-.?*~!".contains(b);
    let before = |blank: usize| {
        let word = rest[..blank].rsplit(u8::is_ascii_whitespace).next();
        word.is_some_and(|word| word.iter().any(is_foreign))
    };
    let mut blanks = (0..rest.len())
        .rev()
        .filter(|at| rest[*at].is_ascii_whitespace());
    match blanks.find(|blank| before(*blank)) {
        Some(blank) => &rest[blank + 1..],
        None => rest,
    }
}

/// Takes the running count of residues off the end of a line.
fn without_count(rest: &[u8]) -> &[u8] {
    let rest = rest.trim_ascii();
    let digits = rest.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let (before, count) = rest.split_at(rest.len() - digits);
    let counted = !count.is_empty() && before.last().is_some_and(u8::is_ascii_whitespace);
    if counted { before } else { rest }
}
