//! `xmlparser`: the Python side of the parser. Takes events from the engine and calls the handlers that are set.

use std::cell::{Cell, RefCell};

use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::cursor::is_name_char;
use super::dtd::{Declaration, ExternalId, Model};
use super::engine::{Engine, Event, Failure, Place, Queued};
use super::errors::{Code, message};
use super::expat_error;
use crate::native_type::payload;

/// The text that `buffer_text` collects at most, unless told otherwise.
const BUFFER_SIZE: usize = 8192;
/// How much `ParseFile` reads at a time.
const CHUNK: i64 = 2048;

/// The handlers, by their places in `XmlParser::handlers`.
#[derive(Clone, Copy)]
#[repr(usize)]
enum On {
    AttlistDecl,
    CharacterData,
    Comment,
    Default,
    DefaultExpand,
    ElementDecl,
    EndCdata,
    EndDoctype,
    EndElement,
    EndNamespace,
    EntityDecl,
    External,
    NotStandalone,
    NotationDecl,
    Instruction,
    Skipped,
    StartCdata,
    StartDoctype,
    StartElement,
    StartNamespace,
    UnparsedEntity,
    XmlDecl,
}
const HANDLERS: usize = On::XmlDecl as usize + 1;

/// The payload of parsers.
pub(super) struct XmlParser {
    engine: RefCell<Engine>,
    handlers: RefCell<[Option<Value>; HANDLERS]>,
    intern: Value,
    /// Text that waits for its handler.
    buffer: RefCell<String>,
    /// Characters in it.
    buffered: Cell<usize>,
    buffer_size: Cell<usize>,
    buffer_text: Cell<bool>,
    ordered: Cell<bool>,
    specified: Cell<bool>,
    place: Cell<Place>,
    error: Cell<i64>,
    parsing: Cell<bool>,
}
payload!(
    XmlParser,
    |p, visit| {
        visit(&p.intern);
        p.handlers.borrow().iter().flatten().for_each(visit);
    },
    |p| drop(std::mem::take(&mut *p.handlers.borrow_mut()))
);

fn make(engine: Engine, intern: Value) -> Ref<XmlParser> {
    let place = Cell::new(engine.token);
    Ref::new(
        &XML_PARSER,
        XmlParser {
            engine: RefCell::new(engine),
            handlers: RefCell::default(),
            intern,
            buffer: RefCell::default(),
            buffered: Cell::new(0),
            buffer_size: Cell::new(BUFFER_SIZE),
            buffer_text: Cell::new(false),
            ordered: Cell::new(false),
            specified: Cell::new(false),
            place,
            error: Cell::new(0),
            parsing: Cell::new(false),
        },
    )
}

/// A name of an encoding, or nothing for None.
fn encoding_name(vm: &Vm, args: Args<'_>, i: usize) -> PyResult<Option<String>> {
    match args.opt_not_none(i) {
        None => Ok(None),
        Some(_) => Ok(Some(args.str(vm, i)?.to_lossy().into_owned())),
    }
}

/// `ParserCreate(encoding=None, namespace_separator=None, intern=None)`
pub(super) fn create(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let encoding = encoding_name(vm, args, 0)?;
    let separator = match args.opt_not_none(1) {
        None => None,
        Some(v) if !v.has_layout::<PyStr>() => {
            return Err(vm.type_error(format!(
                "ParserCreate() argument 'namespace_separator' must be str or None, not {}",
                vm.type_name_for_errors(v)
            )));
        }
        Some(_) => {
            let text = args.str(vm, 1)?;
            if text.len() > 1 {
                return Err(vm.value_error("namespace_separator must be at most one character, omitted, or None"));
            }
            Some(text.to_lossy().into_owned())
        }
    };
    let intern = match args.opt(2) {
        None => PyDict::new_ref().into_value(),
        Some(v) if v.is_none() || v.has_layout::<PyDict>() => v.clone(),
        Some(_) => return Err(vm.type_error("intern must be a dictionary")),
    };
    let intern = if intern.is_none() { PyDict::new_ref().into_value() } else { intern };
    Ok(make(Engine::new(encoding, separator), intern).into_value())
}

fn this(v: &Value) -> &XmlParser {
    v.downcast().expect("slots of xmlparser see parsers")
}

