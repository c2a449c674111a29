//! Constants of `mmap` that macOS has beyond the common ones.

use freeze_runtime::os::libc;

pub(super) static CONSTANTS: &[(&str, i32)] = &[
    ("MAP_HASSEMAPHORE", libc::MAP_HASSEMAPHORE),
    ("MAP_JIT", libc::MAP_JIT),
    ("MAP_NOCACHE", libc::MAP_NOCACHE),
    ("MAP_NOEXTEND", libc::MAP_NOEXTEND),
    ("MADV_FREE_REUSABLE", libc::MADV_FREE_REUSABLE),
    ("MADV_FREE_REUSE", libc::MADV_FREE_REUSE),
];
