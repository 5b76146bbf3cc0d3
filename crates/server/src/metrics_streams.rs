//! Counts open streams of events.

use metrics::gauge;

/// The metric of open streams of events.
pub(crate) const EVENT_STREAMS: &str = "datamonkey_event_streams";

/// A stream of events, which is counted until it is dropped.
pub(crate) struct OpenStream(());

impl OpenStream {
    pub(crate) fn new() -> Self {
        gauge!(EVENT_STREAMS).increment(1);
        Self(())
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        gauge!(EVENT_STREAMS).decrement(1);
    }
}
