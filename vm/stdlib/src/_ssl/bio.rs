//! `MemoryBIO`: bytes on their way between a TLS object and whoever carries them.

use std::cell::{Cell, RefCell};

use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::{Args, CallArgs, Payload, PyResult, Ref, Type, TypeDef, Value, Vm, native};

use super::errors::{self, Kind};
use crate::native_type::{payload, positional};

/// The payload of `MemoryBIO`.
#[derive(Default)]
pub(super) struct MemoryBio {
    pub(super) data: RefCell<Vec<u8>>,
    pub(super) ended: Cell<bool>,
}
payload!(MemoryBio, |_b, _visit| ());

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    positional(vm, class, &MEMORY_BIO, args, (0, 0))?;
    Ok(Ref::new(class, MemoryBio::default()).into_value())
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let wanted = args.opt_i64(vm, 1, -1)?;
    let mut data = args.payload::<MemoryBio>().data.borrow_mut();
    let n = usize::try_from(wanted).map_or(data.len(), |n| n.min(data.len()));
    let taken: Vec<u8> = data.drain(..n).collect();
    Ok(PyBytes::from_vec(taken).into_value())
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(1))?;
    let bio: &MemoryBio = args.payload();
    if bio.ended.get() {
        return Err(errors::new(vm, Kind::Ssl, "cannot write() after write_eof()"));
    }
    bio.data.borrow_mut().extend_from_slice(&data);
    Ok(Value::usize(data.len()))
}

fn write_eof(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<MemoryBio>().ended.set(true);
    Ok(Value::NONE)
}

fn this(v: &Value) -> &MemoryBio {
    v.downcast().expect("slots of MemoryBIO see buffers")
}

static DEF: TypeDef = TypeDef {
    name: "MemoryBIO",
    module: "_ssl",
    layout: MemoryBio::layout,
    slots: Slots { new: Some(new), ..Slots::EMPTY },
    methods: &[
        native("read(self, size=-1, /)", "Read up to size bytes from the memory BIO.", read),
        native("write(self, b, /)", "Writes the bytes b into the memory BIO.", write),
        native("write_eof(self, /)", "Write an EOF marker to the memory BIO.", write_eof),
    ],
    getset: &[
        GetSet {
            name: "eof",
            doc: "",
            get: |_, v| Ok(Value::bool(this(v).ended.get() && this(v).data.borrow().is_empty())),
            set: None,
        },
        GetSet { name: "pending", doc: "", get: |_, v| Ok(Value::usize(this(v).data.borrow().len())), set: None },
    ],
    ..TypeDef::EMPTY
};
/// The type of memory buffers.
pub(super) static MEMORY_BIO: Type = Type::builtin(&DEF);
