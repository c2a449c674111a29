//! What operators, statements and built-in functions ask of any object: the abstract operations, all on `Vm`.

mod attr;
mod call;
mod compare;
mod convert;
mod item;
mod iter;
mod number;

pub use attr::Method;
