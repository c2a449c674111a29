//! The cycle collector: finds groups of tracked objects that only refer to each other.
//!
//! Tracked objects stand in one of three generation vectors; the header's collector word holds generation and index, so
//! tracking and untracking are O(1) and cost 8 bytes an object. A collection subtracts internal references from counts;
//! what keeps a positive rest, and all that is reachable from it, survives.
#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

use super::header::{Header, clear_object, trace_object};
use super::reserve::has_room;
use super::typeobj::TypeFlags;
use super::value::Value;

/// Collector word of an object that is not tracked.
pub(crate) const UNTRACKED: u32 = GEN_MASK;
/// Flag: weak references to this object exist.
pub(crate) const WEAKLY_REFERENCED: u32 = 1 << 31;
/// Flag: the finalizer has run.
pub(crate) const FINALIZED: u32 = 1 << 30;
const GEN_SHIFT: u32 = 28;
const GEN_MASK: u32 = 3 << GEN_SHIFT;
const INDEX_MASK: u32 = (1 << GEN_SHIFT) - 1;

type Link = NonNull<Header>;

struct Collector {
    generations: [RefCell<Vec<Link>>; 3],
    thresholds: [Cell<usize>; 3],
    /// How many young objects make a collection wanted: the first threshold that somebody has set, else what pays.
    limit: Cell<usize>,
    /// What pays, as collections have found it: they come less often while they find nothing.
    pays: Cell<usize>,
    /// Frozen modules that are being loaded.
    imports: Cell<u32>,
    /// Collections of the younger generation since the last one of this.
    counts: [Cell<usize>; 3],
    enabled: Cell<bool>,
    running: Cell<bool>,
    wanted: Cell<bool>,
    /// collections, collected, uncollectable
    stats: [Cell<[u64; 3]>; 3],
    frozen: RefCell<Vec<Link>>,
    /// `DEBUG_SAVEALL`: garbage is kept here instead of being cleared.
    save_all: Cell<bool>,
    saved: RefCell<Vec<Value>>,
    /// Objects in the oldest generation after its last collection.
    old_after_last: Cell<usize>,
}
// SAFETY: only touched under the interpreter lock.
unsafe impl Sync for Collector {}

static GC: Collector = Collector {
    generations: [const { RefCell::new(Vec::new()) }; 3],
    thresholds: [Cell::new(YOUNG), Cell::new(10), Cell::new(10)],
    limit: Cell::new(YOUNG),
    pays: Cell::new(YOUNG),
    imports: Cell::new(0),
    counts: [const { Cell::new(0) }; 3],
    enabled: Cell::new(true),
    running: Cell::new(false),
    wanted: Cell::new(false),
    stats: [const { Cell::new([0; 3]) }; 3],
    frozen: RefCell::new(Vec::new()),
    save_all: Cell::new(false),
    saved: RefCell::new(Vec::new()),
    old_after_last: Cell::new(0),
};

/// The first threshold, as long as nobody sets another.
const YOUNG: usize = 2000;

/// What it is while modules are loaded: nearly all that they make stays, so that looking through it is for nothing.
const YOUNG_WHILE_LOADING: usize = 20_000;

/// What it grows to where collections find hardly anything.
const YOUNG_MOST: usize = 16_000;

/// While it lives, a frozen module is being loaded.
pub(crate) struct Loading(());

impl Loading {
    pub(crate) fn begin() -> Loading {
        GC.imports.set(GC.imports.get() + 1);
        set_limit();
        Loading(())
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        GC.imports.set(GC.imports.get() - 1);
        set_limit();
        if GC.generations[0].borrow().len() >= GC.limit.get() && GC.thresholds[0].get() == YOUNG && !GC.running.get() {
            count_as_old();
        }
    }
}

/// Counts the young objects as old without looking at them.
fn count_as_old() {
    let (mut young, mut old) = (GC.generations[0].borrow_mut(), GC.generations[2].borrow_mut());
    if old.len() + young.len() >= INDEX_MASK as usize || old.try_reserve(young.len()).is_err() {
        return;
    }
    for p in young.drain(..) {
        set_place(p, 2, old.len());
        old.push(p);
    }
}

