//! Trees outside of a NEXUS file: in a file of trees, and after the sequences of another format.
//!
//! People paste trees in many forms: `(a,b);`, `[&R] (a,b);`, `tree1 = (a,b);`,
//! `TREE t = [&U] (a,b);`, `gene1((a,b),c);`, `>tree` above `(a,b);`, `>Tree(a,b);`, a whole block
//! `BEGIN TREES; …`, and PAML's count of the trees above them. Lines between and after them are notes.

use super::{name_of, newick, nexus};
use crate::finding::{Finding, Findings};
use crate::text::{Line, Lines, line_at};
use crate::{Limits, NamedTree};

/// How far comments are followed in search of a tree, where many lines may be looked at.
const WINDOW: usize = 2_048;

/// How far the name before a tree may reach.
const NAME: usize = 200;

/// What a line begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start<'a> {
    /// A tree, its name, and the offset of its `(` or of a comment before that.
    Tree { name: &'a [u8], at: usize },
    /// A NEXUS block of trees, without `#NEXUS`.
    Block,
    /// PAML's count: the number of trees, perhaps after the number of leaves.
    Count(usize),
    /// Anything else.
    Note,
}

/// Whether a line begins a list of trees.
pub(super) fn starts(text: &[u8], line: Line<'_>) -> bool {
    let found = start(text, line, WINDOW);
    matches!(found, Start::Tree { .. } | Start::Block)
}

/// Whether a text begins with PAML's count of trees, or with a tree.
pub(super) fn is_list(text: &[u8]) -> bool {
    let mut lines = Lines::new(text).filter(|l| !l.bytes.trim_ascii().is_empty());
    let Some(first) = lines.next() else {
        return false;
    };
    match start(text, first, usize::MAX) {
        Start::Tree { .. } | Start::Block => true,
        Start::Count(_) => lines.next().is_some_and(|l| starts(text, l)),
        Start::Note => false,
    }
}

/// PAML's count of trees, if a line is one: one or two numbers.
pub(super) fn count(line: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(line).ok().filter(|t| t.len() < 40)?;
    let numbers: Option<Vec<usize>> = text.split_whitespace().map(|w| w.parse().ok()).collect();
    match numbers?[..] {
        [trees] | [_, trees] => Some(trees),
        _ => None,
    }
}

/// Reads the trees from `start` on.
pub(super) fn read(
    text: &[u8],
    start: usize,
    limits: &Limits,
    findings: &mut Findings,
) -> Vec<NamedTree> {
    let mut list = List {
        text,
        trees: Vec::new(),
        limits: limits.clone(),
        wanted: usize::MAX,
        passed_over: None,
    };
    list.read(start, findings);
    if let Some(at) = list.passed_over.filter(|_| !list.trees.is_empty()) {
        findings.push(
            Finding::note(
                "text-after-trees",
                "There is text after the tree that is not part of it; it was passed over.",
                "No action is needed.",
            )
            .at_line(line_at(text, at)),
        );
    }
    list.trees
}

struct List<'a> {
    text: &'a [u8],
    trees: Vec<NamedTree>,
    /// The limit of nodes applies to all trees together.
    limits: Limits,
    /// How many trees there are, if the file says so.
    wanted: usize,
    /// The offset of the first text that is no tree.
    passed_over: Option<usize>,
}

