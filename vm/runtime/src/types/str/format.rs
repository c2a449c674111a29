//! `str.format` and `str.format_map`.

use crate::Str;
use crate::call::{Args, CallArgs};
use crate::object::Value;
use crate::text::format_string::{Access, AutoNumber, Field, Key, MarkupError, Parser, split_name};
use crate::types::str::PyStr;
use crate::vm::{PyResult, Raised, Vm};

/// Where fields get their values.
pub struct Formatter<'a> {
    /// Positional ones; None for `format_map`, which has none.
    positional: Option<&'a [Value]>,
    names: Names<'a>,
    numbers: AutoNumber,
}

enum Names<'a> {
    Keywords(CallArgs<'a>),
    Mapping(&'a Value),
}

fn raise(vm: &Vm, e: MarkupError) -> Raised {
    vm.value_error(e.0)
}

impl<'a> Formatter<'a> {
    fn lookup_name(&self, vm: &Vm, name: &[u8]) -> PyResult<Value> {
        let key = PyStr::new(name).into_value();
        match &self.names {
            Names::Mapping(m) => vm.get_item(m, &key),
            Names::Keywords(call) => {
                let text = std::str::from_utf8(name).unwrap_or_default();
                call.keyword(text).cloned().ok_or_else(|| vm.key_error(key))
            }
        }
    }

    fn first(&mut self, vm: &Vm, key: Key) -> PyResult<Value> {
        match self.numbers.resolve(key).map_err(|e| raise(vm, e))? {
            Key::Name(name) => self.lookup_name(vm, name),
            Key::Index(i) => {
                let Some(values) = self.positional else {
                    return Err(vm.value_error("Format string contains positional fields"));
                };
                values.get(i).cloned().ok_or_else(|| {
                    vm.index_error(format!("Replacement index {i} out of range for positional args tuple"))
                })
            }
        }
    }

    fn field_value(&mut self, vm: &Vm, name: &[u8]) -> PyResult<Value> {
        let (first, steps) = split_name(name).map_err(|e| raise(vm, e))?;
        let mut value = self.first(vm, first)?;
        for step in steps {
            value = match step.map_err(|e| raise(vm, e))? {
                Access::Attribute(name) => vm.get_attr(&value, &PyStr::intern(name))?,
                Access::Item(Key::Index(i)) => vm.get_item(&value, &Value::usize(i))?,
                Access::Item(Key::Name(name)) => vm.get_item(&value, &PyStr::new(name).into_value())?,
            };
        }
        Ok(value)
    }

    fn push_field(&mut self, vm: &Vm, out: &mut Vec<u8>, field: &Field, depth: u32) -> PyResult<()> {
        let value = self.field_value(vm, field.name)?;
        let value = match field.conversion {
            None => value,
            Some(c) => match u8::try_from(c) {
                Ok(b'r') => vm.repr(&value)?.into_value(),
                Ok(b's') => vm.to_str(&value)?.into_value(),
                Ok(b'a') => vm.ascii(&value)?.into_value(),
                _ => {
                    let shown = match char::from_u32(c) {
                        Some(c) if (' '..'\x7f').contains(&c) => c.to_string(),
                        _ => format!("\\x{c:x}"),
                    };
                    return Err(vm.value_error(format!("Unknown conversion specifier {shown}")));
                }
            },
        };
        let spec = if field.nested {
            PyStr::new(&self.run(vm, field.spec, depth)?)
        } else if field.spec.is_empty() {
            vm.names().empty.clone()
        } else {
            PyStr::new(field.spec)
        };
        out.extend_from_slice(vm.format(&value, &spec)?.as_bytes());
        Ok(())
    }

    fn run(&mut self, vm: &Vm, text: &[u8], depth: u32) -> PyResult<Vec<u8>> {
        let Some(inner) = depth.checked_sub(1) else { return Err(vm.value_error("Max string recursion exceeded")) };
        let mut out = Vec::with_capacity(text.len() + 16);
        let mut parser = Parser::new(text);
        while let Some(markup) = parser.next_markup().map_err(|e| raise(vm, e))? {
            out.extend_from_slice(markup.literal);
            if let Some(field) = &markup.field {
                self.push_field(vm, &mut out, field, inner)?;
            }
        }
        Ok(out)
    }
}

fn finish(vm: &Vm, text: &Value, mut formatter: Formatter) -> PyResult<Value> {
    let text: Str = text.downcast_ref().expect("the method descriptor checked the type of self");
    // The string itself and one level of fields inside a specification.
    Ok(PyStr::new(&formatter.run(vm, text.as_bytes(), 2)?).into_value())
}

/// `str.format(*args, **kwargs)`
pub(super) fn format(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    let Some((this, positional)) = call.positional().split_first() else {
        return Err(vm.type_error("unbound method str.format() needs an argument"));
    };
    let formatter =
        Formatter { positional: Some(positional), names: Names::Keywords(call), numbers: AutoNumber::default() };
    finish(vm, this, formatter)
}

/// `str.format_map(mapping)`
pub(super) fn format_map(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let formatter = Formatter { positional: None, names: Names::Mapping(args.get(1)), numbers: AutoNumber::default() };
    finish(vm, args.this(), formatter)
}
