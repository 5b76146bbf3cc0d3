//! `/chat`: conversations with the assistant.

use std::{convert::Infallible, sync::Arc, time::Duration};

use api::{
    ChatAnswer, ChatConversation, ChatConversations, ChatEntry, ChatEvent, ChatMessage,
    ChatMessages, NewChatMessage, NewConversation, paths,
};
use assistant::{
    Caller,
    chat::{Listener, last_message},
};
use async_trait::async_trait;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::stream;
use serde_json::{Map, Value};
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};

use service::{Error, conversations};

use crate::{
    answering::{Chat, Claim},
    extract::{InPath, JsonObject},
    identity::{self, Owner},
    problem::{self, Result},
    state::AppState,
};

/// The longest time for an answer. The assistant waits for jobs within it.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Maximum length of a message in characters.
const MAX_MESSAGE: usize = 100_000;
/// Events that wait for a slow client.
const WAITING_EVENTS: usize = 64;

/// List the caller's conversations
///
/// Conversations with the assistant, without their messages, the last used first.
#[utoipa::path(
    get, path = paths::CHAT, tag = "Chat", operation_id = "listUserConversations",
    responses((status = 200, description = "The conversations", body = ChatConversations)),
)]
pub(crate) async fn list(
    State(service): State<AppState>,
    Owner(owner): Owner,
) -> Result<Json<ChatConversations>> {
    let conversations = conversations::list(&service, &owner).await?;
    Ok(Json(ChatConversations { conversations }))
}

/// Create a new conversation
///
/// Without a token, it begins a new session.
#[utoipa::path(
    post, path = paths::CHAT, tag = "Chat", operation_id = "createConversation",
    request_body(content = Option<NewConversation>, content_type = "application/json"),
    responses(
        (status = 201, description = "The conversation", body = ChatConversation),
        (status = 400, description = "The body is invalid"),
        (status = 409, description = "There are too many conversations"),
        (status = 422, description = "The title is too long"),
        (status = 503, description = "The service has no assistant"),
    )
)]
pub(crate) async fn create(
    State(service): State<AppState>,
    caller: identity::Caller,
    body: axum::body::Bytes,
) -> Result<(StatusCode, Json<ChatConversation>)> {
    if service.chat.is_none() {
        return Err(Error::NoModel.into());
    }
    let new: NewConversation = if body.is_empty() {
        NewConversation::default()
    } else {
        let wrong = |e| Error::bad_field("body", format!("The body is invalid: {e}."));
        serde_json::from_slice(&body).map_err(wrong)?
    };
    let owner = caller.owner_or_new().await?;
    let conversation = conversations::create(&service, &owner, new.title.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(conversation)))
}

/// Get a conversation
///
/// Returns the conversation with its messages.
#[utoipa::path(
    get, path = paths::CONVERSATION, tag = "Chat", operation_id = "getConversation",
    params(("conversation_id" = String, Path, description = "Id of the conversation")),
    responses(
        (status = 200, description = "The conversation", body = ChatConversation),
        (status = 404, description = "There is no such conversation"),
    )
)]
pub(crate) async fn get(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<Json<ChatConversation>> {
    Ok(Json(conversations::find(&service, &owner, &id).await?.0))
}

/// Delete a conversation
#[utoipa::path(
    delete, path = paths::CONVERSATION, tag = "Chat", operation_id = "deleteConversation",
    params(("conversation_id" = String, Path, description = "Id of the conversation")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "There is no such conversation"),
    )
)]
pub(crate) async fn delete(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<StatusCode> {
    conversations::remove(&service, &owner, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Get messages from a conversation
#[utoipa::path(
    get, path = paths::CONVERSATION_MESSAGES, tag = "Chat", operation_id = "getConversationMessages",
    params(("conversation_id" = String, Path, description = "Id of the conversation")),
    responses(
        (status = 200, description = "The messages, oldest first", body = ChatMessages),
        (status = 404, description = "There is no such conversation"),
    )
)]
pub(crate) async fn messages(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<Json<ChatMessages>> {
    let (conversation, _) = conversations::find(&service, &owner, &id).await?;
    let messages = conversation.messages.unwrap_or_default();
    Ok(Json(ChatMessages { messages }))
}

/// Send a message to the assistant
///
/// The assistant uses operations of this API with the caller's rights. If an operation changes, cancels or deletes
/// something, the assistant carries it out only after the next message has confirmed it (`to_confirm` of its answer). With
/// `Accept: text/event-stream`, the answer streams as server-sent events: `delta` with more of its text, `operation` when
/// it uses one, and `message` with the whole answer at the end, or `problem`. An answer that the client does not wait
/// for is not kept.
#[utoipa::path(
    post, path = paths::CONVERSATION_MESSAGES, tag = "Chat", operation_id = "sendConversationMessage",
    params(("conversation_id" = String, Path, description = "Id of the conversation")),
    request_body = NewChatMessage,
    responses(
        (status = 200, description = "The answer", content(
            (ChatAnswer = "application/json"), (ChatEvent = "text/event-stream"),
        )),
        (status = 400, description = "The body is invalid"),
        (status = 404, description = "There is no such conversation"),
        (status = 409, description = "The assistant is answering another message, or the conversation is too long"),
        (status = 422, description = "The message is empty or too long"),
        (status = 503, description = "The service has no assistant, or its language model does not answer"),
    )
)]
pub(crate) async fn send(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
    headers: HeaderMap,
    JsonObject(body): JsonObject,
) -> Result<Response> {
    let message = read(body)?;
    let Some(chat) = service.chat.clone() else {
        return Err(Error::NoModel.into());
    };
    let before = conversations::open(&service, &owner, &id).await?;
    let turn = Turn {
        caller: chat.internal.caller(&headers),
        claim: Claim::of(&chat, &id)?,
        chat,
        service,
        owner,
        id,
        before,
        message,
    };
    let accepts = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    if accepts.is_some_and(|types| types.contains("text/event-stream")) {
        return Ok(streamed(turn));
    }
    let message = turn.take(&Deaf).await?;
    Ok(Json(ChatAnswer { message }).into_response())
}

