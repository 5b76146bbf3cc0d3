//! The typed client of the API.

use std::{
    path::Path,
    sync::{Mutex, Once, PoisonError},
    time::Duration,
};

use anyhow::Context;
use api::{Job, JobEvent, JobState, Jobs, Problem, Screen, ScreenRequest, Uploaded, paths};
use assistant::{Answer, Caller};
use async_trait::async_trait;
use futures::{Stream, StreamExt, TryStreamExt};
use hyphy::{screen::ScreenReport, summary::Summary};
use reqwest::{
    RequestBuilder, Response, StatusCode, Url,
    header::{ACCEPT, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    multipart::{Form, Part},
};
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use crate::exit::{Refusal, refused};

/// A client of one service.
pub(crate) struct Client {
    base: Url,
    http: reqwest::Client,
    /// The session's token, if the service has issued one.
    token: Mutex<Option<String>>,
    /// The first upload has begun a session: others must not begin more.
    first_upload: OnceCell<()>,
    told_to_wait: Once,
}

/// The header with a new token.
const SESSION_TOKEN: &str = "x-session-token";

impl Client {
    /// A client of the service at an address such as `http://127.0.0.1:9300`, in the session of
    /// `token` if there is one.
    pub(crate) fn new(server: &str, token: Option<String>) -> anyhow::Result<Self> {
        // Fails only if another one is already installed, which is fine.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let base = Url::parse(server)
            .map_err(|e| refused(format!("{server} is not a valid address: {e}")))?;
        // A packed response has a weak tag.
        let mut http = reqwest::Client::builder().no_gzip();
        // Without TLS, no certificates are needed. Small systems have none.
        if base.scheme() == "http" {
            http = http.tls_certs_only([]);
        }
        Ok(Self {
            base,
            http: http.build().context(
                "cannot load the system's certificates (Debian: apt install ca-certificates)",
            )?,
            token: Mutex::new(token),
            first_upload: OnceCell::new(),
            told_to_wait: Once::new(),
        })
    }

    fn url(&self, path: &str) -> anyhow::Result<Url> {
        let base = self.base.path().trim_end_matches('/');
        Ok(self.base.join(&format!("{base}{}{path}", paths::BASE))?)
    }

    /// Uploads a file and returns the dataset's id.
    pub(crate) async fn upload(&self, file: &Path, kind: &str) -> anyhow::Result<String> {
        let mut id = None;
        let first = async {
            id = Some(self.send_file(file, kind).await?);
            anyhow::Ok(())
        };
        self.first_upload.get_or_try_init(|| first).await?;
        match id {
            Some(id) => Ok(id),
            None => self.send_file(file, kind).await,
        }
    }

    async fn send_file(&self, file: &Path, kind: &str) -> anyhow::Result<String> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let meta = json!({"name": name, "type": kind}).to_string();
        loop {
            let part = Part::file(file).await;
            let part = part.map_err(|e| refused(format!("cannot read {}: {e}", file.display())))?;
            let form = Form::new()
                .text("meta", meta.clone())
                .part("file", part.file_name(name.clone().into_owned()));
            let request = self.http.post(self.url(paths::DATASETS)?).multipart(form);
            match self.send_once(request).await {
                Ok(response) => return Ok(response.json::<Uploaded>().await?.id),
                Err(e) => self.wait(e).await?,
            }
        }
    }

    /// Starts an analysis, or finds the job that the same request started earlier.
    pub(crate) async fn start(
        &self,
        method: &str,
        body: &Map<String, Value>,
    ) -> anyhow::Result<Job> {
        let mut url = self.url(&paths::start(method))?;
        url.set_query(Some("retry=true"));
        let request = self.http.post(url).json(body);
        Ok(self.send(request).await?.json().await?)
    }

    /// The events of a job from its beginning, until it has ended or the connection breaks.
    pub(crate) async fn events(
        &self,
        job: &str,
    ) -> anyhow::Result<impl Stream<Item = anyhow::Result<JobEvent>> + use<>> {
        let url = self.url(&paths::of(paths::JOB_EVENTS, job))?;
        let response = self.send(self.http.get(url)).await?;
        Ok(sse_data(response).and_then(|data| async move { Ok(serde_json::from_str(&data)?) }))
    }

    /// Starts a screen, or finds the one that the same request started earlier.
    pub(crate) async fn start_screen(&self, request: &ScreenRequest) -> anyhow::Result<Screen> {
        let mut url = self.url(paths::SCREENS)?;
        url.set_query(Some("retry=true"));
        let request = self.http.post(url).json(request);
        Ok(self.send(request).await?.json().await?)
    }

    /// A screen and its version, as soon as it differs from a known version. `None` if it has not
    /// changed for a while.
    pub(crate) async fn screen(
        &self,
        id: &str,
        known: Option<&str>,
    ) -> anyhow::Result<Option<(Screen, String)>> {
        let mut url = self.url(&paths::of(paths::SCREEN, id))?;
        url.set_query(known.map(|_| "wait=30"));
        let mut request = self.http.get(url);
        if let Some(known) = known {
            request = request.header(IF_NONE_MATCH, known);
        }
        let response = self.send(request).await?;
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok(None);
        }
        let version = response.headers().get(ETAG);
        let version = version.and_then(|version| version.to_str().ok());
        let version = version.unwrap_or_default().to_owned();
        Ok(Some((response.json().await?, version)))
    }

    /// The report of a screen.
    pub(crate) async fn screen_report(&self, id: &str) -> anyhow::Result<ScreenReport> {
        let url = self.url(&paths::of(paths::SCREEN_REPORT, id))?;
        Ok(self.send(self.http.get(url)).await?.json().await?)
    }

    /// The current state of a job.
    pub(crate) async fn job(&self, job: &str) -> anyhow::Result<Job> {
        let url = self.url(&paths::of(paths::JOB, job))?;
        Ok(self.send(self.http.get(url)).await?.json().await?)
    }

    /// Cancels and removes the caller's jobs in one of the given states.
    pub(crate) async fn delete_jobs(&self, states: &[JobState]) -> anyhow::Result<()> {
        for state in states {
            let mut url = self.url(paths::JOBS)?;
            url.set_query(Some(&format!("state={}", state.word())));
            let jobs: Jobs = self.send(self.http.get(url)).await?.json().await?;
            for job in jobs.jobs {
                let url = self.url(&paths::of(paths::JOB, &job.job_id))?;
                self.send(self.http.delete(url)).await?;
            }
        }
        Ok(())
    }

    /// Cancels a job, and returns it.
    pub(crate) async fn cancel(&self, job: &str) -> anyhow::Result<Job> {
        let url = self.url(&paths::of(paths::JOB_CANCEL, job))?;
        Ok(self.send(self.http.post(url)).await?.json().await?)
    }

    /// Removes the session's data, and ends it.
    pub(crate) async fn end_session(&self) -> anyhow::Result<()> {
        let mut url = self.url(paths::SESSION)?;
        url.set_query(Some("delete_data=true"));
        self.send(self.http.delete(url)).await?;
        Ok(())
    }

    /// The summary of a completed job's result.
    pub(crate) async fn summary(
        &self,
        job: &str,
        threshold: Option<f64>,
    ) -> anyhow::Result<Summary> {
        let url = self.summary_url(job, threshold)?;
        Ok(self.send(self.http.get(url)).await?.json().await?)
    }

    /// The main table of the summary, as CSV.
    pub(crate) async fn table(&self, job: &str, threshold: Option<f64>) -> anyhow::Result<Vec<u8>> {
        let request = self.http.get(self.summary_url(job, threshold)?);
        let request = request.header(ACCEPT, "text/csv");
        Ok(self.send(request).await?.bytes().await?.to_vec())
    }

    fn summary_url(&self, job: &str, threshold: Option<f64>) -> anyhow::Result<Url> {
        let mut url = self.url(&paths::of(paths::JOB_SUMMARY, job))?;
        if let Some(threshold) = threshold {
            url.set_query(Some(&format!("threshold={threshold}")));
        }
        Ok(url)
    }

    /// The result of a completed job: the engine's JSON.
    pub(crate) async fn result(&self, job: &str) -> anyhow::Result<Vec<u8>> {
        let url = self.url(&paths::of(paths::JOB_RESULT, job))?;
        Ok(self.send(self.http.get(url)).await?.bytes().await?.to_vec())
    }

    /// A completed job as a research object: a ZIP file.
    pub(crate) async fn ro_crate(&self, job: &str) -> anyhow::Result<Vec<u8>> {
        let url = self.url(&paths::of(paths::JOB_RO_CRATE, job))?;
        Ok(self.send(self.http.get(url)).await?.bytes().await?.to_vec())
    }

    /// The session's token, for later use.
    pub(crate) fn token(&self) -> Option<String> {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        token.clone()
    }

    /// The service's OpenAPI document.
    pub(crate) async fn openapi(&self) -> anyhow::Result<Value> {
        let base = self.base.path().trim_end_matches('/');
        let url = self.base.join(&format!("{base}/openapi.json"))?;
        Ok(self.send(self.http.get(url)).await?.json().await?)
    }

    /// Sends a request, and again as long as the service says to do so later.
    async fn send(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        loop {
            let this = request
                .try_clone()
                .context("a request that cannot be repeated")?;
            match self.send_once(this).await {
                Ok(response) => return Ok(response),
                Err(e) => self.wait(e).await?,
            }
        }
    }

    /// Waits as long as the service says, if the error does.
    async fn wait(&self, error: anyhow::Error) -> anyhow::Result<()> {
        let refusal = error.downcast_ref::<Refusal>();
        let Some(wait) = refusal.and_then(|refusal| refusal.wait) else {
            return Err(error);
        };
        self.told_to_wait
            .call_once(|| eprintln!("waiting, as the service asks: {error}"));
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// Sends a request once.
    async fn send_once(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        good(self.respond(request).await?).await
    }

    /// Sends a request in the caller's session, and keeps a new token from the response, which may be a problem.
    async fn respond(&self, mut request: RequestBuilder) -> anyhow::Result<Response> {
        if let Some(token) = self.token() {
            request = request.bearer_auth(token);
        }
        let response = request.send().await?;
        let fresh = response.headers().get(SESSION_TOKEN);
        if let Some(fresh) = fresh.and_then(|token| token.to_str().ok()) {
            let mut token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
            *token = Some(fresh.to_owned());
        }
        Ok(response)
    }
}

