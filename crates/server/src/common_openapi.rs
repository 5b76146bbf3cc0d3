//! Adds what all operations have in common to the OpenAPI document.

use serde_json::json;
use utoipa::openapi::{
    ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, Schema,
    path::{Operation, Parameter},
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};

use crate::{idempotency::is_safe_to_repeat, identity::USER_TOKEN, problem_kinds};

/// Tags of operations that do not accept a token, and ids of other such operations.
const PUBLIC_TAGS: &[&str] = &["Shared"];
const PUBLIC_OPERATIONS: &[&str] = &[
    "getMethodsList",
    "getHealth",
    "getLiveness",
    "getReadiness",
    "getMetrics",
];
/// Ids of operations that accept a token but do not require one.
const TOKEN_OPTIONAL: &[&str] = &["PostDataset", "beginSession", "createConversation"];

/// Responses that many operations share: status, name of the component, and description.
const RESPONSES: [(&str, &str, &str); 13] = [
    ("400", "UnreadablePath", "The path is invalid"),
    (
        "400",
        "UnusableIdempotencyKey",
        "Idempotency-Key is empty or too long",
    ),
    ("401", "NoToken", "A valid token is required"),
    (
        "403",
        "OtherOrigin",
        "A page of another origin sent this request, and that origin is not allowed",
    ),
    ("408", "TooSlow", "The body arrived too slowly"),
    (
        "409",
        "IdempotencyKeyInUse",
        "A request with this Idempotency-Key is still in progress",
    ),
    ("413", "TooLarge", "The body is too large"),
    (
        "421",
        "OtherHost",
        "`Host` is not a name of this service (open mode only)",
    ),
    (
        "422",
        "IdempotencyKeyUsed",
        "This Idempotency-Key was used for a different request",
    ),
    (
        "429",
        "TooMany",
        "There are too many requests or jobs; `Retry-After` says after how many seconds to retry",
    ),
    (
        "503",
        "Unavailable",
        "The service cannot do this at the moment; `Retry-After` says after how many seconds to \
         retry",
    ),
    ("507", "DiskFull", "The disk is full; nothing was changed"),
    ("500", "Fault", "An internal error"),
];

/// Adds the tokens and the common responses.
pub(crate) fn add(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "The token from `X-Session-Token`. It is required if `/health` says `access: tokens`. \
             The header, the parameter or the form field `user_token` is accepted, too.",
        ));
    components.add_security_scheme("token", SecurityScheme::Http(bearer.build()));
    for (_, name, description) in RESPONSES {
        components
            .responses
            .insert(name.to_owned(), RefOr::T(problem(description)));
    }
    if let Some(RefOr::T(Schema::Object(problem))) = components.schemas.get_mut("Problem")
        && let Some(RefOr::T(Schema::Object(kind))) = problem.properties.get_mut("type")
    {
        // All of them, so that clients can have their own words for each.
        kind.examples = problem_kinds::types().map(Into::into).collect();
    }
    for (path, item) in &mut document.paths.paths {
        if let Some(post) = item.post.as_mut().filter(|_| !is_safe_to_repeat(path)) {
            take_key(post);
        }
        for operation in [&mut item.put, &mut item.post].into_iter().flatten() {
            add_responses(operation, &["TooSlow", "TooLarge"]);
        }
        let changing = [&mut item.put, &mut item.post, &mut item.delete];
        for operation in changing.into_iter().flatten() {
            add_responses(operation, &["OtherOrigin", "DiskFull"]);
        }
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
        ];
        for operation in operations.into_iter().flatten() {
            take_pretty_print(operation);
            be_problems(operation);
            add_responses(operation, &["OtherHost", "Unavailable", "Fault"]);
            if path.contains('{') {
                add_responses(operation, &["UnreadablePath"]);
            }
            complete(operation);
        }
    }
}

fn complete(operation: &mut Operation) {
    add_responses(operation, &["TooMany"]);
    let id = operation.operation_id.clone().unwrap_or_default();
    let mut tags = operation.tags.iter().flatten();
    if PUBLIC_OPERATIONS.contains(&id.as_str())
        || tags.any(|tag| PUBLIC_TAGS.contains(&tag.as_str()))
    {
        return;
    }
    take_token(operation);
    add_responses(operation, &["NoToken"]);
    if TOKEN_OPTIONAL.contains(&id.as_str()) {
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
        "description": "If the request is repeated with the same key within 24 hours, it is \
         carried out once and answered the same way",
        "required": false,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    }));
    // Cannot fail: the JSON is a constant, and a test parses it.
    operation
        .parameters
        .get_or_insert_default()
        .extend(parameter);
    let answers = [
        "UnusableIdempotencyKey",
        "IdempotencyKeyInUse",
        "IdempotencyKeyUsed",
    ];
    add_responses(operation, &answers);
}

fn take_token(operation: &mut Operation) {
    let parameter: Result<RefOr<Parameter>, _> = serde_json::from_value(json!({
        "name": USER_TOKEN,
        "in": "header",
        "description": "Token that identifies the user, for clients that do not send \
         `Authorization: Bearer`",
        "required": false,
        "schema": {"type": "string"},
    }));
    // Cannot fail: the JSON is a constant, and a test parses it.
    operation
        .parameters
        .get_or_insert_default()
        .extend(parameter);
}

/// Adds `pretty_print` to every operation that returns JSON.
fn take_pretty_print(operation: &mut Operation) {
    let answers = operation.responses.responses.iter();
    let mut good = answers.filter(|(status, _)| status.starts_with('2'));
    let is_json = good.any(|(_, answer)| match answer {
        RefOr::T(answer) => answer.content.contains_key("application/json"),
        RefOr::Ref(_) => false,
    });
    let parameters = operation.parameters.get_or_insert_default();
    let has_it = parameters.iter().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.name == "pretty_print",
        RefOr::Ref(_) => false,
    });
    if !is_json || has_it {
        return;
    }
    let parameter: Result<RefOr<Parameter>, _> = serde_json::from_value(json!({
        "name": "pretty_print",
        "in": "query",
        "description": "Indent the response",
        "required": false,
        "schema": {"type": "boolean"},
    }));
    // Cannot fail: the JSON is a constant, and a test parses it.
    parameters.extend(parameter);
}

/// Declares that error responses are problems, unless the operation declares something else.
fn be_problems(operation: &mut Operation) {
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(own) = answer
            && status.starts_with(['4', '5'])
            && own.content.is_empty()
        {
            *own = problem(&own.description);
        }
    }
}

/// Returns a response with a problem.
fn problem(description: &str) -> Response {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content)
        .build()
}

/// Adds common responses by name. A response that the operation itself declares for a status has
/// precedence, unless its description is the common one.
fn add_responses(operation: &mut Operation, names: &[&str]) {
    for (status, name, description) in RESPONSES {
        if !names.contains(&name) {
            continue;
        }
        let common = || RefOr::Ref(Ref::new(format!("#/components/responses/{name}")));
        let answers = &mut operation.responses.responses;
        match answers.get_mut(status) {
            Some(RefOr::T(own)) if own.description == description => {
                answers.insert(status.to_owned(), common());
            }
            Some(_) => {}
            None => {
                answers.insert(status.to_owned(), common());
            }
        }
    }
}
