//! JSON web tokens (RFC 7519) signed with HMAC-SHA-256 (HS256, RFC 7518). Other algorithms are not
//! supported.
//!
//! User sessions and Slurm's REST API use them, each with its own key. The caller defines the
//! claims.

mod hs256;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, errors::ErrorKind};
use serde::{Serialize, de::DeserializeOwned};

/// Minimum length of a key in bytes. A key for HS256 has at least as many bits as the hash (RFC
/// 7518, 3.2).
pub const SHORTEST_KEY: usize = 32;

/// Why a token could not be signed.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct NotSigned(#[from] jsonwebtoken::errors::Error);

/// Why a token was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// Its `nbf` is in the future.
    #[error("the token is not valid yet")]
    Early,
    /// It was signed with another key, or was modified.
    #[error("the token has another signature")]
    Signature,
    /// It is not a token, has another algorithm or no signature, or lacks a claim.
    #[error("this is no such token")]
    Other,
}

/// Signs a token with these claims.
///
/// # Errors
/// The claims cannot be written as JSON.
pub fn sign(key: &[u8], claims: &impl Serialize) -> Result<String, NotSigned> {
    provide();
    let key = EncodingKey::from_secret(key);
    Ok(jsonwebtoken::encode(
        &Header::new(Algorithm::HS256),
        claims,
        &key,
    )?)
}

/// Returns the claims of a token, if it was signed with this key, is valid at this second, and has
/// the registered claims (RFC 7519, 4.1) in `required`.
///
/// # Errors
/// Why it is not taken.
pub fn verify<T: DeserializeOwned>(
    key: &[u8],
    token: &str,
    required: &[&str],
) -> Result<T, Refusal> {
    provide();
    let mut rules = Validation::new(Algorithm::HS256);
    rules.leeway = 0;
    rules.validate_nbf = true;
    rules.set_required_spec_claims(required);
    let token = jsonwebtoken::decode(token, &DecodingKey::from_secret(key), &rules);
    Ok(token
        .map_err(|why| match why.kind() {
            ErrorKind::ExpiredSignature => Refusal::Expired,
            ErrorKind::ImmatureSignature => Refusal::Early,
            ErrorKind::InvalidSignature => Refusal::Signature,
            _ => Refusal::Other,
        })?
        .claims)
}

