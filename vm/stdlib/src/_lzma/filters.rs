//! Filter chains: their specification in Python, and their encoded properties.

use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::KEY_ERROR;
use freeze_runtime::types::int;
use freeze_runtime::{Args, PyResult, Value, Vm};
use lzma_rust2::filter::{FilterConfig, FilterType};
use lzma_rust2::{EncodeMode, LzmaOptions, MfType};

use super::{error, invalid_options};

pub(super) const LZMA1: u64 = 0x4000_0000_0000_0001;
pub(super) const LZMA2: u64 = 0x21;
pub(super) const DELTA: u64 = 3;

/// Preset flag: slower and a little better.
const EXTREME: u32 = 1 << 31;

/// One filter of a chain.
pub(super) enum Filter {
    /// LZMA1 or LZMA2, which end a chain.
    Lzma { id: u64, options: LzmaOptions },
    /// What works on the data before that.
    Before { id: u64, property: u32 },
}

impl Filter {
    /// As a filter before the compression, if it is one.
    pub(super) fn config(&self) -> Option<FilterConfig> {
        match *self {
            Filter::Before { id, property } => {
                Some(FilterConfig { filter_type: FilterType::try_from(id).ok()?, property })
            }
            Filter::Lzma { .. } => None,
        }
    }
}

/// The filters before the last one, and the last one, which compresses.
pub(super) fn split(vm: &Vm, chain: &[Filter]) -> PyResult<(Vec<FilterConfig>, (u64, LzmaOptions))> {
    let (last, before) = chain.split_last().ok_or_else(|| error(vm, "Internal error"))?;
    let before: Option<Vec<FilterConfig>> = before.iter().map(Filter::config).collect();
    match (last, before) {
        (Filter::Lzma { id, options }, Some(before)) => Ok((before, (*id, options.clone()))),
        _ => Err(invalid_options(vm)),
    }
}

/// The options that a preset stands for.
pub(super) fn preset_options(vm: &Vm, preset: u32) -> PyResult<LzmaOptions> {
    let level = preset & 31;
    if level > 9 || preset & !(31 | EXTREME) != 0 {
        return Err(invalid_options(vm));
    }
    let mut options = LzmaOptions::with_preset(level);
    if preset & EXTREME != 0 {
        options.mode = EncodeMode::Normal;
        options.mf = MfType::Bt4;
        (options.nice_len, options.depth_limit) = if matches!(level, 3 | 5) { (192, 0) } else { (273, 512) };
    }
    Ok(options)
}

/// A number from a dict, if the key is there.
fn number(vm: &Vm, spec: &Value, key: &str) -> PyResult<Option<u64>> {
    let v = match vm.get_item(spec, &vm.str(key)) {
        Ok(v) => v,
        Err(e) if e.is(&KEY_ERROR) => return Ok(None),
        Err(e) => return Err(e),
    };
    let v = vm.index(&v)?;
    match int::as_i64(&v).map(u64::try_from) {
        Some(Ok(n)) => Ok(Some(n)),
        _ => vm.to_bigint(&v)?.try_into().map(Some).map_err(|_| vm.overflow_error("can't convert to unsigned int")),
    }
}

fn small(vm: &Vm, spec: &Value, key: &str) -> PyResult<Option<u32>> {
    match number(vm, spec, key)? {
        Some(n) => match u32::try_from(n) {
            Ok(n) => Ok(Some(n)),
            Err(_) => Err(vm.overflow_error("Value too large for uint32_t type")),
        },
        None => Ok(None),
    }
}

fn only_keys(vm: &Vm, spec: &Value, known: &[&str], what: &str) -> PyResult<()> {
    let mut found = 0;
    for key in known {
        if number_present(vm, spec, key)? {
            found += 1;
        }
    }
    if vm.len(spec)? != found {
        return Err(vm.value_error(format!("Invalid filter specifier for {what} filter")));
    }
    Ok(())
}

fn number_present(vm: &Vm, spec: &Value, key: &str) -> PyResult<bool> {
    match vm.get_item(spec, &vm.str(key)) {
        Ok(_) => Ok(true),
        Err(e) if e.is(&KEY_ERROR) => Ok(false),
        Err(e) => Err(e),
    }
}

fn lzma_filter(vm: &Vm, spec: &Value, id: u64) -> PyResult<Filter> {
    const KEYS: [&str; 10] = ["id", "preset", "dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"];
    only_keys(vm, spec, &KEYS, "LZMA")?;
    let preset = small(vm, spec, "preset")?.unwrap_or(6);
    let mut o = preset_options(vm, preset).map_err(|_| error(vm, &format!("Invalid compression preset: {preset}")))?;
    let set = |key: &str, target: &mut u32| -> PyResult<()> {
        if let Some(n) = small(vm, spec, key)? {
            *target = n;
        }
        Ok(())
    };
    set("dict_size", &mut o.dict_size)?;
    set("lc", &mut o.lc)?;
    set("lp", &mut o.lp)?;
    set("pb", &mut o.pb)?;
    set("nice_len", &mut o.nice_len)?;
    let mut mode = if matches!(o.mode, EncodeMode::Fast) { 1 } else { 2 };
    let mut mf = if matches!(o.mf, MfType::Hc4) { 4 } else { 0x14 };
    let mut depth = o.depth_limit as u32;
    set("mode", &mut mode)?;
    set("mf", &mut mf)?;
    set("depth", &mut depth)?;
    let valid = (4096..=0x6000_0000).contains(&o.dict_size)
        && o.lc + o.lp <= 4
        && o.pb <= 4
        && (2..=273).contains(&o.nice_len)
        && matches!(mode, 1 | 2)
        && matches!(mf, 3 | 4 | 0x12..=0x14);
    if !valid {
        return Err(invalid_options(vm));
    }
    // Only the better match finders exist; hash chains and binary trees stay what they are.
    o.mode = if mode == 1 { EncodeMode::Fast } else { EncodeMode::Normal };
    o.mf = if mf < 0x10 { MfType::Hc4 } else { MfType::Bt4 };
    o.nice_len = o.nice_len.max(LzmaOptions::NICE_LEN_MIN);
    o.depth_limit = depth.min(1 << 20) as i32;
    Ok(Filter::Lzma { id, options: o })
}

