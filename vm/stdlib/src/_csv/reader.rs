//! `reader`: splits lines into fields, one character after the other.

use std::cell::{Cell, RefCell};
use std::sync::atomic::Ordering;

use freeze_runtime::object::string::{decode_at, push_code_point};
use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::float::FLOAT;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{CallArgs, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm};

use super::dialect::{self, Dialect, Quoting};
use super::{FIELD_LIMIT, error};
use crate::native_type::{iter_self, payload};

/// The payload of `reader` objects.
pub(super) struct Reader {
    lines: Value,
    dialect: Ref<Dialect>,
    line_num: Cell<i64>,
    /// Buffers that are kept from record to record.
    spare: RefCell<Vec<u8>>,
}
payload!(Reader, |r, visit| {
    visit(&r.lines);
    visit(r.dialect.as_value());
});

/// `csv.reader(lines, dialect, **settings)`
pub(super) fn reader(vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
    args.check_count(vm, "", 1, 2)?;
    let lines = vm.iter(&args.positional()[0])?;
    let dialect = dialect::of_call(vm, args.skip_first())?;
    let r = Reader { lines, dialect, line_num: Cell::new(0), spare: RefCell::default() };
    Ok(Ref::new(&READER, r).into_value())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    Escaped,
    InField,
    InQuoted,
    EscapeInQuoted,
    QuoteInQuoted,
    EatNewline,
    AfterEscapedNewline,
}

/// The end of a line as the caller's iterator sees it; no code point.
const EOL: u32 = u32::MAX;

/// One record on its way.
struct Record<'a> {
    vm: &'a Vm,
    d: &'a Dialect,
    state: State,
    field: Vec<u8>,
    /// Code points in `field`.
    len: usize,
    limit: usize,
    unquoted: bool,
    fields: Vec<Value>,
}

impl Record<'_> {
    fn add(&mut self, c: u32) -> PyResult<()> {
        if self.len >= self.limit {
            return Err(error(self.vm, format!("field larger than field limit ({})", self.limit)));
        }
        self.len += 1;
        push_code_point(&mut self.field, c);
        Ok(())
    }

    fn save(&mut self) -> PyResult<()> {
        let q = self.d.quoting;
        let value = if self.unquoted && self.len == 0 && matches!(q, Quoting::NotNull | Quoting::Strings) {
            Value::NONE
        } else {
            PyStr::new(&self.field).into_value()
        };
        let number = self.unquoted && self.len != 0 && matches!(q, Quoting::NonNumeric | Quoting::Strings);
        self.field.clear();
        self.len = 0;
        let value = if number { self.vm.call(&FLOAT.as_value(), &[value])? } else { value };
        self.fields.push(value);
        Ok(())
    }

    /// The end of a field at the end of a line.
    fn finish(&mut self, c: u32) -> PyResult<()> {
        self.save()?;
        self.state = if c == EOL { State::StartRecord } else { State::EatNewline };
        Ok(())
    }

    fn step(&mut self, mut c: u32) -> PyResult<()> {
        let newline = c == 10 || c == 13;
        let quotes = self.d.quoting != Quoting::None && c != EOL && Some(c) == self.d.quotechar;
        let escapes = c != EOL && Some(c) == self.d.escapechar;
        if self.state == State::StartRecord {
            if c == EOL {
                return Ok(());
            }
            if newline {
                self.state = State::EatNewline;
                return Ok(());
            }
            self.state = State::StartField;
        }
        if self.state == State::AfterEscapedNewline {
            if c == EOL {
                return Ok(());
            }
            self.state = State::InField;
        }
        match self.state {
            State::StartField => {
                self.unquoted = true;
                if newline || c == EOL {
                    return self.finish(c);
                } else if quotes {
                    self.unquoted = false;
                    self.state = State::InQuoted;
                } else if escapes {
                    self.state = State::Escaped;
                } else if c == 32 && self.d.skipinitialspace {
                } else if c == self.d.delimiter {
                    return self.save();
                } else {
                    self.state = State::InField;
                    return self.add(c);
                }
            }
            State::Escaped => {
                if newline {
                    self.state = State::AfterEscapedNewline;
                } else {
                    self.state = State::InField;
                }
                return self.add(if c == EOL { 10 } else { c });
            }
            State::InField => {
                if newline || c == EOL {
                    return self.finish(c);
                } else if escapes {
                    self.state = State::Escaped;
                } else if c == self.d.delimiter {
                    self.state = State::StartField;
                    return self.save();
                } else {
                    return self.add(c);
                }
            }
            State::InQuoted => {
                if c == EOL {
                } else if escapes {
                    self.state = State::EscapeInQuoted;
                } else if quotes {
                    self.state = if self.d.doublequote { State::QuoteInQuoted } else { State::InField };
                } else {
                    return self.add(c);
                }
            }
            State::EscapeInQuoted => {
                if c == EOL {
                    c = 10;
                }
                self.state = State::InQuoted;
                return self.add(c);
            }
            State::QuoteInQuoted => {
                if quotes {
                    self.state = State::InQuoted;
                    return self.add(c);
                } else if c == self.d.delimiter {
                    self.state = State::StartField;
                    return self.save();
                } else if newline || c == EOL {
                    return self.finish(c);
                } else if !self.d.strict {
                    self.state = State::InField;
                    return self.add(c);
                }
                let shown = |c: u32| char::from_u32(c).unwrap_or('?');
                let (d, q) = (shown(self.d.delimiter), shown(self.d.quotechar.unwrap_or(34)));
                return Err(error(self.vm, format!("'{d}' expected after '{q}'")));
            }
            State::EatNewline => {
                if c == EOL {
                    self.state = State::StartRecord;
                } else if !newline {
                    return Err(error(
                        self.vm,
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                    ));
                }
            }
            State::StartRecord | State::AfterEscapedNewline => {}
        }
        Ok(())
    }
}

