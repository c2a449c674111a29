//! `type.__new__`: classes made at run time.

use super::{layout, mro, namespace, slots};
use crate::call::CallArgs;
use crate::object::typeobj::HeapLayout;
use crate::object::{Ref, Type, TypeFlags, TypeObject, TypeRef, Value};
use crate::types::dict::PyDict;
use crate::types::exception as exc;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::{classmethod, descriptor, slot_table};
use crate::vm::{PyResult, Raised, Vm};

type NewFn = fn(&Vm, &Type, CallArgs<'_>) -> PyResult<Value>;

/// The most derived metaclass of `meta` and those of the bases.
pub(super) fn winning_metaclass(vm: &Vm, meta: &Type, bases: &[Value]) -> PyResult<TypeRef> {
    let mut winner = meta.to_ref();
    for b in bases {
        let m = b.class();
        if winner.is_subtype(m) {
            continue;
        }
        if m.is_subtype(winner.object()) {
            winner = m.to_ref();
            continue;
        }
        return Err(vm.type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(winner)
}

/// `type.__new__(meta, name, bases, ns, **kwargs)`
pub(super) fn new(vm: &Vm, meta: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let given = args.positional().len();
    let [name, bases, ns] = args.positional() else {
        return Err(vm.type_error(format!("type.__new__() takes exactly 3 arguments ({given} given)")));
    };
    let wrong = |i: usize, what: &str, v: &Value| {
        vm.type_error(format!("type.__new__() argument {i} must be {what}, not {}", vm.type_name_for_errors(v)))
    };
    let name = name.downcast_ref::<PyStr>().ok_or_else(|| wrong(1, "str", name))?;
    let bases_tuple = bases.downcast_ref::<PyTuple>().ok_or_else(|| wrong(2, "tuple", bases))?;
    let ns = ns.downcast_ref::<PyDict>().ok_or_else(|| wrong(3, "dict", ns))?;
    for b in bases_tuple.as_slice() {
        if !b.has_layout::<TypeObject>() && vm.get_attr_opt(b, &vm.names().__mro_entries__)?.is_some() {
            return Err(vm.type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
        }
    }
    let winner = winning_metaclass(vm, meta, bases_tuple.as_slice())?;
    if !winner.as_value().is(&meta.as_value())
        && let Some(f) = winner.slots().new
        && !std::ptr::fn_addr_eq(f, new as NewFn)
    {
        return f(vm, winner.object(), args);
    }
    let bases =
        if bases_tuple.is_empty() { PyTuple::new(vec![crate::types::object::OBJECT.as_value()]) } else { bases_tuple };
    let class = make(vm, winner.object(), &name, &bases, &ns)?;
    set_names(vm, &class)?;
    if class.dict().items().iter().any(|(key, _)| !key.has_layout::<PyStr>()) {
        let text = format!("non-string key in the __dict__ of class {}", class.name());
        vm.warn_named("RuntimeWarning", &text, 1)?;
    }
    init_subclass(vm, &class, args)?;
    Ok(class.into_value())
}

/// The error for a name with lone surrogates.
#[cold]
pub(super) fn surrogates(vm: &Vm, s: &PyStr) -> Raised {
    let at = s.code_points().position(|c| (0xD800..0xE000).contains(&c)).unwrap_or(0);
    let args = vec![
        vm.str("utf-8"),
        PyStr::new(s.as_bytes()).into_value(),
        Value::usize(at),
        Value::usize(at + 1),
        vm.str("surrogates not allowed"),
    ];
    vm.new_error_args(&exc::UNICODE_ENCODE_ERROR, args)
}

fn make(vm: &Vm, meta: &Type, name: &PyStr, bases: &Ref<PyTuple>, ns: &PyDict) -> PyResult<TypeRef> {
    let n = vm.names();
    let base = layout::best_base(vm, bases.as_slice())?;
    let form = slots::read(vm, name, ns, &base, bases.as_slice())?;
    let Some(text) = name.as_str() else { return Err(surrogates(vm, name)) };
    if text.contains('\0') {
        return Err(vm.value_error("type name must not contain null characters"));
    }
    let dict = ns.copy();
    let qualname = match dict.remove_str(&n.__qualname__) {
        None => PyStr::new(name.as_bytes()).into_value(),
        Some(q) if q.has_layout::<PyStr>() => q,
        Some(q) => {
            return Err(vm.type_error(format!("type __qualname__ must be a str, not {}", q.class().name())));
        }
    };
    if dict.get_str(&n.__module__).is_none()
        && let Some(frame) = vm.stack.current()
        && let Some(m) = frame.func.globals.get_str(&n.__name__)
    {
        dict.set_str(&n.__module__, m);
    }
    for (key, wrap) in [
        (&n.__new__, classmethod::static_method as fn(Value) -> Value),
        (&n.__init_subclass__, classmethod::class_method),
        (&n.__class_getitem__, classmethod::class_method),
    ] {
        if let Some(f) = dict.get_str(key)
            && f.has_layout::<crate::types::function::PyFunction>()
        {
            dict.set_str(key, wrap(f));
        }
    }
    let cell = dict.remove_str(&n.__classcell__);
    let dict_cell = dict.remove_str(&n.__classdictcell__);
    if let Some(doc) = dict.get_str(&n.__doc__) {
        if let Some(s) = doc.downcast_ref::<PyStr>().filter(|s| s.as_str().is_none()) {
            // Documentation must be encodable.
            crate::types::str::codec::encode(vm, &s, None, None)?;
        }
    } else {
        dict.set_str(&n.__doc__, Value::NONE);
    }
    if dict.get_str(&n.__eq__).is_some() && dict.get_str(&n.__hash__).is_none() {
        dict.set_str(&n.__hash__, Value::NONE);
    }
    let inherited = TypeFlags::SEQUENCE
        | TypeFlags::MAPPING
        | TypeFlags::MATCH_SELF
        | TypeFlags::WEAKREFS
        | TypeFlags::HAS_FINALIZER;
    let mut flags = TypeFlags::BASETYPE | base.flags().0 & inherited;
    for b in bases.as_slice() {
        flags |= b.class_flags() & (TypeFlags::SEQUENCE | TypeFlags::MAPPING);
    }
    if form.add_weakrefs {
        flags |= TypeFlags::WEAKREFS;
    }
    let inline = match dict.get_str(&n.__static_attributes__) {
        Some(v) => v.downcast::<PyTuple>().map_or(0, PyTuple::len),
        None => 0,
    };
    // What the constructor sets is known; some room is left for what others set later.
    let how = HeapLayout {
        base: base.clone(),
        flags,
        new_slots: form.slots.len(),
        add_dict: form.add_dict,
        inline: if inline == 0 { 4 } else { (inline + 2).max(4) },
    };
    let (payload, first_slot) = TypeObject::heap(text, dict.clone(), bases.value(), how);
    let class: TypeRef = Ref::new(meta, payload);
    *class.qualname.borrow_mut() = Some(qualname);
    for (i, s) in form.slots.iter().enumerate() {
        dict.set_str(s, descriptor::member(s.clone(), first_slot + i * 8, class.object()));
    }
    if form.add_dict && dict.get_str(&n.__dict__).is_none() {
        dict.set_str(&n.__dict__, descriptor::get_set(&namespace::DICT, class.object()));
    }
    if form.add_weakrefs && dict.get_str(&n.__weakref__).is_none() {
        dict.set_str(&n.__weakref__, descriptor::get_set(&namespace::WEAKREF, class.object()));
    }
    // The metaclass's `mro()` may call methods of the class already.
    if let Some(c) = cell {
        fill_cell(vm, &c, class.value(), "__classcell__")?;
    }
    if let Some(c) = dict_cell {
        fill_cell(vm, &c, class.dict().value(), "__classdictcell__")?;
    }
    mro::set(vm, class.object())?;
    for b in mro::bases_of(&class) {
        b.add_subclass(&class);
    }
    slot_table::fill(vm, class.object());
    class.add_flags(TypeFlags::READY);
    Ok(class)
}

fn fill_cell(vm: &Vm, cell: &Value, content: Value, what: &str) -> PyResult<()> {
    if cell.class().name() != "cell" {
        let class = cell.class().as_value();
        return Err(vm.type_error(format!("{what} must be a nonlocal cell, not {}", vm.repr(&class)?.to_lossy())));
    }
    vm.set_attr(cell, &vm.intern("cell_contents"), content)
}

/// Tells the values in the class's namespace their names.
fn set_names(vm: &Vm, class: &TypeRef) -> PyResult<()> {
    let hook = &vm.names().__set_name__;
    for (key, value) in class.dict().items() {
        if !value.is_ptr() || value.class().lookup(hook).is_none() {
            continue;
        }
        let Some(m) = vm.lookup_special(&value, hook)? else { continue };
        if let Err(e) = m.call(vm, &[class.value(), key.clone()]) {
            let note = format!(
                "Error calling __set_name__ on '{}' instance {} in '{}'",
                value.class().name(),
                vm.repr(&key)?.to_lossy(),
                class.name()
            );
            exc::add_note(vm, e.exception(), vm.str(&note))?;
            return Err(e);
        }
    }
    Ok(())
}

/// `super(class, class).__init_subclass__(**kwargs)`
fn init_subclass(vm: &Vm, class: &TypeRef, args: CallArgs<'_>) -> PyResult<()> {
    let hook = &vm.names().__init_subclass__;
    let n = class.mro().len();
    for i in 1..n {
        let Some(t) = class.mro().get(i).cloned() else { break };
        let Some(f) = t.own(hook) else { continue };
        if args.names.is_empty() && i + 1 == n {
            // `object`'s does nothing.
            return Ok(());
        }
        let get = f.class().slots().descr_get;
        let bound = match get {
            Some(get) => get(vm, &f, Some(class.as_value()), Some(class.as_value()))?,
            None => f,
        };
        let values = &args.args[args.positional().len()..];
        vm.call_args(&bound, CallArgs { args: values, names: args.names })?;
        return Ok(());
    }
    Ok(())
}

impl Value {
    /// The flags of a class; none of anything else.
    fn class_flags(&self) -> u32 {
        self.downcast::<TypeObject>().map_or(0, |t| t.flags().0)
    }
}
