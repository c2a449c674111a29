//! Sources that nest without end must give an error or a code object, never a crash.

use freeze_compiler::{ErrorKind, Mode, Options, compile};

fn outcome(source: &str) -> Result<(), (ErrorKind, String)> {
    compile(source, "<limits>", Mode::Exec, &Options::default()).map(drop).map_err(|e| (e.kind, e.message))
}

#[test]
fn brackets() {
    let source = format!("{}{}", "(".repeat(300), ")".repeat(300));
    assert_eq!(outcome(&source), Err((ErrorKind::Syntax, "too many nested parentheses".into())));
    assert!(outcome(&format!("x = {}1{}", "(".repeat(150), ")".repeat(150))).is_ok());
    let _ = outcome(&format!("x = {}1{}", "f(".repeat(190), ")".repeat(190)));
    let _ = outcome(&format!("x = {}1{}", "[".repeat(190), "]".repeat(190)));
}

#[test]
fn chains() {
    for n in [500, 25_000] {
        let _ = outcome(&format!("x = {}1", "-".repeat(n)));
        let _ = outcome(&format!("x = {}1", "not ".repeat(n)));
        let _ = outcome(&format!("x = {}1", "1 + ".repeat(n)));
        let _ = outcome(&format!("x = {}1", "a and ".repeat(n)));
        let _ = outcome(&format!("x = a{}", ".b".repeat(n)));
        let _ = outcome(&format!("x = a{}", "()".repeat(n)));
        let _ = outcome(&format!("x = a{}", "[0]".repeat(n)));
        let _ = outcome(&format!("x = {}1", "lambda: ".repeat(n)));
        let _ = outcome(&format!("x = {}1", "a if b else ".repeat(n)));
        let _ = outcome(&format!("x = {}1", "2 ** ".repeat(n)));
        let _ = outcome(&format!("x = {}1", "y = ".repeat(n)));
        let _ = outcome(&format!("if a: pass\n{}", "elif b: pass\n".repeat(n)));
    }
    assert!(matches!(outcome(&format!("x = {}1", "-".repeat(200_000))), Err((ErrorKind::Memory, _))));
}

#[test]
fn blocks() {
    let mut source = String::new();
    for i in 0..150 {
        source.push_str(&format!("{}if x:\n", " ".repeat(i)));
    }
    source.push_str(&format!("{}pass\n", " ".repeat(150)));
    assert_eq!(outcome(&source), Err((ErrorKind::Indentation, "too many levels of indentation".into())));
}

#[test]
fn large_code() {
    // Branches over more than a 16-bit label reaches.
    let body = "      y = f(x, 1, 'a')\n".repeat(12_000);
    let source = format!("def g(x):\n  for i in x:\n    if i < 3:\n{body}    else:\n      y = 2\n");
    let compiled = compile(&source, "<limits>", Mode::Exec, &Options::default()).expect("large code compiles");
    freeze_bytecode::verify::verify(&compiled.code).expect("valid bytecode");
    // More elements and constants than operands can name.
    let source = format!("x = [{}]", (0..70_000).map(|n| format!("{n}, f({n}), ")).collect::<String>());
    if let Ok(compiled) = compile(&source, "<limits>", Mode::Exec, &Options::default()) {
        freeze_bytecode::verify::verify(&compiled.code).expect("valid bytecode");
    }
}
