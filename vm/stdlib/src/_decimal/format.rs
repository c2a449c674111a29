//! `Decimal.__format__`.

use std::cell::Cell;

use freeze_runtime::object::string::push_code_point;
use freeze_runtime::text::chars::decimal_value;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::DEPRECATION_WARNING;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{Args, PyResult, Value, Vm, import};

use super::context::current;
use super::decimal::this;
use super::num::{Num, Rounding, limbs};

/// A parsed specification.
struct Spec {
    fill: u32,
    align: u8,
    sign: u8,
    no_negative_zero: bool,
    alternate: bool,
    zeros: bool,
    width: usize,
    /// What stands between groups of digits, for the fraction too.
    separator: Vec<u8>,
    fraction_separator: Vec<u8>,
    point: Vec<u8>,
    groups: Groups,
    precision: Option<i64>,
    kind: u8,
}

/// Lengths of groups of digits, from the right.
struct Groups {
    lengths: Vec<usize>,
    /// Whether the last length repeats; otherwise the rest is one group.
    repeat: bool,
    at: Cell<usize>,
}

impl Groups {
    fn next(&self) -> Option<usize> {
        let i = self.at.get();
        self.at.set(i + 1);
        match self.lengths.get(i) {
            Some(&n) => Some(n),
            None if self.repeat => self.lengths.last().copied(),
            None => None,
        }
    }
}

fn number(cps: &[u32], at: &mut usize) -> Option<usize> {
    let mut n: Option<usize> = None;
    while let Some(d) = cps.get(*at).and_then(|&c| decimal_value(c)) {
        n = Some(n.unwrap_or(0).saturating_mul(10).saturating_add(usize::from(d)));
        *at += 1;
    }
    n
}

fn parse(cps: &[u32], capitals: bool) -> Option<Spec> {
    let byte = |i: usize| cps.get(i).and_then(|&c| u8::try_from(c).ok()).unwrap_or(0);
    let is_align = |i: usize| matches!(byte(i), b'<' | b'>' | b'=' | b'^');
    let mut at = 0;
    let mut align = None;
    let mut fill = u32::from(b' ');
    if cps.len() >= 2 && is_align(1) {
        (fill, align, at) = (cps[0], Some(byte(1)), 2);
    } else if is_align(0) {
        (align, at) = (Some(byte(0)), 1);
    }
    let mut flag = |wanted: &[u8]| {
        let c = byte(at);
        if c != 0 && wanted.contains(&c) {
            at += 1;
            c
        } else {
            0
        }
    };
    let sign = flag(b"+- ");
    let no_negative_zero = flag(b"z") != 0;
    let alternate = flag(b"#") != 0;
    let zeros = flag(b"0") != 0;
    if zeros && align.is_some() {
        return None;
    }
    let width = number(cps, &mut at).unwrap_or(0);
    let separator = |at: &mut usize| match byte(*at) {
        c @ (b',' | b'_') => {
            *at += 1;
            vec![c]
        }
        _ => vec![],
    };
    let whole = separator(&mut at);
    let (mut precision, mut fraction) = (None, vec![]);
    if byte(at) == b'.' {
        at += 1;
        precision = number(cps, &mut at);
        fraction = separator(&mut at);
        if precision.is_none() && fraction.is_empty() {
            return None;
        }
    }
    let mut kind = if capitals { b'G' } else { b'g' };
    if matches!(byte(at), b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n' | b'N' | b'%') {
        kind = byte(at);
        at += 1;
    }
    let limit = 1 << 40;
    if at != cps.len() || width > limit || precision.is_some_and(|p| p > limit) {
        return None;
    }
    if kind.eq_ignore_ascii_case(&b'n') && !whole.is_empty() {
        return None;
    }
    let precision = precision.map(|p| p as i64);
    let general = kind.eq_ignore_ascii_case(&b'g') || kind.eq_ignore_ascii_case(&b'n');
    Some(Spec {
        fill,
        align: align.unwrap_or(b'>'),
        sign,
        no_negative_zero,
        alternate,
        zeros,
        width,
        separator: whole,
        fraction_separator: fraction,
        point: b".".to_vec(),
        groups: Groups { lengths: vec![3], repeat: true, at: Cell::new(0) },
        precision: precision.map(|p| if general { p.max(1) } else { p }),
        kind,
    })
}

/// The largest length of a group, which stands for "no further groups".
const CHAR_MAX: u32 = 127;

