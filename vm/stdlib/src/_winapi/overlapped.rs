//! `_winapi.Overlapped`: reads, writes and connections of pipes that go on while the program does something else.

use std::cell::RefCell;

use freeze_runtime::object::GetSet;
use freeze_runtime::os::Handle;
use freeze_runtime::os::overlapped::Operation;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Payload, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use crate::native_type::payload;

/// The payload of `Overlapped`.
struct Overlapped(RefCell<Operation>);
payload!(Overlapped, |_o, _visit| ());

fn this(v: &Value) -> &Overlapped {
    v.downcast::<Overlapped>().expect("the descriptor checked the type")
}

fn event(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::int(this(v).0.borrow().event() as i64))
}

fn get_overlapped_result(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let wait = vm.is_true(args.get(1))?;
    let o = args.payload::<Overlapped>();
    if wait {
        let event = o.0.borrow().event();
        vm.allow_threads(|| freeze_runtime::os::handles::wait(event, u32::MAX)).map_err(|e| vm.os_error(&e, None))?;
    }
    let r = o.0.borrow_mut().result(wait);
    let (n, error) = r.map_err(|e| vm.os_error(&e, None))?;
    Ok(PyTuple::new(vec![Value::int(n.into()), Value::int(error.into())]).into_value())
}

fn get_buffer(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    match args.payload::<Overlapped>().0.borrow().data() {
        Some(data) => Ok(PyBytes::new(data).into_value()),
        None => {
            Err(vm.value_error("can't get read buffer before GetOverlappedResult() signals the operation completed"))
        }
    }
}

fn cancel(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<Overlapped>().0.borrow_mut().cancel();
    Ok(Value::NONE)
}

static DEF: TypeDef = TypeDef {
    name: "Overlapped",
    module: "_winapi",
    doc: "OVERLAPPED structure wrapper",
    layout: Overlapped::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    methods: &[
        native("GetOverlappedResult(self, wait, /)", "", get_overlapped_result),
        native("cancel(self, /)", "", cancel),
        native("getbuffer(self, /)", "", get_buffer),
    ],
    getset: &[GetSet { name: "event", doc: "overlapped event handle", get: event, set: None }],
    ..TypeDef::EMPTY
};
/// `_winapi.Overlapped`
pub(super) static OVERLAPPED: Type = Type::builtin(&DEF);

fn object(operation: Operation) -> Value {
    Ref::new(&OVERLAPPED, Overlapped(RefCell::new(operation))).into_value()
}

pub(super) fn connect(vm: &Vm, handle: Handle) -> PyResult<Value> {
    Operation::connect(handle).map(object).map_err(|e| vm.os_error(&e, None))
}

fn started(vm: &Vm, r: std::io::Result<(Operation, u32)>) -> PyResult<Value> {
    let (operation, error) = r.map_err(|e| vm.os_error(&e, None))?;
    Ok(PyTuple::new(vec![object(operation), Value::int(error.into())]).into_value())
}

pub(super) fn read(vm: &Vm, handle: Handle, size: usize) -> PyResult<Value> {
    started(vm, Operation::read(handle, size))
}

pub(super) fn write(vm: &Vm, handle: Handle, data: Vec<u8>) -> PyResult<Value> {
    started(vm, Operation::write(handle, data))
}
