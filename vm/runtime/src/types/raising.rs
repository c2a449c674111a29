//! What `raise`, `except`, `except*` and the printing of tracebacks ask of exceptions.

use crate::Str;
use crate::object::{Ref, TypeObject, Value};
use crate::types::exception::{self as exc, PyException, is_group, projection};
use crate::types::function::class_of;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Raised, Vm};

/// The exception that `raise what` raises: a class is called without arguments. `None`: it is no exception.
pub fn instantiate(vm: &Vm, what: &Value) -> PyResult<Option<Ref<PyException>>> {
    if let Some(e) = what.downcast_ref::<PyException>() {
        return Ok(Some(e));
    }
    let Some(class) = class_of(what) else { return Ok(None) };
    if !class.is_subtype(&exc::BASE_EXCEPTION) {
        return Ok(None);
    }
    let made = vm.call0(what)?;
    match made.downcast_ref::<PyException>() {
        Some(e) => Ok(Some(e)),
        None => Err(no_exception(vm, what, &made)),
    }
}

/// A class of exceptions has made something else.
pub(crate) fn no_exception(vm: &Vm, class: &Value, made: &Value) -> Raised {
    match (vm.repr(class), vm.repr(&made.class().as_value())) {
        (Ok(class), Ok(kind)) => vm.type_error(format!(
            "calling {} should have returned an instance of BaseException, not {}",
            class.to_lossy(),
            kind.to_lossy()
        )),
        (Err(e), _) | (_, Err(e)) => e,
    }
}

/// Whether `except pattern` catches `e`.
pub fn match_exception(vm: &Vm, e: &Value, pattern: &Value) -> PyResult<bool> {
    let wrong = || vm.type_error("catching classes that do not inherit from BaseException is not allowed");
    let one = |p: &Value| -> PyResult<bool> {
        match class_of(p) {
            Some(c) if c.is_subtype(&exc::BASE_EXCEPTION) => Ok(e.class().is_subtype(c)),
            _ => Err(wrong()),
        }
    };
    if class_of(pattern).is_some() {
        return one(pattern);
    }
    let Some(t) = pattern.downcast::<PyTuple>() else { return Err(wrong()) };
    // All must be classes, whichever matches.
    let mut hit = false;
    for p in t.as_slice() {
        hit |= one(p)?;
    }
    Ok(hit)
}

fn group_class(vm: &Vm, name: &str) -> Value {
    vm.runtime().builtins.get_text(name).unwrap_or(Value::NONE)
}

/// `except* pattern`: what of `e` does not match, and what does (as a group); None for nothing.
pub fn match_group(vm: &Vm, e: &Value, pattern: &Value) -> PyResult<(Value, Value)> {
    let base_group = group_class(vm, "BaseExceptionGroup");
    let classes = match pattern.downcast::<PyTuple>() {
        Some(t) => t.as_slice().to_vec(),
        None => vec![pattern.clone()],
    };
    for c in &classes {
        match class_of(c) {
            Some(t) if t.is_subtype(&exc::BASE_EXCEPTION) => {}
            _ => return Err(vm.type_error("catching classes that do not inherit from BaseException is not allowed")),
        }
        if vm.issubclass(c, &base_group)? {
            return Err(vm.type_error("catching ExceptionGroup with except* is not allowed. Use except instead."));
        }
    }
    if e.is_none() {
        return Ok((Value::NONE, Value::NONE));
    }
    if match_exception(vm, e, pattern)? {
        if is_group(e) {
            return Ok((Value::NONE, e.clone()));
        }
        let list = PyTuple::new(vec![e.clone()]).into_value();
        let group = vm.call(&group_class(vm, "ExceptionGroup"), &[vm.str(""), list.clone()]);
        let group = match group {
            Ok(g) => g,
            Err(x) if x.is(&exc::TYPE_ERROR) => vm.call(&base_group, &[vm.str(""), list])?,
            Err(x) => return Err(x),
        };
        if let Some(g) = group.downcast::<PyException>() {
            // It begins here: the traceback of what it holds is not its own.
            crate::interp::unwind::stand_here(vm, g);
        }
        return Ok((Value::NONE, group));
    }
    if is_group(e) {
        let pair = vm.call_method(e, "split", std::slice::from_ref(pattern))?;
        let Some(t) = pair.downcast::<PyTuple>() else {
            return Err(vm.type_error(format!(
                "{}.split must return a tuple, not {}",
                e.class().name(),
                pair.class().name()
            )));
        };
        let t = t.as_slice();
        if t.len() < 2 {
            return Err(vm.type_error(format!(
                "{}.split must return a 2-tuple, got tuple of size {}",
                e.class().name(),
                t.len()
            )));
        }
        return Ok((t[1].clone(), t[0].clone()));
    }
    Ok((e.clone(), Value::NONE))
}

