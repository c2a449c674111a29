//! Local time: from and to timestamps, with the fold found out.

use freeze_runtime::os::time as sys;
use freeze_runtime::{PyResult, Value, Vm};

use super::calendar::{Clock, Ymd};
use super::datetime::{self, DateTime};
use super::delta;
use super::zone;

/// Seconds from the beginning of year 1 to that of 1970.
pub(super) const EPOCH: i64 = 719_162 * 86_400;
/// No zone has ever repeated more than this.
const MAX_FOLD: i64 = 24 * 3600;

/// The local reading (in seconds since the beginning of year 1) at a moment given as seconds since then in UTC.
fn local(vm: &Vm, utc: i64) -> PyResult<i64> {
    let b = sys::localtime(utc - EPOCH).map_err(|e| vm.os_error(&e, None))?;
    reading(vm, &b)
}

fn reading(vm: &Vm, b: &sys::Broken) -> PyResult<i64> {
    if !(1..=9999).contains(&b.year) {
        return Err(vm.value_error(format!("year {} is out of range", b.year)));
    }
    let ymd = Ymd { year: b.year as i32, month: b.month, day: b.day };
    // A leap second is read as the one before.
    let clock = Clock { hour: b.hour, minute: b.minute, second: b.second.min(59), us: 0 };
    Ok(i64::from(ymd.ordinal() - 1) * 86_400 + i64::from(clock.seconds()))
}

/// Calendar, clock and fold of a timestamp, local or in UTC.
pub(super) fn from_timestamp(vm: &Vm, seconds: i64, utc: bool) -> PyResult<(Ymd, i32, bool)> {
    let broken = if utc { sys::gmtime(seconds) } else { sys::localtime(seconds) };
    let mine = reading(vm, &broken.map_err(|e| vm.os_error(&e, None))?)?;
    let mut fold = false;
    // A reading that a day ago was further away than a day lies behind a jump back: it may be the second of two.
    if !utc && mine > MAX_FOLD {
        let probe = local(vm, EPOCH + seconds - MAX_FOLD)?;
        let jump = mine - probe - MAX_FOLD;
        if jump < 0 {
            fold = local(vm, EPOCH + seconds + jump)? == mine;
        }
    }
    let (ymd, rest) = datetime::split(vm, mine)?;
    Ok((ymd, rest, fold))
}

/// The moment (in seconds since the beginning of year 1, UTC) of a local reading.
pub(super) fn to_utc(vm: &Vm, t: i64, fold: bool) -> PyResult<i64> {
    let a = local(vm, t)? - t;
    let u1 = t - a;
    let t1 = local(vm, u1)?;
    let b = if t1 == t {
        // One moment is found. With the other fold there may be another on the other side of a jump.
        let u2 = if fold { u1 + MAX_FOLD } else { u1 - MAX_FOLD };
        let b = local(vm, u2)? - u2;
        if a == b {
            return Ok(u1);
        }
        b
    } else {
        t1 - u1
    };
    let u2 = t - b;
    if local(vm, u2)? == t {
        return Ok(u2);
    }
    if t1 == t {
        return Ok(u1);
    }
    // Neither offset fits: the reading lies in a gap.
    Ok(if fold { u1.min(u2) } else { u1.max(u2) })
}

/// The `timezone` that local time has at a moment.
fn zone_at(vm: &Vm, utc: i64) -> PyResult<Value> {
    let b = sys::localtime(utc - EPOCH).map_err(|e| vm.os_error(&e, None))?;
    let offset = delta::of_us(vm, i128::from(b.offset) * 1_000_000)?;
    zone::of_delta(vm, &offset, Some(crate::convert::decode_fs(&b.zone)))
}

/// The `timezone` of local time for a reading without tzinfo.
pub(super) fn zone_of_reading(vm: &Vm, d: &DateTime) -> PyResult<Value> {
    let (t, fold) = (d.seconds(), d.fold.get());
    let mut at = to_utc(vm, t, fold)?;
    let other = to_utc(vm, t, !fold)?;
    // In a gap or a fold the two differ.
    if other != at && (other > at) == fold {
        at = other;
    }
    zone_at(vm, at)
}

/// The `timezone` of local time at the moment of an aware datetime whose offset is known.
pub(super) fn zone_of_moment(vm: &Vm, d: &DateTime, offset: i128) -> PyResult<Value> {
    let total = d.total() - offset;
    zone_at(vm, total.div_euclid(1_000_000) as i64)
}
