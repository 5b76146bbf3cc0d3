//! Requests to URLs that users specify, for fetching files and calling webhooks. A user must not be
//! able to reach hosts through this service that only the service can reach (server-side request
//! forgery). It therefore uses only https and public addresses, and it connects to exactly the
//! address that it has checked.

use std::{
    net::{IpAddr, SocketAddr},
    sync::LazyLock,
    time::Duration,
};

use config::OutgoingConfig;
use ipnet::IpNet;
use reqwest::{Client, Request, Response, Url, header, redirect::Policy};
use url::Host;

/// Maximum number of redirects.
const REDIRECTS: usize = 5;
const CONNECT: Duration = Duration::from_secs(10);

/// Networks that are not public: IANA's registries of special-purpose addresses (RFC 6890), and the
/// networks that embed IPv4 addresses in IPv6.
static SPECIAL: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    const NETWORKS: &[&str] = &[
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    ];
    NETWORKS
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect()
});

fn is_public(address: IpAddr) -> bool {
    let address = address.to_canonical();
    // The only block of globally routed IPv6 addresses.
    let unicast = match address {
        IpAddr::V4(_) => true,
        IpAddr::V6(address) => address.segments()[0] >> 13 == 1,
    };
    unicast && !SPECIAL.iter().any(|network| network.contains(&address))
}

/// Parses a URL that a user specified.
pub(crate) fn read(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(|e| format!("\"{text}\" is not a URL: {e}."))?;
    if url.scheme() != "https" {
        return Err(format!(
            "\"{text}\" begins with {}://, but must begin with https://.",
            url.scheme()
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("The URL contains a user name or password. Remove it.".to_owned());
    }
    Ok(url)
}

/// Returns whether the service may connect to an address.
fn is_allowed(config: &OutgoingConfig, address: IpAddr) -> bool {
    let address = address.to_canonical();
    is_public(address)
        || config
            .allowed
            .iter()
            .any(|network| network.contains(&address))
}

/// Parses a URL that a user specified, and refuses it if its host is an IP address that is not
/// allowed. Host names are resolved when the request is made.
pub(crate) fn read_public(config: &OutgoingConfig, text: &str) -> Result<Url, String> {
    let url = read(text)?;
    let number = match url.host() {
        Some(Host::Ipv4(number)) => Some(IpAddr::from(number)),
        Some(Host::Ipv6(number)) => Some(IpAddr::from(number)),
        _ => None,
    };
    match number {
        Some(number) if !is_allowed(config, number) => Err(not_public(&url)),
        _ => Ok(url),
    }
}

fn not_public(url: &Url) -> String {
    format!(
        "{} is not a public address.",
        url.host_str().unwrap_or_default()
    )
}

/// Why a request failed.
#[derive(Debug)]
pub(crate) enum OutgoingError {
    /// The request is not allowed, because of where it leads.
    Refused(String),
    /// The request failed, but may succeed later.
    Failed(String),
}

impl OutgoingError {
    /// Returns the reason as a sentence.
    pub(crate) fn sentence(self) -> String {
        match self {
            Self::Refused(why) | Self::Failed(why) => why,
        }
    }
}

impl From<String> for OutgoingError {
    fn from(why: String) -> Self {
        Self::Failed(why)
    }
}

/// Returns a client that can only connect to the addresses that `url`'s host was resolved to.
async fn client(config: &OutgoingConfig, url: &Url) -> Result<Client, OutgoingError> {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().unwrap_or(443);
    let found = tokio::time::timeout(CONNECT, tokio::net::lookup_host((bare, port))).await;
    let addresses: Vec<SocketAddr> = match found {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(_)) => {
            return Err(OutgoingError::Failed(format!(
                "The host {host} does not exist."
            )));
        }
        Err(_) => {
            return Err(OutgoingError::Failed(format!(
                "The lookup of {host} timed out."
            )));
        }
    };
    let all_may = addresses.iter().all(|found| is_allowed(config, found.ip()));
    if addresses.is_empty() || !all_may {
        return Err(OutgoingError::Refused(not_public(url)));
    }
    // Fails if a provider is already installed, which is fine.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    // A file is stored as it is served.
    let mut builder = Client::builder()
        .no_gzip()
        .no_proxy()
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        .user_agent(concat!("service-datamonkey/", env!("CARGO_PKG_VERSION")))
        .resolve_to_addrs(host, &addresses);
    // Without TLS, no certificates are needed. Small systems have none.
    if url.scheme() == "http" {
        builder = builder.tls_certs_only([]);
    }
    if let Some(path) = &config.ca_file {
        let unusable = |e: String| {
            tracing::error!("cannot use OUTGOING_CA_FILE {}: {e}", path.display());
            "The service is misconfigured; its log says how.".to_owned()
        };
        let pem = tokio::fs::read(path)
            .await
            .map_err(|e| unusable(e.to_string()))?;
        let more = reqwest::Certificate::from_pem_bundle(&pem);
        builder = builder.tls_certs_merge(more.map_err(|e| unusable(e.to_string()))?);
    }
    Ok(builder.build().map_err(|e| reason(&e))?)
}

/// Fetches `url` and follows redirects. The caller sets the timeout.
pub(crate) async fn get(config: &OutgoingConfig, mut url: Url) -> Result<Response, String> {
    for _ in 0..=REDIRECTS {
        let client = client(config, &url)
            .await
            .map_err(OutgoingError::sentence)?;
        let answer = client.get(url.clone()).send().await;
        let answer = answer.map_err(|e| reason(&e))?;
        if !answer.status().is_redirection() {
            return if answer.status().is_success() {
                Ok(answer)
            } else {
                Err(format!(
                    "{} answered {}.",
                    url.host_str().unwrap_or_default(),
                    answer.status()
                ))
            };
        }
        let location = answer.headers().get(header::LOCATION);
        let location = location.and_then(|value| url.join(value.to_str().ok()?).ok());
        let location = location.ok_or("The server redirects without a valid Location.")?;
        url = read(location.as_str())?;
    }
    Err(format!("The server redirects more than {REDIRECTS} times."))
}

/// Sends a request without following redirects.
pub(crate) async fn send(
    config: &OutgoingConfig,
    request: Request,
) -> Result<Response, OutgoingError> {
    let client = client(config, request.url()).await?;
    Ok(client.execute(request).await.map_err(|e| reason(&e))?)
}

/// Returns the innermost cause. The outer ones repeat the URL.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if error.is_timeout() {
        "The connection timed out.".to_owned()
    } else {
        format!("The server cannot be reached: {cause}.")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn special_purpose_addresses_are_not_public() {
        for private in [
            "127.0.0.1",
            "10.0.0.1",
            "172.31.255.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "ff02::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in [
            "1.1.1.1",
            "93.184.215.14",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn only_https_urls_are_accepted() {
        for wrong in [
            "http://a.org/",
            "file:///etc/passwd",
            "a",
            "https://u:p@a.org/",
            "ftp://a",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            read(" https://a.org/x ").unwrap().as_str(),
            "https://a.org/x"
        );
    }
}
