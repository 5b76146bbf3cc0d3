//! The description of a run as JSON-LD (RO-Crate 1.1, Process Run Crate 0.5), and for people.

use chrono::{DateTime, SecondsFormat, Utc};
use hyphy::{Analysis, EngineKind, summary::Summary};
use serde_json::{Value, json};
use store::{JobRecord, clock};

use super::archive::{Entry, Role};
use crate::PROGRAM;

const SERVICE: &str = "https://github.com/veg/service-datamonkey";
const NATIVE: &str = "https://github.com/veg/service-datamonkey#native-engine";
const HYPHY: &str = "https://hyphy.org/";
const PROFILE: &str = "https://w3id.org/ro/wfrun/process/0.5";
const PERSON: &str = "#person";
const OPERATOR: &str = "#operator";
const LICENCE: &str = "#licence";

/// What is to be described.
pub(super) struct Run<'a> {
    pub(super) job: &'a JobRecord,
    pub(super) analysis: &'static Analysis,
    pub(super) summary: &'a Summary,
    /// Name of the research object.
    pub(super) name: String,
    pub(super) command: &'a [String],
}

impl Run<'_> {
    fn engine(&self) -> (&'static str, &'static str) {
        match self.job.engine {
            EngineKind::Hyphy => (HYPHY, "HyPhy"),
            EngineKind::Native => (NATIVE, "The native engine of service-datamonkey"),
        }
    }

    fn engine_version(&self) -> &str {
        let version = self.summary.engine_version.as_deref();
        version.unwrap_or("unknown")
    }
}

/// The text of `README.md`.
pub(super) fn readme(run: &Run) -> String {
    let Run {
        job,
        analysis,
        summary,
        name,
        command,
    } = run;
    let mut text = format!(
        "# {}\n\n{}\n\n{}\n\n",
        name, analysis.title, summary.digest.statement
    );
    for warning in &summary.warnings {
        text.push_str(&format!("Warning: {warning}\n\n"));
    }
    text.push_str(&format!(
        "## Methods\n\n{}\n\n## References\n\n",
        summary.methods
    ));
    for reference in &summary.references {
        text.push_str(&format!(
            "- {} https://doi.org/{}\n",
            reference.text, reference.doi
        ));
    }
    text.push_str(&format!(
        "\n## Files\n\n\
         - `uploads/`: the files as they were uploaded\n\
         - `engine/`: the files as the engine read them\n\
         - `parameters.json`: the parameters of the request, with all defaults\n\
         {}\
         - `result.json`: the result, in the form of HyPhy's JSON\n\
         - `log.txt`: the output of the engine\n\
         - `summary.json`, `table.csv`: the findings, as the service reads them from the result\n\
         - `ro-crate-metadata.json`: this description for machines \
         (RO-Crate, https://www.researchobject.org/ro-crate/)\n\n\
         Job {} of {PROGRAM}.\n",
        if command.is_empty() {
            ""
        } else {
            "- `command.txt`: the command, which runs in the folder `engine`\n"
        },
        job.id,
    ));
    text
}

