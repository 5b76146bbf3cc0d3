//! What all operations have in common, added to the OpenAPI document in one place.

use serde_json::{Value, json};
use utoipa::openapi::{
    OpenApi, RefOr, Response,
    path::{Operation, Parameter},
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};

use super::{idempotency::only_reads, identity::USER_TOKEN};

/// Tags of operations that take no token, and ids of others that do not.
const PUBLIC: &[&str] = &["Shared"];
const OPEN: &[&str] = &["getMethodsList", "getHealth"];
/// Ids of operations that take a token and need none.
const OPTIONAL: &[&str] = &["PostDataset", "beginSession"];

/// Adds tokens and the answers that any operation may give.
pub(super) fn add(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "The token that `X-Session-Token` gave. Needed where `/health` says `access: tokens`. \
             The header, the parameter or the form field `user_token` is taken, too.",
        ));
    components.add_security_scheme("token", SecurityScheme::Http(bearer.build()));
    for (path, item) in &mut document.paths.paths {
        if let Some(post) = item.post.as_mut().filter(|_| !only_reads(path)) {
            take_key(post);
        }
        for operation in [&mut item.put, &mut item.post].into_iter().flatten() {
            answer(operation, "408", "The body came too slowly");
            answer(operation, "413", "The body is too large");
        }
        let changing = [&mut item.put, &mut item.post, &mut item.delete];
        for operation in changing.into_iter().flatten() {
            answer(
                operation,
                "403",
                "Asked by a page of another origin, which may not",
            );
            answer(operation, "507", "The disk is full: nothing was changed");
        }
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
        ];
        for operation in operations.into_iter().flatten() {
            answer(
                operation,
                "421",
                "`Host` is not a name of this service (open mode)",
            );
            answer(
                operation,
                "503",
                "The service cannot do it now; `Retry-After` says in how many seconds to come back",
            );
            if path.contains('{') {
                answer(operation, "400", "The path cannot be read");
            }
            complete(operation);
        }
    }
}

fn complete(operation: &mut Operation) {
    answer(
        operation,
        "429",
        "Requests come too fast, or there are too many jobs; `Retry-After` says in how many seconds to come back",
    );
    let id = operation.operation_id.clone().unwrap_or_default();
    let mut tags = operation.tags.iter().flatten();
    if OPEN.contains(&id.as_str()) || tags.any(|tag| PUBLIC.contains(&tag.as_str())) {
        return;
    }
    take_token(operation);
    answer(operation, "401", "No valid token, where tokens are needed");
    if OPTIONAL.contains(&id.as_str()) {
        return;
    }
    operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(
        "token",
        [],
    )]);
}

fn take_key(operation: &mut Operation) {
    let parameter: Result<RefOr<Parameter>, _> = serde_json::from_value(json!({
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Asked again with the same key within 24 hours, this is carried out once and answered the same",
        "required": false,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    }));
    // It is written here; a test reads it.
    operation
        .parameters
        .get_or_insert_default()
        .extend(parameter);
    answer(operation, "400", "Idempotency-Key is empty or too long");
    answer(
        operation,
        "409",
        "A request with this Idempotency-Key is at work",
    );
    answer(
        operation,
        "422",
        "This Idempotency-Key was used for another request",
    );
}

fn take_token(operation: &mut Operation) {
    let parameter: Result<RefOr<Parameter>, _> = serde_json::from_value(json!({
        "name": USER_TOKEN,
        "in": "header",
        "description": "Token identifying the user, for clients that do not send it as `Authorization: Bearer`",
        "required": false,
        "schema": {"type": "string"},
    }));
    // It is written here; a test reads it.
    operation
        .parameters
        .get_or_insert_default()
        .extend(parameter);
}

/// One more answer, as a problem.
fn answer(operation: &mut Operation, status: &str, description: &str) {
    let problem: Value = json!({
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    });
    let answer: Result<RefOr<Response>, _> = serde_json::from_value(problem);
    if let Ok(answer) = answer {
        operation
            .responses
            .responses
            .entry(status.to_owned())
            .or_insert(answer);
    }
}
