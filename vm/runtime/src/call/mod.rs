//! Calls of native functions: arguments as a slice, bound by a declared signature.
//!
//! A call brings [`CallArgs`]: positional values, then keyword values, and the names of the latter. A native function is
//! declared by a [`NativeDef`] whose signature is text, parsed at compile time into counts. When only positional arguments
//! come and their number fits, the body gets the caller's slice as it is; otherwise [`bind`] fills a slot per parameter.

mod bind;
mod sig;

pub use bind::bind;
pub use sig::Sig;

use smallvec::SmallVec;

use crate::object::{Ref, Value};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Raised, Vm};

/// The arguments of a call: `args` holds the positional values and then one value for each of `names`.
#[derive(Clone, Copy)]
pub struct CallArgs<'a> {
    pub args: &'a [Value],
    /// Keyword names (exact strings).
    pub names: &'a [Value],
}

impl<'a> CallArgs<'a> {
    /// No arguments.
    pub const NONE: CallArgs<'static> = CallArgs { args: &[], names: &[] };

    /// Positional arguments only.
    pub const fn pos(args: &'a [Value]) -> CallArgs<'a> {
        CallArgs { args, names: &[] }
    }

    /// The positional values.
    pub fn positional(&self) -> &'a [Value] {
        &self.args[..self.args.len() - self.names.len()]
    }

    /// Names and values of the keyword arguments.
    pub fn keywords(&self) -> impl Iterator<Item = (&'a Value, &'a Value)> + 'a {
        let n = self.args.len() - self.names.len();
        self.names.iter().zip(&self.args[n..])
    }

    /// The value of a keyword argument.
    pub fn keyword(&self, name: &str) -> Option<&'a Value> {
        self.keywords()
            .find(|(k, _)| k.downcast::<PyStr>().is_some_and(|k| k.as_bytes() == name.as_bytes()))
            .map(|p| p.1)
    }

    /// The same call with another first argument in front, in a vector to borrow from.
    pub fn prepend(&self, first: Value) -> SmallVec<[Value; 6]> {
        let mut v = SmallVec::with_capacity(self.args.len() + 1);
        v.push(first);
        v.extend(self.args.iter().cloned());
        v
    }

    /// Without the first positional argument.
    pub fn skip_first(&self) -> CallArgs<'a> {
        CallArgs { args: &self.args[1..], names: self.names }
    }

    /// Raises TypeError when there are keyword arguments: "name() takes no keyword arguments".
    pub fn no_keywords(&self, vm: &Vm, name: &str) -> PyResult<()> {
        if self.names.is_empty() { Ok(()) } else { Err(vm.type_error(format!("{name}() takes no keyword arguments"))) }
    }

    /// The error for a keyword argument that is none of `known`. Without positional arguments in the count, as functions
    /// say it that take their keywords apart from the others.
    #[cold]
    pub fn unexpected_keyword(&self, vm: &Vm, name: &str, known: &[&str], key: &str) -> Raised {
        let given = self.names.len();
        if given > known.len() {
            let s = if known.len() == 1 { "" } else { "s" };
            let most = known.len();
            return vm.type_error(format!("{name}() takes at most {most} keyword argument{s} ({given} given)"));
        }
        let hint = bind::hint(key, known.iter().copied());
        vm.type_error(format!("{name}() got an unexpected keyword argument '{key}'{hint}"))
    }

    /// Checks the number of positional arguments, for functions that bind by hand (wording of `PyArg_UnpackTuple`).
    pub fn check_count(&self, vm: &Vm, name: &str, min: usize, max: usize) -> PyResult<()> {
        let n = self.positional().len();
        if (min..=max).contains(&n) {
            return Ok(());
        }
        let (word, bound) = if min == max {
            ("", min)
        } else if n < min {
            ("at least ", min)
        } else {
            ("at most ", max)
        };
        let s = if bound == 1 { "" } else { "s" };
        Err(vm.type_error(format!("{name} expected {word}{bound} argument{s}, got {n}")))
    }
}

