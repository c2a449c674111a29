//! `Unpickler`: settings, input and memo between pickles. The work is done by a [`Loader`].

use std::cell::{Cell, RefCell};

use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::int;
use freeze_runtime::types::native_function::PyNativeFunction;
use freeze_runtime::types::object::{generic_getattr, generic_setattr};
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Ref, Str, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use super::input::{File, Input};
use super::load::{Loader, Memo};
use super::load_object;
use super::shared;
use crate::native_type::payload;

/// What `__init__` was told.
struct Settings {
    input: Option<Input>,
    fix_imports: bool,
    encoding: Str,
    errors: Str,
    buffers: Option<Value>,
}

/// The payload of `Unpickler`.
#[derive(Default)]
pub(super) struct Unpickler {
    settings: RefCell<Option<Settings>>,
    memo: RefCell<Memo>,
    running: Cell<bool>,
    /// The protocol of the pickle that is being read, for calls of `find_class`.
    proto: Cell<u8>,
    /// A `persistent_load` set on the object.
    persistent_load: RefCell<Option<Value>>,
}
payload!(
    Unpickler,
    |u, visit| {
        if let Some(s) = &*u.settings.borrow() {
            s.buffers.iter().for_each(&mut *visit);
            if let Some(input) = &s.input {
                input.trace(visit);
            }
        }
        u.memo.borrow().entries().for_each(|e| visit(e.1));
        u.persistent_load.borrow().iter().for_each(&mut *visit);
    },
    |u| {
        let old = (u.settings.take(), u.memo.take(), u.persistent_load.take());
        drop(old);
    }
);

fn this(v: &Value) -> &Unpickler {
    v.downcast().expect("slots of Unpickler see those")
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(Ref::new(class, Unpickler::default()).into_value())
}

fn in_use(vm: &Vm) -> freeze_runtime::Raised {
    vm.runtime_error("Unpickler object is already used")
}

/// An `encoding` or `errors` argument.
pub(super) fn text_argument(vm: &Vm, v: Option<&Value>, func: &str, name: &str, default: &str) -> PyResult<Str> {
    let Some(v) = v else { return Ok(vm.intern(default)) };
    v.downcast_ref::<PyStr>().ok_or_else(|| {
        vm.type_error(format!("{func}() argument '{name}' must be str, not {}", vm.type_name_for_errors(v)))
    })
}

/// A `buffers` argument: an iterator.
pub(super) fn buffers_argument(vm: &Vm, v: Option<&Value>) -> PyResult<Option<Value>> {
    v.filter(|v| !v.is_none()).map(|v| vm.iter(v)).transpose()
}

static INIT: NativeDef = native(
    "Unpickler(self, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
    "",
    |vm, args| {
        let u = args.payload::<Unpickler>();
        if u.running.get() {
            return Err(in_use(vm));
        }
        let fix_imports = args.opt_bool(vm, 2, true)?;
        let encoding = text_argument(vm, args.opt(3), "Unpickler", "encoding", "ASCII")?;
        let errors = text_argument(vm, args.opt(4), "Unpickler", "errors", "strict")?;
        let input = Some(Input::of_file(File::of(vm, args.get(1))?));
        let buffers = buffers_argument(vm, args.opt(5))?;
        let new = Settings { input, fix_imports, encoding, errors, buffers };
        let old = (u.settings.replace(Some(new)), u.memo.take());
        drop(old);
        Ok(Value::NONE)
    },
);

fn init(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    let all = call.prepend(v.clone());
    INIT.invoke(vm, CallArgs { args: &all, names: call.names }).map(drop)
}

/// A method that the class of an unpickler (or somebody else) gave it; None if it is that of `Unpickler` itself.
fn overridden(vm: &Vm, v: &Value, name: &str, row: usize) -> PyResult<Option<Value>> {
    let f = vm.get_attr_opt(v, &vm.intern(name))?;
    Ok(f.filter(|f| !PyNativeFunction::is(f, &METHODS[row])))
}

fn load(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let u = args.payload::<Unpickler>();
    if u.running.get() {
        return Err(in_use(vm));
    }
    let persistent_load = overridden(vm, v, "persistent_load", PERSISTENT_LOAD)?;
    let find_class = if v.is_exact(&UNPICKLER) { None } else { overridden(vm, v, "find_class", FIND_CLASS)? };
    let taken =
        u.settings.borrow_mut().as_mut().and_then(|s| {
            Some((s.input.take()?, s.fix_imports, s.encoding.clone(), s.errors.clone(), s.buffers.clone()))
        });
    let Some((input, fix_imports, encoding, errors, buffers)) = taken else {
        return Err(shared::unpickling_error(
            vm,
            format!("Unpickler.__init__() was not called by {}.__init__()", v.class().name()),
        ));
    };
    let mut loader = Loader::new(vm, input);
    (loader.fix_imports, loader.encoding, loader.errors) = (fix_imports, Some(encoding), Some(errors));
    (loader.buffers, loader.find_class, loader.persistent_load) = (buffers, find_class, persistent_load);
    loader.outside = Some(&u.proto);
    loader.memo = u.memo.take();
    u.running.set(true);
    let r = loader.load();
    u.running.set(false);
    let Loader { input, memo, .. } = loader;
    if let Some(s) = &mut *u.settings.borrow_mut() {
        s.input = Some(input);
    }
    let old = u.memo.replace(memo);
    drop(old);
    r
}

