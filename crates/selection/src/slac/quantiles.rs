//! Quantiles of samples.

/// The shares of the samples that are below the numbers of a result.
pub(crate) const SHARES: [f64; 3] = [0.025, 0.5, 0.975];

/// The quantiles of numbers, for each of [`SHARES`]. They are nearly unbiased for the median whatever
/// the distribution is (Hyndman RJ, Fan Y 1996, Am Stat 50:361, definition 8). Samples that are not
/// numbers are left out; without any number, all quantiles are NaN.
pub(crate) fn quantiles(samples: &mut Vec<f64>) -> [f64; SHARES.len()] {
    samples.retain(|sample| !sample.is_nan());
    samples.sort_by(f64::total_cmp);
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
        return [f64::NAN; SHARES.len()];
    };
    SHARES.map(|share| {
        let place = (samples.len() as f64 + 1.0 / 3.0) * share - 2.0 / 3.0;
        let below = place.floor();
        match samples.get(below.max(0.0) as usize..) {
            _ if place < 0.0 => *first,
            Some([own, next, ..]) if next > own => own + (place - below) * (next - own),
            Some([own, _, ..]) => *own,
            _ => *last,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_interpolated() {
        let mut samples: Vec<f64> = (0..100).rev().map(f64::from).collect();
        let found = quantiles(&mut samples);
        for (own, expected) in found.iter().zip([1.841_666_666, 49.5, 97.158_333_333]) {
            assert!((own - expected).abs() < 1e-6, "{own} {expected}");
        }
        assert_eq!(quantiles(&mut vec![3.0, f64::NAN]), [3.0; 3]);
        assert_eq!(quantiles(&mut vec![f64::INFINITY; 9]), [f64::INFINITY; 3]);
        assert!(quantiles(&mut vec![f64::NAN]).iter().all(|q| q.is_nan()));
    }
}
