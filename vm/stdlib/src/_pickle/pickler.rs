//! `Pickler`: settings and memo between pickles. The work is done by a [`Saver`].

use std::cell::{Cell, RefCell};

use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::int;
use freeze_runtime::types::native_function::PyNativeFunction;
use freeze_runtime::types::object::{generic_getattr, generic_setattr};
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Ref, Str, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use super::memo::Memo;
use super::save::Saver;
use super::{op, shared};
use crate::native_type::payload;

/// What `__init__` was told.
#[derive(Clone)]
struct Settings {
    write: Value,
    proto: u8,
    fix_imports: bool,
    buffer_callback: Option<Value>,
}

/// The payload of `Pickler`.
#[derive(Default)]
pub(super) struct Pickler {
    settings: RefCell<Option<Settings>>,
    memo: RefCell<Memo>,
    running: Cell<bool>,
    fast: Cell<bool>,
    dispatch_table: RefCell<Option<Value>>,
    /// A `persistent_id` set on the object.
    persistent_id: RefCell<Option<Value>>,
}
payload!(
    Pickler,
    |p, visit| {
        if let Some(s) = &*p.settings.borrow() {
            visit(&s.write);
            s.buffer_callback.iter().for_each(&mut *visit);
        }
        p.memo.borrow().entries().iter().for_each(|e| visit(&e.1));
        p.dispatch_table.borrow().iter().for_each(&mut *visit);
        p.persistent_id.borrow().iter().for_each(&mut *visit);
    },
    |p| {
        let old = (p.settings.take(), p.memo.take(), p.dispatch_table.take(), p.persistent_id.take());
        drop(old);
    }
);

fn this(v: &Value) -> &Pickler {
    v.downcast().expect("slots of Pickler see those")
}

/// A `protocol` argument.
pub(super) fn protocol(vm: &Vm, v: Option<&Value>) -> PyResult<u8> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(op::DEFAULT) };
    let n = vm.to_i64(v)?;
    if n > i64::from(op::HIGHEST) {
        return Err(vm.value_error(format!("pickle protocol must be <= {}", op::HIGHEST)));
    }
    Ok(if n < 0 { op::HIGHEST } else { n as u8 })
}

/// A `buffer_callback` argument.
pub(super) fn buffer_callback(vm: &Vm, v: Option<&Value>, proto: u8) -> PyResult<Option<Value>> {
    match v.filter(|v| !v.is_none()) {
        Some(_) if proto < 5 => Err(vm.value_error("buffer_callback needs protocol >= 5")),
        v => Ok(v.cloned()),
    }
}

/// The `write` of a file argument.
pub(super) fn write_of(vm: &Vm, file: &Value) -> PyResult<Value> {
    vm.get_attr_opt(file, &vm.names().write)?.ok_or_else(|| vm.type_error("file must have a 'write' attribute"))
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(Ref::new(class, Pickler::default()).into_value())
}

fn in_use(vm: &Vm) -> freeze_runtime::Raised {
    vm.runtime_error("Pickler object is already used")
}

static INIT: NativeDef =
    native("Pickler(self, /, file, protocol=None, fix_imports=True, buffer_callback=None)", "", |vm, args| {
        let p = args.payload::<Pickler>();
        if p.running.get() {
            return Err(in_use(vm));
        }
        let proto = protocol(vm, args.opt(2))?;
        let fix_imports = args.opt_bool(vm, 3, true)?;
        let write = write_of(vm, args.get(1))?;
        let buffer_callback = buffer_callback(vm, args.opt(4), proto)?;
        let old = p.settings.replace(Some(Settings { write, proto, fix_imports, buffer_callback }));
        let memo = p.memo.take();
        p.fast.set(false);
        drop((old, memo));
        Ok(Value::NONE)
    });

fn init(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    let all = call.prepend(v.clone());
    INIT.invoke(vm, CallArgs { args: &all, names: call.names }).map(drop)
}

