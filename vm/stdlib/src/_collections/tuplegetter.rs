//! The attributes of named tuples: descriptors that give an item by its number.

use std::cell::RefCell;

use freeze_runtime::call::bind;
use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

/// The payload of `_tuplegetter`.
pub(super) struct TupleGetter {
    pub index: usize,
    doc: RefCell<Value>,
}

impl Payload for TupleGetter {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<TupleGetter>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.doc.borrow());
    }
    fn clear(&self) {
        drop(self.doc.replace(Value::NONE));
    }
}

static NEW: NativeDef = native("_tuplegetter(index, doc, /)", "", |_, args| Ok(args.get(0).clone()));

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &NEW, args)?;
    let index = usize::try_from(vm.to_isize(&slots[0])?).unwrap_or(usize::MAX);
    Ok(Ref::new(class, TupleGetter { index, doc: RefCell::new(slots[1].clone()) }).into_value())
}

fn this(v: &Value) -> &TupleGetter {
    v.downcast().expect("slots of _tuplegetter see those")
}

fn get(vm: &Vm, v: &Value, obj: Option<&Value>, _class: Option<&Value>) -> PyResult<Value> {
    let Some(obj) = obj.filter(|o| !o.is_none()) else { return Ok(v.clone()) };
    let i = this(v).index;
    let Some(t) = obj.downcast::<PyTuple>() else {
        return Err(vm.type_error(format!(
            "descriptor for index '{i}' for tuple subclasses doesn't apply to '{}' object",
            obj.class().name()
        )));
    };
    t.as_slice().get(i).cloned().ok_or_else(|| vm.index_error("tuple index out of range"))
}

fn set(vm: &Vm, _v: &Value, _obj: &Value, value: Option<Value>) -> PyResult<()> {
    Err(vm.attribute_error(if value.is_some() { "can't set attribute" } else { "can't delete attribute" }))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let g = this(v);
    let doc = g.doc.borrow().clone();
    Ok(vm.str(&format!("{}({}, {})", v.class().name(), g.index, vm.repr(&doc)?.to_lossy())))
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let g = this(args.this());
    let state = PyTuple::new(vec![Value::usize(g.index), g.doc.borrow().clone()]).into_value();
    Ok(PyTuple::new(vec![args.this().class().as_value(), state]).into_value())
}

static METHODS: &[NativeDef] = &[native("__reduce__(self, /)", "", reduce)];

static GETSET: &[GetSet] = &[GetSet {
    name: "__doc__",
    doc: "",
    get: |_, v| Ok(this(v).doc.borrow().clone()),
    set: Some(|_, v, value| {
        drop(this(v).doc.replace(Value::or_none(value)));
        Ok(())
    }),
}];

static DEF: TypeDef = TypeDef {
    name: "_tuplegetter",
    module: "_collections",
    layout: TupleGetter::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(new), descr_get: Some(get), descr_set: Some(set), repr: Some(repr), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `_tuplegetter`.
pub(super) static TUPLE_GETTER: Type = Type::builtin(&DEF);