fn set_limit() {
    let young = GC.thresholds[0].get();
    GC.limit.set(match young {
        YOUNG if GC.imports.get() > 0 => YOUNG_WHILE_LOADING,
        YOUNG => GC.pays.get(),
        set => set,
    });
}

fn generation(word: u32) -> usize {
    ((word & GEN_MASK) >> GEN_SHIFT) as usize
}

fn set_place(p: Link, generation: usize, index: usize) {
    // SAFETY: tracked objects are alive.
    let gc = unsafe { &p.as_ref().gc };
    gc.set(gc.get() & (WEAKLY_REFERENCED | FINALIZED) | (generation as u32) << GEN_SHIFT | index as u32);
}

/// Starts to track an object.
#[inline]
pub(crate) fn track(p: Link) {
    let mut young = GC.generations[0].borrow_mut();
    let index = young.len();
    if index as u32 >= INDEX_MASK || (index == young.capacity() && !grow(&mut young)) {
        return;
    }
    young.push(p);
    set_place(p, 0, index);
    if index >= GC.limit.get() && GC.enabled.get() && !GC.wanted.get() {
        drop(young);
        ask();
    }
}

/// Makes room for more objects. Those that there is no room for are not tracked: their cycles stay.
#[cold]
#[inline(never)]
fn grow(objects: &mut Vec<Link>) -> bool {
    objects.try_reserve(1).is_ok() || objects.try_reserve_exact(1024).is_ok()
}

#[cold]
fn ask() {
    if GC.thresholds[0].get() > 0 && !GC.running.get() {
        GC.wanted.set(true);
        crate::vm::request_attention();
    }
}

/// Stops tracking.
#[inline]
pub(crate) fn untrack(p: Link) {
    // SAFETY: the caller has a live object.
    let word = unsafe { p.as_ref().gc.get() };
    let generation = generation(word);
    if generation == 3 {
        return;
    }
    let mut all = GC.generations[generation].borrow_mut();
    let index = (word & INDEX_MASK) as usize;
    all.swap_remove(index);
    if let Some(&moved) = all.get(index) {
        set_place(moved, generation, index);
    }
    // SAFETY: as above.
    unsafe { p.as_ref().gc.set(word | UNTRACKED) };
}

/// Whether the collector knows this object (`gc.is_tracked`).
pub fn is_tracked(v: &Value) -> bool {
    v.header().is_some_and(|h| generation(h.gc.get()) != 3)
}

/// Whether the finalizer of this object has run (`gc.is_finalized`).
pub fn is_finalized(v: &Value) -> bool {
    v.header().is_some_and(|h| h.gc.get() & FINALIZED != 0)
}

/// Whether allocation has asked for a collection since the last.
pub fn wanted() -> bool {
    GC.wanted.get()
}

/// Runs the collection that allocation asked for.
pub fn collect_wanted() {
    GC.wanted.set(false);
    if !GC.enabled.get() || GC.running.get() {
        return;
    }
    let mut oldest = 0;
    GC.counts[1].set(GC.counts[1].get() + 1);
    if GC.counts[1].get() > GC.thresholds[1].get() {
        oldest = 1;
        GC.counts[2].set(GC.counts[2].get() + 1);
        // A full collection only pays when a quarter of the old objects is new.
        let old = GC.generations[2].borrow().len();
        if GC.counts[2].get() > GC.thresholds[2].get() && old >= GC.old_after_last.get() / 4 * 5 {
            oldest = 2;
        }
    }
    let looked_at = GC.generations[0].borrow().len();
    let found = collect(oldest);
    GC.pays.set(if found * 20 > looked_at { YOUNG } else { (GC.pays.get() * 2).min(YOUNG_MOST) });
    set_limit();
}

/// Collects generations `0..=oldest`; gives the number of unreachable objects found.
pub fn collect(oldest: usize) -> usize {
    if GC.running.replace(true) {
        return 0;
    }
    let found = run(oldest);
    for (i, count) in GC.counts.iter().enumerate() {
        if i <= oldest {
            count.set(0);
        }
    }
    if oldest == 2 {
        GC.old_after_last.set(GC.generations[2].borrow().len());
    }
    let mut s = GC.stats[oldest].get();
    s[0] += 1;
    s[1] += found as u64;
    GC.stats[oldest].set(s);
    GC.running.set(false);
    found
}