/// Reads one filter specifier.
pub(super) fn filter(vm: &Vm, spec: &Value) -> PyResult<Filter> {
    let mapping = spec.has_layout::<PyDict>()
        || (spec.class().slots().getitem.is_some() && vm.get_attr_opt(spec, &vm.intern("keys"))?.is_some());
    if !mapping {
        return Err(vm.type_error("Filter specifier must be a dict or dict-like object"));
    }
    let Some(id) = number(vm, spec, "id")? else {
        return Err(vm.value_error("Filter specifier must have an \"id\" entry"));
    };
    match id {
        LZMA1 | LZMA2 => lzma_filter(vm, spec, id),
        DELTA => {
            only_keys(vm, spec, &["id", "dist"], "delta")?;
            let property = small(vm, spec, "dist")?.unwrap_or(1);
            if !(1..=256).contains(&property) {
                return Err(invalid_options(vm));
            }
            Ok(Filter::Before { id, property })
        }
        4..=9 => {
            only_keys(vm, spec, &["id", "start_offset"], "BCJ")?;
            Ok(Filter::Before { id, property: small(vm, spec, "start_offset")?.unwrap_or(0) })
        }
        _ => Err(vm.value_error(format!("Invalid filter ID: {id}"))),
    }
}

/// Reads a chain of filters.
pub(super) fn chain(vm: &Vm, specs: &Value) -> PyResult<Vec<Filter>> {
    if specs.has_layout::<PyDict>() {
        return Err(vm.type_error("dict is not a sequence"));
    }
    let n = vm.len(specs)?;
    if n > 4 {
        return Err(vm.value_error("Too many filters - liblzma supports a maximum of 4"));
    }
    (0..n).map(|i| filter(vm, &vm.get_item(specs, &Value::usize(i))?)).collect()
}

/// The byte that tells the size of LZMA2's dictionary: sizes are 2 or 3 times a power of two.
fn dict_byte(size: u32) -> u8 {
    (0..40).find(|&b| dict_size(b).is_some_and(|n| n >= u64::from(size))).unwrap_or(40)
}

fn dict_size(byte: u8) -> Option<u64> {
    match byte {
        0..40 => Some((2 | u64::from(byte & 1)) << (byte / 2 + 11)),
        40 => Some(u64::from(u32::MAX)),
        _ => None,
    }
}

/// `_encode_filter_properties(filter)`
pub(super) fn encode_properties(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let out = match filter(vm, args.get(0))? {
        Filter::Lzma { id: LZMA2, options } => vec![dict_byte(options.dict_size)],
        Filter::Lzma { options, .. } => {
            let mut out = vec![options.get_props()];
            out.extend_from_slice(&options.dict_size.to_le_bytes());
            out
        }
        Filter::Before { id: DELTA, property } => vec![(property - 1) as u8],
        Filter::Before { property: 0, .. } => vec![],
        Filter::Before { property, .. } => property.to_le_bytes().to_vec(),
    };
    Ok(PyBytes::from_vec(out).into_value())
}

/// `_decode_filter_properties(filter_id, encoded_props)`
pub(super) fn decode_properties(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let id = match u64::try_from(vm.to_bigint(args.get(0))?) {
        Ok(id) => id,
        Err(_) => return Err(vm.overflow_error("can't convert negative int to unsigned")),
    };
    let props = buffer::to_vec(vm, args.get(1))?;
    let d = PyDict::new_ref();
    let put = |name: &str, n: u64| d.set_text(name, Value::int(n as i64));
    d.set_text("id", vm.new_int(id.into()));
    match (id, props.as_slice()) {
        (LZMA1, &[p, a, b, c, e]) if p < 225 && u32::from(p % 9) + u32::from(p / 9 % 5) <= 4 => {
            put("dict_size", u64::from(u32::from_le_bytes([a, b, c, e])));
            put("lc", u64::from(p % 9));
            put("lp", u64::from(p / 9 % 5));
            put("pb", u64::from(p / 45));
        }
        (LZMA2, &[byte]) => put("dict_size", dict_size(byte).ok_or_else(|| invalid_options(vm))?),
        (DELTA, &[byte]) => put("dist", u64::from(byte) + 1),
        (4..=9, &[]) => {}
        (4..=9, &[a, b, c, e]) => match u32::from_le_bytes([a, b, c, e]) {
            0 => {}
            n => put("start_offset", u64::from(n)),
        },
        _ => return Err(invalid_options(vm)),
    }
    Ok(d.into_value())
}
