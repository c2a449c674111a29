//! Code that verifies must run without undefined behaviour, whatever it does: mutated bytecode runs in the virtual machine,
//! which is built with a sanitizer and with its own assertions.
//!
//! Each input runs in a child of the fuzzer's process, made when the virtual machine has started: what it breaks breaks for
//! itself alone, and the time it may take is limited. The counters of coverage lie in memory that both processes share. An
//! input that is stopped for time or dies of the memory it asked for is no finding.
#![no_main]

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, OnceLock};

use freeze_fuzz::bytecode::{Random, mutate, sealed};
use freeze_runtime::types::code::PyCode;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::vm::startup::{Config, Program};
use freeze_runtime::{Value, Vm};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

/// Milliseconds that an input may run.
const LONGEST: i64 = 400;

/// The thread with the virtual machine: takes inputs, gives the status with which the child ended.
struct Machine {
    inputs: SyncSender<Vec<u8>>,
    ends: Receiver<i32>,
}

static MACHINE: OnceLock<Mutex<Machine>> = OnceLock::new();

fuzz_target!(|body: &[u8]| {
    let bytes = sealed(body);
    // What does not even load need not be run.
    if freeze_bytecode::load(&bytes).is_err() {
        return;
    }
    let machine = MACHINE.get_or_init(start).lock().expect("one input at a time");
    machine.inputs.send(bytes).expect("the machine waits for it");
    let status = machine.ends.recv().expect("the machine answers");
    let stopped = libc::WIFSIGNALED(status) && matches!(libc::WTERMSIG(status), libc::SIGALRM | libc::SIGKILL);
    let fine = libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0;
    assert!(fine || stopped, "verified code ended its process with status {status:#x}");
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut random = Random::new(seed);
    if random.below(8) != 0
        && let Some(new) = mutate(&data[..size], max_size, &mut random)
    {
        data[..new.len()].copy_from_slice(&new);
        return new.len();
    }
    fuzzer_mutate(data, size, max_size)
});

fn start() -> Mutex<Machine> {
    share_counters();
    let (inputs, taken) = sync_channel(1);
    let (given, ends) = sync_channel(1);
    std::thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(move || {
            let config = Config {
                program: Program::Code(String::new()),
                hash_seed: Some(0),
                isolated: true,
                ignore_environment: true,
                no_site: true,
                ..Config::default()
            };
            let done = freeze_stdlib::start::with_bare_vm(config, is_harmless, |vm| serve(vm, &taken, &given));
            assert!(done.is_ok(), "the machine starts");
        })
        .expect("a thread for the machine");
    Mutex::new(Machine { inputs, ends })
}

/// Modules that reach nothing outside of the process.
fn is_harmless(module: &str) -> bool {
    matches!(
        module,
        "builtins"
            | "sys"
            | "_io"
            | "_codecs"
            | "_weakref"
            | "_weakrefset"
            | "_collections"
            | "_functools"
            | "_operator"
            | "itertools"
            | "math"
            | "cmath"
            | "gc"
            | "_abc"
            | "_random"
            | "_struct"
            | "_string"
            | "_sre"
            | "_json"
            | "array"
            | "_bisect"
            | "_heapq"
            | "_typing"
            | "_types"
            | "_contextvars"
            | "atexit"
            | "binascii"
            | "_datetime"
            | "_warnings"
            | "marshal"
    )
}

fn serve(vm: &Vm, inputs: &Receiver<Vec<u8>>, ends: &SyncSender<i32>) {
    for name in ["open", "input", "breakpoint", "exit", "quit"] {
        vm.runtime().builtins.set_text(name, Value::NONE);
    }
    for name in ["stdout", "stderr", "stdin", "__stdout__", "__stderr__", "__stdin__"] {
        vm.runtime().sys.set_text(name, Value::NONE);
    }
    while let Ok(bytes) = inputs.recv() {
        let mut status = 0;
        // SAFETY: the child has this thread alone, which holds all that it needs; it ends by `_exit`.
        unsafe {
            match libc::fork() {
                0 => {
                    limit();
                    run(vm, &bytes);
                    libc::_exit(0);
                }
                -1 => panic!("no process for an input"),
                child => while libc::waitpid(child, &mut status, 0) < 0 {},
            }
        }
        if ends.send(status).is_err() {
            return;
        }
    }
}

fn run(vm: &Vm, bytes: &[u8]) {
    let Ok(code) = PyCode::from_file(vm, bytes.into()) else { return };
    let globals = PyDict::new_ref();
    globals.set_text("__name__", vm.str("__main__"));
    let result = vm.run_code(&code, &globals, globals.as_value());
    // What it leaves behind is looked at and let go of.
    for name in ["f", "g", "main"] {
        if let Some(f) = globals.get_text(name) {
            let _ = vm.call(&f, &[]);
        }
    }
    drop(globals);
    drop(result);
    if let Some(gc) = vm.runtime().modules.get_text("gc") {
        let _ = vm.call_method(&gc, "collect", &[]);
    }
}

/// Ends the child when its time is up, and keeps it from writing.
fn limit() {
    // SAFETY: plain system calls on this process.
    unsafe {
        libc::signal(libc::SIGALRM, libc::SIG_DFL);
        let timer = libc::itimerval {
            it_interval: libc::timeval { tv_sec: 0, tv_usec: 0 },
            it_value: libc::timeval { tv_sec: 0, tv_usec: LONGEST * 1000 },
        };
        libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut());
        let nothing = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::setrlimit(libc::RLIMIT_CORE, &nothing);
    }
}

// The bounds of the counters. Named in assembly: a declaration of theirs in Rust would make the compiler's own, in the
// function that registers them, another symbol, which nobody defines.
std::arch::global_asm!(
    ".pushsection .data.rel.ro.freeze_counters, \"aw\"",
    ".balign 8",
    ".hidden __start___sancov_cntrs",
    ".hidden __stop___sancov_cntrs",
    ".hidden freeze_counters",
    ".globl freeze_counters",
    "freeze_counters:",
    ".quad __start___sancov_cntrs",
    ".quad __stop___sancov_cntrs",
    ".popsection",
);

unsafe extern "C" {
    #[link_name = "freeze_counters"]
    static COUNTERS: [usize; 2];
}

/// Puts the counters of coverage, as far as they fill whole pages, into memory that children share.
fn share_counters() {
    const PAGE: usize = 4096;
    // SAFETY: two words, written when the program was loaded.
    let [start, stop] = unsafe { COUNTERS };
    let (from, to) = (start.next_multiple_of(PAGE), stop / PAGE * PAGE);
    if from >= to {
        return;
    }
    // SAFETY: the pages hold nothing but counters, plain bytes, which are copied over.
    unsafe {
        let old = std::slice::from_raw_parts(from as *const u8, to - from).to_vec();
        let place = libc::mmap(
            from as *mut libc::c_void,
            to - from,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_ANONYMOUS | libc::MAP_FIXED,
            -1,
            0,
        );
        assert!(place as usize == from, "memory for the counters");
        std::ptr::copy_nonoverlapping(old.as_ptr(), from as *mut u8, old.len());
    }
}
