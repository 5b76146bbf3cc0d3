//! Clients with their own sessions.

use reqwest::{
    Method, StatusCode,
    blocking::{RequestBuilder, Response},
};
use serde_json::Value;

use crate::support::Server;
pub use crate::support::form;

/// A client of a service with tokens.
pub struct Person<'a> {
    pub server: &'a Server,
    pub token: String,
}

pub fn token_of(response: &Response) -> String {
    response.headers()["x-session-token"]
        .to_str()
        .unwrap()
        .to_owned()
}

impl<'a> Person<'a> {
    /// Uploads without a token, which begins a session.
    pub fn new(server: &'a Server, content: &str) -> (Self, Value) {
        let url = server.api("/datasets");
        let response = server
            .http
            .post(url)
            .multipart(form(content))
            .send()
            .unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        let token = token_of(&response);
        let exposed = &response.headers()["access-control-expose-headers"];
        assert_eq!(exposed, "X-Session-Token");
        (Self { server, token }, response.json().unwrap())
    }

    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let url = self.server.api(path);
        self.server
            .http
            .request(method, url)
            .bearer_auth(&self.token)
    }

    pub fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path).send().unwrap()
    }

    pub fn upload(&self, content: &str) -> String {
        let request = self.ask(Method::POST, "/datasets").multipart(form(content));
        let response = request.send().unwrap();
        assert!(!response.headers().contains_key("x-session-token"));
        let uploaded: Value = response.json().unwrap();
        uploaded["id"].as_str().unwrap().to_owned()
    }

    pub fn subject(&self) -> String {
        let session: Value = self.get("/session").json().unwrap();
        session["subject"].as_str().unwrap().to_owned()
    }
}

pub fn with_tokens() -> Server {
    Server::with(&[("USER_TOKEN_ENABLED", "true")])
}
