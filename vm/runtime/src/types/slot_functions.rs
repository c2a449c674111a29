//! The slots of classes made by Python code: each looks up its special method on the type and calls it.

use crate::Str;
use crate::call::CallArgs;
use crate::object::slots::{Binary, Ternary};
use crate::object::{BinOp, CmpOp, Type, TypeFlags, Value};
use crate::types::exception as exc;
use crate::types::int;
use crate::vm::{PyResult, Vm};

pub(crate) type GetAttr = fn(&Vm, &Value, &Str) -> PyResult<Value>;
pub(crate) type SetAttr = fn(&Vm, &Value, &Str, Option<Value>) -> PyResult<()>;

/// Calls what a look-up on the type of `obj` found, bound to `obj`.
#[inline]
fn call_found(vm: &Vm, found: &Value, obj: &Value, args: &[&Value]) -> PyResult<Value> {
    let fc = found.class();
    let bound;
    let (func, this) = if fc.flags().has(TypeFlags::METHOD_DESCRIPTOR) {
        (found, Some(obj))
    } else if let Some(get) = fc.slots().descr_get {
        let class = obj.class().as_value();
        bound = get(vm, found, Some(obj), Some(&class))?;
        (&bound, None)
    } else {
        (found, None)
    };
    match (this, args) {
        (Some(o), []) => vm.call(func, std::slice::from_ref(o)),
        (Some(o), [a]) => vm.call(func, &[o.clone(), (*a).clone()]),
        (Some(o), [a, b]) => vm.call(func, &[o.clone(), (*a).clone(), (*b).clone()]),
        (this, args) => {
            let all: Vec<Value> = this.into_iter().cloned().chain(args.iter().map(|a| (*a).clone())).collect();
            vm.call(func, &all)
        }
    }
}

/// Calls the special method of `obj`, if its type has one.
#[inline]
fn call_opt(vm: &Vm, obj: &Value, name: &Str, args: &[&Value]) -> PyResult<Option<Value>> {
    match obj.class().lookup(name) {
        Some(f) => call_found(vm, &f, obj, args).map(Some),
        None => Ok(None),
    }
}

/// Calls the special method of `obj`, which its type has as long as nobody takes it away.
#[inline]
fn call_special(vm: &Vm, obj: &Value, name: &Str, args: &[&Value]) -> PyResult<Value> {
    match call_opt(vm, obj, name, args)? {
        Some(v) => Ok(v),
        None => Err(vm.attribute_error(name.to_lossy())),
    }
}

pub(super) fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let class = class.as_value();
    let func = vm.get_attr(&class, &vm.names().__new__)?;
    let all = args.prepend(class);
    vm.call_args(&func, CallArgs { args: &all, names: args.names })
}

pub(super) fn init(vm: &Vm, this: &Value, args: CallArgs<'_>) -> PyResult<()> {
    let Some(m) = vm.lookup_special(this, &vm.names().__init__)? else { return Ok(()) };
    let r = m.call_args(vm, args)?;
    if r.is_none() {
        return Ok(());
    }
    Err(vm.type_error(format!("__init__() should return None, not '{}'", r.class().name())))
}

pub(super) fn call(vm: &Vm, this: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    match vm.lookup_special(this, &vm.names().__call__)? {
        Some(m) => m.call_args(vm, args),
        None => Err(vm.not_a(this, "callable")),
    }
}

macro_rules! unary {
    ($($name:ident $special:ident;)*) => {$(
        pub(super) fn $name(vm: &Vm, this: &Value) -> PyResult<Value> {
            call_special(vm, this, &vm.names().$special, &[])
        }
    )*};
}

unary! {
    neg __neg__;
    pos __pos__;
    abs __abs__;
    invert __invert__;
    int __int__;
    float __float__;
    index __index__;
    await_ __await__;
    aiter __aiter__;
    anext __anext__;
}

