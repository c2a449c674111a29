//! `pyexpat`: an XML parser that does not validate, with the interface of Expat.
//!
//! `input` decodes bytes, `engine` (with `prolog`, `content` and `dtd` for what stands where) makes events of the text,
//! `parser` hands them to Python. Only `parser` and this file know Python.

mod content;
mod cursor;
mod dtd;
mod engine;
mod errors;
mod input;
mod parser;
mod prolog;

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{EXCEPTION, PyException};
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::module::PyModule;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_;
use freeze_runtime::{
    ModuleDef, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native,
};

/// The version of Expat whose behaviour this is.
const VERSION: (i64, i64, i64) = (2, 7, 1);

static ERROR_DEF: TypeDef = TypeDef {
    name: "ExpatError",
    module: "xml.parsers.expat",
    base: Some(&EXCEPTION),
    layout: PyException::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::DICT,
    ..TypeDef::EMPTY
};
static ERROR: Type = Type::builtin(&ERROR_DEF);

/// An `ExpatError` with its attributes.
#[cold]
fn expat_error(vm: &Vm, code: i64, line: usize, column: usize) -> Raised {
    let what = errors::message(code).unwrap_or("unknown error");
    let e = vm.new_error(&ERROR, &format!("{what}: line {line}, column {column}"));
    let value = e.value();
    let numbers = [("code", Value::int(code)), ("lineno", Value::usize(line)), ("offset", Value::usize(column))];
    for (name, number) in numbers {
        if let Err(other) = vm.set_attr_str(&value, name, number) {
            return other;
        }
    }
    e
}

static FUNCTIONS: &[NativeDef] = &[
    native("ErrorString(code, /)", "Returns string error for given number.", parser::error_string),
    native(
        "ParserCreate(encoding=None, namespace_separator=None, intern=<unrepresentable>)",
        "Return a new XML parser object.",
        parser::create,
    ),
];

/// A module inside of this one.
fn submodule(vm: &Vm, dict: &PyDict, name: &str, doc: &str) -> Ref<PyDict> {
    let module = PyModule::create(vm, &vm.str(&format!("pyexpat.{name}")), vm.str(doc));
    dict.set_text(name, module.value());
    module.dict().clone()
}

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    dict.set_text("XMLParserType", type_::ready_value(vm, &parser::XML_PARSER));
    let error = type_::ready_value(vm, &ERROR);
    dict.set_text("ExpatError", error.clone());
    dict.set_text("error", error);
    let (major, minor, micro) = VERSION;
    dict.set_text("EXPAT_VERSION", vm.str(&format!("expat_{major}.{minor}.{micro}")));
    let version = [major, minor, micro].map(Value::small).to_vec();
    dict.set_text("version_info", PyTuple::new(version).into_value());
    dict.set_text("native_encoding", vm.str("UTF-8"));
    let features = [
        ("sizeof(XML_Char)", 1),
        ("sizeof(XML_LChar)", 1),
        ("XML_DTD", 0),
        ("XML_NS", 0),
        ("XML_BLAP_MAX_AMP", 100),
        ("XML_BLAP_ACT_THRES", engine::AMPLIFICATION_THRESHOLD as i64),
        ("XML_GE", 0),
    ];
    let features = features.map(|(name, n)| PyTuple::new(vec![vm.str(name), Value::int(n)]).into_value());
    dict.set_text("features", PyList::new(features.to_vec()).into_value());
    let parsing = ["NEVER", "UNLESS_STANDALONE", "ALWAYS"];
    for (n, name) in parsing.into_iter().enumerate() {
        dict.set_text(&format!("XML_PARAM_ENTITY_PARSING_{name}"), Value::usize(n));
    }
    let model = submodule(vm, dict, "model", "Constants used to interpret content model information.");
    for &(name, n) in dtd::KINDS.iter().chain(dtd::QUANTIFIERS) {
        model.set_text(name, Value::small(n.into()));
    }
    let constants = submodule(vm, dict, "errors", "Constants used to describe error conditions.");
    let (codes, messages) = (PyDict::new_ref(), PyDict::new_ref());
    for &(code, name, message) in errors::ERRORS {
        let (code, message) = (Value::small(code.into()), vm.str(message));
        constants.set_text(name, message.clone());
        codes.set(vm, &message, code.clone())?;
        messages.set(vm, &code, message)?;
    }
    constants.set_text("codes", codes.into_value());
    constants.set_text("messages", messages.into_value());
    Ok(())
}

/// The module `pyexpat`.
pub static MODULE: ModuleDef =
    ModuleDef { name: "pyexpat", doc: "Python wrapper for Expat parser.", functions: FUNCTIONS, init: Some(init) };
