//! Natural numbers as limbs of 19 decimal digits, least significant first, without leading zeros; zero has no limb.
//!
//! In this form digits are counted, shifted and written without a conversion, which is what decimal arithmetic does most.

use std::cmp::Ordering;

use num_bigint::BigUint;
use smallvec::SmallVec;

/// A natural number. Up to 76 digits need no memory of their own.
pub(crate) type Coef = SmallVec<[u64; 4]>;

/// What a limb counts to.
pub(crate) const BASE: u64 = 10_000_000_000_000_000_000;
/// Digits of a limb.
pub(crate) const WIDTH: usize = 19;
/// More digits than this are refused as too large for memory.
pub(crate) const MAX_DIGITS: i64 = 1_000_000_000;

/// The powers of ten that fit a limb.
pub(crate) static POW10: [u64; 20] = {
    let mut t = [1u64; 20];
    let mut i = 1;
    while i < 20 {
        t[i] = t[i - 1] * 10;
        i += 1;
    }
    t
};

/// The reciprocal of `BASE` for [`split`].
const INVERSE: u64 = (u128::MAX / BASE as u128 - (1 << 64)) as u64;

/// `x / BASE` and `x % BASE`, for `x < BASE << 64`: division by an invariant, after Möller and Granlund.
#[inline(always)]
pub(crate) fn split(x: u128) -> (u64, u64) {
    let (u1, u0) = ((x >> 64) as u64, x as u64);
    debug_assert!(u1 < BASE);
    let q = u128::from(INVERSE) * u128::from(u1) + x;
    let (mut q1, q0) = (((q >> 64) as u64).wrapping_add(1), q as u64);
    let mut r = u0.wrapping_sub(q1.wrapping_mul(BASE));
    if r > q0 {
        q1 = q1.wrapping_sub(1);
        r = r.wrapping_add(BASE);
    }
    if r >= BASE {
        q1 += 1;
        r -= BASE;
    }
    (q1, r)
}

/// Multipliers and shifts that divide by powers of five: `x / 10**p` is `(x >> p) / 5**p`, of at most 63 bits, for which
/// a multiplier of 64 bits is exact.
static BY_FIVE: [(u64, u32); 19] = {
    let mut t = [(0u64, 0u32); 19];
    let mut five = 1u128;
    let mut p = 1;
    while p < 19 {
        five *= 5;
        let shift = 63 + (128 - five.leading_zeros());
        t[p] = (((1u128 << shift) / five + 1) as u64, shift);
        p += 1;
    }
    t
};

/// `x / 10**p` and `x % 10**p`, for `0 < p < 19`.
#[inline(always)]
fn cut(x: u64, p: usize) -> (u64, u64) {
    let (m, shift) = BY_FIVE[p];
    let q = ((u128::from(x >> p) * u128::from(m)) >> shift) as u64;
    (q, x - q * POW10[p])
}

/// Removes leading zeros.
#[inline]
pub(crate) fn trim(a: &mut Coef) {
    while a.last() == Some(&0) {
        a.pop();
    }
}

fn trimmed(a: &[u64]) -> &[u64] {
    let n = a.iter().rposition(|&x| x != 0).map_or(0, |i| i + 1);
    &a[..n]
}

/// A number from a machine word.
#[inline]
pub(crate) fn from_u64(x: u64) -> Coef {
    let mut c = Coef::new();
    if x >= BASE {
        c.push(x - BASE);
        c.push(1);
    } else if x != 0 {
        c.push(x);
    }
    c
}

/// A number from two machine words.
#[inline]
pub(crate) fn from_u128(x: u128) -> Coef {
    if x < u128::from(BASE) {
        return from_u64(x as u64);
    }
    let mut c = Coef::new();
    // Above BASE << 64 the quotient would not fit a word.
    let big = u128::from(BASE) * u128::from(BASE);
    let (top, x) = (x / big, if x >= big { x % big } else { x });
    let (hi, lo) = split(x);
    c.push(lo);
    c.push(hi);
    c.push(top as u64);
    trim(&mut c);
    c
}

