//! Numbers as text.

use super::limbs;
use super::{Kind, Num};

/// Exponents of text beyond this are cut: no context takes them anyway.
const FAR: i64 = 1 << 61;

/// Reads a number; underscores and blanks around it must be gone. `None` is a syntax error.
pub(crate) fn parse(text: &[u8]) -> Option<Num> {
    let (neg, rest) = match text.first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if !matches!(rest.first(), Some(b'0'..=b'9' | b'.')) {
        return parse_word(neg, rest);
    }
    // Short plain numbers need no buffer.
    let mut value: u128 = 0;
    let mut digits: Vec<u8> = Vec::new();
    let (mut count, mut significant, mut after, mut point) = (0usize, 0usize, 0i64, false);
    let mut i = 0;
    while let Some(&c) = rest.get(i) {
        match c {
            b'0'..=b'9' => {
                count += 1;
                after += i64::from(point);
                if significant > 0 || c != b'0' {
                    significant += 1;
                    if significant <= 38 {
                        value = value * 10 + u128::from(c - b'0');
                    } else {
                        if digits.is_empty() {
                            digits = format!("{value}").into_bytes();
                        }
                        digits.push(c);
                    }
                }
            }
            b'.' if !point => point = true,
            _ => break,
        }
        i += 1;
    }
    if count == 0 {
        return None;
    }
    let exp = match rest.get(i) {
        None => 0,
        Some(b'e' | b'E') => exponent(&rest[i + 1..])?,
        Some(_) => return None,
    };
    let coef = if digits.is_empty() { limbs::from_u128(value) } else { limbs::from_digits(&digits) };
    Some(Num::new(neg, coef, exp - after))
}

fn exponent(text: &[u8]) -> Option<i64> {
    let (neg, digits) = match text.first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() {
        return None;
    }
    let mut n = 0i64;
    for c in digits {
        if !c.is_ascii_digit() {
            return None;
        }
        n = (n.saturating_mul(10)).saturating_add(i64::from(c - b'0')).min(FAR);
    }
    Some(if neg { -n } else { n })
}

fn parse_word(neg: bool, text: &[u8]) -> Option<Num> {
    if text.eq_ignore_ascii_case(b"inf") || text.eq_ignore_ascii_case(b"infinity") {
        return Some(Num::inf(neg));
    }
    let (kind, rest) = match text.first()? {
        b's' | b'S' => (Kind::Signaling, &text[1..]),
        _ => (Kind::Quiet, text),
    };
    let (word, payload) = rest.split_at_checked(3)?;
    if !word.eq_ignore_ascii_case(b"nan") || !payload.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(Num { kind, ..Num::new(neg, limbs::from_digits(payload), 0) })
}

impl Num {
    /// The number in scientific notation, or in engineering notation.
    pub(crate) fn write(&self, engineering: bool, capitals: bool) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.coef.len() * limbs::WIDTH + 8);
        if self.neg {
            out.push(b'-');
        }
        match self.kind {
            Kind::Finite => {}
            Kind::Infinite => {
                out.extend_from_slice(b"Infinity");
                return out;
            }
            Kind::Quiet | Kind::Signaling => {
                out.extend_from_slice(if self.is_snan() { b"sNaN" } else { b"NaN" });
                if !self.coef.is_empty() {
                    limbs::write(&self.coef, &mut out);
                }
                return out;
            }
        }
        let start = out.len();
        limbs::write(&self.coef, &mut out);
        let digits = (out.len() - start) as i64;
        let left = self.exp + digits;
        // Where the point stands, counted from the first digit.
        let point = if self.exp <= 0 && left > -6 {
            left
        } else if !engineering {
            1
        } else if self.coef.is_empty() {
            (left + 1).rem_euclid(3) - 1
        } else {
            (left - 1).rem_euclid(3) + 1
        };
        if point <= 0 {
            let zeros = [&b"0."[..], &vec![b'0'; -point as usize]].concat();
            out.splice(start..start, zeros);
        } else if point >= digits {
            out.resize(start + point as usize, b'0');
        } else {
            out.insert(start + point as usize, b'.');
        }
        if left != point {
            out.push(if capitals { b'E' } else { b'e' });
            out.extend_from_slice(format!("{:+}", left - point).as_bytes());
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        String::from_utf8(parse(text.as_bytes()).map_or(b"?".to_vec(), |n| n.write(false, true))).unwrap_or_default()
    }

    #[test]
    fn reads_and_writes() {
        for same in ["0", "-1.5", "1E+3", "0.00", "1.23E-10", "NaN123", "-sNaN", "Infinity", "0.000001", "0E-7"] {
            assert_eq!(shown(same), same);
        }
        assert_eq!(shown(".5"), "0.5");
        assert_eq!(shown("5."), "5");
        assert_eq!(shown("1e"), "?");
        assert_eq!(shown("."), "?");
        let long = "1234567890123456789012345678901234567890.12345678901234567890";
        assert_eq!(shown(long), long);
        let eng = |t: &str| String::from_utf8(parse(t.as_bytes()).map_or(vec![], |n| n.write(true, true)));
        assert_eq!(eng("1.23E+11").as_deref(), Ok("123E+9"));
        assert_eq!(eng("0E+1").as_deref(), Ok("0.00E+3"));
        assert_eq!(eng("0E-8").as_deref(), Ok("0.00E-6"));
    }
}