fn this(v: &Value) -> &Reader {
    v.downcast().expect("slots of reader see readers")
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let r = this(v);
    let mut record = Record {
        vm,
        d: &r.dialect,
        state: State::StartRecord,
        field: r.spare.take(),
        len: 0,
        limit: FIELD_LIMIT.load(Ordering::Relaxed).max(0) as usize,
        unquoted: false,
        fields: Vec::new(),
    };
    record.field.clear();
    loop {
        let Some(line) = vm.next(&r.lines)? else {
            if record.len == 0 && record.state != State::InQuoted {
                return Ok(None);
            }
            if r.dialect.strict {
                return Err(error(vm, "unexpected end of data"));
            }
            record.save()?;
            break;
        };
        let Some(line) = line.downcast::<PyStr>() else {
            return Err(error(
                vm,
                format!(
                    "iterator should return strings, not {} (the file should be opened in text mode)",
                    line.class().name()
                ),
            ));
        };
        r.line_num.set(r.line_num.get() + 1);
        let text = line.as_bytes();
        let mut at = 0;
        while at < text.len() {
            let (c, n) = decode_at(text, at);
            record.step(c)?;
            at += n;
        }
        record.step(EOL)?;
        if record.state == State::StartRecord {
            break;
        }
    }
    let fields = std::mem::take(&mut record.fields);
    *r.spare.borrow_mut() = std::mem::take(&mut record.field);
    Ok(Some(PyList::new(fields).into_value()))
}

static GETSET: &[GetSet] = &[
    GetSet { name: "dialect", doc: "", get: |_, v| Ok(this(v).dialect.value()), set: None },
    GetSet { name: "line_num", doc: "", get: |_, v| Ok(Value::int(this(v).line_num.get())), set: None },
];

static DEF: TypeDef = TypeDef {
    name: "reader",
    module: "_csv",
    doc: "CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.",
    layout: Reader::layout,
    flags: TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type of readers.
pub(super) static READER: Type = Type::builtin(&DEF);
