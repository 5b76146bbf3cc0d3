//! The version of the schema: the number of the last migration.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use sqlx::{SqlitePool, migrate::Migrator};

use crate::copy;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// The schema of this version of the program.
#[must_use]
pub fn newest_schema() -> i64 {
    MIGRATIONS.iter().map(|one| one.version).max().unwrap_or(0)
}

/// Returns the schema of a database; `None` if it has none yet.
pub(crate) async fn of(pool: &SqlitePool) -> sqlx::Result<Option<i64>> {
    let exists: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?)")
            .bind("_sqlx_migrations")
            .fetch_one(pool)
            .await?;
    if !exists {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
        .fetch_one(pool)
        .await
}

/// Refuses a schema of a newer version of the program.
pub(crate) fn refuse_newer(schema: i64) -> anyhow::Result<()> {
    let newest = newest_schema();
    if schema > newest {
        bail!(
            "a newer version of datamonkey wrote it: its schema is {schema}, and this version ({}) \
             knows those up to {newest}. Use the newer version, or restore a backup that is older \
             than the upgrade",
            env!("CARGO_PKG_VERSION"),
        );
    }
    Ok(())
}

/// Updates the schema. A database with an older one is first copied to a file beside it.
pub(crate) async fn update(pool: &SqlitePool, path: &Path) -> anyhow::Result<()> {
    if let Some(schema) = of(pool).await? {
        refuse_newer(schema)?;
        if schema < newest_schema() {
            let kept = copy_of(path, schema);
            copy::write(pool, &kept).await.with_context(|| {
                format!(
                    "cannot back the database up to {} before its schema is updated",
                    kept.display()
                )
            })?;
            tracing::info!(
                copy = %kept.display(), from = schema, to = newest_schema(),
                "the schema of the database is updated; a copy of the database is kept"
            );
        }
    }
    Ok(MIGRATIONS.run(pool).await?)
}

/// Where the copy of a database with this schema is kept.
fn copy_of(path: &Path, schema: i64) -> PathBuf {
    path.with_extension(format!("schema-{schema}.sqlite"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::borrow::Cow;

    use sqlx::sqlite::SqliteConnectOptions;

    use super::*;
    use crate::{Snapshot, Store, leftovers::FileKind};

    /// The definitions that the version with this schema left in its database.
    fn kept(schema: i64) -> PathBuf {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/schemas");
        folder.join(format!("{schema:04}.sql"))
    }

    async fn new_database(path: &Path) -> SqlitePool {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true);
        SqlitePool::connect_with(options).await.unwrap()
    }

    /// Creates a database as the version with this schema left it, with a dataset and a job.
    async fn database_with(schema: i64, path: &Path) {
        let pool = new_database(path).await;
        // See keep_new_schemas.
        let definitions = std::fs::read_to_string(kept(schema)).unwrap();
        for text in [&definitions, include_str!("../testdata/rows.sql")] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned()))
                .execute(&pool)
                .await
                .unwrap();
        }
        pool.close().await;
    }

    /// Keeps the schemas that have no file yet, once a migration is complete:
    /// `cargo test -p store keep_new_schemas -- --ignored`
    #[tokio::test]
    #[ignore = "writes files of the repository"]
    async fn keep_new_schemas() {
        for schema in (1..=newest_schema()).filter(|schema| !kept(*schema).exists()) {
            let folder = tempfile::tempdir().unwrap();
            let pool = new_database(&folder.path().join("service.sqlite")).await;
            let earlier = MIGRATIONS.iter().filter(|one| one.version <= schema);
            let migrator = Migrator {
                migrations: Cow::Owned(earlier.cloned().collect()),
                ..Migrator::DEFAULT
            };
            migrator.run(&pool).await.unwrap();
            let definitions: Vec<String> = sqlx::query_scalar(
                "SELECT sql || ';' FROM sqlite_master
                     WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
                 UNION ALL SELECT printf(
                     'INSERT INTO _sqlx_migrations VALUES (%d, %Q, %Q, %d, X''%s'', 0);',
                     version, description, installed_on, success, hex(checksum))
                     FROM _sqlx_migrations",
            )
            .fetch_all(&pool)
            .await
            .unwrap();
            std::fs::create_dir_all(kept(schema).parent().unwrap()).unwrap();
            std::fs::write(kept(schema), definitions.join("\n") + "\n").unwrap();
            pool.close().await;
        }
    }

    #[tokio::test]
    async fn a_database_of_every_earlier_schema_is_copied_and_updated() {
        let newest = newest_schema();
        assert!(newest > 20);
        for schema in 1..=newest {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("service.sqlite");
            database_with(schema, &path).await;
            let store = Store::open(&path).await.unwrap();
            let dataset = store.dataset("open", "d1").await.unwrap().unwrap();
            assert_eq!(dataset.into_shown().meta.name, "genes.fasta", "{schema}");
            let job = store.job("open", "j1").await.unwrap().unwrap();
            assert_eq!(job.into_shown().method, "fel", "{schema}");
            store.close().await;

            let updated = Snapshot::open(&path).await.unwrap();
            assert_eq!(updated.schema().await.unwrap(), Some(newest));
            assert!(updated.damage().await.unwrap().is_empty());
            let copy = copy_of(&path, schema);
            assert_eq!(copy.exists(), schema < newest, "{schema}");
            if schema < newest {
                let copy = Snapshot::open(&copy).await.unwrap();
                assert_eq!(copy.schema().await.unwrap(), Some(schema));
                let contents = [
                    (FileKind::Upload, "aa00".to_owned()),
                    (FileKind::Result, "bb00".to_owned()),
                ];
                assert_eq!(copy.contents().await.unwrap(), contents, "{schema}");
            }
        }
    }

    #[tokio::test]
    async fn a_newer_schema_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("service.sqlite");
        Store::open(&path).await.unwrap().close().await;
        let pool = SqlitePool::connect(path.to_str().unwrap()).await.unwrap();
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'later', true, x'00', 0)",
        )
        .execute(&pool)
        .await
        .unwrap();
        pool.close().await;
        let said = Store::open(&path).await.unwrap_err().to_string();
        assert!(said.contains("its schema is 9999"), "{said}");
        assert!(said.contains("Use the newer version"), "{said}");
        assert!(!copy_of(&path, 9999).exists());
    }
}