/// A text or None.
fn text_or_none(text: Option<&String>) -> Value {
    text.map_or(Value::NONE, |t| PyStr::new(t.as_bytes()).into_value())
}

/// The error of a failure, with the attributes that programs read.
#[cold]
fn raise(vm: &Vm, p: &XmlParser, failure: Failure) -> Raised {
    p.place.set(failure.place);
    p.error.set(failure.code as i64);
    expat_error(vm, failure.code as i64, failure.place.line, failure.place.column)
}

impl XmlParser {
    fn handler(&self, on: On) -> Option<Value> {
        self.handlers.borrow()[on as usize].clone()
    }

    fn has(&self, on: On) -> bool {
        self.handlers.borrow()[on as usize].is_some()
    }

    /// A name as a Python string, the same object each time.
    fn name(&self, vm: &Vm, name: &str) -> PyResult<Value> {
        let text = PyStr::new(name.as_bytes()).into_value();
        match self.intern.downcast::<PyDict>() {
            Some(known) => known.get_or_insert(vm, &text, &text),
            None => Ok(text),
        }
    }

    fn name_or_none(&self, vm: &Vm, name: Option<&String>) -> PyResult<Value> {
        name.map_or(Ok(Value::NONE), |n| self.name(vm, n))
    }

    /// Hands on the text that was collected.
    fn flush(&self, vm: &Vm) -> PyResult<()> {
        let text = self.buffer.take();
        self.buffered.set(0);
        match self.handler(On::CharacterData).filter(|_| !text.is_empty()) {
            Some(f) => vm.call(&f, &[PyStr::new(text.as_bytes()).into_value()]).map(drop),
            None => Ok(()),
        }
    }

    fn characters(&self, vm: &Vm, f: &Value, text: &str) -> PyResult<()> {
        if !self.buffer_text.get() {
            return vm.call(f, &[PyStr::new(text.as_bytes()).into_value()]).map(drop);
        }
        let n = text.chars().count();
        if self.buffered.get() + n > self.buffer_size.get() {
            self.flush(vm)?;
            // The handler may have taken itself away.
            let Some(f) = self.handler(On::CharacterData) else { return Ok(()) };
            if n > self.buffer_size.get() {
                return vm.call(&f, &[PyStr::new(text.as_bytes()).into_value()]).map(drop);
            }
        }
        self.buffer.borrow_mut().push_str(text);
        self.buffered.set(self.buffered.get() + n);
        Ok(())
    }

    /// Runs what the input so far gives.
    fn run(&self, vm: &Vm) -> PyResult<Value> {
        loop {
            let next = {
                let default = self.has(On::Default);
                let mut engine = self.engine.borrow_mut();
                engine.want_raw = default || self.has(On::DefaultExpand);
                engine.expand = !default;
                engine.reports_skipped = self.has(On::Skipped);
                engine.next()
            };
            match next {
                Ok(Some(q)) => {
                    self.place.set(q.place);
                    if let Err(e) = self.dispatch(vm, q) {
                        // A handler that fails ends the document.
                        self.engine.borrow_mut().fail(Code::Finished);
                        return Err(e);
                    }
                }
                Ok(None) => {
                    self.flush(vm)?;
                    return Ok(Value::small(1));
                }
                Err(failure) => {
                    self.flush(vm)?;
                    return Err(raise(vm, self, failure));
                }
            }
        }
    }

    fn parse(&self, vm: &Vm, data: &[u8], last: bool) -> PyResult<Value> {
        if self.engine.borrow().is_over() {
            let failure = Failure { code: Code::Finished, place: self.place.get() };
            return Err(raise(vm, self, failure));
        }
        self.engine.borrow_mut().feed(data, last);
        let outer = self.parsing.replace(true);
        let result = self.run(vm);
        self.parsing.set(outer);
        result
    }

    fn default(&self, vm: &Vm, raw: &str) -> PyResult<()> {
        if raw.is_empty() {
            return Ok(());
        }
        match self.handler(On::Default).or_else(|| self.handler(On::DefaultExpand)) {
            Some(f) if !self.buffer.borrow().is_empty() => {
                self.flush(vm)?;
                vm.call(&f, &[PyStr::new(raw.as_bytes()).into_value()]).map(drop)
            }
            Some(f) => vm.call(&f, &[PyStr::new(raw.as_bytes()).into_value()]).map(drop),
            None => Ok(()),
        }
    }

