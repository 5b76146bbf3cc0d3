//! The states of codon models, and what letters of an alignment say about them.

use foldhash::{HashMap, HashMapExt};
use sequence::GeneticCode;

/// The nucleotides in the order of all frequencies and rates.
pub(crate) const BASES: [u8; 4] = *b"ACGT";

/// The sense codons of a genetic code, in the order AAA, AAC, AAG, AAT, ACA, … TTT.
#[derive(Debug, Clone)]
pub(crate) struct CodonStates {
    /// Bases of each state, as indices into [`BASES`].
    pub(crate) bases: Vec<[usize; 3]>,
    /// Amino acid of each state.
    pub(crate) amino_acids: Vec<u8>,
    /// The stop codons.
    pub(crate) stops: Vec<[usize; 3]>,
    index: [Option<usize>; 64],
}

impl CodonStates {
    pub(crate) fn new(code: GeneticCode) -> Self {
        let mut states = Self {
            bases: Vec::new(),
            amino_acids: Vec::new(),
            stops: Vec::new(),
            index: [None; 64],
        };
        for number in 0..64 {
            let bases = [number >> 4, number >> 2 & 3, number & 3];
            match code.translate(bases.map(|base| BASES[base])) {
                b'*' => states.stops.push(bases),
                amino => {
                    states.index[number] = Some(states.bases.len());
                    states.bases.push(bases);
                    states.amino_acids.push(amino);
                }
            }
        }
        states
    }

    pub(crate) fn len(&self) -> usize {
        self.bases.len()
    }

    /// The state of a codon; `None` for a stop.
    pub(crate) fn index(&self, bases: [usize; 3]) -> Option<usize> {
        self.index[bases[0] << 4 | bases[1] << 2 | bases[2]]
    }

    /// The letters of a state.
    pub(crate) fn letters(&self, state: usize) -> [u8; 3] {
        self.bases[state].map(|base| BASES[base])
    }

    /// The states that a codon of letters may stand for, in ascending order. A gap may be any base.
    pub(crate) fn resolutions(&self, letters: [u8; 3]) -> Vec<u8> {
        let sets = letters.map(|letter| match base_set(letter) {
            0 => 15,
            set => set,
        });
        let fits = |state: &usize| (0..3).all(|p| sets[p] >> self.bases[*state][p] & 1 == 1);
        let fitting = (0..self.len()).filter(fits);
        fitting
            .filter_map(|state| u8::try_from(state).ok())
            .collect()
    }
}

/// The bases that a letter stands for, bit 0 for A, then C, G, T; 0 for a gap. Letters that are not
/// of the IUPAC alphabet may be any base.
pub(crate) fn base_set(letter: u8) -> u8 {
    match letter.to_ascii_uppercase() {
        b'-' => 0,
        b'A' => 1,
        b'C' => 2,
        b'G' => 4,
        b'T' | b'U' => 8,
        b'R' => 5,
        b'Y' => 10,
        b'S' => 6,
        b'W' => 9,
        b'K' => 12,
        b'M' => 3,
        b'B' => 14,
        b'D' => 13,
        b'H' => 11,
        b'V' => 7,
        _ => 15,
    }
}

/// What is observed at a leaf: letters and the states that they may stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observation {
    /// The letters, in upper case.
    pub(crate) letters: Vec<u8>,
    /// The states, in ascending order; never empty.
    pub(crate) states: Vec<u8>,
}

impl Observation {
    /// Whether one of its letters is a gap.
    pub(crate) fn has_gap(&self) -> bool {
        self.letters.contains(&b'-')
    }
}

/// All different observations of an alignment. The first ones are the states themselves.
#[derive(Debug, Clone)]
pub(crate) struct Observations {
    /// Number of states.
    pub(crate) states: usize,
    all: Vec<Observation>,
    numbers: HashMap<Vec<u8>, u16>,
    /// The one that was asked for last: rows next to each other often have the same.
    last: u16,
}

impl Observations {
    /// The observations of single states, which have these letters.
    pub(crate) fn of_states(letters: impl Iterator<Item = Vec<u8>>) -> Self {
        let mut found = Self {
            states: 0,
            all: Vec::new(),
            numbers: HashMap::new(),
            last: 0,
        };
        for (state, letters) in (0u8..).zip(letters) {
            found.number(&letters, |_| vec![state]);
        }
        found.states = found.all.len();
        found
    }

    /// The number of an observation. `resolve` returns its states when it is first met.
    pub(crate) fn number(&mut self, letters: &[u8], resolve: impl Fn(&[u8]) -> Vec<u8>) -> u16 {
        let last = self.all.get(usize::from(self.last));
        if last.is_some_and(|last| last.letters == letters) {
            return self.last;
        }
        if let Some(number) = self.numbers.get(letters) {
            self.last = *number;
            return *number;
        }
        let number = u16::try_from(self.all.len()).unwrap_or(u16::MAX);
        self.numbers.insert(letters.to_vec(), number);
        self.last = number;
        self.all.push(Observation {
            letters: letters.to_vec(),
            states: resolve(letters),
        });
        number
    }

    pub(crate) fn get(&self, number: u16) -> &Observation {
        &self.all[usize::from(number)]
    }

    /// The state that an observation is, if it is a single state's letters.
    pub(crate) fn state(&self, number: u16) -> Option<usize> {
        let number = usize::from(number);
        (number < self.states).then_some(number)
    }

    /// Whether an observation says nothing: it may be any state.
    pub(crate) fn is_missing(&self, number: u16) -> bool {
        self.get(number).states.len() == self.states
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }
}
