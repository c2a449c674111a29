//! Template strings (PEP 750): `Template` and `Interpolation`.

use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::typeobj::GetSet;
use crate::object::{BinOp, Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The payload of `Interpolation`.
pub struct PyInterpolation {
    value: Value,
    expression: Value,
    conversion: Value,
    format_spec: Value,
}

impl Payload for PyInterpolation {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyInterpolation>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        [&self.value, &self.expression, &self.conversion, &self.format_spec].into_iter().for_each(visit);
    }
}

/// The payload of `Template`: one string more than there are interpolations.
pub struct PyTemplate {
    strings: Ref<PyTuple>,
    interpolations: Ref<PyTuple>,
}

impl Payload for PyTemplate {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyTemplate>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(self.strings.as_value());
        visit(self.interpolations.as_value());
    }
}

/// An interpolation of a t-string: value, expression text, format specification; `conversion` is 0 for none, 1 `!s`,
/// 2 `!r`, 3 `!a`.
pub fn interpolation(vm: &Vm, parts: [Value; 3], conversion: u8) -> PyResult<Value> {
    let [value, expression, format_spec] = parts;
    let conversion = match conversion {
        1 => vm.intern("s").into_value(),
        2 => vm.intern("r").into_value(),
        3 => vm.intern("a").into_value(),
        _ => Value::NONE,
    };
    let i = PyInterpolation { value, expression, conversion, format_spec };
    Ok(Ref::new(&INTERPOLATION, i).into_value())
}

/// The template of a t-string.
pub fn template(vm: &Vm, strings: Value, interpolations: Value) -> PyResult<Value> {
    let (Some(strings), Some(interpolations)) = (strings.downcast_ref(), interpolations.downcast_ref()) else {
        return Err(vm.system_error("a template is made of two tuples"));
    };
    Ok(Ref::new(&TEMPLATE, PyTemplate { strings, interpolations }).into_value())
}

fn interpolation_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    static NEW: NativeDef =
        native("Interpolation(value, expression='', conversion=None, format_spec='')", "", |vm, args| {
            let text = |i: usize| -> PyResult<Value> {
                Ok(args.opt_str(vm, i)?.map_or_else(|| vm.names().empty.value(), Ref::into_value))
            };
            let conversion = match args.opt_not_none(2) {
                None => Value::NONE,
                Some(c) => {
                    let Some(s) = c.downcast::<PyStr>() else {
                        return Err(vm.type_error(format!(
                            "Interpolation() argument 'conversion' must be str, not {}",
                            c.class().name()
                        )));
                    };
                    if !matches!(s.as_bytes(), b"s" | b"r" | b"a") {
                        return Err(
                            vm.value_error("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'")
                        );
                    }
                    c.clone()
                }
            };
            Ok(PyTuple::new(vec![args.get(0).clone(), text(1)?, conversion, text(3)?]).into_value())
        });
    let bound = NEW.invoke(vm, args)?;
    let parts = bound.downcast::<PyTuple>().map(PyTuple::as_slice).unwrap_or_default();
    let [value, expression, conversion, format_spec] = parts else {
        return Err(vm.type_error("Interpolation() takes four arguments"));
    };
    let i = PyInterpolation {
        value: value.clone(),
        expression: expression.clone(),
        conversion: conversion.clone(),
        format_spec: format_spec.clone(),
    };
    Ok(Ref::new(class, i).into_value())
}

/// `Template(*parts)`: adjacent strings are joined, and there is one around every interpolation.
fn template_new(vm: &Vm, _class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if !args.names.is_empty() {
        return Err(vm.type_error("Template.__new__ only accepts *args arguments"));
    }
    let mut strings: Vec<Vec<u8>> = vec![Vec::new()];
    let mut interpolations = Vec::new();
    for part in args.args {
        if let Some(s) = part.downcast::<PyStr>() {
            if let Some(last) = strings.last_mut() {
                last.extend_from_slice(s.as_bytes());
            }
        } else if part.has_layout::<PyInterpolation>() {
            interpolations.push(part.clone());
            strings.push(Vec::new());
        } else {
            return Err(vm.type_error(format!(
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                part.class().name()
            )));
        }
    }
    let strings = strings.iter().map(|s| PyStr::new(s).into_value()).collect();
    let t = PyTemplate { strings: PyTuple::new(strings), interpolations: PyTuple::new(interpolations) };
    Ok(Ref::new(&TEMPLATE, t).into_value())
}

fn one(v: &Value) -> &PyInterpolation {
    v.downcast::<PyInterpolation>().expect("slots are called on their own types")
}

fn whole(v: &Value) -> &PyTemplate {
    v.downcast::<PyTemplate>().expect("slots are called on their own types")
}

fn interpolation_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let i = one(v);
    let shown = |v: &Value| -> PyResult<String> { Ok(vm.repr(v)?.to_lossy().into_owned()) };
    Ok(vm.str(&format!(
        "Interpolation({}, {}, {}, {})",
        shown(&i.value)?,
        shown(&i.expression)?,
        shown(&i.conversion)?,
        shown(&i.format_spec)?
    )))
}

fn template_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let t = whole(v);
    Ok(vm.str(&format!(
        "Template(strings={}, interpolations={})",
        vm.repr(t.strings.as_value())?.to_lossy(),
        vm.repr(t.interpolations.as_value())?.to_lossy()
    )))
}

