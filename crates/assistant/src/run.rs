//! Running a tool.

use std::time::{Duration, Instant};

use http::StatusCode;
use serde_json::{Map, Value};

use crate::{
    bounded,
    caller::{Answer, Caller, Request},
    request,
    tools::{FILE, JOB, POINTER, Tool, UPLOAD},
};

/// Maximum wait of one request for a job, in seconds. Progress is reported after each.
const STEP: u64 = 5;

/// The longest that a tool waits for a job. Many clients give a tool a minute.
const LONGEST_WAIT: u64 = 50;

/// What a tool returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The response, shortened if it is too long, or a sentence that says why there is none.
    pub text: String,
    /// Whether it failed.
    pub failed: bool,
}

/// Hears of a job's progress: the completed fraction, and the stage.
pub type Progress<'a> = &'a (dyn Fn(f64, &str) + Send + Sync);

/// Runs a tool with arguments from a model. The response has at most about so many characters.
pub async fn run(
    tool: &Tool,
    arguments: &Map<String, Value>,
    caller: &dyn Caller,
    progress: Progress<'_>,
    longest: usize,
) -> Outcome {
    match answer(tool, arguments, caller, progress, longest).await {
        Ok(text) => Outcome {
            text,
            failed: false,
        },
        Err(text) => Outcome { text, failed: true },
    }
}

async fn answer(
    tool: &Tool,
    arguments: &Map<String, Value>,
    caller: &dyn Caller,
    progress: Progress<'_>,
    longest: usize,
) -> Result<String, String> {
    request::check(tool, arguments)?;
    let request = match &*tool.name {
        UPLOAD => upload(arguments, caller).await?,
        JOB => {
            let mut arguments = arguments.clone();
            let wait = arguments.remove("wait").and_then(|wait| wait.as_u64());
            let id = arguments.get("job_id").and_then(Value::as_str);
            if let (Some(wait), Some(id)) = (wait, id) {
                wait_for_job(id, wait, caller, progress).await?;
            }
            request::of(tool, &arguments)?
        }
        _ => request::of(tool, arguments)?,
    };
    let Answer { status, text } = caller.call(request).await?;
    if status == StatusCode::NO_CONTENT {
        return Ok("Done.".to_owned());
    }
    let pointer = arguments.get(POINTER).and_then(Value::as_str);
    if status.is_success() {
        bounded::part(&text, pointer, longest)
    } else {
        let problem = serde_json::from_str::<api::Problem>(&text);
        let said = problem.map_or(text, |problem| problem.to_string());
        Err(bounded::beginning(&said, longest))
    }
}

async fn upload(arguments: &Map<String, Value>, caller: &dyn Caller) -> Result<Request, String> {
    let text = |name: &str| arguments.get(name).and_then(Value::as_str);
    let description = text("description").unwrap_or_default();
    if let Some(path) = text(FILE) {
        let content = caller.file(path).await?;
        let own_name = path.rsplit('/').next().unwrap_or(path);
        return request::upload(text("name").unwrap_or(own_name), description, &content);
    }
    match (text("name"), text("content")) {
        (Some(name), Some(content)) => request::upload(name, description, content.as_bytes()),
        _ => Err(format!(
            "{UPLOAD} needs the arguments name and content, both of them text."
        )),
    }
}

/// Waits until a job has ended, or for so many seconds, and tells its progress. What cannot be read is said by the
/// request that follows.
async fn wait_for_job(
    id: &str,
    seconds: u64,
    caller: &dyn Caller,
    progress: Progress<'_>,
) -> Result<(), String> {
    let end = Instant::now() + Duration::from_secs(seconds.min(LONGEST_WAIT));
    loop {
        let left = end.saturating_duration_since(Instant::now()).as_secs();
        if left == 0 {
            return Ok(());
        }
        let answer = caller.call(request::job(id, left.min(STEP))).await?;
        let Ok(job) = serde_json::from_str::<api::Job>(&answer.text) else {
            return Ok(());
        };
        if let Some(now) = &job.progress {
            progress(now.fraction, &now.stage);
        }
        if job.state.is_final() {
            return Ok(());
        }
    }
}
