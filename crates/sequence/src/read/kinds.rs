//! Kinds of files that hold no alignment and no tree, or hold them in a form that is not read. A
//! finding names the kind and says how to get from there to a file that is read.

use super::unsupported::unsupported;
use crate::finding::Finding;

/// A kind of file, as a message names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    /// With its article: "a PDF file".
    what: &'static str,
    /// What to do instead.
    remedy: &'static str,
}

impl Kind {
    pub(super) fn finding(self) -> Finding {
        unsupported(&format!("This is {}.", self.what), self.remedy)
    }
}

const WRITER: &str = "Open it in the program that wrote it, save the text as plain text (.txt), and \
                      upload that file.";
const SHEET: &str = "Export the sequences as FASTA from the program that they come from.";
const PICTURE: &str = "Upload the file that the picture was made from: the alignment as FASTA, or \
                       the tree as Newick.";
const PAGE: &str = "Download the data themselves, as plain text, from the page that links to them.";
const DATA: &str = "Export the alignment as FASTA, or the tree as Newick.";
const READS: &str = "Assemble the reads first, and upload an alignment of the sequences as FASTA.";
const RECORDS: &str = "Export the coding sequences as FASTA, align them, and upload the alignment.";
const ARCHIVE: &str = "Unpack it, and upload the file with the alignment or the tree.";

const fn kind(what: &'static str, remedy: &'static str) -> Kind {
    Kind { what, remedy }
}

/// Kinds by the bytes that they begin with.
const BINARY: [(&[u8], Kind); 29] = [
    (
        b"\x00\x05\x16\x07",
        kind(
            "a macOS resource file (its name begins with '._'), which has no \
        data of yours",
            "Upload the file of the same name without '._' at the beginning.",
        ),
    ),
    (
        b"%PDF",
        kind(
            "a PDF file",
            "Export the alignment or the tree as plain text from the program \
        that it comes from.",
        ),
    ),
    (b"{\\rtf", kind("a rich text (RTF) file", WRITER)),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        kind(
            "an old Microsoft Office file (Word .doc or Excel \
        .xls)",
            WRITER,
        ),
    ),
    (b"\x89PNG", kind("a picture (PNG)", PICTURE)),
    (b"\xff\xd8\xff", kind("a picture (JPEG)", PICTURE)),
    (b"GIF8", kind("a picture (GIF)", PICTURE)),
    (b"II*\0", kind("a picture (TIFF)", PICTURE)),
    (b"MM\0*", kind("a picture (TIFF)", PICTURE)),
    (b"%!PS", kind("a picture (PostScript)", PICTURE)),
    (b"BAM\x01", kind("a BAM file of mapped reads", READS)),
    (b"CRAM", kind("a CRAM file of mapped reads", READS)),
    (b"BCF\x02", kind("a BCF file of variants", READS)),
    (b".sff", kind("an SFF file of sequencing reads", READS)),
    (b"ABIF", kind("a sequencing trace (AB1)", READS)),
    (b"7z\xbc\xaf\x27\x1c", kind("a 7-Zip archive", ARCHIVE)),
    (b"Rar!", kind("a RAR archive", ARCHIVE)),
    (
        b"\x1f\x9d",
        kind("a file compressed with 'compress' (.Z)", ARCHIVE),
    ),
    (
        b"]\0\0",
        kind("a file compressed with LZMA (.lzma)", ARCHIVE),
    ),
    (b"LZIP", kind("a file compressed with lzip (.lz)", ARCHIVE)),
    // Files inside a compressed file.
    (
        b"\x1f\x8b",
        kind("a file that was compressed twice", ARCHIVE),
    ),
    (
        b"BZh91AY&SY",
        kind("a file that was compressed twice", ARCHIVE),
    ),
    (
        b"\xfd7zXZ\0",
        kind("a file that was compressed twice", ARCHIVE),
    ),
    (
        b"\x28\xb5\x2f\xfd",
        kind("a file that was compressed twice", ARCHIVE),
    ),
    (
        b"PK\x03\x04",
        kind("an archive inside a compressed file", ARCHIVE),
    ),
    (b"SQLite format 3", kind("a database (SQLite)", DATA)),
    (b"\x89HDF", kind("an HDF5 file", DATA)),
    (b"RDX", kind("an R data file", DATA)),
    (
        b"bplist",
        kind("a property list or web archive of macOS", WRITER),
    ),
];

