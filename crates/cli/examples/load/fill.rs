//! Fills a store with copies of one real job and its datasets, directly in the database that the
//! stopped service has created.

use std::path::Path;

use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};

/// Fills a store up to these numbers of jobs and datasets, spread over two years.
pub(crate) async fn fill(database: &Path, template: &str, jobs: u64, datasets: u64) {
    let options = SqliteConnectOptions::new().filename(database);
    let mut connection = options.connect().await.unwrap();
    copy(&mut connection, template, jobs, datasets)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

async fn copy(
    connection: &mut SqliteConnection,
    template: &str,
    jobs: u64,
    datasets: u64,
) -> sqlx::Result<()> {
    let ids = "lower(hex(randomblob(32)))";
    let times = |of: u64| {
        format!(
            "strftime('%Y-%m-%dT%H:%M:%f', 'now', '-' || (i * {} + abs(random()) % 60) || ' seconds') \
             || '000000+00:00'",
            63_000_000 / of
        )
    };
    let numbers = |most: u64| {
        format!(
            "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {most})"
        )
    };
    sqlx::raw_sql("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; BEGIN")
        .execute(&mut *connection)
        .await?;
    // Jobs of which only the row is read need no files.
    let columns = columns(connection, "datasets", &|column| match column {
        "id" | "sha256" => Some("printf('%064x', i)".to_owned()),
        "name" => Some("'alignment ' || (abs(random()) % 100000) || '.fasta'".to_owned()),
        "size" => Some("1000 + abs(random()) % 1000000".to_owned()),
        "created" | "updated" => Some(times(datasets)),
        _ => None,
    })
    .await?;
    let template_dataset = "(SELECT alignment_id FROM jobs WHERE id = ?)";
    let (names, values) = columns;
    insert(
        connection,
        &format!(
            "INSERT INTO datasets ({names}) {} SELECT {values} FROM numbers, datasets AS source \
             WHERE source.id = {template_dataset}",
            numbers(datasets)
        ),
        template,
    )
    .await?;
    let (names, values) = self::columns(connection, "jobs", &|column| match column {
        "id" => Some(ids.to_owned()),
        "attempt_name" => Some("'dm-' || lower(hex(randomblob(16)))".to_owned()),
        "alignment_id" => Some(format!("printf('%064x', 1 + abs(random()) % {datasets})")),
        "created" => Some(times(jobs)),
        // Most are FEL that have completed.
        "method" => {
            Some("CASE i % 10 WHEN 0 THEN 'meme' WHEN 1 THEN 'busted' ELSE 'fel' END".to_owned())
        }
        "state" => Some(
            "CASE i % 50 WHEN 7 THEN 'failed' WHEN 8 THEN 'cancelled' ELSE 'completed' END"
                .to_owned(),
        ),
        "result_sha256" => {
            Some("CASE WHEN i % 50 IN (7, 8) THEN NULL ELSE result_sha256 END".to_owned())
        }
        "error_message" => Some("CASE WHEN i % 50 IN (7, 8) THEN 'It failed.' END".to_owned()),
        _ => None,
    })
    .await?;
    insert(
        connection,
        &format!(
            "INSERT INTO jobs ({names}) {} SELECT {values} FROM numbers, jobs AS source \
             WHERE source.id = ?",
            numbers(jobs)
        ),
        template,
    )
    .await?;
    // A job ends some time after its start.
    sqlx::query(
        "UPDATE jobs SET updated = strftime('%Y-%m-%dT%H:%M:%f', created,
             '+' || (abs(random()) % 7200) || ' seconds') || '000000+00:00',
             started = created, ended = NULL WHERE id <> ?",
    )
    .bind(template)
    .execute(&mut *connection)
    .await?;
    sqlx::query("UPDATE jobs SET ended = updated WHERE id <> ?")
        .bind(template)
        .execute(&mut *connection)
        .await?;
    // Ten events for each job: its states, and some of its progress.
    let (names, values) = self::columns(connection, "events", &|column| match column {
        "id" => Some("NULL".to_owned()),
        "job_id" => Some("jobs.id".to_owned()),
        "owner" => Some("jobs.owner".to_owned()),
        "data" => Some("json_set(source.data, '$.job_id', jobs.id)".to_owned()),
        other => Some(format!("source.{other}")),
    })
    .await?;
    insert(
        connection,
        &format!(
            "INSERT INTO events ({names}) SELECT {values} FROM jobs, events AS source \
             WHERE source.id IN (SELECT id FROM events WHERE job_id = ?1 \
                 ORDER BY kind = 'progress', id LIMIT 10) AND jobs.id <> ?1"
        ),
        template,
    )
    .await?;
    sqlx::raw_sql("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut *connection)
        .await?;
    Ok(())
}

async fn insert(connection: &mut SqliteConnection, sql: &str, template: &str) -> sqlx::Result<()> {
    // The SQL consists of column names and words of this file.
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(template)
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns the columns of a table with an expression for each. By default the expression is the
/// column itself.
async fn columns(
    connection: &mut SqliteConnection,
    table: &str,
    other: &dyn Fn(&str) -> Option<String>,
) -> sqlx::Result<(String, String)> {
    let names: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?)")
        .bind(table)
        .fetch_all(connection)
        .await?;
    let values: Vec<String> = names
        .iter()
        .map(|name| other(name).unwrap_or_else(|| name.clone()))
        .collect();
    Ok((names.join(", "), values.join(", ")))
}
