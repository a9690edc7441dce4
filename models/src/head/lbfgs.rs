//! L-BFGS: finds the minimum of a smooth convex function from its gradient alone, the same way on every run.

use std::collections::VecDeque;

/// Steps remembered to estimate curvature.
const MEMORY: usize = 10;
/// The part of the promised decrease a step must deliver (Armijo's condition).
const SUFFICIENT: f64 = 1e-4;
/// A step is halved at most this often.
const MOST_HALVINGS: usize = 30;

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Most steps.
    pub(super) steps: usize,
    /// Stops when no component of the gradient is larger than this.
    pub(super) gradient: f64,
    /// Stops when a step lowers the value by less than this share of it.
    pub(super) decrease: f64,
}

/// One remembered step: how the point and the gradient moved.
struct Memory {
    moved: Vec<f32>,
    turned: Vec<f32>,
    product: f64,
    /// The square of the length of `turned`.
    turned_square: f64,
}

/// Moves `point` to the minimum of `function`, which returns its value and writes its gradient.
pub(super) fn minimise(point: &mut Vec<f64>, limits: Limits, mut function: impl FnMut(&[f64], &mut [f64]) -> f64) {
    let n = point.len();
    let (mut gradient, mut next_gradient) = (vec![0.0; n], vec![0.0; n]);
    let mut value = function(point, &mut gradient);
    let mut memory: VecDeque<Memory> = VecDeque::with_capacity(MEMORY);
    for _ in 0..limits.steps {
        if gradient.iter().all(|g| g.abs() <= limits.gradient) {
            return;
        }
        let mut direction = descent(&gradient, &memory);
        let mut slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            memory.clear();
            direction = gradient.iter().map(|g| -g).collect();
            slope = -dot(&gradient, &gradient);
        }
        let mut step = if memory.is_empty() { 1.0 / slope.abs().sqrt().max(1.0) } else { 1.0 };
        let mut found = None;
        for _ in 0..MOST_HALVINGS {
            let next: Vec<f64> = point.iter().zip(&direction).map(|(x, d)| x + step * d).collect();
            let next_value = function(&next, &mut next_gradient);
            if next_value <= value + SUFFICIENT * step * slope {
                found = Some((next, next_value));
                break;
            }
            step *= 0.5;
        }
        let Some((next, next_value)) = found else {
            return;
        };
        remember(&mut memory, &next, point, &next_gradient, &gradient);
        *point = next;
        std::mem::swap(&mut gradient, &mut next_gradient);
        let decrease = value - next_value;
        value = next_value;
        if decrease <= limits.decrease * value.abs() {
            return;
        }
    }
}

fn remember(memory: &mut VecDeque<Memory>, next: &[f64], point: &[f64], next_gradient: &[f64], gradient: &[f64]) {
    let (moved, turned) = (difference(next, point), difference(next_gradient, gradient));
    let product = dot(&moved, &turned);
    if product <= 1e-12 {
        return;
    }
    if memory.len() == MEMORY {
        memory.pop_front();
    }
    let turned_square = dot(&turned, &turned);
    memory.push_back(Memory { moved, turned, product, turned_square });
}

/// The two-loop recursion: the gradient, corrected for curvature and reversed.
fn descent(gradient: &[f64], memory: &VecDeque<Memory>) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut shares = Vec::with_capacity(memory.len());
    for step in memory.iter().rev() {
        let share = dot(&step.moved, &direction) / step.product;
        add(&mut direction, -share, &step.turned);
        shares.push(share);
    }
    if let Some(last) = memory.back() {
        let scale = last.product / last.turned_square;
        for d in &mut direction {
            *d *= scale;
        }
    }
    for (step, share) in memory.iter().zip(shares.into_iter().rev()) {
        let back = dot(&step.turned, &direction) / step.product;
        add(&mut direction, share - back, &step.moved);
    }
    direction
}

/// Sums that are independent of each other, so that the processor need not wait for one to begin the next.
const LANES: usize = 8;

fn dot<A: Copy + Into<f64>, B: Copy + Into<f64>>(a: &[A], b: &[B]) -> f64 {
    let mut sums = [0.0; LANES];
    let (a_parts, a_rest) = a.as_chunks::<LANES>();
    let (b_parts, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_parts.iter().zip(b_parts) {
        for lane in 0..LANES {
            sums[lane] += a[lane].into() * b[lane].into();
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| (*a).into() * (*b).into()).sum();
    rest + sums.iter().sum::<f64>()
}

fn add(target: &mut [f64], factor: f64, other: &[f32]) {
    target.iter_mut().zip(other).for_each(|(t, o)| *t += factor * f64::from(*o));
}

/// In single precision: it only guides the search, and half the memory is read in half the time.
fn difference(a: &[f64], b: &[f64]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| (a - b) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretched_bowl_is_descended_to_its_bottom() {
        let mut point = vec![5.0, -3.0, 8.0];
        let stretch = [1.0, 100.0, 0.01];
        let bottom = [1.0, 2.0, 3.0];
        minimise(&mut point, Limits { steps: 200, gradient: 1e-9, decrease: 0.0 }, |x, gradient| {
            let mut value = 0.0;
            for i in 0..3 {
                let off = x[i] - bottom[i];
                gradient[i] = 2.0 * stretch[i] * off;
                value += stretch[i] * off * off;
            }
            value
        });
        for (x, b) in point.iter().zip(bottom) {
            assert!((x - b).abs() < 1e-5, "{point:?}");
        }
    }
}
