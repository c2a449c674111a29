//! `_opcode`: what `opcode` and `dis` ask about instructions.
//!
//! The numbers are those of the library's `_opcode_metadata`. The machine itself is another one, with registers and
//! instructions of its own, so there are no stack effects and no executors to speak of.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Value, Vm, native};

/// Instructions up to this number have no argument.
const HAVE_ARGUMENT: i64 = 43;
/// The last of the pseudo instructions.
const LAST: i64 = 266;

/// LOAD_CONST.
const CONST: &[i64] = &[82];
/// The attribute, global and name instructions, and the imports.
const NAME: &[i64] = &[61, 64, 65, 72, 73, 80, 91, 92, 93, 96, 110, 115, 116];
/// END_ASYNC_FOR, FOR_ITER, JUMP_*, POP_JUMP_*, SEND.
const JUMP: &[i64] = &[68, 70, 75, 76, 77, 100, 101, 102, 103, 106, 257, 258, 259, 260];
/// The *_DEREF instructions and MAKE_CELL.
const FREE: &[i64] = &[62, 83, 90, 97, 111, 261];
/// The *_FAST* instructions.
const LOCAL: &[i64] = &[63, 84, 85, 86, 87, 88, 89, 112, 113, 114, 261, 266];
/// SETUP_*.
const EXC: &[i64] = &[263, 264, 265];

const OPERATORS: &[(&str, &str)] = &[
    ("ADD", "+"),
    ("AND", "&"),
    ("FLOOR_DIVIDE", "//"),
    ("LSHIFT", "<<"),
    ("MATRIX_MULTIPLY", "@"),
    ("MULTIPLY", "*"),
    ("REMAINDER", "%"),
    ("OR", "|"),
    ("POWER", "**"),
    ("RSHIFT", ">>"),
    ("SUBTRACT", "-"),
    ("TRUE_DIVIDE", "/"),
    ("XOR", "^"),
];

const INTRINSICS_1: &[&str] = &[
    "INTRINSIC_1_INVALID",
    "INTRINSIC_PRINT",
    "INTRINSIC_IMPORT_STAR",
    "INTRINSIC_STOPITERATION_ERROR",
    "INTRINSIC_ASYNC_GEN_WRAP",
    "INTRINSIC_UNARY_POSITIVE",
    "INTRINSIC_LIST_TO_TUPLE",
    "INTRINSIC_TYPEVAR",
    "INTRINSIC_PARAMSPEC",
    "INTRINSIC_TYPEVARTUPLE",
    "INTRINSIC_SUBSCRIPT_GENERIC",
    "INTRINSIC_TYPEALIAS",
];

const INTRINSICS_2: &[&str] = &[
    "INTRINSIC_2_INVALID",
    "INTRINSIC_PREP_RERAISE_STAR",
    "INTRINSIC_TYPEVAR_WITH_BOUND",
    "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
    "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
    "INTRINSIC_SET_TYPEPARAM_DEFAULT",
];

const SPECIAL_METHODS: &[&str] = &["__enter__", "__exit__", "__aenter__", "__aexit__"];

fn among(vm: &Vm, args: Args<'_>, set: &[i64]) -> PyResult<Value> {
    Ok(Value::bool(set.contains(&args.i64(vm, 0)?)))
}

fn has_const(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    among(vm, args, CONST)
}

fn has_name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    among(vm, args, NAME)
}

fn has_jump(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    among(vm, args, JUMP)
}

fn has_free(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    among(vm, args, FREE)
}

fn has_local(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    among(vm, args, LOCAL)
}

fn has_exc(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    among(vm, args, EXC)
}

fn has_arg(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let op = args.i64(vm, 0)?;
    Ok(Value::bool(op > HAVE_ARGUMENT && op <= LAST))
}

fn is_valid(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool((0..=LAST).contains(&args.i64(vm, 0)?)))
}

fn stack_effect(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    args.i64(vm, 0)?;
    Err(vm.not_implemented_error("stack effects: this machine has registers, not a stack"))
}

fn get_executor(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Err(vm.runtime_error("Executors are not available in this build"))
}

fn get_specialization_stats(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}

fn names(vm: &Vm, names: &[&str]) -> Value {
    PyList::new(names.iter().map(|n| vm.str(n)).collect()).into_value()
}

fn get_intrinsic1_descs(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(names(vm, INTRINSICS_1))
}

fn get_intrinsic2_descs(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(names(vm, INTRINSICS_2))
}

fn get_special_method_names(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(names(vm, SPECIAL_METHODS))
}

fn get_nb_ops(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let row = |name: String, sign: String| PyTuple::new(vec![vm.str(&name), vm.str(&sign)]).into_value();
    let plain = OPERATORS.iter().map(|(n, s)| row(format!("NB_{n}"), (*s).to_owned()));
    let in_place = OPERATORS.iter().map(|(n, s)| row(format!("NB_INPLACE_{n}"), format!("{s}=")));
    let subscript = std::iter::once(row("NB_SUBSCR".to_owned(), "[]".to_owned()));
    Ok(PyList::new(plain.chain(in_place).chain(subscript).collect()).into_value())
}

static FUNCTIONS: &[NativeDef] = &[
    native("get_executor(code, offset)", "Return the executor object at offset in code if exists.", get_executor),
    native("get_intrinsic1_descs()", "Return a list of names of the unary intrinsics.", get_intrinsic1_descs),
    native("get_intrinsic2_descs()", "Return a list of names of the binary intrinsics.", get_intrinsic2_descs),
    native("get_nb_ops()", "Return array of symbols of binary ops.", get_nb_ops),
    native("get_special_method_names()", "Return a list of special method names.", get_special_method_names),
    native("get_specialization_stats()", "Return the specialization stats", get_specialization_stats),
    native("has_arg(opcode)", "Return True if the opcode uses its oparg, False otherwise.", has_arg),
    native("has_const(opcode)", "Return True if the opcode accesses a constant, False otherwise.", has_const),
    native("has_exc(opcode)", "Return True if the opcode sets an exception handler, False otherwise.", has_exc),
    native("has_free(opcode)", "Return True if the opcode accesses a free variable, False otherwise.", has_free),
    native("has_jump(opcode)", "Return True if the opcode has a jump target, False otherwise.", has_jump),
    native("has_local(opcode)", "Return True if the opcode accesses a local variable, False otherwise.", has_local),
    native("has_name(opcode)", "Return True if the opcode accesses an attribute by name, False otherwise.", has_name),
    native("is_valid(opcode)", "Return True if opcode is valid, False otherwise.", is_valid),
    native(
        "stack_effect(opcode, oparg=None, /, *, jump=None)",
        "Compute the stack effect of the opcode.",
        stack_effect,
    ),
];

fn init(_vm: &Vm, d: &PyDict) -> PyResult<()> {
    // Instructions are not rewritten here; what they learn lies beside them.
    for name in ["ENABLE_SPECIALIZATION", "ENABLE_SPECIALIZATION_FT"] {
        d.set_text(name, Value::FALSE);
    }
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_opcode", doc: "Opcode support module.", functions: FUNCTIONS, init: Some(init) };
