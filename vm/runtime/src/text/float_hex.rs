//! `float.hex` and `float.fromhex`.

use super::int_convert::round_to_f64;
use super::split::{Bytes, Ends, strip_space};

/// `x.hex()`.
pub fn hex(x: f64) -> String {
    if !x.is_finite() {
        return super::float_fmt::repr(x);
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    let bits = x.to_bits();
    let (fraction, biased) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7FF) as i32);
    match (biased, fraction) {
        (0, 0) => format!("{sign}0x0.0p+0"),
        (0, _) => format!("{sign}0x0.{fraction:013x}p-1022"),
        _ => format!("{sign}0x1.{fraction:013x}p{:+}", biased - 1023),
    }
}

/// Why `fromhex` refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HexError {
    /// `ValueError`
    Invalid,
    /// `OverflowError`
    TooLarge,
}

impl HexError {
    /// CPython's message.
    pub fn message(self) -> &'static str {
        match self {
            HexError::Invalid => "invalid hexadecimal floating-point string",
            HexError::TooLarge => "hexadecimal value too large to represent as a float",
        }
    }
}

/// `float.fromhex(text)`.
pub fn from_hex(text: &[u8]) -> Result<f64, HexError> {
    let text = strip_space::<Bytes>(text, Ends::Both);
    let (negative, body) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let x = if body.eq_ignore_ascii_case(b"inf") || body.eq_ignore_ascii_case(b"infinity") {
        f64::INFINITY
    } else if body.eq_ignore_ascii_case(b"nan") {
        f64::NAN
    } else {
        magnitude(body)?
    };
    Ok(if negative { -x } else { x })
}

fn magnitude(body: &[u8]) -> Result<f64, HexError> {
    let body = match body {
        [b'0', b'x' | b'X', rest @ ..] => rest,
        _ => body,
    };
    let (mantissa, exponent) = match body.iter().position(|b| matches!(b, b'p' | b'P')) {
        Some(at) => (&body[..at], parse_exponent(&body[at + 1..])?),
        None => (body, 0),
    };
    // 60 bits are kept; the last of them also says that something was cut off.
    let (mut kept, mut cut_digits, mut fraction_digits, mut digits) = (0u64, 0i64, 0i64, 0usize);
    let mut after_point = false;
    for &byte in mantissa {
        if byte == b'.' && !after_point {
            after_point = true;
            continue;
        }
        let value = u64::from(super::bytes_ops::hex_value(byte).ok_or(HexError::Invalid)?);
        digits += 1;
        fraction_digits += i64::from(after_point);
        if kept >> 56 == 0 {
            kept = kept << 4 | value;
        } else {
            cut_digits += 1;
            kept |= u64::from(value != 0);
        }
    }
    if digits == 0 {
        return Err(HexError::Invalid);
    }
    let scale = exponent.saturating_add(4 * (cut_digits - fraction_digits));
    round_to_f64(kept, scale).ok_or(HexError::TooLarge)
}

/// The exponent after `p`. Far beyond any float it stays where it is certain to over- or underflow.
fn parse_exponent(text: &[u8]) -> Result<i64, HexError> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(HexError::Invalid);
    }
    let value = digits.iter().fold(0i64, |n, b| (n * 10 + i64::from(b - b'0')).min(1 << 40));
    Ok(if negative { -value } else { value })
}
