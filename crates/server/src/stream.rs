//! Streams bodies at the client's pace. At most one piece of each is in memory, and no thread waits
//! for a client.

use std::io::{self, Read};

use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt, stream};

use service::{Result, blocking};

/// The size of a read, and the maximum number of bytes in memory per client.
const PIECE: usize = 64 << 10;

/// A source that is read on blocking threads.
type Source = Box<dyn Read + Send>;

/// Returns a body with all bytes of a source. If it fits in one piece, it has a known length.
pub(crate) async fn body(source: impl Read + Send + 'static) -> Result<Body> {
    let source: Source = Box::new(source);
    let (source, first) = next(source).await?;
    if first.len() < PIECE {
        return Ok(Body::from(first));
    }
    let pieces = stream::unfold(Some((source, Some(first))), |state| async {
        let (source, ready) = state?;
        if let Some(ready) = ready {
            return Some((Ok(ready), Some((source, None))));
        }
        match next(source).await {
            Ok((_, piece)) if piece.is_empty() => None,
            Ok((source, piece)) => Some((Ok(piece), Some((source, None)))),
            // The body ends early, so the client sees that it is incomplete.
            Err(e) => {
                tracing::error!(error = %e, "failed to read a file to its end; the response was cut off");
                Some((Err(io::Error::other("failed to read the file")), None))
            }
        }
    });
    // Compression polls again after the end.
    Ok(Body::from_stream(pieces.fuse()))
}

/// Reads the next piece. Only the last one may be shorter.
async fn next(mut source: Source) -> Result<(Source, Bytes)> {
    blocking(move || {
        let mut piece = Vec::with_capacity(PIECE);
        (&mut source).take(PIECE as u64).read_to_end(&mut piece)?;
        Ok((source, Bytes::from(piece)))
    })
    .await
}

/// Reads a source to its end and returns its length.
pub(crate) async fn length(source: impl Read + Send + 'static) -> Result<u64> {
    let mut source = source;
    blocking(move || Ok(io::copy(&mut source, &mut io::sink())?)).await
}

/// A section of a source, from the byte `first` on.
pub(crate) async fn part(
    source: impl Read + Send + 'static,
    first: u64,
    length: u64,
) -> Result<impl Read + Send + 'static> {
    let mut source = source;
    blocking(move || {
        io::copy(&mut (&mut source).take(first), &mut io::sink())?;
        Ok(source.take(length))
    })
    .await
}

/// A text that is read in pieces, as the content of a JSON string without its quotes. Bytes that
/// are not UTF-8 become U+FFFD.
pub(crate) struct JsonText<R> {
    source: R,
    piece: Vec<u8>,
    /// Number of bytes at the beginning of `piece` that belong to an incomplete character of the
    /// previous piece.
    left: usize,
    ready: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl<R: Read> JsonText<R> {
    pub(crate) fn new(source: R) -> Self {
        Self {
            source,
            piece: vec![0; PIECE / 2],
            left: 0,
            ready: Vec::new(),
            taken: 0,
            ended: false,
        }
    }

    fn advance(&mut self) -> io::Result<()> {
        let read = match self.source.read(&mut self.piece[self.left..]) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => return Ok(()),
            read => read?,
        };
        self.ended = read == 0;
        let have = self.left + read;
        let whole = if self.ended {
            have
        } else {
            have - unfinished(&self.piece[..have])
        };
        let text = String::from_utf8_lossy(&self.piece[..whole]);
        let json = serde_json::to_string(&text)?;
        self.ready.clear();
        self.ready
            .extend_from_slice(&json.as_bytes()[1..json.len() - 1]);
        self.taken = 0;
        self.piece.copy_within(whole..have, 0);
        self.left = have - whole;
        Ok(())
    }
}

impl<R: Read> Read for JsonText<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.ready.len() && !self.ended {
            self.advance()?;
        }
        let n = into.len().min(self.ready.len() - self.taken);
        into[..n].copy_from_slice(&self.ready[self.taken..self.taken + n]);
        self.taken += n;
        Ok(n)
    }
}

/// Returns the number of bytes at the end that begin a character without completing it.
fn unfinished(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        // A character has at most four bytes.
        Err(e) if e.error_len().is_none() && bytes.len() - e.valid_up_to() < 4 => {
            bytes.len() - e.valid_up_to()
        }
        // Bytes before it are not UTF-8, so look only at the last character.
        Err(_) => {
            let tail = bytes.len().saturating_sub(3);
            (tail..bytes.len())
                .find(|&at| {
                    std::str::from_utf8(&bytes[at..])
                        .is_err_and(|e| e.valid_up_to() == 0 && e.error_len().is_none())
                })
                .map_or(0, |at| bytes.len() - at)
        }
        Ok(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use axum::body::to_bytes;

    use super::*;

    #[test]
    fn streamed_text_equals_text_encoded_at_once() {
        let mut bytes = "é\"\\\n☃ a𝄞\u{1}".repeat(20_000).into_bytes();
        bytes.extend_from_slice(b"\xff\xe2\x98x\xf0\x9d");
        bytes.splice(7..7, *b"\xc3\xc3(");
        let expected = serde_json::to_string(&String::from_utf8_lossy(&bytes)).unwrap();
        /// A reader that returns a few bytes at a time.
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                let few = into.len().min(5);
                self.0.read(&mut into[..few])
            }
        }
        for mut reader in [
            Box::new(JsonText::new(&bytes[..])) as Box<dyn Read>,
            Box::new(JsonText::new(Slow(&bytes))),
        ] {
            let mut json = String::new();
            reader.read_to_string(&mut json).unwrap();
            assert!(json == expected[1..expected.len() - 1]);
        }
    }

    #[tokio::test]
    async fn a_body_contains_its_whole_source() {
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let bytes: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            let body = body(io::Cursor::new(bytes.clone())).await.unwrap();
            assert_eq!(to_bytes(body, usize::MAX).await.unwrap(), bytes);
        }
        // Compression polls again after the end.
        let source = io::Cursor::new(vec![0; 2 * PIECE]);
        let mut pieces = body(source).await.unwrap().into_data_stream();
        while pieces.next().await.is_some() {}
        assert!(pieces.next().await.is_none());
        let source = io::Cursor::new(b"0123456789");
        let mut part = part(source, 3, 4).await.unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        assert_eq!(text, "3456");
        assert_eq!(length(io::Cursor::new(b"0123456789")).await.unwrap(), 10);
    }
}
