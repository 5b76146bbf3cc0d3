//! From a request to the steps of a screen.

use api::{FieldError, Recombination, ScreenRequest, SuitabilityQuery};
use hyphy::{
    Analysis, EngineKind, methods,
    request::{Checked, check},
    screen::USUAL,
    table::{Data, Kind},
};
use sequence::GeneticCode;
use serde_json::{Map, Value};
use store::{ScreenRecord, StepRecord, StepState, clock, hash::hex_sha256};

use super::body::body_for;
use crate::{
    Service, datasets,
    error::{Error, Result, both},
    jobs,
};

/// Fields that name a caller, which older clients send in the body.
const USER_TOKEN: &str = "user_token";
/// Longest name, in characters.
const MAX_NAME: usize = 200;

/// Reads a request. Returns its canonical form and the id of the screen.
pub(super) async fn read(
    service: &Service,
    owner: &str,
    body: &Map<String, Value>,
) -> Result<(ScreenRequest, String)> {
    let mut request = fields(body)?;
    complete(service, owner, &mut request).await?;
    let ((), ()) = both(check_words(&mut request), check_parameters(&request))?;
    let unnamed = ScreenRequest {
        name: String::new(),
        ..request.clone()
    };
    let canonical = serde_json::to_string(&unnamed)
        .map_err(|e| Error::Internal(anyhow::Error::new(e).context("a screen as JSON")))?;
    let id = hex_sha256(format!("screen\n{canonical}"));
    Ok((request, id))
}

/// Plans the steps of a new screen.
pub(super) async fn planned(
    service: &Service,
    owner: &str,
    request: ScreenRequest,
    id: String,
) -> Result<ScreenRecord> {
    let query = SuitabilityQuery {
        alignment: request.alignment.clone(),
        tree: request.tree.clone(),
        genetic_code: request.genetic_code.clone(),
        ..SuitabilityQuery::default()
    };
    let suits = jobs::suitability(service, owner, &query).await?;
    let mut steps = Vec::new();
    let mut problems: Vec<FieldError> = Vec::new();
    for analysis in chosen(&request) {
        let suits = suits.methods.iter().find(|one| one.method == analysis.id);
        let own = suits.map_or(&[][..], |one| one.problems.as_slice());
        let is_there = finds_partitions(analysis) && request.partitions_of.is_some();
        let (state, note) =
            if let Some(why) = is_left_out(service, owner, &request, analysis).await? {
                (StepState::Skipped, Some(why))
            } else if own.is_empty() || is_there {
                (StepState::Waiting, None)
            } else if finds_partitions(analysis) {
                (StepState::Skipped, Some(sentences(own)))
            } else {
                for problem in own {
                    if !problems.contains(problem) {
                        problems.push(problem.clone());
                    }
                }
                (StepState::Refused, Some(sentences(own)))
            };
        steps.push(StepRecord {
            method: analysis.id.to_owned(),
            state,
            job_id: None,
            held_job_id: None,
            note,
        });
    }
    let mut others = steps.iter().filter(|step| step.method != jobs::GARD);
    if !problems.is_empty() && others.all(|step| step.state == StepState::Refused) {
        return Err(Error::invalid(problems));
    }
    let mut name = request.name.clone();
    if name.is_empty() {
        let alignment = request.alignment.as_deref().unwrap_or_default();
        name = datasets::find(service, owner, alignment).await?.name;
    }
    let now = clock::now();
    Ok(ScreenRecord {
        id,
        owner: owner.to_owned(),
        name,
        tags: Vec::new(),
        request,
        request_id: None,
        created: now,
        updated: now,
        steps,
    })
}

/// The analyses of a request, those first whose results the others need.
fn chosen(request: &ScreenRequest) -> Vec<&'static Analysis> {
    let ids = request.methods.iter();
    let mut chosen: Vec<_> = ids.filter_map(|id| methods::find(id)).collect();
    chosen.sort_by_key(|analysis| !finds_partitions(analysis));
    chosen
}

fn finds_partitions(analysis: &Analysis) -> bool {
    analysis.id == jobs::GARD
}

fn sentences(problems: &[FieldError]) -> String {
    let messages: Vec<&str> = problems.iter().map(|one| one.message.as_str()).collect();
    messages.join(" ")
}

/// Why the search for recombination is not part of a screen that asks for it; `None` if it is.
async fn is_left_out(
    service: &Service,
    owner: &str,
    request: &ScreenRequest,
    analysis: &Analysis,
) -> Result<Option<String>> {
    if !finds_partitions(analysis) || request.partitions_of.is_some() {
        return Ok(None);
    }
    if request.recombination == Recombination::Skip {
        return Ok(Some("The request says to skip it.".to_owned()));
    }
    let alignment = request.alignment.as_deref().unwrap_or_default();
    let alignment = datasets::find(service, owner, alignment).await?;
    let has_partitions = alignment.report.partitions.len() > 1;
    let why = "The alignment's file defines partitions already, which are used.";
    Ok(has_partitions.then(|| why.to_owned()))
}

