//! Answers the questions of `fuzz.py`, line by line.

use std::io::{BufRead, Write};

mod answer;

fn main() -> std::io::Result<()> {
    let mut machine = freeze_regex::Machine::default();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        writeln!(out, "{}", answer::answer(&line, &mut machine).unwrap_or_else(|| "?".to_owned()))?;
    }
    out.flush()
}
