//! `_string`: the parser of format strings, for `string.Formatter`.

use std::cell::Cell;

use freeze_runtime::object::{Layout, Slots};
use freeze_runtime::text::format_string::{Access, Key, Parser, split_name};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::iterator::iter_self;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_;
use freeze_runtime::{
    Args, ModuleDef, NativeDef, Payload, PyResult, Ref, Str, Type, TypeDef, TypeFlags, Value, Vm, native,
};

/// The payload of the iterator over the parts of a format string.
struct PyParts {
    text: Str,
    /// The byte at which the next part begins.
    at: Cell<usize>,
}

impl Payload for PyParts {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyParts>();
        &L
    }
}

fn string(text: &[u8]) -> Value {
    PyStr::new(text).into_value()
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let Some(parts) = v.downcast::<PyParts>() else { return Ok(None) };
    let mut parser = Parser::starting_at(parts.text.as_bytes(), parts.at.get());
    let markup = parser.next_markup().map_err(|e| vm.value_error(e.0))?;
    parts.at.set(parser.position());
    let Some(markup) = markup else { return Ok(None) };
    let items = match markup.field {
        None => vec![string(markup.literal), Value::NONE, Value::NONE, Value::NONE],
        Some(field) => {
            let conversion = field.conversion.map_or(Value::NONE, |cp| PyStr::of_char(cp).into_value());
            vec![string(markup.literal), string(field.name), string(field.spec), conversion]
        }
    };
    Ok(Some(PyTuple::new(items).into_value()))
}

static PARTS_DEF: TypeDef = TypeDef {
    name: "formatteriterator",
    module: "_string",
    layout: PyParts::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    ..TypeDef::EMPTY
};
static PARTS: Type = Type::builtin(&PARTS_DEF);

fn text_argument(vm: &Vm, args: &Args<'_>) -> PyResult<Str> {
    let v = args.get(0);
    v.downcast_ref::<PyStr>().ok_or_else(|| vm.type_error(format!("expected str, got {}", v.class().name())))
}

fn parser(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let text = text_argument(vm, &args)?;
    Ok(Ref::new(&PARTS, PyParts { text, at: Cell::new(0) }).into_value())
}

fn key(k: Key) -> Value {
    match k {
        Key::Index(i) => Value::usize(i),
        Key::Name(name) => string(name),
    }
}

fn field_name_split(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let text = text_argument(vm, &args)?;
    let (first, steps) = split_name(text.as_bytes()).map_err(|e| vm.value_error(e.0))?;
    let mut rest = Vec::new();
    for step in steps {
        let (is_attribute, value) = match step.map_err(|e| vm.value_error(e.0))? {
            Access::Attribute(name) => (true, string(name)),
            Access::Item(k) => (false, key(k)),
        };
        rest.push(PyTuple::new(vec![Value::bool(is_attribute), value]).into_value());
    }
    let rest = vm.iter(PyList::new(rest).as_value())?;
    Ok(PyTuple::new(vec![key(first), rest]).into_value())
}

static FUNCTIONS: &[NativeDef] = &[
    native("formatter_field_name_split(format_string, /)", "split the argument as a field name", field_name_split),
    native("formatter_parser(format_string, /)", "parse the argument as a format string", parser),
];

fn init(vm: &Vm, _: &PyDict) -> PyResult<()> {
    type_::ready(vm, &PARTS);
    Ok(())
}

/// The module `_string`.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_string", doc: "string helper module", functions: FUNCTIONS, init: Some(init) };