impl List<'_> {
    fn read(&mut self, mut at: usize, findings: &mut Findings) {
        let text = self.text;
        loop {
            // Comments belong to the tree, because `[&R]` does.
            let blank = |b: &u8| b.is_ascii_whitespace() || *b == b';';
            let rest = text.get(at..).unwrap_or_default();
            at += rest.iter().take_while(|b| blank(b)).count();
            let Some(line) = line_from(text, at) else {
                return;
            };
            if self.trees.len() >= self.wanted {
                self.passed_over = self.passed_over.or(Some(at));
                return;
            }
            match start(text, line, usize::MAX) {
                Start::Tree { name, at: tree } => match self.tree(name, tree, findings) {
                    Some(end) => at = end,
                    None => return,
                },
                Start::Block => {
                    if is_nexus(line.bytes.trim_ascii()) {
                        at += line.bytes.len();
                    }
                    let block = nexus::read_blocks(text, at, &self.limits, findings);
                    self.trees.extend(block.trees);
                    return;
                }
                Start::Count(trees) => {
                    if self.trees.is_empty() && trees > 0 {
                        self.wanted = trees;
                    }
                    at += line.bytes.len();
                }
                Start::Note if line.bytes.first() == Some(&b'[') => {
                    match newick::comment_end(text, at) {
                        Some(end) => at = end,
                        None => {
                            self.passed_over = self.passed_over.or(Some(at));
                            return;
                        }
                    }
                }
                Start::Note => {
                    if self.trees.is_empty() {
                        // It should have been a tree: this reports why it is none.
                        self.tree(b"", at, findings);
                        return;
                    }
                    let word = line.bytes.trim_ascii();
                    if !word.eq_ignore_ascii_case(b"END;") {
                        self.passed_over = self.passed_over.or(Some(at));
                    }
                    at += line.bytes.len();
                }
            }
        }
    }

    /// Reads one tree. Returns its end.
    fn tree(&mut self, name: &[u8], at: usize, findings: &mut Findings) -> Option<usize> {
        match newick::parse_one(self.text, at, &self.limits) {
            Ok(parsed) => {
                // Counting lines takes a pass over the text, so it is done for the first tree only.
                let line = if self.trees.is_empty() {
                    line_at(self.text, at)
                } else {
                    0
                };
                newick::note_tree(&parsed, line, findings);
                let name = name_of(name, line, &self.limits, findings);
                self.limits.max_nodes = self.limits.max_nodes.saturating_sub(parsed.tree.len());
                self.trees.push(NamedTree {
                    name: Some(name).filter(|n| !n.is_empty()),
                    tree: parsed.tree,
                });
                Some(parsed.end)
            }
            Err(finding) => {
                findings.push(finding);
                None
            }
        }
    }
}

/// The rest of the line from an offset. Its number is not known.
fn line_from(text: &[u8], at: usize) -> Option<Line<'_>> {
    let line = Lines::new(text.get(at..)?).next()?;
    Some(Line { start: at, ..line })
}

/// The offset of the first byte after leading comments and blanks; `None` if one is not closed.
fn after_comments(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match text.get(at) {
            Some(b'[') => at = newick::comment_end(text, at)?,
            Some(b) if b.is_ascii_whitespace() => at += 1,
            _ => return Some(at),
        }
    }
}

/// Whether a tree begins at an offset, after comments at most, which are followed as far as the window
/// reaches.
fn tree_at(text: &[u8], at: usize, window: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let rest = rest.get(..window).unwrap_or(rest);
    after_comments(rest).and_then(|at| rest.get(at)) == Some(&b'(')
}

/// What a line begins. `line` is a line of `text`, or the rest of one.
fn start<'a>(text: &'a [u8], line: Line<'a>, window: usize) -> Start<'a> {
    let trimmed = line.bytes.trim_ascii_start();
    let begin = line.start + (line.bytes.len() - trimmed.len());
    let Some(first) = trimmed.first() else {
        return Start::Note;
    };
    match first {
        b'(' => Start::Tree {
            name: b"",
            at: begin,
        },
        b'[' if tree_at(text, begin, window) => Start::Tree {
            name: b"",
            at: begin,
        },
        b'>' => after_header(text, trimmed, begin).unwrap_or(Start::Note),
        b'0'..=b'9' if count(trimmed).is_some() => count(trimmed).map_or(Start::Note, Start::Count),
        _ if is_block(text, trimmed, begin) => Start::Block,
        _ if is_tree_word(trimmed) && tree_at(text, begin + trimmed.len(), WINDOW) => Start::Tree {
            name: b"",
            at: begin + trimmed.len(),
        },
        _ => assigned(text, trimmed, begin)
            .or_else(|| named(trimmed, begin))
            .unwrap_or(Start::Note),
    }
}

/// `BEGIN TREES;`, perhaps below `#NEXUS`.
fn is_block(text: &[u8], line: &[u8], begin: usize) -> bool {
    if is_nexus(line.trim_ascii()) {
        let below = text.get(begin + line.len()..).unwrap_or_default();
        let below = below.get(..WINDOW).unwrap_or(below);
        let below = after_comments(below).and_then(|at| below.get(at..));
        return below.is_some_and(is_begin);
    }
    is_begin(line)
}

/// Whether a text begins with `BEGIN TREES` or `BEGIN TAXA`.
fn is_begin(text: &[u8]) -> bool {
    let words = text.get(..60).unwrap_or(text);
    let words = words.split(|b| b.is_ascii_whitespace() || *b == b';');
    let mut words = words.filter(|w| !w.is_empty());
    let mut next = |wanted: &[&[u8]]| {
        let word = words.next().unwrap_or_default();
        wanted.iter().any(|w| w.eq_ignore_ascii_case(word))
    };
    next(&[b"BEGIN"]) && next(&[b"TREES", b"TAXA"])
}

