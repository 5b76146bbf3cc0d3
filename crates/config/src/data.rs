//! Where the service stores data.

use std::path::PathBuf;

use crate::{Group, Setting, env::Env};

/// Where the service stores data.
#[derive(Debug, Clone)]
pub struct DataConfig {
    /// Folder of uploads.
    pub datasets: PathBuf,
    /// Folder of job directories, logs and results.
    pub base: PathBuf,
    /// The database file.
    pub database: PathBuf,
    /// The Go service's database, which is imported if it exists.
    pub go_database: Option<PathBuf>,
}

static DATA: Setting = Setting::new(
    "DATAMONKEY_DATA",
    "folder for everything that the next three settings do not place elsewhere",
)
.or("data");
static DATASETS: Setting =
    Setting::new("DATASET_LOCATION", "folder of uploads").or_else("`DATAMONKEY_DATA`");
static DATABASE_FOLDER: Setting = Setting::new(
    "JOB_TRACKER_LOCATION",
    "folder of the database, `service-datamonkey.sqlite`",
)
.or_else("the folder of `DATAMONKEY_DB_PATH`, else `DATASET_LOCATION`");
static GO_DATABASE: Setting = Setting::new(
    "DATAMONKEY_DB_PATH",
    "the Go service's database, which is imported if it exists",
);
static BASE: Setting = Setting::new(
    "HYPHY_BASE_PATH",
    "folder of job directories, logs and results",
)
.or_else("`DATASET_LOCATION`");
static DATASET_TRACKER: Setting = Setting::new(
    "DATASET_TRACKER_TYPE",
    "accepted for deployments of the Go service; no other value is allowed",
)
.or("FileDatasetTracker");
static JOB_TRACKER: Setting = Setting::new(
    "JOB_TRACKER_TYPE",
    "accepted for deployments of the Go service; no other value is allowed",
)
.or("FileJobTracker");

pub(crate) const GROUP: Group = Group {
    title: "Data",
    settings: &[
        &DATA,
        &DATASETS,
        &DATABASE_FOLDER,
        &GO_DATABASE,
        &BASE,
        &DATASET_TRACKER,
        &JOB_TRACKER,
    ],
};

/// Name of the database file. The Go service's file has a different name.
const DATABASE: &str = "service-datamonkey.sqlite";

impl DataConfig {
    pub(crate) fn read(env: &mut Env<'_>) -> Self {
        env.one_of(&DATASET_TRACKER, &["FileDatasetTracker"]);
        env.one_of(&JOB_TRACKER, &["FileJobTracker"]);
        let datasets = env
            .path(&DATASETS)
            .or_else(|| env.path(&DATA))
            .unwrap_or_default();
        let go_database = env.path(&GO_DATABASE);
        let beside = || Some(go_database.as_ref()?.parent()?.to_path_buf());
        let database = env
            .path(&DATABASE_FOLDER)
            .or_else(beside)
            .unwrap_or_else(|| datasets.clone())
            .join(DATABASE);
        Self {
            base: env.path(&BASE).unwrap_or_else(|| datasets.clone()),
            datasets,
            database,
            go_database,
        }
    }
}
