//! `Context`: precision, bounds of exponents, rounding, and which signals were seen or raise exceptions.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use freeze_runtime::call::bind;
use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::ATTRIBUTE_ERROR;
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, CallArgs, NativeDef, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::context_methods;
use super::num::{MAX_EMAX, MAX_PREC, MIN_EMIN, Rounding, Settings, status};
use super::signals::{self, SignalDict};
use super::state::state;
use crate::native_type::payload;

/// The status words of a context.
#[derive(Default)]
pub(super) struct Words {
    pub(super) flags: Cell<u32>,
    pub(super) traps: Cell<u32>,
}

/// The payload of `Context`.
pub(super) struct Context {
    pub(super) settings: Cell<Settings>,
    pub(super) capitals: Cell<bool>,
    pub(super) words: Rc<Words>,
    /// The views of `flags` and `traps`, made when first asked for.
    views: [RefCell<Option<Value>>; 2],
}
payload!(Context, |c, visit| c.views.iter().for_each(|v| v.borrow().iter().for_each(&mut *visit)), |c| c
    .views
    .iter()
    .for_each(|v| drop(v.take())));

const USUAL_TRAPS: u32 = status::INVALID | status::DIVISION_BY_ZERO | status::OVERFLOW;

impl Context {
    fn with(settings: Settings, capitals: bool, traps: u32) -> Context {
        let words = Rc::new(Words { flags: Cell::new(0), traps: Cell::new(traps) });
        Context {
            settings: Cell::new(settings),
            capitals: Cell::new(capitals),
            words,
            views: [RefCell::new(None), RefCell::new(None)],
        }
    }

    fn template(prec: i64, round: Rounding, traps: u32) -> Ref<Context> {
        let settings = Settings { prec, emax: 999_999, emin: -999_999, round, clamp: false };
        Ref::new(&CONTEXT, Context::with(settings, true, traps))
    }

    /// `DefaultContext`
    pub(super) fn default_template() -> Ref<Context> {
        Context::template(28, Rounding::HalfEven, USUAL_TRAPS)
    }

    /// `BasicContext`
    pub(super) fn basic_template() -> Ref<Context> {
        Context::template(9, Rounding::HalfUp, USUAL_TRAPS | status::CLAMPED | status::UNDERFLOW)
    }

    /// `ExtendedContext`
    pub(super) fn extended_template() -> Ref<Context> {
        Context::template(9, Rounding::HalfEven, 0)
    }

    /// The context of an IEEE interchange format of `bits` bits.
    pub(super) fn ieee(bits: i64) -> Ref<Context> {
        let emax = 3 * (1 << (bits / 16 + 3));
        let settings =
            Settings { prec: 9 * (bits / 32) - 2, emax, emin: 1 - emax, round: Rounding::HalfEven, clamp: true };
        Ref::new(&CONTEXT, Context::with(settings, true, 0))
    }

    /// A copy, with the flags.
    pub(super) fn copy(&self) -> Ref<Context> {
        let c = Context::with(self.settings.get(), self.capitals.get(), self.words.traps.get());
        c.words.flags.set(self.words.flags.get());
        Ref::new(&CONTEXT, c)
    }

    /// Takes note of conditions; raises those that are trapped.
    #[inline(always)]
    pub(super) fn report(&self, vm: &Vm, st: u32) -> PyResult<()> {
        if st == 0 { Ok(()) } else { self.report_some(vm, st) }
    }

    #[inline(never)]
    fn report_some(&self, vm: &Vm, st: u32) -> PyResult<()> {
        self.words.flags.set(self.words.flags.get() | st);
        let trapped = st & (self.words.traps.get() | status::NO_MEMORY);
        if trapped == 0 { Ok(()) } else { Err(state(vm).exception(vm, trapped)) }
    }

    fn view(&self, vm: &Vm, traps: bool) -> Value {
        let cell = &self.views[usize::from(traps)];
        if let Some(v) = &*cell.borrow() {
            return v.clone();
        }
        let v = SignalDict::create(vm, self.words.clone(), traps);
        *cell.borrow_mut() = Some(v.clone());
        v
    }

    fn change(&self, f: impl FnOnce(&mut Settings)) {
        let mut s = self.settings.get();
        f(&mut s);
        self.settings.set(s);
    }
}

/// The current context of the thread.
#[inline]
pub(super) fn current(vm: &Vm) -> PyResult<Ref<Context>> {
    if let Some(v) = crate::_contextvars::lookup(vm, &state(vm).var)
        && let Ok(c) = Ref::try_from_value(v)
    {
        return Ok(c);
    }
    Ok(first(vm))
}

#[cold]
fn first(vm: &Vm) -> Ref<Context> {
    let s = state(vm);
    let c = s.default_context.copy();
    c.words.flags.set(0);
    crate::_contextvars::assign(vm, &s.var, c.value());
    c
}

