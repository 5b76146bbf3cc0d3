//! Host names that the service answers to in open mode.
//!
//! A malicious page can make its own name resolve to this machine (DNS rebinding). For the browser,
//! the service then has the page's origin, and CORS does not protect it. `Host` still contains the
//! page's name, because that is what the browser requested (RFC 9110, section 7.2). If tokens are
//! required, such a page has none.

use std::net::{IpAddr, SocketAddr};

use axum::{
    Extension,
    extract::{Request, State},
    http::{header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

use config::{Config, plain_host};
use service::{Error, Service};

use crate::{
    problem::{self, ProblemResponse, respond},
    problem_kinds as kinds,
    state::AppState,
};

/// The local address of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocalAddress(pub(crate) SocketAddr);

/// In open mode, rejects requests for names that are not the service's, and requests without
/// exactly one name.
pub(crate) async fn guard(
    State(service): State<AppState>,
    local: Option<Extension<LocalAddress>>,
    request: Request,
    next: Next,
) -> Response {
    let local = local.map(|Extension(LocalAddress(address))| address.ip());
    match refusal(&request, &service, local) {
        None => next.run(request).await,
        Some(refusal) => refusal,
    }
}

fn refusal(request: &Request, service: &Service, local: Option<IpAddr>) -> Option<Response> {
    let named: Vec<_> = request.headers().get_all(header::HOST).iter().collect();
    let [host] = named[..] else {
        let message = "A request must have exactly one Host header (RFC 9112, 3.2).";
        return Some(ProblemResponse::from(Error::bad_field("Host", message)).into_response());
    };
    if service.has_sessions() {
        return None;
    }
    // The address in the request line has precedence over Host (RFC 9112, 3.2.2).
    let of_line = request.uri().authority().map(Authority::as_str);
    let mut names = [Some(host.to_str().unwrap_or_default()), of_line]
        .into_iter()
        .flatten();
    let other = names.find(|name| !is_own(name, service.config(), local))?;
    let detail = format!(
        "Host is {other:?}, which is not a name of this service. Without tokens, the service \
         answers only to this machine's own names, which protects it from pages of other sites. \
         To allow the name, the administrator can add it to ALLOWED_HOSTS, or set PUBLIC_URL to \
         the service's public address."
    );
    Some(respond(&problem::new(&kinds::HOST, detail)))
}

/// Returns whether a host, with or without a port, is one of the service's own names.
fn is_own(host: &str, config: &Config, local: Option<IpAddr>) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    // No page can make a browser send a user name here, and no other client needs to send one.
    if authority.as_str().contains('@') {
        return false;
    }
    let name = plain_host(authority.host());
    if let Ok(address) = name.parse::<IpAddr>() {
        let same = |other: IpAddr| other.to_canonical() == address.to_canonical();
        if address.to_canonical().is_loopback() || same(config.web.host) || local.is_some_and(same)
        {
            return true;
        }
    }
    name == "localhost" || name.ends_with(".localhost") || config.web.own_hosts.contains(&name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn own_names_are_loopback_the_address_and_configured_names() {
        let settings = [
            ("PUBLIC_URL", "https://Datamonkey.example.org/x"),
            ("ALLOWED_HOSTS", "node1, node2.cluster:9300,[2001:db8::1]"),
        ];
        let config = Config::read(|name| {
            let set = settings.iter().find(|(n, _)| *n == name);
            set.map(|(_, value)| (*value).to_owned())
        })
        .unwrap();
        let local = Some("::ffff:10.1.2.3".parse().unwrap());
        for own in [
            "localhost",
            "LOCALHOST:9300",
            "localhost.",
            "datamonkey.localhost:80",
            "127.0.0.1:9300",
            "127.8.8.8",
            "[::1]:9300",
            "10.1.2.3",
            "datamonkey.example.org",
            "node1:1",
            "node2.cluster",
            "[2001:db8::1]:9300",
        ] {
            assert!(is_own(own, &config, local), "{own}");
        }
        for other in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "192.0.2.1",
            "localhost@evil.example",
            "evil.example:9300",
            "a b",
            "xlocalhost",
        ] {
            assert!(!is_own(other, &config, local), "{other}");
        }
    }
}
