//! One analysis of many alignments.

mod analysis;
mod bars;
mod folder;
mod inputs;
mod row;

use std::path::Path;

use futures::StreamExt;
use tokio::sync::OnceCell;

use self::{
    analysis::Analyses,
    bars::Bars,
    folder::Folder,
    inputs::Input,
    row::{Row, Status},
};
use super::{super::connection::Connection, Arguments};
use crate::exit::{Exit, failure};

pub(super) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let inputs = inputs::inputs(arguments)?;
    let count = inputs.len();
    let mut folder = Folder::open(arguments.output.as_deref().unwrap_or(Path::new(".")))?;
    let mut counts = Counts::default();
    let mut waiting = Vec::new();
    for input in inputs {
        let method = arguments.analysis.id;
        let row = Row::pending(method, &input);
        match input.request(arguments) {
            Ok(request) if folder.has(&row, &request) => counts.earlier += 1,
            Ok(request) => {
                let row = Row { request, ..row };
                folder.begin(row.clone())?;
                waiting.push((input, row));
            }
            Err(e) => {
                eprintln!("{}: refused: {e}", row.name);
                counts.add(Status::Refused);
                folder.refuse(row.without(Status::Refused, e.to_string()));
            }
        }
    }
    folder.write_tables()?;
    let done = if waiting.is_empty() {
        Ok(())
    } else {
        analyse(arguments, waiting, &mut folder, &mut counts).await
    };
    folder.write_tables()?;
    done?;
    println!("{}", counts.sentence(count, arguments.analysis.name));
    println!("The table: {}", folder.csv().display());
    match counts.exit(count) {
        Some(exit) => Err(failure(
            exit,
            format!("the table says why {} have no result", counts.missing()),
        )),
        None => Ok(()),
    }
}

/// Analyses the inputs, several side by side, and enters what becomes of them.
async fn analyse(
    arguments: &Arguments,
    waiting: Vec<(Input, Row)>,
    folder: &mut Folder,
    counts: &mut Counts,
) -> anyhow::Result<()> {
    let bars = Bars::new(waiting.len())?;
    let work = async |connection: &Connection| {
        let analyses = Analyses {
            connection,
            arguments,
            same_tree: OnceCell::new(),
        };
        let each = waiting.into_iter().map(async |(input, row)| {
            let mut bar = bars.of(&input.name);
            analyses.analyse(&input, row, |event| bar.show(event)).await
        });
        let outcomes = futures::stream::iter(each).buffer_unordered(arguments.jobs);
        let mut outcomes = std::pin::pin!(outcomes);
        while let Some(outcome) = outcomes.next().await {
            let (row, results) = outcome?;
            bars.ended(&row);
            counts.add(row.status);
            folder.end(row, results.as_ref())?;
        }
        Ok(())
    };
    let (server, token) = (arguments.server.as_deref(), arguments.token.as_deref());
    let done = Connection::with(server, token, "the jobs continue", work).await;
    bars.clear();
    done
}

/// What became of the alignments.
#[derive(Default)]
struct Counts {
    earlier: usize,
    completed: usize,
    failed: usize,
    refused: usize,
    no_answer: usize,
}

impl Counts {
    fn add(&mut self, status: Status) {
        match status {
            Status::Completed => self.completed += 1,
            Status::Failed => self.failed += 1,
            Status::Refused => self.refused += 1,
            Status::NoAnswer => self.no_answer += 1,
            Status::Pending => {}
        }
    }

    fn missing(&self) -> usize {
        self.failed + self.refused + self.no_answer
    }

    fn sentence(&self, all: usize, analysis: &str) -> String {
        let parts = [
            (self.completed, "done"),
            (self.earlier, "done before"),
            (self.failed, "failed"),
            (self.refused, "refused"),
            (self.no_answer, "without an answer"),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        format!("{analysis} of {all}: {}.", parts.join(", "))
    }

    fn exit(&self, all: usize) -> Option<Exit> {
        match self {
            _ if self.missing() == 0 => None,
            _ if self.no_answer > 0 => Some(Exit::NoService),
            _ if self.refused == all => Some(Exit::Refused),
            _ => Some(Exit::Failed),
        }
    }
}
