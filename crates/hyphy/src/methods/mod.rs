//! One file per analysis. Adding one: write its table, add it to [`ALL`].

mod absrel;
mod bgm;
mod busted;
mod common;
mod contrast_fel;
mod contrast_meme;
mod fade;
mod fel;
mod fubar;
mod gard;
mod leisr;
mod meme;
mod multihit;
mod nrm;
mod prime;
mod relax;
mod slac;
mod slatkin;

use crate::table::Analysis;

/// Every analysis this service offers.
pub static ALL: &[&Analysis] = &[
    &fel::FEL,
    &slac::SLAC,
    &fubar::FUBAR,
    &meme::MEME,
    &busted::BUSTED,
    &absrel::ABSREL,
    &bgm::BGM,
    &fade::FADE,
    &gard::GARD,
    &multihit::MULTIHIT,
    &relax::RELAX,
    &contrast_fel::CONTRAST_FEL,
    &nrm::NRM,
    &slatkin::SLATKIN,
    &prime::PRIME,
    &contrast_meme::CONTRAST_MEME,
    &leisr::LEISR,
];

/// The analysis of this id, such as `fel`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Analysis> {
    ALL.iter().copied().find(|analysis| analysis.id == id)
}
