//! Limits on the data that parsers accept.

use sequence::Limits;

use crate::{Group, Setting, env::Env};

static UPLOAD: Setting =
    Setting::new("MAX_UPLOAD_BYTES", "maximum size of an upload in bytes").or("268435456");
static UNPACKED: Setting = Setting::new(
    "MAX_UNPACKED_BYTES",
    "maximum size of a compressed upload after decompression, in bytes",
)
.or("268435456");
/// Quotas for single analyses use these two names, too.
pub(crate) static SEQUENCES: Setting = Setting::new(
    "MAX_SEQUENCES",
    "maximum number of sequences in an alignment, or of leaves in a tree",
)
.or("100000")
.per_analysis();
pub(crate) static SITES: Setting = Setting::new(
    "MAX_SITES",
    "maximum number of columns in an \
                                                 alignment",
)
.or("1000000")
.per_analysis();
static NAME: Setting = Setting::new(
    "MAX_NAME_LENGTH",
    "maximum length of a name in \
                                     bytes",
)
.or("1000");
static DEPTH: Setting = Setting::new(
    "MAX_TREE_DEPTH",
    "maximum number of nodes from the root of a tree to a leaf",
)
.or("10000");

pub(crate) const GROUP: Group = Group {
    title: "Limits on data",
    settings: &[&UPLOAD, &UNPACKED, &SEQUENCES, &SITES, &NAME, &DEPTH],
};

/// Returns the maximum size of an upload in bytes, and the limits for parsing it.
pub(crate) fn read(env: &mut Env<'_>) -> (u64, Limits) {
    let upload = env.at_least_1(&UPLOAD);
    let mut number = |setting: &Setting| {
        let number: u64 = env.at_least_1(setting);
        usize::try_from(number).unwrap_or(usize::MAX)
    };
    let limits = Limits {
        max_bytes: number(&UNPACKED),
        max_sequences: number(&SEQUENCES),
        max_sites: number(&SITES),
        max_name: number(&NAME),
        max_depth: number(&DEPTH),
        ..Limits::default()
    };
    (upload, limits)
}
