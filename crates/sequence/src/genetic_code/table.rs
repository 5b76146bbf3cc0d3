//! The codes as data.

/// A code: its names, and its differences from the universal code.
pub(super) struct CodeRow {
    pub(super) name: &'static str,
    pub(super) ncbi: u8,
    /// Alternative names in use.
    pub(super) also: &'static [&'static str],
    pub(super) differences: &'static [(&'static [u8; 3], u8)],
}

/// Amino acids of the universal code by codon: A, C, G, T, the third position fastest.
pub(super) const UNIVERSAL: &[u8; 64] =
    b"KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF";

const fn row(
    name: &'static str,
    ncbi: u8,
    differences: &'static [(&'static [u8; 3], u8)],
) -> CodeRow {
    CodeRow {
        name,
        ncbi,
        also: &[],
        differences,
    }
}

pub(super) static ROWS: [CodeRow; 22] = [
    CodeRow {
        name: "Universal",
        ncbi: 1,
        also: &["Standard"],
        differences: &[],
    },
    row(
        "Vertebrate-mtDNA",
        2,
        &[
            (b"AGA", b'*'),
            (b"AGG", b'*'),
            (b"ATA", b'M'),
            (b"TGA", b'W'),
        ],
    ),
    row(
        "Yeast-mtDNA",
        3,
        &[
            (b"ATA", b'M'),
            (b"CTA", b'T'),
            (b"CTC", b'T'),
            (b"CTG", b'T'),
            (b"CTT", b'T'),
            (b"TGA", b'W'),
        ],
    ),
    row("Mold-Protozoan-mtDNA", 4, &[(b"TGA", b'W')]),
    row(
        "Invertebrate-mtDNA",
        5,
        &[
            (b"AGA", b'S'),
            (b"AGG", b'S'),
            (b"ATA", b'M'),
            (b"TGA", b'W'),
        ],
    ),
    row("Ciliate-Nuclear", 6, &[(b"TAA", b'Q'), (b"TAG", b'Q')]),
    row(
        "Echinoderm-mtDNA",
        9,
        &[
            (b"AAA", b'N'),
            (b"AGA", b'S'),
            (b"AGG", b'S'),
            (b"TGA", b'W'),
        ],
    ),
    row("Euplotid-Nuclear", 10, &[(b"TGA", b'C')]),
    CodeRow {
        name: "Alt-Yeast-Nuclear",
        ncbi: 12,
        also: &["Alternative Yeast Nuclear"],
        differences: &[(b"CTG", b'S')],
    },
    row(
        "Ascidian-mtDNA",
        13,
        &[
            (b"AGA", b'G'),
            (b"AGG", b'G'),
            (b"ATA", b'M'),
            (b"TGA", b'W'),
        ],
    ),
    row(
        "Flatworm-mtDNA",
        14,
        &[
            (b"AAA", b'N'),
            (b"AGA", b'S'),
            (b"AGG", b'S'),
            (b"TAA", b'Y'),
            (b"TGA", b'W'),
        ],
    ),
    row("Blepharisma-Nuclear", 15, &[(b"TAG", b'Q')]),
    row("Chlorophycean-mtDNA", 16, &[(b"TAG", b'L')]),
    row(
        "Trematode-mtDNA",
        21,
        &[
            (b"AAA", b'N'),
            (b"AGA", b'S'),
            (b"AGG", b'S'),
            (b"ATA", b'M'),
            (b"TGA", b'W'),
        ],
    ),
    row(
        "Scenedesmus-obliquus-mtDNA",
        22,
        &[(b"TAG", b'L'), (b"TCA", b'*')],
    ),
    row("Thraustochytrium-mtDNA", 23, &[(b"TTA", b'*')]),
    row(
        "Pterobranchia-mtDNA",
        24,
        &[(b"AGA", b'S'), (b"AGG", b'K'), (b"TGA", b'W')],
    ),
    row("SR1-and-Gracilibacteria", 25, &[(b"TGA", b'G')]),
    row("Pachysolen-Nuclear", 26, &[(b"CTG", b'A')]),
    row("Mesodinium-Nuclear", 29, &[(b"TAA", b'Y'), (b"TAG", b'Y')]),
    row("Peritrich-Nuclear", 30, &[(b"TAA", b'E'), (b"TAG", b'E')]),
    row(
        "Cephalodiscidae-mtDNA",
        33,
        &[
            (b"AGA", b'S'),
            (b"AGG", b'K'),
            (b"TAA", b'Y'),
            (b"TGA", b'W'),
        ],
    ),
];
