//! `OrderedDict`: a dict (which keeps its order anyway) whose order can be changed and counts in comparisons.

use freeze_runtime::object::{BinOp, CmpOp, Layout, Slots};
use freeze_runtime::types::dict::{self, DICT, PyDict};
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native, raw,
};

/// The payload of `OrderedDict`: that of `dict`.
#[derive(Default)]
#[repr(C)]
pub(super) struct OrderedDict {
    dict: PyDict,
}

impl Payload for OrderedDict {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<OrderedDict>();
        &L
    }
    const GC: bool = true;
    const BASE: Option<fn() -> &'static Layout> = Some(PyDict::layout);
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.dict.trace(visit);
    }
    fn clear(&self) {
        self.dict.clear();
    }
}

fn this(v: &Value) -> &PyDict {
    v.downcast().expect("slots of OrderedDict see dicts")
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(Ref::new(class, OrderedDict::default()).into_value())
}

/// `d[key] = value` through the class, as `MutableMapping.update` does; a plain OrderedDict is filled directly.
fn put(vm: &Vm, v: &Value, key: &Value, value: Value) -> PyResult<()> {
    if v.is_exact(&ORDERED_DICT) { this(v).set(vm, key, value) } else { vm.set_item(v, key, value) }
}

fn update_from_call(vm: &Vm, v: &Value, args: CallArgs<'_>, name: &str) -> PyResult<()> {
    args.check_count(vm, name, 0, 1)?;
    if let Some(other) = args.positional().first() {
        if v.is_exact(&ORDERED_DICT) {
            dict::update(vm, this(v), other)?;
        } else {
            // The pairs are collected first, then stored one by one as the subclass wants them.
            let pairs = PyDict::new_ref();
            dict::update(vm, &pairs, other)?;
            for (k, x) in pairs.items() {
                vm.set_item(v, &k, x)?;
            }
        }
    }
    for (k, x) in args.keywords() {
        put(vm, v, k, x.clone())?;
    }
    Ok(())
}

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    update_from_call(vm, v, args, "OrderedDict")
}

fn update(vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
    let Some(v) = args.positional().first().filter(|v| v.has_layout::<PyDict>()) else {
        return Err(vm.type_error("descriptor 'update' of 'OrderedDict' object needs an argument"));
    };
    update_from_call(vm, v, args.skip_first(), "update")?;
    Ok(Value::NONE)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    if !b.has_layout::<PyDict>() || !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (this(a), this(b));
    let mut same = dict::equal(vm, x, y)?;
    if same && b.has_layout::<OrderedDict>() {
        let edits = (x.table().edits(), y.table().edits());
        let (mut i, mut j) = (0, 0);
        loop {
            let ((m, k), (n, l)) = match (x.table().next_key(i), y.table().next_key(j)) {
                (Some(left), Some(right)) => (left, right),
                (None, None) => break,
                // What comparing the values has run took a key away.
                _ => {
                    same = false;
                    break;
                }
            };
            let equal = vm.eq(&k, &l)?;
            if edits != (x.table().edits(), y.table().edits()) {
                return Err(vm.runtime_error("OrderedDict mutated during iteration"));
            }
            if !equal {
                same = false;
                break;
            }
            (i, j) = (m + 1, n + 1);
        }
    }
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let name = v.class().name();
    if this(v).is_empty() {
        return Ok(vm.str(&format!("{name}()")));
    }
    let text = vm.guard_repr(v, || {
        let plain = PyDict::new_ref();
        let items = vm.call_method_name(v, &vm.names().items, &[])?;
        dict::update(vm, &plain, &items)?;
        vm.repr(plain.as_value())
    })?;
    let Some(text) = text else { return Ok(vm.str("...")) };
    let mut out = format!("{name}(").into_bytes();
    out.extend_from_slice(text.as_bytes());
    out.push(b')');
    Ok(PyStr::new(&out).into_value())
}

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    if !a.has_layout::<PyDict>() || !b.has_layout::<PyDict>() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let class = if a.has_layout::<OrderedDict>() { a.class() } else { b.class() };
    let new = vm.call(&class.as_value(), std::slice::from_ref(a))?;
    update_from_call(vm, &new, CallArgs::pos(std::slice::from_ref(b)), "update")?;
    Ok(new)
}

fn ior(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    update_from_call(vm, a, CallArgs::pos(std::slice::from_ref(b)), "update")?;
    Ok(a.clone())
}

fn copy(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let new = if v.is_exact(&ORDERED_DICT) {
        new(vm, &ORDERED_DICT, CallArgs::NONE)?
    } else {
        vm.call0(&v.class().as_value())?
    };
    for (k, x) in this(v).items() {
        put(vm, &new, &k, x)?;
    }
    Ok(new)
}