/// The attribute of a pickler that its class or somebody else gave it; None if it is that of `Pickler` itself.
fn own_persistent_id(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let set = this(v).persistent_id.borrow().clone();
    if set.is_some() || v.is_exact(&PICKLER) {
        return Ok(set);
    }
    let f = vm.get_attr_opt(v, &vm.intern("persistent_id"))?;
    Ok(f.filter(|f| !PyNativeFunction::is(f, &METHODS[PERSISTENT_ID])))
}

fn dump(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let p = args.payload::<Pickler>();
    if p.running.get() {
        return Err(in_use(vm));
    }
    let Some(s) = p.settings.borrow().clone() else {
        return Err(shared::pickling_error(
            vm,
            format!("Pickler.__init__() was not called by {}.__init__()", v.class().name()),
        ));
    };
    let mut saver = Saver::new(vm, Some(s.write), s.proto, s.fix_imports);
    saver.buffer_callback = s.buffer_callback;
    saver.fast = p.fast.get();
    saver.persistent_id = own_persistent_id(vm, v)?;
    if v.is_exact(&PICKLER) {
        saver.dispatch_table = p.dispatch_table.borrow().clone();
    } else {
        saver.reducer_override = vm.get_attr_opt(v, &vm.intern("reducer_override"))?;
        saver.dispatch_table = vm.get_attr_opt(v, &vm.intern("dispatch_table"))?;
    }
    saver.memo = p.memo.take();
    p.running.set(true);
    let r = saver.dump(args.get(1));
    p.running.set(false);
    let old = p.memo.replace(std::mem::take(&mut saver.memo));
    drop(old);
    r.map(|()| Value::NONE)
}

fn clear_memo(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = args.payload::<Pickler>();
    if p.running.get() {
        return Err(in_use(vm));
    }
    let old = p.memo.take();
    drop(old);
    Ok(Value::NONE)
}

fn persistent_id(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = args.payload::<Pickler>();
    Ok(Value::usize(Pickler::layout().size_hint() + p.memo.borrow().heap_size()))
}

fn getattr(vm: &Vm, v: &Value, name: &Str) -> PyResult<Value> {
    if name.as_bytes() == b"persistent_id"
        && let Some(f) = this(v).persistent_id.borrow().clone()
    {
        return Ok(f);
    }
    generic_getattr(vm, v, name)
}

fn setattr(vm: &Vm, v: &Value, name: &Str, value: Option<Value>) -> PyResult<()> {
    if name.as_bytes() != b"persistent_id" {
        return generic_setattr(vm, v, name, value);
    }
    let had = this(v).persistent_id.replace(value.clone());
    if value.is_none() && had.is_none() {
        return Err(vm.no_attribute(v, name));
    }
    drop(had);
    Ok(())
}

fn get_memo(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let p = v.downcast_ref::<Pickler>().expect("this getter belongs to Pickler");
    Ok(Ref::new(&PICKLER_MEMO, MemoProxy { pickler: RefCell::new(Some(p)) }).into_value())
}

fn set_memo(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("attribute deletion is not supported")) };
    let memo = if let Some(proxy) = value.downcast::<MemoProxy>() {
        let pickler = proxy.pickler.borrow().clone();
        pickler.map(|p| p.memo.borrow().copy()).unwrap_or_default()
    } else if let Some(d) = value.downcast::<PyDict>() {
        let mut memo = Memo::default();
        for (_, entry) in d.items() {
            let Some([n, x]) = entry.downcast::<PyTuple>().map(PyTuple::as_slice) else {
                return Err(vm.type_error("'memo' values must be 2-item tuples"));
            };
            if !int::is_int(n) {
                return Err(vm.type_error("an integer is required"));
            }
            let n = u32::try_from(vm.to_i64(n)?).map_err(|_| vm.value_error("memo numbers must fit 32 bits"))?;
            memo.set(n, x.clone());
        }
        memo
    } else {
        return Err(vm.type_error(format!(
            "'memo' attribute must be a PicklerMemoProxy object or dict, not {}",
            value.class().name()
        )));
    };
    let old = this(v).memo.replace(memo);
    drop(old);
    Ok(())
}

fn get_dispatch_table(vm: &Vm, v: &Value) -> PyResult<Value> {
    let table = this(v).dispatch_table.borrow().clone();
    table.ok_or_else(|| vm.no_attribute(v, &vm.intern("dispatch_table")))
}

