//! A job as a research object: one archive with everything that a result came from and what describes it, in the
//! form of a Process Run Crate, a profile of Workflow Run RO-Crate
//! (<https://www.researchobject.org/workflow-run-crate/>).

mod archive;
mod metadata;

use std::{
    fs::File,
    io::{Read, Seek},
};

use hyphy::{Analysis, input::Prepared, methods, summary::Summary, table::Program};
use store::{DatasetRecord, JobRecord};

use crate::{Service, datasets, error::Result, jobs, results, results::ResultFile};
use archive::{Archive, Role};

/// What an archive is made from.
struct Contents {
    job: JobRecord,
    analysis: &'static Analysis,
    uploads: Vec<(&'static str, DatasetRecord, File)>,
    prepared: Prepared,
    /// The words of the command; empty if they are not known.
    command: Vec<String>,
    result: ResultFile,
    summary: Summary,
    log: String,
}

/// Makes the archive of a completed job: a ZIP file, which is removed when it is closed.
///
/// # Errors
/// The job has no result.
pub async fn of(service: &Service, job: JobRecord) -> Result<File> {
    let contents = gather(service, job).await?;
    let folder = service.files.temporary();
    let work = move || {
        let file = tempfile::tempfile_in(folder)?;
        let mut file = written(contents, file)?;
        file.rewind()?;
        Ok(file)
    };
    service.with_cpu_permit(work).await
}

async fn gather(service: &Service, job: JobRecord) -> Result<Contents> {
    let analysis = methods::find(&job.method)
        .ok_or_else(|| anyhow::anyhow!("there is no analysis {}", job.method))?;
    let result = ResultFile::of(service, &job, false).await?;
    let mut uploads = Vec::new();
    for (field, id) in [("alignment", &job.alignment_id), ("tree", &job.tree_id)] {
        let Some(id) = id else { continue };
        let dataset = datasets::find(service, &job.owner, id).await?;
        let file = datasets::open_content(service, &dataset).await?;
        uploads.push((field, dataset, file));
    }
    let summary = results::summarise(service, job.clone(), None).await?;
    Ok(Contents {
        analysis,
        uploads,
        prepared: jobs::stored_input(service, analysis, &job).await?,
        command: service.store.command(&job.id).await?,
        log: results::log(service, job.clone()).await?,
        result,
        summary,
        job,
    })
}

fn title(analysis: &Analysis, job: &JobRecord) -> String {
    let name = job.name.as_ref().map(|name| format!(" of {name}"));
    format!("{}{}", analysis.name, name.unwrap_or_default())
}

fn written(contents: Contents, into: File) -> Result<File> {
    let Contents {
        job,
        analysis,
        uploads,
        prepared,
        command,
        result,
        summary,
        log,
    } = contents;
    let mut archive = Archive::new(into);
    let run = metadata::Run {
        job: &job,
        analysis,
        summary: &summary,
        name: title(analysis, &job),
        command: &command,
    };
    for (field, dataset, file) in uploads {
        let path = format!("uploads/{field}/{}", file_name(&dataset.name, field));
        let name = format!("The uploaded {field}");
        archive.add(Role::Upload, &path, &name, "text/plain", file)?;
    }
    let batch = match analysis.program {
        Program::Batch(name, text) if job.engine == hyphy::EngineKind::Hyphy => Some((name, text)),
        _ => None,
    };
    for (name, text) in prepared.files().chain(batch) {
        let path = format!("engine/{name}");
        let about = "A file as the engine read it";
        archive.add(
            Role::EngineInput,
            &path,
            about,
            "text/plain",
            text.as_bytes(),
        )?;
    }
    let mut add = |role, path: &str, name: &str, kind: &str, content: &mut dyn Read| {
        archive.add(role, path, name, kind, content)
    };
    let parameters = serde_json::to_vec_pretty(&job.parameters).map_err(anyhow::Error::from)?;
    let name = "The parameters of the request, with all defaults";
    let json = "application/json";
    add(
        Role::Parameters,
        "parameters.json",
        name,
        json,
        &mut &parameters[..],
    )?;
    if !command.is_empty() {
        let text = shell(&command);
        let name = "The command that ran in the folder engine";
        add(
            Role::Command,
            "command.txt",
            name,
            "text/plain",
            &mut text.as_bytes(),
        )?;
    }
    let name = "The result, in the form of HyPhy's JSON";
    add(
        Role::Result,
        "result.json",
        name,
        json,
        &mut result.open_here()?,
    )?;
    add(
        Role::Log,
        "log.txt",
        "The output of the engine",
        "text/plain",
        &mut log.as_bytes(),
    )?;
    let digest = serde_json::to_vec_pretty(&summary).map_err(anyhow::Error::from)?;
    let name = "The findings, in the same form for all analyses";
    add(Role::Summary, "summary.json", name, json, &mut &digest[..])?;
    let mut table = Vec::new();
    summary
        .digest
        .table
        .write_csv(&mut table)
        .map_err(anyhow::Error::from)?;
    add(
        Role::Summary,
        "table.csv",
        "The main table of the findings",
        "text/csv",
        &mut &table[..],
    )?;
    let readme = metadata::readme(&run);
    let name = "What this is, and what to cite";
    add(
        Role::Readme,
        "README.md",
        name,
        "text/markdown",
        &mut readme.as_bytes(),
    )?;
    let described = metadata::describe(&run, archive.entries());
    let described = serde_json::to_vec_pretty(&described).map_err(anyhow::Error::from)?;
    archive.add_undescribed("ro-crate-metadata.json", &described[..])?;
    Ok(archive.finish()?)
}

/// A user's name for a file, as a name that every system can unpack.
fn file_name(name: &str, otherwise: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let safe: String = (name.chars().take(100))
        .map(|c| if plain(c) { c } else { '_' })
        .collect();
    match safe.trim_matches('.') {
        "" => otherwise.to_owned(),
        safe => safe.to_owned(),
    }
}

/// A command as one types it into a shell.
fn shell(words: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    let quoted = words.iter().map(|word| {
        if !word.is_empty() && word.chars().all(plain) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    });
    quoted.collect::<Vec<_>>().join(" ") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_can_be_unpacked_anywhere() {
        assert_eq!(
            file_name("my genes (1).fasta", "alignment"),
            "my_genes__1_.fasta"
        );
        assert_eq!(file_name("../../etc/passwd", "tree"), "_.._etc_passwd");
        assert_eq!(file_name("..", "tree"), "tree");
        assert_eq!(file_name("", "tree"), "tree");
    }

    #[test]
    fn words_of_a_command_are_quoted_where_a_shell_needs_it() {
        let words = ["hyphy", "CPU=2", "--tree", "it's", ""].map(str::to_owned);
        assert_eq!(shell(&words), "hyphy CPU=2 --tree 'it'\\''s' ''\n");
    }
}