fn fromkeys(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = vm.call0(args.this())?;
    let value = Value::or_none(args.opt(2).cloned());
    vm.for_each(args.get(1), |k| vm.set_item(&d, &k, value.clone()).map(|()| true))?;
    Ok(d)
}

fn move_to_end(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let last = args.opt_bool(vm, 2, true)?;
    let table = this(args.this()).table();
    let hash = vm.hash(args.get(1))?;
    let Some(i) = table.find(vm, args.get(1), hash)? else { return Err(vm.key_error(args.get(1).clone())) };
    if last {
        // Cheaper than moving what lies behind.
        let (k, x) = table.remove_at(i);
        table.insert_new(hash, k, x).map_err(|e| vm.out_of_memory(e))?;
    } else {
        table.move_to_front(i);
    }
    Ok(Value::NONE)
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    // What a subclass does when a key is read or deleted is not asked.
    let (v, key) = (args.this(), args.get(1));
    let found = this(v).remove(vm, key)?;
    found.or_else(|| args.opt(2).cloned()).ok_or_else(|| vm.key_error(key.clone()))
}

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    // Two links an entry come with the order in CPython; here the table of a dict keeps it.
    let table = args.payload::<PyDict>().table();
    Ok(Value::usize(size_of::<OrderedDict>() + 16 + table.heap_size() + 16 * (table.len() + 1)))
}

fn popitem(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let table = this(args.this()).table();
    let found = if args.opt_bool(vm, 1, true)? { table.prev_live(usize::MAX) } else { table.next_live(0) };
    let Some((i, k, x)) = found else { return Err(vm.key_error(vm.str("dictionary is empty"))) };
    drop(table.remove_at(i));
    Ok(PyTuple::new(vec![k, x]).into_value())
}

fn setdefault(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (v, key) = (args.this(), args.get(1));
    let default = Value::or_none(args.opt(2).cloned());
    if v.is_exact(&ORDERED_DICT) {
        return this(v).get_or_insert(vm, key, &default);
    }
    if vm.contains(v, key)? {
        return vm.get_item(v, key);
    }
    vm.set_item(v, key, default.clone())?;
    Ok(default)
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.this();
    let state = vm.call_method_name(v, &vm.names().__getstate__, &[])?;
    let items = vm.call_method_name(v, &vm.names().items, &[])?;
    let empty = PyTuple::new(Vec::new()).into_value();
    let parts = vec![v.class().as_value(), empty, state, Value::NONE, vm.iter(&items)?];
    Ok(PyTuple::new(parts).into_value())
}

static METHODS: &[NativeDef] = &[
    native("__reduce__(self, /)", "Return state information for pickling", reduce),
    native("__sizeof__(self, /)", "Return the size of the dict in memory.", sizeof),
    native("copy(self, /)", "A shallow copy of ordered dict.", copy),
    native(
        "move_to_end(self, /, key, last=True)",
        "Move an existing element to the end (or beginning if last is false).\n\nRaise KeyError if the element does not \
         exist.",
        move_to_end,
    ),
    native(
        "pop(self, /, key, default=<unrepresentable>)",
        "od.pop(key[,default]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, \
         return the default if given; otherwise, raise\na KeyError.",
        pop,
    ),
    native(
        "popitem(self, /, last=True)",
        "Remove and return a (key, value) pair from the dictionary.\n\nPairs are returned in LIFO order if last is true \
         or FIFO order if false.",
        popitem,
    ),
    native(
        "setdefault(self, /, key, default=None)",
        "Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in \
         the dictionary, else default.",
        setdefault,
    ),
    raw("update(self, *args, **kwargs)", "Update the dictionary from a mapping or pairs, then from keywords.", update),
];

static DEF: TypeDef = TypeDef {
    name: "OrderedDict",
    module: "collections",
    base: Some(&DICT),
    doc: "Dictionary that remembers insertion order",
    layout: OrderedDict::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::MAPPING | TypeFlags::WEAKREFS | TypeFlags::DICT,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        compare: Some(compare),
        binary: Slots::ops(&[(BinOp::Or, or)]),
        inplace: Slots::ops(&[(BinOp::Or, ior)]),
        ..Slots::EMPTY
    },
    methods: METHODS,
    class_methods: &[native(
        "fromkeys(cls, iterable, value=None)",
        "Create a new ordered dictionary with keys from iterable and values set to value.",
        fromkeys,
    )],
    ..TypeDef::EMPTY
};
/// The type `OrderedDict`.
pub(super) static ORDERED_DICT: Type = Type::builtin(&DEF);
