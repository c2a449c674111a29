//! `_warnings`: `warn` and `warn_explicit` without the library's `warnings`, which is used for showing once it is loaded.

use freeze_runtime::object::TypeObject;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception as exc;
use freeze_runtime::types::frame::PyFrame;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::{PyResult, Raised};
use freeze_runtime::{Args, ModuleDef, NativeDef, Ref, Value, Vm, native};

/// Rises when the filters change, which makes registries stale.
static VERSION: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0);

fn version() -> i64 {
    VERSION.load(std::sync::atomic::Ordering::Relaxed)
}

/// An attribute of `warnings` if that is loaded, else of this module.
fn setting(vm: &Vm, public: &str, own: &str) -> Value {
    let modules = &vm.runtime().modules;
    let from = |module: &str, name: &str| {
        let m = modules.get_text(module)?;
        vm.get_attr_opt(&m, &vm.intern(name)).ok().flatten()
    };
    from("warnings", public).or_else(|| from("_warnings", own)).unwrap_or(Value::NONE)
}

/// Whether a filter's pattern fits: None, a text to be equal, or a regular expression to match.
fn fits(vm: &Vm, pattern: &Value, text: &Value) -> PyResult<bool> {
    if pattern.is_none() {
        return Ok(true);
    }
    if pattern.has_layout::<PyStr>() {
        return vm.eq(pattern, text);
    }
    let m = vm.call_method(pattern, "match", std::slice::from_ref(text))?;
    vm.is_true(&m)
}

/// What the filters say of a warning.
fn action(vm: &Vm, category: &Value, text: &Value, module: &Value, line: i64) -> PyResult<String> {
    let filters = setting(vm, "filters", "filters");
    for row in vm.to_vec(&filters)? {
        let row = vm.to_vec(&row)?;
        let [action, message, class, module_pattern, at] = &row[..] else {
            return Err(vm.value_error("warnings.filters item isn't a 5-tuple"));
        };
        let at = vm.to_i64(at)?;
        if (at == 0 || at == line)
            && vm.issubclass(category, class)?
            && fits(vm, message, text)?
            && fits(vm, module_pattern, module)?
        {
            return Ok(vm.to_str(action)?.to_lossy().into_owned());
        }
    }
    let default = setting(vm, "defaultaction", "_defaultaction");
    Ok(vm.to_str(&default)?.to_lossy().into_owned())
}

/// Whether a key was seen before; notes it.
fn already(vm: &Vm, registry: &Ref<PyDict>, key: &Value) -> PyResult<bool> {
    let stamp = vm.intern("version");
    let fresh = registry.get_str(&stamp).is_some_and(|v| v.as_small() == Some(version()));
    if !fresh {
        registry.clear_all();
        registry.set_str(&stamp, Value::int(version()));
    }
    if let Some(v) = registry.get(vm, key)?
        && vm.is_true(&v)?
    {
        return Ok(true);
    }
    registry.set(vm, key, Value::TRUE)?;
    Ok(false)
}

struct Place {
    filename: Value,
    line: i64,
    module: Value,
    registry: Option<Ref<PyDict>>,
}

fn explicit(vm: &Vm, message: &Value, category: Value, place: &Place, source: Value) -> PyResult<()> {
    let is_warning = message.downcast::<exc::PyException>().is_some() && warning_class(vm, &message.class().as_value());
    let (text, category, message) = if is_warning {
        (vm.to_str(message)?.into_value(), message.class().as_value(), message.clone())
    } else {
        let m = vm.call(&category, std::slice::from_ref(message))?;
        (message.clone(), category, m)
    };
    let line = Value::int(place.line);
    let key = PyTuple::new(vec![text.clone(), category.clone(), line.clone()]).into_value();
    if let Some(r) = &place.registry {
        let stamp = vm.intern("version");
        if r.get_str(&stamp).is_some_and(|v| v.as_small() == Some(version()))
            && let Some(v) = r.get(vm, &key)?
            && vm.is_true(&v)?
        {
            return Ok(());
        }
    }
    let act = action(vm, &category, &text, &place.module, place.line)?;
    let seen = match act.as_str() {
        "error" => return Err(Raised::from_value(vm, message)),
        "ignore" => return Ok(()),
        "always" | "all" => false,
        "default" => match &place.registry {
            Some(r) => already(vm, r, &key)?,
            None => false,
        },
        "module" => match &place.registry {
            Some(r) => {
                already(vm, r, &PyTuple::new(vec![text.clone(), category.clone(), Value::small(0)]).into_value())?
            }
            None => false,
        },
        "once" => {
            let once = setting(vm, "onceregistry", "_onceregistry");
            match once.downcast_ref::<PyDict>() {
                Some(r) => already(vm, &r, &PyTuple::new(vec![text.clone(), category.clone()]).into_value())?,
                None => false,
            }
        }
        other => {
            return Err(vm.runtime_error(format!("Unrecognized action ('{other}') in warnings.filters:\n {other}")));
        }
    };
    if seen { Ok(()) } else { show(vm, message, category, place, source, &text) }
}