/// Takes separators from a dict like that of `localeconv()`; groups are ints, or characters with those numbers.
fn localize(vm: &Vm, spec: &mut Spec, conv: &Value) -> PyResult<()> {
    let Some(conv) = conv.downcast::<PyDict>() else {
        return Err(vm.type_error("optional argument must be a dict"));
    };
    let wrong = || vm.type_error("bad argument type for built-in operation");
    let text = |name: &str, default: &[u8]| match conv.get_text(name) {
        Some(v) => v.downcast::<PyStr>().map(|s| s.as_bytes().to_vec()).ok_or_else(wrong),
        None => Ok(default.to_vec()),
    };
    spec.point = text("decimal_point", b".")?;
    spec.separator = text("thousands_sep", b"")?;
    let lengths: Vec<u32> = match conv.get_text("grouping") {
        None => vec![3, 0],
        Some(g) => match (g.downcast::<PyStr>(), g.downcast::<PyList>()) {
            (Some(s), _) => s.code_points().collect(),
            (_, Some(l)) => {
                let items = l.to_vec();
                let number = |v: &Value| vm.to_i64(v).map(|n| u32::try_from(n).unwrap_or(CHAR_MAX));
                items.iter().map(number).collect::<PyResult<_>>()?
            }
            _ => return Err(wrong()),
        },
    };
    let one_char = |text: &[u8]| count(text) == 1;
    if !one_char(&spec.point) || !(spec.separator.is_empty() || one_char(&spec.separator)) {
        return Err(vm.value_error("invalid decimal point or separator"));
    }
    if lengths.iter().any(|&n| n > CHAR_MAX) {
        return Err(vm.value_error("invalid override dict"));
    }
    let stop = lengths.iter().position(|&n| n == 0 || n == CHAR_MAX);
    let used = &lengths[..stop.unwrap_or(lengths.len())];
    spec.groups.repeat = stop.is_none_or(|i| lengths[i] == 0) && !used.is_empty();
    spec.groups.lengths = used.iter().map(|&n| n as usize).collect();
    Ok(())
}

/// The number with `places` digits.
fn to_places(n: &Num, places: i64, round: Rounding) -> Num {
    if n.coef.is_empty() {
        return n.clone();
    }
    let mut st = 0;
    let r = n.rescaled(n.adjusted() + 1 - places, round, &mut st);
    // Rounding up may have brought one digit more.
    if r.adjusted() == n.adjusted() { r } else { r.rescaled(r.adjusted() + 1 - places, round, &mut st) }
}

/// `digits` with separators, filled up with zeros to a width.
fn grouped(digits: &[u8], spec: &Spec, width: usize) -> Vec<u8> {
    let separator_len = String::from_utf8_lossy(&spec.separator).chars().count();
    let mut parts: Vec<Vec<u8>> = Vec::new();
    let mut rest = digits;
    let mut width = width as isize;
    let mut take = |rest: &mut &[u8], n: usize| {
        let kept = rest.len().min(n);
        let (left, part) = rest.split_at(rest.len() - kept);
        let mut zeros = vec![b'0'; n - kept];
        zeros.extend_from_slice(part);
        parts.push(zeros);
        *rest = left;
    };
    let mut done = false;
    if !spec.separator.is_empty() {
        while let Some(n) = spec.groups.next() {
            let n = n.min(rest.len().max(usize::try_from(width).unwrap_or(0)).max(1));
            take(&mut rest, n);
            width -= n as isize;
            if rest.is_empty() && width <= 0 {
                done = true;
                break;
            }
            width -= separator_len as isize;
        }
    }
    if !done {
        let n = rest.len().max(usize::try_from(width).unwrap_or(0)).max(1);
        take(&mut rest, n);
    }
    parts.reverse();
    parts.join(&spec.separator[..])
}

fn count(text: &[u8]) -> usize {
    freeze_runtime::object::string::count_chars(text)
}

/// Sign and text in a field of the width asked for.
fn aligned(spec: &Spec, neg: bool, body: &[u8]) -> Vec<u8> {
    let sign = sign(spec, neg);
    let missing = spec.width.saturating_sub(sign.len() + count(body));
    let (left, inside) = match spec.align {
        b'<' => (0, 0),
        b'^' => (missing / 2, 0),
        b'=' => (0, missing),
        _ => (missing, 0),
    };
    let mut out = Vec::with_capacity(sign.len() + body.len() + missing);
    let pad = |out: &mut Vec<u8>, n: usize| (0..n).for_each(|_| push_code_point(out, spec.fill));
    pad(&mut out, left);
    out.extend_from_slice(sign);
    pad(&mut out, inside);
    out.extend_from_slice(body);
    pad(&mut out, missing - left - inside);
    out
}

