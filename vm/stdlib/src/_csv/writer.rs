//! `writer`: joins fields to lines.

use freeze_runtime::object::string::{decode_at, push_code_point};
use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::exception::TYPE_ERROR;
use freeze_runtime::types::int;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::dialect::{self, Dialect, Quoting};
use super::error;
use crate::native_type::payload;

/// The payload of `writer` objects.
pub(super) struct Writer {
    write: Value,
    dialect: Ref<Dialect>,
}
payload!(Writer, |w, visit| {
    visit(&w.write);
    visit(w.dialect.as_value());
});

/// `csv.writer(file, dialect, **settings)`
pub(super) fn writer(vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
    args.check_count(vm, "", 1, 2)?;
    let write = vm.get_attr_opt(&args.positional()[0], &vm.names().write)?;
    let Some(write) = write.filter(|w| vm.is_callable(w)) else {
        return Err(vm.type_error("argument 1 must have a \"write\" method"));
    };
    let dialect = dialect::of_call(vm, args.skip_first())?;
    Ok(Ref::new(&WRITER, Writer { write, dialect }).into_value())
}

fn this(v: &Value) -> &Writer {
    v.downcast().expect("slots of writer see writers")
}

fn is_number(v: &Value) -> bool {
    let s = v.class().slots();
    int::is_int(v) || v.is_float() || s.index.is_some() || s.int.is_some() || s.float.is_some()
}

/// One line on its way.
struct Line<'a> {
    vm: &'a Vm,
    d: &'a Dialect,
    out: Vec<u8>,
    fields: usize,
}

impl Line<'_> {
    /// Appends a field; `text` is `None` for None.
    fn add(&mut self, text: Option<&[u8]>, mut quoted: bool) -> PyResult<()> {
        let (vm, d) = (self.vm, self.d);
        let bytes = text.unwrap_or_default();
        let unquotable =
            d.quoting == Quoting::None || (text.is_none() && matches!(d.quoting, Quoting::Strings | Quoting::NotNull));
        if bytes.is_empty() && d.delimiter == 32 && d.skipinitialspace {
            if unquotable {
                return Err(error(
                    vm,
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                ));
            }
            quoted = true;
        }
        if self.fields > 0 {
            push_code_point(&mut self.out, d.delimiter);
        }
        self.fields += 1;
        let start = self.out.len();
        let mut at = 0;
        while at < bytes.len() {
            let (c, n) = decode_at(bytes, at);
            let char_bytes = &bytes[at..at + n];
            at += n;
            let is_quote = Some(c) == d.quotechar;
            let is_escape = Some(c) == d.escapechar;
            let ends_line = c == 10 || c == 13 || d.lineterminator.windows(n).any(|w| w == char_bytes);
            if c == d.delimiter || is_quote || is_escape || ends_line {
                let mut escape = d.quoting == Quoting::None;
                if !escape {
                    if is_quote {
                        if d.doublequote { push_code_point(&mut self.out, c) } else { escape = true }
                    } else if is_escape {
                        escape = true;
                    }
                    quoted |= !escape;
                }
                if escape {
                    let Some(e) = d.escapechar else {
                        return Err(error(vm, "need to escape, but no escapechar set"));
                    };
                    push_code_point(&mut self.out, e);
                }
            }
            self.out.extend_from_slice(char_bytes);
        }
        if quoted && let Some(q) = d.quotechar {
            let mut quote = Vec::new();
            push_code_point(&mut quote, q);
            self.out.splice(start..start, quote.iter().copied());
            self.out.extend_from_slice(&quote);
        }
        Ok(())
    }
}

fn write_row(vm: &Vm, w: &Writer, row: &Value) -> PyResult<Value> {
    let d = &*w.dialect;
    let it = match vm.iter(row) {
        Ok(it) => it,
        Err(e) if e.is(&TYPE_ERROR) => {
            return Err(error(vm, format!("iterable expected, not {}", row.class().name())));
        }
        Err(e) => return Err(e),
    };
    let mut line = Line { vm, d, out: Vec::new(), fields: 0 };
    let mut last_none = false;
    while let Some(field) = vm.next(&it)? {
        let quoted = match d.quoting {
            Quoting::NonNumeric => !is_number(&field),
            Quoting::All => true,
            Quoting::Strings => field.has_layout::<PyStr>(),
            Quoting::NotNull => !field.is_none(),
            Quoting::Minimal | Quoting::None => false,
        };
        last_none = field.is_none();
        if let Some(s) = field.downcast::<PyStr>() {
            line.add(Some(s.as_bytes()), quoted)?;
        } else if field.is_none() {
            line.add(None, quoted)?;
        } else {
            let text = vm.to_str(&field)?;
            line.add(Some(text.as_bytes()), quoted)?;
        }
    }
    if line.fields > 0 && line.out.is_empty() {
        let nullable = matches!(d.quoting, Quoting::Strings | Quoting::NotNull);
        if d.quoting == Quoting::None || (last_none && nullable) {
            return Err(error(vm, "single empty field record must be quoted"));
        }
        line.fields -= 1;
        line.add(Some(b""), true)?;
    }
    line.out.extend_from_slice(&d.lineterminator);
    vm.call(&w.write, &[PyStr::new(&line.out).into_value()])
}

fn writerow(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    write_row(vm, args.payload(), args.get(1))
}

fn writerows(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    vm.for_each(args.get(1), |row| write_row(vm, args.payload(), &row).map(|_| true))?;
    Ok(Value::NONE)
}

static METHODS: &[NativeDef] = &[
    native(
        "writerow(self, row, /)",
        "writerow(iterable)\n\nConstruct and write a CSV record from an iterable of fields.  Non-string\nelements will be \
         converted to string.",
        writerow,
    ),
    native(
        "writerows(self, rows, /)",
        "writerows(iterable of iterables)\n\nConstruct and write a series of iterables to a csv file.  Non-string\n\
         elements will be converted to string.",
        writerows,
    ),
];

static GETSET: &[GetSet] = &[GetSet { name: "dialect", doc: "", get: |_, v| Ok(this(v).dialect.value()), set: None }];

static DEF: TypeDef = TypeDef {
    name: "writer",
    module: "_csv",
    doc: "CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from sequence input.",
    layout: Writer::layout,
    flags: TypeFlags::NO_NEW,
    slots: Slots::EMPTY,
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type of writers.
pub(super) static WRITER: Type = Type::builtin(&DEF);
