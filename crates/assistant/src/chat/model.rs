//! Language models of several providers.

use std::time::Duration;

use api::{ChatCall, ChatEntry, ChatEvent, ChatOperation};
use config::{ChatConfig, ModelProvider};
use futures::StreamExt;
use genai::{
    Client, ModelIden, ServiceTarget,
    adapter::AdapterKind,
    chat::{
        ChatMessage, ChatOptions, ChatRequest, ChatStreamEvent, ContentPart, MessageContent,
        ToolCall, ToolResponse,
    },
    resolver::{AuthData, Endpoint, ServiceTargetResolver},
};
use serde_json::{Map, Value};

use super::Listener;
use crate::tools::Tool;

const CONNECT: Duration = Duration::from_secs(20);
/// How long the model may be silent.
const SILENCE: Duration = Duration::from_secs(120);

/// A language model.
pub struct Model {
    client: Client,
    target: ModelIden,
    temperature: f64,
}

/// What a model said.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) content: String,
    pub(super) calls: Vec<ChatCall>,
}

impl Model {
    /// The model with these settings.
    ///
    /// # Errors
    /// Why there is none.
    pub fn new(settings: &ChatConfig) -> Result<Self, String> {
        // Fails only if another one is already installed, which is fine.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let mut http = reqwest::Client::builder().connect_timeout(CONNECT);
        // Without TLS, no certificates are needed. Small systems have none.
        if (settings.address.as_deref()).is_some_and(|address| address.starts_with("http:")) {
            http = http.tls_certs_only([]);
        }
        let http = http.build().map_err(|e| e.to_string())?;
        let kind = match settings.provider {
            ModelProvider::Google => AdapterKind::Gemini,
            ModelProvider::OpenAi => AdapterKind::OpenAI,
            ModelProvider::Anthropic => AdapterKind::Anthropic,
            ModelProvider::Ollama => AdapterKind::Ollama,
        };
        let target = ModelIden::new(kind, settings.model.clone());
        let (model, settings) = (target.clone(), settings.clone());
        let temperature = settings.temperature;
        let resolver = ServiceTargetResolver::from_resolver_fn(
            move |target: ServiceTarget| -> Result<ServiceTarget, genai::resolver::Error> {
                let address = settings.address.as_deref();
                let endpoint = address.map(|address| {
                    Endpoint::from_owned(format!("{}/", address.trim_end_matches('/')))
                });
                Ok(ServiceTarget {
                    endpoint: endpoint.unwrap_or(target.endpoint),
                    auth: AuthData::from_single(settings.key.clone().unwrap_or_default()),
                    model: model.clone(),
                })
            },
        );
        let client = Client::builder()
            .with_reqwest(http)
            .with_adapter_kind(kind)
            .with_service_target_resolver(resolver)
            .build()
            .map_err(|e| e.to_string())?;
        Ok(Self {
            client,
            target,
            temperature,
        })
    }

    /// Asks the model to continue a conversation. The listener hears its words as they come.
    pub(super) async fn ask(
        &self,
        system: &str,
        entries: &[ChatEntry],
        tools: &[Tool],
        listener: &dyn Listener,
    ) -> Result<Said, String> {
        let mut request = ChatRequest::new(messages(entries)).with_system(system);
        if !tools.is_empty() {
            request = request.with_tools(tools.iter().map(offered));
        }
        let options = ChatOptions::default()
            .with_temperature(self.temperature)
            .with_capture_content(true)
            .with_capture_tool_calls(true)
            .with_stream_header_timeout(SILENCE)
            .with_stream_read_timeout(SILENCE);
        let response = self
            .client
            .exec_chat_stream(self.target.clone(), request, Some(&options));
        let mut stream = response.await.map_err(|e| e.to_string())?.stream;
        let mut said = Said::default();
        while let Some(event) = stream.next().await {
            match event.map_err(|e| e.to_string())? {
                ChatStreamEvent::Chunk(chunk) if !chunk.content.is_empty() => {
                    said.content.push_str(&chunk.content);
                    let content = chunk.content;
                    listener.hear(ChatEvent::Delta { content }).await;
                }
                ChatStreamEvent::End(end) => {
                    let content = end.captured_content.unwrap_or_default();
                    said.calls = content.into_tool_calls().into_iter().map(call).collect();
                }
                _ => {}
            }
        }
        Ok(said)
    }
}

fn offered(tool: &Tool) -> genai::chat::Tool {
    genai::chat::Tool::new(tool.name.clone())
        .with_description(tool.description.clone())
        .with_schema(Value::Object(tool.schema.clone()))
}

fn call(call: ToolCall) -> ChatCall {
    let arguments = match call.fn_arguments {
        Value::Object(arguments) => arguments,
        // Some models send their arguments as text.
        Value::String(text) => serde_json::from_str(&text).unwrap_or_default(),
        _ => Map::new(),
    };
    ChatCall {
        id: call.call_id,
        operation: ChatOperation {
            operation: call.fn_name,
            title: String::new(),
            arguments,
        },
        signatures: call.thought_signatures,
    }
}

fn messages(entries: &[ChatEntry]) -> Vec<ChatMessage> {
    let message = |entry: &ChatEntry| match entry {
        ChatEntry::User { content, .. } => ChatMessage::user(content.clone()),
        ChatEntry::Assistant { content, calls, .. } => {
            let mut parts = Vec::new();
            if !content.is_empty() {
                parts.push(ContentPart::from_text(content.clone()));
            }
            parts.extend(calls.iter().map(|call| {
                ContentPart::ToolCall(ToolCall {
                    call_id: call.id.clone(),
                    fn_name: call.operation.operation.clone(),
                    fn_arguments: Value::Object(call.operation.arguments.clone()),
                    thought_signatures: call.signatures.clone(),
                })
            }));
            ChatMessage::assistant(MessageContent::from_parts(parts))
        }
        ChatEntry::Returned {
            id,
            operation,
            content,
            ..
        } => {
            let response = ToolResponse::new(id.clone(), content.clone());
            ChatMessage::from(response.with_fn_name(operation.clone()))
        }
    };
    entries.iter().map(message).collect()
}
