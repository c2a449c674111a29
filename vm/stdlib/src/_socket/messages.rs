//! `sendmsg` and `recvmsg`: data with ancillary messages.

use freeze_runtime::os::libc as c;
use freeze_runtime::os::messages::{self, Ancillary, Received};
use freeze_runtime::types::buffer::{self, Buffer};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, PyResult, Value, Vm};

use super::address;
use super::socket::{flags, room, this};
use crate::convert;

/// The ancillary messages of an argument: triples of level, type and data.
fn ancillary(vm: &Vm, v: Option<&Value>) -> PyResult<Vec<Ancillary>> {
    let Some(v) = v else { return Ok(Vec::new()) };
    if v.class().slots().iter.is_none() && v.class().slots().getitem.is_none() {
        return Err(vm.type_error("sendmsg() argument 2 must be an iterable"));
    }
    let mut out = Vec::new();
    for item in vm.to_vec(v)? {
        let parts = vm.to_vec(&item)?;
        let [level, kind, data] = &parts[..] else {
            return Err(vm.type_error("[sendmsg() ancillary data items] must be sequences of length 3"));
        };
        out.push((convert::c_int(vm, level)?, convert::c_int(vm, kind)?, convert::bytes_of(vm, data)?));
    }
    Ok(out)
}

pub(super) fn sendmsg(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(&args);
    let mut data = Vec::new();
    if args.get(1).class().slots().iter.is_none() && args.get(1).class().slots().getitem.is_none() {
        return Err(vm.type_error("sendmsg() argument 1 must be an iterable"));
    }
    for part in vm.to_vec(args.get(1))? {
        data.extend(convert::bytes_of(vm, &part)?);
    }
    let messages = ancillary(vm, args.opt(2))?;
    let flags = flags(vm, args.opt(3))?;
    let to = args.opt_not_none(4).map(|a| address::parse(vm, s.family.get(), a, "sendmsg")).transpose()?;
    let n = s.call(vm, c::POLLOUT, s.deadline(), |fd| messages::sendmsg(fd, &data, &messages, flags, to.as_ref()))?;
    Ok(Value::usize(n))
}

/// The ancillary size of an argument.
fn ancillary_size(vm: &Vm, v: Option<&Value>, caller: &str) -> PyResult<usize> {
    let n = v.map_or(Ok(0), |v| vm.to_i64(v))?;
    match usize::try_from(n) {
        Ok(n) if n < 1 << 30 => Ok(n),
        _ => Err(vm.value_error(format!("invalid ancillary data buffer length in {caller}"))),
    }
}

/// What follows the data in an answer.
fn answer(vm: &Vm, first: Value, r: &Received) -> Value {
    let messages = r.ancillary.iter().map(|(level, kind, data)| {
        let items = vec![Value::small((*level).into()), Value::small((*kind).into()), PyBytes::new(data).into_value()];
        PyTuple::new(items).into_value()
    });
    let messages = PyList::new(messages.collect()).into_value();
    PyTuple::new(vec![first, messages, Value::small(r.flags.into()), address::value(vm, &r.from)]).into_value()
}

pub(super) fn recvmsg(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(&args);
    let mut buf = room(vm, args.i64(vm, 1)?, "recvmsg")?;
    let size = ancillary_size(vm, args.opt(2), "recvmsg()")?;
    let flags = flags(vm, args.opt(3))?;
    let r = s.call(vm, c::POLLIN, s.deadline(), |fd| messages::recvmsg(fd, &mut buf, size, flags))?;
    Ok(answer(vm, PyBytes::new(&buf[..r.len]).into_value(), &r))
}

pub(super) fn recvmsg_into(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = this(&args);
    let targets: Vec<Buffer> =
        vm.to_vec(args.get(1))?.iter().map(|b| buffer::get_writable(vm, b)).collect::<PyResult<_>>()?;
    let mut buf = room(vm, targets.iter().map(|t| t.len as i64).sum(), "recvmsg_into")?;
    let size = ancillary_size(vm, args.opt(2), "recvmsg_into()")?;
    let flags = flags(vm, args.opt(3))?;
    let r = s.call(vm, c::POLLIN, s.deadline(), |fd| messages::recvmsg(fd, &mut buf, size, flags))?;
    let mut rest = &buf[..r.len];
    for t in &targets {
        let (mine, others) = rest.split_at(t.len.min(rest.len()));
        t.with_mut(|to| to[..mine.len()].copy_from_slice(mine));
        rest = others;
    }
    Ok(answer(vm, Value::usize(r.len), &r))
}

fn size(vm: &Vm, args: &Args<'_>, padded: bool) -> PyResult<Value> {
    let n = usize::try_from(args.i64(vm, 0)?).ok().and_then(|n| messages::message_size(n, padded));
    n.map(Value::usize).ok_or_else(|| vm.overflow_error(format!("{}() argument out of range", args.name())))
}

pub(super) fn cmsg_len(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    size(vm, &args, false)
}

pub(super) fn cmsg_space(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    size(vm, &args, true)
}
