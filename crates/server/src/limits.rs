//! `/limits`, and how fast requests may come.

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

/// How much has come from each address.
type Limiter = DefaultKeyedRateLimiter<IpAddr>;

/// Between two times that addresses are forgotten from which requests came.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// Get the limits of this service
///
/// How large data may be, how many jobs and bytes the caller may have and has, how fast requests
/// may come.
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

/// Answers 429 to an address from which requests come too fast. `None`: they may.
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
    // Addresses from which nothing has come for a while are forgotten.
    let limiter = Arc::downgrade(config.limiter());
    tokio::spawn(async move {
        while let Some(limiter) = limiter.upgrade() {
            forget(&limiter);
            drop(limiter);
            tokio::time::sleep(FORGET_EVERY).await;
        }
    });
    Some(GovernorLayer::new(config).error_handler(too_fast))
}

/// Forgets addresses from which nothing has come for so long that it makes no difference.
fn forget(limiter: &Limiter) {
    limiter.retain_recent();
    limiter.shrink_to_fit();
}

fn too_fast(error: GovernorError) -> Response {
    let error = match error {
        GovernorError::TooManyRequests { wait_time, .. } => Error::TooMany {
            message: "Requests come too fast from your address. GET /limits says how fast they \
                      may; events and ?wait= save many of them."
                .to_owned(),
            retry_after: wait_time.max(1),
        },
        error => Error::Internal(anyhow::anyhow!("limiting requests: {error}")),
    };
    ProblemResponse::from(error).into_response()
}

/// Whose requests are counted together.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    trust_proxy: bool,
}

impl KeyExtractor for Address {
    type Key = IpAddr;

    fn extract<T>(&self, request: &Request<T>) -> Result<IpAddr, GovernorError> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|peer| peer.ip());
        // What stands before the last was written by the caller, and may be anything.
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
    fn addresses_are_forgotten_when_nothing_comes_from_them() {
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
            forget(limiter);
        }
    }
}
