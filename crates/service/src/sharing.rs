//! Share links, which let anyone read a job without a token.

use store::{JobRecord, hash::hex};

use crate::{
    Service,
    error::{Error, Result},
};

/// Returns the token of the link to a job of this owner. Creates the link if there is none.
pub async fn share(service: &Service, owner: &str, job: &str) -> Result<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(anyhow::Error::new)?;
    // The token is derived from the key each time, so a copy of the database does not reveal it.
    let token = |nonce: &str| hex(&service.key.derive(&format!("share\n{job}\n{nonce}")));
    let nonce = hex(&random);
    let link = service.store.share_job(owner, job, &nonce, token).await?;
    link.ok_or_else(|| Error::NoJob { id: job.to_owned() })
}

/// Withdraws all links to a job of this owner.
pub async fn withdraw(service: &Service, owner: &str, job: &str) -> Result<()> {
    Ok(service.store.withdraw_share(owner, job).await?)
}

/// Returns the job that a link refers to.
pub async fn find(service: &Service, token: &str) -> Result<JobRecord> {
    let job = service.store.shared_job(token).await?;
    job.ok_or(Error::NoShare)
}
