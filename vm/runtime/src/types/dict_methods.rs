//! The methods of `dict`.

use super::dict::{self, DICT, PyDict};
use super::dict_iter;
use super::dict_views::{Part, view};
use crate::call::{Args, CallArgs, NativeDef, native, raw};
use crate::object::Value;
use crate::types::set::PySet;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

fn clear(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.payload::<PyDict>().clear_all();
    Ok(Value::NONE)
}

fn copy(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(args.payload::<PyDict>().try_copy(vm)?.into_value())
}

fn fromkeys(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let value = Value::or_none(args.opt(2).cloned());
    let d = vm.call0(args.this())?;
    if let Some(exact) = d.downcast_exact::<PyDict>(&DICT) {
        if let Some(keys) = args.get(1).downcast::<PySet>() {
            // Sets know the hashes.
            keys.each(|k, h| exact.set_hashed(vm, k, h, value.clone()).map(|()| true))?;
            return Ok(d);
        }
        vm.for_each(args.get(1), |k| {
            exact.set(vm, &k, value.clone())?;
            Ok(true)
        })?;
    } else {
        vm.for_each(args.get(1), |k| {
            vm.set_item(&d, &k, value.clone())?;
            Ok(true)
        })?;
    }
    Ok(d)
}

fn get(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let found = args.payload::<PyDict>().get(vm, args.get(1))?;
    Ok(found.unwrap_or_else(|| Value::or_none(args.opt(2).cloned())))
}

fn items(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(view(args.this(), Part::Items))
}

fn keys(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(view(args.this(), Part::Keys))
}

fn values(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(view(args.this(), Part::Values))
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = args.payload::<PyDict>();
    let found = if d.is_empty() { None } else { d.remove(vm, args.get(1))? };
    match found.or_else(|| args.opt(2).cloned()) {
        Some(x) => Ok(x),
        None => Err(vm.key_error(args.get(1).clone())),
    }
}

fn popitem(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let table = args.payload::<PyDict>().table();
    match table.prev_live(usize::MAX) {
        Some((i, k, x)) => {
            drop(table.remove_at(i));
            Ok(PyTuple::new(vec![k, x]).into_value())
        }
        None => Err(vm.key_error(vm.str("popitem(): dictionary is empty"))),
    }
}

fn setdefault(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let default = Value::or_none(args.opt(2).cloned());
    args.payload::<PyDict>().get_or_insert(vm, args.get(1), &default)
}

fn update(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    let Some((v, true)) = call.positional().first().map(|v| (v, v.has_layout::<PyDict>())) else {
        return Err(vm.type_error("descriptor 'update' for 'dict' objects needs a dict"));
    };
    dict::update_from_call(vm, v, call.skip_first(), "update")?;
    Ok(Value::NONE)
}

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = args.payload::<PyDict>();
    Ok(Value::usize(size_of::<PyDict>() + 16 + d.table().heap_size()))
}

fn reversed(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(dict_iter::new(args.this(), Part::Keys, true))
}

pub(super) static METHODS: &[NativeDef] = &[
    native("__reversed__(self, /)", "Return a reverse iterator over the dict keys.", reversed),
    native("__sizeof__(self, /)", "Return the size of the dict in memory.", sizeof),
    native("clear(self, /)", "Remove all items from the dict.", clear),
    native("copy(self, /)", "Return a shallow copy of the dict.", copy),
    native(
        "get(self, key, default=None, /)",
        "Return the value for key if key is in the dictionary, else default.",
        get,
    ),
    native("items(self, /)", "Return a set-like object providing a view on the dict's items.", items),
    native("keys(self, /)", "Return a set-like object providing a view on the dict's keys.", keys),
    native(
        "pop(self, key, default=<unrepresentable>, /)",
        "D.pop(k[,d]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, return \
         the default if given; otherwise,\nraise a KeyError.",
        pop,
    ),
    native(
        "popitem(self, /)",
        "Remove and return a (key, value) pair as a 2-tuple.\n\nPairs are returned in LIFO (last-in, first-out) order.\n\
         Raises KeyError if the dict is empty.",
        popitem,
    ),
    native(
        "setdefault(self, key, default=None, /)",
        "Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in \
         the dictionary, else default.",
        setdefault,
    ),
    raw(
        "update(self, *args, **kwargs)",
        "D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.\nIf E is present and has a .keys() method, \
         then does:  for k in E.keys(): D[k] = E[k]\nIf E is present and lacks a .keys() method, then does:  for k, v in \
         E: D[k] = v\nIn either case, this is followed by: for k in F:  D[k] = F[k]",
        update,
    ),
    native("values(self, /)", "Return an object providing a view on the dict's values.", values),
];

pub(super) static CLASS_METHODS: &[NativeDef] = &[
    native("__class_getitem__(cls, object, /)", "See PEP 585", crate::types::generic_alias::class_getitem_method),
    native(
        "fromkeys(cls, iterable, value=None, /)",
        "Create a new dictionary with keys from iterable and values set to value.",
        fromkeys,
    ),
];
