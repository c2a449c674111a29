//! `_symtable`: the compiler's symbol tables, for the module `symtable`.

use std::cell::OnceCell;
use std::rc::Rc;

use freeze_compiler::{Block, Mode};
use freeze_runtime::object::{GetSet, Slots};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::raising;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::type_::ready;
use freeze_runtime::{
    Args, ModuleDef, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, import, native,
};

use crate::convert;
use crate::native_type::payload;

/// The payload of a table's entry.
struct Entry {
    blocks: Rc<Vec<Block>>,
    number: usize,
    /// The list of the blocks within, and the dict of names, once asked for.
    children: OnceCell<Value>,
    symbols: OnceCell<Value>,
}
payload!(Entry, |e, visit| e.children.get().into_iter().chain(e.symbols.get()).for_each(visit));

impl Entry {
    fn create(blocks: &Rc<Vec<Block>>, number: usize) -> Value {
        let entry = Entry { blocks: blocks.clone(), number, children: OnceCell::new(), symbols: OnceCell::new() };
        Ref::new(&ENTRY, entry).into_value()
    }

    fn block(&self) -> &Block {
        &self.blocks[self.number]
    }
}

fn this(v: &Value) -> &Entry {
    v.downcast().expect("slots of symtable entries see those")
}

fn children(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let e = this(v);
    let make = || PyList::new(e.block().children.iter().map(|&n| Entry::create(&e.blocks, n)).collect()).into_value();
    Ok(e.children.get_or_init(make).clone())
}

fn symbols(_vm: &Vm, v: &Value) -> PyResult<Value> {
    let e = this(v);
    let make = || {
        let d = PyDict::new_ref();
        for (name, flags) in &e.block().symbols {
            d.set_text(name, Value::small((*flags).into()));
        }
        d.into_value()
    };
    Ok(e.symbols.get_or_init(make).clone())
}

fn varnames(vm: &Vm, v: &Value) -> PyResult<Value> {
    let names = this(v).block().parameters.iter().map(|n| vm.intern(n).into_value());
    Ok(PyList::new(names.collect()).into_value())
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let b = this(v).block();
    Ok(vm.str(&format!("<symtable entry {}({}), line {}>", b.name, v.id(), b.line)))
}

static DEF: TypeDef = TypeDef {
    name: "symtable entry",
    layout: Entry::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { repr: Some(repr), ..Slots::EMPTY },
    getset: &[
        GetSet { name: "children", doc: "", get: children, set: None },
        GetSet { name: "id", doc: "", get: |_, v| Ok(Value::usize(v.id() as usize)), set: None },
        GetSet { name: "lineno", doc: "", get: |_, v| Ok(Value::small(this(v).block().line.into())), set: None },
        GetSet { name: "name", doc: "", get: |vm, v| Ok(vm.intern(&this(v).block().name).into_value()), set: None },
        GetSet { name: "nested", doc: "", get: |_, v| Ok(Value::small(this(v).block().nested.into())), set: None },
        GetSet { name: "symbols", doc: "", get: symbols, set: None },
        GetSet { name: "type", doc: "", get: |_, v| Ok(Value::small(this(v).block().kind as i64)), set: None },
        GetSet { name: "varnames", doc: "", get: varnames, set: None },
    ],
    ..TypeDef::EMPTY
};
static ENTRY: Type = Type::builtin(&DEF);

fn symtable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let file = convert::path_text(vm, args.get(1))?;
    let mode = match args.str(vm, 2)?.as_bytes() {
        b"exec" => Mode::Exec,
        b"eval" => Mode::Eval,
        b"single" => Mode::Single,
        _ => return Err(vm.value_error("symtable() arg 3 must be 'exec' or 'eval' or 'single'")),
    };
    let is_text = args.get(0).has_layout::<PyStr>();
    let bytes = match args.get(0).downcast::<PyStr>() {
        Some(s) => s.as_bytes().to_vec(),
        None if args.get(0).class().slots().buffer.is_some() => convert::bytes_of(vm, args.get(0))?,
        None => return Err(vm.type_error("symtable() arg 1 must be a string or bytes")),
    };
    let source = import::code::decode(vm, &bytes, is_text, &file)?;
    let blocks = freeze_compiler::symbol_blocks(&source, &file.to_lossy(), mode)
        .map_err(|e| raising::syntax_error(vm, &e, &file))?;
    Ok(Entry::create(&Rc::new(blocks), 0))
}

static FUNCTIONS: &[NativeDef] = &[native(
    "symtable(source, filename, startstr, /)",
    "Return symbol and scope dictionaries used internally by compiler.",
    symtable,
)];

/// CPython's numbers.
const NUMBERS: &[(&str, i64)] = &[
    ("USE", 16),
    ("DEF_GLOBAL", 1),
    ("DEF_LOCAL", 2),
    ("DEF_PARAM", 4),
    ("DEF_NONLOCAL", 8),
    ("DEF_FREE_CLASS", 64),
    ("DEF_IMPORT", 128),
    ("DEF_ANNOT", 256),
    ("DEF_COMP_ITER", 512),
    ("DEF_TYPE_PARAM", 1024),
    ("DEF_COMP_CELL", 2048),
    ("DEF_BOUND", 2 | 4 | 128 | 1024),
    ("TYPE_FUNCTION", 0),
    ("TYPE_CLASS", 1),
    ("TYPE_MODULE", 2),
    ("TYPE_ANNOTATION", 3),
    ("TYPE_TYPE_ALIAS", 4),
    ("TYPE_TYPE_PARAMETERS", 5),
    ("TYPE_TYPE_VARIABLE", 6),
    ("LOCAL", 1),
    ("GLOBAL_EXPLICIT", 2),
    ("GLOBAL_IMPLICIT", 3),
    ("FREE", 4),
    ("CELL", 5),
    ("SCOPE_OFF", 12),
    ("SCOPE_MASK", 15),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    ready(vm, &ENTRY);
    for (name, n) in NUMBERS {
        d.set_text(name, Value::small(*n));
    }
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef { name: "_symtable", doc: "", functions: FUNCTIONS, init: Some(init) };