/// Bytes that a collection needs beside for every object that it looks at.
const PER_OBJECT: usize = 2 * size_of::<Link>() + size_of::<usize>() + size_of::<u32>();

fn run(oldest: usize) -> usize {
    let count: usize = GC.generations[..=oldest].iter().map(|g| g.borrow().len()).sum();
    let older = (oldest + 1).min(2);
    let grows = GC.generations[older].borrow_mut().try_reserve(if older > oldest { count } else { 0 });
    if grows.is_err() || has_room(count * PER_OBJECT).is_err() {
        return 0;
    }
    // The candidates are moved into one vector; `place` in their header becomes the index there.
    let mut objects: Vec<Link> = Vec::new();
    for g in 0..=oldest {
        objects.append(&mut GC.generations[g].borrow_mut());
    }
    // Generation number 0 marks candidates only while this function runs: everything else is in an older one.
    for (i, &p) in objects.iter().enumerate() {
        set_place(p, 0, i);
    }
    // SAFETY: tracked objects are alive.
    let mut rest: Vec<u32> = objects.iter().map(|p| unsafe { p.as_ref().refcount() }).collect();
    let candidate = |v: &Value| -> Option<usize> {
        let word = v.header()?.gc.get();
        (generation(word) == 0).then_some((word & INDEX_MASK) as usize)
    };
    for &p in &objects {
        trace_object(p, &mut |v| {
            if let Some(i) = candidate(v) {
                rest[i] = rest[i].wrapping_sub(1);
            }
        });
        // Instances keep their class alive.
        // SAFETY: tracked objects are alive.
        let class = unsafe { p.as_ref().class() }.as_value();
        if let Some(i) = candidate(&class) {
            rest[i] = rest[i].wrapping_sub(1);
        }
    }
    let mut reachable = vec![false; objects.len()];
    let mut work: Vec<usize> = (0..objects.len()).filter(|&i| rest[i] > 0).collect();
    for &i in &work {
        reachable[i] = true;
    }
    while let Some(i) = work.pop() {
        let mut visit = |v: &Value| {
            if let Some(j) = candidate(v)
                && !reachable[j]
            {
                reachable[j] = true;
                work.push(j);
            }
        };
        trace_object(objects[i], &mut visit);
        // SAFETY: tracked objects are alive.
        visit(&unsafe { objects[i].as_ref().class() }.as_value());
    }
    // Survivors grow older; the rest is held by `dead` from here on.
    let mut dead: Vec<Value> = Vec::new();
    {
        let mut target = GC.generations[older].borrow_mut();
        // Objects tracked while tracing ran (there are none: tracing allocates nothing) would be in generation 0.
        for (i, &p) in objects.iter().enumerate() {
            if !reachable[i] {
                // SAFETY: still alive: nothing has been cleared yet.
                dead.push(unsafe { Value::from_borrowed(p) });
            }
            let index = target.len();
            target.push(p);
            set_place(p, older, index);
        }
    }
    if dead.is_empty() {
        return 0;
    }
    crate::types::weakref::clear_for_garbage(&dead);
    let mut finalized = false;
    for v in &dead {
        let Some(h) = v.header() else { continue };
        if h.class().flags().has(TypeFlags::HAS_FINALIZER) && h.gc.get() & FINALIZED == 0 {
            h.gc.set(h.gc.get() | FINALIZED);
            crate::types::object::run_finalizer(v);
            finalized = true;
        }
    }
    if finalized {
        // What a finalizer made reachable again stays, with all that hangs on it.
        let alive = resurrected(&dead);
        let mut i = 0;
        dead.retain(|_| {
            i += 1;
            !alive[i - 1]
        });
        if dead.is_empty() {
            return 0;
        }
    }
    let found = dead.len();
    if GC.save_all.get() {
        GC.saved.borrow_mut().append(&mut dead);
        return found;
    }
    for v in &dead {
        if let Some(h) = v.header() {
            clear_object(NonNull::from_ref(h));
        }
    }
    drop(dead);
    found
}

