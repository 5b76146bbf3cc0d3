//! `datamonkey mcp`: an MCP server on standard input and output.

use std::sync::Arc;

use anyhow::anyhow;
use assistant::mcp::{McpServer, serve_stdio};

use super::connection::Connection;

/// Where the analyses run.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Address of a service, such as http://127.0.0.1:9300. Without one, the analyses run on this
    /// machine.
    #[arg(long, env = "DATAMONKEY_SERVER", value_name = "URL")]
    server: Option<String>,
    /// Token of your session at that service. Without one, a new session begins.
    #[arg(long, env = "DATAMONKEY_TOKEN", hide_env_values = true)]
    token: Option<String>,
}

#[tokio::main]
pub(crate) async fn mcp(arguments: &Arguments) -> anyhow::Result<()> {
    let (server, token) = (arguments.server.as_deref(), arguments.token.as_deref());
    Connection::with(server, token, "the jobs continue", async |connection| {
        let document = connection.client.openapi().await?;
        let server = McpServer::new(&document, Arc::clone(&connection.client), true);
        let served = serve_stdio(server).await;
        connection.stop_own_jobs().await;
        connection.tell_session("these jobs");
        served.map_err(|why| anyhow!("{why}"))
    })
    .await
}
