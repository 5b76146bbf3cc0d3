//! One file per analysis. To add one, write its table and add it to [`ALL`].

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

/// The analysis with an id, such as `fel`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Analysis> {
    ALL.iter().copied().find(|analysis| analysis.id == id)
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_parameter_has_a_label_and_a_help_sentence() {
        for analysis in ALL {
            for parameter in analysis.parameters {
                let name = format!("{} of {}", parameter.name, analysis.id);
                assert!(!parameter.label.is_empty(), "{name}");
                assert!(parameter.help.ends_with('.'), "{name}: {}", parameter.help);
            }
        }
    }
}
