//! The built-in types, one file (or folder) each. Every file ends with its `TypeDef` and method tables.

pub mod bool_;
pub mod buffer;
mod byte_methods;
pub mod bytearray;
pub mod bytes;
pub mod cell;
pub mod classmethod;
pub mod code;
pub mod complex;
pub mod descriptor;
pub mod dict;
pub mod dict_iter;
mod dict_methods;
pub mod dict_views;
pub mod enumerate;
pub mod exception;
pub mod filter;
pub mod float;
pub mod frame;
pub mod frame_locals;
pub mod function;
pub mod generator;
pub mod generic_alias;
pub mod int;
pub mod iterator;
pub mod list;
pub mod list_iter;
mod list_methods;
pub mod list_sort;
pub mod map;
pub(crate) mod mapped_builtins;
pub mod mappingproxy;
pub mod memoryview;
pub mod method;
pub mod module;
pub mod namespace;
pub mod native_function;
pub mod object;
mod percent_format;
pub mod property;
pub mod raising;
pub mod range;
pub mod reversed;
pub mod seq;
pub mod set;
mod set_methods;
pub mod singletons;
pub mod slice;
mod slot_functions;
pub(crate) mod slot_table;
mod slot_wrappers;
pub mod str;
pub mod super_;
pub mod template;
pub mod traceback;
pub mod tuple;
pub mod type_;
pub mod typevar;
pub mod union;
pub mod weakref;
pub mod zip;

/// All built-in types that exist from the start. Those of native modules are readied when their module is imported.
pub static BUILTIN: &[&crate::Type] = &[
    &object::OBJECT,
    &type_::TYPE,
    &bool_::BOOL,
    &bytearray::BYTEARRAY,
    &bytes::BYTEARRAY_ITERATOR,
    &bytes::BYTES,
    &bytes::BYTES_ITERATOR,
    &cell::CELL,
    &classmethod::CLASSMETHOD,
    &classmethod::STATICMETHOD,
    &code::CODE,
    &complex::COMPLEX,
    &descriptor::CLASSMETHOD_DESCRIPTOR,
    &descriptor::GETSET_DESCRIPTOR,
    &descriptor::MEMBER_DESCRIPTOR,
    &descriptor::METHOD_DESCRIPTOR,
    &descriptor::METHOD_WRAPPER,
    &descriptor::WRAPPER_DESCRIPTOR,
    &dict::DICT,
    &dict_iter::ITEM_ITERATOR,
    &dict_iter::KEY_ITERATOR,
    &dict_iter::REVERSE_ITEM_ITERATOR,
    &dict_iter::REVERSE_KEY_ITERATOR,
    &dict_iter::REVERSE_VALUE_ITERATOR,
    &dict_iter::VALUE_ITERATOR,
    &dict_views::DICT_ITEMS,
    &dict_views::DICT_KEYS,
    &dict_views::DICT_VALUES,
    &enumerate::ENUMERATE,
    &filter::FILTER,
    &float::FLOAT,
    &frame::FRAME,
    &frame_locals::FRAME_LOCALS,
    &function::FUNCTION,
    &generator::ASYNC_GEN,
    &generator::COROUTINE,
    &generator::ANEXT_AWAITABLE,
    &generator::COROUTINE_WRAPPER,
    &generator::GENERATOR,
    &generic_alias::GENERIC_ALIAS,
    &int::INT,
    &iterator::CALLABLE_ITERATOR,
    &iterator::SEQUENCE_ITERATOR,
    &list::LIST,
    &list_iter::LIST_ITERATOR,
    &list_iter::LIST_REVERSE_ITERATOR,
    &map::MAP,
    &mappingproxy::MAPPING_PROXY,
    &memoryview::MEMORYVIEW,
    &method::METHOD,
    &module::MODULE,
    &native_function::NATIVE_FUNCTION,
    &range::LONG_RANGE_ITERATOR,
    &range::RANGE,
    &range::RANGE_ITERATOR,
    &reversed::REVERSED,
    &set::FROZENSET,
    &set::SET,
    &set::SET_ITERATOR,
    &singletons::ELLIPSIS_TYPE,
    &singletons::NONE_TYPE,
    &singletons::NOT_IMPLEMENTED_TYPE,
    &slice::SLICE,
    &str::STR,
    &self::str::iter::STR_ITERATOR,
    &property::PROPERTY,
    &super_::SUPER,
    &traceback::TRACEBACK,
    &template::INTERPOLATION,
    &template::TEMPLATE,
    &template::TEMPLATE_ITER,
    &tuple::TUPLE,
    &tuple::TUPLE_ITERATOR,
    &union::UNION,
    &zip::ZIP,
];

/// Readies the built-in types: at start-up, before anything else uses them.
pub fn ready_all(vm: &crate::Vm) {
    for t in BUILTIN.iter().chain(exception::ALL).chain(typevar::ALL).chain(&generator::HIDDEN_TYPES) {
        type_::ready(vm, t);
    }
    exception::ready_group();
}

#[cfg(test)]
mod value_tests;
