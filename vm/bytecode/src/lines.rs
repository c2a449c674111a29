//! Source positions of instructions: a compact table, its builder and its readers.
//!
//! The table is a sequence of runs. A run is one head byte, whose low three bits are the [`Form`] and whose high five
//! bits are the number of instructions it covers less one (31: a varint with the rest follows), and then the form's
//! numbers as LEB128 varints. Lines are stored as zigzag differences to the line of the run before (for the first run,
//! to the code object's first line), columns as they are, end columns on the same line as differences to the column.
//! Readers stop at the first damaged byte; they never panic.

/// Where an instruction comes from. Lines count from 1, columns from 0 in UTF-8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: u32,
    pub end_line: u32,
    /// The first column, or [`NO_COLUMN`] together with `end_col`.
    pub col: u32,
    /// The column after the last one.
    pub end_col: u32,
}

/// The `col` and `end_col` of a position that names lines only.
pub const NO_COLUMN: u32 = u32::MAX;

impl Position {
    /// A position that names one line and no columns.
    pub const fn line_only(line: u32) -> Self {
        Position { line, end_line: line, col: NO_COLUMN, end_col: NO_COLUMN }
    }

    /// Whether the columns are known.
    pub const fn has_columns(self) -> bool {
        self.col != NO_COLUMN && self.end_col != NO_COLUMN
    }
}

/// What a run's numbers are. Listed once, for the builder and the readers.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Form {
    /// No position at all; no numbers.
    Nothing = 0,
    /// On the line of the run before: column, width.
    SameLine = 1,
    /// On one line: line difference, column, width.
    OneLine = 2,
    /// Over several lines: line difference, end line difference, column, end column.
    Span = 3,
    /// Without columns: line difference, end line difference.
    Lines = 4,
}

impl Form {
    fn from_bits(bits: u8) -> Option<Form> {
        [Form::Nothing, Form::SameLine, Form::OneLine, Form::Span, Form::Lines].get(bits as usize).copied()
    }
}

/// The longest run that fits the head byte alone.
const SHORT_RUN: u32 = 31;

/// Builds a line table, one instruction after the other.
#[derive(Clone, Debug)]
pub struct LineTableBuilder {
    out: Vec<u8>,
    line: u32,
    pending: Option<Position>,
    run: u32,
}

impl LineTableBuilder {
    /// A table for a code object whose first line is `firstlineno`.
    pub fn new(firstlineno: u32) -> Self {
        LineTableBuilder { out: Vec::new(), line: firstlineno, pending: None, run: 0 }
    }

    /// Adds the position of the next instruction.
    pub fn push(&mut self, pos: Option<Position>) {
        if self.run > 0 && pos == self.pending {
            self.run += 1;
            return;
        }
        self.flush();
        self.pending = pos;
        self.run = 1;
    }

    /// The finished table.
    pub fn finish(mut self) -> Box<[u8]> {
        self.flush();
        self.out.into_boxed_slice()
    }

    fn flush(&mut self) {
        if self.run == 0 {
            return;
        }
        let run = self.run;
        let Some(pos) = self.pending else {
            return self.head(Form::Nothing, run);
        };
        let delta = zigzag(i64::from(pos.line) - i64::from(self.line));
        if !pos.has_columns() {
            self.head(Form::Lines, run);
            self.number(delta);
            self.number(zigzag(i64::from(pos.end_line) - i64::from(pos.line)));
        } else if pos.end_line == pos.line && pos.end_col >= pos.col {
            if delta == 0 {
                self.head(Form::SameLine, run);
            } else {
                self.head(Form::OneLine, run);
                self.number(delta);
            }
            self.number(u64::from(pos.col));
            self.number(u64::from(pos.end_col - pos.col));
        } else {
            self.head(Form::Span, run);
            self.number(delta);
            self.number(zigzag(i64::from(pos.end_line) - i64::from(pos.line)));
            self.number(u64::from(pos.col));
            self.number(u64::from(pos.end_col));
        }
        self.line = pos.line;
    }

    fn head(&mut self, form: Form, run: u32) {
        let short = (run - 1).min(SHORT_RUN);
        self.out.push(form as u8 | (short as u8) << 3);
        if short == SHORT_RUN {
            self.number(u64::from(run - 1 - SHORT_RUN));
        }
    }

    fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.out.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.out.push(n as u8);
    }
}

fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)) as u64
}

fn unzigzag(n: u64) -> i64 {
    (n >> 1) as i64 ^ -((n & 1) as i64)
}

/// A run of neighbouring instructions that share a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// How many instructions.
    pub len: u32,
    pub position: Option<Position>,
}

/// Reads a table run by run. It ends at the table's end or at the first damaged byte.
#[derive(Clone, Debug)]
pub struct Runs<'a> {
    rest: &'a [u8],
    line: u32,
    damaged: bool,
}

/// The runs of a table.
pub fn runs(linetable: &[u8], firstlineno: u32) -> Runs<'_> {
    Runs { rest: linetable, line: firstlineno, damaged: false }
}

/// The positions of a table, one per instruction.
pub fn iter(linetable: &[u8], firstlineno: u32) -> impl Iterator<Item = Option<Position>> + '_ {
    runs(linetable, firstlineno).flat_map(|run| std::iter::repeat_n(run.position, run.len as usize))
}