/// The end of `except*`: what is still to raise of the original and of what the clauses raised; None for nothing.
pub fn prep_reraise_star(vm: &Vm, original: &Value, raised: &Value) -> PyResult<Value> {
    let items: Vec<Value> = vm.to_vec(raised)?.into_iter().filter(|v| !v.is_none()).collect();
    if items.is_empty() {
        return Ok(Value::NONE);
    }
    if !is_group(original) {
        // A single exception was caught: at most one clause ran.
        return Ok(items.into_iter().next().unwrap_or(Value::NONE));
    }
    let metadata = |v: &Value| {
        v.downcast::<PyException>().map(|e| [e.traceback.borrow().id(), e.cause.borrow().id(), e.context.borrow().id()])
    };
    let mine = metadata(original);
    let (reraised, new): (Vec<Value>, Vec<Value>) = items.into_iter().partition(|v| is_group(v) && metadata(v) == mine);
    let rest = projection(vm, original, &reraised)?;
    if new.is_empty() {
        return Ok(rest);
    }
    let mut all = new;
    if !rest.is_none() {
        all.push(rest);
    }
    if all.len() == 1 {
        return Ok(all.swap_remove(0));
    }
    let list = PyList::new(all).into_value();
    match vm.call(&group_class(vm, "ExceptionGroup"), &[vm.str(""), list.clone()]) {
        Err(x) if x.is(&exc::TYPE_ERROR) => vm.call(&group_class(vm, "BaseExceptionGroup"), &[vm.str(""), list]),
        r => r,
    }
}

/// `StopIteration.value`
pub fn stop_iteration_value(vm: &Vm, e: &Ref<PyException>) -> Value {
    vm.get_attr(e.as_value(), &vm.names().value).unwrap_or(Value::NONE)
}

/// Sets the `name` of a NameError.
pub fn set_name(vm: &Vm, e: &Raised, name: &Str) {
    // NameError's own attribute: setting it can't fail, and the exception is on its way already.
    let _ = vm.set_attr(&e.value(), &vm.names().name, name.value());
}

/// The SyntaxError (or subclass) that the compiler reports.
pub fn syntax_error(vm: &Vm, e: &freeze_compiler::CompileError, filename: &Str) -> Raised {
    use freeze_compiler::ErrorKind;
    let class = match e.kind {
        ErrorKind::Indentation => "IndentationError",
        ErrorKind::Tab => "TabError",
        ErrorKind::Incomplete => "_IncompleteInputError",
        ErrorKind::Recursion => return vm.recursion_error(&e.message),
        ErrorKind::Memory => return vm.memory_error(&e.message),
        _ => "SyntaxError",
    };
    let n = |i: u32| Value::int(i64::from(i));
    let text = e.text.as_ref().map_or(Value::NONE, |t| vm.str(t));
    let place = if e.line == 0 {
        // Nothing is known about where: the source could not even be decoded.
        PyTuple::new(vec![filename.value(), n(0), Value::int(-1), text])
    } else {
        PyTuple::new(vec![filename.value(), n(e.line), n(e.column), text, n(e.end_line), n(e.end_column)])
    };
    let Some(class) = vm.runtime().builtins.get_text(class) else { return vm.system_error(&e.message) };
    match vm.call(&class, &[vm.str(&e.message), place.into_value()]) {
        Ok(v) => match v.downcast_ref::<PyException>() {
            Some(e) => Raised::new(e),
            None => vm.system_error("SyntaxError is no exception"),
        },
        Err(e) => e,
    }
}

fn is_syntax_error(vm: &Vm, e: &Ref<PyException>) -> bool {
    let class = vm.runtime().builtins.get_text("SyntaxError");
    class.as_ref().and_then(|c| c.downcast::<TypeObject>()).is_some_and(|c| e.class().is_subtype(c.object()))
}

/// For a SyntaxError the message alone, which is what the last line of its report shows.
pub fn syntax_error_message(vm: &Vm, e: &Ref<PyException>) -> PyResult<Option<String>> {
    if !is_syntax_error(vm, e) {
        return Ok(None);
    }
    let msg = vm.get_attr(e.as_value(), &vm.names().msg)?;
    if msg.is_none() {
        return Ok(Some("<no detail available>".into()));
    }
    Ok(Some(vm.to_str(&msg)?.to_lossy().into_owned()))
}