fn find_class(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let u = args.payload::<Unpickler>();
    let fix_imports = u.settings.borrow().as_ref().is_none_or(|s| s.fix_imports);
    load_object::find_class(vm, u.proto.get(), fix_imports, &args.str(vm, 1)?, &args.str(vm, 2)?)
}

fn persistent_load(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Err(load_object::no_persistent_load(vm))
}

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let u = args.payload::<Unpickler>();
    Ok(Value::usize(Unpickler::layout().size_hint() + u.memo.borrow().heap_size()))
}

fn getattr(vm: &Vm, v: &Value, name: &Str) -> PyResult<Value> {
    if name.as_bytes() == b"persistent_load"
        && let Some(f) = this(v).persistent_load.borrow().clone()
    {
        return Ok(f);
    }
    generic_getattr(vm, v, name)
}

fn setattr(vm: &Vm, v: &Value, name: &Str, value: Option<Value>) -> PyResult<()> {
    if name.as_bytes() != b"persistent_load" {
        return generic_setattr(vm, v, name, value);
    }
    let had = this(v).persistent_load.replace(value.clone());
    if value.is_none() && had.is_none() {
        return Err(vm.no_attribute(v, name));
    }
    drop(had);
    Ok(())
}

fn get_memo(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let u = v.downcast_ref::<Unpickler>().expect("this getter belongs to Unpickler");
    Ok(Ref::new(&UNPICKLER_MEMO, MemoProxy { unpickler: RefCell::new(Some(u)) }).into_value())
}

fn set_memo(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("attribute deletion is not supported")) };
    let memo = if let Some(proxy) = value.downcast::<MemoProxy>() {
        let unpickler = proxy.unpickler.borrow().clone();
        unpickler.map(|u| u.memo.borrow().copy()).unwrap_or_default()
    } else if let Some(d) = value.downcast::<PyDict>() {
        let mut memo = Memo::default();
        for (k, x) in d.items() {
            if !int::is_int(&k) {
                return Err(vm.type_error("memo key must be integers"));
            }
            let n = vm.to_isize(&k)?;
            let Ok(n) = usize::try_from(n) else { return Err(vm.value_error("memo key must be positive integers.")) };
            drop(memo.set(n, x));
        }
        memo
    } else {
        return Err(vm.type_error(format!(
            "'memo' attribute must be an UnpicklerMemoProxy object or dict, not {}",
            value.class().name()
        )));
    };
    let old = this(v).memo.replace(memo);
    drop(old);
    Ok(())
}

/// The rows of these methods in the table below.
const FIND_CLASS: usize = 1;
const PERSISTENT_LOAD: usize = 3;

static METHODS: &[NativeDef] = &[
    native("__sizeof__(self, /)", "Returns size in memory, in bytes.", sizeof),
    native(
        "find_class(self, module_name, global_name, /)",
        "Return an object from a specified module.\n\nIf necessary, the module will be imported. Subclasses may override\n\
         this method (e.g. to restrict unpickling of arbitrary classes and\nfunctions).\n\nThis method is called whenever \
         a class or a function object is\nneeded.  Both arguments passed are str objects.",
        find_class,
    ),
    native(
        "load(self, /)",
        "Load a pickle.\n\nRead a pickled object representation from the open file object given\nin the constructor, and \
         return the reconstituted object hierarchy\nspecified therein.",
        load,
    ),
    native("persistent_load(self, pid, /)", "", persistent_load),
];

static GETSET: &[GetSet] = &[GetSet { name: "memo", doc: "", get: get_memo, set: Some(set_memo) }];

static DEF: TypeDef = TypeDef {
    name: "Unpickler",
    module: "_pickle",
    doc: "This takes a binary file for reading a pickle data stream.",
    layout: Unpickler::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), init: Some(init), getattr: Some(getattr), setattr: Some(setattr), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `pickle.Unpickler`
pub(super) static UNPICKLER: Type = Type::builtin(&DEF);

/// The payload of what `Unpickler.memo` gives: the memo seen from outside.
struct MemoProxy {
    unpickler: RefCell<Option<Ref<Unpickler>>>,
}
payload!(
    MemoProxy,
    |m, visit| {
        if let Some(u) = &*m.unpickler.borrow() {
            visit(u.as_value());
        }
    },
    |m| drop(m.unpickler.take())
);

fn proxy_clear(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let unpickler = args.payload::<MemoProxy>().unpickler.borrow().clone();
    let old = unpickler.map(|u| u.memo.take());
    drop(old);
    Ok(Value::NONE)
}

fn copied(vm: &Vm, m: &MemoProxy) -> PyResult<Value> {
    let d = PyDict::new_ref();
    let unpickler = m.unpickler.borrow().clone();
    let entries: Vec<(u64, Value)> =
        unpickler.map(|u| u.memo.borrow().entries().map(|(n, v)| (n, v.clone())).collect()).unwrap_or_default();
    for (n, v) in entries {
        d.set(vm, &Value::usize(n as usize), v)?;
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
    name: "UnpicklerMemoProxy",
    module: "_pickle",
    layout: MemoProxy::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    methods: &[
        native("__reduce__(self, /)", "Implement pickling support.", proxy_reduce),
        native("clear(self, /)", "Remove all items from memo.", proxy_clear),
        native("copy(self, /)", "Copy the memo to a new object.", proxy_copy),
    ],
    ..TypeDef::EMPTY
};
/// The type of `Unpickler.memo`.
pub(super) static UNPICKLER_MEMO: Type = Type::builtin(&PROXY_DEF);