/// The number as two machine words, if it has at most 38 digits.
#[inline(always)]
pub(crate) fn to_u128(a: &[u64]) -> Option<u128> {
    match *a {
        [] => Some(0),
        [x] => Some(u128::from(x)),
        [x, y] => Some(u128::from(y) * u128::from(BASE) + u128::from(x)),
        _ => None,
    }
}

/// The number as a machine word, if it fits.
pub(crate) fn to_u64(a: &[u64]) -> Option<u64> {
    u64::try_from(to_u128(a)?).ok()
}

/// Digits of a limb that is not zero.
#[inline(always)]
pub(crate) fn limb_digits(x: u64) -> usize {
    // 1233 / 4096 is a little more than log10(2).
    let guess = (((64 - x.leading_zeros()) * 1233) >> 12) as usize;
    guess + usize::from(x >= POW10[guess])
}

/// How many digits the number has; zero has one.
#[inline]
pub(crate) fn digits(a: &[u64]) -> i64 {
    match a.last() {
        Some(&x) => ((a.len() - 1) * WIDTH + limb_digits(x)) as i64,
        None => 1,
    }
}

/// The digit with this place value (0 is the last one).
pub(crate) fn digit_at(a: &[u64], place: usize) -> u8 {
    let (limb, part) = (place / WIDTH, place % WIDTH);
    let x = a.get(limb).copied().unwrap_or(0);
    (if part == 0 { x } else { cut(x, part).0 } % 10) as u8
}

