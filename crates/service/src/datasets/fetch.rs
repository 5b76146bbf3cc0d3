//! Uploads by URL.

use tokio::time::timeout;

use super::Incoming;
use crate::{
    Service,
    error::{Error, Result},
    outgoing,
};

/// Downloads a file. Returns it with the last part of its URL's path as its name.
pub async fn fetch(service: &Service, url: &str) -> Result<(Incoming, String)> {
    let config = &service.config.outgoing;
    if !config.url_upload {
        let message = "url is not available, because this service does not fetch files \
                       (ALLOW_URL_UPLOAD). Send the file in the form field file.";
        return Err(Error::invalid_field("url", message));
    }
    let cannot = |why: String| {
        Error::invalid_field(
            "url",
            format!("The file at this url cannot be fetched. {why}"),
        )
    };
    let url = outgoing::read(url).map_err(cannot)?;
    let name = url.path_segments().and_then(|mut parts| parts.next_back());
    let name = name.unwrap_or_default().to_owned();
    let mut incoming = Incoming::new(service)?;
    let work = async {
        let mut answer = outgoing::get(config, url).await.map_err(cannot)?;
        loop {
            match answer.chunk().await {
                Ok(Some(piece)) => incoming.write(&piece)?,
                Ok(None) => return Ok(()),
                Err(_) => {
                    return Err(cannot(
                        "The connection was closed before the end of the \
                                             file."
                            .to_owned(),
                    ));
                }
            }
        }
    };
    match timeout(config.fetch_timeout, work).await {
        Ok(done) => done?,
        Err(_) => {
            let seconds = config.fetch_timeout.as_secs();
            let why = format!(
                "The download took longer than {seconds} s \
                               (URL_UPLOAD_TIMEOUT_SECS)."
            );
            return Err(cannot(why));
        }
    }
    Ok((incoming, name))
}