fn show(vm: &Vm, message: Value, category: Value, place: &Place, source: Value, text: &Value) -> PyResult<()> {
    if let Some(w) = vm.runtime().modules.get_text("warnings")
        && let Some(f) = vm.get_attr_opt(&w, &vm.intern("_showwarnmsg"))?
    {
        let args =
            [message, category, place.filename.clone(), Value::int(place.line), Value::NONE, Value::NONE, source];
        let m = vm.call_method(&w, "WarningMessage", &args)?;
        return vm.call(&f, &[m]).map(drop);
    }
    let name = category.downcast::<TypeObject>().map_or("Warning", |t| t.name());
    let line =
        format!("{}:{}: {name}: {}\n", vm.to_str(&place.filename)?.to_lossy(), place.line, vm.to_str(text)?.to_lossy());
    crate::sys::streams::write_stderr(vm, &line);
    let file = vm.to_str(&place.filename)?;
    if let Ok(source) = std::fs::read_to_string(&*file.to_lossy())
        && let Some(l) = source.lines().nth((place.line - 1).max(0) as usize)
    {
        crate::sys::streams::write_stderr(vm, &format!("  {}\n", l.trim()));
    }
    Ok(())
}

fn warning_class(vm: &Vm, v: &Value) -> bool {
    let base = vm.runtime().builtins.get_text("Warning");
    match (v.downcast::<TypeObject>(), base.as_ref().and_then(|b| b.downcast::<TypeObject>())) {
        (Some(t), Some(b)) => t.is_subtype(b.object()),
        _ => false,
    }
}

/// The frame that a warning is about: importlib's own frames don't count.
fn frame_for(vm: &Vm, stacklevel: i64, skip: &[Vec<u8>]) -> Option<Ref<PyFrame>> {
    let internal = |f: &PyFrame| {
        let name = f.code().filename().to_lossy().into_owned();
        name.contains("importlib") && name.contains("_bootstrap") || skip.iter().any(|p| name.as_bytes().starts_with(p))
    };
    let mut f = PyFrame::at_depth(vm, 0)?;
    let level = if skip.is_empty() { stacklevel } else { stacklevel.max(2) };
    if level <= 0 || (internal(&f) && skip.is_empty()) {
        for _ in 1..level {
            f = f.back(vm)?;
        }
        return Some(f);
    }
    for _ in 1..level {
        f = f.back(vm)?;
        while internal(&f) {
            f = f.back(vm)?;
        }
    }
    Some(f)
}

