//! `Row`: a row of a result, by number and by name.

use freeze_runtime::object::Slots;
use freeze_runtime::object::slots::CmpOp;
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::slice::PySlice;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, CallArgs, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::cursor::Cursor;
use crate::native_type::{payload, positional};

/// The payload of rows.
pub(super) struct Row {
    data: Ref<PyTuple>,
    /// The cursor's `description`: a tuple of tuples, or None.
    description: Value,
}
payload!(Row, |row, visit| {
    visit(row.data.as_value());
    visit(&row.description);
});

fn this(v: &Value) -> &Row {
    v.downcast().expect("slots of Row see rows")
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let args = positional(vm, class, &ROW, args, (2, 2))?;
    let Some(cursor) = args[0].downcast::<Cursor>() else {
        let got = vm.type_name_for_errors(&args[0]);
        return Err(vm.type_error(format!("Row() argument 1 must be sqlite3.Cursor, not {got}")));
    };
    let Some(data) = args[1].downcast_ref::<PyTuple>() else {
        let got = vm.type_name_for_errors(&args[1]);
        return Err(vm.type_error(format!("Row() argument 2 must be tuple, not {got}")));
    };
    let description = cursor.description.borrow().clone();
    Ok(freeze_runtime::object::header::new_object_of(class, Row { data, description }))
}

/// The names of columns.
fn names(row: &Row) -> Vec<Value> {
    let Some(description) = row.description.downcast::<PyTuple>() else { return Vec::new() };
    description.as_slice().iter().filter_map(|c| c.downcast::<PyTuple>().map(|c| c.as_slice()[0].clone())).collect()
}

fn keys(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyList::new(names(this(args.this()))).into_value())
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    let row = this(v);
    if int::is_int(key) {
        let n = vm.to_isize(key).map_err(|_| vm.index_error("cannot fit 'int' into an index-sized integer"))?;
        let len = row.data.len() as isize;
        let i = if n < 0 { n + len } else { n };
        return match usize::try_from(i).ok().and_then(|i| row.data.as_slice().get(i)) {
            Some(item) => Ok(item.clone()),
            None => Err(vm.index_error("tuple index out of range")),
        };
    }
    if let Some(wanted) = key.downcast::<PyStr>() {
        let wanted = wanted.as_bytes();
        let same = |name: &Value| {
            name.downcast::<PyStr>().map(PyStr::as_bytes).is_some_and(|name| {
                name == wanted || name.is_ascii() && wanted.is_ascii() && name.eq_ignore_ascii_case(wanted)
            })
        };
        let place = names(row).iter().position(same);
        return match place.and_then(|i| row.data.as_slice().get(i)) {
            Some(item) => Ok(item.clone()),
            None => Err(vm.index_error("No item with that key")),
        };
    }
    if key.has_layout::<PySlice>() {
        return vm.get_item(row.data.as_value(), key);
    }
    Err(vm.index_error("Index must be int or string"))
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let (CmpOp::Eq | CmpOp::Ne, Some(x), Some(y)) = (op, a.downcast::<Row>(), b.downcast::<Row>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let equal = vm.eq(&x.description, &y.description)? && vm.eq(x.data.as_value(), y.data.as_value())?;
    Ok(Value::bool(equal == (op == CmpOp::Eq)))
}

static DEF: TypeDef = TypeDef {
    name: "Row",
    module: "sqlite3",
    layout: Row::layout,
    flags: TypeFlags::BASETYPE,
    slots: Slots {
        new: Some(new),
        hash: Some(|vm, v| Ok(vm.hash(&this(v).description)? ^ vm.hash(this(v).data.as_value())?)),
        compare: Some(compare),
        iter: Some(|vm, v| vm.iter(this(v).data.as_value())),
        len: Some(|_, v| Ok(this(v).data.len())),
        getitem: Some(getitem),
        ..Slots::EMPTY
    },
    methods: &[native("keys(self, /)", "Returns the keys of the row.", keys)],
    ..TypeDef::EMPTY
};
/// The type of rows.
pub(super) static ROW: Type = Type::builtin(&DEF);
