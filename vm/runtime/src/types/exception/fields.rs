//! Exceptions with a few attributes: StopIteration, SystemExit, AttributeError, NameError, ImportError, KeyError.

use super::base::{self, this};
use super::{AttributeForm, ExitForm, ImportForm, Kind, NameForm, PyException, StopForm};
use crate::call::CallArgs;
use crate::object::typeobj::GetSet;
use crate::object::{Payload, Slots, Value};
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

/// Getters and setters of declared attributes; unset ones are None.
macro_rules! field {
    ($name:literal, $i:literal) => {
        $crate::object::typeobj::GetSet {
            name: $name,
            doc: "",
            get: |_, v| {
                let e = v.downcast::<$crate::types::exception::PyException>();
                Ok($crate::object::Value::or_none(e.and_then(|e| e.field($i))))
            },
            set: Some(|_, v, value| {
                if let Some(e) = v.downcast::<$crate::types::exception::PyException>() {
                    e.set_field($i, value.unwrap_or($crate::object::Value::UNBOUND));
                }
                Ok(())
            }),
        }
    };
}
pub(super) use field;

/// Reads the keyword arguments that a class takes into its fields.
fn take_keywords(vm: &Vm, v: &Value, args: CallArgs<'_>, known: &[(&str, usize)], class: &str) -> PyResult<()> {
    let e = this(v);
    for (name, value) in args.keywords() {
        let text = name.downcast::<PyStr>().map(|s| s.to_lossy().into_owned()).unwrap_or_default();
        match known.iter().find(|k| k.0 == text) {
            Some(&(_, i)) => e.set_field(i, value.clone()),
            None => {
                let known: Vec<&str> = known.iter().map(|k| k.0).collect();
                return Err(args.unexpected_keyword(vm, class, &known, &text));
            }
        }
    }
    Ok(())
}

fn stop_init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    base::init(vm, v, args)?;
    this(v).set_field(0, args.args.first().cloned().unwrap_or(Value::NONE));
    Ok(())
}

fn exit_init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    base::init(vm, v, args)?;
    let code = match args.args {
        [] => return Ok(()),
        [one] => one.clone(),
        _ => this(v).args().into_value(),
    };
    this(v).set_field(0, code);
    Ok(())
}

fn attribute_init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    base::set_args(v, args);
    take_keywords(vm, v, args, &[("name", 0), ("obj", 1)], "AttributeError")
}

fn name_init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    base::set_args(v, args);
    take_keywords(vm, v, args, &[("name", 0)], "NameError")
}

fn import_init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    base::set_args(v, args);
    for i in 1..4 {
        this(v).set_field(i, Value::UNBOUND);
    }
    take_keywords(vm, v, args, &[("name", 1), ("path", 2), ("name_from", 3)], "ImportError")?;
    let msg = match args.positional() {
        [msg] => msg.clone(),
        _ => Value::UNBOUND,
    };
    this(v).set_field(0, msg);
    Ok(())
}

fn import_str(vm: &Vm, v: &Value) -> PyResult<Value> {
    match this(v).field(0) {
        Some(m) if m.is_exact(&crate::types::str::STR) => Ok(m),
        _ => base::str(vm, v),
    }
}

fn key_str(vm: &Vm, v: &Value) -> PyResult<Value> {
    let args = this(v).args();
    match args.as_slice() {
        [one] => vm.repr(one).map(Into::into),
        _ => base::str(vm, v),
    }
}

static STOP_FIELDS: &[GetSet] = &[field!("value", 0)];
static EXIT_FIELDS: &[GetSet] = &[field!("code", 0)];
static ATTRIBUTE_FIELDS: &[GetSet] = &[field!("name", 0), field!("obj", 1)];
static NAME_FIELDS: &[GetSet] = &[field!("name", 0)];
static IMPORT_FIELDS: &[GetSet] = &[field!("msg", 0), field!("name", 1), field!("name_from", 3), field!("path", 2)];

pub(super) const STOP: Kind = Kind {
    layout: StopForm::layout,
    slots: Slots { init: Some(stop_init), ..Slots::EMPTY },
    getset: STOP_FIELDS,
    ..Kind::PLAIN
};
pub(super) const EXIT: Kind = Kind {
    layout: ExitForm::layout,
    slots: Slots { init: Some(exit_init), ..Slots::EMPTY },
    getset: EXIT_FIELDS,
    ..Kind::PLAIN
};
pub(super) const ATTRIBUTE: Kind = Kind {
    layout: AttributeForm::layout,
    slots: Slots { init: Some(attribute_init), ..Slots::EMPTY },
    getset: ATTRIBUTE_FIELDS,
    ..Kind::PLAIN
};
pub(super) const NAME: Kind = Kind {
    layout: NameForm::layout,
    slots: Slots { init: Some(name_init), ..Slots::EMPTY },
    getset: NAME_FIELDS,
    ..Kind::PLAIN
};
pub(super) const IMPORT: Kind = Kind {
    layout: ImportForm::layout,
    slots: Slots { init: Some(import_init), str: Some(import_str), ..Slots::EMPTY },
    getset: IMPORT_FIELDS,
    ..Kind::PLAIN
};
pub(super) const KEY: Kind =
    Kind { layout: PyException::layout, slots: Slots { str: Some(key_str), ..Slots::EMPTY }, ..Kind::PLAIN };