/// Reads the fields of a request, each by itself, so that the error names all that are wrong.
fn fields(body: &Map<String, Value>) -> Result<ScreenRequest> {
    let mut errors = Vec::new();
    let mut given = Map::new();
    for (field, value) in body {
        if field == USER_TOKEN || value.is_null() {
            continue;
        }
        let alone = Map::from_iter([(field.clone(), value.clone())]);
        match serde_json::from_value::<ScreenRequest>(Value::Object(alone)) {
            Ok(_) => {
                given.insert(field.clone(), value.clone());
            }
            Err(e) => errors.push(FieldError {
                field: field.clone(),
                message: format!("{field} is invalid: {e}."),
            }),
        }
    }
    if !errors.is_empty() {
        return Err(Error::missing(errors));
    }
    let unreadable = |e| Error::bad_field("body", format!("The body is invalid: {e}."));
    serde_json::from_value(Value::Object(given)).map_err(unreadable)
}

/// Sets the defaults, and finds the data.
async fn complete(service: &Service, owner: &str, request: &mut ScreenRequest) -> Result<()> {
    if request.methods.is_empty() {
        request.methods = USUAL.map(str::to_owned).into();
    }
    if let Some(id) = &request.partitions_of {
        if request.alignment.is_some() {
            return Err(Error::invalid_field(
                "partitions_of",
                "partitions_of brings its own alignment. Leave alignment out.",
            ));
        }
        let job = jobs::find(service, owner, id).await?;
        if job.method != jobs::GARD {
            return Err(Error::invalid_field(
                "partitions_of",
                "partitions_of must be the id of a GARD job. Only GARD finds partitions.",
            ));
        }
        request.alignment = job.alignment_id;
        if !request.methods.iter().any(|method| method == jobs::GARD) {
            request.methods.insert(0, jobs::GARD.to_owned());
        }
    }
    let alignment = request.alignment.as_deref();
    if alignment.is_none() {
        return Err(Error::bad_field(
            "alignment",
            "alignment is missing. Set it to the id of a dataset with an alignment of codons.",
        ));
    }
    let alignment = datasets::find_in_field(service, owner, "alignment", alignment).await;
    let tree = datasets::find_in_field(service, owner, "tree", request.tree.as_deref()).await;
    both(alignment, tree).map(drop)
}

/// Brings words into their canonical form.
fn check_words(request: &mut ScreenRequest) -> Result<()> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: String| {
        let field = field.to_owned();
        errors.push(FieldError { field, message });
    };
    request.name = request.name.trim().to_owned();
    if request.name.chars().count() > MAX_NAME {
        wrong("name", format!("name has more than {MAX_NAME} characters."));
    }
    let code = request.genetic_code.as_deref();
    match code.map_or(Some(GeneticCode::UNIVERSAL), GeneticCode::from_name) {
        Some(code) => request.genetic_code = Some(code.name().to_owned()),
        None => wrong(
            "genetic_code",
            "There is no such genetic code. See /genetic-codes.".to_owned(),
        ),
    }
    let engine = request.engine.as_deref();
    match engine.map_or(Some(EngineKind::default()), EngineKind::from_word) {
        Some(engine) => request.engine = Some(engine.word().to_owned()),
        None => wrong("engine", "engine must be hyphy or native.".to_owned()),
    }
    request.branches.sort_unstable();
    request.branches.dedup();
    let mut seen = Vec::new();
    for id in std::mem::take(&mut request.methods) {
        if methods::find(&id).is_none() {
            wrong(
                "methods",
                format!("There is no analysis {id}. See /methods."),
            );
        } else if !seen.contains(&id) {
            seen.push(id);
        }
    }
    request.methods = seen;
    for id in request
        .parameters
        .keys()
        .filter(|id| !request.methods.contains(id))
    {
        let message = format!("parameters has {id}, which is not one of methods.");
        wrong("parameters", message);
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(errors))
    }
}

/// Checks the parameters of each analysis against its table.
fn check_parameters(request: &ScreenRequest) -> Result<()> {
    let mut errors = Vec::new();
    for analysis in chosen(request) {
        let problems = wrong_parameters(request, analysis);
        errors.extend(problems.into_iter().map(|message| FieldError {
            field: format!("parameters.{}", analysis.id),
            message,
        }));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(errors))
    }
}

fn wrong_parameters(request: &ScreenRequest, analysis: &'static Analysis) -> Vec<String> {
    let name = analysis.name;
    if matches!(analysis.input.data, Data::Protein | Data::None) {
        return vec![format!("{name} does not analyse codons.")];
    }
    let own = match request.parameters.get(analysis.id) {
        None => Map::new(),
        Some(Value::Object(own)) => own.clone(),
        Some(other) => return vec![format!("{other} must be an object: {{…}}.")],
    };
    let is_data = |field: &&String| {
        let parameter = analysis.parameter(field);
        parameter.is_some_and(|parameter| matches!(parameter.kind, Kind::Dataset))
    };
    if let Some(field) = own.keys().find(is_data) {
        let message = "The data are those of the screen, for all of its analyses.";
        return vec![format!("{name} has {field}. {message}")];
    }
    match check(analysis, &body_for(request, analysis)) {
        Ok(Checked { ignored, .. }) => ignored,
        Err(problems) => problems.into_iter().map(|it| it.message).collect(),
    }
}