/// An assistant's requests, in the session of this client.
#[async_trait]
impl Caller for Client {
    async fn call(&self, request: assistant::Request) -> Result<Answer, String> {
        let answer = async {
            let url = self.url(&request.path)?;
            let mut builder = self.http.request(request.method, url);
            if let Some((kind, content)) = request.body {
                builder = builder.header(CONTENT_TYPE, kind).body(content);
            }
            let response = self.respond(builder).await?;
            anyhow::Ok(Answer {
                status: response.status(),
                text: response.text().await?,
            })
        };
        answer.await.map_err(|e| format!("{e:#}"))
    }

    async fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        let content = tokio::fs::read(path).await;
        content.map_err(|e| format!("The file {path} cannot be read: {e}."))
    }
}

/// The response, or the error of its problem document.
async fn good(response: Response) -> anyhow::Result<Response> {
    let status = response.status();
    if status.is_success() || status == StatusCode::NOT_MODIFIED {
        return Ok(response);
    }
    let problem = response.json::<Problem>().await.ok();
    // Who runs the service has to mend one that is unavailable.
    let may_help = status != StatusCode::SERVICE_UNAVAILABLE;
    let wait = problem.as_ref().and_then(|problem| problem.retry_after);
    let message = problem.map_or_else(
        || format!("the server answered {status}"),
        |problem| problem.to_string(),
    );
    Err(anyhow::Error::new(Refusal {
        status,
        message,
        wait: wait.filter(|_| may_help).map(Duration::from_secs),
    }))
}

/// The `data` fields of an event stream (WHATWG HTML, 9.2). The service's have one line each.
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
