//! Following a job to its end.

use std::time::Duration;

use api::{Job, JobEvent, JobStatus};
use futures::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};

use crate::client::Client;

/// Tells every event of a job until it has ended, and returns it. Reconnects if the connection
/// breaks.
pub(super) async fn follow(
    client: &Client,
    job: &str,
    mut tell: impl FnMut(&JobEvent),
) -> anyhow::Result<Job> {
    loop {
        let Ok(events) = client.events(job).await else {
            // The service may be restarting. A real problem shows up here:
            client.job(job).await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
            continue;
        };
        let mut events = std::pin::pin!(events);
        while let Some(Ok(event)) = events.next().await {
            tell(&event);
        }
        let now = client.job(job).await?;
        if matches!(now.status, JobStatus::Completed | JobStatus::Error) {
            return Ok(now);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// A bar of thousandths.
pub(super) fn bar() -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template(
        "{prefix}{elapsed_precise} {wide_bar:.cyan/blue} {percent:>3}% {msg}",
    )?;
    Ok(ProgressBar::new(1000).with_style(style))
}

/// Shows an event in a bar.
pub(super) fn show(bar: &ProgressBar, event: &JobEvent) {
    let Some(progress) = &event.progress else {
        bar.set_message(event.state.word());
        return;
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 1000"
    )]
    bar.set_position((progress.fraction * 1000.0) as u64);
    let counted = progress.counted.as_deref().unwrap_or_default();
    bar.set_message(format!("{} {counted}", progress.stage));
}
