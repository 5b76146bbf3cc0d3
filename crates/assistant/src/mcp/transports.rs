//! The ways to reach the server.

use std::sync::Arc;

use rmcp::{
    ServiceExt,
    transport::{
        StreamableHttpServerConfig, StreamableHttpService,
        streamable_http_server::session::never::NeverSessionManager,
    },
};

use super::McpServer;

/// The server over streamable HTTP.
pub type McpService = StreamableHttpService<McpServer, NeverSessionManager>;

/// Makes the server available over streamable HTTP, without sessions of its own: each request has its caller's token. A
/// message may have this many bytes. Hosts and origins must have been checked.
#[must_use]
pub fn http_service(server: McpServer, max_bytes: usize) -> McpService {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_max_request_body_bytes(max_bytes)
        .disable_allowed_hosts()
        .disable_allowed_origins();
    let manager = Arc::new(NeverSessionManager::default());
    StreamableHttpService::new(move || Ok(server.clone()), manager, config)
}

/// Serves one client on standard input and output until it is gone.
///
/// # Errors
/// The client does not speak MCP, or the streams fail.
pub async fn serve_stdio(server: McpServer) -> Result<(), String> {
    let running = server.serve(rmcp::transport::stdio()).await;
    let running = running.map_err(|e| e.to_string())?;
    running.waiting().await.map_err(|e| e.to_string())?;
    Ok(())
}