/// Compares two numbers.
#[inline]
pub(crate) fn cmp(a: &[u64], b: &[u64]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// `a + b`
pub(crate) fn add(a: &[u64], b: &[u64]) -> Coef {
    let (a, b) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut out = Coef::with_capacity(a.len() + 1);
    let mut carry = 0;
    for (i, &x) in a.iter().enumerate() {
        let s = u128::from(x) + u128::from(b.get(i).copied().unwrap_or(0)) + carry;
        carry = u128::from(s >= u128::from(BASE));
        out.push((s - carry * u128::from(BASE)) as u64);
    }
    if carry != 0 {
        out.push(1);
    }
    out
}

/// `a + 1`
pub(crate) fn increment(a: &mut Coef) {
    for x in a.iter_mut() {
        if *x < BASE - 1 {
            *x += 1;
            return;
        }
        *x = 0;
    }
    a.push(1);
}

fn add_into(a: &mut [u64], b: &[u64]) -> bool {
    let mut carry = false;
    for (i, x) in a.iter_mut().enumerate() {
        if i >= b.len() && !carry {
            return false;
        }
        let s = u128::from(*x) + u128::from(b.get(i).copied().unwrap_or(0)) + u128::from(carry);
        carry = s >= u128::from(BASE);
        *x = (s - if carry { u128::from(BASE) } else { 0 }) as u64;
    }
    carry
}

/// `a -= b` in place; gives whether it fell below zero (then `a` is off by the base's power).
fn sub_into(a: &mut [u64], b: &[u64]) -> bool {
    let mut borrow = 0u64;
    for (i, x) in a.iter_mut().enumerate() {
        if i >= b.len() && borrow == 0 {
            return false;
        }
        let take = b.get(i).copied().unwrap_or(0) + borrow;
        if *x >= take {
            *x -= take;
            borrow = 0;
        } else {
            *x = x.wrapping_add(BASE.wrapping_sub(take));
            borrow = 1;
        }
    }
    borrow != 0
}

/// `a - b`, for `a >= b`.
pub(crate) fn sub(a: &[u64], b: &[u64]) -> Coef {
    let mut out = Coef::from_slice(a);
    let below = sub_into(&mut out, b);
    debug_assert!(!below);
    trim(&mut out);
    out
}

/// `out += a * b`, by rows. `out` is long enough.
fn mul_rows(out: &mut [u64], a: &[u64], b: &[u64]) {
    for (i, &x) in a.iter().enumerate() {
        if x == 0 {
            continue;
        }
        let mut carry = 0;
        for (j, &y) in b.iter().enumerate() {
            let (hi, lo) = split(u128::from(x) * u128::from(y) + u128::from(out[i + j]) + u128::from(carry));
            out[i + j] = lo;
            carry = hi;
        }
        let mut k = i + b.len();
        while carry != 0 {
            let s = u128::from(out[k]) + u128::from(carry);
            carry = u64::from(s >= u128::from(BASE));
            out[k] = (s - u128::from(carry) * u128::from(BASE)) as u64;
            k += 1;
        }
    }
}

const KARATSUBA: usize = 40;

/// `a * b`
pub(crate) fn mul(a: &[u64], b: &[u64]) -> Coef {
    if a.is_empty() || b.is_empty() {
        return Coef::new();
    }
    if a.len() <= 2 && b.len() <= 2 {
        let mut out = [0; 4];
        mul_rows(&mut out, a, b);
        return Coef::from_slice(trimmed(&out));
    }
    let mut out = Coef::from_elem(0, a.len() + b.len());
    mul_into(&mut out, a, b);
    trim(&mut out);
    out
}

/// `out += a * b`; `out` has at least `a.len() + b.len()` limbs and room for the sum.
fn mul_into(out: &mut [u64], a: &[u64], b: &[u64]) {
    let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if a.len() < KARATSUBA {
        mul_rows(out, a, b);
        return;
    }
    if b.len() >= 2 * a.len() {
        // Pieces of the longer one are as long as the shorter one.
        for (i, piece) in b.chunks(a.len()).enumerate() {
            mul_into(&mut out[i * a.len()..], trimmed(a), trimmed(piece));
        }
        return;
    }
    let half = b.len().div_ceil(2);
    if a.len() <= half {
        mul_into(out, a, &b[..half]);
        mul_into(&mut out[half..], a, &b[half..]);
        return;
    }
    let (a0, a1) = (trimmed(&a[..half]), &a[half..]);
    let (b0, b1) = (trimmed(&b[..half]), &b[half..]);
    let low = mul(a0, b0);
    let high = mul(a1, b1);
    let mut mid = mul(&add(a0, a1), &add(b0, b1));
    sub_into(&mut mid, &low);
    sub_into(&mut mid, &high);
    trim(&mut mid);
    add_into(out, &low);
    add_into(&mut out[half..], &mid);
    add_into(&mut out[2 * half..], &high);
}

/// `a * 10**n`
pub(crate) fn shl(a: &[u64], n: usize) -> Coef {
    if a.is_empty() {
        return Coef::new();
    }
    let (limbs, part) = (n / WIDTH, n % WIDTH);
    let mut out = Coef::with_capacity(a.len() + limbs + 1);
    out.resize(limbs, 0);
    if part == 0 {
        out.extend_from_slice(a);
        return out;
    }
    // A limb falls apart at the power of ten that moves into the next one.
    let up = POW10[part];
    let mut carry = 0;
    for &x in a {
        let (hi, lo) = cut(x, WIDTH - part);
        out.push(lo * up + carry);
        carry = hi;
    }
    if carry != 0 {
        out.push(carry);
    }
    out
}

/// What a number lost its last digits, compared with half of the place that is now the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    Zero,
    Below,
    Half,
    Above,
}

/// What a remainder is of the half of `unit`, knowing whether something nonzero follows it.
fn tail_of(rest: u64, unit: u64, more: bool) -> Tail {
    match rest.cmp(&(unit / 2)) {
        Ordering::Less if rest == 0 && !more => Tail::Zero,
        Ordering::Less => Tail::Below,
        Ordering::Equal if more => Tail::Above,
        Ordering::Equal => Tail::Half,
        Ordering::Greater => Tail::Above,
    }
}

/// `a / 10**n`, and what remains.
pub(crate) fn shr(a: &[u64], n: usize) -> (Coef, Tail) {
    let mut out = Coef::from_slice(a);
    let tail = shr_in_place(&mut out, n);
    (out, tail)
}

