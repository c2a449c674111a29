//! Struct sequences: tuples whose items have names (`os.stat_result`, `time.struct_time`, `sys.flags`).
//!
//! A type is one [`struct_seq!`] item. Fields beyond the tuple's length live in the instance's attributes.

use freeze_runtime::object::{GetSet, Slots, instance};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, CallArgs, NativeDef, Str, Type, Value, Vm, native};

type Get = fn(&Vm, &Value) -> PyResult<Value>;

fn field<const I: usize>(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::or_none(v.downcast::<PyTuple>().and_then(|t| t.as_slice().get(I).cloned())))
}

const FIELDS: [Get; 24] = [
    field::<0>,
    field::<1>,
    field::<2>,
    field::<3>,
    field::<4>,
    field::<5>,
    field::<6>,
    field::<7>,
    field::<8>,
    field::<9>,
    field::<10>,
    field::<11>,
    field::<12>,
    field::<13>,
    field::<14>,
    field::<15>,
    field::<16>,
    field::<17>,
    field::<18>,
    field::<19>,
    field::<20>,
    field::<21>,
    field::<22>,
    field::<23>,
];

/// Attributes for the items of a struct sequence.
pub(crate) const fn getters<const N: usize>(names: &[&'static str; N]) -> [GetSet; N] {
    let mut out = [const { GetSet { name: "", doc: "", get: FIELDS[0], set: None } }; N];
    let mut i = 0;
    while i < N {
        out[i] = GetSet { name: names[i], doc: "", get: FIELDS[i], set: None };
        i += 1;
    }
    out
}

/// An instance of the struct sequence `class`; `hidden` are the fields beyond the tuple.
pub(crate) fn make(vm: &Vm, class: &'static Type, items: Vec<Value>, hidden: &[(&str, Value)]) -> Value {
    let v = PyTuple::with_class(class, items).into_value();
    for (name, value) in hidden {
        instance::set(&v, &vm.intern(name), value.clone());
    }
    v
}

fn names_of(vm: &Vm, class: &Type, attr: &str) -> PyResult<Vec<Value>> {
    let names = vm.get_attr_str(&class.as_value(), attr)?;
    vm.to_vec(&names)
}

pub(crate) fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let class = v.class();
    let names = names_of(vm, class, "__match_args__")?;
    let items = v.downcast::<PyTuple>().map_or(&[][..], |t| t.as_slice());
    let mut parts = Vec::with_capacity(items.len());
    for (n, x) in names.iter().zip(items) {
        let n = n.downcast::<PyStr>().map_or(String::new(), |s| s.to_lossy().into_owned());
        parts.push(format!("{n}={}", vm.repr(x)?.to_lossy()));
    }
    let module = vm.get_attr(&class.as_value(), &vm.names().__module__)?;
    let module = module.downcast::<PyStr>().map_or(String::new(), |s| s.to_lossy().into_owned());
    Ok(vm.str(&format!("{module}.{}({})", class.name(), parts.join(", "))))
}

