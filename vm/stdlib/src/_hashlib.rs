//! `_hashlib`, as far as `hashlib` and `hmac` have no other source for it: key derivation, one-shot HMAC, constructors by
//! name. There is no OpenSSL behind it.

use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{PyException, VALUE_ERROR};
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{
    Args, ModuleDef, NativeDef, Payload, PyResult, Raised, Type, TypeDef, TypeFlags, Value, Vm, import, native,
};
use sha2::Digest;

use crate::convert::call_builtin;
use crate::hashing::given;
use crate::native_type::add_types;

static UNSUPPORTED_DEF: TypeDef = TypeDef {
    name: "UnsupportedDigestmodError",
    module: "_hashlib",
    base: Some(&VALUE_ERROR),
    layout: <PyException as Payload>::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::DICT,
    ..TypeDef::EMPTY
};
static UNSUPPORTED: Type = Type::builtin(&UNSUPPORTED_DEF);

/// The keyed hash of RFC 2104, with the key taken in already.
#[derive(Clone)]
struct Hmac<D> {
    inner: D,
    outer: D,
}

impl<D: Digest + Clone> Hmac<D> {
    fn new(key: &[u8], block: usize) -> Hmac<D> {
        let mut padded = if key.len() > block { D::digest(key).to_vec() } else { key.to_vec() };
        padded.resize(block, 0);
        let keyed = |mask: u8| {
            let mut d = D::new();
            d.update(padded.iter().map(|b| b ^ mask).collect::<Vec<u8>>());
            d
        };
        Hmac { inner: keyed(0x36), outer: keyed(0x5C) }
    }

    fn digest(&self, parts: &[&[u8]]) -> Vec<u8> {
        let mut inner = self.inner.clone();
        parts.iter().for_each(|p| inner.update(p));
        let mut outer = self.outer.clone();
        outer.update(inner.finalize());
        outer.finalize().to_vec()
    }

    /// PBKDF2 of RFC 8018.
    fn derive(&self, salt: &[u8], rounds: u64, out: &mut [u8]) {
        for (i, piece) in out.chunks_mut(<D as Digest>::output_size()).enumerate() {
            let mut u = self.digest(&[salt, &(i as u32 + 1).to_be_bytes()]);
            let mut sum = u.clone();
            for _ in 1..rounds {
                u = self.digest(&[&u]);
                sum.iter_mut().zip(&u).for_each(|(s, x)| *s ^= x);
            }
            piece.copy_from_slice(&sum[..piece.len()]);
        }
    }
}

/// Runs `$e` with `$D` as the hash function of that name and `$block` as its block size; `None` for unknown ones.
macro_rules! with_hash {
    ($name:expr, |$D:ident, $block:ident| $e:expr) => {{
        macro_rules! run {
            ($T:ty, $n:literal) => {{
                type $D = $T;
                let $block = $n;
                Some($e)
            }};
        }
        match $name.to_ascii_lowercase().replace('-', "").as_str() {
            "md5" => run!(md5::Md5, 64),
            "sha1" => run!(sha1::Sha1, 64),
            "sha224" => run!(sha2::Sha224, 64),
            "sha256" => run!(sha2::Sha256, 64),
            "sha384" => run!(sha2::Sha384, 128),
            "sha512" => run!(sha2::Sha512, 128),
            _ => None,
        }
    }};
}

fn name_arg(vm: &Vm, args: Args<'_>, i: usize) -> PyResult<String> {
    Ok(args.str(vm, i)?.to_lossy().into_owned())
}

fn unknown(vm: &Vm, name: &str) -> Raised {
    vm.value_error(format!("unsupported hash type {name}"))
}

fn bytes(data: Vec<u8>) -> Value {
    PyBytes::from_vec(data).into_value()
}

fn pbkdf2_hmac(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = name_arg(vm, args, 0)?;
    let (password, salt) = (buffer::to_vec(vm, args.get(1))?, buffer::to_vec(vm, args.get(2))?);
    let rounds = vm.to_i64(args.get(3))?;
    let Some(default) = with_hash!(name, |D, _b| <D as Digest>::output_size()) else { return Err(unknown(vm, &name)) };
    let len = match args.opt_not_none(4) {
        Some(v) => vm.to_i64(v)?,
        None => default as i64,
    };
    if rounds < 1 {
        return Err(vm.value_error("iteration value must be greater than 0."));
    }
    if len < 1 {
        return Err(vm.value_error("key length must be greater than 0."));
    }
    if len > i64::from(i32::MAX) {
        return Err(vm.overflow_error("key length is too great."));
    }
    if rounds > i64::from(i32::MAX) {
        return Err(vm.overflow_error("iteration value is too great."));
    }
    let mut out = vec![0; len as usize];
    vm.allow_threads(|| {
        with_hash!(name, |D, block| Hmac::<D>::new(&password, block).derive(&salt, rounds as u64, &mut out));
    });
    Ok(bytes(out))
}

