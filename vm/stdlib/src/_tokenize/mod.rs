//! `_tokenize`: the tokens of Python source, comments and blank lines included, as the library's `tokenize` gives them.

use std::cell::RefCell;

use freeze_runtime::object::{Ref, Slots};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::STOP_ITERATION;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{CallArgs, ModuleDef, PyResult, Type, TypeDef, TypeFlags, Value, Vm};

use crate::native_type::{add_types, payload};

mod scan;
use scan::{Problem, Token};

/// The payload of `TokenizerIter`: everything is read and scanned when the first token is asked for.
struct TokenizerIter {
    readline: Value,
    encoding: Option<Value>,
    extra: bool,
    state: RefCell<State>,
}

enum State {
    Fresh,
    Tokens(std::vec::IntoIter<Token>, Option<Problem>),
}

payload!(TokenizerIter, |t, visit| {
    visit(&t.readline);
    if let Some(e) = &t.encoding {
        visit(e);
    }
});

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let Some(readline) = args.positional().first() else {
        return Err(vm.type_error("tokenizeriter() missing required argument 'readline' (pos 1)"));
    };
    let extra = match args.keyword("extra_tokens") {
        Some(v) => vm.is_true(v)?,
        None => return Err(vm.type_error("tokenizeriter() missing required argument 'extra_tokens' (pos 3)")),
    };
    let encoding = args.keyword("encoding").filter(|e| !e.is_none()).cloned();
    let t = TokenizerIter { readline: readline.clone(), encoding, extra, state: RefCell::new(State::Fresh) };
    Ok(Ref::new(class, t).into_value())
}

/// All lines that `readline` gives, as text.
fn read(vm: &Vm, t: &TokenizerIter) -> PyResult<String> {
    let mut text = String::new();
    loop {
        let line = match vm.call0(&t.readline) {
            Ok(l) => l,
            Err(e) if e.is(&STOP_ITERATION) => break,
            Err(e) => return Err(e),
        };
        let line = match (&t.encoding, line.has_layout::<PyBytes>()) {
            (Some(enc), true) => vm.call_method(&line, "decode", std::slice::from_ref(enc))?,
            (Some(_), false) => return Err(vm.type_error("readline() returned a non-bytes object")),
            (None, true) => return Err(vm.type_error("readline() returned a non-string object")),
            (None, false) => line,
        };
        let Some(s) = line.downcast::<PyStr>() else {
            return Err(vm.type_error("readline() returned a non-string object"));
        };
        if s.is_empty() {
            break;
        }
        text.push_str(&s.to_lossy());
    }
    Ok(text)
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let t = v.downcast::<TokenizerIter>().expect("slots of TokenizerIter see TokenizerIter");
    if matches!(&*t.state.borrow(), State::Fresh) {
        let text = read(vm, t)?;
        let (tokens, problem) = scan::scan(&text, t.extra);
        *t.state.borrow_mut() = State::Tokens(tokens.into_iter(), problem);
    }
    let (token, problem) = match &mut *t.state.borrow_mut() {
        State::Tokens(tokens, problem) => match tokens.next() {
            Some(token) => (Some(token), None),
            None => (None, problem.take()),
        },
        State::Fresh => (None, None),
    };
    if let Some(p) = problem {
        return Err(syntax_error(vm, &p));
    }
    let Some(k) = token else { return Ok(None) };
    let place = |(line, col): (usize, usize)| PyTuple::new(vec![Value::usize(line), Value::usize(col)]).into_value();
    let row = vec![Value::small(k.kind), vm.str(&k.text), place(k.start), place(k.end), vm.str(&k.line)];
    Ok(Some(PyTuple::new(row).into_value()))
}

fn syntax_error(vm: &Vm, p: &Problem) -> freeze_runtime::Raised {
    let class = match p.class {
        "" => "SyntaxError",
        c => c,
    };
    let Some(class) = vm.runtime().builtins.get_text(class) else { return vm.system_error(p.message.as_str()) };
    let n = Value::usize;
    let place = PyTuple::new(vec![vm.str("<string>"), n(p.line), n(p.column), vm.str(&p.text), n(p.line), n(p.column)])
        .into_value();
    match vm.call(&class, &[vm.str(&p.message), place]) {
        Ok(e) => match e.downcast_ref() {
            Some(e) => freeze_runtime::Raised::new(e),
            None => vm.system_error("SyntaxError is no exception"),
        },
        Err(e) => e,
    }
}

fn itself(_: &Vm, v: &Value) -> PyResult<Value> {
    Ok(v.clone())
}

static DEF: TypeDef = TypeDef {
    name: "TokenizerIter",
    module: "_tokenize",
    layout: <TokenizerIter as freeze_runtime::Payload>::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(new), iter: Some(itself), next: Some(next), ..Slots::EMPTY },
    ..TypeDef::EMPTY
};
static TOKENIZER_ITER: Type = Type::builtin(&DEF);

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    add_types(vm, d, &[&TOKENIZER_ITER]);
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef { name: "_tokenize", doc: "", functions: &[], init: Some(init) };