pub(crate) fn new(vm: &Vm, class: &Type, call: CallArgs<'_>) -> PyResult<Value> {
    static SIG: NativeDef = native("structseq(sequence, dict=None)", "", |_, args| {
        Ok(PyTuple::new(vec![args.get(0).clone(), args.opt(1).cloned().unwrap_or(Value::UNBOUND)]).into_value())
    });
    let bound = SIG.invoke(vm, call)?;
    let Some(pair) = bound.downcast::<PyTuple>() else { return Ok(Value::NONE) };
    let class_value = class.as_value();
    let visible = vm.to_i64(&vm.get_attr_str(&class_value, "n_sequence_fields")?)? as usize;
    let total = vm.to_i64(&vm.get_attr_str(&class_value, "n_fields")?)? as usize;
    let mut items = vm.to_vec(&pair.as_slice()[0])?;
    let n = items.len();
    let module = vm.get_attr(&class_value, &vm.names().__module__)?;
    let module = module.downcast::<PyStr>().map_or(String::new(), |s| s.to_lossy().into_owned());
    let (word, bound) = if visible == total && n != total {
        ("a", visible)
    } else if n < visible {
        ("an at least", visible)
    } else if n > total {
        ("an at most", total)
    } else {
        ("", 0)
    };
    if !word.is_empty() {
        return Err(
            vm.type_error(format!("{module}.{}() takes {word} {bound}-sequence ({n}-sequence given)", class.name()))
        );
    }
    let dict = &pair.as_slice()[1];
    let given = match dict.downcast_ref::<PyDict>() {
        None if !dict.is_unbound() => {
            return Err(vm.type_error(format!("{module}.{}() takes a dict as second arg, if any", class.name())));
        }
        given => given,
    };
    let rest = items.split_off(visible);
    let hidden = names_of(vm, class, "_hidden_fields")?;
    let v = PyTuple::with_class(class, items).into_value();
    let mut used = 0;
    for (i, name) in hidden.iter().enumerate() {
        let Some(name) = name.downcast_ref::<PyStr>() else { continue };
        let value = rest.get(i).cloned().or_else(|| {
            let found = given.as_ref().and_then(|d| d.get_str(&name));
            used += usize::from(found.is_some());
            found
        });
        instance::set(&v, &freeze_runtime::object::string::intern_ref(&name), Value::or_none(value));
    }
    if given.is_some_and(|d| d.len() > used) {
        return Err(vm.type_error(format!("{module}.{}() got duplicate or unexpected field name(s)", class.name())));
    }
    Ok(v)
}

/// Fields are never set from outside.
fn set_attribute(vm: &Vm, v: &Value, name: &Str, _value: Option<Value>) -> PyResult<()> {
    match vm.get_attr_opt(v, name)? {
        Some(_) => Err(vm.attribute_error("readonly attribute")),
        None => Err(vm.no_attribute(v, name)),
    }
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let items = v.downcast::<PyTuple>().map_or(&[][..], |t| t.as_slice());
    let d = instance::dict(v).map_or_else(PyDict::new_ref, |d| d.copy());
    let state = PyTuple::new(vec![PyTuple::from_slice(items).into_value(), d.into_value()]);
    let _ = vm;
    Ok(PyTuple::new(vec![v.class().as_value(), state.into_value()]).into_value())
}

fn replace(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let class = v.class().as_value();
    if vm.to_i64(&vm.get_attr_str(&class, "n_unnamed_fields")?)? > 0 {
        let module = vm.get_attr(&class, &vm.names().__module__)?;
        return Err(vm.type_error(format!(
            "__replace__() is not supported for {}.{} because it has unnamed field(s)",
            vm.to_str(&module)?.to_lossy(),
            v.class().name()
        )));
    }
    let names = names_of(vm, v.class(), "__match_args__")?;
    let hidden = names_of(vm, v.class(), "_hidden_fields")?;
    let mut items = v.downcast::<PyTuple>().map_or(vec![], |t| t.as_slice().to_vec());
    for name in &hidden {
        let Some(name) = name.downcast_ref::<PyStr>() else { continue };
        items.push(vm.get_attr(v, &name)?);
    }
    let mut unknown = Vec::new();
    for (k, x) in args.kwargs(1).map(|d| d.items()).unwrap_or_default() {
        let mut found = false;
        for (n, slot) in names.iter().chain(&hidden).zip(items.iter_mut()) {
            if vm.eq(n, &k)? {
                *slot = x.clone();
                found = true;
            }
        }
        if !found {
            unknown.push(vm.repr(&k)?.to_lossy().into_owned());
        }
    }
    if !unknown.is_empty() {
        return Err(vm.type_error(format!("Got unexpected field name(s): [{}]", unknown.join(", "))));
    }
    vm.call(&class, &[PyTuple::new(items).into_value()])
}

