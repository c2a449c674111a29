//! What the module has once per process: exception classes, the context variable, the template contexts.

use std::cell::Cell;

use freeze_runtime::object::{Layout, Slots, TypeObject};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{ARITHMETIC_ERROR, TYPE_ERROR, ZERO_DIVISION_ERROR};
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_;
use freeze_runtime::{Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, TypeRef, Value, Vm, import};

use super::context::Context;
use super::num::{Rounding, status};
use super::signals;

/// A signal: a class that contexts trap and flag, and the conditions that raise it.
pub(super) struct Signal {
    pub(super) class: TypeRef,
    pub(super) bits: u32,
}

/// The payload of the object that holds the module's state.
pub(super) struct State {
    /// The signals, in the order of precedence.
    pub(super) signals: Vec<Signal>,
    /// The kinds of InvalidOperation.
    pub(super) conditions: Vec<Signal>,
    pub(super) decimal_exception: Value,
    pub(super) signal_dict: TypeRef,
    pub(super) decimal_tuple: Value,
    pub(super) rational: Value,
    pub(super) rounding: [Value; 8],
    /// The ContextVar of the current context.
    pub(super) var: Value,
    pub(super) default_context: Ref<Context>,
    pub(super) basic_context: Ref<Context>,
    pub(super) extended_context: Ref<Context>,
}

impl Payload for State {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<State>();
        &L
    }
}

static DEF: TypeDef = TypeDef {
    name: "_state",
    module: "decimal",
    layout: State::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots::EMPTY,
    ..TypeDef::EMPTY
};
static STATE: Type = Type::builtin(&DEF);

const KEY: &str = "_decimal";

thread_local! {
    /// The state, for the thread that asks. It is never released.
    static KNOWN: Cell<Option<&'static Ref<State>>> = const { Cell::new(None) };
}

/// The module's state.
#[inline]
pub(super) fn state(vm: &Vm) -> &'static State {
    match KNOWN.get() {
        Some(s) => s,
        None => find(vm).expect("types of the module exist only after its import"),
    }
}

#[cold]
pub(super) fn find(vm: &Vm) -> Option<&'static State> {
    let s = vm.runtime().slots.borrow().get(KEY)?.downcast_ref::<State>()?;
    let s: &'static Ref<State> = Box::leak(Box::new(s));
    KNOWN.set(Some(s));
    Some(s)
}

fn class(vm: &Vm, name: &str, bases: &[Value]) -> PyResult<TypeRef> {
    let namespace = PyDict::new_ref();
    namespace.set_text("__module__", vm.str("decimal"));
    let args = [vm.intern(name).into_value(), PyTuple::from_slice(bases).into_value(), namespace.into_value()];
    let c = vm.call(&type_::TYPE.as_value(), &args)?;
    Ok(c.downcast_ref::<TypeObject>().expect("type() gives a type"))
}