/// `a /= 10**n`; gives what remains.
pub(crate) fn shr_in_place(a: &mut Coef, n: usize) -> Tail {
    let (limbs, part) = (n / WIDTH, n % WIDTH);
    let s: &mut [u64] = a;
    if limbs >= s.len() {
        // The lost digits are a proper fraction of at most the last place that is cut.
        let tail = match s.split_last() {
            None => Tail::Zero,
            Some((&top, rest)) if rest.len() + 1 == limbs && part == 0 => tail_of(top, BASE, any(rest)),
            Some(_) => Tail::Below,
        };
        a.clear();
        return tail;
    }
    if part == 0 {
        if limbs == 0 {
            return Tail::Zero;
        }
        let tail = tail_of(s[limbs - 1], BASE, any(&s[..limbs - 1]));
        s.copy_within(limbs.., 0);
        let kept = s.len() - limbs;
        a.truncate(kept);
        return tail;
    }
    let more = any(&s[..limbs]);
    let up = POW10[WIDTH - part];
    let (mut high, low) = cut(s[limbs], part);
    let kept = s.len() - limbs;
    for i in 1..kept {
        let (q, r) = cut(s[i + limbs], part);
        s[i - 1] = high + r * up;
        high = q;
    }
    s[kept - 1] = high;
    a.truncate(kept - usize::from(high == 0));
    tail_of(low, POW10[part], more)
}

fn any(a: &[u64]) -> bool {
    a.iter().any(|&x| x != 0)
}

/// `a % 10**n`
pub(crate) fn low_digits(a: &[u64], n: usize) -> Coef {
    let (limbs, part) = (n / WIDTH, n % WIDTH);
    if limbs >= a.len() {
        return Coef::from_slice(a);
    }
    let mut out = Coef::from_slice(&a[..=limbs]);
    out[limbs] %= POW10[part];
    trim(&mut out);
    out
}

/// How many zeros end the number (0 for zero).
pub(crate) fn trailing_zeros(a: &[u64]) -> usize {
    let Some(i) = a.iter().position(|&x| x != 0) else { return 0 };
    let mut x = a[i];
    let mut n = i * WIDTH;
    for step in [16, 8, 4, 2, 1] {
        let (q, r) = cut(x, step);
        if r == 0 {
            (x, n) = (q, n + step);
        }
    }
    n
}

/// `a / b` and `a % b`, for `b` of one limb.
fn divrem_limb(a: &[u64], b: u64) -> (Coef, u64) {
    let mut out = Coef::from_slice(a);
    let mut r = 0u64;
    for x in out.iter_mut().rev() {
        let n = u128::from(r) * u128::from(BASE) + u128::from(*x);
        *x = (n / u128::from(b)) as u64;
        r = (n - u128::from(*x) * u128::from(b)) as u64;
    }
    trim(&mut out);
    (out, r)
}

/// `a / b` and `a % b`; `b` is not zero.
pub(crate) fn divrem(a: &[u64], b: &[u64]) -> (Coef, Coef) {
    if let (Some(x), Some(y)) = (to_u128(a), to_u128(b)) {
        let q = x / y;
        return (from_u128(q), from_u128(x - q * y));
    }
    if cmp(a, b).is_lt() {
        return (Coef::new(), Coef::from_slice(a));
    }
    if let [b] = *b {
        let (q, r) = divrem_limb(a, b);
        return (q, from_u64(r));
    }
    if b.len() > 60 && a.len() - b.len() > 60 {
        return divrem_big(a, b);
    }
    let scale = BASE / (b[b.len() - 1] + 1);
    let mut u = scaled(a, scale);
    let mut v = scaled(b, scale);
    trim(&mut v);
    let mut q = Coef::from_elem(0, a.len() - v.len() + 1);
    divide_scaled(&mut u, &v, &mut q);
    trim(&mut q);
    u.truncate(v.len());
    trim(&mut u);
    let (r, _) = divrem_limb(&u, scale);
    (q, r)
}

