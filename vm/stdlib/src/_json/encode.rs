//! `make_encoder`: writes a document.

use freeze_runtime::call::bind;
use freeze_runtime::object::Slots;
use freeze_runtime::text::float_fmt;
use freeze_runtime::types::dict::{DICT, PyDict};
use freeze_runtime::types::float;
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::list_sort;
use freeze_runtime::types::native_function::PyNativeFunction;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::string;
use crate::native_type::payload;

/// How strings are quoted.
#[derive(Clone, Copy)]
enum Quote {
    Ascii,
    Plain,
    /// Through a function of the user's.
    Call,
}

/// The payload of `Encoder`: the settings of a `JSONEncoder`.
pub(super) struct Encoder {
    /// Whether cycles are looked for.
    check_circular: bool,
    default: Value,
    encoder: Value,
    quote: Quote,
    indent: Option<Vec<u8>>,
    key_separator: Value,
    item_separator: Value,
    sort_keys: bool,
    skipkeys: bool,
    allow_nan: bool,
}
payload!(Encoder, |e, visit| {
    [&e.default, &e.encoder, &e.key_separator, &e.item_separator].into_iter().for_each(visit);
});

static NEW: NativeDef = native(
    "make_encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
    "",
    |_, args| Ok(args.get(0).clone()),
);

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &NEW, args)?;
    if !slots[0].is_none() && !slots[0].has_layout::<PyDict>() {
        return Err(
            vm.type_error(format!("make_encoder() argument 1 must be dict or None, not {}", slots[0].class().name()))
        );
    }
    let text = |i: usize| match slots[i].has_layout::<PyStr>() {
        true => Ok(slots[i].clone()),
        false => Err(vm.type_error(format!(
            "make_encoder() argument {} must be str, not {}",
            i + 1,
            slots[i].class().name()
        ))),
    };
    let quote = if PyNativeFunction::is(&slots[2], &string::FUNCTIONS[1]) {
        Quote::Ascii
    } else if PyNativeFunction::is(&slots[2], &string::FUNCTIONS[0]) {
        Quote::Plain
    } else {
        Quote::Call
    };
    let payload = Encoder {
        check_circular: !slots[0].is_none(),
        default: slots[1].clone(),
        encoder: slots[2].clone(),
        quote,
        indent: if slots[3].is_none() { None } else { Some(vm.to_str(&slots[3])?.as_bytes().to_vec()) },
        key_separator: text(4)?,
        item_separator: text(5)?,
        sort_keys: vm.is_true(&slots[6])?,
        skipkeys: vm.is_true(&slots[7])?,
        allow_nan: vm.is_true(&slots[8])?,
    };
    Ok(Ref::new(class, payload).into_value())
}

fn call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    static CALL: NativeDef = native("_iterencode(obj, _current_indent_level)", "", |_, args| Ok(args.get(0).clone()));
    let slots = bind(vm, &CALL, args)?;
    let level = vm.to_isize(&slots[1])?.max(0) as usize;
    let e = v.downcast().expect("slots of Encoder see encoders");
    let mut run = Run { vm, e, out: Vec::new(), open: Vec::new() };
    run.value(&slots[0], level)?;
    Ok(PyTuple::new(vec![PyStr::new(&run.out).into_value()]).into_value())
}

/// One document on its way.
struct Run<'a> {
    vm: &'a Vm,
    e: &'a Encoder,
    out: Vec<u8>,
    /// The containers that are being written, to notice cycles.
    open: Vec<u64>,
}