    /// The default handler gets declarations word by word.
    fn default_words(&self, vm: &Vm, mut raw: &str) -> PyResult<()> {
        while !raw.is_empty() {
            let (word, rest) = raw.split_at(first_word(raw));
            self.default(vm, word)?;
            raw = rest;
        }
        Ok(())
    }

    /// Calls the handler of an event, or the default one.
    fn dispatch(&self, vm: &Vm, q: Queued) -> PyResult<()> {
        if let Event::Text(text) = &q.event {
            return match self.handler(On::CharacterData) {
                Some(f) => self.characters(vm, &f, text),
                None => self.default(vm, &q.raw),
            };
        }
        let on = match &q.event {
            Event::Text(_) | Event::Other => return self.default_words(vm, &q.raw),
            Event::UnknownEncoding(name) => return self.load_encoding(vm, name),
            Event::XmlDecl { .. } => On::XmlDecl,
            Event::StartDoctype { .. } => On::StartDoctype,
            Event::EndDoctype => On::EndDoctype,
            Event::StartElement { .. } => On::StartElement,
            Event::EndElement(_) => On::EndElement,
            Event::StartNamespace { .. } => On::StartNamespace,
            Event::EndNamespace(_) => On::EndNamespace,
            Event::Comment(_) => On::Comment,
            Event::Instruction { .. } => On::Instruction,
            Event::StartCdata => On::StartCdata,
            Event::EndCdata => On::EndCdata,
            Event::External { .. } => On::External,
            Event::Skipped { .. } => On::Skipped,
            Event::NotStandalone => On::NotStandalone,
            Event::Declared(Declaration::Entity { notation: Some(_), .. }) if self.has(On::UnparsedEntity) => {
                On::UnparsedEntity
            }
            Event::Declared(Declaration::Entity { .. }) => On::EntityDecl,
            Event::Declared(Declaration::Notation { .. }) => On::NotationDecl,
            Event::Declared(Declaration::Element { .. }) => On::ElementDecl,
            Event::Declared(Declaration::Attribute { .. }) => On::AttlistDecl,
        };
        let Some(f) = self.handler(on) else {
            return match q.event {
                Event::StartDoctype { .. } | Event::EndDoctype | Event::Declared(_) => self.default_words(vm, &q.raw),
                _ => self.default(vm, &q.raw),
            };
        };
        self.flush(vm)?;
        let decides = match on {
            On::External => Some(Code::ExternalEntityHandling),
            On::NotStandalone => Some(Code::NotStandalone),
            _ => None,
        };
        let args = self.arguments(vm, q.event, matches!(on, On::UnparsedEntity))?;
        let result = vm.call(&f, &args)?;
        if let Some(code) = decides
            && vm.to_i64(&result)? == 0
        {
            let failure = self.engine.borrow_mut().fail(code);
            return Err(raise(vm, self, Failure { place: self.place.get(), ..failure }));
        }
        Ok(())
    }

    /// The arguments of the handler of an event.
    fn arguments(&self, vm: &Vm, event: Event, unparsed: bool) -> PyResult<Vec<Value>> {
        let text = |s: &str| PyStr::new(s.as_bytes()).into_value();
        Ok(match event {
            Event::StartElement { name, attributes, specified } => {
                vec![self.name(vm, &name)?, self.attributes(vm, attributes, specified)?]
            }
            Event::EndElement(name) => vec![self.name(vm, &name)?],
            Event::Text(s) | Event::Comment(s) | Event::UnknownEncoding(s) => vec![text(&s)],
            Event::Instruction { target, data } => vec![self.name(vm, &target)?, text(&data)],
            Event::XmlDecl { version, encoding, standalone } => {
                vec![text_or_none(version.as_ref()), text_or_none(encoding.as_ref()), Value::small(standalone)]
            }
            Event::StartDoctype { name, id, internal } => {
                let (system, public) = self.identifiers(vm, &id)?;
                vec![self.name(vm, &name)?, system, public, Value::small(i64::from(internal))]
            }
            Event::StartNamespace { prefix, uri } => {
                vec![self.name_or_none(vm, prefix.as_ref())?, self.name_or_none(vm, uri.as_ref())?]
            }
            Event::EndNamespace(prefix) => vec![self.name_or_none(vm, prefix.as_ref())?],
            Event::External { context, base, id } => {
                let (system, public) = self.identifiers(vm, &id)?;
                vec![text_or_none(context.as_ref()), self.name_or_none(vm, base.as_ref())?, system, public]
            }
            Event::Skipped { name, parameter } => vec![self.name(vm, &name)?, Value::small(i64::from(parameter))],
            Event::EndDoctype | Event::StartCdata | Event::EndCdata | Event::NotStandalone | Event::Other => Vec::new(),
            Event::Declared(d) => self.declaration(vm, d, unparsed)?,
        })
    }

