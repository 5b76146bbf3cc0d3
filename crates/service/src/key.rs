//! The key that signs users' tokens (JWT, RFC 7519, HS256) and from which other secrets are
//! derived.

use std::{
    fmt, fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use jwt::{Refusal, SHORTEST_KEY};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

use config::{AccessConfig, Config};
use store::{clock, hash::hex};

/// The signing key. Its `Debug` output does not reveal it.
pub(crate) struct Key {
    bytes: Vec<u8>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// The contents of a token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// The session: a UUID.
    pub(crate) sub: String,
    /// When it was issued, in seconds since 1970.
    pub(crate) iat: i64,
    /// When it expires, in seconds since 1970.
    pub(crate) exp: i64,
}

impl Key {
    /// Reads the configured key, or the service's own key, which it generates at the first start.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        let access = &config.access;
        let own = config.data.database.with_extension("key");
        let bytes = match &access.key {
            Some(given) => {
                refuse_key_of_slurm(given, access)?;
                fs::read(given).with_context(|| {
                    format!(
                        "cannot read the key for user tokens, {} (USER_JWT_KEY_PATH). Create one \
                         with `openssl rand -out {0} 32`, readable only by this service",
                        given.display()
                    )
                })?
            }
            None => own_key(&own).with_context(|| format!("cannot use {}", own.display()))?,
        };
        if bytes.len() < SHORTEST_KEY {
            bail!(
                "the key for user tokens, {}, has {} bytes, but must have at least {SHORTEST_KEY}",
                access.key.as_ref().unwrap_or(&own).display(),
                bytes.len()
            );
        }
        Ok(Self { bytes })
    }

    /// Signs a token for a session. Returns it with its expiry time, which is `lifetime` from now.
    pub(crate) fn sign(&self, subject: &str, lifetime: TimeDelta) -> anyhow::Result<(String, i64)> {
        let now = clock::now();
        let claims = Claims {
            sub: subject.to_owned(),
            iat: now.timestamp(),
            exp: (now + lifetime).timestamp(),
        };
        Ok((jwt::sign(&self.bytes, &claims)?, claims.exp))
    }

    /// Derives 32 bytes for another purpose. The key cannot be computed from them.
    pub(crate) fn derive(&self, purpose: &str) -> Vec<u8> {
        // HMAC takes keys of any length (RFC 2104).
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.bytes) else {
            return Vec::new();
        };
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    /// Returns the contents of a token if we signed it and it is valid now, otherwise why not.
    pub(crate) fn verify(&self, token: &str) -> Result<Claims, &'static str> {
        let claims: Claims =
            jwt::verify(&self.bytes, token, &["exp", "sub"]).map_err(|why| match why {
                Refusal::Expired => "has expired",
                Refusal::Early => "is not valid yet",
                Refusal::Signature => "was not issued by this service",
                Refusal::Other => "is not a token of this service",
            })?;
        if Uuid::try_parse(&claims.sub).is_err() {
            return Err("does not name a session");
        }
        Ok(claims)
    }
}

/// Refuses Slurm's key. It gives its bearer access to the cluster, so nothing that it signs may
/// leave this service.
fn refuse_key_of_slurm(given: &Path, access: &AccessConfig) -> anyhow::Result<()> {
    let Some(slurm) = &access.slurm_key else {
        return Ok(());
    };
    let same = |a: &PathBuf| a.canonicalize().ok() == given.canonicalize().ok();
    let equal = matches!((fs::read(slurm), fs::read(given)), (Ok(a), Ok(b)) if a == b);
    if same(slurm) || equal {
        bail!(
            "USER_JWT_KEY_PATH is Slurm's key. User tokens signed with it would also give access \
             to the cluster. If you leave the setting unset, the service creates its own key"
        );
    }
    Ok(())
}

fn own_key(path: &Path) -> std::io::Result<Vec<u8>> {
    if !path.exists() {
        // The key file appears either complete or not at all, like all stored files.
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
        fresh
            .as_file()
            .set_permissions(fs::Permissions::from_mode(0o600))?;
        let mut random = [0; SHORTEST_KEY];
        getrandom::fill(&mut random)?;
        fresh.write_all(hex(&random).as_bytes())?;
        fresh.as_file().sync_all()?;
        fresh.persist(path)?;
    }
    fs::read(path)
}
