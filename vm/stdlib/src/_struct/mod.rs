//! `_struct`: packing values into bytes and back.

mod format;
mod values;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::EXCEPTION;
use freeze_runtime::types::iterator::iter_self;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_;
use freeze_runtime::{
    Args, CallArgs, ModuleDef, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native,
    raw,
};

use format::Format;

static ERROR_DEF: TypeDef = TypeDef {
    name: "error",
    module: "struct",
    base: Some(&EXCEPTION),
    layout: <freeze_runtime::types::exception::PyException as Payload>::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT,
    ..TypeDef::EMPTY
};
/// `struct.error`
static ERROR: Type = Type::builtin(&ERROR_DEF);

fn error(vm: &Vm, message: impl AsRef<str>) -> Raised {
    vm.new_error(&ERROR, message.as_ref())
}

/// The payload of `Struct`.
#[derive(Default)]
struct PyStruct {
    format: RefCell<Option<Rc<Format>>>,
    text: RefCell<Vec<u8>>,
}

impl Payload for PyStruct {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyStruct>();
        &L
    }
}

thread_local! {
    /// The formats that module functions used last.
    static CACHE: RefCell<Vec<(Vec<u8>, Rc<Format>)>> = const { RefCell::new(Vec::new()) };
}

const CACHED: usize = 64;

fn parse(vm: &Vm, v: &Value) -> PyResult<(Vec<u8>, Rc<Format>)> {
    let text = if let Some(s) = v.downcast::<PyStr>() {
        if !s.is_ascii() {
            return Err(error(vm, "bad char in struct format"));
        }
        s.as_bytes().to_vec()
    } else if let Some(b) = v.downcast::<PyBytes>() {
        b.as_slice().to_vec()
    } else {
        let name = v.class().name();
        return Err(vm.type_error(format!("Struct() argument 1 must be a str or bytes object, not {name}")));
    };
    if text.contains(&0) {
        return Err(error(vm, "embedded null character"));
    }
    let known = CACHE.with_borrow(|c| c.iter().find(|(t, _)| *t == text).map(|(_, f)| f.clone()));
    if let Some(format) = known {
        return Ok((text, format));
    }
    let format = Rc::new(Format::parse(&text).map_err(|e| error(vm, e))?);
    CACHE.with_borrow_mut(|c| {
        if c.len() >= CACHED {
            c.remove(0);
        }
        c.push((text.clone(), format.clone()));
    });
    Ok((text, format))
}

fn of_struct(vm: &Vm, v: &Value) -> PyResult<Rc<Format>> {
    let format = v.downcast::<PyStruct>().and_then(|s| s.format.borrow().clone());
    format.ok_or_else(|| vm.runtime_error("Struct object is not initialized"))
}

fn pack(vm: &Vm, format: &Format, values: &[Value], name: &str) -> PyResult<Value> {
    if values.len() != format.values {
        let (expected, got) = (format.values, values.len());
        return Err(error(vm, format!("{name} expected {expected} items for packing (got {got})")));
    }
    let mut out = vec![0; format.size];
    values::pack(vm, format, values, &mut out)?;
    Ok(PyBytes::from_vec(out).into_value())
}

fn pack_into(vm: &Vm, format: &Format, values: &[Value], target: &Value, offset: &Value) -> PyResult<Value> {
    if values.len() != format.values {
        let (expected, got) = (format.values, values.len());
        return Err(error(vm, format!("pack_into expected {expected} items for packing (got {got})")));
    }
    let view = buffer::get_writable(vm, target)?;
    let at = place(vm, format, vm.to_isize(offset)?, view.len, "pack_into")?;
    let mut out = vec![0; format.size];
    values::pack(vm, format, values, &mut out)?;
    let done = view.with_mut(|bytes| match bytes.get_mut(at..at + out.len()) {
        Some(slot) => {
            // What pads the items is cleared as well.
            slot.copy_from_slice(&out);
            true
        }
        None => false,
    });
    match done {
        Some(true) => Ok(Value::NONE),
        _ => {
            Err(vm.type_error(format!("argument must be read-write bytes-like object, not {}", target.class().name())))
        }
    }
}

/// Where a struct at `offset` lies in a buffer of `len` bytes.
fn place(vm: &Vm, format: &Format, offset: isize, len: usize, name: &str) -> PyResult<usize> {
    let size = format.size;
    let what = if name == "pack_into" { "packing" } else { "unpacking" };
    let mut at = offset;
    if offset < 0 {
        if offset + size as isize > 0 {
            let verb = if name == "pack_into" { "no space to pack" } else { "not enough data to unpack" };
            return Err(error(vm, format!("{verb} {size} bytes at offset {offset}")));
        }
        at += len as isize;
        if at < 0 {
            return Err(error(vm, format!("offset {offset} out of range for {len}-byte buffer")));
        }
    }
    let at = at as usize;
    if len < at || len - at < size {
        let needed = at.saturating_add(size);
        return Err(error(
            vm,
            format!(
                "{name} requires a buffer of at least {needed} bytes for {what} {size} bytes at offset {at} \
                 (actual buffer size is {len})"
            ),
        ));
    }
    Ok(at)
}

