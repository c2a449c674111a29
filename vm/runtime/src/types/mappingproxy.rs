//! `mappingproxy`: a read-only view of a mapping, as `cls.__dict__` gives it.

use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::{BinOp, CmpOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value, header};
use crate::types::list::PyList;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The payload of `mappingproxy`.
pub struct PyMappingProxy {
    mapping: Value,
}

impl PyMappingProxy {
    /// The mapping behind the view.
    pub fn mapping(&self) -> &Value {
        &self.mapping
    }
}

impl Payload for PyMappingProxy {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyMappingProxy>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.mapping);
    }
}

/// A view of this mapping.
pub fn of(mapping: Value) -> Value {
    Ref::new(&MAPPING_PROXY, PyMappingProxy { mapping }).into_value()
}

fn inner(v: &Value) -> &Value {
    &v.downcast::<PyMappingProxy>().expect("slots are called on their own types").mapping
}

/// The mapping behind `v` if that is a view, else `v`.
fn unwrap(v: &Value) -> &Value {
    v.downcast::<PyMappingProxy>().map_or(v, |p| &p.mapping)
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    static NEW: NativeDef = native("mappingproxy(mapping)", "", |_, args| Ok(args.get(0).clone()));
    let mapping = NEW.invoke(vm, args)?;
    if mapping.class().slots().getitem.is_none() || mapping.has_layout::<PyList>() || mapping.has_layout::<PyTuple>() {
        return Err(vm.type_error(format!("mappingproxy() argument must be a mapping, not {}", mapping.class().name())));
    }
    Ok(header::new_object(class, PyMappingProxy { mapping }))
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    vm.get_item(inner(v), key)
}

fn len(vm: &Vm, v: &Value) -> PyResult<usize> {
    vm.len(inner(v))
}

fn contains(vm: &Vm, v: &Value, key: &Value) -> PyResult<bool> {
    vm.contains(inner(v), key)
}

fn iter(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.iter(inner(v))
}

fn str(vm: &Vm, v: &Value) -> PyResult<Value> {
    vm.to_str(inner(v)).map(Into::into)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(vm.str(&format!("mappingproxy({})", vm.repr(inner(v))?.to_lossy())))
}

fn hash(vm: &Vm, v: &Value) -> PyResult<i64> {
    vm.hash(inner(v))
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    vm.compare(op, inner(a), b)
}

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    vm.binary_op(BinOp::Or, unwrap(a), unwrap(b))
}

fn ior(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    Err(vm.type_error(format!(
        "'|=' is not supported by {}; use '|' instead",
        if a.has_layout::<PyMappingProxy>() { a.class().name() } else { b.class().name() }
    )))
}

fn get(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let default = args.opt(2).cloned().unwrap_or(Value::NONE);
    vm.call_method_name(inner(args.this()), &vm.names().get, &[args.get(1).clone(), default])
}

macro_rules! forwarded {
    ($($name:ident $text:literal;)*) => {$(
        fn $name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
            vm.call_method(inner(args.this()), $text, &[])
        }
    )*};
}

forwarded! {
    keys "keys";
    values "values";
    items "items";
    copy "copy";
    reversed "__reversed__";
}

static METHODS: &[NativeDef] = &[
    native("__reversed__(self, /)", "D.__reversed__() -> reverse iterator", reversed),
    native("copy(self, /)", "D.copy() -> a shallow copy of D", copy),
    native("get(self, key, default=None, /)", "Return the value for key if key is in the mapping, else default.", get),
    native("items(self, /)", "D.items() -> a set-like object providing a view on D's items", items),
    native("keys(self, /)", "D.keys() -> a set-like object providing a view on D's keys", keys),
    native("values(self, /)", "D.values() -> an object providing a view on D's values", values),
];

static CLASS_METHODS: &[NativeDef] =
    &[native("__class_getitem__(cls, object, /)", "See PEP 585", crate::types::generic_alias::class_getitem_method)];

static DEF: TypeDef = TypeDef {
    name: "mappingproxy",
    doc: "Read-only proxy of a mapping.",
    layout: PyMappingProxy::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::MAPPING,
    slots: Slots {
        new: Some(new),
        getitem: Some(getitem),
        len: Some(len),
        contains: Some(contains),
        iter: Some(iter),
        str: Some(str),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        binary: Slots::ops(&[(BinOp::Or, or)]),
        inplace: Slots::ops(&[(BinOp::Or, ior)]),
        ..Slots::EMPTY
    },
    methods: METHODS,
    class_methods: CLASS_METHODS,
    ..TypeDef::EMPTY
};
/// `types.MappingProxyType`
pub static MAPPING_PROXY: Type = Type::builtin(&DEF);
