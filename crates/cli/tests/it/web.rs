//! A small TLS server that receives the service's outgoing requests.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivatePkcs8KeyDer};
use tempfile::TempDir;

/// A received request.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str()).unwrap()
    }
}

/// Serves `https://localhost:PORT/…`. Its certificate is in `ca`.
pub struct Web {
    pub port: u16,
    pub asked: Arc<Mutex<Vec<Asked>>>,
    pub ca: PathBuf,
    _folder: TempDir,
}

/// `answer` gives status, further header lines and body.
pub fn serve(
    answer: impl Fn(&Asked, usize) -> (u16, String, String) + Send + Sync + 'static,
) -> Web {
    let answer = Arc::new(answer);
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let folder = TempDir::new().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, made.cert.pem()).unwrap();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&asked);
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let (config, list) = (Arc::clone(&config), Arc::clone(&list));
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || {
                let tls = ServerConnection::new(config).unwrap();
                let mut stream = BufReader::new(StreamOwned::new(tls, connection.unwrap()));
                let Some(asked) = read(&mut stream) else {
                    return;
                };
                let count = {
                    let mut list = list.lock().unwrap();
                    list.push(asked.clone());
                    list.iter().filter(|one| one.path == asked.path).count()
                };
                let (status, more, body) = answer(&asked, count);
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n{more}\r\n",
                    body.len()
                );
                let stream = stream.get_mut();
                stream.write_all((head + &body).as_bytes()).ok();
                stream.conn.send_close_notify();
                stream.flush().ok();
            });
        }
    });
    Web {
        port,
        asked,
        ca,
        _folder: folder,
    }
}

fn read(stream: &mut impl BufRead) -> Option<Asked> {
    let mut line = String::new();
    stream.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(Asked {
        path,
        headers,
        body: String::from_utf8(body).ok()?,
    })
}