    fn identifiers(&self, vm: &Vm, id: &ExternalId) -> PyResult<(Value, Value)> {
        Ok((self.name_or_none(vm, id.system.as_ref())?, self.name_or_none(vm, id.public.as_ref())?))
    }

    fn declaration(&self, vm: &Vm, d: Declaration, unparsed: bool) -> PyResult<Vec<Value>> {
        let base = self.engine.borrow().base.clone();
        let base = self.name_or_none(vm, base.as_ref())?;
        Ok(match d {
            Declaration::Entity { name, parameter, value, id, notation } => {
                let (system, public) = self.identifiers(vm, &id)?;
                let (name, notation) = (self.name(vm, &name)?, self.name_or_none(vm, notation.as_ref())?);
                if unparsed {
                    return Ok(vec![name, base, system, public, notation]);
                }
                let parameter = Value::small(i64::from(parameter));
                vec![name, parameter, text_or_none(value.as_ref()), base, system, public, notation]
            }
            Declaration::Notation { name, id } => {
                let (system, public) = self.identifiers(vm, &id)?;
                vec![self.name(vm, &name)?, base, system, public]
            }
            Declaration::Element { name, model } => vec![self.name(vm, &name)?, self.model(vm, &model)?],
            Declaration::Attribute { element, name, kind, default, required } => vec![
                self.name(vm, &element)?,
                self.name(vm, &name)?,
                PyStr::new(kind.as_bytes()).into_value(),
                text_or_none(default.as_ref()),
                Value::small(i64::from(required)),
            ],
        })
    }

    fn model(&self, vm: &Vm, model: &Model) -> PyResult<Value> {
        let children = model.children.iter().map(|m| self.model(vm, m)).collect::<PyResult<Vec<Value>>>()?;
        let name = self.name_or_none(vm, model.name.as_ref())?;
        let (kind, quantifier) = (Value::small(model.kind.into()), Value::small(model.quantifier.into()));
        Ok(PyTuple::new(vec![kind, quantifier, name, PyTuple::new(children).into_value()]).into_value())
    }

    fn attributes(&self, vm: &Vm, mut attributes: Vec<(String, String)>, specified: usize) -> PyResult<Value> {
        if self.specified.get() {
            attributes.truncate(specified);
        }
        if self.ordered.get() {
            let mut flat = Vec::with_capacity(2 * attributes.len());
            for (name, value) in attributes {
                flat.push(self.name(vm, &name)?);
                flat.push(PyStr::new(value.as_bytes()).into_value());
            }
            return Ok(PyList::new(flat).into_value());
        }
        let dict = PyDict::new_ref();
        for (name, value) in attributes {
            dict.set(vm, &self.name(vm, &name)?, PyStr::new(value.as_bytes()).into_value())?;
        }
        Ok(dict.into_value())
    }

    /// Asks a codec what the 256 bytes stand for.
    fn load_encoding(&self, vm: &Vm, name: &str) -> PyResult<()> {
        let all: Vec<u8> = (0..=255).collect();
        let decoded = vm.call_method(&PyBytes::new(&all).into_value(), "decode", &[vm.str(name), vm.str("replace")]);
        let decoded = decoded.inspect_err(|_| {
            self.engine.borrow_mut().fail(Code::UnknownEncoding);
        })?;
        let Some(chars) = decoded.downcast::<PyStr>().map(PyStr::to_lossy) else {
            return Err(vm.type_error("decoder should return a string result"));
        };
        let chars: Vec<char> = chars.chars().collect();
        if chars.len() != 256 {
            return Err(vm.value_error("multi-byte encodings are not supported"));
        }
        let mut table = Box::new([None; 256]);
        for (entry, &c) in table.iter_mut().zip(&chars) {
            *entry = Some(c).filter(|&c| c != '\u{FFFD}');
        }
        self.engine.borrow_mut().input.provide(table);
        Ok(())
    }
}

