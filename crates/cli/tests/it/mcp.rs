//! The MCP server, used by the client of the official SDK.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use rmcp::{
    ClientHandler, RoleClient, ServiceExt,
    model::{
        CallToolRequestParams, CallToolResult, ContentBlock, GetPromptRequestParams,
        ProgressNotificationParam, ReadResourceRequestParams, ResourceContents,
    },
    service::{NotificationContext, RunningService},
    transport::{
        StreamableHttpClientTransport, TokioChildProcess,
        streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde_json::{Value, json};

use crate::{
    person::{Person, with_tokens},
    support::{Server, datamonkey, small},
};

/// A client that keeps what it hears of progress.
#[derive(Clone, Default)]
struct Hearing(Arc<Mutex<Vec<ProgressNotificationParam>>>);

impl ClientHandler for Hearing {
    async fn on_progress(
        &self,
        params: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.0.lock().unwrap().push(params);
    }
}

type Client = RunningService<RoleClient, Hearing>;

/// A service. Its helpers wait, so that they cannot run in an asynchronous test.
async fn server(start: impl FnOnce() -> Server + Send + 'static) -> Server {
    tokio::task::spawn_blocking(start).await.unwrap()
}

/// Ends a service.
async fn end(server: Server) {
    tokio::task::spawn_blocking(|| drop(server)).await.unwrap();
}

/// A client of `datamonkey mcp`, which runs analyses on this machine.
async fn at_home(hearing: Hearing) -> Client {
    let mut command = datamonkey();
    command.arg("mcp");
    let command = tokio::process::Command::from(command);
    let transport = TokioChildProcess::new(command).unwrap();
    hearing.serve(transport).await.unwrap()
}

/// A client of a service's `/mcp`.
async fn at(server: &Server, token: Option<&str>) -> Result<Client, String> {
    let uri = format!("{}/mcp", server.url);
    let mut config = StreamableHttpClientTransportConfig::with_uri(uri);
    if let Some(token) = token {
        config = config.auth_header(token);
    }
    let http = reqwest::Client::builder().no_gzip().build().unwrap();
    let transport = StreamableHttpClientTransport::with_client(http, config);
    let client = Hearing::default().serve(transport).await;
    client.map_err(|e| e.to_string())
}

async fn call(client: &Client, tool: &'static str, arguments: Value) -> (bool, String) {
    let arguments = arguments.as_object().unwrap().clone();
    let request = CallToolRequestParams::new(tool).with_arguments(arguments);
    let result: CallToolResult = client.call_tool(request).await.unwrap();
    let ContentBlock::Text(text) = &result.content[0] else {
        panic!("{result:?}");
    };
    (result.is_error == Some(true), text.text.clone())
}

/// Calls a tool that must succeed.
async fn done(client: &Client, tool: &'static str, arguments: Value) -> Value {
    let (failed, text) = call(client, tool, arguments).await;
    assert!(!failed, "{tool}: {text}");
    serde_json::from_str(&text).unwrap()
}

fn text_of(contents: &ResourceContents) -> &str {
    match contents {
        ResourceContents::TextResourceContents { text, .. } => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_assistant_runs_an_analysis_on_this_machine() {
    let hearing = Hearing::default();
    let client = at_home(hearing.clone()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gene.fasta");
    std::fs::write(&path, small().0).unwrap();
    let uploaded = done(&client, "PostDataset", json!({"file": path})).await;
    assert_eq!(uploaded["datasets"][0]["name"], "gene.fasta");
    let tree = json!({"name": "tree", "content": small().1});
    let tree = done(&client, "PostDataset", tree).await["id"].clone();
    let alignment = uploaded["id"].clone();
    let start = json!({"alignment": alignment, "tree": tree, "engine": "native"});
    let job = done(&client, "startMEMEJob", start).await["job_id"].clone();
    let ended = done(&client, "getJobById", json!({"job_id": job, "wait": 60})).await;
    assert_eq!(ended["state"], "completed");
    let summary = done(&client, "getJobSummary", json!({"job_id": job})).await;
    assert!(
        summary["statement"]
            .as_str()
            .unwrap()
            .starts_with("MEME found")
    );
    let part = json!({"job_id": job, "pointer": "/input/number of sequences"});
    assert_eq!(done(&client, "getJobResult", part).await, 8);

    let id = job.as_str().unwrap();
    let request = ReadResourceRequestParams::new(format!("datamonkey://jobs/{id}"));
    let read = client.read_resource(request).await.unwrap();
    let resource: Value = serde_json::from_str(text_of(&read.contents[0])).unwrap();
    assert_eq!(resource["summary"]["statement"], summary["statement"]);
    let resources = client.list_all_resources().await.unwrap();
    let uris: HashSet<&str> = resources
        .iter()
        .map(|resource| resource.uri.as_str())
        .collect();
    assert!(uris.contains(format!("datamonkey://jobs/{id}").as_str()));
    assert!(
        uris.contains(format!("datamonkey://datasets/{}", alignment.as_str().unwrap()).as_str())
    );

    let (failed, said) = call(&client, "startFELJob", json!({"alignment": "abc"})).await;
    assert!(failed);
    assert!(said.contains("There is no dataset abc."), "{said}");
    let (failed, said) = call(&client, "getJobById", json!({"job": "abc"})).await;
    assert!(failed);
    assert_eq!(
        said,
        "getJobById has no argument job. It has: job_id, wait, pointer."
    );
    client.cancel().await.unwrap();
}

/// What a new analysis must be in: a tool, a prompt and a resource, by its table alone.
#[tokio::test]
async fn every_analysis_is_there_by_its_table() {
    let server = server(Server::start).await;
    let client = at(&server, None).await.unwrap();
    let tools = client.list_all_tools().await.unwrap();
    let prompts = client.list_all_prompts().await.unwrap();
    let resources = client.list_all_resources().await.unwrap();
    let count = hyphy::methods::ALL.len();
    let starts = tools
        .iter()
        .filter(|tool| tool.name.starts_with("start") && tool.name.ends_with("Job"));
    assert_eq!(starts.count(), count);
    assert_eq!(prompts.len(), count + 1);
    for analysis in hyphy::methods::ALL {
        let name = format!("start{}Job", analysis.id.to_uppercase().replace('-', ""));
        let tool = tools.iter().find(|tool| tool.name == name).unwrap();
        let properties = tool.input_schema["properties"].as_object().unwrap();
        for parameter in analysis.parameters {
            assert!(
                properties.contains_key(parameter.name),
                "{name}: {}",
                parameter.name
            );
            for alias in parameter.aliases {
                assert!(!properties.contains_key(*alias), "{name}: {alias}");
            }
        }
        assert!(!properties.contains_key("user_token"));
        let uri = format!("datamonkey://methods/{}", analysis.id);
        assert!(resources.iter().any(|resource| resource.uri == uri));
        let request = GetPromptRequestParams::new(analysis.id);
        let prompt = client.get_prompt(request).await.unwrap();
        let ContentBlock::Text(text) = &prompt.messages[0].content else {
            panic!("{prompt:?}");
        };
        assert!(text.text.contains(analysis.question));
    }
    // What changes or deletes something says so; what reads says so, too.
    let hint = |name: &str| {
        let tool = tools.iter().find(|tool| tool.name == name).unwrap();
        let annotations = tool.annotations.as_ref().unwrap();
        (
            annotations.read_only_hint.unwrap(),
            annotations.destructive_hint.unwrap(),
        )
    };
    for name in [
        "deleteDataset",
        "deleteJob",
        "deleteScreen",
        "cancelJob",
        "nameJob",
    ] {
        assert_eq!(hint(name), (false, true), "{name}");
    }
    assert_eq!(hint("getJobSummary"), (true, false));
    assert_eq!(hint("startFELJob"), (false, false));
    client.cancel().await.unwrap();
    end(server).await;
}

#[tokio::test]
async fn progress_is_told_while_a_job_runs() {
    let server = server(Server::start).await;
    let uri = format!("{}/mcp", server.url);
    let hearing = Hearing::default();
    let transport = StreamableHttpClientTransport::with_client(
        reqwest::Client::builder().no_gzip().build().unwrap(),
        StreamableHttpClientTransportConfig::with_uri(uri),
    );
    let client: Client = hearing.clone().serve(transport).await.unwrap();
    let simulated = crate::simulate::alignment(3, 12, &[0.3; 60]);
    let content = json!({"name": "a", "content": simulated.fasta});
    let alignment = done(&client, "PostDataset", content).await["id"].clone();
    let job = done(&client, "startFELJob", json!({"alignment": alignment})).await["job_id"].clone();
    loop {
        let now = done(&client, "getJobById", json!({"job_id": job, "wait": 60})).await;
        if now["state"] != "queued" && now["state"] != "running" && now["state"] != "submitting" {
            assert_eq!(now["state"], "completed");
            break;
        }
    }
    client.cancel().await.unwrap();
    end(server).await;
    let heard = hearing.0.lock().unwrap();
    assert!(!heard.is_empty());
    let fractions: Vec<f64> = heard.iter().map(|told| told.progress).collect();
    assert!(
        fractions
            .iter()
            .all(|fraction| (0.0..=1.0).contains(fraction)),
        "{fractions:?}"
    );
    assert!(heard.iter().all(|told| told.message.is_some()));
}

#[tokio::test]
async fn a_caller_sees_only_its_own_data() {
    let server = server(with_tokens).await;
    assert!(at(&server, None).await.is_err());
    assert!(at(&server, Some("wrong")).await.is_err());
    let (tokens, server) = tokio::task::spawn_blocking(move || {
        let tokens = [">a\nACG\n", ">b\nACT\n"].map(|text| Person::new(&server, text).0.token);
        (tokens, server)
    })
    .await
    .unwrap();
    for (token, content) in tokens.iter().zip(["ACG", "ACT"]) {
        let client = at(&server, Some(token)).await.unwrap();
        let all = done(&client, "getDatasetsList", json!({})).await;
        let all = all["datasets"].as_array().unwrap().clone();
        assert_eq!(all.len(), 1, "{content}");
        client.cancel().await.unwrap();
    }
    end(server).await;
}
