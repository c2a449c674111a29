//! Logarithms of 2 and 10 as binary fixed-point numbers, kept for the next time.

use std::sync::Mutex;

use num_bigint::BigUint;

/// `atanh(1/n) * 2**bits`, by its series.
fn atanh_inverse(n: u32, bits: u64) -> BigUint {
    let mut power = (BigUint::from(1u8) << bits) / n;
    let mut sum = power.clone();
    let mut k = 1u32;
    while power.bits() > 0 {
        power /= n * n;
        k += 2;
        sum += &power / k;
    }
    sum
}

struct Known {
    bits: u64,
    ln2: BigUint,
    ln10: BigUint,
}

static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

/// `ln 2` and `ln 10` times `2**bits`, a few units in the last place too small at the most.
pub(super) fn logs(bits: u64) -> (BigUint, BigUint) {
    let mut known = KNOWN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if known.as_ref().is_none_or(|k| k.bits < bits) {
        // A fifth more than asked for, so that slowly growing wishes are not computed anew each time.
        let wide = bits + bits / 5 + 64;
        let a = atanh_inverse(31, wide + 16);
        let b = atanh_inverse(49, wide + 16);
        let c = atanh_inverse(161, wide + 16);
        let combine = |x: u32, y: u32, z: u32| (&a * x + &b * y + &c * z) >> 16u32;
        *known = Some(Known { bits: wide, ln2: combine(14, 10, 6), ln10: combine(46, 34, 20) });
    }
    match &*known {
        Some(k) => (&k.ln2 >> (k.bits - bits), &k.ln10 >> (k.bits - bits)),
        None => unreachable!("filled above"),
    }
}
