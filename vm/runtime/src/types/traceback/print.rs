//! The text of tracebacks: source lines, carets, chained exceptions, groups are left to the library's `traceback`.

use freeze_bytecode::lines::Position;

use super::PyTraceback;
use crate::object::{Ref, Value};
use crate::types::exception::PyException;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

/// Repeated entries shown before "[Previous line repeated …]".
const SHOWN_REPEATS: usize = 3;

/// The whole text for an uncaught exception, causes and contexts first.
pub fn format_exception(vm: &Vm, e: &Ref<PyException>) -> PyResult<String> {
    let mut chain: Vec<(Ref<PyException>, &str)> = Vec::new();
    let mut at = e.clone();
    let mut joint = "";
    loop {
        if chain.iter().any(|(x, _)| x.is(&at)) {
            break;
        }
        chain.push((at.clone(), joint));
        let cause = at.cause.borrow().clone();
        let context = at.context.borrow().clone();
        let next = if let Some(c) = cause.downcast_ref::<PyException>() {
            joint = "\nThe above exception was the direct cause of the following exception:\n\n";
            c
        } else if let Some(c) = context.downcast_ref::<PyException>()
            && !at.suppress_context.get()
        {
            joint = "\nDuring handling of the above exception, another exception occurred:\n\n";
            c
        } else {
            break;
        };
        at = next;
    }
    let mut out = String::new();
    for (i, (x, _)) in chain.iter().enumerate().rev() {
        let tb = x.traceback.borrow().clone();
        if !tb.is_none() {
            out.push_str("Traceback (most recent call last):\n");
            entries(vm, &tb, &mut out);
        }
        out.push_str(&headline(vm, x)?);
        if i > 0 {
            out.push_str(chain[i].1);
        }
    }
    Ok(out)
}

/// Whether the library's `traceback` shows this better: groups, and errors in expressions of several lines.
pub fn wants_library(vm: &Vm, e: &Ref<PyException>) -> bool {
    let group = vm.runtime().builtins.get_text("BaseExceptionGroup");
    let mut seen: Vec<Ref<PyException>> = Vec::new();
    let mut todo = vec![e.clone()];
    while let Some(x) = todo.pop() {
        if seen.iter().any(|s| s.is(&x)) {
            continue;
        }
        if group.as_ref().is_some_and(|g| vm.isinstance(x.as_value(), g).unwrap_or(false)) {
            return true;
        }
        let mut tb = x.traceback.borrow().clone();
        while let Some(t) = tb.downcast_ref::<PyTraceback>() {
            if t.frame.code().position(t.lasti()).is_some_and(|p| p.end_line > p.line && p.has_columns()) {
                return true;
            }
            tb = t.next.borrow().clone();
        }
        let linked = [x.cause.borrow().clone(), x.context.borrow().clone()];
        todo.extend(linked.iter().filter_map(|v| v.downcast_ref::<PyException>()));
        seen.push(x);
    }
    false
}

/// Writes the text of an uncaught exception to `sys.stderr`.
pub fn print_exception(vm: &Vm, e: &Ref<PyException>) -> PyResult<()> {
    let text = format_exception(vm, e)?;
    vm.write_stderr(&text)
}

/// "module.Class: message", notes, and for SyntaxError the source line.
fn headline(vm: &Vm, e: &Ref<PyException>) -> PyResult<String> {
    let class = e.class();
    let mut name = String::new();
    let n = vm.names();
    if let Some(m) = vm.get_attr_opt(&class.as_value(), &n.__module__)?
        && let Some(m) = m.downcast::<PyStr>()
        && m.as_bytes() != b"builtins"
        && m.as_bytes() != b"__main__"
    {
        name.push_str(&m.to_lossy());
        name.push('.');
    }
    match vm.get_attr_opt(&class.as_value(), &n.__qualname__)?.and_then(|q| q.downcast_ref::<PyStr>()) {
        Some(q) => name.push_str(&q.to_lossy()),
        None => name.push_str(class.name()),
    }
    let text = match vm.to_str(e.as_value()) {
        Ok(s) => s.to_lossy().into_owned(),
        Err(_) => "<exception str() failed>".to_string(),
    };
    let mut out = crate::types::raising::syntax_error_location(vm, e)?;
    let text = crate::types::raising::syntax_error_message(vm, e)?.unwrap_or(text);
    out.push_str(&name);
    if !text.is_empty() {
        out.push_str(": ");
        out.push_str(&text);
    }
    if let Some(hint) = crate::types::raising::suggestion(vm, e)? {
        out.push_str(&hint);
    }
    out.push('\n');
    if let Some(notes) = vm.get_attr_opt(e.as_value(), &n.__notes__)? {
        for note in vm.to_vec(&notes).unwrap_or_default() {
            let s = vm.to_str(&note)?;
            out.push_str(&s.to_lossy());
            out.push('\n');
        }
    }
    Ok(out)
}