/// The body of a native function.
#[derive(Clone, Copy)]
pub enum NativeFn {
    /// Gets its arguments bound: one slot per parameter (missing optional ones at the end may be cut off).
    Bound(fn(&Vm, Args<'_>) -> PyResult<Value>),
    /// Gets the call as it is.
    Raw(fn(&Vm, CallArgs<'_>) -> PyResult<Value>),
}

/// The declaration of a native function or method.
#[derive(Clone, Copy)]
pub struct NativeDef {
    pub sig: Sig,
    pub doc: &'static str,
    pub call: NativeFn,
}

/// A row of a function table: `native("append(self, object, /)", "Append object to the end.", append)`.
///
/// The signature is the Python one. `*args` gives the body a tuple in its slot, `**kwargs` a dict (or nothing when empty).
pub const fn native(sig: &'static str, doc: &'static str, call: fn(&Vm, Args<'_>) -> PyResult<Value>) -> NativeDef {
    NativeDef { sig: Sig::parse(sig), doc, call: NativeFn::Bound(call) }
}

/// Two tables as one, for a module that a platform adds functions to. `N` is the length of both.
pub const fn joined<const N: usize>(tables: [&[NativeDef]; 2]) -> [NativeDef; N] {
    let [first, second] = tables;
    assert!(first.len() + second.len() == N);
    let mut all = [first[0]; N];
    let mut i = 0;
    while i < N {
        all[i] = if i < first.len() { first[i] } else { second[i - first.len()] };
        i += 1;
    }
    all
}

/// A row of a function whose body sees the raw call; the signature only serves `help` and names.
pub const fn raw(sig: &'static str, doc: &'static str, call: fn(&Vm, CallArgs<'_>) -> PyResult<Value>) -> NativeDef {
    NativeDef { sig: Sig::parse(sig), doc, call: NativeFn::Raw(call) }
}

impl NativeDef {
    /// The function's name.
    pub const fn name(&self) -> &'static str {
        self.sig.name()
    }

    /// Calls the function. For methods `self` is the first positional argument.
    #[inline]
    pub fn invoke(&'static self, vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
        match self.call {
            NativeFn::Raw(f) => f(vm, call),
            NativeFn::Bound(f) => {
                let n = call.args.len();
                if call.names.is_empty() && self.sig.takes_plain(n) {
                    return f(vm, Args { values: call.args, def: self });
                }
                let slots = bind(vm, self, call)?;
                f(vm, Args { values: &slots, def: self })
            }
        }
    }
}

/// The bound arguments of a native function; slot `i` belongs to the `i`-th parameter (`self` is 0).
#[derive(Clone, Copy)]
pub struct Args<'a> {
    values: &'a [Value],
    pub(crate) def: &'static NativeDef,
}

impl<'a> Args<'a> {
    /// A required argument.
    #[inline(always)]
    pub fn get(&self, i: usize) -> &'a Value {
        &self.values[i]
    }

    /// The first argument: `self` of a method.
    #[inline(always)]
    pub fn this(&self) -> &'a Value {
        &self.values[0]
    }

    /// `self` as its payload. Method descriptors have checked the type.
    #[inline(always)]
    pub fn payload<T: crate::object::Payload>(&self) -> &'a T {
        self.values[0].downcast::<T>().expect("the method descriptor checked the type of self")
    }

    /// An optional argument.
    #[inline]
    pub fn opt(&self, i: usize) -> Option<&'a Value> {
        self.values.get(i).filter(|v| !v.is_unbound())
    }

    /// An optional argument for which `None` means missing.
    pub fn opt_not_none(&self, i: usize) -> Option<&'a Value> {
        self.opt(i).filter(|v| !v.is_none())
    }

    /// The items of a `*args` parameter.
    pub fn rest(&self, i: usize) -> &'a [Value] {
        self.opt(i).and_then(|v| v.downcast::<PyTuple>()).map_or(&[], |t| t.as_slice())
    }

    /// The dict of a `**kwargs` parameter, if any came.
    pub fn kwargs(&self, i: usize) -> Option<Ref<PyDict>> {
        self.opt(i).and_then(|v| v.downcast_ref::<PyDict>())
    }

    /// The function's name, for messages.
    pub fn name(&self) -> &'static str {
        self.def.name()
    }

    /// A `str` (or subclass) argument.
    pub fn str(&self, vm: &Vm, i: usize) -> PyResult<Ref<PyStr>> {
        self.values[i].downcast_ref::<PyStr>().ok_or_else(|| self.wrong(vm, i, "str"))
    }

    /// An optional `str` argument.
    pub fn opt_str(&self, vm: &Vm, i: usize) -> PyResult<Option<Ref<PyStr>>> {
        match self.opt(i) {
            Some(_) => self.str(vm, i).map(Some),
            None => Ok(None),
        }
    }

    /// An argument with payload `T`; `expected` is what the error calls it.
    pub fn payload_of<T: crate::object::Payload>(&self, vm: &Vm, i: usize, expected: &str) -> PyResult<Ref<T>> {
        self.values[i].downcast_ref::<T>().ok_or_else(|| self.wrong(vm, i, expected))
    }

    /// An int argument (through `__index__`) as i64; OverflowError when it does not fit.
    pub fn i64(&self, vm: &Vm, i: usize) -> PyResult<i64> {
        vm.to_i64(&self.values[i])
    }

    /// An optional int argument.
    pub fn opt_i64(&self, vm: &Vm, i: usize, default: i64) -> PyResult<i64> {
        match self.opt(i) {
            Some(v) => vm.to_i64(v),
            None => Ok(default),
        }
    }

    /// An index argument (through `__index__`), clamped to the range of `isize`.
    pub fn index_clamped(&self, vm: &Vm, i: usize) -> PyResult<isize> {
        vm.to_index_clamped(&self.values[i])
    }

    /// A float argument (through `__float__` or `__index__`).
    pub fn f64(&self, vm: &Vm, i: usize) -> PyResult<f64> {
        vm.to_f64(&self.values[i])
    }

    /// An optional argument by its truth.
    pub fn opt_bool(&self, vm: &Vm, i: usize, default: bool) -> PyResult<bool> {
        match self.opt(i) {
            Some(v) => vm.is_true(v),
            None => Ok(default),
        }
    }

    /// The TypeError for an argument of the wrong type: "f() argument 1 must be str, not int". Numbers count from 1
    /// without `self`.
    #[cold]
    pub fn wrong(&self, vm: &Vm, i: usize, expected: &str) -> crate::vm::Raised {
        let sig = &self.def.sig;
        let name = sig.name();
        let got = vm.type_name_for_errors(&self.values[i]);
        let number = if sig.has_self() { i } else { i + 1 };
        if sig.positional_without_self() == 1 {
            vm.type_error(format!("{name}() argument must be {expected}, not {got}"))
        } else if sig.is_positional_only(i) {
            vm.type_error(format!("{name}() argument {number} must be {expected}, not {got}"))
        } else {
            vm.type_error(format!("{name}() argument '{}' must be {expected}, not {got}", sig.param_name(i)))
        }
    }
}
