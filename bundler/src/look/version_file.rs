//! PyInstaller's version files: a Python expression `VSVersionInfo(ffi=FixedFileInfo(…), kids=[…])`, which is read as it
//! stands and not run.

use std::path::Path;

use freeze_compiler::Mode;
use rustpython_ast::{Expr, ExprCall, Mod, Number, Stmt};

use crate::error::{Error, Result};
use crate::image::appearance::VersionInfo;
use crate::prepare;

/// Reads such a file.
pub(super) fn read(path: &Path) -> Result<VersionInfo> {
    let bytes = std::fs::read(path).map_err(|e| Error::io("read the version file", path, e))?;
    let source = prepare::decode(&bytes, path)?;
    let name = path.display().to_string();
    let tree = freeze_compiler::parse(&source, &name, Mode::Exec).map_err(|e| prepare::syntax(e, path))?;
    let Mod::Module(module) = &tree else { unreachable!("Mode::Exec parses modules") };
    let found = match module.body.as_slice() {
        [Stmt::Expr(statement)] => call(&statement.value, "VSVersionInfo").and_then(info),
        _ => None,
    };
    found.ok_or_else(|| Error::Damaged {
        path: path.to_path_buf(),
        message: "not a version file as PyInstaller has them".into(),
        help: "it is VSVersionInfo(ffi=FixedFileInfo(...), kids=[...]); or use --version-info KEY=TEXT".into(),
    })
}

fn info(all: &ExprCall) -> Option<VersionInfo> {
    let mut info = VersionInfo::default();
    let fixed = argument(all, 0, "ffi").and_then(|fixed| call(fixed, "FixedFileInfo"));
    let mut numbers = (None, None);
    if let Some(fixed) = fixed {
        numbers = (quad(argument(fixed, 0, "filevers")), quad(argument(fixed, 1, "prodvers")));
        info.flags = argument(fixed, 3, "flags").and_then(number).unwrap_or(0);
    }
    for part in items(argument(all, 1, "kids")?)? {
        if let Some(strings) = call(part, "StringFileInfo") {
            for table in items(argument(strings, 0, "kids")?)? {
                let table = call(table, "StringTable")?;
                // Language and code page, in hexadecimal.
                let name = text(argument(table, 0, "name")?)?;
                let words = (name.len() == 8).then(|| u32::from_str_radix(&name, 16).ok()).flatten()?;
                (info.language, info.code_page) = ((words >> 16) as u16, words as u16);
                for string in items(argument(table, 1, "kids")?)? {
                    let string = call(string, "StringStruct")?;
                    info.set(&text(argument(string, 0, "name")?)?, &text(argument(string, 1, "val")?)?);
                }
            }
        } else if let Some(variables) = call(part, "VarFileInfo") {
            for variable in items(argument(variables, 0, "kids")?)? {
                let variable = call(variable, "VarStruct")?;
                if let [language, page] = items(argument(variable, 1, "kids")?)? {
                    (info.language, info.code_page) = (number(language)? as u16, number(page)? as u16);
                }
            }
        }
    }
    // What is said in numbers counts, whatever the texts say.
    info.file = numbers.0.unwrap_or(info.file);
    info.product = numbers.1.unwrap_or(info.product);
    Some(info)
}

fn call<'a>(expr: &'a Expr, name: &str) -> Option<&'a ExprCall> {
    match expr {
        Expr::Call(call) => match &*call.func {
            Expr::Name(n) if n.id.as_str() == name => Some(call),
            _ => None,
        },
        _ => None,
    }
}

fn argument<'a>(call: &'a ExprCall, place: usize, name: &str) -> Option<&'a Expr> {
    let named = call.arguments.keywords.iter().find(|k| k.arg.as_ref().is_some_and(|a| a.as_str() == name));
    named.map(|k| &k.value).or_else(|| call.arguments.args.get(place))
}

fn items(expr: &Expr) -> Option<&[Expr]> {
    match expr {
        Expr::List(list) => Some(&list.elts),
        Expr::Tuple(tuple) => Some(&tuple.elts),
        _ => None,
    }
}

fn quad(expr: Option<&Expr>) -> Option<[u16; 4]> {
    let numbers: Vec<u32> = items(expr?)?.iter().map(number).collect::<Option<_>>()?;
    let numbers: Vec<u16> = numbers.into_iter().map(|n| u16::try_from(n).ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

fn number(expr: &Expr) -> Option<u32> {
    match expr {
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(value) => value.as_u32(),
            _ => None,
        },
        _ => None,
    }
}

fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::StringLiteral(literal) => Some(literal.value.to_str().to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_pyinstaller() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("version.txt");
        let text = "# UTF-8\nVSVersionInfo(\n  ffi=FixedFileInfo(filevers=(96, 12, 19, 1), prodvers=(4, 1, 2, 1), mask=0x3f,\n\
                    flags=0x2, OS=0x4, fileType=0x1, subtype=0x0, date=(0, 0)),\n  kids=[StringFileInfo([StringTable(\n\
                    '040704b0', [StringStruct('CompanyName', 'Müller'), StringStruct('FileVersion', '96.12')])]),\n\
                    VarFileInfo([VarStruct('Translation', [1031, 1200])])])\n";
        std::fs::write(&path, text).expect("the folder can be written");
        let info = read(&path).expect("it is sound");
        assert_eq!((info.file, info.product, info.flags), ([96, 12, 19, 1], [4, 1, 2, 1], 2));
        assert_eq!((info.get("CompanyName"), info.language), (Some("Müller"), 0x407));
        for bad in ["", "print('x')", "VSVersionInfo(kids=[StringFileInfo(1)])", "VSVersionInfo("] {
            std::fs::write(&path, bad).expect("the folder can be written");
            assert!(read(&path).is_err(), "{bad}");
        }
    }
}
