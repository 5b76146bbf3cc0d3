//! Conversations with the assistant. What the assistant does in them is not this module's business.

use api::{ChatConversation, ChatEntry};
use store::clock;
use uuid::Uuid;

use crate::{
    Service,
    error::{Error, Result},
};

/// Maximum number of an owner's conversations.
const MAX_CONVERSATIONS: u32 = 200;
/// Number of entries after which a conversation takes no more messages.
const MAX_ENTRIES: usize = 1_000;
/// Maximum length of a title in characters.
const MAX_TITLE: usize = 200;

/// Begins a conversation.
pub async fn create(
    service: &Service,
    owner: &str,
    title: Option<&str>,
) -> Result<ChatConversation> {
    let title = title.map(str::trim).filter(|title| !title.is_empty());
    if let Some(title) = title {
        let length = title.chars().count();
        if length > MAX_TITLE {
            let message = format!("title has {length} characters; the maximum is {MAX_TITLE}.");
            return Err(Error::invalid_field("title", message));
        }
    }
    let now = clock::now().timestamp_millis();
    let conversation = ChatConversation {
        id: format!("conv-{}", Uuid::new_v4().simple()),
        title: title.map(str::to_owned),
        created: now,
        updated: now,
        messages: Some(Vec::new()),
    };
    let store = &service.store;
    if store
        .add_conversation(owner, &conversation, MAX_CONVERSATIONS)
        .await?
    {
        return Ok(conversation);
    }
    Err(Error::Conflict(format!(
        "You have {MAX_CONVERSATIONS} conversations, the maximum. Delete some first."
    )))
}

/// Returns the conversations of an owner without their messages, the last used first.
pub async fn list(service: &Service, owner: &str) -> Result<Vec<ChatConversation>> {
    Ok(service.store.conversations(owner).await?)
}

/// Returns a conversation of an owner with its messages, and its entries.
pub async fn find(
    service: &Service,
    owner: &str,
    id: &str,
) -> Result<(ChatConversation, Vec<ChatEntry>)> {
    let found = service.store.conversation(owner, id).await?;
    let (mut conversation, entries) = found.ok_or_else(|| missing(id))?;
    conversation.messages = Some(api::messages(&entries));
    Ok((conversation, entries))
}

/// Returns the entries of a conversation that is about to get another message.
pub async fn open(service: &Service, owner: &str, id: &str) -> Result<Vec<ChatEntry>> {
    let (_, entries) = find(service, owner, id).await?;
    if entries.len() >= MAX_ENTRIES {
        let message = "The conversation is as long as it can be. Begin a new one.";
        return Err(Error::Conflict(message.to_owned()));
    }
    Ok(entries)
}

/// Adds entries to a conversation.
pub async fn extend(service: &Service, owner: &str, id: &str, entries: &[ChatEntry]) -> Result<()> {
    let first = entries.iter().find_map(|entry| match entry {
        ChatEntry::User { content, .. } => content.lines().next(),
        _ => None,
    });
    let title: String = first.unwrap_or_default().chars().take(60).collect();
    let now = clock::now().timestamp_millis();
    let extended = service
        .store
        .extend_conversation(owner, id, &title, entries, now);
    if extended.await? {
        Ok(())
    } else {
        Err(missing(id))
    }
}

/// Deletes a conversation of an owner.
pub async fn remove(service: &Service, owner: &str, id: &str) -> Result<()> {
    if service.store.remove_conversation(owner, id).await? {
        Ok(())
    } else {
        Err(missing(id))
    }
}

fn missing(id: &str) -> Error {
    Error::NoConversation { id: id.to_owned() }
}
