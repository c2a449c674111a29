//! Constants of `mmap` that Linux has beyond the common ones.

use freeze_runtime::os::libc;

pub(super) static CONSTANTS: &[(&str, i32)] = &[
    ("MAP_POPULATE", libc::MAP_POPULATE),
    ("MAP_STACK", libc::MAP_STACK),
    ("MAP_DENYWRITE", libc::MAP_DENYWRITE),
    ("MAP_EXECUTABLE", libc::MAP_EXECUTABLE),
    ("MADV_REMOVE", libc::MADV_REMOVE),
    ("MADV_DONTFORK", libc::MADV_DONTFORK),
    ("MADV_DOFORK", libc::MADV_DOFORK),
    ("MADV_HUGEPAGE", libc::MADV_HUGEPAGE),
    ("MADV_NOHUGEPAGE", libc::MADV_NOHUGEPAGE),
    ("MADV_MERGEABLE", libc::MADV_MERGEABLE),
    ("MADV_UNMERGEABLE", libc::MADV_UNMERGEABLE),
    ("MADV_DONTDUMP", libc::MADV_DONTDUMP),
    ("MADV_DODUMP", libc::MADV_DODUMP),
];
