//! The native modules of the standard library, one file or folder each; [`registry`] lists them. [`start`] makes the
//! interpreter out of them and runs a program.

pub mod _abc;
pub mod _ast;
pub mod _asyncio;
pub mod _bisect;
pub mod _blake2;
pub mod _bz2;
pub mod _codecs;
pub mod _collections;
pub mod _contextvars;
pub mod _csv;
pub mod _datetime;
pub mod _decimal;
#[cfg(windows)]
pub mod _foreign;
pub mod _functools;
pub mod _hashlib;
pub mod _heapq;
pub mod _imp;
pub mod _io;
pub mod _json;
pub mod _locale;
pub mod _lzma;
pub mod _md5;
pub mod _multiprocessing;
pub mod _opcode;
pub mod _operator;
pub mod _pickle;
#[cfg(unix)]
pub mod _posixshmem;
#[cfg(unix)]
pub mod _posixsubprocess;
pub mod _queue;
pub mod _random;
#[cfg(target_vendor = "apple")]
pub mod _scproxy;
pub mod _sha1;
pub mod _sha2;
pub mod _sha3;
pub mod _signal;
pub mod _socket;
#[cfg(feature = "sqlite")]
pub mod _sqlite3;
pub mod _sre;
#[cfg(feature = "tls")]
pub mod _ssl;
pub mod _stat;
pub mod _statistics;
pub mod _string;
pub mod _struct;
pub mod _symtable;
#[cfg(unix)]
pub mod _sysconfigdata;
pub mod _thread;
pub mod _tokenize;
pub mod _tracemalloc;
pub mod _typing;
pub mod _warnings;
pub mod _weakref;
#[cfg(windows)]
pub mod _winapi;
pub mod array;
pub mod atexit;
pub mod binascii;
pub mod builtins;
pub mod cmath;
mod convert;
pub mod errno;
pub mod faulthandler;
#[cfg(unix)]
pub mod fcntl;
pub mod gc;
#[cfg(unix)]
pub mod grp;
mod hashing;
pub mod itertools;
pub mod marshal;
pub mod math;
pub mod mmap;
#[cfg(windows)]
pub mod msvcrt;
mod native_type;
pub mod posix;
#[cfg(unix)]
pub mod pwd;
pub mod pyexpat;
pub mod registry;
#[cfg(unix)]
pub mod resource;
pub mod select;
pub mod start;
mod structseq;
pub mod sys;
#[cfg(unix)]
pub mod termios;
pub mod time;
pub mod unicodedata;
#[cfg(windows)]
pub mod winreg;
pub mod zlib;