fn is_nexus(word: &[u8]) -> bool {
    word.eq_ignore_ascii_case(b"#NEXUS")
}

/// `>tree` above a tree, or `>Tree(…)`.
fn after_header<'a>(text: &'a [u8], header: &'a [u8], begin: usize) -> Option<Start<'a>> {
    let name = header.trim_ascii_start().get(1..)?;
    let lower = name.get(..100).unwrap_or(name).to_ascii_lowercase();
    let says = |word: &[u8]| memchr::memmem::find(&lower, word).is_some();
    if !(says(b"tree") || says(b"newick") || says(b"nwk") || says(b"phylogen")) {
        return None;
    }
    let below = begin + header.len();
    if let Some(paren) = memchr::memchr(b'(', name) {
        let (word, _) = name.split_at(paren);
        return is_tree_word(word).then_some(Start::Tree {
            name: word,
            at: begin + 1 + paren,
        });
    }
    tree_at(text, below, WINDOW).then_some(Start::Tree { name, at: below })
}

/// Whether a word means a tree: `Tree`, `tree 1:`, `utree`, `newick`.
fn is_tree_word(word: &[u8]) -> bool {
    let letters: Vec<u8> = word
        .iter()
        .filter(|b| b.is_ascii_alphabetic())
        .map(u8::to_ascii_lowercase)
        .collect();
    let other = |b: &u8| b.is_ascii_alphanumeric() || b" \t:=_-#".contains(b);
    word.len() < 30
        && matches!(letters.as_slice(), b"tree" | b"utree" | b"newick" | b"nwk")
        && word.iter().all(other)
}

/// `tree1 = (…)`, `TREE * t = [&U] (…)`, `Tree: (…)`.
fn assigned<'a>(text: &'a [u8], line: &'a [u8], begin: usize) -> Option<Start<'a>> {
    let end = memchr::memchr3(b'=', b'(', b'[', line.get(..200).unwrap_or(line))?;
    let (left, mut rest) = line.split_at(end);
    let mut end = end;
    // An annotation of the tree: `tree STATE_0 [&lnP=-1.0] = (…)`.
    if rest.first() == Some(&b'[')
        && let Some(after) = newick::comment_end(rest, 0)
        && let Some(blanks) = rest[after..].iter().position(|b| !b.is_ascii_whitespace())
        && rest[after + blanks] == b'='
    {
        end += after + blanks;
        rest = &line[end..];
    }
    if rest.first() != Some(&b'=') {
        let at = begin + end;
        // `tree1(…)` is one of several names.
        let numbered = left.iter().any(u8::is_ascii_digit) && named(line, begin).is_some();
        let word = !numbered && is_tree_word(left) && tree_at(text, at, WINDOW);
        return word.then_some(Start::Tree { name: b"", at });
    }
    let words: Vec<&[u8]> = left
        .split(u8::is_ascii_whitespace)
        .map(|w| w.strip_prefix(b"*").unwrap_or(w))
        .filter(|w| !w.is_empty())
        .collect();
    let keyword = |w: &[u8]| w.eq_ignore_ascii_case(b"TREE") || w.eq_ignore_ascii_case(b"UTREE");
    let name = match words[..] {
        [name] => name,
        [word, name] if keyword(word) => name,
        _ => return None,
    };
    let name = name.strip_prefix(b"'").unwrap_or(name);
    let name = name.strip_suffix(b"'").unwrap_or(name);
    let at = begin + end + 1;
    tree_at(text, at, WINDOW).then_some(Start::Tree { name, at })
}

/// `gene1(…);`, as ape writes trees with their names: one word, and on the same line a tree of at least
/// three leaves with its semicolon.
fn named<'a>(line: &'a [u8], begin: usize) -> Option<Start<'a>> {
    let paren = memchr::memchr(b'(', line.get(..NAME).unwrap_or(line))?;
    let (word, tree) = line.split_at(paren);
    let name = word.trim_ascii_end();
    let other = |b: &u8| b.is_ascii_whitespace() || b"=[]{},:;'\"<>)".contains(b);
    if name.is_empty() || name.iter().any(other) {
        return None;
    }
    let tree = &tree[..memchr::memchr(b';', tree)?];
    let commas = memchr::memchr_iter(b',', tree).take(2).count();
    (commas == 2 && !tree.contains(&b'"')).then_some(Start::Tree {
        name,
        at: begin + paren,
    })
}
