//! Share links, which let others read a job. The database contains only the hash of a link's token.

use chrono::Utc;

use super::{JobRecord, Result, Store};
use crate::hash::hex_sha256;

impl Store {
    /// Returns the token of the link to a job of this owner. Creates the link if there is none.
    /// Returns `None` if there is no such job. `token` always computes the same token from the same
    /// nonce. `nonce` is for a new link.
    pub async fn share_job(
        &self,
        owner: &str,
        id: &str,
        nonce: &str,
        token: impl Fn(&str) -> String,
    ) -> Result<Option<String>> {
        let mut write = self.write().await?;
        let known: Vec<(String, String)> = sqlx::query_as(
            "SELECT nonce, hash FROM share_links JOIN jobs ON jobs.id = job_id
             WHERE job_id = ? AND owner = ? AND nonce IS NOT NULL",
        )
        .bind(id)
        .bind(owner)
        .fetch_all(&mut *write)
        .await?;
        // The token of a link that was created with another key cannot be recomputed.
        let mut again = known.into_iter().filter_map(|(nonce, hash)| {
            let token = token(&nonce);
            (hex_sha256(&token) == hash).then_some(token)
        });
        if let Some(token) = again.next() {
            write.roll_back().await?;
            return Ok(Some(token));
        }
        let token = token(nonce);
        let done = sqlx::query(
            "INSERT INTO share_links (hash, job_id, nonce, created)
             SELECT ?, id, ?, ? FROM jobs WHERE id = ? AND owner = ?",
        )
        .bind(hex_sha256(&token))
        .bind(nonce)
        .bind(Utc::now())
        .bind(id)
        .bind(owner)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok((done.rows_affected() > 0).then_some(token))
    }

    /// Withdraws all links to a job of this owner.
    pub async fn withdraw_share(&self, owner: &str, id: &str) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query(
            "DELETE FROM share_links
             WHERE job_id IN (SELECT id FROM jobs WHERE id = ? AND owner = ?)",
        )
        .bind(id)
        .bind(owner)
        .execute(&mut *write)
        .await?;
        write.commit().await
    }

    /// Returns the job that a link refers to.
    pub async fn shared_job(&self, token: &str) -> Result<Option<JobRecord>> {
        Ok(sqlx::query_as(
            "SELECT * FROM jobs WHERE id = (SELECT job_id FROM share_links WHERE hash = ?)",
        )
        .bind(hex_sha256(token))
        .fetch_optional(&self.readers)
        .await?)
    }

    /// Replaces the tokens that earlier versions stored with their hashes, and removes all traces
    /// of them from the file. The links remain valid.
    pub(super) async fn hash_old_share_tokens(&self) -> Result<()> {
        let old: Vec<(String, String, String)> =
            sqlx::query_as("SELECT job_id, token, created FROM shares")
                .fetch_all(&self.readers)
                .await?;
        if old.is_empty() {
            return Ok(());
        }
        let mut write = self.write().await?;
        sqlx::raw_sql("PRAGMA secure_delete = ON")
            .execute(&mut *write)
            .await?;
        for (job, token, created) in old {
            sqlx::query("INSERT INTO share_links (hash, job_id, created) VALUES (?, ?, ?)")
                .bind(hex_sha256(token))
                .bind(job)
                .bind(created)
                .execute(&mut *write)
                .await?;
        }
        sqlx::query("DELETE FROM shares")
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        // The write-ahead log still contains the old pages.
        sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}
