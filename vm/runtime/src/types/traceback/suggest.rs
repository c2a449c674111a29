//! "Did you mean": the closest of several names.

const MAX_CANDIDATES: usize = 750;
const MAX_LEN: usize = 40;
const MOVE: usize = 2;
const CASE: usize = 1;

/// The candidate closest to `wrong`, if one is close enough: at most a third of the letters may differ.
pub fn suggest<'a>(wrong: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if wrong.len() > MAX_LEN {
        return None;
    }
    let mut best: Option<(&str, usize)> = None;
    for (n, c) in candidates.enumerate() {
        if n >= MAX_CANDIDATES {
            return None;
        }
        if c == wrong || c.len() > MAX_LEN {
            continue;
        }
        let allowed = (wrong.len() + c.len() + 3) * MOVE / 6;
        let limit = best.map_or(allowed, |b| allowed.min(b.1.saturating_sub(1)));
        let d = distance(wrong.as_bytes(), c.as_bytes());
        if d <= limit {
            best = Some((c, d));
        }
    }
    best.map(|b| b.0)
}

fn cost(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE
    } else {
        MOVE
    }
}

/// Edit distance; a change of case costs half.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).map(|i| i * MOVE).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (i + 1) * MOVE;
        for (j, &y) in b.iter().enumerate() {
            let replace = diagonal + cost(x, y);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(row[j] + MOVE).min(diagonal + MOVE);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn finds_the_closest() {
        assert_eq!(suggest("lenght", ["length", "width"].into_iter()), Some("length"));
        assert_eq!(suggest("xyz", ["length", "width"].into_iter()), None);
    }
}