/// Makes a context the current one; the templates are copied.
pub(super) fn set_current(vm: &Vm, c: &Value) -> PyResult<()> {
    let Some(given) = c.downcast::<Context>() else { return Err(vm.type_error("argument must be a context")) };
    let s = state(vm);
    let template = [&s.default_context, &s.basic_context, &s.extended_context].iter().any(|t| t.as_value().is(c));
    let c = if template {
        let copy = given.copy();
        copy.words.flags.set(0);
        copy.into_value()
    } else {
        c.clone()
    };
    crate::_contextvars::assign(vm, &s.var, c);
    Ok(())
}

/// An optional context argument: the current one when it is missing or None.
pub(super) fn context_arg(vm: &Vm, v: Option<&Value>) -> PyResult<Ref<Context>> {
    match v.filter(|v| !v.is_none()) {
        None => current(vm),
        Some(v) => v.downcast_ref().ok_or_else(|| vm.type_error("optional argument must be a context")),
    }
}

pub(super) fn this(v: &Value) -> &Context {
    v.downcast().expect("slots of Context see contexts")
}

fn new(vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    let d = &state(vm).default_context;
    let c = Context::with(d.settings.get(), d.capitals.get(), d.words.traps.get());
    Ok(Ref::new(class, c).into_value())
}

static INIT: NativeDef = native(
    "Context(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)",
    "",
    |_, args| Ok(args.get(0).clone()),
);

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    let slots = bind(vm, &INIT, args)?;
    set_all(vm, v, &slots)
}

/// Sets the attributes that are given, in the order of the constructor's parameters.
pub(super) fn set_all(vm: &Vm, v: &Value, values: &[Value]) -> PyResult<()> {
    let given = |i: usize| values.get(i).filter(|v| !v.is_unbound() && !v.is_none()).cloned();
    type Setter = fn(&Vm, &Value, Option<Value>) -> PyResult<()>;
    const SETTERS: [Setter; 8] =
        [set_prec, set_rounding, set_emin, set_emax, set_capitals, set_clamp, set_flags_list, set_traps_list];
    for (i, set) in SETTERS.iter().enumerate() {
        if let Some(x) = given(i) {
            set(vm, v, Some(x))?;
        }
    }
    Ok(())
}

/// Sets the attributes that a dict names, in the order of the constructor's parameters.
pub(super) fn set_named(vm: &Vm, v: &Value, settings: &PyDict) -> PyResult<()> {
    const NAMES: [&str; 8] = ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"];
    for (key, _) in settings.items() {
        let known = key.downcast::<PyStr>().is_some_and(|k| NAMES.iter().any(|n| n.as_bytes() == k.as_bytes()));
        if !known {
            let key = vm.to_str(&key)?;
            return Err(
                vm.type_error(format!("localcontext() got an unexpected keyword argument '{}'", key.to_lossy()))
            );
        }
    }
    set_all(vm, v, &NAMES.map(|n| settings.get_text(n).unwrap_or(Value::NONE)))
}

/// The value of an assignment; attributes can't be deleted.
fn given(vm: &Vm, value: Option<Value>) -> PyResult<Value> {
    value.ok_or_else(|| vm.new_error(&ATTRIBUTE_ERROR, "context attributes cannot be deleted"))
}

fn number(vm: &Vm, value: Option<Value>) -> PyResult<i64> {
    let v = given(vm, value)?;
    if !int::is_int(&v) {
        return Err(vm.type_error("an integer is required"));
    }
    int::as_i64(&v).ok_or_else(|| vm.overflow_error("Python int too large to convert to C ssize_t"))
}

fn in_range(vm: &Vm, n: i64, range: std::ops::RangeInclusive<i64>, message: &str) -> PyResult<i64> {
    if range.contains(&n) { Ok(n) } else { Err(vm.value_error(message)) }
}

fn set_prec(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let n = in_range(vm, number(vm, value)?, 1..=MAX_PREC, "valid range for prec is [1, MAX_PREC]")?;
    this(v).change(|s| s.prec = n);
    Ok(())
}

fn set_emin(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let n = in_range(vm, number(vm, value)?, MIN_EMIN..=0, "valid range for Emin is [MIN_EMIN, 0]")?;
    this(v).change(|s| s.emin = n);
    Ok(())
}

fn set_emax(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let n = in_range(vm, number(vm, value)?, 0..=MAX_EMAX, "valid range for Emax is [0, MAX_EMAX]")?;
    this(v).change(|s| s.emax = n);
    Ok(())
}

fn set_capitals(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let n = in_range(vm, number(vm, value)?, 0..=1, "valid values for capitals are 0 or 1")?;
    this(v).capitals.set(n == 1);
    Ok(())
}

fn set_clamp(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let n = in_range(vm, number(vm, value)?, 0..=1, "valid values for clamp are 0 or 1")?;
    this(v).change(|s| s.clamp = n == 1);
    Ok(())
}

fn set_rounding(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let r = state(vm).rounding(vm, &given(vm, value)?)?;
    this(v).change(|s| s.round = r);
    Ok(())
}

fn set_flags(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let bits = signals::bits_of_mapping(vm, &given(vm, value)?)?;
    this(v).words.flags.set(bits);
    Ok(())
}

fn set_traps(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let bits = signals::bits_of_mapping(vm, &given(vm, value)?)?;
    this(v).words.traps.set(bits);
    Ok(())
}

