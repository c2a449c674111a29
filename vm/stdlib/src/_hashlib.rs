//! `_hashlib`: of what CPython takes from OpenSSL, the derivation of keys from passwords. Hash functions and HMAC say that
//! they are not supported here, so that the library takes its own modules for them.

use freeze_runtime::types::buffer;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::VALUE_ERROR;
use freeze_runtime::types::set::FROZENSET;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_::TYPE;
use freeze_runtime::vm::Raised;
use freeze_runtime::{Args, CallArgs, ModuleDef, NativeDef, PyResult, Value, Vm, native, raw};
use sha2::Digest;

/// Where `UnsupportedDigestmodError` is kept.
const UNSUPPORTED: &str = "_hashlib.UnsupportedDigestmodError";

/// PBKDF2 (RFC 8018) with the HMAC of a hash function whose blocks have `block` bytes.
fn derive<D: Digest + Clone>(block: usize, password: &[u8], salt: &[u8], rounds: u64, len: usize) -> Vec<u8> {
    let mut key = if password.len() > block { D::digest(password).to_vec() } else { password.to_vec() };
    key.resize(block, 0);
    let keyed = |pad: u8| D::new().chain_update(key.iter().map(|b| b ^ pad).collect::<Vec<u8>>());
    let (inner, outer) = (keyed(0x36), keyed(0x5C));
    let hmac = |parts: &[&[u8]]| {
        let mut h = inner.clone();
        parts.iter().for_each(|p| h.update(p));
        outer.clone().chain_update(h.finalize()).finalize().to_vec()
    };
    let mut out = Vec::with_capacity(len);
    let mut number = 1u32;
    while out.len() < len {
        let mut last = hmac(&[salt, &number.to_be_bytes()]);
        let mut sum = last.clone();
        for _ in 1..rounds {
            last = hmac(&[&last]);
            sum.iter_mut().zip(&last).for_each(|(s, x)| *s ^= x);
        }
        out.extend_from_slice(&sum);
        number = number.wrapping_add(1);
    }
    out.truncate(len);
    out
}

fn pbkdf2_hmac(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = args.str(vm, 0)?.to_lossy().to_ascii_lowercase().replace('-', "");
    let (password, salt) = (buffer::to_vec(vm, args.get(1))?, buffer::to_vec(vm, args.get(2))?);
    let rounds = match u64::try_from(args.i64(vm, 3)?) {
        Ok(n) if n > 0 => n,
        _ => return Err(vm.value_error("iteration value must be greater than 0.")),
    };
    type Derive = fn(usize, &[u8], &[u8], u64, usize) -> Vec<u8>;
    let (f, block, size): (Derive, usize, usize) = match name.as_str() {
        "md5" => (derive::<md5::Md5>, 64, 16),
        "sha1" => (derive::<sha1::Sha1>, 64, 20),
        "sha224" => (derive::<sha2::Sha224>, 64, 28),
        "sha256" => (derive::<sha2::Sha256>, 64, 32),
        "sha384" => (derive::<sha2::Sha384>, 128, 48),
        "sha512" => (derive::<sha2::Sha512>, 128, 64),
        _ => return Err(unsupported(vm)),
    };
    let len = match args.opt_not_none(4) {
        None => size,
        Some(v) => match usize::try_from(vm.to_i64(v)?) {
            Ok(n) if n > 0 => n,
            _ => return Err(vm.value_error("key length must be greater than 0.")),
        },
    };
    let key = vm.allow_threads(|| f(block, &password, &salt, rounds, len));
    Ok(freeze_runtime::types::bytes::PyBytes::from_vec(key).into_value())
}

#[cold]
fn unsupported(vm: &Vm) -> Raised {
    let class = vm.runtime().slots.borrow().get(UNSUPPORTED).cloned();
    match class.map(|c| vm.call(&c, &[vm.str("unsupported hash type")])) {
        Some(Ok(e)) => Raised::from_value(vm, e),
        Some(Err(e)) => e,
        None => vm.value_error("unsupported hash type"),
    }
}

fn refuse(vm: &Vm, _call: CallArgs<'_>) -> PyResult<Value> {
    Err(unsupported(vm))
}

static FUNCTIONS: &[NativeDef] = &[
    raw("hmac_digest(key, msg, digest)", "Single-shot HMAC: not supported here.", refuse),
    raw("hmac_new(key, msg=b'', digestmod=None)", "Return a new hmac object: not supported here.", refuse),
    raw("new(name, *args, **kwargs)", "Return a new hash object: not supported here.", refuse),
    native(
        "pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None)",
        "Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function.",
        pbkdf2_hmac,
    ),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    let ns = PyDict::new_ref();
    ns.set_text("__module__", vm.str("_hashlib"));
    let bases = PyTuple::new(vec![VALUE_ERROR.as_value()]).into_value();
    let class = vm.call(&TYPE.as_value(), &[vm.str("UnsupportedDigestmodError"), bases, ns.into_value()])?;
    vm.runtime().slots.borrow_mut().insert(UNSUPPORTED, class.clone());
    d.set_text("UnsupportedDigestmodError", class);
    d.set_text("openssl_md_meth_names", vm.call0(&FROZENSET.as_value())?);
    let operator = freeze_runtime::import::import_path(vm, "_operator")?;
    d.set_text("compare_digest", vm.get_attr_str(&operator, "_compare_digest")?);
    // `hmac` asks for the type of this one.
    let sha2 = freeze_runtime::import::import_path(vm, "_sha2")?;
    d.set_text("openssl_sha256", vm.get_attr_str(&sha2, "sha256")?);
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_hashlib", doc: "Derivation of keys from passwords.", functions: FUNCTIONS, init: Some(init) };
