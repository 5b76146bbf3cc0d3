//! Compressed files, and kinds of files that are named instead of read.

use std::io::Write;

use rstest::rstest;
use sequence::{Compression, Limits, report};

use crate::{errors, read, rows};

const TEXT: &[u8] = b">a\nACGTAC\n>b\nACG-?N\n";
const ROWS: [(&str, &str); 2] = [("a", "ACGTAC"), ("b", "ACG-?N")];

/// [`TEXT`] as `xz` compresses it.
const XZ: &[u8] = b"\
    \xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2f\
    \xe5\xa3\x01\x00\x13\x3e\x61\x0a\x41\x43\x47\x54\x41\x43\x0a\x3e\x62\x0a\x41\x43\x47\x2d\
    \x3f\x4e\x0a\x00\xbf\x7b\xd4\xf6\x97\x23\x41\x83\x00\x01\x2c\x14\xf8\x0a\x6d\x03\x1f\xb6\
    \xf3\x7d\x01\x00\x00\x00\x00\x04\x59\x5a";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

fn bzip2(text: &[u8]) -> Vec<u8> {
    let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
    for (name, text) in files {
        let (mut entry, config) = archive
            .new_file(name)
            .compression_method(rawzip::CompressionMethod::DEFLATE)
            .start()
            .unwrap();
        let packer = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default());
        let mut writer = config.wrap(packer);
        writer.write_all(text).unwrap();
        let (packer, descriptor) = writer.finish().unwrap();
        packer.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    out
}

#[rstest]
#[case::gzip(gzip(TEXT), Compression::Gzip)]
#[case::bzip2(bzip2(TEXT), Compression::Bzip2)]
#[case::two_streams_of_bzip2([bzip2(&TEXT[..10]), bzip2(&TEXT[10..])].concat(), Compression::Bzip2)]
#[case::xz(XZ.to_vec(), Compression::Xz)]
#[case::zstd(zstd(TEXT), Compression::Zstd)]
#[case::two_frames_of_zstd([zstd(&TEXT[..10]), zstd(&TEXT[10..])].concat(), Compression::Zstd)]
#[case::zip(zip(&[("gene.fasta", TEXT)]), Compression::Zip)]
#[case::zip_of_macos(
    zip(&[("gene.fasta", TEXT), ("__MACOSX/._gene.fasta", b"\x00\x05\x16\x07"), (".DS_Store", b"")]),
    Compression::Zip
)]
#[case::zip_with_a_picture(zip(&[("a/gene.fa", TEXT), ("a/tree.png", b"\x89PNG\r\n")]), Compression::Zip)]
#[case::plain(TEXT.to_vec(), Compression::None)]
fn compressed_files_are_read(#[case] bytes: Vec<u8>, #[case] compression: Compression) {
    let document = read(&bytes);
    assert_eq!(rows(&document), ROWS);
    assert_eq!(document.compression, compression);
    let summary = report(&document);
    assert_eq!(summary.compression, compression);
    assert_eq!(summary.gzip, compression == Compression::Gzip);
}

#[test]
fn a_report_from_before_the_field_is_read() {
    let mut json = serde_json::to_value(report(&read(TEXT))).unwrap();
    json.as_object_mut().unwrap().remove("compression");
    let old: sequence::Report = serde_json::from_value(json).unwrap();
    assert_eq!(old.compression, Compression::None);
}

#[rstest]
#[case::gzip(gzip(TEXT), "gzip-damaged")]
#[case::bzip2(bzip2(TEXT), "bzip2-damaged")]
#[case::xz(XZ.to_vec(), "xz-damaged")]
#[case::zstd(zstd(&[TEXT, &[b'A'; 500]].concat()), "zstandard-damaged")]
#[case::zip(zip(&[("a", TEXT)]), "unknown-format")]
fn truncated_files_are_errors(#[case] bytes: Vec<u8>, #[case] code: &str) {
    let document = read(&bytes[..bytes.len() - 12]);
    assert_eq!(errors(&document.findings), [code]);
    assert!(document.alignment.is_none());
}

#[rstest]
#[case::bzip2(bzip2(TEXT), "bzip2-damaged")]
#[case::xz(XZ.to_vec(), "xz-damaged")]
#[case::zstd(zstd(TEXT), "zstandard-damaged")]
fn altered_files_are_errors(#[case] mut bytes: Vec<u8>, #[case] code: &str) {
    // The text is near the middle of so small a file.
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
    assert_eq!(errors(&read(&bytes).findings), [code]);
}

/// 40 MB of text.
fn large() -> Vec<u8> {
    [b">a\n", &vec![b'A'; 40 << 20][..]].concat()
}

#[rstest]
#[case::bzip2(bzip2(&large()))]
#[case::zstd(zstd(&large()))]
#[case::zip(zip(&[("a", &large())]))]
fn bombs_are_refused(#[case] bomb: Vec<u8>) {
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    let limits = Limits {
        max_bytes: 1 << 20,
        ..Limits::default()
    };
    let document = sequence::read(&bomb, &limits);
    assert_eq!(errors(&document.findings), ["file-too-large"]);
    assert!(document.alignment.is_none());
}

