//! `SignalDict`: the flags or the traps of a context as a mapping from signal classes to bools.

use std::cell::Cell;
use std::rc::Rc;

use freeze_runtime::object::{CmpOp, Layout, Slots, TypeObject};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::KEY_ERROR;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_;
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, TypeRef, Value, Vm, import, native,
};

use super::context::Words;
use super::num::status;
use super::state::state;

/// The payload of signal dicts: the words of the context that they belong to, and which of them is shown.
pub(super) struct SignalDict {
    /// `None` for a dict that belongs to no context, which is of no use.
    words: Option<Rc<Words>>,
    traps: bool,
}

impl Payload for SignalDict {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<SignalDict>();
        &L
    }
}

impl SignalDict {
    /// A view of a context's words.
    pub(super) fn create(vm: &Vm, words: Rc<Words>, traps: bool) -> Value {
        Ref::new(state(vm).signal_dict.object(), SignalDict { words: Some(words), traps }).into_value()
    }

    fn word(&self, vm: &Vm) -> PyResult<&Cell<u32>> {
        match &self.words {
            Some(w) if self.traps => Ok(&w.traps),
            Some(w) => Ok(&w.flags),
            None => Err(vm.value_error("invalid signal dict")),
        }
    }

    /// The bits shown.
    fn bits(&self, vm: &Vm) -> PyResult<u32> {
        Ok(self.word(vm)?.get())
    }
}

/// `class SignalDict(SignalDictMixin, MutableMapping)`
pub(super) fn make_class(vm: &Vm) -> PyResult<TypeRef> {
    let mapping = vm.get_attr_str(&import::import_path(vm, "collections.abc")?, "MutableMapping")?;
    let mixin = type_::ready_value(vm, &MIXIN);
    let namespace = PyDict::new_ref();
    namespace.set_text("__module__", vm.str("decimal"));
    let meta = mapping.class().as_value();
    let bases = PyTuple::from_slice(&[mixin, mapping]).into_value();
    let class = vm.call(&meta, &[vm.str("SignalDict"), bases, namespace.into_value()])?;
    Ok(class.downcast_ref::<TypeObject>().expect("a metaclass gives a type"))
}

/// The bits of a dict that names every signal.
fn bits_of_dict(vm: &Vm, d: &PyDict) -> PyResult<u32> {
    let s = state(vm);
    if d.len() != s.signals.len() {
        return Err(vm.key_error(vm.str("invalid signal dict")));
    }
    let mut bits = 0;
    for (k, v) in d.items() {
        let one = s.bits_of(vm, &k)?;
        if vm.is_true(&v)? {
            bits |= one;
        }
    }
    Ok(bits)
}

/// The bits of what is assigned to `flags` or `traps`.
pub(super) fn bits_of_mapping(vm: &Vm, v: &Value) -> PyResult<u32> {
    if let Some(d) = v.downcast::<SignalDict>() {
        return d.bits(vm);
    }
    match v.downcast::<PyDict>() {
        Some(d) => bits_of_dict(vm, d),
        None => Err(vm.type_error("argument must be a signal dict")),
    }
}

fn this(v: &Value) -> &SignalDict {
    v.downcast().expect("slots of SignalDict see those")
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(Ref::new(class, SignalDict { words: None, traps: false }).into_value())
}

fn len(vm: &Vm, v: &Value) -> PyResult<usize> {
    this(v).bits(vm)?;
    Ok(state(vm).signals.len())
}

fn iter(vm: &Vm, v: &Value) -> PyResult<Value> {
    this(v).bits(vm)?;
    vm.iter(&PyTuple::new(state(vm).signalled(u32::MAX)).into_value())
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    let shown = this(v).bits(vm)?;
    let bits = state(vm).bits_of(vm, key)?;
    Ok(Value::bool(shown & bits != 0))
}

fn setitem(vm: &Vm, v: &Value, key: &Value, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.value_error("signal keys cannot be deleted")) };
    let bits = state(vm).bits_of(vm, key)?;
    let on = vm.is_true(&value)?;
    let word = this(v).word(vm)?;
    word.set(if on { word.get() | bits } else { word.get() & !bits });
    Ok(())
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let bits = this(v).bits(vm)?;
    let mut parts = Vec::new();
    for s in &state(vm).signals {
        let on = if s.bits & bits != 0 { "True" } else { "False" };
        parts.push(format!("{}:{on}", vm.repr(s.class.as_value())?.to_lossy()));
    }
    Ok(vm.str(&format!("{{{}}}", parts.join(", "))))
}

/// The bits with one for InvalidOperation, whatever its kind.
fn plain(bits: u32) -> u32 {
    if bits & status::INVALID != 0 { bits | status::INVALID } else { bits }
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let other = if let Some(d) = b.downcast::<SignalDict>() {
        d.bits(vm)?
    } else if let Some(d) = b.downcast::<PyDict>() {
        match bits_of_dict(vm, d) {
            Ok(bits) => bits,
            Err(e) if e.is(&KEY_ERROR) => return Ok(Value::NOT_IMPLEMENTED),
            Err(e) => return Err(e),
        }
    } else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool((plain(this(a).bits(vm)?) == plain(other)) == (op == CmpOp::Eq)))
}

fn copy(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let bits = this(args.this()).bits(vm)?;
    let d = PyDict::new_ref();
    for s in &state(vm).signals {
        d.set(vm, s.class.as_value(), Value::bool(s.bits & bits != 0))?;
    }
    Ok(d.into_value())
}

static METHODS: &[NativeDef] = &[native("copy(self, /)", "A dict of the signals.", copy)];

static DEF: TypeDef = TypeDef {
    name: "SignalDictMixin",
    module: "decimal",
    layout: SignalDict::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::BASETYPE,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        compare: Some(compare),
        iter: Some(iter),
        len: Some(len),
        getitem: Some(getitem),
        setitem: Some(setitem),
        ..Slots::EMPTY
    },
    methods: METHODS,
    ..TypeDef::EMPTY
};
static MIXIN: Type = Type::builtin(&DEF);
