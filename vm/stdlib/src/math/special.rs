//! Functions for which the obvious formula is not accurate enough.

/// `acosh`
pub(super) fn acosh(x: f64) -> f64 {
    libm::acosh(x)
}

/// `asinh`
pub(super) fn asinh(x: f64) -> f64 {
    libm::asinh(x)
}

/// `atanh`
pub(super) fn atanh(x: f64) -> f64 {
    libm::atanh(x)
}

/// Γ(x); exact for the factorials that a float can hold exactly.
pub(super) fn gamma(x: f64) -> f64 {
    if x == x.floor() && (1.0..=23.0).contains(&x) {
        return (2..x as u64).fold(1.0, |all, i| all * i as f64);
    }
    libm::tgamma(x)
}

/// ln |Γ(x)|
pub(super) fn lgamma(x: f64) -> f64 {
    libm::lgamma(x)
}
