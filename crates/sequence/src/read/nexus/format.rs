//! The `DIMENSIONS` and `FORMAT` commands of a DATA or CHARACTERS block.

use super::Reader;
use crate::Alphabet;
use crate::finding::Finding;

/// Placeholder for MATCHCHAR until all rows are read. It is not printable, so it cannot be confused
/// with a character of the file: those that are not printable become [`NOT_PRINTABLE`].
pub(super) const MATCH: u8 = 0x01;
/// Placeholder for characters that are not printable. It belongs to no alphabet.
pub(super) const NOT_PRINTABLE: u8 = 0x7f;

/// The format of a matrix.
#[derive(Debug, Clone)]
pub(super) struct Format {
    pub(super) ntax: Option<usize>,
    pub(super) nchar: Option<usize>,
    pub(super) alphabet: Option<Alphabet>,
    pub(super) gap: u8,
    pub(super) missing: u8,
    pub(super) match_char: Option<u8>,
    pub(super) interleave: bool,
    pub(super) labels: bool,
    pub(super) respect_case: bool,
    /// Characters that stand for one or several others (`R = {AG}`).
    pub(super) equate: Vec<(u8, Vec<u8>)>,
}

impl Default for Format {
    fn default() -> Self {
        Self {
            ntax: None,
            nchar: None,
            alphabet: None,
            gap: b'-',
            missing: b'?',
            match_char: None,
            interleave: false,
            labels: true,
            respect_case: false,
            equate: Vec::new(),
        }
    }
}

impl Format {
    /// Reads `NTAX=n NCHAR=m`.
    pub(super) fn dimensions(&mut self, reader: &mut Reader<'_>) {
        options(reader, |_, key, value| {
            let number = value.and_then(|v| std::str::from_utf8(v).ok()?.parse().ok());
            match key {
                "NTAX" => self.ntax = number,
                "NCHAR" => self.nchar = number,
                _ => {}
            }
        });
    }

    /// Reads the options of `FORMAT`.
    pub(super) fn options(&mut self, reader: &mut Reader<'_>) {
        options(reader, |reader, key, value| self.option(reader, key, value));
        // Without RESPECTCASE, letter case is ignored.
        if !self.respect_case {
            for (key, _) in &mut self.equate {
                key.make_ascii_uppercase();
            }
        }
    }

    /// What each character of the matrix becomes. Sets of characters are handled by the matrix.
    pub(super) fn table(&self) -> [u8; 256] {
        let plain = |b: u8| {
            if b == 0 || b == MATCH {
                NOT_PRINTABLE
            } else {
                b
            }
        };
        let mut table: [u8; 256] = std::array::from_fn(|b| plain(b as u8));
        for (key, stands_for) in &self.equate {
            if let [only] = stands_for[..] {
                table[usize::from(*key)] = plain(only);
                if !self.respect_case {
                    table[usize::from(key.to_ascii_lowercase())] = plain(only);
                }
            }
        }
        let mut set = |b: u8, value: u8| {
            table[usize::from(b)] = value;
            if !self.respect_case {
                table[usize::from(b.to_ascii_lowercase())] = value;
                table[usize::from(b.to_ascii_uppercase())] = value;
            }
        };
        set(self.missing, b'?');
        set(self.gap, b'-');
        if let Some(b) = self.match_char {
            set(b, MATCH);
        }
        table
    }

    fn option(&mut self, reader: &mut Reader<'_>, key: &str, value: Option<&[u8]>) {
        let first = value.and_then(|v| v.first().copied());
        let is = |word: &[u8]| value.is_some_and(|v| v.eq_ignore_ascii_case(word));
        match key {
            "DATATYPE" => self.datatype(reader, value.unwrap_or_default()),
            "GAP" => self.gap = first.unwrap_or(self.gap),
            "MISSING" => self.missing = first.unwrap_or(self.missing),
            "MATCHCHAR" => self.match_char = first.or(self.match_char),
            "INTERLEAVE" => self.interleave = !is(b"NO") && !is(b"FALSE"),
            "NOLABELS" => self.labels = false,
            "LABELS" => self.labels = !is(b"NO"),
            "RESPECTCASE" => self.respect_case = true,
            "EQUATE" => self.equate.extend(parse_equate(value.unwrap_or_default())),
            "TRANSPOSE" if !is(b"NO") && !is(b"FALSE") => {
                let line = reader.scanner.line();
                reader.findings.push(
                    Finding::error(
                        "transposed-matrix",
                        "The matrix is transposed (columns as rows), which cannot be read.",
                        "Export the alignment with one sequence per row.",
                    )
                    .at_line(line),
                );
            }
            // SYMBOLS adds letters. Whether they are valid is checked when the analysis is known.
            _ => {}
        }
    }

    fn datatype(&mut self, reader: &mut Reader<'_>, value: &[u8]) {
        let name = String::from_utf8_lossy(value).to_ascii_uppercase();
        self.alphabet = Some(match name.as_str() {
            "DNA" | "RNA" | "NUCLEOTIDE" | "CODON" => Alphabet::Nucleotide,
            "PROTEIN" | "AMINOACID" | "AA" => Alphabet::Protein,
            _ => {
                let line = reader.scanner.line();
                reader.findings.push(
                    Finding::warning(
                        "other-datatype",
                        format!(
                            "The characters are declared as {}, neither nucleotides nor amino acids.",
                            crate::text::excerpt(&name)
                        ),
                        "Analyses need DATATYPE=DNA, RNA or PROTEIN.",
                    )
                    .at_line(line),
                );
                Alphabet::Unknown
            }
        });
    }
}

/// Calls `handle` with each `KEY` or `KEY=value` of the current command.
fn options<'a>(
    reader: &mut Reader<'a>,
    mut handle: impl FnMut(&mut Reader<'a>, &str, Option<&[u8]>),
) {
    loop {
        let Some(key) = reader.scanner.word() else {
            // Unrelated punctuation, such as a list in parentheses.
            if reader.scanner.take_mark().is_none() {
                return;
            }
            continue;
        };
        let key = key.to_text().to_ascii_uppercase();
        let value = if reader.scanner.take(b'=') {
            reader
                .scanner
                .word()
                .map(|w| w.bytes().into_owned())
                .or_else(|| {
                    // `GAP=,` and similar: a punctuation mark as the value.
                    reader.scanner.take_mark().map(|m| vec![m])
                })
        } else {
            None
        };
        handle(reader, &key, value.as_deref());
    }
}

/// `"R={AG} Y=C"`: each key with the characters it stands for.
fn parse_equate(text: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let text: Vec<u8> = text
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    let mut pairs = Vec::new();
    let mut at = 0;
    while at + 2 < text.len() && text[at + 1] == b'=' {
        let key = text[at];
        let close = match text[at + 2] {
            b'{' => b'}',
            b'(' => b')',
            plain => {
                pairs.push((key, vec![plain]));
                at += 3;
                continue;
            }
        };
        let inside = &text[at + 3..];
        let length = inside
            .iter()
            .position(|b| *b == close)
            .unwrap_or(inside.len());
        pairs.push((key, inside[..length].to_vec()));
        at += 3 + length + 1;
    }
    pairs
}