/// Kinds by the words that their text begins with, in any case.
const TEXT: [(&[u8], Kind); 27] = [
    (b"<!doctype html", kind("a web page (HTML)", PAGE)),
    (b"<!doctype", kind("a web page (HTML) or XML file", PAGE)),
    (b"<html", kind("a web page (HTML)", PAGE)),
    (b"<svg", kind("a picture (SVG)", PICTURE)),
    (b"<nex:nexml", kind("a NeXML file", DATA)),
    (b"<phyloxml", kind("a phyloXML file", DATA)),
    (b"<beast", kind("a BEAST input file (XML)", DATA)),
    (b"<?xml", kind("an XML file", DATA)),
    (b"<", kind("a web page (HTML) or XML file", PAGE)),
    (b"{", kind("a JSON file", DATA)),
    (b"#mega", kind("a MEGA file, which is not supported", DATA)),
    (
        b"##fileformat=VCF",
        kind(
            "a VCF file of variants",
            "Write the sequences out with the \
        variants (for instance with bcftools consensus), and upload their alignment as FASTA.",
        ),
    ),
    (b"##gff-version", kind("a GFF file of annotations", RECORDS)),
    (b"LOCUS ", kind("a GenBank file", RECORDS)),
    (b"# STOCKHOLM", kind("a Stockholm file", DATA)),
    (b"//\n", kind("a file of database records", RECORDS)),
    (b"@HD\t", kind("a SAM file of mapped reads", READS)),
    (b"@SQ\t", kind("a SAM file of mapped reads", READS)),
    (b"!!NA_MULTIPLE_ALIGNMENT", kind("a GCG (MSF) file", DATA)),
    (b"!!AA_MULTIPLE_ALIGNMENT", kind("a GCG (MSF) file", DATA)),
    (b"PileUp", kind("a GCG (MSF) file", DATA)),
    (b"##maf", kind("a MAF file of genomic alignments", DATA)),
    (
        b"########################################\n# Program:",
        kind("a report of EMBOSS", DATA),
    ),
    (
        b"&gt;",
        kind(
            "FASTA whose '>' was turned into '&gt;'",
            "Replace '&gt;' by '>' at the beginning of each name.",
        ),
    ),
    (
        b"DNA,",
        kind(
            "a file of partitions (RAxML, IQ-TREE)",
            "Upload the alignment. To analyse partitions, upload it as NEXUS with CHARSETs.",
        ),
    ),
    (b"BLASTN ", kind("a report of BLAST", RECORDS)),
    (b"BLASTP ", kind("a report of BLAST", RECORDS)),
];

/// Recognises a kind by the beginning of a file.
pub(super) fn recognise(bytes: &[u8]) -> Option<Kind> {
    let begins = |mark: &&(&[u8], Kind)| bytes.starts_with(mark.0);
    if let Some((_, kind)) = BINARY.iter().find(begins) {
        return Some(*kind);
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Some(kind("a tar archive", ARCHIVE));
    }
    let head = bytes.trim_ascii_start();
    let starts = |word: &[u8]| {
        head.get(..word.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(word))
    };
    if starts(b"<?xml") {
        return Some(xml(head));
    }
    if let Some((_, kind)) = TEXT.iter().find(|(word, _)| starts(word)) {
        return Some(*kind);
    }
    let mut lines = head.split(|b| *b == b'\n');
    let first = lines.next().unwrap_or_default();
    if first.starts_with(b"@") {
        let plus = lines.nth(1).is_some_and(|l| l.starts_with(b"+"));
        return Some(if plus {
            kind("a FASTQ file of sequencing reads", READS)
        } else {
            kind("probably a FASTQ or SAM file of sequencing reads", READS)
        });
    }
    if is_msf(head) {
        return Some(kind("a GCG (MSF) file", DATA));
    }
    if first.starts_with(b"ID   ") {
        return Some(kind("an EMBL or UniProt file", RECORDS));
    }
    if head.iter().take(4_096).any(|b| *b == 0) {
        return Some(kind("not a text file", DATA));
    }
    None
}

/// Whether it has the line that divides an MSF file, such as ` MSF: 90  Type: N  Check: 0 ..`. Programs other
/// than GCG's write nothing, or their own text, before it.
fn is_msf(head: &[u8]) -> bool {
    let head = head.get(..4_096).unwrap_or(head);
    head.split(|b| *b == b'\n').any(|line| {
        line.trim_ascii_end().ends_with(b"..")
            && ["MSF:", "Check:"]
                .iter()
                .all(|word| memchr::memmem::find(line, word.as_bytes()).is_some())
    })
}

/// What an XML file holds, by its first element.
fn xml(head: &[u8]) -> Kind {
    let head = head.get(..2_000).unwrap_or(head).to_ascii_lowercase();
    for (word, kind) in TEXT {
        if word.starts_with(b"<")
            && word.len() > 1
            && word != b"<?xml"
            && memchr::memmem::find(&head, word).is_some()
        {
            return kind;
        }
    }
    kind("an XML file", DATA)
}

/// Recognises office documents by the names of the files in the archive that they are.
pub(super) fn office<'a>(mut names: impl Iterator<Item = &'a str>) -> Option<Kind> {
    names.find_map(|name| {
        Some(match name {
            "word/document.xml" => kind("a Word document (.docx)", WRITER),
            "xl/workbook.xml" => kind("an Excel workbook (.xlsx)", SHEET),
            "ppt/presentation.xml" => kind("a PowerPoint presentation (.pptx)", DATA),
            "content.xml" => kind("an OpenDocument file (LibreOffice)", WRITER),
            "Index/Document.iwa" => kind("a Pages, Numbers or Keynote document", WRITER),
            "META-INF/container.xml" => kind("an e-book (EPUB)", DATA),
            _ => return None,
        })
    })
}