/// Salsa20/8 on 16 words.
fn salsa(block: &mut [u32; 16]) {
    let mut x = *block;
    let mut turn = |a: usize, b: usize, c: usize, n: u32| x[a] ^= x[b].wrapping_add(x[c]).rotate_left(n);
    for _ in 0..4 {
        for [a, b, c, d] in [[0, 4, 8, 12], [5, 9, 13, 1], [10, 14, 2, 6], [15, 3, 7, 11]] {
            turn(b, a, d, 7);
            turn(c, b, a, 9);
            turn(d, c, b, 13);
            turn(a, d, c, 18);
        }
        for [a, b, c, d] in [[0, 1, 2, 3], [5, 6, 7, 4], [10, 11, 8, 9], [15, 12, 13, 14]] {
            turn(b, a, d, 7);
            turn(c, b, a, 9);
            turn(d, c, b, 13);
            turn(a, d, c, 18);
        }
    }
    block.iter_mut().zip(x).for_each(|(b, x)| *b = b.wrapping_add(x));
}

/// The mixing of blocks in scrypt (RFC 7914): `v` is two times `r` blocks of 16 words.
fn mix_blocks(v: &mut Vec<u32>, r: usize) {
    let mut x = [0u32; 16];
    x.copy_from_slice(&v[(2 * r - 1) * 16..]);
    let mut out = vec![0; v.len()];
    for (i, block) in v.chunks(16).enumerate() {
        x.iter_mut().zip(block).for_each(|(x, b)| *x ^= b);
        salsa(&mut x);
        let at = (i / 2 + if i % 2 == 1 { r } else { 0 }) * 16;
        out[at..at + 16].copy_from_slice(&x);
    }
    *v = out;
}

/// The memory-hard part of scrypt on one of its `p` pieces.
fn mix(piece: &mut [u8], n: usize, r: usize) {
    let mut x: Vec<u32> = piece.chunks(4).map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect();
    let mut table = Vec::with_capacity(n);
    for _ in 0..n {
        table.push(x.clone());
        mix_blocks(&mut x, r);
    }
    for _ in 0..n {
        let j = x[(2 * r - 1) * 16] as usize & (n - 1);
        x.iter_mut().zip(&table[j]).for_each(|(x, t)| *x ^= t);
        mix_blocks(&mut x, r);
    }
    piece.chunks_mut(4).zip(x).for_each(|(c, w)| c.copy_from_slice(&w.to_le_bytes()));
}

fn scrypt(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let password = buffer::to_vec(vm, args.get(0))?;
    let salt = buffer::to_vec(vm, args.get(1))?;
    let number = |i: usize| -> PyResult<u64> {
        match int::as_i64(args.get(i)) {
            Some(n) => u64::try_from(n).map_err(|_| vm.overflow_error("can't convert negative value to unsigned int")),
            None => Err(vm.type_error("an integer is required")),
        }
    };
    let (n, r, p) = (number(2)?, number(3)?, number(4)?);
    if n < 2 || !n.is_power_of_two() {
        return Err(vm.value_error("n must be a power of 2."));
    }
    let (maxmem, len) = (args.opt_i64(vm, 5, 0)?, args.opt_i64(vm, 6, 64)?);
    if !(0..=i64::from(i32::MAX)).contains(&maxmem) {
        return Err(vm.value_error(format!("maxmem must be positive and smaller than {}", i32::MAX)));
    }
    if !(1..=i64::from(i32::MAX)).contains(&len) {
        return Err(vm.value_error(format!("dklen must be greater than 0 and smaller than {}", i32::MAX)));
    }
    // Without a limit of the caller's, 32 MiB.
    let limit = if maxmem == 0 { 32 << 20 } else { maxmem as u64 };
    let size = r.checked_mul(128).and_then(|b| b.checked_mul(n.checked_add(p)?.checked_add(2)?));
    if r == 0 || p == 0 || r.saturating_mul(p) >= 1 << 30 || size.is_none_or(|s| s > limit) {
        return Err(vm.value_error("Invalid parameter combination for n, r, p, maxmem."));
    }
    let mut out = vec![0; len as usize];
    vm.allow_threads(|| {
        let mac = Hmac::<sha2::Sha256>::new(&password, 64);
        let mut pieces = vec![0; (128 * r * p) as usize];
        mac.derive(&salt, 1, &mut pieces);
        pieces.chunks_mut(128 * r as usize).for_each(|piece| mix(piece, n as usize, r as usize));
        mac.derive(&pieces, 1, &mut out);
    });
    Ok(bytes(out))
}

