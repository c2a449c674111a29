//! `BufferedRWPair`: a reader and a writer as one stream.

use std::cell::RefCell;

use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::{base, buffered};

/// The payload of `BufferedRWPair`.
pub(crate) struct PyPair {
    reader: RefCell<Value>,
    writer: RefCell<Value>,
}

impl Payload for PyPair {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyPair>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.reader.borrow());
        visit(&self.writer.borrow());
    }
    fn clear(&self) {
        let old = (self.reader.replace(Value::NONE), self.writer.replace(Value::NONE));
        drop(old);
    }
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    let p = PyPair { reader: RefCell::new(Value::NONE), writer: RefCell::new(Value::NONE) };
    Ok(freeze_runtime::object::header::new_object_of(class, p))
}

fn init(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    static INIT: NativeDef = native("BufferedRWPair(self, reader, writer, buffer_size=8192, /)", "", |vm, args| {
        let p = args.payload::<PyPair>();
        for (i, question, text) in
            [(1, "readable", "File or stream is not readable."), (2, "writable", "File or stream is not writable.")]
        {
            let r = vm.call_method(args.get(i), question, &[])?;
            if !vm.is_true(&r)? {
                return Err(base::unsupported(vm, text));
            }
        }
        let size = Value::int(args.opt_i64(vm, 3, super::DEFAULT_BUFFER_SIZE as i64)?);
        let r = vm.call(&buffered::BUFFERED_READER.as_value(), &[args.get(1).clone(), size.clone()])?;
        let w = vm.call(&buffered::BUFFERED_WRITER.as_value(), &[args.get(2).clone(), size])?;
        drop(p.reader.replace(r));
        drop(p.writer.replace(w));
        Ok(Value::NONE)
    });
    let all = call.prepend(v.clone());
    INIT.invoke(vm, CallArgs { args: &all, names: call.names }).map(drop)
}

fn part(vm: &Vm, c: &RefCell<Value>) -> PyResult<Value> {
    let v = c.borrow().clone();
    if v.is_none() { Err(vm.value_error("I/O operation on uninitialized object")) } else { Ok(v) }
}

macro_rules! forward {
    ($($name:ident = $field:ident . $text:literal;)*) => {$(
        fn $name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
            let v = part(vm, &args.payload::<PyPair>().$field)?;
            let rest: Vec<Value> = (1..).map_while(|i| args.opt(i).cloned()).collect();
            vm.call_method(&v, $text, &rest)
        }
    )*};
}
forward! {
    read = reader."read";
    peek = reader."peek";
    read1 = reader."read1";
    readinto = reader."readinto";
    readinto1 = reader."readinto1";
    readable = reader."readable";
    write = writer."write";
    flush = writer."flush";
    writable = writer."writable";
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = args.payload::<PyPair>();
    let (r, w) = (part(vm, &p.reader)?, part(vm, &p.writer)?);
    let first = vm.call_method_name(&w, &vm.names().close, &[]);
    let second = vm.call_method_name(&r, &vm.names().close, &[]);
    match (first, second) {
        (Err(e), Err(later)) => {
            drop(later.exception().context.replace(e.value()));
            Err(later)
        }
        (Err(e), _) => Err(e),
        (_, r) => r,
    }
}

fn isatty(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p = args.payload::<PyPair>();
    let w = vm.call_method(&part(vm, &p.writer)?, "isatty", &[])?;
    if w.is_true() {
        return Ok(w);
    }
    vm.call_method(&part(vm, &p.reader)?, "isatty", &[])
}

fn get_closed(vm: &Vm, v: &Value) -> PyResult<Value> {
    let w = v.downcast::<PyPair>().map_or(Value::NONE, |p| p.writer.borrow().clone());
    vm.get_attr_str(&w, "closed")
}

static METHODS: &[NativeDef] = &[
    native("__getstate__(self, /)", "", base::no_pickle),
    native("close(self, /)", "", close),
    native("flush(self, /)", "", flush),
    native("isatty(self, /)", "", isatty),
    native("peek(self, size=0, /)", "", peek),
    native("read(self, size=-1, /)", "", read),
    native("read1(self, size=-1, /)", "", read1),
    native("readable(self, /)", "", readable),
    native("readinto(self, buffer, /)", "", readinto),
    native("readinto1(self, buffer, /)", "", readinto1),
    native("writable(self, /)", "", writable),
    native("write(self, buffer, /)", "", write),
];

static DEF: TypeDef = TypeDef {
    name: "BufferedRWPair",
    module: "_io",
    doc: "A buffered reader and writer object together.",
    base: Some(&base::BUFFERED_IOBASE),
    layout: PyPair::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), init: Some(init), ..Slots::EMPTY },
    methods: METHODS,
    getset: &[GetSet { name: "closed", doc: "", get: get_closed, set: None }],
    ..TypeDef::EMPTY
};
/// `_io.BufferedRWPair`
pub(crate) static BUFFERED_RWPAIR: Type = Type::builtin(&DEF);
