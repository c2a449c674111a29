//! Native slots called as methods (`int.__add__`): argument checks and the return values that Python code expects.

use crate::Str;
use crate::call::CallArgs;
use crate::object::slots::{Binary, Ternary, Unary};
use crate::object::{CmpOp, Slots, Value};
use crate::types::str::PyStr;
use crate::vm::{PyResult, Raised, Vm};

/// Self and exactly `N` arguments.
fn exactly<'a, const N: usize>(vm: &Vm, args: CallArgs<'a>) -> PyResult<(&'a Value, &'a [Value; N])> {
    let (this, rest) = args.args.split_first().expect("the wrapper checked that there is a self");
    match rest.try_into() {
        Ok(rest) => Ok((this, rest)),
        Err(_) => {
            let s = if N == 1 { "" } else { "s" };
            Err(vm.type_error(format!("expected {N} argument{s}, got {}", rest.len())))
        }
    }
}

/// A slot that was there when its wrapper was made, but is not any more.
fn missing(vm: &Vm) -> Raised {
    vm.type_error("the type has no such operation")
}

pub(super) fn unary(vm: &Vm, f: Option<Unary>, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, []) = exactly(vm, args)?;
    f.ok_or_else(|| missing(vm))?(vm, this)
}

pub(super) fn left(vm: &Vm, f: Option<Binary>, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, [other]) = exactly(vm, args)?;
    f.ok_or_else(|| missing(vm))?(vm, this, other)
}

pub(super) fn right(vm: &Vm, f: Option<Binary>, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, [other]) = exactly(vm, args)?;
    f.ok_or_else(|| missing(vm))?(vm, other, this)
}

fn ternary<'a>(vm: &Vm, f: Option<Ternary>, args: CallArgs<'a>) -> PyResult<(Ternary, &'a Value, &'a Value, Value)> {
    let (this, rest) = args.args.split_first().expect("the wrapper checked that there is a self");
    let f = f.ok_or_else(|| missing(vm))?;
    match rest {
        [other] => Ok((f, this, other, Value::NONE)),
        [other, third] => Ok((f, this, other, third.clone())),
        _ => {
            let (word, n) =
                if rest.is_empty() { ("at least 1 argument", 0) } else { ("at most 2 arguments", rest.len()) };
            Err(vm.type_error(format!("expected {word}, got {n}")))
        }
    }
}

pub(super) fn pow(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (f, this, other, third) = ternary(vm, s.pow, args)?;
    f(vm, this, other, &third)
}

pub(super) fn rpow(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (f, this, other, third) = ternary(vm, s.pow, args)?;
    f(vm, other, this, &third)
}

pub(super) fn hash(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, []) = exactly(vm, args)?;
    s.hash.ok_or_else(|| missing(vm))?(vm, this).map(Value::int)
}

pub(super) fn call(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let this = &args.args[0];
    s.call.ok_or_else(|| missing(vm))?(vm, this, args.skip_first())
}

pub(super) fn init(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let this = &args.args[0];
    s.init.ok_or_else(|| missing(vm))?(vm, this, args.skip_first())?;
    Ok(Value::NONE)
}

fn attribute_name(vm: &Vm, v: &Value) -> PyResult<Str> {
    v.downcast_ref::<PyStr>()
        .ok_or_else(|| vm.type_error(format!("attribute name must be string, not '{}'", v.class().name())))
}

pub(super) fn getattr(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, [name]) = exactly(vm, args)?;
    s.getattr.ok_or_else(|| missing(vm))?(vm, this, &attribute_name(vm, name)?)
}

/// Guards against `object.__setattr__(int, …)`: a base's function must not get round the one that a native type in
/// between has.
fn check_bypass(vm: &Vm, s: &Slots, this: &Value, what: &str) -> PyResult<()> {
    let class = this.class();
    let native = class.mro().iter().find(|t| !t.is_heap()).cloned();
    if let Some(t) = native
        && let (Some(own), Some(mine)) = (t.slots().setattr, s.setattr)
        && !std::ptr::fn_addr_eq(own, mine)
    {
        return Err(vm.type_error(format!("can't apply this {what} to {} object", class.name())));
    }
    Ok(())
}

pub(super) fn setattr(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, [name, value]) = exactly(vm, args)?;
    check_bypass(vm, s, this, "__setattr__")?;
    s.setattr.ok_or_else(|| missing(vm))?(vm, this, &attribute_name(vm, name)?, Some(value.clone()))?;
    Ok(Value::NONE)
}

