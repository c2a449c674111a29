//! Replacements: text, functions, and the templates that `re` compiles of text with group references.

use freeze_runtime::object::Layout;
use freeze_runtime::types::buffer;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{Args, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm};

use super::matches::PyMatch;
use super::pattern::{PyPattern, content};
use super::scan::{Found, Search, Subject};

/// The payload of compiled templates.
pub(super) struct PyTemplate {
    /// Text before the first reference.
    first: Vec<u8>,
    /// A group and the text behind it.
    rest: Vec<(usize, Vec<u8>)>,
}

impl Payload for PyTemplate {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyTemplate>();
        &L
    }
}

impl PyTemplate {
    fn push(&self, out: &mut Vec<u8>, subject: &Subject, span: impl Fn(usize) -> Option<(usize, usize)>) {
        out.extend_from_slice(&self.first);
        for (group, text) in &self.rest {
            if let Some((start, end)) = span(*group) {
                out.extend_from_slice(subject.part(start, end));
            }
            out.extend_from_slice(text);
        }
    }

    /// The template with the groups of a match in it.
    pub(super) fn expand(&self, subject: &Subject, found: &Found) -> Value {
        let mut out = Vec::new();
        self.push(&mut out, subject, |group| found.span(group));
        subject.make(&out)
    }
}

static DEF: TypeDef = TypeDef {
    name: "SRE_Template",
    module: "_sre",
    layout: PyTemplate::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    ..TypeDef::EMPTY
};
pub(super) static TEMPLATE: Type = Type::builtin(&DEF);

/// `_sre.template(pattern, [text, group, text, …])`
pub(super) fn template(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let invalid = || vm.type_error("invalid template");
    let groups = args.get(0).downcast::<PyPattern>().map_or(usize::MAX, |pattern| pattern.groups);
    let list = args.get(1).downcast::<PyList>().ok_or_else(invalid)?.to_vec();
    let Some((first, rest)) = list.split_first().filter(|(_, rest)| rest.len() % 2 == 0) else {
        return Err(invalid());
    };
    let mut pairs = Vec::with_capacity(rest.len() / 2);
    for pair in rest.chunks(2) {
        let group = vm.to_i64(&pair[0]).map_err(|_| vm.type_error("an integer is required"))?;
        let group = usize::try_from(group).ok().filter(|&g| g <= groups);
        pairs.push((group.ok_or_else(invalid)?, content(vm, &pair[1])?));
    }
    Ok(Ref::new(&TEMPLATE, PyTemplate { first: content(vm, first)?, rest: pairs }).into_value())
}

/// What stands in the place of matches.
pub(super) enum Replacement {
    /// The same for all: its bytes, and whether it is text.
    Literal(Vec<u8>, bool),
    /// Text with groups in it.
    Template(Ref<PyTemplate>),
    /// What a function gives for the match.
    Function(Value),
}

impl Replacement {
    /// Understands the `repl` argument of `sub`.
    pub(super) fn new(vm: &Vm, pattern: &Value, repl: &Value) -> PyResult<Replacement> {
        if vm.is_callable(repl) {
            return Ok(Replacement::Function(repl.clone()));
        }
        if repl.has_layout::<PyStr>() || buffer::is_bytes_like(repl) {
            let text = content(vm, repl)?;
            if !text.contains(&b'\\') {
                return Ok(Replacement::Literal(text, repl.has_layout::<PyStr>()));
            }
        }
        Ok(Replacement::Template(compile(vm, pattern, repl)?))
    }

    /// Appends the replacement of the match that was found; false if there is none. `pieces` is how many pieces the result
    /// has so far: messages name the next by its number.
    pub(super) fn push(
        &self,
        vm: &Vm,
        out: &mut Vec<u8>,
        args: &Args<'_>,
        subject: &Subject,
        search: &Search<'_>,
        pieces: usize,
    ) -> PyResult<bool> {
        match self {
            Replacement::Literal(text, is_text) => {
                if *is_text != subject.is_text() {
                    return Err(mismatch(vm, subject, args.get(1), pieces));
                }
                out.extend_from_slice(text);
            }
            Replacement::Template(t) => t.push(out, subject, |group| search.span(group)),
            Replacement::Function(f) => {
                let pattern = args.payload_of::<PyPattern>(vm, 0, "re.Pattern")?;
                let m = PyMatch::create(pattern, subject.released(), search.found(), 0, subject.len());
                let r = vm.call(f, &[m])?;
                if r.is_none() {
                    return Ok(false);
                }
                if r.has_layout::<PyStr>() != subject.is_text() || (!subject.is_text() && !buffer::is_bytes_like(&r)) {
                    return Err(mismatch(vm, subject, &r, pieces));
                }
                match r.downcast::<PyStr>() {
                    Some(s) => out.extend_from_slice(s.as_bytes()),
                    None => out.extend_from_slice(&content(vm, &r)?),
                }
            }
        }
        Ok(true)
    }
}

#[cold]
fn mismatch(vm: &Vm, subject: &Subject, replacement: &Value, piece: usize) -> Raised {
    let expected = if subject.is_text() { "str instance" } else { "a bytes-like object" };
    vm.type_error(format!("sequence item {piece}: expected {expected}, {} found", replacement.class().name()))
}

/// The compiled template of a text, through `re._compile_template`, which keeps the last ones.
pub(super) fn compile(vm: &Vm, pattern: &Value, repl: &Value) -> PyResult<Ref<PyTemplate>> {
    let re = freeze_runtime::import::import_path(vm, "re")?;
    let compiled = vm.call_method(&re, "_compile_template", &[pattern.clone(), repl.clone()])?;
    compiled.downcast_ref::<PyTemplate>().ok_or_else(|| vm.type_error("invalid template"))
}
