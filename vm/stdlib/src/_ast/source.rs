//! A source for trees that have none: blank lines that give every place a node names an offset, and behind them the texts
//! that the compiler wants to read.

use freeze_compiler::Source;
use rustpython_text_size::{TextRange, TextSize};

/// The width of a line that does for most trees.
const WIDTH: u32 = 128;
/// Columns beyond this are taken for it.
const MAX_WIDTH: u32 = 4096;
/// The blank part is no longer than this; lines beyond it are taken for its last one.
const MAX_BLANK: u32 = 64 << 20;

/// The source on its way: places are handed out before the lines are written, so a tree may have to be read twice.
pub(super) struct Blank {
    width: u32,
    lines: u32,
    /// The largest column that was asked for.
    widest: u32,
    /// Where the texts begin.
    tail_at: u32,
    tail: String,
}

impl Blank {
    pub(super) fn new() -> Blank {
        Blank { width: WIDTH, lines: 1, widest: 0, tail_at: 0, tail: String::new() }
    }

    /// One that fits the same tree, if this one turned out not to: its lines are too short, or its texts begin elsewhere.
    pub(super) fn better(&self) -> Option<Blank> {
        let width = (self.widest + 2).next_power_of_two().clamp(self.width, MAX_WIDTH);
        let tail_at = self.lines * width;
        let misplaced = !self.tail.is_empty() && self.tail_at != tail_at;
        (width > self.width || misplaced).then(|| Blank { width, tail_at, ..Blank::new() })
    }

    fn offset(&mut self, line: i64, column: i64) -> u32 {
        let most = i64::from(MAX_BLANK / self.width);
        let line = (line - 1).clamp(0, most - 1) as u32;
        self.lines = self.lines.max(line + 1);
        let column = column.clamp(0, i64::from(MAX_WIDTH)) as u32;
        self.widest = self.widest.max(column);
        line * self.width + column.min(self.width - 2)
    }

    /// The range between two places.
    pub(super) fn range(&mut self, start: (i64, i64), end: (i64, i64)) -> TextRange {
        let start = self.offset(start.0, start.1);
        let end = self.offset(end.0, end.1).max(start);
        TextRange::new(TextSize::new(start), TextSize::new(end))
    }

    /// Puts a text behind the lines.
    pub(super) fn text(&mut self, text: &str) -> TextRange {
        let start = self.tail_at + self.tail.len() as u32;
        self.tail.push_str(text);
        TextRange::at(TextSize::new(start), TextSize::new(text.len() as u32))
    }

    /// The source.
    pub(super) fn finish(&self) -> Source {
        let line = format!("{}\n", " ".repeat(self.width as usize - 1));
        Source::new(&(line.repeat(self.lines as usize) + &self.tail))
    }
}
