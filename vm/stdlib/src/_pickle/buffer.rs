//! `PickleBuffer`: a buffer that may travel outside of the pickle.

use std::cell::RefCell;

use freeze_runtime::object::Slots;
use freeze_runtime::types::buffer::{Buffer, BufferAccess};
use freeze_runtime::types::memoryview::PyMemoryView;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use crate::native_type::payload;

/// The payload of `PickleBuffer`.
pub(super) struct PickleBuffer {
    /// A view of the object, which keeps it from resizing; None once released.
    view: RefCell<Option<Value>>,
}
payload!(
    PickleBuffer,
    |b, visit| {
        if let Some(v) = &*b.view.borrow() {
            visit(v);
        }
    },
    |b| drop(b.view.take())
);

impl PickleBuffer {
    /// The view that the bytes come from.
    pub(super) fn source(&self, vm: &Vm) -> PyResult<Value> {
        let view = self.view.borrow().clone();
        view.ok_or_else(|| vm.value_error("operation forbidden on released PickleBuffer object"))
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
    Ok(Ref::new(class, PickleBuffer { view: RefCell::new(Some(view)) }).into_value())
}

static ACCESS: BufferAccess = BufferAccess {
    read: |v, f| {
        let view = this(v).view.borrow().clone();
        if let Some(m) = view
            && let Some(get) = m.class().slots().buffer
        {
            freeze_runtime::vm::lock::with_current(|vm| {
                if let Ok(b) = get(vm, &m, false) {
                    b.with(f);
                }
            });
        }
    },
    write: Some(|v, f| {
        let view = this(v).view.borrow().clone();
        if let Some(m) = view
            && let Some(get) = m.class().slots().buffer
        {
            freeze_runtime::vm::lock::with_current(|vm| {
                if let Ok(b) = get(vm, &m, true) {
                    b.with_mut(f);
                }
            });
        }
    }),
    release: |_| (),
};

fn buffer_slot(vm: &Vm, v: &Value, writable: bool) -> PyResult<Buffer> {
    let view = this(v).source(vm)?;
    let get = view.class().slots().buffer.ok_or_else(|| vm.buffer_error("the view has no buffer"))?;
    let b = get(vm, &view, writable)?;
    Ok(Buffer {
        owner: v.clone(),
        format: b.format.clone(),
        itemsize: b.itemsize,
        readonly: b.readonly,
        len: b.len,
        shape: b.shape.clone(),
        access: &ACCESS,
    })
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
    let old = args.payload::<PickleBuffer>().view.take();
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
