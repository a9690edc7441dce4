//! How much of one text is in another: ROUGE (Lin 2004), as F1 over words.

use std::collections::HashMap;

/// The words of a text, lower-cased.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// ROUGE-N: shared runs of `n` words.
pub(crate) fn rouge_n(text: &[String], reference: &[String], n: usize) -> f64 {
    let grams = |words: &[String]| {
        let mut counts: HashMap<Vec<String>, usize> = HashMap::new();
        words.windows(n).for_each(|gram| *counts.entry(gram.to_vec()).or_default() += 1);
        counts
    };
    let (ours, theirs) = (grams(text), grams(reference));
    let shared = ours.iter().map(|(gram, count)| *count.min(theirs.get(gram).unwrap_or(&0))).sum();
    f1(shared, ours.values().sum(), theirs.values().sum())
}

/// ROUGE-L: the longest common subsequence of words.
pub(crate) fn rouge_l(text: &[String], reference: &[String]) -> f64 {
    let mut lengths = vec![0; reference.len() + 1];
    for word in text {
        let mut diagonal = 0;
        for (at, other) in reference.iter().enumerate() {
            let above = lengths[at + 1];
            lengths[at + 1] = if word == other { diagonal + 1 } else { above.max(lengths[at]) };
            diagonal = above;
        }
    }
    f1(lengths[reference.len()], text.len(), reference.len())
}

fn f1(shared: usize, ours: usize, theirs: usize) -> f64 {
    if shared == 0 { 0.0 } else { 2.0 * shared as f64 / (ours + theirs) as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlap_by_hand() {
        let (text, reference) = (words("The police killed the gunman"), words("police kill the gunman"));
        // Shared: police, the, gunman of 5 and 4 words; "the gunman" of 4 and 3 pairs; the same three in order.
        assert!((rouge_n(&text, &reference, 1) - 6.0 / 9.0).abs() < 1e-12);
        assert!((rouge_n(&text, &reference, 2) - 2.0 / 7.0).abs() < 1e-12);
        assert!((rouge_l(&text, &reference) - 6.0 / 9.0).abs() < 1e-12);
        assert!(rouge_l(&[], &reference).abs() < 1e-12);
    }
}
