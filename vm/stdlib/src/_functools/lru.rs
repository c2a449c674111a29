//! The wrapper that `functools.lru_cache` puts around a function.

use std::cell::Cell;

use freeze_runtime::object::Slots;
use freeze_runtime::object::typeobj::GetSet;
use freeze_runtime::object::{instance, table::Table};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::{int, str};
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use crate::native_type::payload;

/// The payload of the wrapper.
pub(super) struct Lru {
    func: Value,
    /// `None` is no limit.
    limit: Option<usize>,
    maxsize: Value,
    typed: bool,
    info: Value,
    /// Results by arguments, the least recently used first.
    cache: Table<Value>,
    hits: Cell<u64>,
    misses: Cell<u64>,
}
payload!(
    Lru,
    |l, visit| {
        visit(&l.func);
        visit(&l.info);
        l.cache.each(|k, v| {
            visit(k);
            visit(v);
        });
    },
    |l| drop(l.cache.take_all())
);

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    static NEW: NativeDef = native("lru_cache(user_function, maxsize, typed, cache_info_type)", "", |_, args| {
        Ok(PyTuple::new((0..4).map(|i| args.get(i).clone()).collect()).into_value())
    });
    let bound = NEW.invoke(vm, args)?;
    let t = bound.downcast_ref::<PyTuple>().expect("made above");
    let [func, maxsize, typed, info] = t.as_slice() else { return Err(vm.type_error("lru_cache takes 4 arguments")) };
    if !vm.is_callable(func) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let limit = if maxsize.is_none() {
        None
    } else if int::is_int(maxsize) {
        Some(usize::try_from(vm.to_isize(maxsize)?).unwrap_or(0))
    } else {
        return Err(vm.type_error("maxsize should be integer or None"));
    };
    let l = Lru {
        func: func.clone(),
        limit,
        maxsize: limit.map_or(Value::NONE, Value::usize),
        typed: vm.is_true(typed)?,
        info: info.clone(),
        cache: Table::new(),
        hits: Cell::new(0),
        misses: Cell::new(0),
    };
    Ok(Ref::new(class, l).into_value())
}

fn this(v: &Value) -> &Lru {
    v.downcast::<Lru>().expect("slots are called on their own types")
}

/// What stands for a call in the cache.
fn make_key(l: &Lru, args: CallArgs<'_>) -> Value {
    if let ([one], []) = (args.args, args.names)
        && !l.typed
        && (one.is_exact(&int::INT) || one.is_exact(&str::STR))
    {
        return one.clone();
    }
    let positional = args.positional();
    let mut parts = positional.to_vec();
    if !args.names.is_empty() {
        // The wrapper itself marks where keywords begin.
        parts.push(l.func.clone());
        for (k, v) in args.keywords() {
            parts.push(k.clone());
            parts.push(v.clone());
        }
    }
    if l.typed {
        parts.extend(args.args.iter().map(|v| v.class().as_value()));
    }
    PyTuple::new(parts).into_value()
}

fn call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    let l = this(v);
    if l.limit == Some(0) {
        l.misses.set(l.misses.get() + 1);
        return vm.call_args(&l.func, args);
    }
    let key = make_key(l, args);
    let hash = vm.hash(&key)?;
    if let Some(i) = l.cache.find(vm, &key, hash)?
        && let Some(r) = l.cache.value_at(i)
    {
        l.hits.set(l.hits.get() + 1);
        // The latest stays where it is: a lookup inside of a comparison must not disturb the one outside for nothing.
        if l.limit.is_some() && l.cache.next_key(i + 1).is_some() {
            let (key, r) = l.cache.remove_at(i);
            l.cache.insert_new(hash, key, r).map_err(|e| vm.out_of_memory(e))?;
        }
        return Ok(r);
    }
    l.misses.set(l.misses.get() + 1);
    let r = vm.call_args(&l.func, args)?;
    // The call may have filled the cache itself.
    if l.cache.find(vm, &key, hash)?.is_none() {
        let mut evicted = None;
        if l.limit.is_some_and(|n| l.cache.len() >= n)
            && let Some((i, _, _)) = l.cache.next_live(0)
        {
            evicted = Some(l.cache.remove_at(i));
        }
        l.cache.insert_new(hash, key, r.clone()).map_err(|e| vm.out_of_memory(e))?;
        drop(evicted);
    }
    Ok(r)
}

fn get(vm: &Vm, v: &Value, obj: Option<&Value>, _class: Option<&Value>) -> PyResult<Value> {
    Ok(match obj {
        Some(o) => freeze_runtime::types::method::bind(vm, v.clone(), o.clone()),
        None => v.clone(),
    })
}

fn cache_info(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let l = args.payload::<Lru>();
    let n = |c: &Cell<u64>| Value::int(c.get() as i64);
    vm.call(&l.info, &[n(&l.hits), n(&l.misses), l.maxsize.clone(), Value::usize(l.cache.len())])
}

fn cache_clear(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let l = args.payload::<Lru>();
    l.hits.set(0);
    l.misses.set(0);
    drop(l.cache.take_all());
    Ok(Value::NONE)
}

fn itself(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(args.this().clone())
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.get_attr(args.this(), &vm.names().__qualname__)
}

fn get_dict(vm: &Vm, v: &Value) -> PyResult<Value> {
    match instance::dict(v) {
        Some(d) => Ok(d.into_value()),
        None => Err(vm.no_attribute(v, &vm.names().__dict__)),
    }
}

fn set_dict(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    match value.and_then(|d| d.downcast_ref::<PyDict>()) {
        Some(d) => {
            instance::set_dict(v, d);
            Ok(())
        }
        None => Err(vm.type_error("__dict__ must be set to a dictionary")),
    }
}

static METHODS: &[NativeDef] = &[
    native("__copy__(self, /)", "", itself),
    native("__deepcopy__(self, memo, /)", "", itself),
    native("__reduce__(self, /)", "", reduce),
    native("cache_clear(self, /)", "Clear the cache and cache statistics", cache_clear),
    native("cache_info(self, /)", "Report cache statistics", cache_info),
];

static DEF: TypeDef = TypeDef {
    name: "_lru_cache_wrapper",
    module: "functools",
    doc: "Create a cached callable that wraps another function.",
    layout: Lru::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::DICT | TypeFlags::WEAKREFS | TypeFlags::METHOD_DESCRIPTOR,
    slots: Slots { new: Some(new), call: Some(call), descr_get: Some(get), ..Slots::EMPTY },
    methods: METHODS,
    getset: &[GetSet { name: "__dict__", doc: "", get: get_dict, set: Some(set_dict) }],
    ..TypeDef::EMPTY
};
/// `functools._lru_cache_wrapper`
pub(super) static WRAPPER: Type = Type::builtin(&DEF);
