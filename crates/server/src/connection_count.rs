//! Limits the connections from one address, which leaves room for other clients.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use config::ConnectionLimit;

/// The number of open connections by address.
#[derive(Debug, Default)]
pub(crate) struct OpenConnections(Mutex<HashMap<IpAddr, u32>>);

/// A counted connection. Dropping it ends the count.
pub(crate) struct CountedConnection(Option<(Arc<OpenConnections>, IpAddr)>);

impl OpenConnections {
    /// Counts a connection. Returns `None` if its address has reached the limit.
    pub(crate) fn count(
        open: &Arc<Self>,
        limit: &ConnectionLimit,
        peer: IpAddr,
    ) -> Option<CountedConnection> {
        let address = network(peer);
        let Some(max) = limit
            .max
            .filter(|_| limit.includes_loopback || !address.is_loopback())
        else {
            return Some(CountedConnection(None));
        };
        let mut all = open.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(address).or_default();
        if *count >= max {
            return None;
        }
        *count += 1;
        Some(CountedConnection(Some((Arc::clone(open), address))))
    }
}

impl Drop for CountedConnection {
    fn drop(&mut self) {
        let Some((open, address)) = &self.0 else {
            return;
        };
        let mut all = open.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(address) {
            *count -= 1;
            if *count == 0 {
                all.remove(address);
            }
        }
    }
}

/// Returns the network of an address for the log, which tells clients apart without naming them.
pub(crate) fn shortened(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

/// Returns the address to count a peer under. For IPv6 this is the /64 network, because one
/// subscriber has 2^64 addresses.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            let bits = address.to_bits() & (u128::MAX << 64);
            IpAddr::V6(bits.into())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_of_one_network_share_a_count() {
        let limit = ConnectionLimit {
            max: Some(2),
            includes_loopback: false,
        };
        let open = Arc::new(OpenConnections::default());
        let connect = |text: &str| OpenConnections::count(&open, &limit, text.parse().unwrap());
        let first = connect("2001:db8::1");
        let second = connect("2001:db8::2:0:0:1");
        assert!(first.is_some() && second.is_some());
        assert!(connect("2001:db8::3").is_none());
        assert!(connect("2001:db8:0:1::3").is_some());
        drop(first);
        assert!(connect("2001:db8::3").is_some());
        // All clients behind a proxy on this machine share one address.
        let local: Vec<_> = (0..5).map(|_| connect("127.0.0.1")).collect();
        assert!(local.iter().all(Option::is_some));
        drop((second, local));
        assert!(open.0.lock().unwrap().is_empty());
    }
}