fn sign(spec: &Spec, neg: bool) -> &'static [u8] {
    match (neg, spec.sign) {
        (true, _) => b"-",
        (_, b'+') => b"+",
        (_, b' ') => b" ",
        _ => b"",
    }
}

fn write(n: &Num, spec: &Spec, round: Rounding) -> Vec<u8> {
    if !n.is_finite() {
        let mut body = n.with_sign(false).write(false, true);
        if spec.kind == b'%' {
            body.push(b'%');
        }
        return aligned(spec, n.neg, &body);
    }
    let mut n = n.clone();
    if spec.kind == b'%' {
        n.exp += 2;
    }
    let kind = spec.kind.to_ascii_lowercase();
    let fixed = matches!(kind, b'f' | b'%');
    let mut st = 0;
    if let Some(p) = spec.precision {
        n = match kind {
            b'e' => to_places(&n, p + 1, round),
            b'f' | b'%' => n.rescaled(-p, round, &mut st),
            _ if n.digits() > p => to_places(&n, p, round),
            _ => n,
        };
    }
    if n.coef.is_empty() && n.exp > 0 && fixed {
        n.exp = 0;
    }
    let neg = n.neg && !(n.coef.is_empty() && spec.no_negative_zero);
    let digits = limbs::text(&n.coef);
    let left = n.exp + digits.len() as i64;
    let point = match kind {
        b'e' => match spec.precision {
            Some(p) if n.coef.is_empty() => 1 - p,
            _ => 1,
        },
        b'f' | b'%' => left,
        _ if n.exp <= 0 && left > -6 => left,
        _ => 1,
    };
    let (whole, fraction) = if point < 0 {
        (b"0".to_vec(), [&vec![b'0'; -point as usize], &digits[..]].concat())
    } else if point as usize > digits.len() {
        ([&digits[..], &vec![b'0'; point as usize - digits.len()]].concat(), vec![])
    } else {
        let (a, b) = digits.split_at(point as usize);
        (if a.is_empty() { b"0".to_vec() } else { a.to_vec() }, b.to_vec())
    };
    let mut tail = Vec::new();
    if !fraction.is_empty() || spec.alternate {
        tail.extend_from_slice(&spec.point);
        let pieces: Vec<&[u8]> =
            if spec.fraction_separator.is_empty() { vec![&fraction] } else { fraction.chunks(3).collect() };
        tail.extend_from_slice(&pieces.join(&spec.fraction_separator[..]));
    }
    if left != point || kind == b'e' {
        tail.push(if spec.kind.is_ascii_uppercase() { b'E' } else { b'e' });
        tail.extend_from_slice(format!("{:+}", left - point).as_bytes());
    }
    if kind == b'%' {
        tail.push(b'%');
    }
    let width = if spec.zeros { spec.width.saturating_sub(count(&tail) + sign(spec, neg).len()) } else { 0 };
    let mut body = grouped(&whole, spec, width);
    body.extend_from_slice(&tail);
    aligned(spec, neg, &body)
}

/// `Decimal.__format__`
pub(super) fn format(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = this(args.this());
    let Some(text) = args.get(1).downcast::<PyStr>() else { return Err(vm.type_error("format arg must be str")) };
    let cx = current(vm)?;
    let cps: Vec<u32> = text.code_points().collect();
    let Some(mut spec) = parse(&cps, cx.capitals.get()) else {
        return Err(vm.value_error("invalid format string"));
    };
    if spec.kind == b'N' {
        vm.warn(&DEPRECATION_WARNING, "Format specifier 'N' is deprecated", 1)?;
    }
    if let Some(conv) = args.opt(2) {
        localize(vm, &mut spec, conv)?;
    } else if spec.kind.eq_ignore_ascii_case(&b'n') {
        let conv = vm.call_method(&import::import_path(vm, "_locale")?, "localeconv", &[])?;
        localize(vm, &mut spec, &conv)?;
    }
    match spec.kind {
        b'n' => spec.kind = b'g',
        b'N' => spec.kind = b'G',
        _ => {}
    }
    Ok(PyStr::new(&write(n, &spec, cx.settings.get().round)).into_value())
}
