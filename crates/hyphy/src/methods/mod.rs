//! One file per analysis. To add one, write its table in a file of its own, and declare the file and
//! the table here.

mod absrel;
mod b_still;
mod bgm;
mod busted;
mod busted_ph;
mod common;
mod contrast_fel;
mod contrast_meme;
mod error_filter;
mod examples;
mod fade;
mod fel;
mod fitmodel;
mod fubar;
mod gard;
mod leisr;
mod meme;
mod multihit;
mod native;
mod nrm;
mod prelude;
mod prime;
mod relax;
mod slac;
mod slatkin;

use crate::table::Analysis;

/// Every analysis this service offers, most frequently used first.
pub static ALL: &[&Analysis] = &[
    &fel::FEL,
    &meme::MEME,
    &fubar::FUBAR,
    &slac::SLAC,
    &busted::BUSTED,
    &busted_ph::BUSTED_PH,
    &error_filter::ERROR_FILTER,
    &absrel::ABSREL,
    &relax::RELAX,
    &contrast_fel::CONTRAST_FEL,
    &contrast_meme::CONTRAST_MEME,
    &gard::GARD,
    &bgm::BGM,
    &prime::PRIME,
    &b_still::B_STILL,
    &fade::FADE,
    &leisr::LEISR,
    &multihit::MULTIHIT,
    &fitmodel::FITMODEL,
    &nrm::NRM,
    &slatkin::SLATKIN,
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
