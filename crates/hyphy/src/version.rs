//! Versions of HyPhy.

use std::fmt;

/// A version of HyPhy as the program reports it. Debian's package 2.5.69 reports 2.5.68.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u16, pub u16, pub u16);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Every version that this service supports.
pub(crate) const fn any_version() -> Version {
    Version(2, 5, 0)
}

/// The version that Debian's package 2.5.69 reports.
pub(crate) const V2_5_68: Version = Version(2, 5, 68);

/// The first version that reads the properties of PRIME by `--property-set`.
pub(crate) const V2_5_72: Version = Version(2, 5, 72);

/// The first version with FitModel.
pub(crate) const V2_5_100: Version = Version(2, 5, 100);

/// The first version with B-STILL.
pub(crate) const V2_5_96: Version = Version(2, 5, 96);

/// The first version with BUSTED-PH.
pub(crate) const V2_5_73: Version = Version(2, 5, 73);

/// The first version whose PRIME has sets of two to five primary properties.
pub(crate) const V2_5_94: Version = Version(2, 5, 94);
