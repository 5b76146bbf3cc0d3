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
        let message =
            "This service fetches no files (ALLOW_URL_UPLOAD). Send it as the field file.";
        return Err(Error::invalid_field("url", message));
    }
    let cannot = |why: String| {
        Error::invalid_field("url", format!("Nothing can be fetched from there. {why}"))
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
                Err(_) => return Err(cannot("It breaks off.".to_owned())),
            }
        }
    };
    match timeout(config.fetch_timeout, work).await {
        Ok(done) => done?,
        Err(_) => {
            let seconds = config.fetch_timeout.as_secs();
            let why = format!("It takes longer than {seconds} s (URL_UPLOAD_TIMEOUT_SECS).");
            return Err(cannot(why));
        }
    }
    Ok((incoming, name))
}
