//! Whether files suit an analysis, before all its parameters are chosen.

use serde_json::{Map, Value};

use sequence::{Alphabet, GeneticCode, check::DataKind};

use super::{Data, Files, needs, size};
use crate::{
    Analysis, EngineKind,
    parameters::Parameters,
    request::{self, FieldProblem},
    resources::{Size, usual_seconds},
    table,
};

/// Whether files suit an analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct Suitability {
    /// Why the analysis cannot run on them; empty if it can.
    pub problems: Vec<FieldProblem>,
    /// What to consider before it runs.
    pub warnings: Vec<String>,
    /// The value of `data_type` that fits the alignment, if the analysis has that parameter.
    pub data_type: Option<&'static str>,
    /// Size of the data.
    pub size: Size,
    /// Usual run time in seconds on one thread: an order of magnitude.
    pub expected_seconds: f64,
    /// The same for the native engine, if it has the analysis.
    pub native_seconds: Option<f64>,
}

/// Checks files with the `given` parameters and defaults for the others, except that the kind of
/// data follows the alignment. Without `code`, an alignment of codons is checked under the first
/// genetic code that fits it.
#[must_use]
pub fn suitability(
    analysis: &'static Analysis,
    code: Option<GeneticCode>,
    given: &Map<String, Value>,
    files: &Files<'_>,
) -> Suitability {
    let (alignment, tree) = (files.alignment(), files.tree());
    let mut parameters = request::valid_or_default(analysis, given);
    let read = alignment.and_then(|document| document.alignment.as_ref());
    let in_frame = || !files.fitting_codes().is_empty();
    let data_type = read.and_then(|content| data_type(analysis, content.alphabet, in_frame));
    if let Some(word) = data_type
        && !given.contains_key("data_type")
    {
        parameters.set("data_type", word);
    }
    let mut warnings = Vec::new();
    if let Some(chosen) = code {
        parameters.set("genetic_code", chosen.name());
    } else if matches!(needs(analysis, &parameters).data, DataKind::Codon(_))
        && let Some(first) = files.fitting_codes().first()
        && !files.fitting_codes().contains(&GeneticCode::UNIVERSAL)
    {
        parameters.set("genetic_code", first.name());
        warnings.push(format!(
            "The alignment has stop codons within sequences under the Universal genetic code, and \
             none under {first}. Choose the code of the organism."
        ));
    }
    let needs = needs(analysis, &parameters);
    let kind = analysis.input.data.given(&parameters);
    let (data, mut problems) = Data::check(analysis, kind, &needs, files);
    if analysis.input.data != table::Data::None && alignment.is_none() {
        let message = "The file contains a tree and no alignment. Upload the alignment, too.";
        problems.push(FieldProblem::wrong("alignment", message));
    } else if analysis.input.data == table::Data::None && tree.is_none() && data.trees.is_empty() {
        let message = "The analysis needs a tree, and the file contains none.";
        problems.push(FieldProblem::wrong("tree", message));
    }
    warnings.extend(data.warnings);
    let power = files.content().and_then(|content| content.power(analysis));
    warnings.extend(power);
    let size = size(files, &needs, &data.trees);
    let seconds = |engine| usual_seconds(analysis, engine, &parameters, size);
    Suitability {
        problems: problems.into_result().err().unwrap_or_default(),
        warnings,
        data_type,
        size,
        expected_seconds: seconds(EngineKind::Hyphy),
        native_seconds: (analysis.native.is_some()).then(|| seconds(EngineKind::Native)),
    }
}

/// The value of `data_type` for an alignment, if the analysis has that parameter: the default if it
/// fits.
fn data_type(
    analysis: &Analysis,
    alphabet: Alphabet,
    in_frame: impl Fn() -> bool,
) -> Option<&'static str> {
    let parameter = analysis.parameter("data_type")?;
    let kind = |word| {
        let mut parameters = Parameters::default();
        parameters.set("data_type", word);
        analysis.input.data.given(&parameters)
    };
    let fits = |kind| match kind {
        table::Data::Protein => alphabet == Alphabet::Protein,
        table::Data::Codon => alphabet != Alphabet::Protein && in_frame(),
        _ => alphabet != Alphabet::Protein,
    };
    let mut words = parameter.words();
    words.sort_by_key(|word| *word != parameter.default);
    words.into_iter().find(|word| fits(kind(*word)))
}
