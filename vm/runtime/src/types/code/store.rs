//! Code objects back to the compiler's form, for writing them: constants from values, sites by their names' numbers.

use freeze_bytecode::{CodeObject, Const, Site};

use super::PyCode;
use crate::object::Value;
use crate::types::bytes::PyBytes;
use crate::types::int;
use crate::types::set::PySet;
use crate::types::slice::PySlice;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;

impl PyCode {
    /// The compiler's form of this code; `None` when a constant is of a kind that it has not.
    pub fn to_bytecode(&self) -> Option<CodeObject> {
        let bytes = |s: &crate::Str| -> Box<[u8]> { s.as_bytes().into() };
        let sites = self.sites.iter().map(|s| {
            if s.name.is_none() {
                return Some(Site { name: Site::NONE });
            }
            let among_names = self.names.iter().position(|n| n.as_value().is(&s.name));
            let place = among_names.or_else(|| self.consts.iter().position(|c| c.is(&s.name)))?;
            Some(Site { name: place as u32 })
        });
        Some(CodeObject {
            name: bytes(&self.name),
            qualname: bytes(&self.qualname),
            filename: bytes(&self.filename()),
            flags: self.flags,
            argcount: self.argcount,
            posonlyargcount: self.posonlyargcount,
            kwonlyargcount: self.kwonlyargcount,
            nlocals: self.nlocals,
            nregs: self.nregs,
            local_names: self.local_names.iter().map(bytes).collect(),
            local_kinds: self.local_kinds.clone(),
            freevars: self.freevars.iter().map(bytes).collect(),
            consts: self.consts.iter().map(constant).collect::<Option<_>>()?,
            names: self.names.iter().map(bytes).collect(),
            sites: sites.collect::<Option<_>>()?,
            instrs: self.instrs.clone(),
            handlers: self.handlers.clone(),
            linetable: self.linetable.clone(),
            firstlineno: self.firstlineno,
            static_attributes: self.static_attributes,
        })
    }
}

fn constants(items: &[Value]) -> Option<Box<[Const]>> {
    items.iter().map(constant).collect()
}

fn constant(v: &Value) -> Option<Const> {
    if let Some(f) = v.as_float() {
        return Some(Const::Float(f.to_bits()));
    }
    if let Some(b) = v.as_bool() {
        return Some(if b { Const::True } else { Const::False });
    }
    if v.is_none() {
        return Some(Const::None);
    }
    if v.is(&Value::ELLIPSIS) {
        return Some(Const::Ellipsis);
    }
    if int::is_int(v) {
        return Some(match int::as_i64(v) {
            Some(i) => Const::Int(i),
            None => {
                let big = int::to_big(v);
                let digits = big.magnitude().to_u32_digits().into();
                Const::BigInt { negative: int::is_negative(v), digits }
            }
        });
    }
    if let Some(s) = v.downcast::<PyStr>() {
        return Some(Const::Str(s.as_bytes().into()));
    }
    if let Some(b) = v.downcast::<PyBytes>() {
        return Some(Const::Bytes(b.as_slice().into()));
    }
    if let Some(t) = v.downcast::<PyTuple>() {
        return constants(t.as_slice()).map(Const::Tuple);
    }
    if let Some(s) = v.downcast::<PySet>() {
        return constants(&s.to_vec()).map(Const::FrozenSet);
    }
    if let Some(c) = v.downcast::<PyCode>() {
        return c.to_bytecode().map(|c| Const::Code(Box::new(c)));
    }
    if let Some(c) = v.downcast::<crate::types::complex::PyComplex>() {
        return Some(Const::Complex(c.re.to_bits(), c.im.to_bits()));
    }
    let s = v.downcast::<PySlice>()?;
    let parts = [&s.start, &s.stop, &s.step].map(constant);
    let [Some(a), Some(b), Some(c)] = parts else { return None };
    Some(Const::Slice(Box::new([a, b, c])))
}
