//! Groups messages that mean much the same.

use knowledge_base::semantic::cosine;
use models::Embedding;

/// Messages this similar count as much the same.
const ALIKE: f32 = 0.6;

/// Groups of the numbers of `embeddings`, the largest first, each of at least `least` and with its most central message
/// first. Whatever is like too little else is in none of them.
pub(super) fn clusters(embeddings: &[&Embedding], least: usize) -> Vec<Vec<usize>> {
    let alike: Vec<Vec<usize>> = embeddings
        .iter()
        .map(|one| (0..embeddings.len()).filter(|&other| cosine(one, embeddings[other]) >= ALIKE).collect())
        .collect();
    let mut free = vec![true; embeddings.len()];
    let mut clusters = Vec::new();
    loop {
        let members = |at: usize| alike[at].iter().copied().filter(|&other| free[other]);
        let sized = (0..embeddings.len()).filter(|&at| free[at]).map(|at| (members(at).count(), at));
        let Some((size, middle)) = sized.max_by_key(|&(size, at)| (size, std::cmp::Reverse(at))) else { break };
        if size < least.max(1) {
            break;
        }
        let mut cluster: Vec<usize> = members(middle).collect();
        let closeness = |at: usize| cluster.iter().map(|&other| cosine(embeddings[at], embeddings[other])).sum::<f32>();
        let mut close: Vec<(f32, usize)> = cluster.iter().map(|&at| (closeness(at), at)).collect();
        close.sort_by(|a, b| b.0.total_cmp(&a.0));
        cluster = close.into_iter().map(|(_, at)| at).collect();
        for &at in &cluster {
            free[at] = false;
        }
        clusters.push(cluster);
    }
    clusters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_is_found_together_with_its_middle_first() {
        let degrees = [0.0_f32, 10.0, 20.0, 90.0, 100.0, 180.0, 5.0, 95.0];
        let at = |degrees: f32| Embedding::new(vec![degrees.to_radians().cos(), degrees.to_radians().sin()]).unwrap();
        let embeddings = degrees.map(at);
        let mut found = clusters(&embeddings.each_ref(), 3);
        assert_eq!(found.iter().map(|cluster| cluster[0]).collect::<Vec<_>>(), [1, 7]);
        for cluster in &mut found {
            cluster.sort_unstable();
        }
        assert_eq!(found, [vec![0, 1, 2, 6], vec![3, 4, 7]]);
        assert_eq!(clusters(&[], 3), Vec::<Vec<usize>>::new());
    }
}