pub(super) fn repr(vm: &Vm, this: &Value) -> PyResult<Value> {
    match call_opt(vm, this, &vm.names().__repr__, &[])? {
        Some(v) => Ok(v),
        None => super::object::default_repr(vm, this),
    }
}

pub(super) fn str(vm: &Vm, this: &Value) -> PyResult<Value> {
    match call_opt(vm, this, &vm.names().__str__, &[])? {
        Some(v) => Ok(v),
        None => repr(vm, this),
    }
}

pub(super) fn hash(vm: &Vm, this: &Value) -> PyResult<i64> {
    let r = match this.class().lookup(&vm.names().__hash__) {
        Some(f) if !f.is_none() => call_found(vm, &f, this, &[])?,
        _ => return Err(vm.type_error(format!("unhashable type: '{}'", this.class().name()))),
    };
    if !int::is_int(&r) {
        return Err(vm.type_error("__hash__ method should return an integer"));
    }
    let h = match int::as_i64(&r) {
        Some(i) => i,
        None => vm.hash(&vm.index(&r)?)?,
    };
    Ok(if h == -1 { -2 } else { h })
}

/// `__getattribute__`, then `__getattr__` where the class has one.
pub(super) fn getattr(vm: &Vm, this: &Value, name: &Str) -> PyResult<Value> {
    let class = this.class();
    let names = vm.names();
    let hook = class.lookup(&names.__getattr__);
    let found = match class.lookup(&names.__getattribute__) {
        Some(g) if !super::descriptor::is_object_getattribute(&g) => {
            call_found(vm, &g, this, &[name.as_value()]).map(Some)
        }
        _ => super::object::find_attr(vm, this, name),
    };
    match (found, hook) {
        (Ok(Some(v)), _) => Ok(v),
        (Ok(None), Some(h)) => call_found(vm, &h, this, &[name.as_value()]),
        (Ok(None), None) => Err(vm.no_attribute(this, name)),
        (Err(e), Some(h)) if e.is(&exc::ATTRIBUTE_ERROR) => {
            drop(e);
            call_found(vm, &h, this, &[name.as_value()])
        }
        (Err(e), _) => Err(e),
    }
}

pub(super) fn setattr(vm: &Vm, this: &Value, name: &Str, value: Option<Value>) -> PyResult<()> {
    match value {
        Some(v) => call_special(vm, this, &vm.names().__setattr__, &[name.as_value(), &v]),
        None => call_special(vm, this, &vm.names().__delattr__, &[name.as_value()]),
    }
    .map(drop)
}

pub(super) fn descr_get(vm: &Vm, this: &Value, obj: Option<&Value>, class: Option<&Value>) -> PyResult<Value> {
    let none = Value::NONE;
    match call_opt(vm, this, &vm.names().__get__, &[obj.unwrap_or(&none), class.unwrap_or(&none)])? {
        Some(v) => Ok(v),
        None => Ok(this.clone()),
    }
}

pub(super) fn descr_set(vm: &Vm, this: &Value, obj: &Value, value: Option<Value>) -> PyResult<()> {
    match value {
        Some(v) => call_special(vm, this, &vm.names().__set__, &[obj, &v]),
        None => call_special(vm, this, &vm.names().__delete__, &[obj]),
    }
    .map(drop)
}

pub(super) fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let n = vm.names();
    let name = [&n.__lt__, &n.__le__, &n.__eq__, &n.__ne__, &n.__gt__, &n.__ge__][op as usize];
    // A method that can't be had is none.
    match vm.lookup_special(a, name) {
        Ok(Some(m)) => m.call(vm, std::slice::from_ref(b)),
        Ok(None) | Err(_) => Ok(Value::NOT_IMPLEMENTED),
    }
}

