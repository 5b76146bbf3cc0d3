//! Sends every operation of the OpenAPI document without a token, with a forged token, as another
//! owner and as the owner. It covers a new operation as soon as it is in the document, and a test
//! of the router checks that every route is in the document.

use std::collections::BTreeMap;

use reqwest::{
    Method, StatusCode,
    blocking::{RequestBuilder, Response},
};
use serde_json::{Value, json};

use crate::{
    language_model::{LanguageModel, Reply},
    person::{Person, form},
    support::{Server, small},
};

/// Operations that require no token.
const PUBLIC: &[&str] = &[
    "getHealth",
    "getMethodsList",
    "getGeneticCodes",
    "PostDataset",
    "beginSession",
    "createConversation",
];
/// Operations that do not concern a particular object: another owner gets their own response.
const OWN: &[&str] = &[
    "getMethodsSuitability",
    "getLimits",
    "getDatasetsList",
    "getJobsList",
    "watchJobs",
    "getJobStates",
    "startBatch",
    "listVisualizations",
    "getScreensList",
    "listUserConversations",
    "getSession",
    "endSession",
];

/// Ada's data.
struct Things {
    alignment: String,
    job: String,
    drawn: String,
    screen: String,
    conversation: String,
    shared: String,
    /// The parameters of each analysis, and its job.
    starts: BTreeMap<String, (Value, String)>,
}

fn post(person: &Person, path: &str, body: &Value) -> Value {
    let answer = person.ask(Method::POST, path).json(body).send().unwrap();
    let status = answer.status();
    let said: Value = answer.json().unwrap();
    assert!(status.is_success(), "{path}: {said}");
    said
}

/// One body for all analyses: each ignores the fields of the others.
fn body(method: &str, ada: &Person, alignment: &str, tree: &str) -> Value {
    let leaves = |pattern: &str| json!({"description": pattern, "regexp": pattern});
    let mut body = json!({
        "alignment": alignment, "tree": tree, "test_branches": ["taaa"],
        "branch_sets": [{"name": "x", "branches": ["taaa"]}, {"name": "y", "branches": ["tbbb"]}],
        "compartment_definitions": [leaves("^ta"), leaves("^tb")],
    });
    if method == "fade" {
        let protein = "MKLVAWQRSTFMKLIAWQKSTF";
        let sequence = |n: usize| format!(">p{n}\n{}{}\n", &protein[n..], &protein[..n]);
        let proteins: String = (0..4).map(sequence).collect();
        body["alignment"] = json!(ada.upload(&proteins));
        body["tree"] = json!(ada.upload("((p0:0.1,p1:0.1):0.1,(p2:0.1,p3:0.1):0.1);"));
        body["branches"] = json!("All");
    }
    body
}

fn things(server: &Server, ada: &Person, alignment: String, tree: &str, all: &Value) -> Things {
    let mut starts = BTreeMap::new();
    let offered = server.offered();
    for path in all.as_object().unwrap().keys() {
        let of_method = path.strip_prefix("/methods/");
        if let Some(method) = of_method.and_then(|path| path.strip_suffix("-start"))
            && offered.contains(method)
        {
            let body = body(method, ada, &alignment, tree);
            let job = post(ada, path, &body)["job_id"]
                .as_str()
                .unwrap()
                .to_owned();
            starts.insert(method.to_owned(), (body, job));
        }
    }
    assert_eq!(starts.len(), offered.len());
    let job = starts["slac"].1.clone();
    let share = post(ada, &format!("/jobs/{job}/share"), &json!({}));
    let drawn = json!({"job_id": job, "title": "t", "spec": {}});
    let drawn = post(ada, "/visualizations", &drawn);
    let screen = post(
        ada,
        "/screens",
        &json!({"alignment": alignment, "methods": ["slac"]}),
    );
    let conversation = post(ada, "/chat", &json!({}));
    Things {
        alignment,
        job,
        conversation: conversation["id"].as_str().unwrap().to_owned(),
        screen: screen["screen_id"].as_str().unwrap().to_owned(),
        drawn: drawn["viz_id"].as_str().unwrap().to_owned(),
        shared: share["share_token"].as_str().unwrap().to_owned(),
        starts,
    }
}

