//! `iter`, `next`, `min`, `max`, `any`, `all`, `sorted`, `aiter`, `anext`.

use freeze_runtime::object::CmpOp;
use freeze_runtime::types::list::PyList;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, CallArgs, Value, Vm};

pub(super) fn iter(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    call.no_keywords(vm, "iter")?;
    call.check_count(vm, "iter", 1, 2)?;
    if call.args.len() == 1 {
        return vm.iter(&call.args[0]);
    }
    if !vm.is_callable(&call.args[0]) {
        return Err(vm.type_error("iter(v, w): v must be callable"));
    }
    Ok(freeze_runtime::types::iterator::callable_iterator(call.args[0].clone(), call.args[1].clone()))
}

pub(super) fn next(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    call.no_keywords(vm, "next")?;
    call.check_count(vm, "next", 1, 2)?;
    let it = &call.args[0];
    let Some(f) = it.class().slots().next else {
        return Err(vm.type_error(format!("'{}' object is not an iterator", it.class().name())));
    };
    vm.forget_stop();
    match f(vm, it)? {
        Some(v) => Ok(v),
        None => match call.args.get(1) {
            Some(default) => Ok(default.clone()),
            None => Err(vm.exhausted(it)),
        },
    }
}

pub(super) fn aiter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(0);
    let Some(f) = v.class().slots().aiter else {
        return Err(vm.type_error(format!("'{}' object is not an async iterable", v.class().name())));
    };
    let it = f(vm, v)?;
    if it.class().slots().anext.is_none() {
        return Err(vm.type_error(format!("aiter() returned not an async iterator of type '{}'", it.class().name())));
    }
    Ok(it)
}

pub(super) fn anext(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let v = args.get(0);
    let Some(f) = v.class().slots().anext else {
        return Err(vm.type_error(format!("'{}' object is not an async iterator", v.class().name())));
    };
    let awaitable = f(vm, v)?;
    match args.opt(1) {
        None => Ok(awaitable),
        Some(default) => Ok(freeze_runtime::types::generator::anext_awaitable(awaitable, default.clone())),
    }
}

fn one_iterable<'a>(vm: &Vm, call: &CallArgs<'a>, name: &str) -> PyResult<&'a Value> {
    call.no_keywords(vm, name)?;
    if call.args.len() != 1 {
        return Err(vm.type_error(format!("{name}() takes exactly one argument ({} given)", call.args.len())));
    }
    Ok(&call.args[0])
}

pub(super) fn any(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    let it = vm.iter(one_iterable(vm, &call, "any")?)?;
    while let Some(v) = vm.next(&it)? {
        if vm.is_true(&v)? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

pub(super) fn all(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    let it = vm.iter(one_iterable(vm, &call, "all")?)?;
    while let Some(v) = vm.next(&it)? {
        if !vm.is_true(&v)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

pub(super) fn min(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    extreme(vm, call, "min", CmpOp::Lt)
}

pub(super) fn max(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    extreme(vm, call, "max", CmpOp::Gt)
}

/// The item that compares `op` to all others; the first of equal ones.
fn extreme(vm: &Vm, call: CallArgs<'_>, name: &str, op: CmpOp) -> PyResult<Value> {
    let pos = call.positional();
    let (mut key, mut default) = (None, None);
    for (k, v) in call.keywords() {
        match k.downcast::<freeze_runtime::types::str::PyStr>().map(|k| k.as_bytes()) {
            Some(b"key") => key = Some(v).filter(|v| !v.is_none()),
            Some(b"default") => default = Some(v),
            other => {
                let other = String::from_utf8_lossy(other.unwrap_or_default()).into_owned();
                return Err(call.unexpected_keyword(vm, name, &["key", "default"], &other));
            }
        }
    }
    if pos.is_empty() {
        return Err(vm.type_error(format!("{name} expected at least 1 argument, got 0")));
    }
    let mut best: Option<(Value, Value)> = None;
    let mut see = |v: Value| -> PyResult<()> {
        let k = match key {
            Some(f) => vm.call(f, std::slice::from_ref(&v))?,
            None => v.clone(),
        };
        let better = match &best {
            None => true,
            Some((b, _)) if Value::both_small(&k, b) => op.test(k.small_unchecked().cmp(&b.small_unchecked())),
            Some((b, _)) => vm.compare_bool(op, &k, b)?,
        };
        if better {
            best = Some((k, v));
        }
        Ok(())
    };
    if pos.len() > 1 {
        if default.is_some() {
            return Err(
                vm.type_error(format!("Cannot specify a default for {name}() with multiple positional arguments"))
            );
        }
        for v in pos {
            see(v.clone())?;
        }
    } else {
        let it = vm.iter(&pos[0])?;
        while let Some(v) = vm.next(&it)? {
            see(v)?;
        }
    }
    match (best, default) {
        (Some((_, v)), _) => Ok(v),
        (None, Some(d)) => Ok(d.clone()),
        (None, None) => Err(vm.value_error(format!("{name}() iterable argument is empty"))),
    }
}

pub(super) fn sorted(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    call.check_count(vm, "sorted", 1, 1)?;
    let list = PyList::new(vm.to_vec(&call.args[0])?).into_value();
    let sort = vm.get_attr(&list, &vm.names().sort)?;
    vm.call_args(&sort, call.skip_first())?;
    Ok(list)
}
