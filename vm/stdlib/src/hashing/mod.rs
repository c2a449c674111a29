//! What hash objects have in common: `update`, `digest`, `hexdigest`, `copy` and their attributes.

pub(crate) mod blake2;
pub(crate) mod keccak;

use std::cell::RefCell;

use freeze_runtime::object::{GetSet, Layout};
use freeze_runtime::text::bytes_ops::hex;
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{Args, NativeDef, Payload, PyResult, Ref, Type, Value, Vm, native};

/// The state of a hash function.
pub(crate) trait State {
    /// Takes data in.
    fn update(&mut self, data: &[u8]);
    /// A second one like this.
    fn copy(&self) -> Box<dyn State>;
    /// The digest of what was taken in; `out` has its length.
    fn digest(&self, out: &mut [u8]);
}

/// The functions of the RustCrypto crates.
pub(crate) struct Crypto<D>(pub(crate) D);

impl<D: sha2::Digest + Clone + 'static> State for Crypto<D> {
    fn update(&mut self, data: &[u8]) {
        sha2::Digest::update(&mut self.0, data);
    }
    fn copy(&self) -> Box<dyn State> {
        Box::new(Crypto(self.0.clone()))
    }
    fn digest(&self, out: &mut [u8]) {
        out.copy_from_slice(&self.0.clone().finalize());
    }
}

impl State for keccak::Sponge {
    fn update(&mut self, data: &[u8]) {
        keccak::Sponge::update(self, data);
    }
    fn copy(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
    fn digest(&self, out: &mut [u8]) {
        self.clone().finish(out);
    }
}

/// The payload of hash objects.
pub(crate) struct Hash {
    state: RefCell<Box<dyn State>>,
    name: &'static str,
    digest_size: usize,
    block_size: usize,
}

impl Payload for Hash {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Hash>();
        &L
    }
}

/// The data of an `update`: bytes-like, but not text.
fn data_of(vm: &Vm, v: &Value) -> PyResult<Vec<u8>> {
    if v.has_layout::<PyStr>() {
        return Err(vm.type_error("Strings must be encoded before hashing"));
    }
    if !buffer::is_bytes_like(v) {
        return Err(vm.type_error("object supporting the buffer API required"));
    }
    buffer::to_vec(vm, v)
}

impl Hash {
    /// A hash object of `class` that has taken in what was given as `data` or `string`.
    pub(crate) fn start(
        vm: &Vm,
        class: &Type,
        (name, digest_size, block_size): (&'static str, usize, usize),
        mut state: Box<dyn State>,
        data: Option<&Value>,
    ) -> PyResult<Value> {
        if let Some(v) = data {
            state.update(&data_of(vm, v)?);
        }
        Ok(Ref::new(class, Hash { state: RefCell::new(state), name, digest_size, block_size }).into_value())
    }

    fn digest(&self, len: usize) -> Vec<u8> {
        let mut out = vec![0; len];
        self.state.borrow().digest(&mut out);
        out
    }
}

/// The one of `data` and `string` that was given.
pub(crate) fn given<'a>(vm: &Vm, data: Option<&'a Value>, string: Option<&'a Value>) -> PyResult<Option<&'a Value>> {
    match (data, string) {
        (Some(_), Some(_)) => Err(vm.type_error(
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for \
             removal in a future version.",
        )),
        (a, b) => Ok(a.or(b)),
    }
}

fn update(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = data_of(vm, args.get(1))?;
    args.payload::<Hash>().state.borrow_mut().update(&data);
    Ok(Value::NONE)
}

fn copy(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let h = args.payload::<Hash>();
    let state = RefCell::new(h.state.borrow().copy());
    let copy = Hash { state, name: h.name, digest_size: h.digest_size, block_size: h.block_size };
    Ok(Ref::new(args.this().class(), copy).into_value())
}

fn digest(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let h = args.payload::<Hash>();
    Ok(PyBytes::from_vec(h.digest(h.digest_size)).into_value())
}

fn text(vm: &Vm, digest: &[u8]) -> Value {
    vm.str(&String::from_utf8_lossy(&hex(digest, None, 1)))
}

fn hexdigest(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let h = args.payload::<Hash>();
    Ok(text(vm, &h.digest(h.digest_size)))
}

/// A digest of the length that was asked for.
fn long_digest(vm: &Vm, args: Args<'_>) -> PyResult<Vec<u8>> {
    let n = args.i64(vm, 1)?;
    match usize::try_from(n) {
        Ok(n) if n < 1 << 29 => Ok(args.payload::<Hash>().digest(n)),
        Ok(_) => Err(vm.value_error("length is too large")),
        Err(_) => Err(vm.value_error("value must be positive")),
    }
}

fn shake_digest(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyBytes::from_vec(long_digest(vm, args)?).into_value())
}

