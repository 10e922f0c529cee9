//! Whether two answers take the same time: what tells guessing apart from chance.

/// The mean of samples.
#[must_use]
pub fn mean(times: &[f64]) -> f64 {
    times.iter().sum::<f64>() / times.len() as f64
}

/// Welch's t of two sets of samples, without the slowest twentieth of each: pauses of the machine are no message.
#[must_use]
pub fn welch(one: &[f64], other: &[f64]) -> f64 {
    let trimmed = |times: &[f64]| {
        let mut times = times.to_vec();
        times.sort_by(f64::total_cmp);
        times.truncate(times.len() * 95 / 100);
        times
    };
    let (one, other) = (trimmed(one), trimmed(other));
    let spread = |times: &[f64]| {
        times.iter().map(|time| (time - mean(times)).powi(2)).sum::<f64>() / (times.len() as f64 - 1.0) / times.len() as f64
    };
    (mean(&one) - mean(&other)) / (spread(&one) + spread(&other)).sqrt()
}