/// The content of `ro-crate-metadata.json`.
pub(super) fn describe(run: &Run, entries: &[Entry]) -> Value {
    let mut graph = vec![
        json!({
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        }),
        root(run, entries),
        json!({
            "@id": PROFILE,
            "@type": "CreativeWork",
            "name": "Process Run Crate",
            "version": "0.5",
        }),
        json!({
            "@id": PERSON,
            "@type": "Person",
            "name": "The person who requested the analysis",
        }),
        json!({
            "@id": OPERATOR,
            "@type": "Organization",
            "name": "The operator of the service",
        }),
        json!({
            "@id": LICENCE,
            "@type": "CreativeWork",
            "name": "No licence was stated",
            "description": "The data and the result belong to the person who requested the analysis, \
                who has stated no licence.",
        }),
    ];
    graph.extend(software(run));
    graph.extend(run.summary.references.iter().map(|reference| {
        json!({
            "@id": doi(&reference.doi),
            "@type": "ScholarlyArticle",
            "name": reference.text,
            "identifier": doi(&reference.doi),
        })
    }));
    let values = parameters(run);
    graph.extend(actions(run, &values, entries));
    graph.extend(values);
    graph.extend(entries.iter().map(|entry| {
        json!({
            "@id": entry.path,
            "@type": "File",
            "name": entry.name,
            "encodingFormat": entry.kind,
            "contentSize": entry.size.to_string(),
            "sha256": entry.sha256,
        })
    }));
    json!({
        "@context": [
            "https://w3id.org/ro/crate/1.1/context",
            {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"},
        ],
        "@graph": graph,
    })
}

fn root(run: &Run, entries: &[Entry]) -> Value {
    let references = run.summary.references.iter();
    let citation: Vec<Value> = references
        .map(|reference| id(&doi(&reference.doi)))
        .collect();
    json!({
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": {"@id": PROFILE},
        "name": run.name,
        "description": format!("{} {}", run.summary.methods, run.summary.digest.statement),
        "datePublished": time(clock::now()),
        "identifier": run.job.id,
        "keywords": run.analysis.name,
        "license": {"@id": LICENCE},
        "author": {"@id": PERSON},
        "publisher": {"@id": OPERATOR},
        "citation": citation,
        "hasPart": entries.iter().map(|entry| id(&entry.path)).collect::<Vec<_>>(),
        "mentions": [{"@id": "#prepare"}, {"@id": "#run"}, {"@id": "#summarise"}],
    })
}

fn software(run: &Run) -> Vec<Value> {
    let (engine, name) = run.engine();
    let version = PROGRAM.rsplit(' ').next();
    vec![
        json!({
            "@id": engine,
            "@type": "SoftwareApplication",
            "name": name,
            "url": {"@id": engine},
            "softwareVersion": run.engine_version(),
        }),
        json!({
            "@id": SERVICE,
            "@type": "SoftwareApplication",
            "name": "service-datamonkey",
            "url": {"@id": SERVICE},
            "softwareVersion": version,
        }),
    ]
}

fn actions(run: &Run, values: &[Value], entries: &[Entry]) -> [Value; 3] {
    let job = run.job;
    let of = |roles: &[Role]| -> Vec<Value> {
        let entries = entries.iter().filter(|entry| roles.contains(&entry.role));
        entries.map(|entry| id(&entry.path)).collect()
    };
    let one_or_all = |roles: &[Role]| match &of(roles)[..] {
        // RO-Crate recommends a single value where there is one.
        [one] => one.clone(),
        all => Value::from(all),
    };
    let (engine, name) = run.engine();
    let mut used = of(&[Role::EngineInput, Role::Parameters, Role::Command]);
    used.extend(values.iter().map(|value| json!({"@id": value["@id"]})));
    let description = match run.command {
        [] => format!("{name} ran the analysis."),
        words => format!("In the folder engine: {}", super::shell(words).trim_end()),
    };
    let ended = job.ended.unwrap_or(job.created);
    [
        json!({
            "@id": "#prepare",
            "@type": "CreateAction",
            "name": "Preparing the data",
            "description": "The service read the uploads, checked them, and wrote what the engine reads.",
            "instrument": {"@id": SERVICE},
            "agent": {"@id": PERSON},
            "endTime": time(job.created),
            "object": one_or_all(&[Role::Upload]),
            "result": one_or_all(&[Role::EngineInput]),
        }),
        json!({
            "@id": "#run",
            "@type": "CreateAction",
            "name": format!("{} by {name}", run.analysis.name),
            "description": description,
            "instrument": {"@id": engine},
            "agent": {"@id": PERSON},
            "startTime": time(job.started.unwrap_or(job.created)),
            "endTime": time(ended),
            "actionStatus": "http://schema.org/CompletedActionStatus",
            "object": used,
            "result": of(&[Role::Result, Role::Log]),
        }),
        json!({
            "@id": "#summarise",
            "@type": "CreateAction",
            "name": "Summarising the result",
            "description": "The service read the findings from the result.",
            "instrument": {"@id": SERVICE},
            "agent": {"@id": PERSON},
            "endTime": time(clock::now()),
            "object": one_or_all(&[Role::Result]),
            "result": of(&[Role::Summary]),
        }),
    ]
}

fn parameters(run: &Run) -> Vec<Value> {
    let values = serde_json::to_value(&run.job.parameters).unwrap_or_default();
    let values = values.as_object().cloned().unwrap_or_default();
    let shown = values.into_iter().map(|(name, value)| {
        let known = run.analysis.parameter(&name);
        let value = match value {
            Value::Array(_) | Value::Object(_) | Value::Null => Value::from(value.to_string()),
            plain => plain,
        };
        json!({
            "@id": format!("#parameter-{name}"),
            "@type": "PropertyValue",
            "name": name,
            "value": value,
            "description": known.map_or("", |parameter| parameter.help),
        })
    });
    shown.collect()
}

fn id(id: &str) -> Value {
    json!({"@id": id})
}

fn doi(doi: &str) -> String {
    format!("https://doi.org/{doi}")
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, false)
}
