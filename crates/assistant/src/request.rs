//! From the arguments of a tool to a request.

use api::paths;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use crate::{
    caller::Request,
    tools::{POINTER, Tool},
};

/// Separates the parts of a form. A text that contains it cannot be uploaded as a tool's argument.
const BOUNDARY: &str = "datamonkey-7c1f0e5b9a3d4e62";

/// Checks that a tool has all of these arguments.
///
/// # Errors
/// A sentence about one that it does not have.
pub(crate) fn check(tool: &Tool, arguments: &Map<String, Value>) -> Result<(), String> {
    let known = tool.schema["properties"].as_object();
    let is_known = |name: &String| known.is_some_and(|known| known.contains_key(name));
    if let Some(unknown) = arguments.keys().find(|name| !is_known(name)) {
        let all: Vec<_> = known
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
            .collect();
        return Err(format!(
            "{} has no argument {unknown}. It has: {}.",
            tool.name,
            all.join(", ")
        ));
    }
    Ok(())
}

/// The request of a tool, other than an upload.
///
/// # Errors
/// A sentence about an argument that is missing.
pub(crate) fn of(tool: &Tool, arguments: &Map<String, Value>) -> Result<Request, String> {
    let mut path = String::new();
    let mut rest = arguments.clone();
    rest.remove(POINTER);
    for (k, piece) in tool.path.split(['{', '}']).enumerate() {
        if k % 2 == 0 {
            path.push_str(piece);
            continue;
        }
        let value = rest.remove(piece);
        let value = value.as_ref().and_then(Value::as_str);
        let value = value.ok_or_else(|| format!("{} needs the argument {piece}.", tool.name))?;
        path.extend(form_urlencoded::byte_serialize(value.as_bytes()));
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in &tool.query {
        match rest.remove(name) {
            None | Some(Value::Null) => {}
            Some(Value::Array(items)) => {
                query.extend_pairs(items.iter().map(|item| (name, plain(item))));
            }
            Some(value) => {
                query.append_pair(name, &plain(&value));
            }
        }
    }
    let query = query.finish();
    if !query.is_empty() {
        path.push('?');
        path.push_str(&query);
    }
    let body = if tool.method == http::Method::GET || rest.is_empty() && !has_body(tool) {
        None
    } else {
        Some((
            "application/json".to_owned(),
            Value::Object(rest).to_string().into_bytes(),
        ))
    };
    Ok(Request {
        method: tool.method.clone(),
        path,
        body,
    })
}

/// A request for the current version of a job, which waits for the next one up to so many seconds.
pub(crate) fn job(id: &str, seconds: u64) -> Request {
    let id: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
    Request {
        method: http::Method::GET,
        path: format!("{}?wait={seconds}", paths::of(paths::JOB, &id)),
        body: None,
    }
}

/// Whether the operation takes an object, if only an empty one.
fn has_body(tool: &Tool) -> bool {
    matches!(tool.method, http::Method::POST | http::Method::PATCH) && !tool.path.contains('}')
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A request that uploads a file.
pub(crate) fn upload(name: &str, description: &str, content: &[u8]) -> Result<Request, String> {
    if content
        .windows(BOUNDARY.len())
        .any(|window| window == BOUNDARY.as_bytes())
    {
        return Err("The content cannot be uploaded in this way.".to_owned());
    }
    let meta = json!({"name": name, "type": "text", "description": description});
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"meta\"\r\n\r\n{meta}\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"data\"\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    Ok(Request {
        method: http::Method::POST,
        path: paths::DATASETS.to_owned(),
        body: Some((format!("multipart/form-data; boundary={BOUNDARY}"), body)),
    })
}
