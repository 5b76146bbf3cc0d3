//! Tokens for slurmrestd, signed with Slurm's own key. The key signs nothing else, and tokens are
//! never shown.

use std::{
    fmt, fs,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock, Weak},
    time::Duration,
};

use chrono::Utc;
use jwt::SHORTEST_KEY;
use reqwest::header::HeaderValue;
use serde::Serialize;

/// Creates tokens and keeps the current one.
pub(super) struct Tokens {
    key_path: PathBuf,
    user: String,
    lifetime: Duration,
    present: RwLock<Arc<Token>>,
}

/// A token. Its `Debug` output does not contain it.
pub(super) struct Token {
    text: String,
    issued: i64,
}

impl Token {
    /// The header for a request. It is hidden in logs of requests.
    pub(super) fn header(&self) -> HeaderValue {
        let mut value =
            HeaderValue::from_str(&self.text).unwrap_or_else(|_| HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(issued {})", self.issued)
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    exp: i64,
    iat: i64,
    /// Slurm's name for the user.
    sun: &'a str,
}

impl Tokens {
    /// Reads the key and creates the first token.
    ///
    /// # Errors
    /// The key is missing, unreadable or too short: a sentence with the remedy.
    pub(super) fn new(key_path: PathBuf, user: String, lifetime: Duration) -> Result<Self, String> {
        let first = mint(&key_path, &user, lifetime)?;
        Ok(Self {
            key_path,
            user,
            lifetime,
            present: RwLock::new(Arc::new(first)),
        })
    }

    /// The user that the tokens identify.
    pub(super) fn user(&self) -> &str {
        &self.user
    }

    /// Lifetime of a token.
    pub(super) fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// The current token.
    pub(super) fn present(&self) -> Arc<Token> {
        Arc::clone(&self.present.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A token to try after Slurm has rejected `old`, because the key may have changed. If another
    /// call has already renewed it, returns that token. Reads the key file.
    pub(super) fn renew(&self, old: &Arc<Token>) -> Arc<Token> {
        let present = self.present();
        if !Arc::ptr_eq(&present, old) {
            return present;
        }
        match mint(&self.key_path, &self.user, self.lifetime) {
            Ok(token) => {
                let mut present = self.present.write().unwrap_or_else(PoisonError::into_inner);
                if Arc::ptr_eq(&present, old) {
                    *present = Arc::new(token);
                }
                Arc::clone(&present)
            }
            Err(why) => {
                tracing::error!(%why, "failed to renew the token for Slurm; the present one is used");
                present
            }
        }
    }

    /// Renews the token at half of its lifetime, while the tokens are in use.
    pub(super) async fn keep_fresh(tokens: Weak<Self>, lifetime: Duration) {
        let mut pause = lifetime / 2;
        loop {
            tokio::time::sleep(pause.max(Duration::from_millis(500))).await;
            let Some(tokens) = tokens.upgrade() else {
                return;
            };
            let renewed = tokio::task::spawn_blocking(move || {
                let old = tokens.present();
                !Arc::ptr_eq(&tokens.renew(&old), &old)
            });
            // If the key is temporarily unreadable, the renewal is retried well before the token
            // expires.
            pause = match renewed.await {
                Ok(true) => lifetime / 2,
                _ => (lifetime / 20).min(Duration::from_secs(60)),
            };
        }
    }
}

fn mint(key_path: &PathBuf, user: &str, lifetime: Duration) -> Result<Token, String> {
    let shown = key_path.display();
    let key = fs::read(key_path).map_err(|e| {
        format!(
            "cannot read Slurm's key {shown}: {e}. Set SLURM_JWT_KEY_PATH to a copy of the \
             cluster's jwt.key that this service can read"
        )
    })?;
    if key.len() < SHORTEST_KEY {
        return Err(format!(
            "Slurm's key {shown} has {} bytes, and at least {SHORTEST_KEY} are needed. Make one \
             with `dd if=/dev/urandom of=jwt.key bs=32 count=1` and give it to Slurm, too",
            key.len()
        ));
    }
    let issued = Utc::now().timestamp();
    let claims = Claims {
        exp: issued.saturating_add(i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX)),
        iat: issued,
        sun: user,
    };
    let text =
        jwt::sign(&key, &claims).map_err(|e| format!("cannot sign a token with {shown}: {e}"))?;
    Ok(Token { text, issued })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::Value;

    use super::*;

    const KEY: [u8; 32] = *b"0123456789abcdef0123456789abcdef";

    fn key(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        file
    }

    fn tokens(file: &tempfile::NamedTempFile, lifetime: u64) -> Result<Tokens, String> {
        let path = file.path().to_path_buf();
        Tokens::new(path, "slurm".to_owned(), Duration::from_secs(lifetime))
    }

    #[test]
    fn a_token_has_slurms_claims() {
        let file = key(&KEY);
        let token = tokens(&file, 600).unwrap().present();
        let claims: Value = jwt::verify(&KEY, &token.text, &["exp"]).unwrap();
        assert_eq!(claims["sun"], "slurm");
        let (iat, exp) = (
            claims["iat"].as_i64().unwrap(),
            claims["exp"].as_i64().unwrap(),
        );
        assert_eq!(exp - iat, 600);
        assert!((Utc::now().timestamp() - iat).abs() < 5);
        assert!(!format!("{token:?}").contains(&token.text[..10]));
    }

    #[test]
    fn a_token_is_renewed_once_after_a_refusal() {
        let file = key(&KEY);
        let young = tokens(&file, 600).unwrap();
        let first = young.present();
        assert!(Arc::ptr_eq(&first, &young.present()));
        fs::write(file.path(), [7; 32]).unwrap();
        let second = young.renew(&first);
        assert_ne!(first.text, second.text);
        // A second rejection of the first token, from a slower call, renews nothing.
        assert!(Arc::ptr_eq(&second, &young.renew(&first)));
        // A temporarily missing key has no effect: the current token stays.
        fs::remove_file(file.path()).unwrap();
        assert!(Arc::ptr_eq(&second, &young.renew(&second)));
    }

    #[tokio::test]
    async fn a_token_is_renewed_in_the_background_at_half_its_life() {
        let file = key(&KEY);
        let tokens = Arc::new(tokens(&file, 2).unwrap());
        let first = tokens.present();
        let keeping = tokio::spawn(Tokens::keep_fresh(
            Arc::downgrade(&tokens),
            tokens.lifetime(),
        ));
        tokio::task::yield_now().await;
        assert!(Arc::ptr_eq(&first, &tokens.present()));
        while Arc::ptr_eq(&first, &tokens.present()) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        drop(tokens);
        keeping.await.unwrap();
    }

    #[test]
    fn a_bad_key_is_reported_with_a_remedy() {
        let why = tokens(&key(b"short"), 600).err().unwrap();
        assert!(
            why.contains("has 5 bytes, and at least 32 are needed"),
            "{why}"
        );
        let why = Tokens::new("/nowhere/jwt.key".into(), String::new(), Duration::ZERO)
            .err()
            .unwrap();
        assert!(
            why.contains("/nowhere/jwt.key") && why.contains("SLURM_JWT_KEY_PATH"),
            "{why}"
        );
    }
}
