//! The TREES block.

use std::collections::HashMap;

use super::Reader;
use crate::finding::Finding;
use crate::read::newick;
use crate::{NamedTree, Tree};

/// After this number of unreadable trees, reading stops.
const MAX_FAULTY: usize = 50;

/// Reads the block. Returns whether it was closed.
pub(super) fn block(reader: &mut Reader<'_>) -> bool {
    let mut translate = HashMap::new();
    reader.commands(|reader, command| match command {
        "TRANSLATE" => translate = translate_table(reader),
        "TREE" | "UTREE" => tree(reader, &translate),
        _ => {}
    })
}

/// `1 Human, 2 'Pan paniscus'`. A `=` between the two is tolerated.
fn translate_table(reader: &mut Reader<'_>) -> HashMap<String, String> {
    let mut table = HashMap::new();
    while let Some(key) = reader.scanner.word() {
        reader.scanner.take(b'=');
        let Some(name) = reader.scanner.listed_label() else {
            break;
        };
        if table.len() >= reader.limits.max_nodes {
            break;
        }
        let line = if name.plain() {
            0
        } else {
            reader.scanner.line()
        };
        let name = super::super::name_of(&name.bytes(), line, &reader.limits, reader.findings);
        table.insert(key.to_text(), name);
        if !reader.scanner.take(b',') {
            break;
        }
    }
    table
}

/// `* name = [&R] (…)`. The name may have several words.
fn tree(reader: &mut Reader<'_>, translate: &HashMap<String, String>) {
    // Finding the line of an error takes a pass over the text.
    if reader.faulty_trees >= MAX_FAULTY {
        return;
    }
    // Counting lines takes a pass over the text, so it is done for the first tree only.
    let line = if reader.contents.trees.is_empty() {
        reader.scanner.line()
    } else {
        0
    };
    let mut words = Vec::new();
    while let Some(word) = reader.scanner.word() {
        let bytes = word.bytes();
        let bytes = match &*bytes {
            marked if !word.is_quoted() && words.is_empty() => {
                marked.strip_prefix(b"*").unwrap_or(marked)
            }
            other => other,
        };
        if !bytes.is_empty() && words.len() < 20 {
            words.push(bytes.to_vec());
        }
    }
    let name = words.join(&b' ');
    let name = Some(name).filter(|n| !n.is_empty());
    let name = name.map(|n| super::super::name_of(&n, line, &reader.limits, reader.findings));
    // Some people forget the '='.
    if !reader.scanner.take(b'=') && reader.scanner.peek() != Some(b'(') {
        return;
    }
    match newick::parse_in_block(reader.scanner.text, reader.scanner.at, &reader.limits) {
        Ok(mut parsed) => {
            reader.scanner.ended_at(parsed.end);
            newick::note_tree(&parsed, line, reader.findings);
            reader.limits.max_nodes = reader.limits.max_nodes.saturating_sub(parsed.tree.len());
            let tree = &mut parsed.tree;
            let Some(numbers) =
                replace_names(tree, translate, &reader.taxa, &mut reader.name_bytes)
            else {
                reader.faulty_trees = MAX_FAULTY;
                reader.findings.push(Finding::error(
                    "tree-too-large",
                    "The names in the trees are too long in total after TRANSLATE is applied.",
                    "Provide fewer trees, or shorter names.",
                ));
                return;
            };
            if numbers {
                reader.findings.push(Finding::note(
                    "taxon-numbers",
                    "The tree uses taxon numbers; they were replaced by the TAXLABELS.",
                    "No action is needed.",
                ));
            }
            let name = name.filter(|n| !n.is_empty());
            reader.contents.trees.push(NamedTree {
                name,
                tree: parsed.tree,
            });
        }
        Err(finding) => {
            reader.faulty_trees += 1;
            reader.findings.push(finding);
        }
    }
}

/// Replaces names by TRANSLATE, or taxon numbers by TAXLABELS. Returns whether the latter happened;
/// `None` if the new names take more than `room` bytes.
fn replace_names(
    tree: &mut Tree,
    translate: &HashMap<String, String>,
    taxa: &[String],
    room: &mut usize,
) -> Option<bool> {
    if translate.is_empty() && taxa.is_empty() {
        return Some(false);
    }
    // A number is a name if a taxon has this name.
    let named = taxa.iter().any(|t| t.parse::<usize>().is_ok());
    let mut numbers = false;
    let nodes: Vec<_> = tree.preorder().collect();
    for id in nodes {
        let leaf = tree.node(id).is_leaf();
        let Some(name) = tree.node(id).name.as_deref() else {
            continue;
        };
        let replacement = if let Some(full) = translate.get(name) {
            Some(full.clone())
        } else if translate.is_empty() && leaf && !named {
            let number = name
                .parse::<usize>()
                .ok()
                .and_then(|n| taxa.get(n.checked_sub(1)?));
            numbers |= number.is_some();
            number.cloned()
        } else {
            None
        };
        if let Some(replacement) = &replacement {
            *room = room.checked_sub(replacement.len())?;
            tree.node_mut(id).name = Some(replacement.clone()).filter(|n| !n.is_empty());
        }
    }
    Some(numbers)
}
