//! `_functools`: `partial`, `reduce`, `cmp_to_key` and the wrapper of `lru_cache`.

mod lru;
mod partial;

use std::cell::RefCell;

use freeze_runtime::object::typeobj::GetSet;
use freeze_runtime::object::{CmpOp, Slots};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::{
    Args, CallArgs, ModuleDef, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use crate::native_type::{add_types, payload};

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let func = args.get(0);
    let it = match vm.iter(args.get(1)) {
        Err(e) if e.is(&freeze_runtime::types::exception::TYPE_ERROR) => {
            return Err(vm.type_error("reduce() arg 2 must support iteration"));
        }
        r => r?,
    };
    let mut acc = args.opt(2).cloned();
    while let Some(x) = vm.next(&it)? {
        acc = Some(match acc {
            None => x,
            Some(a) => vm.call(func, &[a, x])?,
        });
    }
    acc.ok_or_else(|| vm.type_error("reduce() of empty iterable with no initial value"))
}

/// The payload of the keys that `cmp_to_key` makes: the comparison, and the object (unset in the maker itself).
struct Key {
    cmp: Value,
    object: RefCell<Value>,
}
payload!(Key, |k, visit| {
    visit(&k.cmp);
    visit(&k.object.borrow());
});

fn key(v: &Value) -> &Key {
    v.downcast::<Key>().expect("slots are called on their own types")
}

fn cmp_to_key(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let k = Key { cmp: args.get(0).clone(), object: RefCell::new(Value::UNBOUND) };
    Ok(Ref::new(&KEY, k).into_value())
}

fn key_call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    static CALL: NativeDef = native("K(obj)", "", |_, args| Ok(args.get(0).clone()));
    let object = CALL.invoke(vm, args)?;
    Ok(Ref::new(&KEY, Key { cmp: key(v).cmp.clone(), object: RefCell::new(object) }).into_value())
}

fn key_compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let Some(other) = b.downcast::<Key>() else {
        return Err(vm.type_error("other argument must be K instance"));
    };
    let (x, y) = (key(a).object.borrow().clone(), other.object.borrow().clone());
    if x.is_unbound() || y.is_unbound() {
        return Err(vm.attribute_error("object"));
    }
    let r = vm.call(&key(a).cmp, &[x, y])?;
    vm.compare(op, &r, &Value::small(0))
}

fn key_object(vm: &Vm, v: &Value) -> PyResult<Value> {
    let o = key(v).object.borrow().clone();
    if o.is_unbound() { Err(vm.attribute_error("object")) } else { Ok(o) }
}

fn set_key_object(_vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    drop(key(v).object.replace(value.unwrap_or(Value::UNBOUND)));
    Ok(())
}

static KEY_DEF: TypeDef = TypeDef {
    name: "KeyWrapper",
    module: "functools",
    layout: Key::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { call: Some(key_call), compare: Some(key_compare), ..Slots::EMPTY },
    getset: &[GetSet {
        name: "obj",
        doc: "Value wrapped by a key function.",
        get: key_object,
        set: Some(set_key_object),
    }],
    ..TypeDef::EMPTY
};
static KEY: Type = Type::builtin(&KEY_DEF);

static FUNCTIONS: &[NativeDef] = &[
    native("cmp_to_key(mycmp)", "Convert a cmp= function into a key= function.", cmp_to_key),
    native(
        "reduce(function, iterable, /, initial=None)",
        "Apply a function of two arguments cumulatively to the items of an iterable, from left to right.",
        reduce,
    ),
];

fn init(vm: &Vm, ns: &PyDict) -> PyResult<()> {
    freeze_runtime::types::type_::ready(vm, &KEY);
    add_types(vm, ns, &[&partial::PARTIAL, &lru::WRAPPER, &partial::PLACEHOLDER_TYPE]);
    ns.set_text("Placeholder", partial::placeholder(vm));
    Ok(())
}

/// The module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_functools", doc: "Tools that operate on functions.", functions: FUNCTIONS, init: Some(init) };