/// Reads the body. The token may be in it, as in all requests of older clients.
fn read(body: Map<String, Value>) -> Result<NewChatMessage> {
    let wrong = |e| Error::bad_field("message", format!("The body is invalid: {e}."));
    let new: NewChatMessage = serde_json::from_value(Value::Object(body)).map_err(wrong)?;
    let length = new.message.chars().count();
    if new.message.trim().is_empty() {
        return Err(Error::invalid_field("message", "message is empty.").into());
    }
    if length > MAX_MESSAGE {
        let why = format!(
            "message has {length} characters; the maximum is {MAX_MESSAGE}. Upload large data."
        );
        return Err(Error::invalid_field("message", why).into());
    }
    Ok(new)
}

/// A message that is being answered. Dropping it abandons the answer.
struct Turn {
    service: AppState,
    owner: String,
    id: String,
    before: Vec<ChatEntry>,
    message: NewChatMessage,
    caller: Arc<dyn Caller>,
    chat: Arc<Chat>,
    claim: Claim,
}

impl Turn {
    /// Answers the message, and stores both.
    async fn take(self, listener: &dyn Listener) -> service::Result<ChatMessage> {
        let NewChatMessage { message, confirm } = self.message;
        let caller = &*self.caller;
        let answer = self
            .chat
            .assistant
            .answer(&self.before, message, confirm, caller, listener);
        let answered = timeout(LONGEST, answer).await;
        let answered = answered.unwrap_or_else(|_| Err("it took too long".to_owned()));
        self.service.note_model(answered.is_ok());
        let entries = answered.map_err(|why| {
            tracing::warn!(%why, "the language model does not answer");
            Error::Unavailable("The language model does not answer.".to_owned())
        })?;
        conversations::extend(&self.service, &self.owner, &self.id, &entries).await?;
        drop(self.claim);
        last_message(&entries).ok_or_else(|| anyhow::anyhow!("an answer without a message").into())
    }
}

/// Hears nothing.
struct Deaf;

#[async_trait]
impl Listener for Deaf {
    async fn hear(&self, _: ChatEvent) {}
}

/// Passes events to the client.
struct Sender(mpsc::Sender<Event>);

#[async_trait]
impl Listener for Sender {
    async fn hear(&self, event: ChatEvent) {
        let (name, data) = match &event {
            ChatEvent::Delta { content } => ("delta", serde_json::json!({"content": content})),
            ChatEvent::Operation(operation) => ("operation", serde_json::json!(operation)),
            ChatEvent::Message(message) => ("message", serde_json::json!(message)),
        };
        let event = Event::default().event(name).data(data.to_string());
        // A client that is gone ends the task.
        self.0.send(event).await.ok();
    }
}

/// Ends the task when the client goes.
struct Answering(JoinHandle<()>, mpsc::Receiver<Event>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn streamed(turn: Turn) -> Response {
    let (sender, receiver) = mpsc::channel(WAITING_EVENTS);
    let task = tokio::spawn(async move {
        let sender = Sender(sender);
        match turn.take(&sender).await {
            Ok(message) => sender.hear(ChatEvent::Message(message)).await,
            Err(e) => {
                let problem = problem::from_error(e);
                let data = serde_json::json!(problem).to_string();
                let event = Event::default().event("problem").data(data);
                sender.0.send(event).await.ok();
            }
        }
    });
    let events = stream::unfold(Answering(task, receiver), |mut answering| async move {
        let event = answering.1.recv().await?;
        Some((Ok::<_, Infallible>(event), answering))
    });
    Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response()
}
