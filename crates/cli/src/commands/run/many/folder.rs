//! The folder of the results. A reader sees whole files at all times.

use std::{
    collections::BTreeMap,
    fs::{self, File, Permissions, TryLockError},
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context;

use super::row::{Cells, Row, Status};
use crate::exit::refused;

/// The tables over all results.
const LINES: &str = "summary.jsonl";
const CSV: &str = "summary.csv";
/// Writing the tables takes at most this part of the time.
const PART: u32 = 20;

pub(super) struct Folder {
    path: PathBuf,
    /// By name and method.
    rows: BTreeMap<(String, String), Row>,
    /// When the tables are written next at the earliest.
    next: Instant,
    /// Locked, so that no other run writes here.
    _lock: File,
}

/// The results of one alignment, by the endings of their names.
pub(super) struct Results {
    pub(super) result: Vec<u8>,
    pub(super) summary: Vec<u8>,
    pub(super) table: Vec<u8>,
}

const RESULT: &str = "json";
const SUMMARY: &str = "summary.json";
const TABLE: &str = "csv";

impl Folder {
    /// The folder with the results that an earlier run has left there.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(path).with_context(|| format!("cannot create {}", path.display()))?;
        let lock = File::open(path)?;
        // Some file systems know no locks.
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            return Err(refused(format!(
                "another run writes to {}; wait for its end",
                path.display()
            )));
        }
        let lines = fs::read_to_string(path.join(LINES)).unwrap_or_default();
        let mut folder = Self {
            path: path.to_owned(),
            rows: BTreeMap::new(),
            next: Instant::now(),
            _lock: lock,
        };
        for row in lines
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
        {
            if folder.holds(&row) {
                folder.enter(row);
            }
        }
        Ok(folder)
    }

    pub(super) fn csv(&self) -> PathBuf {
        self.path.join(CSV)
    }

    fn file(&self, row: &Row, ending: &str) -> PathBuf {
        self.path
            .join(format!("{}.{}.{ending}", row.name, row.method))
    }

    fn holds(&self, row: &Row) -> bool {
        let is_there = |ending| self.file(row, ending).exists();
        row.status == Status::Completed && [RESULT, SUMMARY, TABLE].into_iter().all(is_there)
    }

    /// Whether the folder holds the results of the same request.
    pub(super) fn has(&self, row: &Row, request: &str) -> bool {
        let known = self.rows.get(&key(row));
        known.is_some_and(|known| known.request == request)
    }

    /// Enters a row of an input that cannot be read. Earlier results stay, with their row.
    pub(super) fn refuse(&mut self, row: Row) {
        self.rows.entry(key(&row)).or_insert(row);
    }

    /// Enters a row in place of an earlier one, whose results do not count any more.
    pub(super) fn begin(&mut self, row: Row) -> anyhow::Result<()> {
        for ending in [RESULT, SUMMARY, TABLE] {
            let file = self.file(&row, ending);
            match fs::remove_file(&file) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(e).with_context(|| format!("cannot remove {}", file.display()));
                }
                _ => {}
            }
        }
        self.enter(row);
        Ok(())
    }

    fn enter(&mut self, row: Row) {
        self.rows.insert(key(&row), row);
    }

    /// Enters what became of an input.
    pub(super) fn end(&mut self, row: Row, results: Option<&Results>) -> anyhow::Result<()> {
        if let Some(results) = results {
            self.write(&self.file(&row, SUMMARY), &results.summary)?;
            self.write(&self.file(&row, TABLE), &results.table)?;
            self.write(&self.file(&row, RESULT), &results.result)?;
        }
        self.enter(row);
        if Instant::now() < self.next {
            return Ok(());
        }
        let begun = Instant::now();
        self.write_tables()?;
        let cost: Duration = begun.elapsed();
        self.next = Instant::now() + cost * PART;
        Ok(())
    }

    /// Writes the tables, in the order of the names.
    pub(super) fn write_tables(&self) -> anyhow::Result<()> {
        let mut lines = Vec::new();
        let mut csv = csv::Writer::from_writer(Vec::new());
        for row in self.rows.values() {
            serde_json::to_writer(&mut lines, row)?;
            lines.push(b'\n');
            csv.serialize(Cells::from(row))?;
        }
        self.write(&self.path.join(LINES), &lines)?;
        self.write(&self.csv(), &csv.into_inner()?)
    }

    fn write(&self, file: &Path, content: &[u8]) -> anyhow::Result<()> {
        let write = || -> std::io::Result<()> {
            // The usual permissions, less the umask's.
            let mut new = tempfile::Builder::new()
                .prefix(".datamonkey-")
                .permissions(Permissions::from_mode(0o666))
                .tempfile_in(&self.path)?;
            new.write_all(content)?;
            new.persist(file)?;
            Ok(())
        };
        write().with_context(|| format!("cannot write {}", file.display()))
    }
}

fn key(row: &Row) -> (String, String) {
    (row.name.clone(), row.method.clone())
}
