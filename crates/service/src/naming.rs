//! Naming and tagging jobs, datasets and screens.

use api::FieldError;
use serde_json::{Map, Value};
use store::{DatasetRecord, JobRecord, Naming, ScreenRecord};

use crate::{
    Service,
    error::{Error, Result},
};

const MAX_NAME: usize = 200;
const MAX_TAG: usize = 50;
const MAX_TAGS: usize = 20;

/// Changes the name and the tags of a job.
///
/// # Errors
/// An unknown job, or invalid names or tags.
pub async fn job(
    service: &Service,
    owner: &str,
    id: &str,
    change: &Map<String, Value>,
) -> Result<JobRecord> {
    let naming = checked(change)?;
    let row = service.store.name_job(owner, id, &naming).await?;
    row.ok_or_else(|| Error::NoJob { id: id.to_owned() })
}

/// Changes the name and the tags of a dataset.
///
/// # Errors
/// An unknown dataset, invalid names or tags, or no name at all.
pub async fn dataset(
    service: &Service,
    owner: &str,
    id: &str,
    change: &Map<String, Value>,
) -> Result<DatasetRecord> {
    let naming = with_name(change, "dataset")?;
    let row = service.store.name_dataset(owner, id, &naming).await?;
    row.ok_or_else(|| Error::NoDataset {
        field: None,
        id: id.to_owned(),
    })
}

/// Changes the name and the tags of a screen.
///
/// # Errors
/// An unknown screen, invalid names or tags, or no name at all.
pub async fn screen(
    service: &Service,
    owner: &str,
    id: &str,
    change: &Map<String, Value>,
) -> Result<ScreenRecord> {
    let naming = with_name(change, "screen")?;
    let row = service.store.name_screen(owner, id, &naming).await?;
    let row = row.ok_or_else(|| Error::NoScreen { id: id.to_owned() })?;
    service.announce_change(id);
    Ok(row)
}

/// The valid form of a change of a thing that must have a name.
fn with_name(change: &Map<String, Value>, what: &str) -> Result<Naming> {
    let naming = checked(change)?;
    if naming.name.as_deref() == Some("") {
        let message = format!("name is empty; a {what} must have a name.");
        return Err(Error::invalid_field("name", message));
    }
    Ok(naming)
}

/// The valid form of a change (a merge patch, RFC 7396): without blanks around names and tags, and
/// each tag once.
fn checked(change: &Map<String, Value>) -> Result<Naming> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: String| {
        errors.push(FieldError {
            field: field.to_owned(),
            message,
        });
    };
    let name = change.get("name").and_then(|value| match value {
        Value::Null => Some(String::new()),
        Value::String(text) => match text_problem(text, MAX_NAME) {
            None => Some(text.trim().to_owned()),
            Some(problem) => {
                wrong("name", format!("name {problem}."));
                None
            }
        },
        _ => {
            wrong("name", "name must be text, or null.".to_owned());
            None
        }
    });
    let mut tags = None;
    match change.get("tags") {
        None => {}
        Some(Value::Null) => tags = Some(Vec::new()),
        Some(Value::Array(items)) => {
            let mut kept: Vec<String> = Vec::new();
            for item in items {
                let Some(text) = item.as_str() else {
                    wrong("tags", format!("tags holds {item}; each tag must be text."));
                    continue;
                };
                let tag = text.trim();
                if tag.is_empty() || tag.contains(',') {
                    let message = format!("The tag {item} must not be empty or have a comma.");
                    wrong("tags", message);
                } else if let Some(problem) = text_problem(tag, MAX_TAG) {
                    wrong("tags", format!("The tag {item} {problem}."));
                } else if !kept.iter().any(|known| known == tag) {
                    kept.push(tag.to_owned());
                }
            }
            if kept.len() > MAX_TAGS {
                let count = kept.len();
                wrong(
                    "tags",
                    format!("There are {count} tags; at most {MAX_TAGS} are allowed."),
                );
            }
            tags = Some(kept);
        }
        Some(_) => wrong("tags", "tags must be an array of text, or null.".to_owned()),
    }
    if errors.is_empty() {
        Ok(Naming { name, tags })
    } else {
        Err(Error::invalid(errors))
    }
}

/// What is wrong with a text, if anything.
fn text_problem(text: &str, most: usize) -> Option<String> {
    let count = text.trim().chars().count();
    if count > most {
        Some(format!("has {count} characters; the maximum is {most}"))
    } else if text.trim().chars().any(char::is_control) {
        Some("must not have line breaks or other control characters".to_owned())
    } else {
        None
    }
}
