//! From the vectors of a text's tokens to one.

/// How the vectors of a text's tokens become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pooling {
    /// Their mean.
    #[default]
    Mean,
    /// The first of them, which is that of a token put there for this.
    Cls,
}

impl Pooling {
    /// The vector of one sequence; `rows` are those of its tokens, each of `width` components.
    pub(super) fn apply(self, rows: &[f32], width: usize) -> Vec<f32> {
        match self {
            Self::Mean => mean(rows, width),
            Self::Cls => rows[..width].to_vec(),
        }
    }
}

fn mean(rows: &[f32], width: usize) -> Vec<f32> {
    let mut mean = vec![0.0; width];
    mean_into(rows, &mut mean);
    mean
}

/// Writes the mean of `rows`, which are as wide as `mean`.
pub(super) fn mean_into(rows: &[f32], mean: &mut [f32]) {
    let width = mean.len();
    mean.fill(0.0);
    for row in rows.chunks_exact(width) {
        mean.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
    }
    let factor = width as f32 / rows.len() as f32;
    for sum in mean {
        *sum *= factor;
    }
}
