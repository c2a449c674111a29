//! The native modules of the standard library, one file or folder each; [`registry`] lists them. [`start`] makes the
//! interpreter out of them and runs a program.

pub mod _abc;
pub mod _bisect;
pub mod _codecs;
pub mod _collections;
pub mod _contextvars;
pub mod _csv;
pub mod _functools;
pub mod _heapq;
pub mod _io;
pub mod _json;
pub mod _operator;
pub mod _queue;
pub mod _random;
pub mod _signal;
pub mod _sre;
pub mod _statistics;
pub mod _string;
pub mod _struct;
pub mod _weakref;
pub mod atexit;
pub mod binascii;
pub mod builtins;
pub mod cmath;
mod convert;
pub mod array;
pub mod gc;
pub mod itertools;
pub mod math;
mod native_type;
pub mod posix;
pub mod registry;
pub mod start;
mod structseq;
pub mod sys;
pub mod unicodedata;
