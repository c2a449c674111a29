//! `make_scanner`: parses a document.

use std::cell::RefCell;

use freeze_runtime::call::bind;
use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::text::float_parse;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::float::FLOAT;
use freeze_runtime::types::int::INT;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::string::{self, Text, decode_error};
use crate::native_type::payload;

/// The payload of `Scanner`: the hooks of a `JSONDecoder`.
pub(super) struct Scanner {
    strict: bool,
    object_hook: Value,
    object_pairs_hook: Value,
    parse_float: Value,
    parse_int: Value,
    parse_constant: Value,
}
payload!(Scanner, |s, visit| {
    [&s.object_hook, &s.object_pairs_hook, &s.parse_float, &s.parse_int, &s.parse_constant].into_iter().for_each(visit);
});

static NEW: NativeDef = native("make_scanner(context)", "", |_, args| Ok(args.get(0).clone()));

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &NEW, args)?;
    let get = |name: &str| vm.get_attr_str(&slots[0], name);
    let strict = get("strict")?;
    let payload = Scanner {
        strict: vm.is_true(&strict)?,
        object_hook: get("object_hook")?,
        object_pairs_hook: get("object_pairs_hook")?,
        parse_float: get("parse_float")?,
        parse_int: get("parse_int")?,
        parse_constant: get("parse_constant")?,
    };
    Ok(Ref::new(class, payload).into_value())
}

/// Keys seen in a document, by a cheap hash: equal keys become one string.
const CACHE: usize = 64;

/// One run over a document.
struct Run<'a> {
    vm: &'a Vm,
    s: &'a Scanner,
    doc: &'a Ref<PyStr>,
    text: &'a [u8],
    keys: RefCell<Vec<Option<Ref<PyStr>>>>,
}

fn call(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    static CALL: NativeDef = native("scan_once(string, idx)", "", |_, args| Ok(args.get(0).clone()));
    let slots = bind(vm, &CALL, args)?;
    let Some(doc) = slots[0].downcast_ref::<PyStr>() else {
        return Err(vm.type_error(format!("first argument must be a string, not {}", slots[0].class().name())));
    };
    let idx = vm.to_isize(&slots[1])?;
    if idx < 0 {
        return Err(vm.value_error("idx cannot be negative"));
    }
    if idx as usize > doc.len() {
        return Err(vm.stop_iteration(Value::int(idx as i64)));
    }
    let run = Run {
        vm,
        s: v.downcast().expect("slots of Scanner see scanners"),
        doc: &doc,
        text: doc.as_bytes(),
        keys: RefCell::new(vec![None; CACHE]),
    };
    let (value, end) = run.value(doc.byte_offset(idx as usize))?;
    Ok(PyTuple::new(vec![value, Value::usize(doc.char_offset(end))]).into_value())
}

