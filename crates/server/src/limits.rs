//! `/limits`, and the rate limit for requests.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use api::{Limits, paths};
use axum::{
    Json,
    extract::{ConnectInfo, State},
    http::Request,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, middleware::NoOpMiddleware};
use tower_governor::{
    GovernorError, GovernorLayer, governor::GovernorConfigBuilder, key_extractor::KeyExtractor,
};

use config::QuotaConfig;
use service::{Error, quotas};

use crate::{
    connection_count::network,
    identity::Owner,
    problem::{ProblemResponse, Result},
    state::AppState,
};

/// Limits the rate of requests for each address.
type Limiter = DefaultKeyedRateLimiter<IpAddr>;

/// How often the limiter removes idle addresses.
const CLEANUP_INTERVAL: Duration = Duration::from_secs(60);

/// Get the limits of this service
///
/// Returns the maximum size of data, the caller's quotas and usage, and the maximum rate of
/// requests.
#[utoipa::path(
    get, path = paths::LIMITS, tag = "Health", operation_id = "getLimits",
    responses(
        (status = 200, description = "The limits", body = Limits),
    )
)]
pub(crate) async fn get(
    State(service): State<AppState>,
    Owner(owner): Owner,
) -> Result<Json<Limits>> {
    Ok(Json(quotas::of(&service, &owner).await?))
}

/// Responds 429 to addresses that send too many requests. `None` means that there is no limit.
pub(crate) fn governor(
    quotas: &QuotaConfig,
) -> Option<GovernorLayer<Address, NoOpMiddleware, axum::body::Body>> {
    let rate = quotas.requests?;
    let config = GovernorConfigBuilder::default()
        .key_extractor(Address {
            trust_proxy: quotas.trust_proxy,
        })
        .period(Duration::from_secs(1) / rate.per_second.get())
        .burst_size(rate.burst.get())
        .finish()?;
    // Remove addresses that have been idle for a while.
    let limiter = Arc::downgrade(config.limiter());
    tokio::spawn(async move {
        while let Some(limiter) = limiter.upgrade() {
            remove_idle(&limiter);
            drop(limiter);
            tokio::time::sleep(CLEANUP_INTERVAL).await;
        }
    });
    Some(GovernorLayer::new(config).error_handler(too_fast))
}

/// Removes the addresses that have been idle for so long that their entries have no effect.
fn remove_idle(limiter: &Limiter) {
    limiter.retain_recent();
    limiter.shrink_to_fit();
}

fn too_fast(error: GovernorError) -> Response {
    let error = match error {
        GovernorError::TooManyRequests { wait_time, .. } => Error::TooMany {
            message: "There are too many requests from your address. GET /limits shows the \
                      limits. To send fewer requests, use events or ?wait=."
                .to_owned(),
            retry_after: wait_time.max(1),
        },
        error => Error::Internal(anyhow::anyhow!("limiting requests: {error}")),
    };
    ProblemResponse::from(error).into_response()
}

/// Returns the address under which a request is counted.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    trust_proxy: bool,
}

impl KeyExtractor for Address {
    type Key = IpAddr;

    fn extract<T>(&self, request: &Request<T>) -> Result<IpAddr, GovernorError> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|peer| peer.ip());
        // Earlier entries come from the client, and may contain anything.
        let forwarded = request.headers().get_all("x-forwarded-for");
        let forwarded = forwarded
            .into_iter()
            .next_back()
            .filter(|_| self.trust_proxy);
        let named = forwarded
            .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        named
            .or(peer)
            .map(network)
            .ok_or(GovernorError::UnableToExtractKey)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn idle_addresses_are_removed() {
        let config = GovernorConfigBuilder::default()
            .key_extractor(Address { trust_proxy: false })
            .period(Duration::from_millis(1))
            .burst_size(2)
            .finish()
            .unwrap();
        let limiter = config.limiter();
        for n in 0..1000 {
            let address = IpAddr::from(std::net::Ipv4Addr::from_bits(n));
            assert!(limiter.check_key(&address).is_ok());
        }
        assert_eq!(limiter.len(), 1000);
        // Each has its whole burst again after a while.
        while !limiter.is_empty() {
            std::thread::sleep(Duration::from_millis(5));
            remove_idle(limiter);
        }
    }
}