/// The length of the first word of a declaration: a keyword with its `<!`, a name, white space, a literal or one character.
fn first_word(raw: &str) -> usize {
    let run = |from: usize, wanted: fn(char) -> bool| raw[from..].find(|c| !wanted(c)).map_or(raw.len(), |n| from + n);
    match raw.as_bytes() {
        [quote @ (b'"' | b'\''), ..] => raw[1..].find(*quote as char).map_or(raw.len(), |n| n + 2),
        [b'<', b'!', ..] => run(2, is_name_char),
        _ if raw.starts_with(is_space) => run(0, is_space),
        _ if raw.starts_with(is_name_char) => run(0, is_name_char),
        _ => raw.chars().next().map_or(0, char::len_utf8),
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn parse(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p: &XmlParser = args.payload();
    let last = args.opt_bool(vm, 2, false)?;
    let data = args.get(1);
    if let Some(text) = data.downcast::<PyStr>() {
        // The declaration of a text that is decoded already says nothing.
        let mut engine = p.engine.borrow_mut();
        if engine.is_fresh() {
            engine.input.given = Some("utf-8".to_owned());
        }
        drop(engine);
        return p.parse(vm, text.as_bytes(), last);
    }
    let data = buffer::to_vec(vm, data)?;
    p.parse(vm, &data, last)
}

fn parse_file(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p: &XmlParser = args.payload();
    let Some(read) = vm.get_attr_opt(args.get(1), &vm.intern("read"))? else {
        return Err(vm.type_error("argument must have 'read' attribute"));
    };
    loop {
        let piece = vm.call(&read, &[Value::small(CHUNK)])?;
        let data = match piece.downcast::<PyStr>() {
            Some(text) => text.as_bytes().to_vec(),
            None if buffer::is_bytes_like(&piece) => buffer::to_vec(vm, &piece)?,
            None => {
                return Err(vm.type_error(format!(
                    "read() did not return a bytes object (type={})",
                    vm.type_name_for_errors(&piece)
                )));
            }
        };
        let last = data.is_empty();
        let result = p.parse(vm, &data, last)?;
        if last {
            return Ok(result);
        }
    }
}

fn set_base(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let base = args.str(vm, 1)?.to_lossy().into_owned();
    args.payload::<XmlParser>().engine.borrow_mut().base = Some(base);
    Ok(Value::NONE)
}

fn get_base(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(text_or_none(args.payload::<XmlParser>().engine.borrow().base.as_ref()))
}

fn get_input_context(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p: &XmlParser = args.payload();
    if !p.parsing.get() {
        return Ok(Value::NONE);
    }
    let engine = p.engine.borrow();
    Ok(PyBytes::new(engine.unread().as_bytes()).into_value())
}

fn external_parser(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p: &XmlParser = args.payload();
    let context = match args.opt_not_none(1) {
        None => None,
        Some(_) => Some(args.str(vm, 1)?.to_lossy().into_owned()),
    };
    let encoding = encoding_name(vm, args, 2)?;
    let engine = p.engine.borrow().child(context.as_deref(), encoding);
    let child = make(engine, p.intern.clone());
    *child.handlers.borrow_mut() = p.handlers.borrow().clone();
    child.buffer_text.set(p.buffer_text.get());
    child.buffer_size.set(p.buffer_size.get());
    child.ordered.set(p.ordered.get());
    child.specified.set(p.specified.get());
    Ok(child.into_value())
}

fn set_parameter_parsing(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let flag = args.i64(vm, 1)?;
    let p: &XmlParser = args.payload();
    let mut engine = p.engine.borrow_mut();
    let allowed = (0..=2).contains(&flag) && engine.is_fresh();
    if allowed {
        engine.parameters = flag;
    }
    Ok(Value::small(i64::from(allowed)))
}

fn use_foreign_dtd(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let flag = args.opt_bool(vm, 1, true)?;
    let p: &XmlParser = args.payload();
    let mut engine = p.engine.borrow_mut();
    if !engine.is_fresh() {
        drop(engine);
        let place = p.place.get();
        return Err(expat_error(vm, 26, place.line, place.column));
    }
    engine.foreign = flag;
    Ok(Value::NONE)
}

fn set_deferral(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let flag = args.opt_bool(vm, 1, true)?;
    args.payload::<XmlParser>().engine.borrow_mut().deferral = flag;
    Ok(Value::NONE)
}

fn get_deferral(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(args.payload::<XmlParser>().engine.borrow().deferral))
}

static METHODS: &[NativeDef] = &[
    native(
        "ExternalEntityParserCreate(self, context, encoding=<unrepresentable>, /)",
        "Create a parser for parsing an external entity based on the information passed to the ExternalEntityRefHandler.",
        external_parser,
    ),
    native("GetBase(self, /)", "Return base URL string for the parser.", get_base),
    native(
        "GetInputContext(self, /)",
        "Return the untranslated text of the input that caused the current event.",
        get_input_context,
    ),
    native("GetReparseDeferralEnabled(self, /)", "Retrieve reparse deferral enabled status.", get_deferral),
    native(
        "Parse(self, data, isfinal=False, /)",
        "Parse XML data.\n\n'isfinal' should be true at end of input.",
        parse,
    ),
    native("ParseFile(self, file, /)", "Parse XML data from file-like object.", parse_file),
    native("SetBase(self, base, /)", "Set the base URL for the parser.", set_base),
    native(
        "SetParamEntityParsing(self, flag, /)",
        "Controls parsing of parameter entities (including the external DTD subset).",
        set_parameter_parsing,
    ),
    native("SetReparseDeferralEnabled(self, enabled, /)", "Enable/Disable reparse deferral.", set_deferral),
    native(
        "UseForeignDTD(self, flag=True, /)",
        "Allows the application to provide an artificial external subset.",
        use_foreign_dtd,
    ),
];

/// The attribute of a handler.
const fn on<const I: usize>(name: &'static str) -> GetSet {
    GetSet {
        name,
        doc: "",
        get: |_, v| Ok(Value::or_none(this(v).handlers.borrow()[I].clone())),
        set: Some(|vm, v, value| {
            let p = this(v);
            let Some(value) = value else { return Err(vm.runtime_error("Cannot delete attribute")) };
            if I == On::CharacterData as usize {
                // What was collected belongs to the handler that was set when it came.
                p.flush(vm)?;
            }
            let old = std::mem::replace(&mut p.handlers.borrow_mut()[I], Some(value).filter(|v| !v.is_none()));
            drop(old);
            Ok(())
        }),
    }
}

/// A number that tells where the parser is.
const fn number(name: &'static str, get: fn(&Vm, &Value) -> PyResult<Value>) -> GetSet {
    GetSet { name, doc: "", get, set: None }
}

fn truth(vm: &Vm, value: Option<Value>) -> PyResult<bool> {
    match value {
        Some(v) => vm.is_true(&v),
        None => Err(vm.runtime_error("Cannot delete attribute")),
    }
}

fn set_buffer_size(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let p = this(v);
    let Some(value) = value else { return Err(vm.runtime_error("Cannot delete attribute")) };
    if !int::is_int(&value) {
        return Err(vm.type_error("buffer_size must be an integer"));
    }
    let size = vm.to_i64(&value)?;
    if size <= 0 {
        return Err(vm.value_error("buffer_size must be greater than zero"));
    }
    if size > i64::from(i32::MAX) {
        return Err(vm.value_error(format!("buffer_size must not be greater than {}", i32::MAX)));
    }
    if size as usize != p.buffer_size.get() {
        p.flush(vm)?;
    }
    p.buffer_size.set(size as usize);
    Ok(())
}

fn set_buffer_text(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let flag = truth(vm, value)?;
    let p = this(v);
    if !flag {
        p.flush(vm)?;
    }
    p.buffer_text.set(flag);
    Ok(())
}

static GETSET: &[GetSet] = &[
    on::<{ On::AttlistDecl as usize }>("AttlistDeclHandler"),
    on::<{ On::CharacterData as usize }>("CharacterDataHandler"),
    on::<{ On::Comment as usize }>("CommentHandler"),
    number("CurrentByteIndex", |_, v| Ok(Value::usize(this(v).place.get().index))),
    number("CurrentColumnNumber", |_, v| Ok(Value::usize(this(v).place.get().column))),
    number("CurrentLineNumber", |_, v| Ok(Value::usize(this(v).place.get().line))),
    on::<{ On::Default as usize }>("DefaultHandler"),
    on::<{ On::DefaultExpand as usize }>("DefaultHandlerExpand"),
    on::<{ On::ElementDecl as usize }>("ElementDeclHandler"),
    on::<{ On::EndCdata as usize }>("EndCdataSectionHandler"),
    on::<{ On::EndDoctype as usize }>("EndDoctypeDeclHandler"),
    on::<{ On::EndElement as usize }>("EndElementHandler"),
    on::<{ On::EndNamespace as usize }>("EndNamespaceDeclHandler"),
    on::<{ On::EntityDecl as usize }>("EntityDeclHandler"),
    number("ErrorByteIndex", |_, v| Ok(Value::usize(this(v).place.get().index))),
    number("ErrorCode", |_, v| Ok(Value::int(this(v).error.get()))),
    number("ErrorColumnNumber", |_, v| Ok(Value::usize(this(v).place.get().column))),
    number("ErrorLineNumber", |_, v| Ok(Value::usize(this(v).place.get().line))),
    on::<{ On::External as usize }>("ExternalEntityRefHandler"),
    on::<{ On::NotStandalone as usize }>("NotStandaloneHandler"),
    on::<{ On::NotationDecl as usize }>("NotationDeclHandler"),
    on::<{ On::Instruction as usize }>("ProcessingInstructionHandler"),
    on::<{ On::Skipped as usize }>("SkippedEntityHandler"),
    on::<{ On::StartCdata as usize }>("StartCdataSectionHandler"),
    on::<{ On::StartDoctype as usize }>("StartDoctypeDeclHandler"),
    on::<{ On::StartElement as usize }>("StartElementHandler"),
    on::<{ On::StartNamespace as usize }>("StartNamespaceDeclHandler"),
    on::<{ On::UnparsedEntity as usize }>("UnparsedEntityDeclHandler"),
    on::<{ On::XmlDecl as usize }>("XmlDeclHandler"),
    GetSet {
        name: "buffer_size",
        doc: "",
        get: |_, v| Ok(Value::usize(this(v).buffer_size.get())),
        set: Some(set_buffer_size),
    },
    GetSet {
        name: "buffer_text",
        doc: "",
        get: |_, v| Ok(Value::bool(this(v).buffer_text.get())),
        set: Some(set_buffer_text),
    },
    GetSet { name: "buffer_used", doc: "", get: |_, v| Ok(Value::usize(this(v).buffered.get())), set: None },
    GetSet { name: "intern", doc: "", get: |_, v| Ok(this(v).intern.clone()), set: None },
    GetSet {
        name: "namespace_prefixes",
        doc: "",
        get: |_, v| Ok(Value::bool(this(v).engine.borrow().prefixes)),
        set: Some(|vm, v, value| {
            let flag = truth(vm, value)?;
            this(v).engine.borrow_mut().prefixes = flag;
            Ok(())
        }),
    },
    GetSet {
        name: "ordered_attributes",
        doc: "",
        get: |_, v| Ok(Value::bool(this(v).ordered.get())),
        set: Some(|vm, v, value| {
            this(v).ordered.set(truth(vm, value)?);
            Ok(())
        }),
    },
    GetSet {
        name: "specified_attributes",
        doc: "",
        get: |_, v| Ok(Value::bool(this(v).specified.get())),
        set: Some(|vm, v, value| {
            this(v).specified.set(truth(vm, value)?);
            Ok(())
        }),
    },
];

static DEF: TypeDef = TypeDef {
    name: "xmlparser",
    module: "pyexpat",
    doc: "XML parser",
    layout: XmlParser::layout,
    flags: TypeFlags::NO_NEW | TypeFlags::IMMUTABLE,
    slots: Slots::EMPTY,
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type of parsers.
pub(super) static XML_PARSER: Type = Type::builtin(&DEF);

/// `ErrorString(code)`
pub(super) fn error_string(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(message(args.i64(vm, 0)?).map_or(Value::NONE, |m| vm.str(m)))
}
