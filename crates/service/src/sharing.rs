//! Links by which anybody may read a job, without a token of their own.

use store::{JobRecord, hash::hex};

use crate::{
    Service,
    error::{Error, Result},
};

/// Gives a job of this owner a link, unless it has one, and returns the link's token.
pub async fn share(service: &Service, owner: &str, job: &str) -> Result<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(anyhow::Error::new)?;
    // Derived from the key each time, so that a copy of the database opens no link.
    let token = |nonce: &str| hex(&service.key.derive(&format!("share\n{job}\n{nonce}")));
    let nonce = hex(&random);
    let link = service.store.share_job(owner, job, &nonce, token).await?;
    link.ok_or_else(|| Error::NoJob { id: job.to_owned() })
}

/// Withdraws the links to a job of this owner, if it has any.
pub async fn withdraw(service: &Service, owner: &str, job: &str) -> Result<()> {
    Ok(service.store.withdraw_share(owner, job).await?)
}

/// The job that a link is for.
pub async fn find(service: &Service, token: &str) -> Result<JobRecord> {
    let job = service.store.shared_job(token).await?;
    job.ok_or(Error::NoShare)
}