#[test]
fn an_archive_of_several_files_says_which() {
    let document = read(zip(&[("a/gene.fasta", TEXT), ("a/gene.nwk", b"(a,b,c);")]));
    assert_eq!(errors(&document.findings), ["zip-several-files"]);
    assert_eq!(
        document.findings[0].message,
        "The ZIP archive contains 2 files: 'a/gene.fasta', 'a/gene.nwk'. Only an archive with one \
         text file can be read."
    );
    assert_eq!(errors(&read(zip(&[])).findings), ["zip-empty"]);
}

#[rstest]
#[case::word("word/document.xml", "Word document (.docx)", "plain text (.txt)")]
#[case::excel(
    "xl/workbook.xml",
    "Excel workbook (.xlsx)",
    "Export the sequences as FASTA"
)]
#[case::libreoffice("content.xml", "OpenDocument", "plain text (.txt)")]
fn office_documents_are_named(#[case] file: &str, #[case] said: &str, #[case] remedy: &str) {
    let document = read(zip(&[
        ("[Content_Types].xml", b"<x/>"),
        (file, b"<w:p>ACGT</w:p>"),
    ]));
    assert_eq!(errors(&document.findings), ["unknown-format"]);
    let finding = &document.findings[0];
    assert!(finding.message.contains(said), "{}", finding.message);
    assert!(finding.remedy.contains(remedy), "{}", finding.remedy);
}

#[rstest]
#[case::rtf(
    b"{\\rtf1\\ansi\n\\f0 >a\\\nACGT}",
    "a rich text (RTF) file",
    "plain text (.txt)"
)]
#[case::doc(
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0",
    "Word .doc",
    "plain text (.txt)"
)]
#[case::pdf(b"%PDF-1.4\n", "a PDF file", "Export")]
#[case::html(b"\n<HTML><body>", "a web page (HTML)", "Download the data")]
#[case::xml(b"<?xml version=\"1.0\"?>\n<a/>", "an XML file", "FASTA")]
#[case::beast(b"<?xml version=\"1.0\"?>\n<beast version=\"2\">", "BEAST", "FASTA")]
#[case::nexml(b"<?xml version='1.0'?><nex:nexml/>", "NeXML", "Newick")]
#[case::json(b"{\"fits\": {}}", "a JSON file", "FASTA")]
#[case::png(b"\x89PNG\r\n\x1a\n", "a picture (PNG)", "the tree as Newick")]
#[case::jpeg(b"\xff\xd8\xff\xe0", "a picture (JPEG)", "the tree as Newick")]
#[case::resource(
    b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X",
    "a macOS resource file",
    "without '._'"
)]
#[case::cram(b"CRAM\x03", "a CRAM file", "alignment")]
#[case::vcf(b"##fileformat=VCFv4.2\n#CHROM\n", "a VCF file", "FASTA")]
#[case::fastq(b"@r1\nACGT\n+\nIIII\n", "a FASTQ file", "Assemble the reads")]
#[case::sam(b"@HD\tVN:1.6\n", "a SAM file", "Assemble the reads")]
#[case::trace(b"ABIF\x00\x65", "a sequencing trace", "Assemble the reads")]
#[case::genbank(b"LOCUS       NM_1 200 bp\n", "a GenBank file", "align them")]
#[case::embl(
    b"ID   X56734; SV 1; linear\nXX\n",
    "an EMBL or UniProt file",
    "align them"
)]
#[case::stockholm(b"# STOCKHOLM 1.0\n", "a Stockholm file", "FASTA")]
#[case::seven_zip(b"7z\xbc\xaf\x27\x1c\0\x04", "a 7-Zip archive", "Unpack it")]
#[case::rar(b"Rar!\x1a\x07", "a RAR archive", "Unpack it")]
fn kinds_of_files_are_named(#[case] bytes: &[u8], #[case] said: &str, #[case] remedy: &str) {
    // Inside of a compressed file, too.
    for bytes in [bytes.to_vec(), gzip(bytes)] {
        let document = read(bytes);
        assert_eq!(errors(&document.findings), ["unknown-format"]);
        let finding = &document.findings[0];
        assert!(finding.message.contains(said), "{}", finding.message);
        assert!(finding.remedy.contains(remedy), "{}", finding.remedy);
    }
}

#[test]
fn files_inside_of_a_compressed_file_are_named() {
    let said = |bytes: Vec<u8>| read(gzip(&bytes)).findings[0].message.clone();
    assert_eq!(
        said(b"BAM\x01\0\0".to_vec()),
        "This is a BAM file of mapped reads."
    );
    assert_eq!(
        said(gzip(TEXT)),
        "This is a file that was compressed twice."
    );
    let mut tar = vec![b'a'; 512];
    tar[257..262].copy_from_slice(b"ustar");
    assert_eq!(said(tar), "This is a tar archive.");
}

#[rstest]
#[case(|t: &str| t.encode_utf16().flat_map(u16::to_le_bytes).collect())]
#[case(|t: &str| t.encode_utf16().flat_map(u16::to_be_bytes).collect())]
fn utf_16_without_a_mark_is_recognised(#[case] encode: fn(&str) -> Vec<u8>) {
    let document = read(encode(">a\r\nACGTAC\r\n>b\r\nACG-?N\r\n"));
    assert_eq!(rows(&document), ROWS);
    assert_eq!(crate::codes(&document.findings), ["utf-16"]);
    let document = read(encode("((a,b),c);"));
    assert_eq!(document.trees.len(), 1);
}
