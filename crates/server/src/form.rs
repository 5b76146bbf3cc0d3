//! Parses upload forms: a file, which is streamed to disk, and small fields.

use api::{DatasetMeta, FieldError};
use axum::extract::{
    DefaultBodyLimit, FromRequest, Multipart, Request,
    multipart::{Field, MultipartError},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::identity::{Caller, USER_TOKEN};
use service::{
    Error, Result, Service, both,
    datasets::{self, Incoming},
};
use store::hash::hex;

/// Maximum length of a field other than the file.
const MAX_META: usize = 64 * 1024;
/// Maximum length of a name, type or description.
const MAX_TEXT: usize = 10_000;

/// A parsed upload.
pub(crate) struct Upload {
    pub(crate) incoming: Incoming,
    pub(crate) meta: DatasetMeta,
    pub(crate) fingerprint: Fingerprint,
}

/// A hash of all fields. It is independent of the boundary, which differs between requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    fn add(&mut self, name: &str, file_name: &str, content: &[u8]) {
        for part in [name.as_bytes(), file_name.as_bytes(), content] {
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }

    pub(crate) fn text(&self) -> String {
        hex(&self.0.clone().finalize())
    }
}

/// The source of the file.
enum Source {
    File(Incoming, String),
    Url(String),
}

fn open(request: Request) -> impl Future<Output = Result<Multipart>> {
    let mut request = request;
    // The file's size is checked while it streams; the other fields are small.
    DefaultBodyLimit::disable().apply(&mut request);
    async {
        Multipart::from_request(request, &()).await.map_err(|e| {
            let message = format!(
                "An upload must be multipart/form-data with the fields meta and file. This \
                 request is not: {}.",
                e.body_text()
            );
            Error::bad_field("file", message)
        })
    }
}

/// Receives an upload.
pub(crate) async fn read(
    service: &Service,
    caller: &mut Caller,
    request: Request,
) -> Result<Upload> {
    let mut form = open(request).await?;
    let (mut files, mut meta, mut url) = (Vec::new(), None, None);
    let mut fingerprint = Fingerprint::default();
    while let Some(mut field) = next(&mut form).await? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().unwrap_or_default().to_owned();
        if name == "file" {
            let mut incoming = Incoming::new(service)?;
            while let Some(piece) = field.chunk().await.map_err(|e| malformed(&e))? {
                incoming.write(&piece)?;
            }
            fingerprint.add(&name, &file_name, &incoming.digest());
            files.push((incoming, file_name));
            continue;
        }
        let text = small_text(field).await?;
        // Older clients send their token as a form field.
        if name == USER_TOKEN {
            let token = String::from_utf8_lossy(&text);
            if !token.trim().is_empty() {
                caller.identify(token.trim()).await?;
            }
            continue;
        }
        fingerprint.add(&name, &file_name, &Sha256::digest(&text));
        match name.as_str() {
            "meta" => meta = Some(text),
            "url" => url = Some(String::from_utf8_lossy(&text).trim().to_owned()),
            _ => {}
        }
    }
    let url = url.filter(|url| !url.is_empty());
    let (mut meta, source) = both(read_meta(meta), source(files, url))?;
    let (incoming, file_name) = match source {
        Source::File(incoming, name) => (incoming, name),
        Source::Url(url) => datasets::fetch(service, &url).await?,
    };
    if meta.name.is_empty() {
        meta.name = Some(file_name)
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "unnamed".to_owned());
    }
    Ok(Upload {
        incoming,
        meta,
        fingerprint,
    })
}

/// Returns the fingerprint of a form without storing anything.
pub(crate) async fn fingerprint_of(request: Request, most: u64) -> Result<Fingerprint> {
    let mut form = open(request).await?;
    let (mut fingerprint, mut size) = (Fingerprint::default(), 0);
    while let Some(mut field) = next(&mut form).await? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().unwrap_or_default().to_owned();
        let mut hash = Sha256::new();
        while let Some(piece) = field.chunk().await.map_err(|e| malformed(&e))? {
            size += piece.len() as u64;
            if size > most + MAX_META as u64 {
                return Err(Error::TooLarge { limit: most });
            }
            hash.update(&piece);
        }
        if name != USER_TOKEN {
            fingerprint.add(&name, &file_name, &hash.finalize());
        }
    }
    Ok(fingerprint)
}

async fn next(form: &mut Multipart) -> Result<Option<Field<'_>>> {
    form.next_field().await.map_err(|e| malformed(&e))
}

fn source(mut files: Vec<(Incoming, String)>, url: Option<String>) -> Result<Source> {
    let last = files.pop();
    match (last, url) {
        (Some(_), _) if !files.is_empty() => Err(Error::bad_field(
            "file",
            "The form has more than one field named file. Upload each file separately.",
        )),
        (Some(_), Some(_)) => Err(Error::bad_field(
            "url",
            "The form has both file and url. Send only one of them.",
        )),
        (Some((file, _)), None) if file.is_empty() => Err(Error::bad_field(
            "file",
            "The file is empty. Send a file with content.",
        )),
        (Some((file, name)), None) => Ok(Source::File(file, name)),
        (None, Some(url)) => Ok(Source::Url(url)),
        (None, None) => Err(Error::bad_field(
            "file",
            "file is missing. Send the file in the form field file (curl -F \
             file=@alignment.fasta), or its https address in the form field url.",
        )),
    }
}

fn malformed(error: &MultipartError) -> Error {
    Error::bad_field(
        "file",
        format!(
            "The form is incomplete or malformed: {}.",
            error.body_text()
        ),
    )
}

async fn small_text(mut field: Field<'_>) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|e| malformed(&e))? {
        text.extend_from_slice(&piece);
        if text.len() > MAX_META {
            return Err(Error::bad_field(
                "meta",
                format!("A form field is longer than {MAX_META} bytes."),
            ));
        }
    }
    Ok(text)
}

fn read_meta(text: Option<Vec<u8>>) -> Result<DatasetMeta> {
    let text = text.ok_or_else(|| {
        Error::bad_field(
            "meta",
            "meta is missing. Send JSON in the form field meta, such as {\"name\":\"my \
             data\",\"type\":\"fasta\"}.",
        )
    })?;
    let value: Value = serde_json::from_slice(&text)
        .map_err(|e| Error::bad_field("meta", format!("meta is not valid JSON: {e}.")))?;
    let mut errors = Vec::new();
    let mut wrong = |name: &str, message: String| {
        errors.push(FieldError {
            field: format!("meta.{name}"),
            message,
        });
        String::new()
    };
    let mut text = |name: &str| match value.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) if text.len() <= MAX_TEXT => text.clone(),
        Some(_) => wrong(
            name,
            format!("meta.{name} must be a string of at most {MAX_TEXT} bytes."),
        ),
    };
    let meta = DatasetMeta {
        name: text("name"),
        kind: text("type"),
        description: text("description"),
    };
    let is_missing =
        matches!(value.get("type"), None | Some(Value::Null)) || value["type"].as_str() == Some("");
    if is_missing {
        wrong(
            "type",
            "meta.type is missing. Set it to the file's format, such as fasta, nexus or newick."
                .to_owned(),
        );
    }
    if errors.is_empty() {
        Ok(meta)
    } else {
        Err(Error::missing(errors))
    }
}