impl Run<'_> {
    fn skip_space(&self, mut at: usize) -> usize {
        while matches!(self.text.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            at += 1;
        }
        at
    }

    /// StopIteration(idx), which the caller in Python turns into an error.
    #[cold]
    fn stop<T>(&self, at: usize) -> PyResult<T> {
        Err(self.vm.stop_iteration(Value::usize(self.doc.char_offset(at.min(self.text.len())))))
    }

    /// The value that begins at a place, and where it ends.
    fn value(&self, at: usize) -> PyResult<(Value, usize)> {
        let rest = &self.text[at.min(self.text.len())..];
        match rest.first() {
            Some(b'"') => {
                let (text, end) = string::scan(self.vm, self.doc, at + 1, self.s.strict)?;
                Ok((self.string(text), end))
            }
            Some(b'{') => {
                self.vm.check_stack()?;
                self.object(at + 1)
            }
            Some(b'[') => {
                self.vm.check_stack()?;
                self.array(at + 1)
            }
            Some(b'n') if rest.starts_with(b"null") => Ok((Value::NONE, at + 4)),
            Some(b't') if rest.starts_with(b"true") => Ok((Value::TRUE, at + 4)),
            Some(b'f') if rest.starts_with(b"false") => Ok((Value::FALSE, at + 5)),
            Some(b'N') if rest.starts_with(b"NaN") => self.constant("NaN", at),
            Some(b'I') if rest.starts_with(b"Infinity") => self.constant("Infinity", at),
            Some(b'-') if rest.starts_with(b"-Infinity") => self.constant("-Infinity", at),
            Some(b'-' | b'0'..=b'9') => self.number(at),
            _ => self.stop(at),
        }
    }

    fn constant(&self, name: &str, at: usize) -> PyResult<(Value, usize)> {
        let v = self.vm.call(&self.s.parse_constant, &[self.vm.intern(name).into_value()])?;
        Ok((v, at + name.len()))
    }

    fn string(&self, text: Text) -> Value {
        match text {
            Text::Plain(a, b) => PyStr::new(&self.text[a..b]).into_value(),
            Text::Built(b) => PyStr::new(&b).into_value(),
        }
    }

    fn key(&self, text: Text) -> Ref<PyStr> {
        let bytes = match &text {
            Text::Plain(a, b) => &self.text[*a..*b],
            Text::Built(b) => b,
        };
        let n = bytes.len();
        let place = match bytes {
            [] => 0,
            _ => (n * 31 + bytes[0] as usize * 7 + bytes[n / 2] as usize * 3 + bytes[n - 1] as usize) % CACHE,
        };
        let mut keys = self.keys.borrow_mut();
        match &keys[place] {
            Some(k) if k.as_bytes() == bytes => k.clone(),
            _ => {
                let k = PyStr::new(bytes);
                keys[place] = Some(k.clone());
                k
            }
        }
    }

    fn object(&self, start: usize) -> PyResult<(Value, usize)> {
        let vm = self.vm;
        let pairs_wanted = !self.s.object_pairs_hook.is_none();
        let mut pairs = Vec::new();
        let dict = PyDict::new_ref();
        let mut at = self.skip_space(start);
        if self.text.get(at) == Some(&b'}') {
            at += 1;
        } else {
            loop {
                if self.text.get(at) != Some(&b'"') {
                    return Err(decode_error(vm, "Expecting property name enclosed in double quotes", self.doc, at));
                }
                let (text, end) = string::scan(vm, self.doc, at + 1, self.s.strict)?;
                let key = self.key(text);
                at = self.skip_space(end);
                if self.text.get(at) != Some(&b':') {
                    return Err(decode_error(vm, "Expecting ':' delimiter", self.doc, at));
                }
                at = self.skip_space(at + 1);
                let (value, end) = self.value(at)?;
                if pairs_wanted {
                    pairs.push(PyTuple::from_slice(&[key.into_value(), value]).into_value());
                } else {
                    dict.set_str(&key, value);
                }
                at = self.skip_space(end);
                match self.text.get(at) {
                    Some(b'}') => break,
                    Some(b',') => {}
                    _ => return Err(decode_error(vm, "Expecting ',' delimiter", self.doc, at)),
                }
                let comma = at;
                at = self.skip_space(at + 1);
                if self.text.get(at) == Some(&b'}') {
                    return Err(decode_error(vm, "Illegal trailing comma before end of object", self.doc, comma));
                }
            }
            at += 1;
        }
        if pairs_wanted {
            return Ok((vm.call(&self.s.object_pairs_hook, &[PyList::new(pairs).into_value()])?, at));
        }
        if !self.s.object_hook.is_none() {
            return Ok((vm.call(&self.s.object_hook, &[dict.into_value()])?, at));
        }
        Ok((dict.into_value(), at))
    }

    fn array(&self, start: usize) -> PyResult<(Value, usize)> {
        let mut items = Vec::new();
        let mut at = self.skip_space(start);
        if self.text.get(at) == Some(&b']') {
            return Ok((PyList::new(items).into_value(), at + 1));
        }
        loop {
            let (value, end) = self.value(at)?;
            items.push(value);
            at = self.skip_space(end);
            match self.text.get(at) {
                Some(b']') => return Ok((PyList::new(items).into_value(), at + 1)),
                Some(b',') => {}
                _ => return Err(decode_error(self.vm, "Expecting ',' delimiter", self.doc, at)),
            }
            let comma = at;
            at = self.skip_space(at + 1);
            if self.text.get(at) == Some(&b']') {
                return Err(decode_error(self.vm, "Illegal trailing comma before end of array", self.doc, comma));
            }
        }
    }

    fn digits(&self, mut at: usize) -> usize {
        while matches!(self.text.get(at), Some(b'0'..=b'9')) {
            at += 1;
        }
        at
    }

    fn number(&self, start: usize) -> PyResult<(Value, usize)> {
        let first = start + usize::from(self.text[start] == b'-');
        let mut at = match self.text.get(first) {
            Some(b'0') => first + 1,
            Some(b'1'..=b'9') => self.digits(first),
            _ => return self.stop(start),
        };
        let mut float = false;
        if self.text.get(at) == Some(&b'.') && self.digits(at + 1) > at + 1 {
            at = self.digits(at + 1);
            float = true;
        }
        if matches!(self.text.get(at), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.text.get(at + 1), Some(b'+' | b'-')));
            let end = self.digits(at + 1 + sign);
            if end > at + 1 + sign {
                at = end;
                float = true;
            }
        }
        Ok((self.convert(start, at, float)?, at))
    }

    fn convert(&self, start: usize, end: usize, float: bool) -> PyResult<Value> {
        let text = &self.text[start..end];
        let parser = if float { &self.s.parse_float } else { &self.s.parse_int };
        if float && parser.is(&FLOAT.as_value()) {
            return Ok(Value::float(float_parse::parse_ascii(text).unwrap_or(f64::NAN)));
        }
        if !float && text.len() < 18 && parser.is(&INT.as_value()) {
            let (negative, digits) = if text[0] == b'-' { (true, &text[1..]) } else { (false, text) };
            let n = digits.iter().fold(0i64, |n, d| n * 10 + i64::from(d - b'0'));
            return Ok(Value::int(if negative { -n } else { n }));
        }
        self.vm.call(parser, &[PyStr::new(text).into_value()])
    }
}

fn this(v: &Value) -> &Scanner {
    v.downcast().expect("slots of Scanner see scanners")
}

static GETSET: &[GetSet] = &[
    GetSet { name: "object_hook", doc: "", get: |_, v| Ok(this(v).object_hook.clone()), set: None },
    GetSet { name: "object_pairs_hook", doc: "", get: |_, v| Ok(this(v).object_pairs_hook.clone()), set: None },
    GetSet { name: "parse_constant", doc: "", get: |_, v| Ok(this(v).parse_constant.clone()), set: None },
    GetSet { name: "parse_float", doc: "", get: |_, v| Ok(this(v).parse_float.clone()), set: None },
    GetSet { name: "parse_int", doc: "", get: |_, v| Ok(this(v).parse_int.clone()), set: None },
    GetSet { name: "strict", doc: "", get: |_, v| Ok(Value::bool(this(v).strict)), set: None },
];

static DEF: TypeDef = TypeDef {
    name: "Scanner",
    module: "_json",
    doc: "JSON scanner object",
    layout: Scanner::layout,
    flags: TypeFlags::BASETYPE,
    slots: Slots { new: Some(new), call: Some(call), ..Slots::EMPTY },
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `make_scanner`
pub(super) static SCANNER: Type = Type::builtin(&DEF);