fn set_dispatch_table(_vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let old = this(v).dispatch_table.replace(value);
    drop(old);
    Ok(())
}

fn get_bin(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::small(i64::from(this(v).settings.borrow().as_ref().is_some_and(|s| s.proto > 0))))
}

fn get_fast(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::small(i64::from(this(v).fast.get())))
}

fn set_fast(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete numeric/char attribute")) };
    this(v).fast.set(vm.to_i64(&value)? != 0);
    Ok(())
}

/// The row of `persistent_id` in the table below.
const PERSISTENT_ID: usize = 3;

static METHODS: &[NativeDef] = &[
    native("__sizeof__(self, /)", "Returns size in memory, in bytes.", sizeof),
    native(
        "clear_memo(self, /)",
        "Clears the pickler's \"memo\".\n\nThe memo is the data structure that remembers which objects the\npickler has already \
         seen, so that shared or recursive objects are\npickled by reference and not by value.  This method is useful \
         when\nre-using picklers.",
        clear_memo,
    ),
    native("dump(self, obj, /)", "Write a pickled representation of the given object to the open file.", dump),
    native("persistent_id(self, obj, /)", "", persistent_id),
];

static GETSET: &[GetSet] = &[
    GetSet { name: "bin", doc: "", get: get_bin, set: None },
    GetSet { name: "dispatch_table", doc: "", get: get_dispatch_table, set: Some(set_dispatch_table) },
    GetSet { name: "fast", doc: "", get: get_fast, set: Some(set_fast) },
    GetSet { name: "memo", doc: "", get: get_memo, set: Some(set_memo) },
];

static DEF: TypeDef = TypeDef {
    name: "Pickler",
    module: "_pickle",
    doc: "This takes a binary file for writing a pickle data stream.",
    layout: Pickler::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), init: Some(init), getattr: Some(getattr), setattr: Some(setattr), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `pickle.Pickler`
pub(super) static PICKLER: Type = Type::builtin(&DEF);

/// The payload of what `Pickler.memo` gives: the memo seen from outside.
struct MemoProxy {
    pickler: RefCell<Option<Ref<Pickler>>>,
}
payload!(
    MemoProxy,
    |m, visit| {
        if let Some(p) = &*m.pickler.borrow() {
            visit(p.as_value());
        }
    },
    |m| drop(m.pickler.take())
);

fn proxy_clear(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let pickler = args.payload::<MemoProxy>().pickler.borrow().clone();
    let old = pickler.map(|p| p.memo.take());
    drop(old);
    Ok(Value::NONE)
}

fn copied(vm: &Vm, m: &MemoProxy) -> PyResult<Value> {
    let d = PyDict::new_ref();
    let pickler = m.pickler.borrow().clone();
    let entries = pickler.map(|p| p.memo.borrow().entries().to_vec()).unwrap_or_default();
    for (n, v) in entries {
        let key = Value::int(v.id() as i64);
        d.set(vm, &key, PyTuple::new(vec![Value::small(i64::from(n)), v]).into_value())?;
    }
    Ok(d.into_value())
}

fn proxy_copy(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    copied(vm, args.payload::<MemoProxy>())
}

fn proxy_reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let content = copied(vm, args.payload::<MemoProxy>())?;
    let dict = freeze_runtime::types::dict::DICT.as_value();
    Ok(PyTuple::new(vec![dict, PyTuple::new(vec![content]).into_value()]).into_value())
}

static PROXY_DEF: TypeDef = TypeDef {
    name: "PicklerMemoProxy",
    module: "_pickle",
    layout: MemoProxy::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { hash: None, ..Slots::EMPTY },
    methods: &[
        native("__reduce__(self, /)", "Implement pickle support.", proxy_reduce),
        native("clear(self, /)", "Remove all items from memo.", proxy_clear),
        native("copy(self, /)", "Copy the memo to a new object.", proxy_copy),
    ],
    ..TypeDef::EMPTY
};
/// The type of `Pickler.memo`.
pub(super) static PICKLER_MEMO: Type = Type::builtin(&PROXY_DEF);