fn warn(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let message = args.get(0);
    let from_message = warning_class(vm, &message.class().as_value());
    let category = match args.opt_not_none(1) {
        _ if from_message => message.class().as_value(),
        Some(c) => c.clone(),
        None => Value::or_none(vm.runtime().builtins.get_text("UserWarning")),
    };
    if !warning_class(vm, &category) {
        let name = category.class().name();
        return Err(vm.type_error(format!("category must be a Warning subclass, not '{name}'")));
    }
    let stacklevel = args.opt_i64(vm, 2, 1)?;
    let mut skip = Vec::new();
    if let Some(p) = args.opt(4) {
        for s in vm.to_vec(p)? {
            let Some(s) = s.downcast::<PyStr>() else {
                return Err(vm.type_error(format!("Found non-str '{}' in skip_file_prefixes.", s.class().name())));
            };
            skip.push(s.as_bytes().to_vec());
        }
    }
    let place = match frame_for(vm, stacklevel, &skip) {
        Some(f) => {
            let g = f.globals();
            let key = vm.intern("__warningregistry__");
            let registry = match g.get_str(&key).and_then(|r| r.downcast_ref::<PyDict>()) {
                Some(r) => r,
                None => {
                    let r = PyDict::new_ref();
                    g.set_str(&key, r.value());
                    r
                }
            };
            let module = g.get_str(&vm.names().__name__).unwrap_or_else(|| vm.str("<string>"));
            Place { filename: f.code().filename().value(), line: i64::from(f.line()), module, registry: Some(registry) }
        }
        None => Place { filename: vm.str("<sys>"), line: 0, module: vm.str("sys"), registry: None },
    };
    explicit(vm, message, category, &place, Value::or_none(args.opt(3).cloned()))?;
    Ok(Value::NONE)
}

fn warn_explicit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let filename = args.get(2).clone();
    let module = match args.opt_not_none(4) {
        Some(m) => m.clone(),
        None => {
            let name = vm.to_str(&filename)?;
            let name = name.to_lossy().into_owned();
            vm.str(name.strip_suffix(".py").unwrap_or(if name.is_empty() { "<unknown>" } else { &name }))
        }
    };
    let registry = match args.opt_not_none(5) {
        None => None,
        Some(r) => match r.downcast_ref::<PyDict>() {
            Some(d) => Some(d),
            None => return Err(vm.type_error("'registry' must be a dict or None")),
        },
    };
    let place = Place { filename, line: args.i64(vm, 3)?, module, registry };
    let source = Value::or_none(args.opt(7).cloned());
    explicit(vm, args.get(0), args.get(1).clone(), &place, source)?;
    Ok(Value::NONE)
}

fn mutated(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    VERSION.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    Ok(Value::NONE)
}

fn lock(vm: &Vm, method: &str) -> PyResult<Value> {
    const KEY: &str = "warnings.lock";
    let known = vm.runtime().slots.borrow().get(KEY).cloned();
    let l = match known {
        Some(l) => l,
        None => {
            let thread = freeze_runtime::import::import_path(vm, "_thread")?;
            let l = vm.call_method(&thread, "RLock", &[])?;
            vm.runtime().slots.borrow_mut().insert(KEY, l.clone());
            l
        }
    };
    vm.call_method(&l, method, &[])
}

fn acquire(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    lock(vm, "acquire").map(|_| Value::NONE)
}
fn release(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    lock(vm, "release").map(|_| Value::NONE)
}

static FUNCTIONS: &[NativeDef] = &[
    native("_acquire_lock()", "", acquire),
    native("_filters_mutated_lock_held()", "", mutated),
    native("_release_lock()", "", release),
    native(
        "warn(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())",
        "Issue a warning, or maybe ignore it or raise an exception.",
        warn,
    ),
    native(
        "warn_explicit(message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None)",
        "Issue a warning, or maybe ignore it or raise an exception.",
        warn_explicit,
    ),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    let row = |action: &str, class: &str, module: Option<&str>| {
        let class = Value::or_none(vm.runtime().builtins.get_text(class));
        let module = module.map_or(Value::NONE, |m| vm.str(m));
        PyTuple::new(vec![vm.str(action), Value::NONE, class, module, Value::small(0)]).into_value()
    };
    let rows = vec![
        row("default", "DeprecationWarning", Some("__main__")),
        row("ignore", "DeprecationWarning", None),
        row("ignore", "PendingDeprecationWarning", None),
        row("ignore", "ImportWarning", None),
        row("ignore", "ResourceWarning", None),
    ];
    d.set_text("filters", PyList::new(rows).into_value());
    d.set_text("_defaultaction", vm.str("default"));
    d.set_text("_onceregistry", PyDict::new_ref().into_value());
    let vars = freeze_runtime::import::import_path(vm, "_contextvars")?;
    d.set_text("_warnings_context", vm.call_method(&vars, "ContextVar", &[vm.str("warnings_context")])?);
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_warnings",
    doc: "_warnings provides basic warning filtering support.",
    functions: FUNCTIONS,
    init: Some(init),
};