/// There is one provider per process. No other crate installs one, so a second call changes
/// nothing.
fn provide() {
    hs256::PROVIDER.install_default().ok();
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    use chrono::Utc;
    use serde_json::{Value, json};

    use super::*;

    const KEY: &[u8] = b"0123456789abcdef0123456789abcdef";

    /// The key and the signed token of RFC 7515, appendix A.1.
    const RFC_KEY: &str =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    const RFC_MESSAGE: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
         eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const RFC_SIGNATURE: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn base64(bytes: impl AsRef<[u8]>) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    fn rfc_key() -> Vec<u8> {
        BASE64_URL_SAFE_NO_PAD.decode(RFC_KEY).unwrap()
    }

    fn now() -> i64 {
        Utc::now().timestamp()
    }

    fn read(token: &str) -> Result<Value, Refusal> {
        verify(KEY, token, &["exp", "sub"])
    }

    fn refusal(claims: &Value) -> Refusal {
        read(&sign(KEY, claims).unwrap()).unwrap_err()
    }

    /// A token with this header, signed as for HS256.
    fn with_header(header: &str) -> String {
        provide();
        let claims = json!({"sub": "ada", "exp": now() + 60}).to_string();
        let message = format!("{}.{}", base64(header), base64(claims));
        let key = EncodingKey::from_secret(KEY);
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256);
        format!("{message}.{}", signature.unwrap())
    }

    #[test]
    fn the_example_of_rfc_7515_has_this_signature() {
        provide();
        let key = rfc_key();
        let signed = jsonwebtoken::crypto::sign(
            RFC_MESSAGE.as_bytes(),
            &EncodingKey::from_secret(&key),
            Algorithm::HS256,
        );
        assert_eq!(signed.unwrap(), RFC_SIGNATURE);
        // The signature is valid, and the token expired in 2011.
        let token = format!("{RFC_MESSAGE}.{RFC_SIGNATURE}");
        let refusal = verify::<Value>(&key, &token, &["exp"]);
        assert_eq!(refusal.unwrap_err(), Refusal::Expired);
        let refusal = verify::<Value>(KEY, &token, &["exp"]);
        assert_eq!(refusal.unwrap_err(), Refusal::Signature);
    }

    #[test]
    fn a_signed_token_is_verified() {
        let claims = json!({"sub": "ada", "iat": now(), "exp": now() + 60, "more": [1, null]});
        let token = sign(KEY, &claims).unwrap();
        assert_eq!(read(&token).unwrap(), claims);
        let header = token.split('.').next().unwrap();
        assert_eq!(header, base64(r#"{"typ":"JWT","alg":"HS256"}"#));
        // Tokens from `with_header` are valid except for their headers.
        assert!(read(&with_header(r#"{"alg":"HS256"}"#)).is_ok());
    }

    #[test]
    fn tokens_with_another_algorithm_are_rejected() {
        for algorithm in ["none", "None", "HS384", "RS256", "ES256", "PS256", "EdDSA"] {
            let signed = with_header(&format!(r#"{{"alg":"{algorithm}"}}"#));
            assert_eq!(read(&signed), Err(Refusal::Other), "{algorithm}");
            let unsigned = format!("{}.", signed.rsplit_once('.').unwrap().0);
            assert_eq!(read(&unsigned), Err(Refusal::Other), "{algorithm}");
        }
    }

    #[test]
    fn a_modified_token_is_rejected() {
        let token = sign(KEY, &json!({"sub": "ada", "exp": now() + 60})).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let (head, claims, signature) = (parts[0], parts[1], parts[2]);
        let others = base64(json!({"sub": "eve", "exp": now() + 60}).to_string());
        let turned: String = signature.chars().rev().collect();
        for (changed, why) in [
            (format!("{head}.{others}.{signature}"), Refusal::Signature),
            (
                format!("{head}.{claims}.{}", base64([0; 32])),
                Refusal::Signature,
            ),
            (
                format!("{head}.{claims}.{}", &signature[..20]),
                Refusal::Signature,
            ),
            (format!("{head}.{claims}."), Refusal::Signature),
            (format!("{head}.{claims}"), Refusal::Other),
            (format!("{head}.{claims}.{signature}="), Refusal::Other),
            (
                format!("{head}.{claims}.{signature}.{signature}"),
                Refusal::Other,
            ),
            ("a.b.c".to_owned(), Refusal::Other),
            (String::new(), Refusal::Other),
        ] {
            assert_eq!(read(&changed), Err(why), "{changed}");
        }
        // The last character has bits that belong to no byte. Strict and lenient decoders both
        // reject it.
        assert!(read(&format!("{head}.{claims}.{turned}")).is_err());
        let other = sign(&KEY[1..], &json!({"sub": "ada", "exp": now() + 60})).unwrap();
        assert_eq!(read(&other), Err(Refusal::Signature));
    }

    #[test]
    fn a_token_is_valid_until_the_second_it_expires() {
        let at = |exp: i64| json!({"sub": "ada", "exp": exp});
        assert_eq!(refusal(&at(now() - 1)), Refusal::Expired);
        assert_eq!(refusal(&at(0)), Refusal::Expired);
        assert!(read(&sign(KEY, &at(now() + 2)).unwrap()).is_ok());
        let from = |nbf: i64| json!({"sub": "ada", "exp": now() + 120, "nbf": nbf});
        assert_eq!(refusal(&from(now() + 60)), Refusal::Early);
        assert!(read(&sign(KEY, &from(now())).unwrap()).is_ok());
    }

    #[test]
    fn a_token_without_a_required_claim_is_rejected() {
        assert_eq!(refusal(&json!({"exp": now() + 60})), Refusal::Other);
        assert_eq!(refusal(&json!({"sub": "ada"})), Refusal::Other);
        let text = json!({"sub": "ada", "exp": "tomorrow"});
        assert_eq!(refusal(&text), Refusal::Other);
        // Its audience is another service.
        let aud = json!({"sub": "ada", "exp": now() + 60, "aud": "another service"});
        assert_eq!(refusal(&aud), Refusal::Other);
    }
}