fn unpack(vm: &Vm, format: &Format, v: &Value) -> PyResult<Value> {
    let items = buffer::with(vm, v, |bytes| (bytes.len() == format.size).then(|| values::unpack(format, bytes)))?;
    match items {
        Some(items) => Ok(PyTuple::new(items).into_value()),
        None => Err(error(vm, format!("unpack requires a buffer of {} bytes", format.size))),
    }
}

fn unpack_from(vm: &Vm, format: &Format, v: &Value, offset: isize) -> PyResult<Value> {
    let len = buffer::with(vm, v, <[u8]>::len)?;
    let at = place(vm, format, offset, len, "unpack_from")?;
    let items = buffer::with(vm, v, |bytes| bytes.get(at..at + format.size).map(|b| values::unpack(format, b)))?;
    Ok(PyTuple::new(items.unwrap_or_default()).into_value())
}

/// The payload of `unpack_iterator`.
struct PyUnpackIterator {
    format: Rc<Format>,
    bytes: Value,
    at: Cell<usize>,
}

impl Payload for PyUnpackIterator {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyUnpackIterator>();
        &L
    }
}

fn iter_unpack(vm: &Vm, format: &Rc<Format>, v: &Value) -> PyResult<Value> {
    if format.size == 0 {
        return Err(error(vm, "cannot iteratively unpack with a struct of length 0"));
    }
    let bytes = buffer::to_vec(vm, v)?;
    if bytes.len() % format.size != 0 {
        let size = format.size;
        return Err(error(vm, format!("iterative unpacking requires a buffer of a multiple of {size} bytes")));
    }
    let bytes = PyBytes::from_vec(bytes).into_value();
    Ok(Ref::new(&UNPACK_ITERATOR, PyUnpackIterator { format: format.clone(), bytes, at: Cell::new(0) }).into_value())
}

fn next(_: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let Some(it) = v.downcast::<PyUnpackIterator>() else { return Ok(None) };
    let at = it.at.get();
    let bytes = it.bytes.downcast::<PyBytes>().map(PyBytes::as_slice).unwrap_or_default();
    let Some(part) = bytes.get(at..at + it.format.size) else { return Ok(None) };
    it.at.set(at + it.format.size);
    Ok(Some(PyTuple::new(values::unpack(&it.format, part)).into_value()))
}

fn length_hint(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    let it = args.payload::<PyUnpackIterator>();
    let len = it.bytes.downcast::<PyBytes>().map_or(0, |b| b.as_slice().len());
    Ok(Value::usize((len - it.at.get().min(len)) / it.format.size))
}

static ITERATOR_DEF: TypeDef = TypeDef {
    name: "unpack_iterator",
    module: "_struct",
    layout: PyUnpackIterator::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    methods: &[native("__length_hint__(self, /)", "", length_hint)],
    ..TypeDef::EMPTY
};
static UNPACK_ITERATOR: Type = Type::builtin(&ITERATOR_DEF);

fn new(_: &Vm, class: &Type, _: CallArgs<'_>) -> PyResult<Value> {
    Ok(Ref::new(class, PyStruct::default()).into_value())
}

fn init_struct(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    static INIT: NativeDef = native("Struct(format)", "", |_, a| Ok(a.get(0).clone()));
    let given = INIT.invoke(vm, call)?;
    let (text, format) = parse(vm, &given)?;
    if let Some(s) = v.downcast::<PyStruct>() {
        s.text.replace(text);
        s.format.replace(Some(format));
    }
    Ok(())
}

/// The call of a method: `self`, and the arguments behind it.
fn method<'a>(vm: &Vm, call: CallArgs<'a>, name: &str) -> PyResult<(Rc<Format>, &'a [Value])> {
    call.no_keywords(vm, &format!("Struct.{name}"))?;
    match call.args.split_first() {
        Some((this, rest)) => Ok((of_struct(vm, this)?, rest)),
        None => Err(vm.type_error(format!("unbound method Struct.{name}() needs an argument"))),
    }
}

/// Target and offset of `pack_into`, and the values behind them.
fn target<'a>(vm: &Vm, args: &'a [Value]) -> PyResult<(&'a Value, &'a Value, &'a [Value])> {
    match args {
        [target, offset, values @ ..] => Ok((target, offset, values)),
        [] => Err(error(vm, "pack_into expected buffer argument")),
        [_] => Err(error(vm, "pack_into expected offset argument")),
    }
}