pub(super) fn iter(vm: &Vm, this: &Value) -> PyResult<Value> {
    let not_iterable = || vm.type_error(format!("'{}' object is not iterable", this.class().name()));
    match this.class().lookup(&vm.names().__iter__) {
        Some(f) if f.is_none() => Err(not_iterable()),
        Some(f) => call_found(vm, &f, this, &[]),
        None if this.class().lookup(&vm.names().__getitem__).is_some() => {
            Ok(super::iterator::sequence_iterator(this.clone()))
        }
        None => Err(not_iterable()),
    }
}

pub(super) fn next(vm: &Vm, this: &Value) -> PyResult<Option<Value>> {
    match call_special(vm, this, &vm.names().__next__, &[]) {
        Ok(v) => Ok(Some(v)),
        Err(e) if e.is(&crate::types::exception::STOP_ITERATION) => {
            drop(vm.stop.replace(e.value()));
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

pub(super) fn finalize(vm: &Vm, this: &Value) -> PyResult<()> {
    call_opt(vm, this, &vm.names().__del__, &[]).map(drop)
}

pub(super) fn len(vm: &Vm, this: &Value) -> PyResult<usize> {
    let r = call_special(vm, this, &vm.names().__len__, &[])?;
    length_of(vm, &r)
}

/// A length that a `__len__` returned.
pub(super) fn length_of(vm: &Vm, r: &Value) -> PyResult<usize> {
    let i = vm.index(r)?;
    if int::is_negative(&i) {
        return Err(vm.value_error("__len__() should return >= 0"));
    }
    match int::as_i64(&i) {
        Some(n) => Ok(n as usize),
        None => Err(vm.overflow_error(format!("cannot fit '{}' into an index-sized integer", r.class().name()))),
    }
}

pub(super) fn getitem(vm: &Vm, this: &Value, key: &Value) -> PyResult<Value> {
    call_special(vm, this, &vm.names().__getitem__, &[key])
}

pub(super) fn setitem(vm: &Vm, this: &Value, key: &Value, value: Option<Value>) -> PyResult<()> {
    match value {
        Some(v) => call_special(vm, this, &vm.names().__setitem__, &[key, &v]),
        None => call_special(vm, this, &vm.names().__delitem__, &[key]),
    }
    .map(drop)
}

pub(super) fn contains(vm: &Vm, this: &Value, item: &Value) -> PyResult<bool> {
    match this.class().lookup(&vm.names().__contains__) {
        Some(f) if f.is_none() => Err(vm.type_error(format!("'{}' object is not a container", this.class().name()))),
        Some(f) => {
            let r = call_found(vm, &f, this, &[item])?;
            vm.is_true(&r)
        }
        None => {
            let it = vm.iter(this)?;
            while let Some(x) = vm.next(&it)? {
                if vm.eq(&x, item)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

pub(super) fn bool(vm: &Vm, this: &Value) -> PyResult<bool> {
    let Some(r) = call_opt(vm, this, &vm.names().__bool__, &[])? else { return Ok(true) };
    r.as_bool().ok_or_else(|| vm.type_error(format!("__bool__ should return bool, returned {}", r.class().name())))
}

pub(super) fn buffer(vm: &Vm, this: &Value, writable: bool) -> PyResult<super::buffer::Buffer> {
    // PyBUF_FULL and PyBUF_FULL_RO of the C interface.
    let flags = Value::small(if writable { 0x11D } else { 0x11C });
    let r = call_special(vm, this, &vm.names().__buffer__, &[&flags])?;
    let not_a_view = || vm.type_error(format!("__buffer__ returned non-memoryview object (type {})", r.class().name()));
    if r.class().name() != "memoryview" {
        return Err(not_a_view());
    }
    match r.class().slots().buffer {
        Some(f) => f(vm, &r, writable),
        None => Err(not_a_view()),
    }
}

/// Which operand's class serves the operator by special methods.
fn is_ours(v: &Value, slot: impl Fn(&crate::object::Slots) -> bool) -> bool {
    slot(v.class().slots())
}

/// Whether the right operand's class has its own version of the reflected method.
fn overrides(a: &Value, b: &Value, rop: &Str) -> bool {
    match (b.class().lookup(rop), a.class().lookup(rop)) {
        (Some(x), Some(y)) => !x.is(&y),
        (found, _) => found.is_some(),
    }
}

/// `op` and its reflection, in the order that the data model says.
fn both(
    vm: &Vm,
    (a, b): (&Value, &Value),
    (op, rop): (&Str, &Str),
    third: Option<&Value>,
    ours: impl Fn(&crate::object::Slots) -> bool,
) -> PyResult<Value> {
    let same = std::ptr::eq(a.class(), b.class());
    let mut other = !same && is_ours(b, &ours);
    let attempt = |this: &Value, name: &Str, arg: &Value| -> PyResult<Option<Value>> {
        let r = match third {
            Some(c) => call_opt(vm, this, name, &[arg, c])?,
            None => call_opt(vm, this, name, &[arg])?,
        };
        Ok(r.filter(|r| !r.is_not_implemented()))
    };
    if is_ours(a, &ours) {
        if other && b.class().is_subtype(a.class()) && overrides(a, b, rop) {
            if let Some(r) = attempt(b, rop, a)? {
                return Ok(r);
            }
            other = false;
        }
        if let Some(r) = attempt(a, op, b)? {
            return Ok(r);
        }
    }
    if other && let Some(r) = attempt(b, rop, a)? {
        return Ok(r);
    }
    Ok(Value::NOT_IMPLEMENTED)
}

macro_rules! binary {
    ($($name:ident $op:ident $special:ident $reflected:ident;)*) => {$(
        pub(super) fn $name(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
            let n = vm.names();
            both(vm, (a, b), (&n.$special, &n.$reflected), None, |s| {
                s.binary[BinOp::$op as usize].is_some_and(|f| std::ptr::fn_addr_eq(f, $name as Binary))
            })
        }
    )*};
}

binary! {
    add Add __add__ __radd__;
    sub Sub __sub__ __rsub__;
    mul Mul __mul__ __rmul__;
    truediv TrueDiv __truediv__ __rtruediv__;
    floordiv FloorDiv __floordiv__ __rfloordiv__;
    mod_ Mod __mod__ __rmod__;
    matmul MatMul __matmul__ __rmatmul__;
    lshift LShift __lshift__ __rlshift__;
    rshift RShift __rshift__ __rrshift__;
    and And __and__ __rand__;
    or Or __or__ __ror__;
    xor Xor __xor__ __rxor__;
}

pub(super) fn divmod(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let n = vm.names();
    both(vm, (a, b), (&n.__divmod__, &n.__rdivmod__), None, |s| {
        s.divmod.is_some_and(|f| std::ptr::fn_addr_eq(f, divmod as Binary))
    })
}

pub(super) fn pow(vm: &Vm, a: &Value, b: &Value, c: &Value) -> PyResult<Value> {
    let n = vm.names();
    let third = if c.is_none() { None } else { Some(c) };
    both(vm, (a, b), (&n.__pow__, &n.__rpow__), third, |s| {
        s.pow.is_some_and(|f| std::ptr::fn_addr_eq(f, pow as Ternary))
    })
}

macro_rules! in_place {
    ($($name:ident $special:ident;)*) => {$(
        pub(super) fn $name(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
            Ok(call_opt(vm, a, &vm.names().$special, &[b])?.unwrap_or(Value::NOT_IMPLEMENTED))
        }
    )*};
}

in_place! {
    iadd __iadd__;
    isub __isub__;
    imul __imul__;
    itruediv __itruediv__;
    ifloordiv __ifloordiv__;
    imod __imod__;
    ipow __ipow__;
    imatmul __imatmul__;
    ilshift __ilshift__;
    irshift __irshift__;
    iand __iand__;
    ior __ior__;
    ixor __ixor__;
}
