//! The assistant, and the conversations in which it is answering.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use assistant::chat::{Assistant, Model};
use config::ChatConfig;
use serde_json::Value;

use service::Error;

use crate::internal::Internal;

/// Maximum number of answers that are made at the same time.
const MAX_ANSWERS: usize = 32;

/// The assistant, and the conversations in which it is answering.
pub(crate) struct Chat {
    pub(crate) assistant: Assistant,
    pub(crate) internal: Internal,
    busy: Mutex<HashSet<String>>,
}

impl Chat {
    /// The assistant with this model. It uses the operations of an OpenAPI document. `None` if the model cannot be
    /// used.
    pub(crate) fn new(chat: &ChatConfig, document: &Value, internal: Internal) -> Option<Self> {
        match Model::new(chat) {
            Ok(model) => {
                tracing::info!("the assistant asks {chat:?}");
                Some(Self {
                    assistant: Assistant::new(model, document),
                    internal,
                    busy: Mutex::default(),
                })
            }
            Err(why) => {
                tracing::error!(%why, "there is no assistant: its model cannot be used");
                None
            }
        }
    }

    fn busy(&self) -> MutexGuard<'_, HashSet<String>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to answer in a conversation, for as long as it lives.
pub(crate) struct Claim {
    chat: Arc<Chat>,
    conversation: String,
}

impl Claim {
    /// Claims a conversation.
    ///
    /// # Errors
    /// The assistant is answering in it, or in too many others.
    pub(crate) fn of(chat: &Arc<Chat>, conversation: &str) -> service::Result<Self> {
        let busy = |message: &str| Error::Busy {
            message: message.to_owned(),
            retry_after: 5,
        };
        let mut claimed = chat.busy();
        if claimed.len() >= MAX_ANSWERS {
            return Err(busy(
                "The assistant is answering many others. Try again soon.",
            ));
        }
        if !claimed.insert(conversation.to_owned()) {
            return Err(busy("The assistant is answering your last message."));
        }
        Ok(Self {
            chat: Arc::clone(chat),
            conversation: conversation.to_owned(),
        })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.chat.busy().remove(&self.conversation);
    }
}