fn hmac_digest(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (key, message) = (buffer::to_vec(vm, args.get(0))?, buffer::to_vec(vm, args.get(1))?);
    let digest = args.get(2).downcast::<PyStr>().and_then(|name| {
        let name = name.to_lossy();
        with_hash!(name, |D, block| Hmac::<D>::new(&key, block).digest(&[&message]))
    });
    digest.map(bytes).ok_or_else(|| vm.new_error(&UNSUPPORTED, "Unsupported digestmod"))
}

/// HMAC objects are made by `hmac` itself, which asks here first.
fn hmac_new(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Err(vm.new_error(&UNSUPPORTED, "Unsupported digestmod"))
}

/// The hash functions by name: which module has them.
static HASHES: &[(&str, &str)] = &[
    ("blake2b", "_blake2"),
    ("blake2s", "_blake2"),
    ("md5", "_md5"),
    ("sha1", "_sha1"),
    ("sha224", "_sha2"),
    ("sha256", "_sha2"),
    ("sha384", "_sha2"),
    ("sha3_224", "_sha3"),
    ("sha3_256", "_sha3"),
    ("sha3_384", "_sha3"),
    ("sha3_512", "_sha3"),
    ("sha512", "_sha2"),
    ("shake_128", "_sha3"),
    ("shake_256", "_sha3"),
];

fn new(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = name_arg(vm, args, 0)?.to_ascii_lowercase().replace('-', "_");
    let Ok(i) = HASHES.binary_search_by(|h| h.0.cmp(&name)) else { return Err(unknown(vm, &name)) };
    let f = vm.get_attr_str(&import::import_path(vm, HASHES[i].1)?, &name)?;
    let data: Vec<Value> = given(vm, args.opt(1), args.opt_not_none(3))?.cloned().into_iter().collect();
    vm.call(&f, &data)
}

fn get_fips_mode(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::small(0))
}

static FUNCTIONS: &[NativeDef] = &[
    native("get_fips_mode()", "0: there is no such mode.", get_fips_mode),
    native("hmac_digest(key, msg, digest)", "The HMAC of a message.", hmac_digest),
    native("hmac_new(key, msg=b'', digestmod=None)", "Never makes an object; `hmac` does.", hmac_new),
    native(
        "new(name, data=b'', *, usedforsecurity=True, string=None)",
        "A hash object of the function with this name.",
        new,
    ),
    native(
        "pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None)",
        "A key derived from a password, with PKCS #5's function 2.",
        pbkdf2_hmac,
    ),
    native(
        "scrypt(password, *, salt, n, r, p, maxmem=0, dklen=64)",
        "A key derived from a password, with a function that takes much memory.",
        scrypt,
    ),
];

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    add_types(vm, dict, &[&UNSUPPORTED]);
    let names = HASHES.iter().map(|h| vm.str(h.0)).collect();
    dict.set_text("openssl_md_meth_names", call_builtin(vm, "frozenset", &[PyList::new(names).into_value()])?);
    let operator = import::import_path(vm, "_operator")?;
    dict.set_text("compare_digest", vm.get_attr_str(&operator, "_compare_digest")?);
    // There is one implementation of each; those of BLAKE2 have parameters of their own, and no such name.
    for (name, module) in HASHES.iter().filter(|h| h.1 != "_blake2") {
        let module = import::import_path(vm, module)?;
        dict.set_text(&format!("openssl_{name}"), vm.get_attr_str(&module, name)?);
    }
    Ok(())
}

/// The module `_hashlib`.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_hashlib", doc: "Key derivation, and hashes by name.", functions: FUNCTIONS, init: Some(init) };