impl Run<'_> {
    fn push_text(&mut self, v: &Value) {
        if let Some(s) = v.downcast::<PyStr>() {
            self.out.extend_from_slice(s.as_bytes());
        }
    }

    fn string(&mut self, v: &Value, s: &PyStr) -> PyResult<()> {
        match self.e.quote {
            Quote::Ascii => string::quote(&mut self.out, s, true),
            Quote::Plain => string::quote(&mut self.out, s, false),
            Quote::Call => {
                let r = self.vm.call(&self.e.encoder, std::slice::from_ref(v))?;
                if !r.has_layout::<PyStr>() {
                    return Err(self
                        .vm
                        .type_error(format!("encoder() must return a string, not {}", r.class().name())));
                }
                self.push_text(&r);
            }
        }
        Ok(())
    }

    fn float_text(&self, x: f64) -> PyResult<String> {
        if x.is_finite() {
            return Ok(float_fmt::repr(x));
        }
        if !self.e.allow_nan {
            return Err(self
                .vm
                .value_error(format!("Out of range float values are not JSON compliant: {}", float_fmt::repr(x))));
        }
        Ok(if x.is_nan() {
            "NaN"
        } else if x > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_string())
    }

    fn int_text(&self, v: &Value) -> PyResult<String> {
        match int::int_ref(v) {
            Some(n) => int::to_decimal(self.vm, n),
            None => Ok(String::new()),
        }
    }

    fn value(&mut self, v: &Value, level: usize) -> PyResult<()> {
        if v.is_none() {
            self.out.extend_from_slice(b"null");
        } else if let Some(b) = v.as_bool() {
            self.out.extend_from_slice(if b { b"true" } else { b"false" });
        } else if let Some(s) = v.downcast::<PyStr>() {
            self.string(v, s)?;
        } else if int::is_int(v) {
            let text = self.int_text(v)?;
            self.out.extend_from_slice(text.as_bytes());
        } else if let Some(x) = float::value_of(v) {
            let text = self.float_text(x)?;
            self.out.extend_from_slice(text.as_bytes());
        } else if v.has_layout::<PyList>() || v.has_layout::<PyTuple>() {
            self.vm.check_stack()?;
            self.list(v, level)?;
        } else if v.has_layout::<PyDict>() {
            self.vm.check_stack()?;
            self.dict(v, level)?;
        } else {
            self.vm.check_stack()?;
            self.enter(v)?;
            let plain = self.vm.call(&self.e.default, std::slice::from_ref(v))?;
            self.value(&plain, level)?;
            self.open.pop();
        }
        Ok(())
    }

    fn enter(&mut self, v: &Value) -> PyResult<()> {
        let id = v.id();
        if self.e.check_circular && self.open.contains(&id) {
            return Err(self.vm.value_error("Circular reference detected"));
        }
        self.open.push(id);
        Ok(())
    }

    /// A line break and the indentation of a level, if lines are broken.
    fn new_line(&mut self, level: usize) {
        if let Some(indent) = &self.e.indent {
            self.out.push(b'\n');
            (0..level).for_each(|_| self.out.extend_from_slice(indent));
        }
    }

    /// What stands between two items.
    fn separate(&mut self, first: bool, level: usize) {
        if !first {
            let separator = &self.e.item_separator;
            self.push_text(separator);
        }
        if !first || self.e.indent.is_some() {
            self.new_line(level);
        }
    }

    fn list(&mut self, v: &Value, level: usize) -> PyResult<()> {
        let get = |i: usize| match v.downcast::<PyList>() {
            Some(l) => l.get(i),
            None => v.downcast::<PyTuple>().and_then(|t| t.as_slice().get(i).cloned()),
        };
        if get(0).is_none() {
            self.out.extend_from_slice(b"[]");
            return Ok(());
        }
        self.enter(v)?;
        self.out.push(b'[');
        let mut i = 0;
        while let Some(x) = get(i) {
            self.separate(i == 0, level + 1);
            self.value(&x, level + 1)?;
            i += 1;
        }
        self.new_line(level);
        self.out.push(b']');
        self.open.pop();
        Ok(())
    }

    fn dict(&mut self, v: &Value, level: usize) -> PyResult<()> {
        let Some(d) = v.downcast::<PyDict>() else { return Ok(()) };
        if d.is_empty() {
            self.out.extend_from_slice(b"{}");
            return Ok(());
        }
        self.enter(v)?;
        self.out.push(b'{');
        let mut first = true;
        if self.e.sort_keys || !v.is_exact(&DICT) {
            let items = self.vm.call_method_name(v, &self.vm.names().items, &[])?;
            let mut items = self.vm.to_vec(&items)?;
            if self.e.sort_keys {
                list_sort::sort_vec(self.vm, &mut items, None, false)?;
            }
            for item in items {
                let Some([k, x]) = item.downcast::<PyTuple>().map(PyTuple::as_slice) else {
                    return Err(self.vm.value_error("items must return 2-tuples"));
                };
                self.item(k, x, &mut first, level + 1)?;
            }
        } else {
            let mut at = 0;
            while let Some((i, k, x)) = d.table().next_live(at) {
                self.item(&k, &x, &mut first, level + 1)?;
                at = i + 1;
            }
        }
        if !first {
            self.new_line(level);
        }
        self.out.push(b'}');
        self.open.pop();
        Ok(())
    }

    fn item(&mut self, k: &Value, x: &Value, first: &mut bool, level: usize) -> PyResult<()> {
        let made;
        let key = if k.has_layout::<PyStr>() {
            k
        } else {
            let text = if let Some(f) = float::value_of(k) {
                self.float_text(f)?
            } else if k.is_none() {
                "null".to_string()
            } else if let Some(b) = k.as_bool() {
                if b { "true" } else { "false" }.to_string()
            } else if int::is_int(k) {
                self.int_text(k)?
            } else if self.e.skipkeys {
                return Ok(());
            } else {
                return Err(self
                    .vm
                    .type_error(format!("keys must be str, int, float, bool or None, not {}", k.class().name())));
            };
            made = self.vm.str(&text);
            &made
        };
        self.separate(*first, level);
        *first = false;
        if let Some(s) = key.downcast::<PyStr>() {
            self.string(key, s)?;
        }
        let separator = &self.e.key_separator;
        self.push_text(separator);
        self.value(x, level)
    }
}

static DEF: TypeDef = TypeDef {
    name: "Encoder",
    module: "_json",
    doc: "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
    layout: Encoder::layout,
    flags: TypeFlags::BASETYPE,
    slots: Slots { new: Some(new), call: Some(call), ..Slots::EMPTY },
    ..TypeDef::EMPTY
};
/// `make_encoder`
pub(super) static ENCODER: Type = Type::builtin(&DEF);