/// Strings (those that are not empty) and interpolations in turn.
fn template_iter(vm: &Vm, v: &Value) -> PyResult<Value> {
    let t = whole(v);
    let mut parts = Vec::new();
    for (i, s) in t.strings.as_slice().iter().enumerate() {
        if s.downcast::<PyStr>().is_some_and(|s| !s.is_empty()) {
            parts.push(s.clone());
        }
        if let Some(x) = t.interpolations.as_slice().get(i) {
            parts.push(x.clone());
        }
    }
    let it = vm.iter(PyTuple::new(parts).as_value())?;
    Ok(Ref::new(&TEMPLATE_ITER, PyTemplateIter { inner: it }).into_value())
}

/// The payload of a template's iterator.
struct PyTemplateIter {
    inner: Value,
}

impl Payload for PyTemplateIter {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyTemplateIter>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.inner);
    }
}

static ITER_DEF: TypeDef = TypeDef {
    name: "TemplateIter",
    module: "string.templatelib",
    doc: "Template iterator object",
    layout: PyTemplateIter::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots {
        iter: Some(|_, v| Ok(v.clone())),
        next: Some(|vm, v| match v.downcast::<PyTemplateIter>() {
            Some(i) => vm.next(&i.inner),
            None => Ok(None),
        }),
        ..Slots::EMPTY
    },
    ..TypeDef::EMPTY
};
/// The type of iterators of templates.
pub static TEMPLATE_ITER: Type = Type::builtin(&ITER_DEF);

fn concat(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<PyTemplate>(), b.downcast::<PyTemplate>()) else {
        if a.has_layout::<PyTemplate>() {
            return Err(vm.type_error(format!(
                "can only concatenate string.templatelib.Template (not \"{}\") to string.templatelib.Template",
                b.class().name()
            )));
        }
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let mut strings = x.strings.as_slice().to_vec();
    let joint = strings.pop().unwrap_or(Value::NONE);
    let (first, rest) = y.strings.as_slice().split_first().expect("templates have a string at least");
    strings.push(vm.binary_op(BinOp::Add, &joint, first)?);
    strings.extend_from_slice(rest);
    let mut interpolations = x.interpolations.as_slice().to_vec();
    interpolations.extend_from_slice(y.interpolations.as_slice());
    let t = PyTemplate { strings: PyTuple::new(strings), interpolations: PyTuple::new(interpolations) };
    Ok(Ref::new(&TEMPLATE, t).into_value())
}

fn get_values(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let values = whole(v).interpolations.as_slice().iter().map(|i| one(i).value.clone()).collect();
    Ok(PyTuple::new(values).into_value())
}

fn template_reduce(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = args.payload::<PyTemplate>();
    let module = crate::import::import_path(vm, "string.templatelib")?;
    let f = vm.get_attr_str(&module, "_template_unpickle")?;
    let inner = PyTuple::new(vec![t.strings.value(), t.interpolations.value()]).into_value();
    Ok(PyTuple::new(vec![f, inner]).into_value())
}

fn interpolation_reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let i = args.payload::<PyInterpolation>();
    let parts = [&i.value, &i.expression, &i.conversion, &i.format_spec].map(Value::clone);
    let inner = PyTuple::new(parts.to_vec()).into_value();
    Ok(PyTuple::new(vec![args.this().class().as_value(), inner]).into_value())
}

/// What class patterns match by position.
fn match_args(vm: &Vm, dict: &crate::types::dict::PyDict) {
    let names = ["value", "expression", "conversion", "format_spec"].map(|n| vm.intern(n).into_value());
    dict.set_str(&vm.names().__match_args__, PyTuple::new(names.to_vec()).into_value());
}

static CLASS_METHODS: &[NativeDef] =
    &[native("__class_getitem__(cls, object, /)", "See PEP 585", crate::types::generic_alias::class_getitem_method)];

macro_rules! row {
    ($name:literal, $doc:literal, $get:expr) => {
        GetSet { name: $name, doc: $doc, get: $get, set: None }
    };
}

static INTERPOLATION_DEF: TypeDef = TypeDef {
    name: "Interpolation",
    module: "string.templatelib",
    doc: "Interpolation object",
    layout: PyInterpolation::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(interpolation_new), repr: Some(interpolation_repr), ..Slots::EMPTY },
    methods: &[native("__reduce__(self, /)", "", interpolation_reduce)],
    class_methods: CLASS_METHODS,
    getset: &[
        row!("conversion", "Conversion", |_, v| Ok(one(v).conversion.clone())),
        row!("expression", "Expression", |_, v| Ok(one(v).expression.clone())),
        row!("format_spec", "Format specifier", |_, v| Ok(one(v).format_spec.clone())),
        row!("value", "Value", |_, v| Ok(one(v).value.clone())),
    ],
    consts: Some(match_args),
    ..TypeDef::EMPTY
};
/// `string.templatelib.Interpolation`
pub static INTERPOLATION: Type = Type::builtin(&INTERPOLATION_DEF);

static TEMPLATE_DEF: TypeDef = TypeDef {
    name: "Template",
    module: "string.templatelib",
    doc: "Template object",
    layout: PyTemplate::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots {
        new: Some(template_new),
        repr: Some(template_repr),
        iter: Some(template_iter),
        concat: Some(concat),
        ..Slots::EMPTY
    },
    methods: &[native("__reduce__(self, /)", "", template_reduce)],
    class_methods: CLASS_METHODS,
    getset: &[
        row!("interpolations", "Interpolations", |_, v| Ok(whole(v).interpolations.value())),
        row!("strings", "Strings", |_, v| Ok(whole(v).strings.value())),
        row!("values", "Values of interpolations", get_values),
    ],
    ..TypeDef::EMPTY
};
/// `string.templatelib.Template`
pub static TEMPLATE: Type = Type::builtin(&TEMPLATE_DEF);
