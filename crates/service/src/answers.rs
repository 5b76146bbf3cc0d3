//! Stored responses to requests with an `Idempotency-Key`.

use chrono::Utc;
use store::{ANSWERS_KEPT, AnswerRecord};

use crate::{Service, error::Result};

/// Returns the response that this owner received for a key, if it is still stored.
pub async fn find(service: &Service, owner: &str, key: &str) -> Result<Option<AnswerRecord>> {
    let from = Utc::now() - ANSWERS_KEPT;
    Ok(service.store.answer(owner, key, from).await?)
}

/// Stores the response for a key of this owner.
pub async fn keep(service: &Service, owner: &str, key: &str, answer: &AnswerRecord) -> Result<()> {
    let from = Utc::now() - ANSWERS_KEPT;
    Ok(service.store.keep_answer(owner, key, answer, from).await?)
}
