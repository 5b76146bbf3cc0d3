//! Finds misspelt names of settings.

use std::borrow::Cow;

use crate::groups;

/// Differences in more letters than this are another word.
const FARTHEST: usize = 2;
/// Names of other programs are often short and alike.
const SHORTEST: usize = 8;
/// What the client reads; not settings of the service.
const OTHERS: [&str; 2] = ["DATAMONKEY_SERVER", "DATAMONKEY_TOKEN"];

/// A variable that no setting has as its name, but one nearly has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misspelt {
    /// The variable.
    pub name: String,
    /// The setting that is probably meant.
    pub meant: String,
}

impl std::fmt::Display for Misspelt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} is not a setting and has no effect; {} is one",
            self.name, self.meant
        )
    }
}

/// Returns those of the variables that are probably misspelt settings.
#[must_use]
pub fn misspelt(variables: impl IntoIterator<Item = String>) -> Vec<Misspelt> {
    let settings = groups().into_iter().flat_map(|group| group.settings);
    let known: Vec<_> = settings.flat_map(|setting| setting.names()).collect();
    let mut found: Vec<Misspelt> = variables
        .into_iter()
        .filter(|name| name.len() >= SHORTEST && !OTHERS.contains(&name.as_str()))
        .filter(|name| !known.iter().any(|known| known == name))
        .filter_map(|name| {
            let written = name.to_uppercase().replace('-', "_");
            let distance =
                |known: &&Cow<'static, str>| strsim::damerau_levenshtein(&written, known);
            let meant = known.iter().min_by_key(distance)?;
            (distance(&meant) <= FARTHEST).then(|| Misspelt {
                name,
                meant: meant.clone().into_owned(),
            })
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_settings_are_found_and_others_are_not() {
        let variables = [
            "DATASET_LOCATON",
            "datamonkey_data",
            "SLURM_MEMORY_MB_MEMEE",
            "SLURM_MEMORY_MB_CONTRAST_FEL",
            "DATASET_LOCATION",
            "DATAMONKEY_SERVER",
            "SLURM_JOB_ID",
            "HOSTNAME",
            "LANG",
        ];
        let found = misspelt(variables.map(str::to_owned));
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|one| (one.name.as_str(), one.meant.as_str()))
            .collect();
        let expected = [
            ("DATASET_LOCATON", "DATASET_LOCATION"),
            ("SLURM_MEMORY_MB_MEMEE", "SLURM_MEMORY_MB_MEME"),
            ("datamonkey_data", "DATAMONKEY_DATA"),
        ];
        assert_eq!(found, expected);
    }
}
