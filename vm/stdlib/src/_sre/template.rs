//! Replacements: text, functions, and the templates that `re` compiles of text with group references.

use freeze_runtime::object::Layout;
use freeze_runtime::types::buffer;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{Args, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm};

use super::matches::PyMatch;
use super::pattern::{PyPattern, content};
use super::scan::{Found, Subject};

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
    /// Appends the template with the groups of a match in it.
    pub(super) fn push(&self, out: &mut Vec<u8>, subject: &Subject, spans: &[Option<(usize, usize)>]) {
        out.extend_from_slice(&self.first);
        for (group, text) in &self.rest {
            if let Some(Some((start, end))) = spans.get(*group) {
                out.extend_from_slice(subject.bytes(*start, *end));
            }
            out.extend_from_slice(text);
        }
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
    let pattern = args.payload_of::<PyPattern>(vm, 0, "re.Pattern")?;
    let list = args.get(1).downcast::<PyList>().ok_or_else(invalid)?.to_vec();
    let Some((first, rest)) = list.split_first().filter(|(_, rest)| rest.len() % 2 == 0) else {
        return Err(invalid());
    };
    let mut pairs = Vec::with_capacity(rest.len() / 2);
    for pair in rest.chunks(2) {
        let group = usize::try_from(vm.to_i64(&pair[0])?).ok().filter(|&g| g <= pattern.groups);
        pairs.push((group.ok_or_else(invalid)?, content(vm, &pair[1])?));
    }
    Ok(Ref::new(&TEMPLATE, PyTemplate { first: content(vm, first)?, rest: pairs }).into_value())
}

/// What stands in the place of matches.
pub(super) enum Replacement {
    /// The same text for all.
    Literal(Vec<u8>),
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
                return Ok(Replacement::Literal(text));
            }
        }
        Ok(Replacement::Template(compile(vm, pattern, repl)?))
    }

    /// Appends the replacement of one match.
    pub(super) fn push(
        &self,
        vm: &Vm,
        out: &mut Vec<u8>,
        args: &Args<'_>,
        subject: &Subject,
        found: Found,
    ) -> PyResult<()> {
        match self {
            Replacement::Literal(text) => out.extend_from_slice(text),
            Replacement::Template(t) => t.push(out, subject, &found.spans),
            Replacement::Function(f) => {
                let pattern = args.payload_of::<PyPattern>(vm, 0, "re.Pattern")?;
                let again = Subject::new(vm, &pattern, &subject.object)?;
                let m = PyMatch::create(Some(pattern), again, found, 0, subject.len());
                let r = vm.call(f, &[m])?;
                if r.is_none() {
                    return Ok(());
                }
                let is_text = subject.object.has_layout::<PyStr>();
                if r.has_layout::<PyStr>() != is_text || (!is_text && !buffer::is_bytes_like(&r)) {
                    let expected = if is_text { "str instance" } else { "a bytes-like object" };
                    return Err(
                        vm.type_error(format!("sequence item 1: expected {expected}, {} found", r.class().name()))
                    );
                }
                out.extend_from_slice(&content(vm, &r)?);
            }
        }
        Ok(())
    }
}

/// The compiled template of a text, through `re._compile_template`, which keeps the last ones.
pub(super) fn compile(vm: &Vm, pattern: &Value, repl: &Value) -> PyResult<Ref<PyTemplate>> {
    let re = freeze_runtime::import::import_path(vm, "re")?;
    let compiled = vm.call_method(&re, "_compile_template", &[pattern.clone(), repl.clone()])?;
    compiled.downcast_ref::<PyTemplate>().ok_or_else(|| vm.type_error("invalid template"))
}