/// Long division (Knuth's D) by a divisor of two limbs or more, of which the first is at least half of the base. `u`
/// has one limb more than the dividend and keeps the remainder.
fn divide_scaled(u: &mut [u64], v: &[u64], q: &mut [u64]) {
    let n = v.len();
    let (v1, v2) = (u128::from(v[n - 1]), u128::from(v[n - 2]));
    let base = u128::from(BASE);
    for (j, digit) in q.iter_mut().enumerate().rev() {
        let part = &mut u[j..=j + n];
        let top = u128::from(part[n]) * base + u128::from(part[n - 1]);
        let mut guess = top / v1;
        let mut rest = top - guess * v1;
        while guess >= base || guess * v2 > rest * base + u128::from(part[n - 2]) {
            guess -= 1;
            rest += v1;
            if rest >= base {
                break;
            }
        }
        let mut carry = 0u64;
        let mut borrow = 0u64;
        for (x, &y) in part.iter_mut().zip(v) {
            let (hi, lo) = split(guess * u128::from(y) + u128::from(carry));
            carry = hi;
            let take = lo + borrow;
            borrow = u64::from(*x < take);
            *x = if borrow == 0 { *x - take } else { x.wrapping_add(BASE.wrapping_sub(take)) };
        }
        let take = carry + borrow;
        let below = part[n] < take;
        part[n] = if below { part[n].wrapping_add(BASE.wrapping_sub(take)) } else { part[n] - take };
        if below {
            guess -= 1;
            let over = add_into(&mut part[..n], v);
            if over {
                part[n] = (part[n] + 1) % BASE;
            }
        }
        *digit = guess as u64;
    }
}

/// `a * m` into a slice one limb longer.
fn scale_into(out: &mut [u64], a: &[u64], m: u64) {
    let mut carry = 0;
    for (o, &x) in out.iter_mut().zip(a) {
        let (hi, lo) = split(u128::from(x) * u128::from(m) + u128::from(carry));
        *o = lo;
        carry = hi;
    }
    out[a.len()] = carry;
}

/// `a * 10**shift / b`, and whether there is no remainder; `b` is not zero.
pub(crate) fn quotient(a: &[u64], shift: usize, b: &[u64]) -> (Coef, bool) {
    let (limbs, part) = (shift / WIDTH, shift % WIDTH);
    let len = a.len() + limbs + 1;
    if len > 8 || b.len() > 4 || b.is_empty() || len <= b.len() {
        let (q, r) = divrem(&shl(a, shift), b);
        return (q, r.is_empty());
    }
    // Short operands stay on the stack.
    let mut num = [0u64; 9];
    if part == 0 {
        num[limbs..limbs + a.len()].copy_from_slice(a);
    } else {
        let up = POW10[part];
        let mut carry = 0;
        for (o, &x) in num[limbs..].iter_mut().zip(a) {
            let (hi, lo) = cut(x, WIDTH - part);
            *o = lo * up + carry;
            carry = hi;
        }
        num[limbs + a.len()] = carry;
    }
    let mut q = [0u64; 8];
    if let [b] = *b {
        let mut r = 0u64;
        for (x, o) in num[..len].iter().zip(&mut q).rev() {
            let n = u128::from(r) * u128::from(BASE) + u128::from(*x);
            *o = (n / u128::from(b)) as u64;
            r = (n - u128::from(*o) * u128::from(b)) as u64;
        }
        return (Coef::from_slice(trimmed(&q)), r == 0);
    }
    let n = b.len();
    let scale = BASE / (b[n - 1] + 1);
    let (mut u, mut v) = ([0u64; 10], [0u64; 5]);
    scale_into(&mut u, &num[..len], scale);
    scale_into(&mut v, b, scale);
    divide_scaled(&mut u[..=len], &v[..n], &mut q[..=len - n]);
    (Coef::from_slice(trimmed(&q)), !any(&u[..n]))
}

/// `a * m` for a single limb, one limb longer.
fn scaled(a: &[u64], m: u64) -> Coef {
    let mut out = Coef::with_capacity(a.len() + 1);
    let mut carry = 0;
    for &x in a {
        let (hi, lo) = split(u128::from(x) * u128::from(m) + u128::from(carry));
        out.push(lo);
        carry = hi;
    }
    out.push(carry);
    out
}

