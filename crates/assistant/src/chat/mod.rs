//! The assistant of a conversation: a language model that calls operations of the API.
//!
//! The model decides nothing about rights. A call has the rights of the user's own requests, and a call that changes or
//! deletes something is carried out only after the user has confirmed it. Names, files and messages that the model
//! reads can therefore not make it do harm, whatever they say.

mod model;

use api::{ChatCall, ChatEntry, ChatEvent, ChatMessage, ChatOperation, unconfirmed};
use async_trait::async_trait;
use serde_json::Value;

use crate::{
    bounded,
    caller::Caller,
    run::run,
    tools::{self, Effect, Tool},
};

pub use model::Model;

/// Maximum number of requests to the model for one answer. It may call operations in each of its responses but the last.
const MAX_ROUNDS: usize = 16;
/// The longest response to a call, in characters, while its answer is made, and afterwards.
const RESPONSE: usize = 12_000;
const EARLIER_RESPONSE: usize = 600;

/// The beginning of the system prompt; [`crate::mcp::INSTRUCTIONS`] follow.
const ROLE: &str = "\
You are the assistant of a service for biologists. Answer briefly, in plain text without Markdown, in the language of the user, with \
the numbers of the service and never with numbers of your own. Use the operations of the service; if one fails, say what it \
said. The service asks the user to confirm what changes or deletes something; do not ask yourself.";

/// Hears of an answer while it is made.
#[async_trait]
pub trait Listener: Send + Sync {
    /// Something has happened.
    async fn hear(&self, event: ChatEvent);
}

/// The assistant.
pub struct Assistant {
    model: Model,
    tools: Vec<Tool>,
}

impl Assistant {
    /// The assistant with the operations of an OpenAPI document.
    #[must_use]
    pub fn new(model: Model, document: &Value) -> Self {
        Self {
            model,
            tools: tools::of(document, false),
        }
    }

    /// Answers a message. Returns what it adds to the conversation.
    ///
    /// # Errors
    /// Why the model does not answer, for the log.
    pub async fn answer(
        &self,
        before: &[ChatEntry],
        message: String,
        confirm: Option<bool>,
        caller: &dyn Caller,
        listener: &dyn Listener,
    ) -> Result<Vec<ChatEntry>, String> {
        let mut entries = shortened(before);
        let confirmed = confirm.unwrap_or_else(|| agrees(&message));
        for call in unconfirmed(before) {
            entries.push(if confirmed {
                let content = self.carry_out(&call, caller, listener).await;
                returned(&call, content, false)
            } else {
                let content = "The user did not confirm this, so it was not done.";
                returned(&call, content.to_owned(), true)
            });
        }
        entries.push(ChatEntry::User {
            content: message,
            at: now(),
        });
        let system = format!("{ROLE}\n\n{}", crate::mcp::INSTRUCTIONS);
        for round in 1.. {
            let tools = if round < MAX_ROUNDS {
                &self.tools[..]
            } else {
                &[]
            };
            let said = self.model.ask(&system, &entries, tools, listener).await?;
            let mut content = said.content;
            let calls: Vec<ChatCall> = said
                .calls
                .into_iter()
                .map(|call| self.titled(call))
                .collect();
            let (now_done, to_confirm): (Vec<_>, Vec<_>) =
                calls.iter().cloned().partition(|call| !self.changes(call));
            if !to_confirm.is_empty() {
                let question = question(&to_confirm, content.is_empty());
                let delta = ChatEvent::Delta {
                    content: question.clone(),
                };
                listener.hear(delta).await;
                content.push_str(&question);
            }
            let is_over = now_done.is_empty() || !to_confirm.is_empty() || round >= MAX_ROUNDS;
            entries.push(ChatEntry::Assistant {
                content,
                calls,
                at: now(),
            });
            for call in &now_done {
                let content = self.carry_out(call, caller, listener).await;
                entries.push(returned(call, content, false));
            }
            if is_over {
                break;
            }
        }
        Ok(entries.split_off(before.len()))
    }

    fn tool(&self, call: &ChatCall) -> Option<&Tool> {
        let mut tools = self.tools.iter();
        tools.find(|tool| tool.name == call.operation.operation)
    }

    fn titled(&self, mut call: ChatCall) -> ChatCall {
        if let Some(tool) = self.tool(&call) {
            call.operation.title.clone_from(&tool.title);
        }
        call
    }

    fn changes(&self, call: &ChatCall) -> bool {
        self.tool(call)
            .is_some_and(|tool| tool.effect == Effect::Changes)
    }

    async fn carry_out(
        &self,
        call: &ChatCall,
        caller: &dyn Caller,
        listener: &dyn Listener,
    ) -> String {
        let ChatOperation {
            operation,
            arguments,
            ..
        } = &call.operation;
        let Some(tool) = self.tool(call) else {
            return format!("There is no operation {operation}.");
        };
        listener
            .hear(ChatEvent::Operation(call.operation.clone()))
            .await;
        run(tool, arguments, caller, &|_, _| {}, RESPONSE)
            .await
            .text
    }
}

/// The last message of a conversation.
#[must_use]
pub fn last_message(entries: &[ChatEntry]) -> Option<ChatMessage> {
    api::messages(entries).pop()
}

fn returned(call: &ChatCall, content: String, refused: bool) -> ChatEntry {
    ChatEntry::Returned {
        id: call.id.clone(),
        operation: call.operation.operation.clone(),
        content,
        refused,
    }
}

/// Whether a message agrees to what was asked, and says nothing else.
fn agrees(message: &str) -> bool {
    const WORDS: [&str; 8] = [
        "yes",
        "y",
        "yes please",
        "confirm",
        "i confirm",
        "ok",
        "okay",
        "go ahead",
    ];
    let said: String = message.trim().to_lowercase();
    let said = said.trim_end_matches(['.', '!']).replace(',', "");
    WORDS.contains(&said.trim())
}

/// Asks the user to confirm calls, in words that no model has chosen.
fn question(calls: &[ChatCall], is_first: bool) -> String {
    let list = calls.iter().map(|call| {
        let arguments = call.operation.arguments.iter();
        let shown = arguments
            .map(|(name, value)| format!("{name} {}", value.to_string().trim_matches('"')));
        format!(
            "- {}: {}\n",
            call.operation.title,
            shown.collect::<Vec<_>>().join(", ")
        )
    });
    let gap = if is_first { "" } else { "\n\n" };
    let list: String = list.collect();
    format!("{gap}Please confirm. I would do this:\n\n{list}\nAnswer yes to confirm.")
}

/// Earlier entries, with short responses to their calls.
fn shortened(earlier: &[ChatEntry]) -> Vec<ChatEntry> {
    let mut entries = earlier.to_vec();
    for entry in &mut entries {
        if let ChatEntry::Returned { content, .. } = entry {
            *content = bounded::beginning(content, EARLIER_RESPONSE);
        }
    }
    entries
}

fn now() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_yes_agrees() {
        for yes in ["yes", "Yes.", " OK ", "Go ahead!", "Yes, please"] {
            assert!(agrees(yes), "{yes}");
        }
        for no in [
            "no",
            "yes, but not now",
            "",
            "delete it? yes or no",
            "okay?",
        ] {
            assert!(!agrees(no), "{no}");
        }
    }
}