/// The analysis that a path starts or whose results it has.
fn analysis_of(path: &str) -> Option<&str> {
    let name = path.strip_prefix("/methods/")?;
    name.strip_suffix("-start").or(name.strip_suffix("-result"))
}

/// The path of an operation on Ada's data, and the body of the request.
fn filled(things: &Things, path: &str, method: &Method) -> (String, Option<Value>) {
    let mut full = path
        .replace("{dataset_id}", &things.alignment)
        .replace("{job_id}", &things.job)
        .replace("{viz_id}", &things.drawn)
        .replace("{screen_id}", &things.screen)
        .replace("{conversation_id}", &things.conversation)
        .replace("{share_token}", &things.shared);
    assert!(!full.contains('{'), "what is {path} about?");
    let analysis = analysis_of(path).and_then(|name| things.starts.get(name));
    let body = match (analysis, path) {
        (Some((_, job)), _) if *method == Method::GET => {
            full += &format!("?job_id={job}");
            None
        }
        (Some((body, _)), _) => Some(body.clone()),
        (None, "/jobs/status") => Some(json!({"ids": [things.job]})),
        (None, "/jobs/batch") => {
            Some(json!({"method": "slac", "items": [things.starts["slac"].0]}))
        }
        (None, "/screens") if *method == Method::POST => {
            Some(json!({"alignment": things.alignment, "methods": ["slac"]}))
        }
        (None, path) if path.starts_with("/visualizations") && *method != Method::GET => {
            Some(json!({"job_id": things.job, "title": "t", "spec": {}}))
        }
        (None, "/chat/{conversation_id}/messages") if *method == Method::POST => {
            Some(json!({"message": "hello"}))
        }
        _ if *method == Method::PATCH => Some(json!({"name": "n"})),
        _ => None,
    };
    (full, body)
}

/// Streams without an end are not read.
fn text(id: &str, answer: Response) -> String {
    match id {
        "watchJobs" | "watchJob" => String::new(),
        _ => answer.text().unwrap(),
    }
}

/// Whether an answer says that the object is there, but that it has no such part: SLAC stores no fit, and
/// estimates are off.
fn lacks_a_part(answer: Response) -> bool {
    let parts = ["/docs/problems/no-fit", "/docs/problems/no-estimate"];
    answer.status() == StatusCode::NOT_FOUND
        && answer
            .json::<Value>()
            .is_ok_and(|said| parts.iter().any(|part| said["type"] == *part))
}