fn entries(vm: &Vm, tb: &Value, out: &mut String) {
    let mut at = tb.clone();
    let mut last: Option<(u64, u32)> = None;
    let mut repeats = 0;
    let repeated = |out: &mut String, n: usize| {
        if n > SHOWN_REPEATS {
            let more = n - SHOWN_REPEATS;
            let s = if more == 1 { "" } else { "s" };
            out.push_str(&format!("  [Previous line repeated {more} more time{s}]\n"));
        }
    };
    while let Some(t) = at.downcast_ref::<PyTraceback>() {
        let code = t.frame.code();
        let key = (code.as_value().id(), t.line());
        if last == Some(key) {
            repeats += 1;
        } else {
            repeated(out, repeats);
            repeats = 1;
            last = Some(key);
        }
        if repeats <= SHOWN_REPEATS {
            out.push_str(&format!(
                "  File \"{}\", line {}, in {}\n",
                code.filename().to_lossy(),
                t.line(),
                code.name.to_lossy()
            ));
            if let Some(line) = vm.source_line(t.frame.globals(), &code.filename(), t.line()) {
                source(&line, t.line(), code.position(t.lasti()), out);
            }
        }
        let next = t.next.borrow().clone();
        at = next;
    }
    repeated(out, repeats);
}

/// The source line without its indentation, and carets under the part that raised when that is not all of it.
fn source(line: &str, number: u32, pos: Option<Position>, out: &mut String) {
    let trimmed = line.trim();
    if trimmed.is_empty() {
        return;
    }
    out.push_str("    ");
    out.push_str(trimmed);
    out.push('\n');
    let Some(p) = pos else { return };
    if !p.has_columns() {
        return;
    }
    let (start, mut end) = (p.col, p.end_col);
    let indent = line.len() - line.trim_start().len();
    let line_end = line.trim_end().len();
    if p.line != number {
        return;
    }
    if p.end_line != number {
        end = line_end as u32;
    }
    let (start, end) = (start as usize, (end as usize).min(line_end));
    if start < indent || end <= start || !line.is_char_boundary(start) || !line.is_char_boundary(end) {
        return;
    }
    if freeze_compiler::is_plain_call(trimmed, start - indent, end - indent) {
        return;
    }
    if start <= indent && end >= line_end {
        // The whole line: no carets needed, unless a part of it can be pointed out.
        if anchors(&line[start..end]).is_none() {
            return;
        }
    }
    let before = width(&line[indent..start]);
    out.push_str("    ");
    out.push_str(&" ".repeat(before));
    match anchors(&line[start..end]) {
        Some((a, b)) => {
            out.push_str(&"~".repeat(width(&line[start..start + a])));
            out.push_str(&"^".repeat(width(&line[start + a..start + b])));
            out.push_str(&"~".repeat(width(&line[start + b..end])));
        }
        None => out.push_str(&"^".repeat(width(&line[start..end]))),
    }
    out.push('\n');
}

/// Columns that text takes on a terminal, roughly: one each, two for wide East Asian characters.
fn width(s: &str) -> usize {
    s.chars()
        .map(|c| match c as u32 {
            0x1100..=0x115F
            | 0x2E80..=0xA4CF
            | 0xAC00..=0xD7A3
            | 0xF900..=0xFAFF
            | 0xFE30..=0xFE6F
            | 0xFF00..=0xFF60
            | 0x1F300..=0x1FAFF => 2,
            _ => 1,
        })
        .sum()
}

/// For an operator or a subscript or a call the part to point at: byte range within the text.
fn anchors(text: &str) -> Option<(usize, usize)> {
    freeze_compiler::error_anchors(text)
}
