//! Conversations with the assistant.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Who said a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChatRole {
    /// The user.
    User,
    /// The assistant.
    Assistant,
}

/// A message of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChatMessage {
    /// Who said it.
    pub role: ChatRole,
    /// Its text.
    pub content: String,
    /// When it was sent, in milliseconds since 1970.
    pub timestamp: i64,
    /// The operations that the assistant used for it, by their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<String>,
    /// What the assistant will do only if the next message confirms it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_confirm: Vec<ChatOperation>,
}

/// An operation that the assistant wants to carry out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChatOperation {
    /// Its id, such as `deleteDataset`.
    pub operation: String,
    /// What it does, in a few words.
    pub title: String,
    /// Its arguments.
    #[schema(value_type = Object)]
    pub arguments: Map<String, Value>,
}

/// A conversation with the assistant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChatConversation {
    /// Its id, such as `conv-0b9c…`.
    pub id: String,
    /// Its title: the given one, or else the beginning of the first message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When it was created, in milliseconds since 1970.
    pub created: i64,
    /// When its last message was sent, in milliseconds since 1970.
    pub updated: i64,
    /// Its messages, oldest first. Lists of conversations leave them out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<ChatMessage>>,
}

/// The caller's conversations.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChatConversations {
    /// The last used first.
    pub conversations: Vec<ChatConversation>,
}

/// The messages of a conversation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChatMessages {
    /// Oldest first.
    pub messages: Vec<ChatMessage>,
}

/// A request for a new conversation.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct NewConversation {
    /// Its title, at most 200 characters.
    #[serde(default)]
    pub title: Option<String>,
}

/// A message to the assistant.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewChatMessage {
    /// Its text, at most 100,000 characters.
    pub message: String,
    /// Whether it confirms what the assistant asked to confirm (`to_confirm`). By default, only a message such as
    /// `yes` does.
    #[serde(default)]
    pub confirm: Option<bool>,
}

/// The assistant's answer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChatAnswer {
    /// The answer.
    pub message: ChatMessage,
}

/// An event of an answer that streams: its `event` and the JSON in its `data`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "event", content = "data", rename_all = "lowercase")]
pub enum ChatEvent {
    /// More of the answer's text.
    Delta {
        /// The text.
        content: String,
    },
    /// The assistant uses an operation.
    Operation(ChatOperation),
    /// The whole answer. The stream ends.
    Message(ChatMessage),
}

/// An entry of a conversation, as the database stores it and the model receives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum ChatEntry {
    /// The user said something.
    User {
        /// What.
        content: String,
        /// When, in milliseconds since 1970.
        at: i64,
    },
    /// The assistant said something, or called operations.
    Assistant {
        /// What it said.
        content: String,
        /// The calls.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        calls: Vec<ChatCall>,
        /// When, in milliseconds since 1970.
        at: i64,
    },
    /// An operation that the assistant called has returned.
    Returned {
        /// Id of the call.
        id: String,
        /// Id of the operation.
        operation: String,
        /// What it returned.
        content: String,
        /// Whether the user refused it, so that it was not carried out.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        refused: bool,
    },
}

/// A call of an operation by the assistant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChatCall {
    /// Id of the call.
    pub id: String,
    /// What it calls.
    #[serde(flatten)]
    pub operation: ChatOperation,
    /// What the model wants to be shown again with the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signatures: Option<Vec<String>>,
}

/// The calls that wait for the user's confirmation: those of the assistant's last entry that have not returned.
#[must_use]
pub fn unconfirmed(entries: &[ChatEntry]) -> Vec<ChatCall> {
    let mut returned = Vec::new();
    for entry in entries.iter().rev() {
        match entry {
            ChatEntry::Returned { id, .. } => returned.push(id),
            ChatEntry::Assistant { calls, .. } => {
                let open = calls.iter().filter(|call| !returned.contains(&&call.id));
                return open.cloned().collect();
            }
            ChatEntry::User { .. } => return Vec::new(),
        }
    }
    Vec::new()
}

/// The messages of a conversation as people see them.
#[must_use]
pub fn messages(entries: &[ChatEntry]) -> Vec<ChatMessage> {
    let mut messages = Vec::new();
    let mut used = Vec::new();
    for (position, entry) in entries.iter().enumerate() {
        match entry {
            ChatEntry::User { content, at } => messages.push(ChatMessage {
                role: ChatRole::User,
                content: content.clone(),
                timestamp: *at,
                operations: Vec::new(),
                to_confirm: Vec::new(),
            }),
            ChatEntry::Returned { refused: true, .. } => {}
            ChatEntry::Returned { operation, .. } => used.push(operation.clone()),
            ChatEntry::Assistant { content, at, .. } => {
                let end = end_of_calls(entries, position);
                // What it says between calls is part of the way to the answer.
                if let Some(ChatEntry::Assistant { .. }) = entries.get(end + 1) {
                    continue;
                }
                let open = unconfirmed(&entries[..=end]);
                messages.push(ChatMessage {
                    role: ChatRole::Assistant,
                    content: content.clone(),
                    timestamp: *at,
                    operations: std::mem::take(&mut used),
                    to_confirm: open.into_iter().map(|call| call.operation).collect(),
                });
            }
        }
    }
    messages
}

/// The position of the last return that follows the entry at a position.
fn end_of_calls(entries: &[ChatEntry], position: usize) -> usize {
    let after = entries[position + 1..].iter();
    position
        + after
            .take_while(|entry| matches!(entry, ChatEntry::Returned { .. }))
            .count()
}