/// Division of long numbers: half of the quotient at a time, so that most of the work is multiplication.
fn divrem_big(a: &[u64], b: &[u64]) -> (Coef, Coef) {
    // Not more quotient limbs at a time than the divisor has.
    let n = b.len();
    if a.len() > 2 * n {
        let cut = a.len() - a.len() % n;
        let cut = if cut == a.len() { cut - n } else { cut };
        let (mut q, mut r) = divrem(trimmed(&a[cut..]), b);
        let mut at = cut;
        while at > 0 {
            at -= n;
            let mut part = Coef::from_slice(&a[at..at + n]);
            part.extend_from_slice(&r);
            trim(&mut part);
            let (q1, r1) = divrem(&part, b);
            let mut q2 = q1;
            q2.resize(n, 0);
            q2.extend_from_slice(&q);
            trim(&mut q2);
            (q, r) = (q2, r1);
        }
        return (q, r);
    }
    // `b` is cut so that the upper part alone tells the upper half of the quotient, give or take a little.
    let k = (a.len() - n) / 2;
    let high = step(trimmed(&a[k..]), b);
    let mut part = Coef::from_slice(&a[..k]);
    part.extend_from_slice(&high.1);
    trim(&mut part);
    let low = step(&part, b);
    let mut q = low.0;
    q.resize(q.len().max(k), 0);
    let mut top = Coef::from_elem(0, k);
    top.extend_from_slice(&high.0);
    trim(&mut q);
    trim(&mut top);
    (add(&q, &top), low.1)
}

/// A quotient of few limbs by a long divisor, guessed from the upper limbs and mended.
fn step(a: &[u64], b: &[u64]) -> (Coef, Coef) {
    let wanted = a.len().saturating_sub(b.len()) + 1;
    let cut = b.len().saturating_sub(wanted + 1);
    if cut == 0 || a.len() < b.len() {
        return divrem(a, b);
    }
    let (mut q, r) = divrem(&a[cut..], &b[cut..]);
    // a - q * b = r * B**cut + a_low - q * b_low
    let take = mul(&q, trimmed(&b[..cut]));
    let mut have = Coef::from_slice(&a[..cut]);
    have.extend_from_slice(&r);
    trim(&mut have);
    while cmp(&have, &take).is_lt() {
        have = add(&have, b);
        q = sub(&q, &[1]);
    }
    (q, sub(&have, &take))
}

/// The number from ASCII digits.
pub(crate) fn from_digits(text: &[u8]) -> Coef {
    let mut out = Coef::with_capacity(text.len().div_ceil(WIDTH));
    for piece in text.rchunks(WIDTH) {
        out.push(piece.iter().fold(0, |n, c| n * 10 + u64::from(c - b'0')));
    }
    trim(&mut out);
    out
}

/// Appends the digits of the number; `0` for zero.
pub(crate) fn write(a: &[u64], out: &mut Vec<u8>) {
    let Some((&first, rest)) = a.split_last() else {
        out.push(b'0');
        return;
    };
    let mut n = limb_digits(first);
    for &x in std::iter::once(&first).chain(rest.iter().rev()) {
        let at = out.len();
        out.resize(at + n, b'0');
        let mut x = x;
        for d in out[at..].iter_mut().rev() {
            *d = b'0' + (x % 10) as u8;
            x /= 10;
        }
        n = WIDTH;
    }
}

/// The digits of the number.
pub(crate) fn text(a: &[u64]) -> Vec<u8> {
    let mut out = Vec::with_capacity(a.len() * WIDTH + 1);
    write(a, &mut out);
    out
}

/// Powers `10**(19 * 2**k)` for splitting, as many as numbers of `limbs` limbs need.
fn splitters(limbs: usize) -> Vec<BigUint> {
    let mut powers = vec![BigUint::from(BASE)];
    while (1usize << powers.len()) < limbs {
        let last = &powers[powers.len() - 1];
        powers.push(last * last);
    }
    powers
}

/// The number in binary.
pub(crate) fn to_big(a: &[u64]) -> BigUint {
    fn join(a: &[u64], powers: &[BigUint]) -> BigUint {
        if a.len() <= 2 {
            return BigUint::from(to_u128(a).unwrap_or(0));
        }
        let k = (a.len() - 1).ilog2() as usize;
        let (low, high) = a.split_at(1 << k);
        join(high, powers) * &powers[k] + join(low, powers)
    }
    if let Some(x) = to_u128(a) {
        return BigUint::from(x);
    }
    join(a, &splitters(a.len()))
}

