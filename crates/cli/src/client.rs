//! The typed client of the API.

use std::path::Path;

use anyhow::{Context, bail};
use api::{Job, JobEvent, JobState, Jobs, Problem, Uploaded, paths};
use futures::{Stream, StreamExt, TryStreamExt};
use hyphy::summary::Summary;
use reqwest::{
    Response, Url,
    multipart::{Form, Part},
};
use serde_json::{Map, Value, json};

/// A service, and how to reach it.
pub(crate) struct Client {
    base: Url,
    http: reqwest::Client,
}

impl Client {
    /// A service at an address such as `http://127.0.0.1:9300`.
    pub(crate) fn new(server: &str) -> anyhow::Result<Self> {
        // Fails only if another is installed already, which is as good.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let base = Url::parse(server).with_context(|| format!("{server} is no address"))?;
        Ok(Self {
            base,
            http: reqwest::Client::builder().build()?,
        })
    }

    fn url(&self, path: &str) -> anyhow::Result<Url> {
        let base = self.base.path().trim_end_matches('/');
        Ok(self.base.join(&format!("{base}{}{path}", paths::BASE))?)
    }

    /// Uploads a file and returns the dataset's id.
    pub(crate) async fn upload(&self, file: &Path, kind: &str) -> anyhow::Result<String> {
        let name = file
            .file_name()
            .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let part = Part::file(file)
            .await
            .with_context(|| format!("cannot read {}", file.display()))?;
        let meta = json!({"name": name, "type": kind}).to_string();
        let form = Form::new()
            .text("meta", meta)
            .part("file", part.file_name(name));
        let sent = self
            .http
            .post(self.url(paths::DATASETS)?)
            .multipart(form)
            .send()
            .await?;
        Ok(good(sent).await?.json::<Uploaded>().await?.id)
    }

    /// Starts an analysis, or finds the job that the same request started before.
    pub(crate) async fn start(
        &self,
        method: &str,
        body: &Map<String, Value>,
    ) -> anyhow::Result<Job> {
        let mut url = self.url(&paths::start(method))?;
        url.set_query(Some("retry=true"));
        let sent = self.http.post(url).json(body).send().await?;
        Ok(good(sent).await?.json().await?)
    }

    /// Events of a job from its beginning, until it is over or the connection breaks.
    pub(crate) async fn events(
        &self,
        job: &str,
    ) -> anyhow::Result<impl Stream<Item = anyhow::Result<JobEvent>> + use<>> {
        let url = self.url(&paths::of(paths::JOB_EVENTS, job))?;
        let response = good(self.http.get(url).send().await?).await?;
        Ok(sse_data(response).and_then(|data| async move { Ok(serde_json::from_str(&data)?) }))
    }

    /// A job as it is now.
    pub(crate) async fn job(&self, job: &str) -> anyhow::Result<Job> {
        let sent = self
            .http
            .get(self.url(&paths::of(paths::JOB, job))?)
            .send()
            .await?;
        Ok(good(sent).await?.json().await?)
    }

    /// Cancels and removes the caller's jobs that are in one of the given states.
    pub(crate) async fn delete_jobs(&self, states: &[JobState]) -> anyhow::Result<()> {
        let sent = self.http.get(self.url(paths::JOBS)?).send().await?;
        let jobs: Jobs = good(sent).await?.json().await?;
        for job in jobs.jobs.iter().filter(|job| states.contains(&job.state)) {
            let url = self.url(&paths::of(paths::JOB, &job.job_id))?;
            good(self.http.delete(url).send().await?).await?;
        }
        Ok(())
    }

    /// A digest of the result of a completed job.
    pub(crate) async fn summary(
        &self,
        job: &str,
        threshold: Option<f64>,
    ) -> anyhow::Result<Summary> {
        let mut url = self.url(&paths::of(paths::JOB_SUMMARY, job))?;
        if let Some(threshold) = threshold {
            url.set_query(Some(&format!("threshold={threshold}")));
        }
        Ok(good(self.http.get(url).send().await?).await?.json().await?)
    }

    /// The result of a completed job: HyPhy's JSON.
    pub(crate) async fn result(&self, job: &str) -> anyhow::Result<Vec<u8>> {
        let url = self.url(&paths::of(paths::JOB_RESULT, job))?;
        Ok(good(self.http.get(url).send().await?)
            .await?
            .bytes()
            .await?
            .to_vec())
    }
}

/// The response, or what its problem says.
async fn good(response: Response) -> anyhow::Result<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let Ok(problem) = response.json::<Problem>().await else {
        bail!("the server answered {status}");
    };
    if problem.errors.is_empty() {
        bail!("{}", problem.detail);
    }
    let lines = problem
        .errors
        .iter()
        .map(|error| format!("\n  {}: {}", error.field, error.message));
    bail!("{}:{}", problem.title, lines.collect::<String>());
}

/// The `data` fields of an event stream (WHATWG HTML, 9.2); ours are one line each.
fn sse_data(response: Response) -> impl Stream<Item = anyhow::Result<String>> {
    let lines = futures::stream::try_unfold(
        (response.bytes_stream().boxed(), Vec::new()),
        |(mut bytes, mut buffer)| async move {
            loop {
                if let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = buffer.drain(..=end).collect();
                    return Ok(Some((
                        String::from_utf8_lossy(&line).into_owned(),
                        (bytes, buffer),
                    )));
                }
                match bytes.next().await {
                    Some(piece) => buffer.extend_from_slice(&piece?),
                    None => return Ok(None),
                }
            }
        },
    );
    lines.try_filter_map(|line: String| async move {
        Ok(line
            .strip_prefix("data:")
            .map(|data| data.trim().to_owned()))
    })
}
