//! Floats to text: `repr`, and `%e`, `%f`, `%g` with any number of exact digits.

/// Digits beyond these are all zero for every float: 1074 after the point, 309 before it.
const MAX_FRACTION: usize = 1100;
const MAX_SIGNIFICANT: usize = 800;

/// How digits are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `e`: one digit, the fraction, an exponent.
    Exponent,
    /// `f`: no exponent.
    Fixed,
    /// `g`: whichever of the two is shorter; precision counts significant digits.
    General,
    /// `r`: the shortest digits that read back as the same float.
    Repr,
}

/// A request to format a float.
#[derive(Debug, Clone, Copy)]
pub struct FloatFormat {
    /// How digits are laid out.
    pub style: Style,
    /// Digits after the point, or significant ones for `General`; not used by `Repr`.
    pub precision: usize,
    /// `#`: the point always, and `General` keeps its trailing zeros.
    pub alternate: bool,
    /// A result that looks like an integer gets `.0`.
    pub add_dot_zero: bool,
    /// `E`, `INF`, `NAN`.
    pub upper: bool,
}

impl FloatFormat {
    /// What `repr(x)` and `str(x)` use.
    pub const REPR: FloatFormat =
        FloatFormat { style: Style::Repr, precision: 0, alternate: false, add_dot_zero: true, upper: false };

    /// `style` with a precision.
    pub fn new(style: Style, precision: usize) -> FloatFormat {
        FloatFormat { style, precision, alternate: false, add_dot_zero: false, upper: false }
    }
}

/// The shortest digits of a finite float and the decimal exponent of the first one.
pub fn shortest_digits(x: f64) -> (String, i32) {
    split_scientific(&format!("{:e}", x.abs()))
}

/// The first `count` (at least one) exact decimal digits of a finite float, rounded half to even, and the decimal
/// exponent of the first one.
pub fn exact_digits(x: f64, count: usize) -> (String, i32) {
    let (mut digits, exponent) = split_scientific(&format!("{:.*e}", count.clamp(1, MAX_SIGNIFICANT) - 1, x.abs()));
    digits.extend(std::iter::repeat_n('0', count.saturating_sub(MAX_SIGNIFICANT)));
    (digits, exponent)
}

fn split_scientific(text: &str) -> (String, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    (mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
}

/// `repr(x)`.
pub fn repr(x: f64) -> String {
    // Whole numbers of moderate size are the common case.
    if x == x.trunc() && x.abs() < 1e15 && (x != 0.0 || x.is_sign_positive()) {
        let mut text = (x as i64).to_string();
        text.push_str(".0");
        return text;
    }
    format_float(x, FloatFormat::REPR)
}

/// `x` as text, with a `-` where it is negative (also `-0`), never a `+`.
pub fn format_float(x: f64, how: FloatFormat) -> String {
    let text = if x.is_finite() {
        let mut text = String::with_capacity(24);
        if x.is_sign_negative() {
            text.push('-');
        }
        format_finite(&mut text, x.abs(), how);
        text
    } else if x.is_nan() {
        "nan".to_owned()
    } else {
        (if x < 0.0 { "-inf" } else { "inf" }).to_owned()
    };
    if how.upper { text.to_uppercase() } else { text }
}

fn format_finite(out: &mut String, x: f64, how: FloatFormat) {
    match how.style {
        Style::Fixed => {
            let precision = how.precision;
            out.push_str(&format!("{:.*}", precision.min(MAX_FRACTION), x));
            out.extend(std::iter::repeat_n('0', precision.saturating_sub(MAX_FRACTION)));
            if precision == 0 {
                finish_without_fraction(out, how);
            }
        }
        Style::Exponent => {
            let (digits, exponent) = exact_digits(x, how.precision + 1);
            push_scientific(out, &digits, exponent, how);
        }
        Style::General => {
            let precision = how.precision.max(1);
            let (digits, exponent) = exact_digits(x, precision);
            let digits = if how.alternate { &digits[..] } else { trim_zeros(&digits) };
            let limit = precision as i64 - i64::from(how.add_dot_zero);
            push_general(out, digits, exponent, i64::from(exponent) + 1 > limit, how);
        }
        Style::Repr => {
            let (digits, exponent) = shortest_digits(x);
            push_general(out, trim_zeros(&digits), exponent, exponent + 1 > 16, how);
        }
    }
}

fn trim_zeros(digits: &str) -> &str {
    let trimmed = digits.trim_end_matches('0');
    if trimmed.is_empty() { &digits[..1] } else { trimmed }
}

fn finish_without_fraction(out: &mut String, how: FloatFormat) {
    if how.add_dot_zero {
        out.push_str(".0");
    } else if how.alternate {
        out.push('.');
    }
}

fn push_general(out: &mut String, digits: &str, exponent: i32, too_large: bool, how: FloatFormat) {
    if too_large || exponent < -4 {
        push_scientific(out, digits, exponent, how);
        return;
    }
    if exponent < 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', (-exponent - 1) as usize));
        out.push_str(digits);
        return;
    }
    let whole = exponent as usize + 1;
    if digits.len() > whole {
        out.push_str(&digits[..whole]);
        out.push('.');
        out.push_str(&digits[whole..]);
    } else {
        out.push_str(digits);
        out.extend(std::iter::repeat_n('0', whole - digits.len()));
        finish_without_fraction(out, how);
    }
}

fn push_scientific(out: &mut String, digits: &str, exponent: i32, how: FloatFormat) {
    out.push_str(&digits[..1]);
    if digits.len() > 1 || how.alternate {
        out.push('.');
        out.push_str(&digits[1..]);
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    out.push_str(&format!("e{sign}{:02}", exponent.abs()));
}
