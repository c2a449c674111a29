//! Division of long integers, rounding down.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::Zero;

/// Divisors of fewer bits are divided by as a whole.
const LONG: u64 = 512;

/// `divmod(a, b)`; `b` is not zero.
pub(super) fn divmod(a: &BigInt, b: &BigInt) -> (BigInt, BigInt) {
    if b.bits() < LONG || a.bits() < b.bits() {
        return a.div_mod_floor(b);
    }
    let (mut quotient, mut rest) = div_rem(a.magnitude(), b.magnitude());
    if a.sign() == b.sign() {
        return (BigInt::from_biguint(Sign::Plus, quotient), BigInt::from_biguint(b.sign(), rest));
    }
    if !rest.is_zero() {
        quotient += 1u32;
        rest = b.magnitude() - rest;
    }
    (BigInt::from_biguint(Sign::Minus, quotient), BigInt::from_biguint(b.sign(), rest))
}

/// Quotient and rest of magnitudes, `a` with at least as many bits as `b`.
///
/// Where the quotient is much shorter than the divisor, the leading bits of both decide it but for the last step: dividing
/// those is cheap, and the rest takes one multiplication and one subtraction. num-bigint would normalize, copy and split all of both.
fn div_rem(a: &BigUint, b: &BigUint) -> (BigUint, BigUint) {
    // With 64 bits more than the quotient has, the estimate is at most one too small: the divisor is rounded up, by less than
    // one part in 2^(bits of the quotient + 63).
    let leading = a.bits() - b.bits() + 1 + 64;
    if b.bits() < 2 * leading {
        return a.div_rem(b);
    }
    let cut = b.bits() - leading;
    let mut quotient = (a >> cut) / ((b >> cut) + 1u32);
    let mut rest = a - &quotient * b;
    while rest >= *b {
        rest -= b;
        quotient += 1u32;
    }
    (quotient, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An integer of that many bits, neither all ones nor regular.
    fn number(bits: u32, seed: u32) -> BigInt {
        let bytes: Vec<u8> =
            (0..bits / 8).map(|at| (at.wrapping_mul(seed).wrapping_add(seed >> 3) ^ (at >> 2)) as u8).collect();
        BigInt::from_biguint(Sign::Plus, BigUint::from_bytes_le(&bytes)) + (BigInt::from(1) << (bits - 1))
    }

    #[test]
    fn as_long_division_gives_it() {
        for (a_bits, b_bits) in
            [(600, 520), (5000, 4990), (5000, 5000), (9000, 5000), (9000, 700), (20000, 12000), (4096, 4096)]
        {
            for seed in [3, 77, 1_000_003] {
                let (a, b) = (number(a_bits, seed), number(b_bits, seed + 5));
                let near = &b * (BigInt::from(1) << (a_bits - b_bits));
                let pairs = [a, near.clone(), &near - 1, &near + 1, (&b << 1) - 1];
                for a in pairs {
                    for (a, b) in [(a.clone(), b.clone()), (-&a, b.clone()), (a.clone(), -&b), (-&a, -&b)] {
                        assert_eq!(divmod(&a, &b), a.div_mod_floor(&b), "{a} by {b}");
                    }
                }
            }
        }
    }
}