/// Makes the state, once.
pub(super) fn create(vm: &Vm) -> PyResult<&'static State> {
    type_::ready(vm, &STATE);
    let base = class(vm, "DecimalException", &[ARITHMETIC_ERROR.as_value()])?;
    let plain = |name: &str| class(vm, name, std::slice::from_ref(base.as_value()));
    let invalid = plain("InvalidOperation")?;
    let by_zero = class(vm, "DivisionByZero", &[base.value(), ZERO_DIVISION_ERROR.as_value()])?;
    let (inexact, rounded, subnormal) = (plain("Inexact")?, plain("Rounded")?, plain("Subnormal")?);
    let clamped = plain("Clamped")?;
    let overflow = class(vm, "Overflow", &[inexact.value(), rounded.value()])?;
    let underflow = class(vm, "Underflow", &[inexact.value(), rounded.value(), subnormal.value()])?;
    let float = class(vm, "FloatOperation", &[base.value(), TYPE_ERROR.as_value()])?;
    let kind = |name: &str| class(vm, name, std::slice::from_ref(invalid.as_value()));
    let undefined = class(vm, "DivisionUndefined", &[invalid.value(), ZERO_DIVISION_ERROR.as_value()])?;
    let signal = |class: TypeRef, bits: u32| Signal { class, bits };
    let conditions = vec![
        signal(invalid.clone(), status::INVALID_OPERATION),
        signal(kind("ConversionSyntax")?, status::CONVERSION_SYNTAX),
        signal(kind("DivisionImpossible")?, status::DIVISION_IMPOSSIBLE),
        signal(undefined, status::DIVISION_UNDEFINED),
        signal(kind("InvalidContext")?, status::INVALID_CONTEXT),
    ];
    let signals = vec![
        signal(invalid, status::INVALID),
        signal(float, status::FLOAT_OPERATION),
        signal(by_zero, status::DIVISION_BY_ZERO),
        signal(overflow, status::OVERFLOW),
        signal(underflow, status::UNDERFLOW),
        signal(subnormal, status::SUBNORMAL),
        signal(inexact, status::INEXACT),
        signal(rounded, status::ROUNDED),
        signal(clamped, status::CLAMPED),
    ];
    let fields = [vm.str("DecimalTuple"), vm.str("sign digits exponent")];
    let named = vm.get_attr_str(&import::import_path(vm, "collections")?, "namedtuple")?;
    let decimal_tuple = vm.call_kw(&named, &fields, &[("module", vm.str("decimal"))])?;
    let numbers = import::import_path(vm, "numbers")?;
    let number = vm.get_attr_str(&numbers, "Number")?;
    vm.call_method(&number, "register", &[super::decimal::DECIMAL.as_value()])?;
    let var = vm.get_attr_str(&import::import_path(vm, "_contextvars")?, "ContextVar")?;
    let state = State {
        signals,
        conditions,
        decimal_exception: base.into_value(),
        signal_dict: signals::make_class(vm)?,
        decimal_tuple,
        rational: vm.get_attr_str(&numbers, "Rational")?,
        rounding: Rounding::ALL.map(|r| vm.intern(r.name()).into_value()),
        var: vm.call(&var, &[vm.str("decimal_context")])?,
        default_context: Context::default_template(),
        basic_context: Context::basic_template(),
        extended_context: Context::extended_template(),
    };
    vm.runtime().slots.borrow_mut().insert(KEY, Ref::new(&STATE, state).into_value());
    Ok(find(vm).expect("just stored"))
}

impl State {
    /// The classes of a status word: for each condition its own, then the other signals.
    pub(super) fn raised(&self, bits: u32) -> Vec<Value> {
        let all = self.conditions.iter().chain(&self.signals[1..]);
        all.filter(|s| s.bits & bits != 0).map(|s| s.class.value()).collect()
    }

    /// The signals of a status word.
    pub(super) fn signalled(&self, bits: u32) -> Vec<Value> {
        self.signals.iter().filter(|s| s.bits & bits != 0).map(|s| s.class.value()).collect()
    }

    /// The exception for conditions that are trapped.
    #[cold]
    pub(super) fn exception(&self, vm: &Vm, bits: u32) -> Raised {
        if bits & status::NO_MEMORY != 0 {
            return vm.out_of_memory(());
        }
        let what = PyList::new(self.raised(bits)).into_value();
        match self.signals.iter().find(|s| s.bits & bits != 0) {
            Some(s) => vm.new_error_args(s.class.object(), vec![what]),
            None => vm.runtime_error("internal error in flags_as_exception"),
        }
    }

    /// The bits of a signal class.
    pub(super) fn bits_of(&self, vm: &Vm, class: &Value) -> PyResult<u32> {
        match self.signals.iter().find(|s| s.class.as_value().is(class)) {
            Some(s) => Ok(s.bits),
            None => Err(vm.key_error(vm.str(
                "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, \
                 Underflow, Subnormal, Inexact, Rounded,\n   Clamped]",
            ))),
        }
    }

    /// The rounding mode that a constant names.
    pub(super) fn rounding(&self, vm: &Vm, v: &Value) -> PyResult<Rounding> {
        let known = self.rounding.iter().position(|r| r.is(v)).or_else(|| {
            let text = v.downcast::<PyStr>()?;
            Rounding::ALL.iter().position(|r| r.name().as_bytes() == text.as_bytes())
        });
        known.map(|i| Rounding::ALL[i]).ok_or_else(|| {
            vm.type_error(
                "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   \
                 ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]",
            )
        })
    }
}