static METHODS: &[NativeDef] = &[
    native("__sizeof__(self, /)", "S.__sizeof__() -> size of S in memory, in bytes", |vm, a| {
        Ok(Value::usize(64 + of_struct(vm, a.this())?.items.len() * 40))
    }),
    native("iter_unpack(self, buffer, /)", "Return an iterator yielding tuples.", |vm, a| {
        iter_unpack(vm, &of_struct(vm, a.this())?, a.get(1))
    }),
    raw("pack(self, /, *values)", "Pack values and return the packed bytes.", |vm, call| {
        let (format, values) = method(vm, call, "pack")?;
        pack(vm, &format, values, "pack")
    }),
    raw(
        "pack_into(self, buffer, offset, /, *values)",
        "Pack values and write the packed bytes into the buffer.",
        |vm, call| {
            let (format, rest) = method(vm, call, "pack_into")?;
            let (buffer, offset, values) = target(vm, rest)?;
            pack_into(vm, &format, values, buffer, offset)
        },
    ),
    native("unpack(self, buffer, /)", "Unpack according to the struct format.", |vm, a| {
        let format = of_struct(vm, a.this())?;
        unpack(vm, &format, a.get(1))
    }),
    native("unpack_from(self, /, buffer, offset=0)", "Unpack from the buffer, starting at an offset.", |vm, a| {
        let offset = a.opt(2).map_or(Ok(0), |v| vm.to_isize(v))?;
        let format = of_struct(vm, a.this())?;
        unpack_from(vm, &format, a.get(1), offset)
    }),
];

static GETSET: &[GetSet] = &[
    GetSet {
        name: "format",
        doc: "struct format string",
        get: |vm, v| {
            of_struct(vm, v)?;
            Ok(v.downcast::<PyStruct>().map_or(Value::NONE, |s| PyStr::new(&s.text.borrow()).into_value()))
        },
        set: None,
    },
    GetSet {
        name: "size",
        doc: "struct size in bytes",
        get: |vm, v| Ok(Value::usize(of_struct(vm, v)?.size)),
        set: None,
    },
];

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let text = v.downcast::<PyStruct>().map(|s| s.text.borrow().clone()).unwrap_or_default();
    let shown = vm.repr(PyStr::new(&text).as_value())?;
    Ok(vm.str(&format!("{}({})", v.class().name(), shown.to_lossy())))
}

static STRUCT_DEF: TypeDef = TypeDef {
    name: "Struct",
    module: "_struct",
    doc: "Struct(fmt) --> compiled struct object",
    layout: PyStruct::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), init: Some(init_struct), repr: Some(repr), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
static STRUCT: Type = Type::builtin(&STRUCT_DEF);

fn function<'a>(vm: &Vm, call: CallArgs<'a>, name: &str) -> PyResult<(Rc<Format>, &'a [Value])> {
    call.no_keywords(vm, &format!("_struct.{name}"))?;
    match call.args.split_first() {
        Some((format, rest)) => Ok((parse(vm, format)?.1, rest)),
        None => Err(vm.type_error("missing format argument")),
    }
}

static FUNCTIONS: &[NativeDef] = &[
    native("_clearcache()", "Clear the internal cache.", |_, _| {
        CACHE.with_borrow_mut(Vec::clear);
        Ok(Value::NONE)
    }),
    native("calcsize(format, /)", "Return size in bytes of the struct described by the format string.", |vm, a| {
        Ok(Value::usize(parse(vm, a.get(0))?.1.size))
    }),
    native(
        "iter_unpack(format, buffer, /)",
        "Return an iterator yielding tuples unpacked from the given bytes.",
        |vm, a| iter_unpack(vm, &parse(vm, a.get(0))?.1, a.get(1)),
    ),
    raw("pack(format, /, *values)", "Pack values and return the packed bytes.", |vm, call| {
        let (format, values) = function(vm, call, "pack")?;
        pack(vm, &format, values, "pack")
    }),
    raw(
        "pack_into(format, buffer, offset, /, *values)",
        "Pack values and write the packed bytes into the buffer.",
        |vm, call| {
            let (format, rest) = function(vm, call, "pack_into")?;
            let (buffer, offset, values) = target(vm, rest)?;
            pack_into(vm, &format, values, buffer, offset)
        },
    ),
    native(
        "unpack(format, buffer, /)",
        "Return a tuple containing values unpacked according to the format string.",
        |vm, a| unpack(vm, &parse(vm, a.get(0))?.1, a.get(1)),
    ),
    native(
        "unpack_from(format, /, buffer, offset=0)",
        "Return a tuple containing values unpacked according to the format string.",
        |vm, a| {
            let offset = a.opt(2).map_or(Ok(0), |v| vm.to_isize(v))?;
            unpack_from(vm, &parse(vm, a.get(0))?.1, a.get(1), offset)
        },
    ),
];

fn init(vm: &Vm, namespace: &PyDict) -> PyResult<()> {
    crate::native_type::add_types(vm, namespace, &[&STRUCT, &ERROR]);
    type_::ready(vm, &UNPACK_ITERATOR);
    Ok(())
}

/// The module `_struct`.
pub static MODULE: ModuleDef = ModuleDef {
    name: "_struct",
    doc: "Functions to convert between Python values and C structs.",
    functions: FUNCTIONS,
    init: Some(init),
};
