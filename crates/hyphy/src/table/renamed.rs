//! Keywords that HyPhy has renamed.

use crate::version::Version;

/// Another keyword of a parameter, which later versions of HyPhy have instead of the first.
#[derive(Debug)]
pub struct Renamed {
    /// The keyword, such as `--property-set`.
    pub keyword: &'static str,
    /// First engine version that has it.
    pub since: Version,
    /// Words that it takes instead of those of the table: pairs of the API's word and HyPhy's.
    pub words: &'static [(&'static str, &'static str)],
}

/// The keyword by which an engine knows a parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spelling {
    pub(crate) keyword: &'static str,
    words: &'static [(&'static str, &'static str)],
}

impl Spelling {
    /// A keyword that takes the words of the table.
    pub(crate) const fn of(keyword: &'static str) -> Self {
        Self {
            keyword,
            words: &[],
        }
    }

    /// The engine's word for a word of the API, if it differs from the table's.
    pub(crate) fn word(self, word: &str) -> Option<&'static str> {
        let mut pairs = self.words.iter();
        pairs.find(|(own, _)| *own == word).map(|(_, word)| *word)
    }
}

impl Renamed {
    pub(crate) const fn spelling(&self) -> Spelling {
        Spelling {
            keyword: self.keyword,
            words: self.words,
        }
    }
}