#[test]
fn every_operation_checks_the_caller() {
    let model = LanguageModel::start(|_| Reply::Says("hello".to_owned()));
    let model = model.openai();
    // More requests than one address may send at once.
    let mut settings = vec![
        ("USER_TOKEN_ENABLED", "true"),
        ("RATE_LIMIT_PER_SECOND", "0"),
    ];
    settings.extend(model.iter().map(|(name, value)| (*name, value.as_str())));
    let server = Server::with(&settings);
    let (fasta, newick) = small();
    let (ada, uploaded) = Person::new(&server, &fasta);
    let (eve, _) = Person::new(&server, "nothing");
    let document = server.http.get(format!("{}/openapi.json", server.url));
    let document: Value = document.send().unwrap().json().unwrap();
    let all = &document["paths"];
    let alignment = uploaded["id"].as_str().unwrap().to_owned();
    let things = things(&server, &ada, alignment, &ada.upload(&newick), all);
    let mut operations = vec![];
    let paths = all.as_object().unwrap().iter();
    // Paths with servers of their own, such as /livez, are not below the API's and concern no owner.
    for (path, item) in paths.filter(|(_, item)| item.get("servers").is_none()) {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let method: Method = method.to_uppercase().parse().unwrap();
            if analysis_of(path).is_none_or(|analysis| things.starts.contains_key(analysis)) {
                operations.push((id, method, path.as_str()));
            }
        }
    }
    assert!(operations.len() > 60, "{}", operations.len());
    // Operations that delete come last. Among them, the objects that others need come later, and
    // the session last.
    operations.sort_by_key(|(id, method, _)| {
        let place = [
            "withdrawShare",
            "deleteVisualization",
            "deleteJob",
            "deleteDataset",
        ];
        let place = place.iter().position(|one| one == id);
        (method == Method::DELETE, *id == "endSession", place)
    });
    for (id, method, path) in &operations {
        let (full, body) = filled(&things, path, method);
        let send = |request: RequestBuilder| {
            let request = match (&body, *id) {
                (_, "PostDataset") => request.multipart(form("of nobody")),
                (Some(body), _) => request.json(body),
                (None, _) => request,
            };
            request.send().unwrap()
        };
        let url = server.api(&full);
        let bare = || server.http.request(method.clone(), &url);
        let what = format!("{method} {full}");
        let shared = path.starts_with("/shared/");
        let forged = send(bare().bearer_auth("a.b.c")).status();
        if PUBLIC.contains(id) || shared {
            // A waiting job has no result yet, but it is visible.
            let answer = send(bare());
            let status = answer.status();
            assert!(
                status.is_success() || status == 409 || status == 500 || lacks_a_part(answer),
                "{what}: {status}"
            );
            let takes_token = ["PostDataset", "beginSession", "createConversation"].contains(id);
            assert_eq!(forged == StatusCode::UNAUTHORIZED, takes_token, "{what}");
        } else {
            assert_eq!(
                send(bare()).status(),
                StatusCode::UNAUTHORIZED,
                "nobody: {what}"
            );
            assert_eq!(forged, StatusCode::UNAUTHORIZED, "a forger: {what}");
            other(&eve, &things, id, method, &full, &send);
        }
        let answer = send(ada.ask(method.clone(), &full));
        let own = answer.status();
        let about_it = if *id == "deleteDataset" {
            own == StatusCode::CONFLICT
        } else {
            own.is_success() || [409, 422, 500].contains(&own.as_u16()) || lacks_a_part(answer)
        };
        assert!(about_it, "the owner: {what}: {own}");
    }
    assert_eq!(ada.get("/jobs").status(), StatusCode::UNAUTHORIZED);
}

/// The router itself says which methods a path supports, so undocumented ones would be found.
#[test]
fn every_path_supports_exactly_the_documented_methods() {
    let server = Server::start();
    let document = server.http.get(format!("{}/openapi.json", server.url));
    let document: Value = document.send().unwrap().json().unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path.replace(['{', '}'], "");
        let url = match item.get("servers") {
            None => server.api(&path),
            Some(_) => format!("{}{path}", server.url),
        };
        // A method that no path supports.
        let answer = server.http.request(Method::TRACE, url).send().unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let allowed = answer.headers()["allow"].to_str().unwrap();
        let mut allowed: Vec<_> = allowed.split(',').map(str::trim).collect();
        allowed.retain(|method| *method != "HEAD");
        allowed.sort_unstable();
        let methods = item.as_object().unwrap().keys();
        let methods = methods.filter(|key| *key != "servers");
        let mut methods: Vec<_> = methods.map(|method| method.to_uppercase()).collect();
        methods.sort_unstable();
        assert_eq!(allowed, methods, "{path}");
    }
}

/// Another owner finds none of Ada's data, and no hint that they exist.
fn other(
    eve: &Person,
    things: &Things,
    id: &str,
    method: &Method,
    full: &str,
    send: &dyn Fn(RequestBuilder) -> Response,
) {
    if id == "endSession" {
        // A separate session, so that Ada can continue.
        let (mallory, _) = Person::new(eve.server, "m");
        assert_eq!(send(mallory.ask(Method::DELETE, full)).status(), 204);
        assert_eq!(eve.get("/jobs").status(), StatusCode::OK);
        return;
    }
    let answer = send(eve.ask(method.clone(), full));
    let status = answer.status();
    let said = text(id, answer);
    if OWN.contains(&id) {
        assert!(status.is_success(), "{method} {full}: {said}");
        let (jobs, missing) = match id {
            "getJobStates" => ("\"jobs\":[]", true),
            "startBatch" => ("\"status\":404", true),
            _ => (
                "",
                !said.contains(&things.job) && !said.contains(&things.alignment),
            ),
        };
        assert!(said.contains(jobs) && missing, "{method} {full}: {said}");
    } else {
        assert_eq!(
            status,
            StatusCode::NOT_FOUND,
            "somebody else: {method} {full}: {said}"
        );
    }
}