/// The line of instruction `index`: what [`lookup`] says, without reading columns.
pub fn line(linetable: &[u8], firstlineno: u32, index: usize) -> Option<u32> {
    let mut table = runs(linetable, firstlineno);
    let mut before = 0usize;
    loop {
        let (form, len) = table.head()?;
        if matches!(form, Form::OneLine | Form::Span | Form::Lines) {
            table.line = table.moved(table.line)?;
        }
        before = before.saturating_add(len as usize);
        if index < before {
            return (form != Form::Nothing).then_some(table.line);
        }
        let numbers = match form {
            Form::Nothing => 0,
            Form::Lines => 1,
            Form::SameLine | Form::OneLine => 2,
            Form::Span => 3,
        };
        for _ in 0..numbers {
            while table.byte()? >= 0x80 {}
        }
    }
}

/// The position of instruction `index`.
pub fn lookup(linetable: &[u8], firstlineno: u32, index: usize) -> Option<Position> {
    let mut before = 0usize;
    for run in runs(linetable, firstlineno) {
        before += run.len as usize;
        if index < before {
            return run.position;
        }
    }
    None
}

/// Whether the table is well formed and covers exactly `count` instructions.
pub fn check(linetable: &[u8], firstlineno: u32, count: usize) -> bool {
    let mut all = runs(linetable, firstlineno);
    let mut covered = 0usize;
    for run in all.by_ref() {
        covered = covered.saturating_add(run.len as usize);
        if covered > count {
            return false;
        }
    }
    !all.damaged && covered == count
}

impl Runs<'_> {
    #[inline(always)]
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    #[inline]
    fn number(&mut self) -> Option<u64> {
        let mut n = 0u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            n |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(n);
            }
        }
        None
    }

    fn column(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok().filter(|n| *n != NO_COLUMN)
    }

    fn moved(&mut self, from: u32) -> Option<u32> {
        let by = unzigzag(self.number()?);
        u32::try_from(i64::from(from).checked_add(by)?).ok()
    }

    /// What a run begins with: its form, and how many instructions it covers.
    #[inline(always)]
    fn head(&mut self) -> Option<(Form, u32)> {
        let head = self.byte()?;
        let mut len = u32::from(head >> 3);
        if len == SHORT_RUN {
            len = len.checked_add(u32::try_from(self.number()?).ok()?)?;
        }
        Some((Form::from_bits(head & 7)?, len.checked_add(1)?))
    }

    fn run(&mut self) -> Option<Run> {
        let (form, len) = self.head()?;
        let position = match form {
            Form::Nothing => None,
            Form::SameLine | Form::OneLine => {
                if form == Form::OneLine {
                    self.line = self.moved(self.line)?;
                }
                let col = self.column()?;
                let end_col = col.checked_add(self.column()?)?;
                Some(Position { line: self.line, end_line: self.line, col, end_col })
            }
            Form::Span => {
                self.line = self.moved(self.line)?;
                let end_line = self.moved(self.line)?;
                let col = self.column()?;
                let end_col = self.column()?;
                Some(Position { line: self.line, end_line, col, end_col })
            }
            Form::Lines => {
                self.line = self.moved(self.line)?;
                let end_line = self.moved(self.line)?;
                Some(Position { line: self.line, end_line, col: NO_COLUMN, end_col: NO_COLUMN })
            }
        };
        Some(Run { len, position })
    }
}

impl Iterator for Runs<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        if self.rest.is_empty() {
            return None;
        }
        let run = self.run();
        if run.is_none() {
            self.damaged = true;
            self.rest = &[];
        }
        run
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<Option<Position>> {
        let at = |line, end_line, col, end_col| Some(Position { line, end_line, col, end_col });
        let mut all = vec![None, at(3, 3, 0, 5), at(3, 3, 0, 5), at(3, 3, 2, 2), at(900, 902, 7, 1)];
        all.extend(std::iter::repeat_n(at(2, 2, 300, 70_000), 100));
        all.push(Some(Position::line_only(5)));
        all.push(Some(Position { end_line: 9, ..Position::line_only(6) }));
        all.push(at(7, 3, 4, 2));
        all
    }

    fn build(all: &[Option<Position>]) -> Box<[u8]> {
        let mut table = LineTableBuilder::new(3);
        all.iter().for_each(|p| table.push(*p));
        table.finish()
    }

    #[test]
    fn what_is_written_is_read() {
        let all = sample();
        let table = build(&all);
        assert_eq!(iter(&table, 3).collect::<Vec<_>>(), all);
        assert!(check(&table, 3, all.len()));
        assert!(!check(&table, 3, all.len() - 1));
        for (i, pos) in all.iter().enumerate() {
            assert_eq!(lookup(&table, 3, i), *pos);
            assert_eq!(line(&table, 3, i), pos.map(|pos| pos.line));
        }
        assert_eq!(lookup(&table, 3, all.len()), None);
        assert_eq!(line(&table, 3, all.len()), None);
    }

    #[test]
    fn damage_never_panics() {
        let table = build(&sample());
        for cut in 0..table.len() {
            let _ = check(&table[..cut], 3, 5);
        }
        for i in 0..table.len() {
            for byte in 0..=255 {
                let mut bad = table.to_vec();
                bad[i] = byte;
                let _ = check(&bad, 3, 5);
                let (line, position) = (line(&bad, 3, 2), lookup(&bad, 3, 2));
                assert!(position.is_none_or(|position| line == Some(position.line)));
            }
        }
    }
}