pub(super) fn delattr(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, [name]) = exactly(vm, args)?;
    check_bypass(vm, s, this, "__delattr__")?;
    s.setattr.ok_or_else(|| missing(vm))?(vm, this, &attribute_name(vm, name)?, None)?;
    Ok(Value::NONE)
}

fn compare(vm: &Vm, s: &Slots, args: CallArgs<'_>, op: CmpOp) -> PyResult<Value> {
    let (this, [other]) = exactly(vm, args)?;
    s.compare.ok_or_else(|| missing(vm))?(vm, this, other, op)
}

macro_rules! comparisons {
    ($($name:ident $op:ident;)*) => {$(
        pub(super) fn $name(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
            compare(vm, s, args, CmpOp::$op)
        }
    )*};
}

comparisons! {
    lt Lt;
    le Le;
    eq Eq;
    ne Ne;
    gt Gt;
    ge Ge;
}

pub(super) fn next(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, []) = exactly(vm, args)?;
    vm.forget_stop();
    match s.next.ok_or_else(|| missing(vm))?(vm, this)? {
        Some(v) => Ok(v),
        None => Err(vm.exhausted(this)),
    }
}

pub(super) fn descr_get(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, rest) = args.args.split_first().expect("the wrapper checked that there is a self");
    let (obj, class) = match rest {
        [obj] => (obj, None),
        [obj, class] => (obj, Some(class)),
        _ => {
            let bound = if rest.is_empty() { "at least 1 argument" } else { "at most 2 arguments" };
            return Err(vm.type_error(format!("expected {bound}, got {}", rest.len())));
        }
    };
    let obj = Some(obj).filter(|o| !o.is_none());
    let class = class.filter(|c| !c.is_none());
    if obj.is_none() && class.is_none() {
        return Err(vm.type_error("__get__(None, None) is invalid"));
    }
    s.descr_get.ok_or_else(|| missing(vm))?(vm, this, obj, class)
}

pub(super) fn descr_set(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, [obj, value]) = exactly(vm, args)?;
    s.descr_set.ok_or_else(|| missing(vm))?(vm, this, obj, Some(value.clone()))?;
    Ok(Value::NONE)
}

pub(super) fn descr_delete(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, [obj]) = exactly(vm, args)?;
    s.descr_set.ok_or_else(|| missing(vm))?(vm, this, obj, None)?;
    Ok(Value::NONE)
}

pub(super) fn finalize(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, []) = exactly(vm, args)?;
    s.finalize.ok_or_else(|| missing(vm))?(vm, this)?;
    Ok(Value::NONE)
}

pub(super) fn bool(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, []) = exactly(vm, args)?;
    s.bool.ok_or_else(|| missing(vm))?(vm, this).map(Value::bool)
}

pub(super) fn len(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, []) = exactly(vm, args)?;
    s.len.ok_or_else(|| missing(vm))?(vm, this).map(Value::usize)
}

pub(super) fn setitem(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, [key, value]) = exactly(vm, args)?;
    s.setitem.ok_or_else(|| missing(vm))?(vm, this, key, Some(value.clone()))?;
    Ok(Value::NONE)
}

pub(super) fn delitem(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, [key]) = exactly(vm, args)?;
    s.setitem.ok_or_else(|| missing(vm))?(vm, this, key, None)?;
    Ok(Value::NONE)
}

pub(super) fn contains(vm: &Vm, s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, [key]) = exactly(vm, args)?;
    s.contains.ok_or_else(|| missing(vm))?(vm, this, key).map(Value::bool)
}

pub(super) fn repeat(
    vm: &Vm,
    f: Option<fn(&Vm, &Value, isize) -> PyResult<Value>>,
    args: CallArgs<'_>,
) -> PyResult<Value> {
    let (this, [count]) = exactly(vm, args)?;
    let n = vm.to_isize(count)?;
    f.ok_or_else(|| missing(vm))?(vm, this, n)
}

/// `obj.__buffer__(flags)`: a memoryview.
pub(super) fn buffer(vm: &Vm, _s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (this, [flags]) = exactly(vm, args)?;
    vm.to_i64(flags)?;
    let view = vm.runtime().builtins.get_str(&vm.intern("memoryview"));
    vm.call(&view.ok_or_else(|| missing(vm))?, std::slice::from_ref(this))
}

pub(super) fn release_buffer(vm: &Vm, _s: &Slots, args: CallArgs<'_>) -> PyResult<Value> {
    let (_, [view]) = exactly(vm, args)?;
    vm.call_method(view, "release", &[])?;
    Ok(Value::NONE)
}
