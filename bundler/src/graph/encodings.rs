//! Text encodings: which calls name one, and which module of the library's package `encodings` serves it.

use std::collections::BTreeMap;

use rustpython_ast::{Expr, ExprCall};

/// An encoding in a call.
pub(super) struct Named<'a> {
    pub(super) expr: &'a Expr,
    /// Whether it is an encoding for sure, so that one which is no text may be any.
    pub(super) certain: bool,
}

/// The encoding that a call names, by position or by keyword; `name` is the dotted name of what is called, if it has one.
pub(super) fn named<'a>(call: &'a ExprCall, name: Option<&str>) -> Option<Named<'a>> {
    let by_keyword = call.arguments.keywords.iter().find(|k| k.arg.as_ref().is_some_and(|a| a.as_str() == "encoding"));
    if let Some(keyword) = by_keyword {
        return Some(Named { expr: &keyword.value, certain: true });
    }
    let method = match &*call.func {
        Expr::Attribute(a) => Some(a.attr.as_str()),
        _ => None,
    };
    let last = method.or(name.and_then(|name| name.rsplit('.').next()))?;
    // Of a method's object nothing is known but what it is called: what has no name may be of any class.
    let (position, certain) = match (name.unwrap_or_default(), last) {
        ("str" | "bytes" | "bytearray", _) => (1, true),
        ("codecs.open", _) => (2, true),
        ("os.open", _) => return None,
        ("open" | "io.open" | "os.fdopen" | "builtins.open", _) => (3, true),
        // A path's.
        (_, "open") => (2, false),
        (_, "write_text" | "TextIOWrapper" | "EncodedFile" | "iterdecode" | "iterencode") => (1, false),
        (_, "read_text") => (0, false),
        (_, "decode" | "encode" | "getreader" | "getwriter" | "getdecoder" | "getencoder") => (0, name.is_some()),
        // A method of much else.
        (_, "lookup") => (0, false),
        _ => return None,
    };
    call.arguments.args.get(position).map(|expr| Named { expr, certain })
}

/// The module of package `encodings` that serves an encoding, if its name is known: `aliases` is the library's table
/// of other names, `exists` says whether there is such a module.
pub(super) fn module(name: &str, aliases: &BTreeMap<String, String>, exists: impl Fn(&str) -> bool) -> Option<String> {
    let plain = normalized(name);
    let alias = aliases.get(&plain).or_else(|| aliases.get(&plain.replace('.', "_")));
    alias.into_iter().chain([&plain]).map(|module| format!("encodings.{module}")).find(|module| exists(module))
}

/// A name as the library's table has it: small letters, and one underscore for whatever stands between letters and digits.
fn normalized(name: &str) -> String {
    let parts = name.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("_").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_lead_to_the_module() {
        let table =
            [("iso_8859_15", "iso8859_15"), ("windows_1250", "cp1250"), ("hex", "hex_codec"), ("gone", "nowhere")];
        let aliases = table.map(|(from, to)| (from.to_string(), to.to_string())).into();
        let there = ["iso8859_15", "cp1250", "cp850", "gone", "hex_codec"].map(|name| format!("encodings.{name}"));
        let find = |name: &str| module(name, &aliases, |module| there.iter().any(|m| m == module));
        assert_eq!(find("ISO-8859-15").as_deref(), Some("encodings.iso8859_15"));
        assert_eq!(find(" windows--1250").as_deref(), Some("encodings.cp1250"));
        assert_eq!(find("cp850").as_deref(), Some("encodings.cp850"));
        assert_eq!(find("hex").as_deref(), Some("encodings.hex_codec"));
        assert_eq!(find("gone").as_deref(), Some("encodings.gone"));
        assert_eq!(find("klingon"), None);
    }
}
