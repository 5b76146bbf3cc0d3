//! Progress of many analyses: a bar over all, and one for each that runs. Without a terminal, a line
//! for each that has ended.

use std::time::Duration;

use api::{JobEvent, JobState};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{
    super::follow::{bar, show},
    row::{Row, Status, on_one_line},
};

pub(super) struct Bars {
    shown: MultiProgress,
    all: ProgressBar,
}

impl Bars {
    pub(super) fn new(count: usize) -> anyhow::Result<Self> {
        let shown = MultiProgress::new();
        let all = shown.add(ProgressBar::new(count as u64));
        all.set_style(ProgressStyle::with_template(
            "{elapsed_precise} {wide_bar:.green/blue} {pos} of {len}",
        )?);
        all.enable_steady_tick(Duration::from_secs(1));
        Ok(Self { shown, all })
    }

    /// A bar that appears once the analysis runs.
    pub(super) fn of<'a>(&'a self, name: &'a str) -> OneBar<'a> {
        OneBar {
            bars: self,
            name,
            bar: None,
        }
    }

    pub(super) fn ended(&self, row: &Row) {
        self.all.inc(1);
        let said = match row.status {
            Status::Completed => row.statement.clone(),
            status => (row.error.as_ref()).map(|why| format!("{}: {why}", status.word())),
        };
        let said = on_one_line(&said.unwrap_or_default());
        let (position, all) = (self.all.position(), self.all.length().unwrap_or_default());
        self.shown
            .suspend(|| eprintln!("[{position}/{all}] {}: {said}", row.name));
    }

    pub(super) fn clear(&self) {
        self.all.finish_and_clear();
    }
}

pub(super) struct OneBar<'a> {
    bars: &'a Bars,
    name: &'a str,
    bar: Option<ProgressBar>,
}

impl OneBar<'_> {
    pub(super) fn show(&mut self, event: &JobEvent) {
        if event.state != JobState::Running {
            return;
        }
        if self.bar.is_none() {
            let new = bar().map(|bar| bar.with_prefix(format!("{} ", self.name)));
            self.bar = new.ok().map(|new| self.bars.shown.add(new));
        }
        if let Some(bar) = &self.bar {
            show(bar, event);
        }
    }
}

impl Drop for OneBar<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