/// For a SyntaxError the lines that show its place; nothing for others.
pub fn syntax_error_location(vm: &Vm, e: &Ref<PyException>) -> PyResult<String> {
    if !is_syntax_error(vm, e) {
        return Ok(String::new());
    }
    let get = |name: &str| vm.get_attr_str(e.as_value(), name);
    let number = |name: &str| -> PyResult<Option<i64>> { Ok(get(name)?.as_small()) };
    let Some(line) = number("lineno")? else { return Ok(String::new()) };
    let file = get("filename")?;
    let file = if file.is_none() { "<string>".into() } else { vm.to_str(&file)?.to_lossy().into_owned() };
    let mut out = format!("  File \"{file}\", line {line}\n");
    let text = get("text")?;
    let Some(text) = text.downcast::<PyStr>() else { return Ok(out) };
    let text = text.to_lossy();
    let full = text.lines().next().unwrap_or("").trim_end();
    let shown = full.trim_start_matches([' ', '\t', '\x0c']);
    if shown.is_empty() {
        return Ok(out);
    }
    out.push_str(&format!("    {shown}\n"));
    let Some(offset) = number("offset")?.filter(|&o| o >= 1) else { return Ok(out) };
    let length = full.chars().count() as i64;
    let end_line = number("end_lineno")?.unwrap_or(line);
    let mut end = number("end_offset")?.unwrap_or(offset);
    if end_line != line {
        end = length + 1;
    }
    if end < 1 || end == offset {
        end = offset + 1;
    }
    // A made-up end may lie anywhere: the carets stop with the line.
    end = end.min(length.max(offset) + 1);
    let strip = length - shown.chars().count() as i64;
    let at = offset - 1 - strip;
    let stop = end - 1 - strip;
    if at >= 0 {
        let blank: String = shown.chars().take(at as usize).map(|c| if c.is_whitespace() { c } else { ' ' }).collect();
        let missing = (at as usize).saturating_sub(blank.chars().count());
        out.push_str(&format!("    {blank}{}{}\n", " ".repeat(missing), "^".repeat((stop - at).max(1) as usize)));
    }
    Ok(out)
}

/// ". Did you mean: 'x'?" for names and attributes that are spelled like others.
pub fn suggestion(vm: &Vm, e: &Ref<PyException>) -> PyResult<Option<String>> {
    let is = |t: &crate::Type| e.class().is_subtype(t);
    let names = vm.names();
    let text = |v: Option<Value>| v.and_then(|v| v.downcast_ref::<PyStr>());
    let wrong = |vm: &Vm| -> PyResult<Option<Str>> { Ok(text(vm.get_attr_opt(e.as_value(), &names.name)?)) };
    let (wrong, candidates) = if is(&exc::ATTRIBUTE_ERROR) {
        let Some(w) = wrong(vm)? else { return Ok(None) };
        let Some(obj) = vm.get_attr_opt(e.as_value(), &names.obj)? else { return Ok(None) };
        if obj.is_none() {
            return Ok(None);
        }
        let Ok(Some(list)) = vm.call_special(&obj, &names.__dir__, &[]) else { return Ok(None) };
        (w, vm.to_vec(&list).unwrap_or_default())
    } else if is(&exc::NAME_ERROR) {
        let Some(w) = wrong(vm)? else { return Ok(None) };
        let mut all = Vec::new();
        let mut tb = e.traceback.borrow().clone();
        while let Some(t) = tb.downcast_ref::<crate::types::traceback::PyTraceback>() {
            let next = t.next.borrow().clone();
            if next.is_none() {
                all.extend(t.frame.variables().into_iter().map(|p| p.0.into_value()));
                all.extend(t.frame.globals().items().into_iter().map(|p| p.0));
                all.extend(t.frame.builtins().items().into_iter().map(|p| p.0));
                if let Some(this) = t.frame.variables().into_iter().find(|p| p.0.as_bytes() == b"self")
                    && vm.has_attr(&this.1, &w)?
                {
                    return Ok(Some(format!(". Did you mean: 'self.{}'?", w.to_lossy())));
                }
            }
            tb = next;
        }
        (w, all)
    } else if is(&exc::IMPORT_ERROR) {
        let Some(w) = text(vm.get_attr_opt(e.as_value(), &names.name_from)?) else { return Ok(None) };
        let Some(module) = wrong(vm)? else { return Ok(None) };
        let Some(m) = vm.runtime().modules.get_str(&module) else { return Ok(None) };
        let Ok(Some(list)) = vm.call_special(&m, &names.__dir__, &[]) else { return Ok(None) };
        (w, vm.to_vec(&list).unwrap_or_default())
    } else {
        return Ok(None);
    };
    let texts: Vec<Str> = candidates.iter().filter_map(|c| c.downcast_ref::<PyStr>()).collect();
    let mut texts: Vec<&str> = texts.iter().filter_map(|t| t.as_str()).collect();
    let w = wrong.to_lossy();
    if !w.starts_with('_') {
        texts.retain(|t| !t.starts_with('_'));
    }
    texts.sort_unstable();
    texts.dedup();
    if let Some(s) = crate::types::traceback::suggest(&w, texts.into_iter()) {
        return Ok(Some(format!(". Did you mean: '{s}'?")));
    }
    Ok(None)
}