/// The methods of every struct sequence.
pub(crate) static METHODS: &[NativeDef] = &[
    native("__reduce__(self, /)", "", reduce),
    native(
        "__replace__(self, /, **changes)",
        "Return a copy of the structure with new values for the specified fields.",
        replace,
    ),
];

/// The slots of every struct sequence that can be made by calling its type.
pub(crate) const SLOTS: Slots =
    Slots { new: Some(new), repr: Some(repr), setattr: Some(set_attribute), ..Slots::EMPTY };

/// Class attributes of a struct sequence.
pub(crate) fn class_attributes(vm: &Vm, d: &PyDict, visible: &[&str], hidden: &[&str], unnamed: usize) {
    let named: Vec<Value> =
        visible.iter().filter(|n| !n.starts_with("_integer_")).map(|n| vm.intern(n).into_value()).collect();
    d.set_text("__match_args__", PyTuple::new(named).into_value());
    d.set_text("n_sequence_fields", Value::usize(visible.len()));
    d.set_text("n_fields", Value::usize(visible.len() + hidden.len()));
    d.set_text("n_unnamed_fields", Value::usize(unnamed));
    let hidden = hidden.iter().map(|n| vm.intern(n).into_value()).collect();
    d.set_text("_hidden_fields", PyList::new(hidden).into_value());
}

/// Declares the type of a struct sequence.
macro_rules! struct_seq {
    ($(#[$doc:meta])* $vis:vis static $NAME:ident = $module:expr, $name:literal, $text:literal,
     [$($field:literal),* $(,)?], [$($hidden:literal),* $(,)?]) => {
        $crate::structseq::struct_seq! {
            $(#[$doc])*
            $vis static $NAME = $module, $name, $text, [$($field),*], [$($hidden),*],
            new: $crate::structseq::SLOTS.new, flags: 0
        }
    };
    // `only: interpreter`: programs get no instances of their own.
    ($(#[$doc:meta])* $vis:vis static $NAME:ident = $module:expr, $name:literal, $text:literal,
     [$($field:literal),* $(,)?], [$($hidden:literal),* $(,)?], only: interpreter) => {
        $crate::structseq::struct_seq! {
            $(#[$doc])*
            $vis static $NAME = $module, $name, $text, [$($field),*], [$($hidden),*],
            new: None, flags: freeze_runtime::TypeFlags::NO_NEW
        }
    };
    ($(#[$doc:meta])* $vis:vis static $NAME:ident = $module:expr, $name:literal, $text:literal,
     [$($field:literal),* $(,)?], [$($hidden:literal),* $(,)?], new: $new:expr, flags: $flags:expr) => {
        $(#[$doc])*
        $vis static $NAME: freeze_runtime::Type = {
            const NAMES: &[&str] = &[$($field),*];
            static GETSET: &[freeze_runtime::object::GetSet] = &$crate::structseq::getters(&[$($field),*]);
            fn consts(vm: &freeze_runtime::Vm, d: &freeze_runtime::types::dict::PyDict) {
                let unnamed = NAMES.iter().filter(|n| n.starts_with("_integer_")).count();
                $crate::structseq::class_attributes(vm, d, NAMES, &[$($hidden),*], unnamed);
            }
            static DEF: freeze_runtime::TypeDef = freeze_runtime::TypeDef {
                name: $name,
                module: $module,
                doc: $text,
                base: Some(&freeze_runtime::types::tuple::TUPLE),
                layout: <freeze_runtime::types::tuple::PyTuple as freeze_runtime::Payload>::layout,
                flags: freeze_runtime::TypeFlags::IMMUTABLE
                    | freeze_runtime::TypeFlags::DICT
                    | freeze_runtime::TypeFlags::SEQUENCE
                    | $flags,
                slots: freeze_runtime::object::Slots { new: $new, ..$crate::structseq::SLOTS },
                methods: $crate::structseq::METHODS,
                getset: GETSET,
                consts: Some(consts),
                ..freeze_runtime::TypeDef::EMPTY
            };
            freeze_runtime::Type::builtin(&DEF)
        };
    };
}
pub(crate) use struct_seq;
