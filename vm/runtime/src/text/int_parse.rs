//! Reading integers: `int('…', base)`, with underscores, prefixes, white space and the digits of every script.

use super::{chars, wtf8};
use num_bigint::{BigInt, BigUint, Sign};
use std::borrow::Cow;

/// The least limit that `sys.set_int_max_str_digits` takes; shorter numbers are never refused.
pub const DIGIT_LIMIT_THRESHOLD: usize = 640;
/// The limit at start-up.
pub const DEFAULT_DIGIT_LIMIT: usize = 4300;

/// A number as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Int {
    /// It fits a machine word.
    Small(i64),
    /// It does not.
    Big(BigInt),
}

/// Why a text is no integer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntError {
    /// `invalid literal for int() with base {base}: {text!r}`: the caller has the text.
    Invalid,
    /// The limit on decimal digits was exceeded: limit and digits found.
    TooManyDigits(usize, usize),
}

impl IntError {
    /// CPython's message; `repr` is the text's repr, of which 200 characters are shown.
    pub fn message(&self, base: u32, repr: &str) -> String {
        match self {
            IntError::Invalid => format!("invalid literal for int() with base {base}: {repr:.200}"),
            IntError::TooManyDigits(limit, digits) => format!(
                "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits; \
                 use sys.set_int_max_str_digits() to increase the limit"
            ),
        }
    }
}

/// `text` with decimal digits of all scripts as ASCII digits and white space beyond ASCII as spaces, which is how
/// `int`, `float` and `complex` see it. What else is not ASCII becomes `?`.
pub fn to_ascii_number(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let ascii = |cp: u32| match cp {
        0..=0x7F => cp as u8,
        _ if chars::is_space(cp) => b' ',
        _ => chars::decimal_value(cp).map_or(b'?', |digit| b'0' + digit),
    };
    Cow::Owned(wtf8::code_points(text).map(ascii).collect())
}

/// `int(text, base)`, where base is 0 or 2 to 36. A limit of 0 digits is none.
pub fn parse(text: &[u8], base: u32, digit_limit: usize) -> Result<Int, IntError> {
    parse_ascii(&to_ascii_number(text), base, digit_limit)
}

/// `int(bytes, base)`.
pub fn parse_ascii(text: &[u8], base: u32, digit_limit: usize) -> Result<Int, IntError> {
    let text = super::split::strip_space::<super::split::Bytes>(text, super::split::Ends::Both);
    let (negative, body) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let prefix_base = match body {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let (radix, digits) = if prefix_base != 0 && (base == 0 || base == prefix_base) {
        // One underscore may stand between the prefix and the first digit.
        (prefix_base, body[2..].strip_prefix(b"_").unwrap_or(&body[2..]))
    } else {
        (if base == 0 { 10 } else { base }, body)
    };
    // What is too long is refused before anything is made of its digits.
    if digit_limit > 0 && radix == 10 && digits.len() > digit_limit.max(DIGIT_LIMIT_THRESHOLD) && all_digits(digits) {
        return Err(IntError::TooManyDigits(digit_limit, digits.len()));
    }
    let values = digit_values(digits, radix)?;
    if base == 0 && prefix_base == 0 && values.len() > 1 && values[0] == 0 && values.iter().any(|&d| d != 0) {
        return Err(IntError::Invalid);
    }
    if digit_limit > 0 && !radix.is_power_of_two() && values.len() > DIGIT_LIMIT_THRESHOLD && values.len() > digit_limit
    {
        return Err(IntError::TooManyDigits(digit_limit, values.len()));
    }
    Ok(from_digits(&values, radix, negative))
}

/// Whether there are decimal digits only, eight at a time: refusing a long number must cost little.
fn all_digits(text: &[u8]) -> bool {
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let words = text.chunks_exact(8);
    let rest = words.remainder().iter().all(u8::is_ascii_digit);
    rest && words.into_iter().all(|word| {
        let word = u64::from_le_bytes(word.try_into().unwrap_or_default());
        // A byte above '9' gets its top bit by the addition, one below '0' by the subtraction; no byte carries into
        // the next unless one has its top bit by itself.
        let above = word.wrapping_add(0x4646_4646_4646_4646);
        let below = word.wrapping_sub(0x3030_3030_3030_3030);
        (word | above | below) & TOPS == 0
    })
}

fn digit_values(digits: &[u8], radix: u32) -> Result<Vec<u8>, IntError> {
    let mut values = Vec::with_capacity(digits.len());
    let mut after_digit = false;
    for &byte in digits {
        if byte == b'_' {
            if !after_digit {
                return Err(IntError::Invalid);
            }
            after_digit = false;
            continue;
        }
        values.push((byte as char).to_digit(radix).ok_or(IntError::Invalid)? as u8);
        after_digit = true;
    }
    if after_digit { Ok(values) } else { Err(IntError::Invalid) }
}

fn from_digits(values: &[u8], radix: u32, negative: bool) -> Int {
    let small = values.iter().try_fold(0i64, |n, &d| n.checked_mul(i64::from(radix))?.checked_add(i64::from(d)));
    match small {
        Some(n) => Int::Small(if negative { -n } else { n }),
        None => {
            let sign = if negative { Sign::Minus } else { Sign::Plus };
            Int::Big(BigInt::from_biguint(sign, magnitude(values, radix)))
        }
    }
}

/// The number whose digits, most significant first, are `values`. Long ones are halved, so the time is that of
/// multiplication and not quadratic.
pub fn magnitude(values: &[u8], radix: u32) -> BigUint {
    const BLOCK: usize = 1024;
    if values.len() <= BLOCK || radix.is_power_of_two() {
        return BigUint::from_radix_be(values, radix).unwrap_or_default();
    }
    // powers[i] is radix to the BLOCK << i.
    let mut powers = vec![BigUint::from(radix).pow(BLOCK as u32)];
    while BLOCK << powers.len() < values.len() {
        let last = &powers[powers.len() - 1];
        powers.push(last * last);
    }
    halve(values, radix, &powers, BLOCK)
}

fn halve(values: &[u8], radix: u32, powers: &[BigUint], block: usize) -> BigUint {
    let Some((power, smaller)) = powers.split_last() else {
        return BigUint::from_radix_be(values, radix).unwrap_or_default();
    };
    let low_len = block << smaller.len();
    if values.len() <= low_len {
        return halve(values, radix, smaller, block);
    }
    let (high, low) = values.split_at(values.len() - low_len);
    halve(high, radix, smaller, block) * power + halve(low, radix, smaller, block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_told_from_all_other_bytes_wherever_they_stand() {
        for byte in 0..=255_u8 {
            for at in 0..19 {
                let mut text = [b'7'; 19];
                text[at] = byte;
                assert_eq!(all_digits(&text), byte.is_ascii_digit(), "{byte} at {at}");
            }
        }
    }
}
