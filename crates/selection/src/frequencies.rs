//! The equilibrium frequencies of codons, by CF3x4.
//!
//! Source: Kosakovsky Pond SL, Delport W, Muse SV, Scheffler K (2010). Correcting the bias of
//! empirical frequency parameter estimators in codon models. PLoS ONE 5:e11230.

use crate::codon::CodonStates;

/// Frequencies of bases at the positions of a codon, and of codons.
#[derive(Debug, Clone)]
pub(crate) struct CodonFrequencies {
    /// n\[p\]\[x\]: the frequency of base x at position p, were there no stop codons. Rates of change
    /// are proportional to it.
    pub(crate) bases: [[f64; 4]; 3],
    /// π: the frequency of each codon.
    pub(crate) codons: Vec<f64>,
}

impl CodonFrequencies {
    /// Solves, for all bases x and positions p,
    ///
    /// observed\[p\]\[x\] = n\[p\]\[x\] (1 − Σ Π n) / (1 − Σ Π n)
    ///
    /// where the upper sum is over stop codons with x at p and the product over their other two
    /// positions, and the lower sum is over all stop codons and the product over all positions.
    /// HyPhy stops at residuals of up to 1e-4; here they are below 1e-13.
    pub(crate) fn cf3x4(observed: &[[f64; 4]; 3], states: &CodonStates) -> Self {
        const ITERATIONS: usize = 10_000;
        const PRECISION: f64 = 1e-15;
        let mut bases = *observed;
        for _ in 0..ITERATIONS {
            let mut next = *observed;
            let mut moved = 0.0_f64;
            for (p, frequencies) in next.iter_mut().enumerate() {
                for (x, frequency) in frequencies.iter_mut().enumerate() {
                    let stops = states.stops.iter().filter(|stop| stop[p] == x);
                    let lost = stops.map(|stop| {
                        let others = (0..3).filter(|q| *q != p);
                        others.map(|q| bases[q][stop[q]]).product::<f64>()
                    });
                    *frequency /= (1.0 - lost.sum::<f64>()).max(f64::MIN_POSITIVE);
                }
                let total: f64 = frequencies.iter().sum();
                for (frequency, old) in frequencies.iter_mut().zip(bases[p]) {
                    *frequency /= total;
                    moved = moved.max((*frequency - old).abs());
                }
            }
            bases = next;
            if moved < PRECISION {
                break;
            }
        }
        Self::of_bases(bases, states)
    }

    /// π = Π n / D, where D is such that the frequencies of sense codons add up to 1.
    pub(crate) fn of_bases(bases: [[f64; 4]; 3], states: &CodonStates) -> Self {
        let product = |codon: &[usize; 3]| (0..3).map(|p| bases[p][codon[p]]).product::<f64>();
        let mut codons: Vec<f64> = states.bases.iter().map(product).collect();
        let total: f64 = codons.iter().sum();
        for codon in &mut codons {
            *codon /= total;
        }
        Self { bases, codons }
    }
}

#[cfg(test)]
mod tests {
    use sequence::GeneticCode;

    use super::*;

    #[test]
    fn corrected_frequencies_give_the_observed_ones() {
        for code in GeneticCode::ALL {
            let states = CodonStates::new(code);
            let observed = [
                [0.31, 0.19, 0.28, 0.22],
                [0.33, 0.2, 0.17, 0.3],
                [0.24, 0.26, 0.21, 0.29],
            ];
            let found = CodonFrequencies::cf3x4(&observed, &states);
            for (p, frequencies) in observed.iter().enumerate() {
                for (x, expected) in frequencies.iter().enumerate() {
                    let with_base = states.bases.iter().zip(&found.codons);
                    let own: f64 = with_base.filter(|(b, _)| b[p] == x).map(|(_, f)| f).sum();
                    assert!((own - expected).abs() < 1e-13, "{code}: {own} {expected}");
                }
            }
        }
    }
}