/// A number from its binary form.
pub(crate) fn from_big(n: &BigUint) -> Coef {
    fn fill(n: &BigUint, k: usize, powers: &[BigUint], out: &mut Coef) {
        if k == 0 {
            out.push(n.iter_u64_digits().next().unwrap_or(0));
            return;
        }
        use num_integer::Integer as _;
        let (q, r) = n.div_rem(&powers[k - 1]);
        fill(&r, k - 1, powers, out);
        fill(&q, k - 1, powers, out);
    }
    let mut words = n.iter_u64_digits();
    if words.len() <= 2 {
        let lo = u128::from(words.next().unwrap_or(0));
        return from_u128(u128::from(words.next().unwrap_or(0)) << 64 | lo);
    }
    let limbs = n.bits() as usize * 100 / 6311 + 1;
    let powers = splitters(limbs + 1);
    let mut out = Coef::with_capacity(1 << powers.len());
    fill(n, powers.len(), &powers, &mut out);
    trim(&mut out);
    out
}

/// `10**n` in binary.
pub(crate) fn big_pow10(n: u64) -> BigUint {
    if n < 38 {
        return BigUint::from(10u128.pow(n as u32));
    }
    num_traits::pow(BigUint::from(5u8), n as usize) << n
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digits that look random but are the same each time.
    fn sample(limbs: usize, mut seed: u64) -> Coef {
        let mut c = Coef::new();
        for _ in 0..limbs {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            c.push(if seed.is_multiple_of(7) {
                0
            } else if seed.is_multiple_of(11) {
                BASE - 1
            } else {
                (seed ^ (seed >> 29)) % BASE
            });
        }
        trim(&mut c);
        c
    }

    #[test]
    fn agrees_with_binary_numbers() {
        for (i, n) in [1, 2, 3, 4, 7, 41, 50, 90, 130, 260].into_iter().enumerate() {
            for (j, m) in [1, 2, 3, 5, 39, 45, 61, 70, 125].into_iter().enumerate() {
                let (a, b) = (sample(n, i as u64 * 31 + 1), sample(m, j as u64 * 17 + 9));
                let (x, y) = (to_big(&a), to_big(&b));
                assert_eq!(from_big(&x), a);
                assert_eq!(to_big(&mul(&a, &b)), &x * &y);
                assert_eq!(to_big(&add(&a, &b)), &x + &y);
                if !b.is_empty() {
                    let (q, r) = divrem(&a, &b);
                    assert_eq!((to_big(&q), to_big(&r)), (&x / &y, &x % &y), "{n} {m}");
                }
                assert_eq!(from_digits(&text(&a)), a);
                assert_eq!(to_big(&shl(&a, m * 3)), x * big_pow10(m as u64 * 3));
            }
        }
    }

    #[test]
    fn cuts_words() {
        for p in 1..19 {
            for x in [0, 1, 9, BASE - 1, BASE, u64::MAX, u64::MAX - 1, POW10[p], POW10[p] - 1, 7 * POW10[18]] {
                assert_eq!(cut(x, p), (x / POW10[p], x % POW10[p]));
            }
            for k in 1..2000u64 {
                let x = (k.wrapping_mul(0x9E37_79B9_7F4A_7C15) / POW10[p]).wrapping_mul(POW10[p]).wrapping_sub(k % 2);
                assert_eq!(cut(x, p), (x / POW10[p], x % POW10[p]));
            }
        }
        for x in [1, 9, 10, 99, 100, 12345, POW10[18] - 1, POW10[18], BASE - 1] {
            assert_eq!(limb_digits(x), x.to_string().len());
        }
        assert_eq!(limb_digits(0), 0);
    }

    #[test]
    fn shifts_tell_the_tail() {
        let a = from_digits(b"123456789012345678901234500000000000000000000");
        assert_eq!(shr(&a, 20), (from_digits(b"1234567890123456789012345"), Tail::Zero));
        assert_eq!(shr(&a, 21).1, Tail::Half);
        assert_eq!(shr(&a, 22).1, Tail::Below);
        assert_eq!(shr(&a, 45), (Coef::new(), Tail::Below));
        assert_eq!(trailing_zeros(&a), 20);
    }
}
