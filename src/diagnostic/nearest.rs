//! "Did you mean": the nearest of some words.

/// The candidate that is nearest to `word`, when one is near enough to be a slip of the hand: at
/// most a third of the letters differ; else the shortest of those that go on where `word` ends, or
/// end with it (`phone` for `phoneNumbers`, `url` for `base_url`).
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = word.to_ascii_lowercase();
    let allowed = (wanted.chars().count() / 3).max(1);
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let slip = candidates
        .iter()
        .map(|candidate| (distance(&wanted, &candidate.to_ascii_lowercase()), *candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate);
    let part = |candidate: &&str| {
        let candidate = candidate.to_ascii_lowercase();
        wanted.len() >= PART && (candidate.starts_with(&wanted) || candidate.ends_with(&wanted))
    };
    slip.or_else(|| candidates.iter().copied().filter(part).min_by_key(|candidate| candidate.len()))
}

/// Fewer letters are a part of too many words.
const PART: usize = 3;

/// Letters to insert, delete, change or swap with their neighbour (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let changed = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + changed);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}