/// Which of the dead a finalizer has made reachable from outside again.
fn resurrected(dead: &[Value]) -> Vec<bool> {
    use std::collections::HashMap;
    let index: HashMap<u64, usize> = dead.iter().enumerate().map(|(i, v)| (v.bits(), i)).collect();
    // One reference each is ours.
    let mut rest: Vec<u32> = dead.iter().map(|v| v.refcount() - 1).collect();
    for v in dead {
        let Some(h) = v.header() else { continue };
        let mut visit = |w: &Value| {
            if let Some(&i) = index.get(&w.bits()) {
                rest[i] = rest[i].wrapping_sub(1);
            }
        };
        trace_object(NonNull::from_ref(h), &mut visit);
        visit(&h.class().as_value());
    }
    let mut alive: Vec<bool> = rest.iter().map(|&r| r > 0).collect();
    let mut work: Vec<usize> = (0..dead.len()).filter(|&i| alive[i]).collect();
    while let Some(i) = work.pop() {
        let Some(h) = dead[i].header() else { continue };
        let mut visit = |w: &Value| {
            if let Some(&j) = index.get(&w.bits())
                && !std::mem::replace(&mut alive[j], true)
            {
                work.push(j);
            }
        };
        trace_object(NonNull::from_ref(h), &mut visit);
        visit(&h.class().as_value());
    }
    alive
}

/// Whether garbage is kept for [`take_saved`] (`gc.DEBUG_SAVEALL`).
pub fn set_save_all(on: bool) {
    GC.save_all.set(on);
}

/// The garbage that was kept.
pub fn take_saved() -> Vec<Value> {
    GC.saved.take()
}

/// `gc.enable` and `gc.disable`.
pub fn set_enabled(on: bool) {
    GC.enabled.set(on);
}

/// `gc.isenabled`
pub fn enabled() -> bool {
    GC.enabled.get()
}

/// `gc.get_threshold`
pub fn thresholds() -> [usize; 3] {
    [GC.thresholds[0].get(), GC.thresholds[1].get(), GC.thresholds[2].get()]
}

/// `gc.set_threshold`
pub fn set_thresholds(t: [usize; 3]) {
    for (cell, n) in GC.thresholds.iter().zip(t) {
        cell.set(n);
    }
    set_limit();
}

/// `gc.get_count`
pub fn counts() -> [usize; 3] {
    [GC.generations[0].borrow().len(), GC.counts[1].get(), GC.counts[2].get()]
}

/// `gc.get_stats`: collections, collected, uncollectable per generation.
pub fn stats() -> [[u64; 3]; 3] {
    [GC.stats[0].get(), GC.stats[1].get(), GC.stats[2].get()]
}

/// All tracked objects of a generation, or of all (`gc.get_objects`).
pub fn objects(only: Option<usize>) -> Vec<Value> {
    let mut out = Vec::new();
    for g in 0..3 {
        if only.is_none_or(|o| o == g) {
            // SAFETY: tracked objects are alive.
            out.extend(GC.generations[g].borrow().iter().map(|&p| unsafe { Value::from_borrowed(p) }));
        }
    }
    out
}

/// `gc.freeze`: the collector forgets all objects that exist now.
pub fn freeze() {
    let mut frozen = GC.frozen.borrow_mut();
    for g in &GC.generations {
        for p in g.borrow_mut().drain(..) {
            // SAFETY: tracked objects are alive. Each frozen object is kept alive by one reference of ours.
            unsafe {
                p.as_ref().gc.set(p.as_ref().gc.get() | UNTRACKED);
                p.as_ref().incref();
            }
            frozen.push(p);
        }
    }
}

/// `gc.unfreeze`
pub fn unfreeze() {
    let frozen = std::mem::take(&mut *GC.frozen.borrow_mut());
    for p in frozen {
        track(p);
        // SAFETY: gives back the reference that `freeze` took.
        unsafe { super::header::decref(p) };
    }
}

/// `gc.get_freeze_count`
pub fn freeze_count() -> usize {
    GC.frozen.borrow().len()
}

/// The objects that `v` refers to directly (`gc.get_referents`).
pub fn referents(v: &Value) -> Vec<Value> {
    let mut out = Vec::new();
    if let Some(h) = v.header() {
        trace_object(NonNull::from_ref(h), &mut |w| {
            if !w.is_unbound() {
                out.push(w.clone());
            }
        });
    }
    out
}
