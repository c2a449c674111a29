//! `_collections`: `deque`, `defaultdict`, and helpers of `collections`.

mod defaultdict;
mod deque;
mod deque_iter;
mod deque_methods;
mod ordered_dict;
mod tuplegetter;

use freeze_runtime::types::dict::{DICT, PyDict};
use freeze_runtime::types::type_;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Type, Value, Vm, native};

use crate::native_type::add_types;

/// Whether a mapping counts through `dict.get` and `dict.__setitem__`.
fn counts_as_dict(vm: &Vm, v: &Value) -> bool {
    let (class, dict): (&Type, &Type) = (v.class(), &DICT);
    let get = &vm.names().get;
    let same_get = match (class.lookup(get), dict.lookup(get)) {
        (Some(a), Some(b)) => a.is(&b),
        _ => false,
    };
    same_get && class.slots().setitem.map(|f| f as usize) == dict.slots().setitem.map(|f| f as usize)
}

fn count_elements(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mapping = args.get(0);
    let one = Value::small(1);
    let add = |old: &Value| match old.as_small() {
        Some(n) => Ok(Value::int(n + 1)),
        None => vm.binary_op(freeze_runtime::object::BinOp::Add, old, &one),
    };
    if let Some(d) = mapping.downcast::<PyDict>()
        && counts_as_dict(vm, mapping)
    {
        vm.for_each(args.get(1), |k| {
            let hash = vm.hash(&k)?;
            match d.table().find(vm, &k, hash)? {
                Some(i) => {
                    let old = d.table().value_at(i).unwrap_or(Value::small(0));
                    let new = add(&old)?;
                    // A foreign addition may have changed the dict.
                    if old.is_small() { drop(d.table().replace_at(i, new)) } else { d.set_hashed(vm, &k, hash, new)? }
                }
                None => d.table().insert_new(hash, k, one.clone()).map_err(|e| vm.out_of_memory(e))?,
            }
            Ok(true)
        })?;
        return Ok(Value::NONE);
    }
    let get = vm.get_attr(mapping, &vm.names().get)?;
    vm.for_each(args.get(1), |k| {
        let old = vm.call(&get, &[k.clone(), Value::small(0)])?;
        vm.set_item(mapping, &k, add(&old)?)?;
        Ok(true)
    })?;
    Ok(Value::NONE)
}

static FUNCTIONS: &[NativeDef] = &[native(
    "_count_elements(mapping, iterable, /)",
    "Count elements in the iterable, updating the mapping",
    count_elements,
)];

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    add_types(
        vm,
        dict,
        &[
            &deque::DEQUE,
            &deque_iter::DEQUE_ITERATOR,
            &deque_iter::DEQUE_REVERSE_ITERATOR,
            &defaultdict::DEFAULT_DICT,
            &ordered_dict::ORDERED_DICT,
            &tuplegetter::TUPLE_GETTER,
        ],
    );
    dict.set_text("_tuplegetter", type_::ready_value(vm, &tuplegetter::TUPLE_GETTER));
    Ok(())
}

/// The module `_collections`.
pub static MODULE: ModuleDef = ModuleDef {
    name: "_collections",
    doc: "High performance data structures.",
    functions: FUNCTIONS,
    init: Some(init),
};
