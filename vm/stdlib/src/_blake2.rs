//! `_blake2`: the hash functions BLAKE2b and BLAKE2s.

use freeze_runtime::object::Slots;
use freeze_runtime::types::buffer;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::{
    Args, CallArgs, ModuleDef, NativeDef, Payload, PyResult, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use num_traits::{Signed as _, ToPrimitive as _};

use crate::hashing::blake2::{Blake2b, Blake2s};
use crate::hashing::{GETSET, Hash, METHODS, State, given};

/// What differs between the two functions.
struct Kind {
    name: &'static str,
    /// The largest digest and key; a block is twice as long.
    max: usize,
    /// The length of salts and of personalizations.
    salt: usize,
    make: fn(&[u8], &[u8], bool) -> Box<dyn State>,
}

static B: Kind = Kind { name: "blake2b", max: 64, salt: 16, make: |p, k, last| Box::new(Blake2b::new(p, k, last)) };
static S: Kind = Kind { name: "blake2s", max: 32, salt: 8, make: |p, k, last| Box::new(Blake2s::new(p, k, last)) };

/// A number argument within bounds.
fn number(vm: &Vm, args: Args<'_>, i: usize, default: i64, (min, max): (i64, i64), message: &str) -> PyResult<i64> {
    let n = args.opt_i64(vm, i, default)?;
    if (min..=max).contains(&n) { Ok(n) } else { Err(vm.value_error(message)) }
}

/// A number argument, 0 when it is missing, that must not be larger than `max`.
fn unsigned(vm: &Vm, args: Args<'_>, i: usize, max: u64, message: &str) -> PyResult<u64> {
    let Some(v) = args.opt(i) else { return Ok(0) };
    let n = vm.to_bigint(&vm.index(v)?)?;
    if n.is_negative() {
        return Err(vm.value_error("value must be positive"));
    }
    n.to_u64().filter(|n| *n <= max).ok_or_else(|| vm.overflow_error(message))
}

/// A bytes argument of bounded length.
fn part(vm: &Vm, args: Args<'_>, i: usize, max: usize, what: &str) -> PyResult<Vec<u8>> {
    let data = args.opt(i).map_or(Ok(Vec::new()), |v| buffer::to_vec(vm, v))?;
    if data.len() > max {
        return Err(vm.value_error(format!("maximum {what} length is {max} bytes")));
    }
    Ok(data)
}

fn build(vm: &Vm, class: &'static Type, kind: &Kind, args: Args<'_>) -> PyResult<Value> {
    let digest_message = format!(
        "digest_size for {} must be between 1 and {} bytes, here it is {}",
        kind.name,
        kind.max,
        args.opt_i64(vm, 1, 0)?
    );
    let digest_size = number(vm, args, 1, kind.max as i64, (1, kind.max as i64), &digest_message)?;
    let key = part(vm, args, 2, kind.max, "key")?;
    let salt = part(vm, args, 3, kind.salt, "salt")?;
    let person = part(vm, args, 4, kind.salt, "person")?;
    let fanout = number(vm, args, 5, 1, (0, 255), "fanout must be between 0 and 255")?;
    let depth = number(vm, args, 6, 1, (1, 255), "depth must be between 1 and 255")?;
    let leaf_size = unsigned(vm, args, 7, u32::MAX.into(), "leaf_size is too large")?;
    let wide = kind.max == 64;
    let last_offset = if wide { u64::MAX } else { (1 << 48) - 1 };
    let node_offset = unsigned(vm, args, 8, last_offset, "node_offset is too large")?;
    let node_depth = number(vm, args, 9, 0, (0, 255), "node_depth must be between 0 and 255")?;
    let inner = format!("inner_size must be between 0 and is {}", kind.max);
    let inner_size = number(vm, args, 10, 0, (0, kind.max as i64), &inner)?;
    let last_node = args.opt_bool(vm, 11, false)?;

    let mut block = vec![digest_size as u8, key.len() as u8, fanout as u8, depth as u8];
    block.extend((leaf_size as u32).to_le_bytes());
    block.extend(&node_offset.to_le_bytes()[..if wide { 8 } else { 6 }]);
    block.extend([node_depth as u8, inner_size as u8]);
    block.resize(kind.max - 2 * kind.salt, 0);
    for text in [salt, person] {
        let end = block.len() + kind.salt;
        block.extend(text);
        block.resize(end, 0);
    }
    let data = given(vm, args.opt(0), args.opt_not_none(13))?;
    Hash::start(vm, class, (kind.name, digest_size as usize, 2 * kind.max), (kind.make)(&block, &key, last_node), data)
}

macro_rules! function {
    ($NAME:ident $KIND:ident $name:literal) => {
        static $NAME: Type = {
            static SIGNATURE: NativeDef = native(
                concat!(
                    $name,
                    "(data=b'', /, *, digest_size=64, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, \
                     node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)"
                ),
                "",
                |vm, args| build(vm, &$NAME, &$KIND, args),
            );
            fn new(vm: &Vm, _class: &Type, call: CallArgs<'_>) -> PyResult<Value> {
                SIGNATURE.invoke(vm, call)
            }
            fn consts(_vm: &Vm, d: &PyDict) {
                for (name, n) in [
                    ("SALT_SIZE", $KIND.salt),
                    ("PERSON_SIZE", $KIND.salt),
                    ("MAX_KEY_SIZE", $KIND.max),
                    ("MAX_DIGEST_SIZE", $KIND.max),
                ] {
                    d.set_text(name, Value::usize(n));
                }
            }
            static DEF: TypeDef = TypeDef {
                name: $name,
                module: "_blake2",
                doc: "Return a new BLAKE2 hash object.",
                layout: <Hash as Payload>::layout,
                flags: TypeFlags::IMMUTABLE,
                slots: Slots { new: Some(new), ..Slots::EMPTY },
                methods: METHODS,
                getset: GETSET,
                consts: Some(consts),
                ..TypeDef::EMPTY
            };
            Type::builtin(&DEF)
        };
    };
}
function!(BLAKE2B B "blake2b");
function!(BLAKE2S S "blake2s");

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    crate::native_type::add_types(vm, d, &[&BLAKE2B, &BLAKE2S]);
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_blake2", doc: "The hash functions BLAKE2b and BLAKE2s.", functions: &[], init: Some(init) };