fn shake_hexdigest(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(text(vm, &long_digest(vm, args)?))
}

/// The methods of hash objects.
pub(crate) static METHODS: &[NativeDef] = &[
    native("copy(self, /)", "Return a copy of the hash object.", copy),
    native("digest(self, /)", "Return the digest value as a bytes object.", digest),
    native("hexdigest(self, /)", "Return the digest value as a string of hexadecimal digits.", hexdigest),
    native("update(self, data, /)", "Update this hash object's state with the provided bytes-like object.", update),
];

/// The methods of those whose digests have any length.
pub(crate) static SHAKE_METHODS: &[NativeDef] = &[
    native("copy(self, /)", "Return a copy of the hash object.", copy),
    native("digest(self, /, length)", "Return the digest value as a bytes object.", shake_digest),
    native("hexdigest(self, /, length)", "Return the digest value as a string of hexadecimal digits.", shake_hexdigest),
    native("update(self, data, /)", "Update this hash object's state with the provided bytes-like object.", update),
];

fn attribute(v: &Value, f: impl FnOnce(&Hash) -> Value) -> PyResult<Value> {
    Ok(Value::or_none(v.downcast::<Hash>().map(f)))
}

/// The attributes of hash objects.
pub(crate) static GETSET: &[GetSet] = &[
    GetSet { name: "block_size", doc: "", get: |_, v| attribute(v, |h| Value::usize(h.block_size)), set: None },
    GetSet { name: "digest_size", doc: "", get: |_, v| attribute(v, |h| Value::usize(h.digest_size)), set: None },
    GetSet { name: "name", doc: "", get: |vm, v| attribute(v, |h| vm.str(h.name)), set: None },
];

/// The attributes of SHA-3 hashes.
pub(crate) static SPONGE_GETSET: &[GetSet] = &[
    GetSet {
        name: "_capacity_bits",
        doc: "",
        get: |_, v| attribute(v, |h| Value::usize(1600 - h.block_size * 8)),
        set: None,
    },
    GetSet { name: "_rate_bits", doc: "", get: |_, v| attribute(v, |h| Value::usize(h.block_size * 8)), set: None },
    GetSet {
        name: "_suffix",
        doc: "",
        // Functions with digests of any length end their input in another way.
        get: |_, v| attribute(v, |h| PyBytes::new(if h.digest_size == 0 { &[0x1F] } else { &[6] }).into_value()),
        set: None,
    },
    GetSet { name: "block_size", doc: "", get: |_, v| attribute(v, |h| Value::usize(h.block_size)), set: None },
    GetSet { name: "digest_size", doc: "", get: |_, v| attribute(v, |h| Value::usize(h.digest_size)), set: None },
    GetSet { name: "name", doc: "", get: |vm, v| attribute(v, |h| vm.str(h.name)), set: None },
];

/// Declares the type of hash objects that functions make.
macro_rules! hash_type {
    ($NAME:ident, $module:literal, $name:literal) => {
        static $NAME: freeze_runtime::Type = {
            static DEF: freeze_runtime::TypeDef = freeze_runtime::TypeDef {
                name: $name,
                module: $module,
                layout: <$crate::hashing::Hash as freeze_runtime::Payload>::layout,
                flags: freeze_runtime::TypeFlags::IMMUTABLE | freeze_runtime::TypeFlags::NO_NEW,
                methods: $crate::hashing::METHODS,
                getset: $crate::hashing::GETSET,
                ..freeze_runtime::TypeDef::EMPTY
            };
            freeze_runtime::Type::builtin(&DEF)
        };
    };
}
pub(crate) use hash_type;

/// Declares a function that makes hash objects: its type, name, crate's type, sizes of digest and block.
macro_rules! hash_function {
    ($f:ident, $TYPE:ident, $D:ty, $digest:literal, $block:literal) => {
        fn $f(
            vm: &freeze_runtime::Vm,
            args: freeze_runtime::Args<'_>,
        ) -> freeze_runtime::PyResult<freeze_runtime::Value> {
            let data = $crate::hashing::given(vm, args.opt(0), args.opt_not_none(2))?;
            let state = Box::new($crate::hashing::Crypto(<$D as Default>::default()));
            $crate::hashing::Hash::start(vm, &$TYPE, (stringify!($f), $digest, $block), state, data)
        }
    };
}
pub(crate) use hash_function;
