//! Genetic codes against NCBI's tables.

use rstest::rstest;
use sequence::GeneticCode;
use sequence::genetic_code::ALL;

/// NCBI's translation tables, amino acids of TTT, TTC, TTA, TTG, TCT, … GGG.
#[rstest]
#[case(1, "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG")]
#[case(2, "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG")]
#[case(3, "FFLLSSSSYY**CCWWTTTTPPPPHHQQRRRRIIMMTTTTNNKKSSRRVVVVAAAADDEEGGGG")]
#[case(4, "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG")]
#[case(5, "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSSSVVVVAAAADDEEGGGG")]
#[case(6, "FFLLSSSSYYQQCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG")]
#[case(9, "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNNKSSSSVVVVAAAADDEEGGGG")]
#[case(10, "FFLLSSSSYY**CCCWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG")]
#[case(12, "FFLLSSSSYY**CC*WLLLSPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG")]
#[case(13, "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSGGVVVVAAAADDEEGGGG")]
#[case(14, "FFLLSSSSYYY*CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNNKSSSSVVVVAAAADDEEGGGG")]
#[case(15, "FFLLSSSSYY*QCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG")]
#[case(16, "FFLLSSSSYY*LCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG")]
#[case(21, "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNNKSSSSVVVVAAAADDEEGGGG")]
#[case(22, "FFLLSS*SYY*LCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG")]
#[case(23, "FF*LSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG")]
#[case(24, "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSSKVVVVAAAADDEEGGGG")]
#[case(25, "FFLLSSSSYY**CCGWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG")]
#[case(26, "FFLLSSSSYY**CC*WLLLAPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG")]
#[case(29, "FFLLSSSSYYYYCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG")]
#[case(30, "FFLLSSSSYYEECC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG")]
#[case(33, "FFLLSSSSYYY*CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSSKVVVVAAAADDEEGGGG")]
fn translation(#[case] table: u8, #[case] amino_acids: &str) {
    let code = ALL.into_iter().find(|c| c.ncbi_table() == table).unwrap();
    let mut stops = 0;
    for (index, amino) in amino_acids.bytes().enumerate() {
        let codon = [index >> 4, index >> 2, index].map(|i| b"TCAG"[i & 3]);
        assert_eq!(
            code.translate(codon),
            amino,
            "{code} {}",
            String::from_utf8_lossy(&codon)
        );
        assert_eq!(code.is_stop(codon), amino == b'*');
        assert_eq!(code.stops().contains(&codon), amino == b'*');
        stops += usize::from(amino == b'*');
    }
    assert_eq!(code.stops().len(), stops);
}

#[test]
fn universal_stops() {
    assert_eq!(GeneticCode::UNIVERSAL.stops(), [*b"TAA", *b"TAG", *b"TGA"]);
    assert_eq!(ALL.len(), 22);
}

#[rstest]
#[case(b"---", b'-')]
#[case(b"aug", b'M')]
#[case(b"CTN", b'L')]
#[case(b"TAR", b'*')]
#[case(b"TAN", b'X')]
#[case(b"YTA", b'L')]
#[case(b"A-G", b'X')]
#[case(b"NNN", b'X')]
#[case(b"!!!", b'X')]
fn ambiguous_codons(#[case] codon: &[u8; 3], #[case] amino: u8) {
    assert_eq!(GeneticCode::UNIVERSAL.translate(*codon), amino);
    assert_eq!(GeneticCode::UNIVERSAL.is_stop(*codon), amino == b'*');
}

#[rstest]
#[case("Universal", 1)]
#[case("standard", 1)]
#[case("1", 1)]
#[case("Vertebrate mtDNA", 2)]
#[case("vertebrate-mtdna", 2)]
#[case("Mold/Protozoan mtDNA", 4)]
#[case("Eupltoid Nuclear", 10)]
#[case("Euplotid-Nuclear", 10)]
#[case("Alt. Yeast Nuclear", 12)]
#[case("Alt-Yeast-Nuclear", 12)]
#[case("Blepharisma Nuclear", 15)]
#[case("SR1 and Gracilibacteria", 25)]
#[case("33", 33)]
fn names(#[case] name: &str, #[case] table: u8) {
    assert_eq!(GeneticCode::from_name(name).unwrap().ncbi_table(), table);
}

#[test]
fn names_and_serde() {
    for code in ALL {
        assert_eq!(GeneticCode::from_name(code.name()), Some(code));
        let json = serde_json::to_string(&code).unwrap();
        assert_eq!(json, format!("\"{}\"", code.name()));
        assert_eq!(serde_json::from_str::<GeneticCode>(&json).unwrap(), code);
    }
    assert_eq!(GeneticCode::from_name("Martian"), None);
    assert_eq!(GeneticCode::from_name(""), None);
    assert!(serde_json::from_str::<GeneticCode>("\"7\"").is_err());
}
