//! Exceptions that native code raises, with their attributes; and those that nobody can catch.

use super::{ATTRIBUTE_ERROR, NAME_ERROR, OS_ERROR, PyException, STOP_ITERATION};
use crate::Str;
use crate::object::{Ref, Type, TypeObject, Value};
use crate::types::tuple::PyTuple;
use crate::vm::{Raised, Vm};

fn with_message(vm: &Vm, class: &Type, message: &str) -> Ref<PyException> {
    PyException::create(class, vec![vm.str(message)])
}

/// StopIteration(value)
pub fn stop_iteration(_vm: &Vm, value: Value) -> Raised {
    let args = if value.is_none() { vec![] } else { vec![value.clone()] };
    let e = PyException::create(&STOP_ITERATION, args);
    e.set_field(0, value);
    Raised::new(e)
}

/// NameError with its `name`.
pub fn name_error(vm: &Vm, name: &Str, message: &str) -> Raised {
    let e = with_message(vm, &NAME_ERROR, message);
    e.set_field(0, name.value());
    Raised::new(e)
}

/// AttributeError with this message, and its `name` and `obj`.
pub fn attribute_error(vm: &Vm, message: &str, obj: &Value, name: &Str) -> Raised {
    let e = with_message(vm, &ATTRIBUTE_ERROR, message);
    e.set_field(0, name.value());
    e.set_field(1, obj.clone());
    Raised::new(e)
}

/// AttributeError "'T' object has no attribute 'name'" with `name` and `obj`.
pub fn no_attribute(vm: &Vm, obj: &Value, name: &Str) -> Raised {
    let text = name.to_lossy();
    let message = match obj.downcast::<TypeObject>() {
        Some(t) => format!("type object '{}' has no attribute '{text}'", t.name()),
        None => format!("'{}' object has no attribute '{text}'", obj.class().full_name()),
    };
    attribute_error(vm, &message, obj, name)
}

/// ImportError or a subclass with `name` and `path`.
pub fn import_error(vm: &Vm, class: &Type, message: &str, name: Value, path: Value) -> Raised {
    let e = with_message(vm, class, message);
    e.set_field(0, e.args().as_slice()[0].clone());
    e.set_field(1, name);
    e.set_field(2, path);
    Raised::new(e)
}

/// The OSError subclass that an error of the system means.
pub fn os_error(vm: &Vm, e: &std::io::Error, filename: Option<&Value>, filename2: Option<&Value>) -> Raised {
    let Some(errno) = crate::os::errno_of(e) else {
        return vm.new_error(&OS_ERROR, &e.to_string());
    };
    #[cfg(windows)]
    let text = match crate::os::winerror_of(e) {
        Some(n) => crate::os::winerror_text(n),
        None => crate::os::errno_text(errno),
    };
    #[cfg(not(windows))]
    let text = crate::os::errno_text(errno);
    let class = super::os::class_of_errno(errno).unwrap_or(&OS_ERROR);
    let args = vec![Value::int(i64::from(errno)), vm.str(&text)];
    let made = PyException::create(class, args.clone());
    for (i, v) in args.into_iter().enumerate() {
        made.set_field(i, v);
    }
    #[cfg(windows)]
    if let Some(n) = crate::os::winerror_of(e) {
        made.set_field(super::os::WINERROR, Value::int(n.into()));
    }
    if let Some(f) = filename {
        made.set_field(2, f.clone());
    }
    if let Some(f) = filename2 {
        made.set_field(3, f.clone());
    }
    Raised::new(made)
}

/// Reports an exception that can't be raised through `sys.unraisablehook`.
pub fn report_unraisable(vm: &Vm, e: Raised, message: Option<&str>, obj: Option<&Value>) {
    let sys = &vm.runtime().sys;
    let value = e.value();
    let mut tb = e.exception().traceback.borrow().clone();
    // What native code raised shows at least who was running.
    if tb.is_none()
        && let Some(frame) = crate::types::frame::PyFrame::at_depth(vm, 0)
    {
        let (at, line) = (frame.lasti(), frame.line());
        tb = crate::types::traceback::PyTraceback::create(Value::NONE, frame, at, line);
    }
    let parts = vec![
        value.class().as_value(),
        value,
        tb,
        message.map_or(Value::NONE, |m| vm.str(m)),
        Value::or_none(obj.cloned()),
    ];
    let (Some(hook), Some(class)) = (sys.get_text("unraisablehook"), sys.get_text("UnraisableHookArgs")) else {
        return;
    };
    if hook.is_none() {
        return;
    }
    let call = |hook: &Value, parts: Vec<Value>| {
        let args = vm.call(&class, &[PyTuple::new(parts).into_value()])?;
        vm.call(hook, &[args])
    };
    if let Err(second) = call(&hook, parts) {
        // The hook failed: what it raised goes to the default hook; if that fails too, nothing is left to try.
        let Some(default) = sys.get_text("__unraisablehook__") else { return };
        let value = second.value();
        let tb = second.exception().traceback.borrow().clone();
        let message = vm.str("Exception ignored in sys.unraisablehook");
        let _ = call(&default, vec![value.class().as_value(), value, tb, message, hook]);
    }
}
