//! `PickleBuffer`: a buffer that may travel outside of the pickle.

use std::cell::RefCell;

use freeze_runtime::object::Slots;
use freeze_runtime::types::buffer::{self, Buffer};
use freeze_runtime::types::memoryview::PyMemoryView;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use crate::native_type::payload;

/// The payload of `PickleBuffer`.
pub(super) struct PickleBuffer {
    /// The object whose bytes are meant, and a view of it that keeps it from resizing; None once released.
    held: RefCell<Option<(Value, Value)>>,
}
payload!(
    PickleBuffer,
    |b, visit| {
        if let Some((source, view)) = &*b.held.borrow() {
            visit(source);
            visit(view);
        }
    },
    |b| drop(b.held.take())
);

impl PickleBuffer {
    fn held(&self, vm: &Vm) -> PyResult<(Value, Value)> {
        let held = self.held.borrow().clone();
        held.ok_or_else(|| vm.value_error("operation forbidden on released PickleBuffer object"))
    }

    /// The view that the bytes come from.
    pub(super) fn source(&self, vm: &Vm) -> PyResult<Value> {
        Ok(self.held(vm)?.1)
    }
}

/// Whether a view is read-only, if its items lie side by side in some order.
pub(super) fn readonly_if_contiguous(vm: &Vm, view: &Value) -> PyResult<Option<bool>> {
    let contiguous = vm.get_attr_str(view, "contiguous")?;
    if !vm.is_true(&contiguous)? {
        return Ok(None);
    }
    let readonly = vm.get_attr_str(view, "readonly")?;
    vm.is_true(&readonly).map(Some)
}

fn this(v: &Value) -> &PickleBuffer {
    v.downcast().expect("slots of PickleBuffer see those")
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    args.no_keywords(vm, "PickleBuffer")?;
    let [source] = args.args else {
        return Err(vm.type_error(format!("PickleBuffer expected 1 argument, got {}", args.args.len())));
    };
    if source.class().slots().buffer.is_none() {
        return Err(vm.type_error(format!("a bytes-like object is required, not '{}'", source.class().name())));
    }
    let view = PyMemoryView::of(vm, source)?.into_value();
    Ok(Ref::new(class, PickleBuffer { held: RefCell::new(Some((source.clone(), view))) }).into_value())
}

/// The buffer of the object itself: views of it do not know this one.
fn buffer_slot(vm: &Vm, v: &Value, writable: bool) -> PyResult<Buffer> {
    let source = this(v).held(vm)?.0;
    if writable { buffer::get_writable(vm, &source) } else { buffer::get(vm, &source) }
}

fn raw(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let view = args.payload::<PickleBuffer>().source(vm)?;
    if readonly_if_contiguous(vm, &view)?.is_none() {
        return Err(vm.buffer_error("cannot extract raw buffer from non-contiguous buffer"));
    }
    let flat = PyMemoryView::of(vm, &view)?.into_value();
    let one = vm.get_attr_str(&flat, "ndim")?.as_small() == Some(1);
    let format = vm.to_str(&vm.get_attr_str(&flat, "format")?)?;
    if one && format.as_bytes() == b"B" {
        return Ok(flat);
    }
    vm.call_method(&flat, "cast", &[vm.str("B")])
}

fn release(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let old = args.payload::<PickleBuffer>().held.take();
    drop(old);
    Ok(Value::NONE)
}

static METHODS: &[NativeDef] = &[
    native(
        "raw(self, /)",
        "Return a memoryview of the raw memory underlying this buffer.\n\nWill raise BufferError is the buffer isn't contiguous.",
        raw,
    ),
    native("release(self, /)", "Release the underlying buffer held by the PickleBuffer object.", release),
];

static DEF: TypeDef = TypeDef {
    name: "PickleBuffer",
    module: "pickle",
    doc: "Wrapper for potentially out-of-band buffers",
    layout: PickleBuffer::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), buffer: Some(buffer_slot), ..Slots::EMPTY },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// `pickle.PickleBuffer`
pub(super) static PICKLE_BUFFER: Type = Type::builtin(&DEF);
