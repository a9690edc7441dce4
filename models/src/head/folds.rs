//! Splits examples into folds that each hold an even share of every class, the same way for the same seed.

/// A small generator of pseudo-random numbers (Steele, Lea and Flood's `SplitMix64`): enough to shuffle.
#[derive(Debug)]
pub(super) struct Shuffler(u64);

impl Shuffler {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// Puts `items` into a random order.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let at = (self.next() % (last as u64 + 1)) as usize;
            items.swap(at, last);
        }
    }
}

/// The fold, `0..n_folds`, of each example; `by_class` holds the example numbers of each class.
pub(super) fn assign(by_class: &[Vec<usize>], n_folds: usize, shuffler: &mut Shuffler) -> Vec<usize> {
    let n_examples = by_class.iter().map(Vec::len).sum();
    let mut folds = vec![0; n_examples];
    // Going on where the last class stopped keeps the folds even when classes are smaller than the number of folds.
    let mut next = 0;
    for members in by_class {
        let mut members = members.clone();
        shuffler.shuffle(&mut members);
        for member in members {
            folds[member] = next % n_folds;
            next += 1;
        }
    }
    folds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fold_gets_its_share_of_every_class() {
        let by_class = vec![(0..10).collect::<Vec<_>>(), (10..15).collect()];
        let folds = assign(&by_class, 5, &mut Shuffler::new(7));
        for fold in 0..5 {
            assert_eq!(folds[..10].iter().filter(|f| **f == fold).count(), 2);
            assert_eq!(folds[10..].iter().filter(|f| **f == fold).count(), 1);
        }
        assert_eq!(folds, assign(&by_class, 5, &mut Shuffler::new(7)));
        assert_ne!(folds, assign(&by_class, 5, &mut Shuffler::new(8)));
    }
}
