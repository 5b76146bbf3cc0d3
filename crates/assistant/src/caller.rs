//! Sending requests to the service.

use async_trait::async_trait;
use http::{Method, StatusCode};

/// A request to the API.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its method.
    pub method: Method,
    /// Its path and query, below `/api/v1`.
    pub path: String,
    /// Type and content of its body, if it has one.
    pub body: Option<(String, Vec<u8>)>,
}

/// The response to a request.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its content as text. What is not UTF-8 is replaced.
    pub text: String,
}

/// Sends requests with the rights of one caller.
#[async_trait]
pub trait Caller: Send + Sync {
    /// Sends a request and reads the response.
    ///
    /// # Errors
    /// A sentence for people: why there is no response.
    async fn call(&self, request: Request) -> Result<Answer, String>;

    /// Reads a file of the caller's.
    ///
    /// # Errors
    /// A sentence for people: why it cannot be read. Callers elsewhere have no files here.
    async fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        Err(format!(
            "The file {path} cannot be read from here. Give its content instead."
        ))
    }
}
