//! What datasets contain, as `sequence` reads it: for viewers, which ask for parts of it.

use std::sync::Arc;

use api::{
    AlignmentPart, AlignmentQuery, AlignmentRow, DatasetTreesQuery, Phylogeny, Trees, TreesQuery,
    VariableUnit,
};
use hyphy::{input::Files, parameters};
use sequence::{Alignment, Document, Prune};
use store::DatasetRecord;

use super::find_in_field;
use crate::{
    Service,
    error::{Error, Result},
};

/// Maximum number of residues in a response.
const MAX_RESIDUES: usize = 4_000_000;
/// Maximum number of trees in a response.
const MAX_TREES: usize = 100;

/// Returns a part of the alignment of a dataset.
///
/// # Errors
/// [`Error::Invalid`] if the dataset contains no alignment.
pub async fn alignment(
    service: &Service,
    dataset: &DatasetRecord,
    query: AlignmentQuery,
) -> Result<AlignmentPart> {
    let document = parsed(service, dataset).await?;
    let work = move || match &document.alignment {
        Some(alignment) => Ok(part(alignment, &query)),
        None => Err(Error::invalid_field(
            "dataset_id",
            "The dataset contains no alignment. Use the id of one that does.",
        )),
    };
    service.with_cpu_permit(work).await
}

/// Returns trees of a dataset, pruned if the query says so. There are none if its file contains
/// none.
///
/// # Errors
/// An unknown alignment, or a `prune` that is not one of its words.
pub async fn trees(
    service: &Service,
    dataset: &DatasetRecord,
    query: DatasetTreesQuery,
) -> Result<Trees> {
    let prune = prune_in(query.prune.as_deref())?;
    let document = parsed(service, dataset).await?;
    let owner = &dataset.owner;
    let other = find_in_field(service, owner, "alignment", query.alignment.as_deref()).await?;
    let alignment = match &other {
        Some(other) if other.id != dataset.id => Some(parsed(service, other).await?),
        _ => None,
    };
    let work = move || {
        let (first, max) = (query.first, query.max);
        let query = TreesQuery { first, max };
        let Some(what) = prune else {
            return Ok(some_of(&document.trees, &query));
        };
        let files = match &alignment {
            Some(alignment) => Files::new(Some(alignment), Some(&document)),
            None => Files::new(Some(&document), None),
        };
        Ok(some_of(files.pruned(what).trees(), &query))
    };
    service.with_cpu_permit(work).await
}

/// What the field `prune` of a query says.
///
/// # Errors
/// A word that it cannot be.
pub(crate) fn prune_in(word: Option<&str>) -> Result<Option<Prune>> {
    let unknown = |word: &str| {
        let message = format!("prune is {word}; it must be Tree, Alignment or Both.");
        Error::invalid_field("prune", message)
    };
    word.map(|word| parameters::prune(word).ok_or_else(|| unknown(word)))
        .transpose()
}

/// Returns the trees that a query asks for.
pub(crate) fn some_of<'a, T>(all: &'a [T], query: &TreesQuery) -> Trees
where
    Phylogeny: From<&'a T>,
{
    let most = query.max.unwrap_or(1).min(MAX_TREES);
    let wanted = all.iter().skip(offset(query.first)).take(most);
    Trees {
        total: all.len(),
        trees: wanted.map(Phylogeny::from).collect(),
    }
}

/// Parses the file of a dataset, or returns what was parsed a moment ago.
pub(crate) async fn parsed(service: &Service, dataset: &DatasetRecord) -> Result<Arc<Document>> {
    if let Some(document) = service.recent_documents.get(&dataset.sha256) {
        return Ok(document);
    }
    let (files, limits) = (service.files.clone(), service.config.limits.clone());
    let sha256 = dataset.sha256.clone();
    let work = move || Ok(sequence::read(&files.read_blob(&sha256)?, &limits));
    let document = Arc::new(service.with_cpu_permit(work).await?);
    service.recent_documents.add(&dataset.sha256, &document);
    Ok(document)
}

/// A position that counts from 1, as an index.
fn offset(first: Option<usize>) -> usize {
    first.unwrap_or(1).max(1) - 1
}

fn part(alignment: &Alignment, query: &AlignmentQuery) -> AlignmentPart {
    let (sequences, sites) = (alignment.sequences.len(), alignment.sites());
    let row = offset(query.first_sequence).min(sequences);
    let column = offset(query.first_site).min(sites);
    let columns = query.max_sites.unwrap_or(sites).min(sites - column);
    let fitting = (MAX_RESIDUES / columns.max(1)).max(1);
    let rows = query.max_sequences.unwrap_or(sequences).min(fitting);
    let residues = |all: &[u8]| {
        let end = (column + columns).min(all.len());
        let part = all.get(column..end).unwrap_or_default();
        String::from_utf8_lossy(part).into_owned()
    };
    let rows = alignment.sequences.iter().skip(row).take(rows);
    AlignmentPart {
        alphabet: alignment.alphabet,
        sequences,
        sites,
        first_sequence: row + 1,
        first_site: column + 1,
        rows: rows
            .map(|row| AlignmentRow {
                name: row.name.clone(),
                residues: residues(&row.residues),
            })
            .collect(),
        variable: query.variable.map(|unit| variable(alignment, unit)),
    }
}

/// The positions where sequences differ, from 1.
fn variable(alignment: &Alignment, unit: VariableUnit) -> Vec<usize> {
    let width = match unit {
        VariableUnit::Sites => 1,
        VariableUnit::Codons => 3,
    };
    let differs = |position: &usize| {
        let rows = alignment.sequences.iter();
        let at = |row: &'_ [u8]| {
            row.get(position * width..(position + 1) * width)
                .map(<[u8]>::to_vec)
        };
        let mut residues = rows
            .filter_map(|row| at(&row.residues))
            .filter(|residues| !residues.contains(&b'-'));
        let first = residues.next();
        residues.any(|other| Some(&other) != first.as_ref())
    };
    let positions = 0..alignment.sites() / width;
    positions
        .filter(differs)
        .map(|position| position + 1)
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn alignment() -> Alignment {
        let text = b">a\nATGAAA\n>b\nATGAAG\n>c\nAT-ACG\n";
        let document = sequence::read(text, &sequence::Limits::default());
        document.alignment.unwrap()
    }

    #[test]
    fn a_part_has_the_requested_rows_and_columns() {
        let query = AlignmentQuery {
            first_sequence: Some(2),
            max_sequences: Some(5),
            first_site: Some(3),
            max_sites: Some(2),
            variable: None,
        };
        let part = part(&alignment(), &query);
        let rows: Vec<_> = part.rows.iter().map(|row| row.residues.as_str()).collect();
        assert_eq!(rows, ["GA", "-A"]);
        assert_eq!((part.sequences, part.sites), (3, 6));
        assert_eq!((part.first_sequence, part.first_site), (2, 3));
    }

    #[test]
    fn a_part_beyond_the_end_is_empty() {
        let query = AlignmentQuery {
            first_sequence: Some(9),
            first_site: Some(usize::MAX),
            ..AlignmentQuery::default()
        };
        assert!(part(&alignment(), &query).rows.is_empty());
    }

    #[test]
    fn variable_positions_ignore_gaps() {
        assert_eq!(variable(&alignment(), VariableUnit::Sites), [5, 6]);
        assert_eq!(variable(&alignment(), VariableUnit::Codons), [2]);
    }
}