/// As [`set_flags`]; a list of signals will do.
fn set_flags_list(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    match bits_of_list(vm, value.as_ref())? {
        Some(bits) => this(v).words.flags.set(bits),
        None => set_flags(vm, v, value)?,
    }
    Ok(())
}

fn set_traps_list(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    match bits_of_list(vm, value.as_ref())? {
        Some(bits) => this(v).words.traps.set(bits),
        None => set_traps(vm, v, value)?,
    }
    Ok(())
}

fn bits_of_list(vm: &Vm, v: Option<&Value>) -> PyResult<Option<u32>> {
    let Some(list) = v.and_then(|v| v.downcast::<PyList>()) else { return Ok(None) };
    let s = state(vm);
    let mut bits = 0;
    for item in list.to_vec() {
        bits |= match s.conditions.iter().find(|c| c.class.as_value().is(&item)) {
            Some(c) => c.bits,
            None => s.bits_of(vm, &item)?,
        };
    }
    Ok(Some(bits))
}

/// The names of signals, in the order of their bits.
fn names(bits: u32) -> String {
    const NAMES: [(u32, &str); 9] = [
        (status::CLAMPED, "Clamped"),
        (status::INVALID, "InvalidOperation"),
        (status::DIVISION_BY_ZERO, "DivisionByZero"),
        (status::INEXACT, "Inexact"),
        (status::FLOAT_OPERATION, "FloatOperation"),
        (status::OVERFLOW, "Overflow"),
        (status::ROUNDED, "Rounded"),
        (status::SUBNORMAL, "Subnormal"),
        (status::UNDERFLOW, "Underflow"),
    ];
    let on: Vec<&str> = NAMES.iter().filter(|n| n.0 & bits != 0).map(|n| n.1).collect();
    on.join(", ")
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let c = this(v);
    let s = c.settings.get();
    Ok(vm.str(&format!(
        "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags=[{}], traps=[{}])",
        s.prec,
        s.round.name(),
        s.emin,
        s.emax,
        u8::from(c.capitals.get()),
        u8::from(s.clamp),
        names(c.words.flags.get()),
        names(c.words.traps.get())
    )))
}

/// `Context.__reduce__`
pub(super) fn reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let c = this(args.this());
    let s = c.settings.get();
    let all = state(vm);
    let values = vec![
        Value::int(s.prec),
        all.rounding[s.round as usize].clone(),
        Value::int(s.emin),
        Value::int(s.emax),
        Value::small(i64::from(c.capitals.get())),
        Value::small(i64::from(s.clamp)),
        PyList::new(all.signalled(c.words.flags.get())).into_value(),
        PyList::new(all.signalled(c.words.traps.get())).into_value(),
    ];
    Ok(PyTuple::new(vec![args.this().class().as_value(), PyTuple::new(values).into_value()]).into_value())
}

static GETSET: &[GetSet] = &[
    GetSet {
        name: "Emax",
        doc: "The largest exponent.",
        get: |_, v| Ok(Value::int(this(v).settings.get().emax)),
        set: Some(set_emax),
    },
    GetSet {
        name: "Emin",
        doc: "The smallest exponent of normal numbers.",
        get: |_, v| Ok(Value::int(this(v).settings.get().emin)),
        set: Some(set_emin),
    },
    GetSet {
        name: "capitals",
        doc: "Whether exponents are written with E.",
        get: |_, v| Ok(Value::small(i64::from(this(v).capitals.get()))),
        set: Some(set_capitals),
    },
    GetSet {
        name: "clamp",
        doc: "Whether exponents are limited to Etop().",
        get: |_, v| Ok(Value::small(i64::from(this(v).settings.get().clamp))),
        set: Some(set_clamp),
    },
    GetSet { name: "flags", doc: "The signals seen.", get: |vm, v| Ok(this(v).view(vm, false)), set: Some(set_flags) },
    GetSet {
        name: "prec",
        doc: "The precision.",
        get: |_, v| Ok(Value::int(this(v).settings.get().prec)),
        set: Some(set_prec),
    },
    GetSet {
        name: "rounding",
        doc: "The rounding mode.",
        get: |vm, v| Ok(state(vm).rounding[this(v).settings.get().round as usize].clone()),
        set: Some(set_rounding),
    },
    GetSet {
        name: "traps",
        doc: "The signals that raise exceptions.",
        get: |vm, v| Ok(this(v).view(vm, true)),
        set: Some(set_traps),
    },
];

static DEF: TypeDef = TypeDef {
    name: "Context",
    module: "decimal",
    doc: "Context(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, \
          traps=None)\n--\n\nThe precision, rounding, bounds and traps that decimal operations work under. Every argument may be left out \
          or None; DefaultContext has the defaults.",
    layout: <Context as freeze_runtime::Payload>::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::BASETYPE,
    slots: Slots { new: Some(new), init: Some(init), repr: Some(repr), ..Slots::EMPTY },
    methods: context_methods::METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `Context`.
pub(super) static CONTEXT: Type = Type::builtin(&DEF);
