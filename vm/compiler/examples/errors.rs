//! Compares our syntax errors with expected ones, for work on their wording: `errors DIR`.
//!
//! DIR holds `N.py` files and `expected.txt`, whose lines are N, class, line, column and message, separated by tabs.

use freeze_compiler::{ErrorKind, Mode, Options, compile_bytes};

#[allow(clippy::print_stdout)]
fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".into());
    let expected = std::fs::read_to_string(format!("{folder}/expected.txt")).unwrap_or_default();
    let (mut all, mut exact, mut message_only) = (0, 0, 0);
    for row in expected.lines() {
        let fields: Vec<&str> = row.splitn(5, '\t').collect();
        let &[number, kind, line, column, message] = fields.as_slice() else {
            continue;
        };
        let Ok(source) = std::fs::read(format!("{folder}/{number}.py")) else {
            continue;
        };
        all += 1;
        let got = match compile_bytes(&source, "<t>", Mode::Exec, &Options::default()) {
            Ok(_) => "compiled".to_owned(),
            Err(e) => {
                let class = match e.kind {
                    ErrorKind::Indentation => "IndentationError",
                    ErrorKind::Tab => "TabError",
                    ErrorKind::Incomplete => "_IncompleteInputError",
                    _ => "SyntaxError",
                };
                if e.message == message && class == kind {
                    message_only += 1;
                    if e.line.to_string() == line && e.column.to_string() == column {
                        exact += 1;
                        continue;
                    }
                }
                format!("{class} {}:{} {}", e.line, e.column, e.message)
            }
        };
        let text = String::from_utf8_lossy(&source);
        println!("--- {number}: {:?}\n  want {kind} {line}:{column} {message}\n  got  {got}", text);
    }
    println!("{all} cases, {message_only} messages right, {exact} with line and column");
}
