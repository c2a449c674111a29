//! Built-in functions of numbers and characters.

use freeze_runtime::object::BinOp;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::int;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

pub(super) fn abs(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.absolute(args.get(0))
}

pub(super) fn divmod(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.divmod(args.get(0), args.get(1))
}

pub(super) fn pow(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.power(args.get(0), args.get(1), args.opt(2).unwrap_or(&Value::NONE))
}

fn based(vm: &Vm, v: &Value, prefix: &str, radix: u32) -> PyResult<Value> {
    let i = vm.index(v)?;
    let big = int::to_big(&i);
    let text = big.magnitude().to_str_radix(radix);
    let sign = if int::is_negative(&i) { "-" } else { "" };
    Ok(vm.str(&format!("{sign}{prefix}{text}")))
}

pub(super) fn bin(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    based(vm, args.get(0), "0b", 2)
}

pub(super) fn oct(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    based(vm, args.get(0), "0o", 8)
}

pub(super) fn hex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    based(vm, args.get(0), "0x", 16)
}

pub(super) fn chr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let i = vm.index(args.get(0))?;
    let c = int::as_i64(&i).unwrap_or(-1);
    if !(0..0x110000).contains(&c) {
        return Err(vm.value_error("chr() arg not in range(0x110000)"));
    }
    Ok(PyStr::of_char(c as u32).into_value())
}

pub(super) fn ord(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(0);
    let n = if let Some(s) = v.downcast::<PyStr>() {
        if s.len() == 1 {
            return Ok(Value::small(i64::from(s.char_at(0))));
        }
        s.len()
    } else if let Some(b) = v.downcast::<PyBytes>() {
        if let [b] = b.as_slice() {
            return Ok(Value::small(i64::from(*b)));
        }
        b.as_slice().len()
    } else if let Some(b) = v.downcast::<freeze_runtime::types::bytearray::PyByteArray>() {
        let bytes = b.with(<[u8]>::to_vec);
        if let [b] = bytes[..] {
            return Ok(Value::small(i64::from(b)));
        }
        bytes.len()
    } else {
        return Err(vm.type_error(format!("ord() expected string of length 1, but {} found", v.class().name())));
    };
    Err(vm.type_error(format!("ord() expected a character, but string of length {n} found")))
}

pub(super) fn round(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(0);
    let Some(m) = vm.lookup_special(v, &vm.names().__round__)? else {
        return Err(vm.type_error(format!("type {} doesn't define __round__ method", v.class().name())));
    };
    match args.opt_not_none(1) {
        Some(n) => m.call(vm, std::slice::from_ref(n)),
        None => m.call(vm, &[]),
    }
}

/// Neumaier's compensated sum, as CPython 3.12 and later add floats.
struct FloatSum {
    hi: f64,
    lo: f64,
}

impl FloatSum {
    fn add(&mut self, x: f64) {
        let t = self.hi + x;
        if self.hi.abs() >= x.abs() {
            self.lo += (self.hi - t) + x;
        } else {
            self.lo += (x - t) + self.hi;
        }
        self.hi = t;
    }

    fn total(&self) -> f64 {
        // An infinite or NaN correction would spoil an infinite sum.
        if self.lo != 0.0 && self.lo.is_finite() { self.hi + self.lo } else { self.hi }
    }
}

pub(super) fn sum(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mut total = match args.opt(1) {
        None => Value::small(0),
        Some(v) => {
            for (bad, word) in [
                (v.has_layout::<PyStr>(), "strings [use ''.join(seq) instead]"),
                (v.has_layout::<PyBytes>(), "bytes [use b''.join(seq) instead]"),
                (
                    v.has_layout::<freeze_runtime::types::bytearray::PyByteArray>(),
                    "bytearray [use b''.join(seq) instead]",
                ),
            ] {
                if bad {
                    return Err(vm.type_error(format!("sum() can't sum {word}")));
                }
            }
            v.clone()
        }
    };
    let it = vm.iter(args.get(0))?;
    let mut item = vm.next(&it)?;
    // Small ints first, then floats, then whatever comes.
    if let Some(mut acc) = total.as_small() {
        loop {
            let Some(v) = &item else { return Ok(Value::int(acc)) };
            let Some(i) = v.as_small().or_else(|| v.as_bool().map(i64::from)) else { break };
            let Some(next) = acc.checked_add(i) else { break };
            acc = next;
            item = vm.next(&it)?;
        }
        total = Value::int(acc);
    }
    let is_number = |v: &Value| v.is_float() || v.is_small() || v.as_bool().is_some();
    if total.is_float() || (total.is_small() && item.as_ref().is_some_and(Value::is_float)) {
        let start = total.as_float().unwrap_or_else(|| total.small_unchecked() as f64);
        let mut acc = FloatSum { hi: start, lo: 0.0 };
        while let Some(v) = item.as_ref().filter(|v| is_number(v)) {
            match v.as_float() {
                Some(f) => acc.add(f),
                None => acc.hi += int::as_i64(v).unwrap_or(0) as f64,
            }
            item = vm.next(&it)?;
        }
        total = Value::float(acc.total());
    }
    while let Some(v) = item {
        total = vm.binary_op(BinOp::Add, &total, &v)?;
        item = vm.next(&it)?;
    }
    Ok(total)
}
