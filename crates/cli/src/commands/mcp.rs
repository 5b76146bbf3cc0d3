//! `datamonkey mcp`: an MCP server on standard input and output.

use std::sync::Arc;

use anyhow::anyhow;
use assistant::mcp::{McpServer, serve_stdio};

use super::own_service::OwnService;
use crate::client::Client;

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
    let own = match arguments.server {
        Some(_) => None,
        None => Some(OwnService::start().await?),
    };
    let address = own
        .as_ref()
        .map(|own| own.address.as_str())
        .or(arguments.server.as_deref());
    let client = Client::new(address.unwrap_or_default(), arguments.token.clone())?;
    let client = Arc::new(client);
    let document = client.openapi().await?;
    let server = McpServer::new(&document, Arc::clone(&client), true);
    let served = tokio::select! {
        served = serve_stdio(server) => served,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    match own {
        Some(own) => own.stop_jobs(&client).await,
        None => tell_token(&client, arguments.token.as_deref()),
    }
    served.map_err(|why| anyhow!("{why}"))
}

/// Says how to find the jobs of a new session again.
fn tell_token(client: &Client, known: Option<&str>) {
    if let Some(token) = client.token().filter(|token| Some(&**token) != known) {
        eprintln!("session: DATAMONKEY_TOKEN={token} finds these jobs again");
    }
}
