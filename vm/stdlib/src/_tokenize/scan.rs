//! The scanner behind `_tokenize`: one pass over the text, a stack of indents and one of f-string levels.

/// A token with its place (line from 1, column from 0 in characters) and its physical line.
pub(super) struct Token {
    pub(super) kind: i64,
    pub(super) text: String,
    pub(super) start: (usize, usize),
    pub(super) end: (usize, usize),
    pub(super) line: String,
}

/// What ends the scan early.
pub(super) struct Problem {
    /// The exception class; empty for SyntaxError.
    pub(super) class: &'static str,
    pub(super) message: String,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) text: String,
}

const NAME: i64 = 1;
const NUMBER: i64 = 2;
const STRING: i64 = 3;
const NEWLINE: i64 = 4;
const INDENT: i64 = 5;
const DEDENT: i64 = 6;
const OP: i64 = 55;
const FSTRING_START: i64 = 59;
const TSTRING_START: i64 = 62;
const COMMENT: i64 = 65;
const NL: i64 = 66;

/// Operators, longest first; the number is the exact kind (`token.EXACT_TOKEN_TYPES`).
const OPERATORS: &[(&str, i64)] = &[
    ("**=", 46),
    ("//=", 48),
    (">>=", 45),
    ("<<=", 44),
    ("...", 52),
    ("!=", 28),
    ("%=", 40),
    ("&=", 41),
    ("**", 35),
    ("*=", 38),
    ("+=", 36),
    ("-=", 37),
    ("->", 51),
    ("//", 47),
    ("/=", 39),
    (":=", 53),
    ("<<", 33),
    ("<=", 29),
    ("==", 27),
    (">=", 30),
    (">>", 34),
    ("@=", 50),
    ("^=", 43),
    ("|=", 42),
    ("%", 24),
    ("&", 19),
    ("(", 7),
    (")", 8),
    ("*", 16),
    ("+", 14),
    (",", 12),
    ("-", 15),
    (".", 23),
    ("/", 17),
    (":", 11),
    (";", 13),
    ("<", 20),
    ("=", 22),
    (">", 21),
    ("@", 49),
    ("[", 9),
    ("]", 10),
    ("^", 32),
    ("{", 25),
    ("|", 18),
    ("}", 26),
    ("~", 31),
    ("!", 54),
];

/// An open f-string (or t-string).
struct Level {
    quote: String,
    raw: bool,
    start_kind: i64,
    /// Bracket depth outside of its replacement fields; inside of one it is deeper.
    depth: usize,
    /// In the format spec of a field.
    spec: bool,
}

struct Scanner {
    chars: Vec<char>,
    at: usize,
    line: usize,
    line_start: usize,
    extra: bool,
    out: Vec<Token>,
    brackets: Vec<(char, usize, usize)>,
    levels: Vec<Level>,
}

type Step = Result<(), Problem>;

/// All tokens of a text, and what stopped the scan, if anything did.
pub(super) fn scan(text: &str, extra: bool) -> (Vec<Token>, Option<Problem>) {
    let mut s = Scanner {
        chars: text.chars().collect(),
        at: 0,
        line: 1,
        line_start: 0,
        extra,
        out: Vec::new(),
        brackets: Vec::new(),
        levels: Vec::new(),
    };
    let problem = s.run().err();
    (s.out, problem)
}

fn is_name_start(c: char) -> bool {
    c == '_' || c.is_alphabetic() || (c as u32) >= 0x80
}

fn is_name(c: char) -> bool {
    is_name_start(c) || c.is_numeric()
}

impl Scanner {
    fn peek(&self, n: usize) -> char {
        self.chars.get(self.at + n).copied().unwrap_or('\0')
    }

    fn done(&self) -> bool {
        self.at >= self.chars.len()
    }

    fn place(&self) -> (usize, usize) {
        (self.line, self.at - self.line_start)
    }

    fn starts(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(i, c)| self.peek(i) == c)
    }

    /// The physical lines from the one that begins at `from` to the one that `self.at` is in.
    fn lines_from(&self, from: usize) -> String {
        let mut end = self.at.max(from);
        // A token that ends with its line does not belong to the next one.
        if end > from && self.chars.get(end - 1) == Some(&'\n') {
            end -= 1;
        }
        while end < self.chars.len() && self.chars[end] != '\n' {
            end += 1;
        }
        let end = (end + 1).min(self.chars.len());
        self.chars[from.min(end)..end].iter().collect()
    }

    fn push(&mut self, kind: i64, from: usize, start: (usize, usize), line_start: usize) {
        let text: String = self.chars[from..self.at].iter().collect();
        let line = self.lines_from(line_start);
        let end = self.place();
        self.out.push(Token { kind, text, start, end, line });
    }

    fn problem(&self, class: &'static str, message: impl Into<String>, place: (usize, usize)) -> Problem {
        Problem {
            class,
            message: message.into(),
            line: place.0,
            column: place.1 + 1,
            text: self.lines_from(self.line_start),
        }
    }

    fn newline(&mut self) {
        self.at += 1;
        self.line += 1;
        self.line_start = self.at;
    }

    fn run(&mut self) -> Step {
        let mut indents = vec![0usize];
        let mut fresh = true;
        let mut content = false;
        while !self.done() {
            if fresh && self.levels.is_empty() {
                fresh = false;
                let width = self.indentation();
                let c = self.peek(0);
                let blank = self.done() || c == '\n' || c == '#' || (c == '\r' && self.peek(1) == '\n');
                if !blank && self.brackets.is_empty() {
                    self.indent(&mut indents, width)?;
                }
                content = false;
                continue;
            }
            if let Some(l) = self.levels.last()
                && (self.brackets.len() == l.depth || l.spec && self.brackets.len() == l.depth + 1)
            {
                self.middle()?;
                continue;
            }
            let c = self.peek(0);
            match c {
                ' ' | '\t' | '\x0c' => self.at += 1,
                '\r' if self.peek(1) == '\n' => self.line_end(2, &mut content, &mut fresh),
                '\n' => self.line_end(1, &mut content, &mut fresh),
                '#' => {
                    let (from, start) = (self.at, self.place());
                    while !self.done() && !matches!(self.peek(0), '\n' | '\r') {
                        self.at += 1;
                    }
                    if self.extra {
                        self.push(COMMENT, from, start, self.line_start);
                    }
                }
                '\\' if self.peek(1) == '\n' => {
                    self.at += 1;
                    self.newline();
                }
                '\\' if self.peek(1) == '\r' && self.peek(2) == '\n' => {
                    self.at += 2;
                    self.newline();
                }
                '\\' => {
                    let place = self.place();
                    return Err(if self.at + 1 >= self.chars.len() {
                        self.problem("", "unexpected EOF while parsing", place)
                    } else {
                        self.problem("", "unexpected character after line continuation character", place)
                    });
                }
                _ => {
                    content = true;
                    self.token(c)?;
                }
            }
        }
        self.finish(content, &indents)
    }

    fn indentation(&mut self) -> usize {
        let mut width = 0;
        loop {
            match self.peek(0) {
                ' ' => width += 1,
                '\t' => width = (width / 8 + 1) * 8,
                '\x0c' => width = 0,
                _ => return width,
            }
            self.at += 1;
        }
    }

    fn indent(&mut self, indents: &mut Vec<usize>, width: usize) -> Step {
        let top = indents.last().copied().unwrap_or(0);
        let here = self.place();
        if width > top {
            indents.push(width);
            let from = self.line_start;
            self.push(INDENT, from, (self.line, 0), from);
            return Ok(());
        }
        while width < indents.last().copied().unwrap_or(0) {
            indents.pop();
            if width > indents.last().copied().unwrap_or(0) {
                return Err(self.problem(
                    "IndentationError",
                    "unindent does not match any outer indentation level",
                    here,
                ));
            }
            let line = self.lines_from(self.line_start);
            self.out.push(Token { kind: DEDENT, text: String::new(), start: here, end: here, line });
        }
        Ok(())
    }

    fn line_end(&mut self, n: usize, content: &mut bool, fresh: &mut bool) {
        let (from, start, line_start) = (self.at, self.place(), self.line_start);
        let kind = if self.brackets.is_empty() && *content { NEWLINE } else { NL };
        self.at += n;
        if kind == NEWLINE || self.extra {
            let text: String = self.chars[from..self.at].iter().collect();
            let line = self.lines_from(line_start);
            let end = (start.0, start.1 + n);
            let text = if self.extra || kind == NL { text } else { String::new() };
            self.out.push(Token { kind, text, start, end, line });
        }
        self.line += 1;
        self.line_start = self.at;
        *fresh = true;
        if !self.brackets.is_empty() {
            *fresh = false;
        }
        *content = false;
    }

    fn finish(&mut self, content: bool, indents: &[usize]) -> Step {
        if let Some(l) = self.levels.last() {
            let word = if l.start_kind == FSTRING_START { "f" } else { "t" };
            let triple = if l.quote.len() == 3 { "triple-quoted " } else { "" };
            let text = format!("unterminated {triple}{word}-string literal (detected at line {})", self.line);
            return Err(self.problem("", text, self.place()));
        }
        if !self.brackets.is_empty() {
            let place = (self.line, 0);
            return Err(self.problem("", "unexpected EOF in multi-line statement", place));
        }
        if content {
            // A last line without its end.
            let start = self.place();
            let line = self.lines_from(self.line_start);
            self.out.push(Token { kind: NEWLINE, text: String::new(), start, end: (start.0, start.1 + 1), line });
            self.line += 1;
        } else if self.at > self.line_start {
            // Blanks or a comment without a line end.
            if self.extra && self.out.last().is_some_and(|t| t.kind == COMMENT) {
                let start = self.place();
                let line = self.lines_from(self.line_start);
                self.out.push(Token { kind: NL, text: String::new(), start, end: (start.0, start.1 + 1), line });
            }
            self.line += 1;
        }
        let end = (self.line, 0);
        for _ in 1..indents.len() {
            self.out.push(Token { kind: DEDENT, text: String::new(), start: end, end, line: String::new() });
        }
        self.out.push(Token { kind: 0, text: String::new(), start: end, end, line: String::new() });
        Ok(())
    }

    fn token(&mut self, c: char) -> Step {
        let (from, start, line_start) = (self.at, self.place(), self.line_start);
        if c == '"' || c == '\'' {
            return self.string(from, start, line_start);
        }
        if c.is_ascii_digit() || (c == '.' && self.peek(1).is_ascii_digit()) {
            self.number();
            self.push(NUMBER, from, start, line_start);
            return Ok(());
        }
        if is_name_start(c) {
            while is_name(self.peek(0)) {
                self.at += 1;
            }
            let quote = self.peek(0);
            if (quote == '"' || quote == '\'') && self.at - from <= 2 {
                let prefix: String = self.chars[from..self.at].iter().collect::<String>().to_ascii_lowercase();
                match &*prefix {
                    "r" | "u" | "b" | "br" | "rb" => return self.string(from, start, line_start),
                    "f" | "rf" | "fr" => return self.open_level(from, start, prefix.contains('r'), FSTRING_START),
                    "t" | "rt" | "tr" => return self.open_level(from, start, prefix.contains('r'), TSTRING_START),
                    _ => {}
                }
            }
            self.push(NAME, from, start, line_start);
            return Ok(());
        }
        if self.extra && matches!(c, '$' | '?' | '`') {
            // No token of the language, but one for whoever asks for tokens.
            self.at += 1;
            self.push(OP, from, start, line_start);
            return Ok(());
        }
        let Some(&(text, kind)) = OPERATORS.iter().find(|(t, _)| self.starts(t)) else {
            return Err(self.problem("", format!("invalid character '{c}' (U+{:04X})", c as u32), start));
        };
        // Inside a replacement field `:` and `!` of a format are no parts of longer operators.
        let in_field = self.levels.last().is_some_and(|l| self.brackets.len() == l.depth + 1);
        let (text, kind) = match (in_field, text) {
            (true, ":=") => (":", 11),
            _ => (text, kind),
        };
        self.at += text.chars().count();
        match c {
            '(' | '[' | '{' => self.brackets.push((c, start.0, start.1)),
            ')' | ']' | '}' => match self.brackets.pop() {
                None => return Err(self.problem("", format!("unmatched '{c}'"), start)),
                Some((open, line, _)) if !matches!((open, c), ('(', ')') | ('[', ']') | ('{', '}')) => {
                    let on = if line == start.0 { String::new() } else { format!(" on line {line}") };
                    let text = format!("closing parenthesis '{c}' does not match opening parenthesis '{open}'{on}");
                    return Err(self.problem("", text, start));
                }
                Some(_) => {
                    let depth = self.brackets.len();
                    if let Some(l) = self.levels.last_mut()
                        && l.depth == depth
                    {
                        l.spec = false;
                    }
                }
            },
            ':' if in_field => {
                if let Some(l) = self.levels.last_mut() {
                    l.spec = true;
                }
            }
            _ => {}
        }
        self.push(if self.extra { OP } else { kind }, from, start, line_start);
        Ok(())
    }

    fn number(&mut self) {
        if self.peek(0) == '0' && matches!(self.peek(1), 'x' | 'X' | 'o' | 'O' | 'b' | 'B') {
            self.at += 2;
            while self.peek(0).is_ascii_hexdigit() || self.peek(0) == '_' {
                self.at += 1;
            }
            return;
        }
        let digits = |s: &mut Scanner| {
            while s.peek(0).is_ascii_digit() || (s.peek(0) == '_' && s.peek(1).is_ascii_digit()) {
                s.at += 1;
            }
        };
        digits(self);
        if self.peek(0) == '.' {
            self.at += 1;
            digits(self);
        }
        let sign = usize::from(matches!(self.peek(1), '+' | '-'));
        if matches!(self.peek(0), 'e' | 'E') && self.peek(1 + sign).is_ascii_digit() {
            self.at += 1 + sign;
            digits(self);
        }
        if matches!(self.peek(0), 'j' | 'J') {
            self.at += 1;
        }
    }

    fn quote(&mut self) -> String {
        let q = self.peek(0);
        let n = if self.peek(1) == q && self.peek(2) == q { 3 } else { 1 };
        self.at += n;
        q.to_string().repeat(n)
    }

    fn string(&mut self, from: usize, start: (usize, usize), line_start: usize) -> Step {
        let quote = self.quote();
        while !self.starts(&quote) {
            let c = self.peek(0);
            if self.done() || (c == '\n' && quote.len() == 1) {
                let text = if quote.len() == 3 {
                    format!("unterminated triple-quoted string literal (detected at line {})", self.line)
                } else {
                    format!("unterminated string literal (detected at line {})", self.line)
                };
                return Err(self.problem("", text, start));
            }
            if c == '\\' {
                self.at += 1;
                if self.peek(0) == '\r' && self.peek(1) == '\n' {
                    self.at += 1;
                }
            }
            if self.peek(0) == '\n' {
                self.newline();
            } else if !self.done() {
                self.at += 1;
            }
        }
        self.at += quote.len();
        self.push(STRING, from, start, line_start);
        Ok(())
    }

    fn open_level(&mut self, from: usize, start: (usize, usize), raw: bool, start_kind: i64) -> Step {
        let quote = self.quote();
        self.push(start_kind, from, start, self.line_start);
        self.levels.push(Level { quote, raw, start_kind, depth: self.brackets.len(), spec: false });
        Ok(())
    }

    /// The literal part of an f-string or of a format spec, up to a field or the end.
    fn middle(&mut self) -> Step {
        let Some(l) = self.levels.last() else { return Ok(()) };
        let (quote, raw, kind) = (l.quote.clone(), l.raw, l.start_kind);
        let in_spec = l.spec && self.brackets.len() == l.depth + 1;
        let (from, start, line_start) = (self.at, self.place(), self.line_start);
        let mut text = String::new();
        loop {
            let c = self.peek(0);
            if self.done() || (c == '\n' && quote.len() == 1 && !in_spec) {
                let word = if kind == FSTRING_START { "f" } else { "t" };
                let triple = if quote.len() == 3 { "triple-quoted " } else { "" };
                let text = format!("unterminated {triple}{word}-string literal (detected at line {})", self.line);
                return Err(self.problem("", text, start));
            }
            if self.starts(&quote) && !in_spec {
                break;
            }
            if c == '{' {
                if self.peek(1) == '{' && !in_spec {
                    text.push('{');
                    self.at += 2;
                    continue;
                }
                break;
            }
            if c == '}' {
                if in_spec {
                    break;
                }
                if self.peek(1) == '}' {
                    text.push('}');
                    self.at += 2;
                    continue;
                }
                return Err(self.problem("", "f-string: single '}' is not allowed", self.place()));
            }
            if c == '\\' && !raw {
                text.push(c);
                self.at += 1;
                // A named character's braces open no field.
                if self.peek(0) == 'N' && self.peek(1) == '{' {
                    while !self.done() && self.peek(0) != '}' {
                        text.push(self.peek(0));
                        self.at += 1;
                    }
                }
            }
            if self.done() {
                continue;
            }
            let c = self.peek(0);
            text.push(c);
            if c == '\n' {
                self.newline();
            } else {
                self.at += 1;
            }
        }
        if self.at > from {
            let end = self.place();
            let line = self.lines_from(line_start);
            self.out.push(Token { kind: kind + 1, text, start, end, line });
        }
        let (from, start, line_start) = (self.at, self.place(), self.line_start);
        if self.starts(&quote) && !in_spec {
            self.at += quote.len();
            self.push(kind + 2, from, start, line_start);
            self.levels.pop();
            return Ok(());
        }
        let c = self.peek(0);
        self.token(c)
    }
}

#[cfg(test)]
mod tests {
    use super::scan;

    fn texts(source: &str) -> Vec<(i64, String)> {
        scan(source, true).0.into_iter().map(|t| (t.kind, t.text)).collect()
    }

    #[test]
    fn blocks_and_comments() {
        let kinds: Vec<i64> = texts("if x:  # c\n    y = 1\nz\n").into_iter().map(|t| t.0).collect();
        assert_eq!(kinds, [1, 1, 55, 65, 4, 5, 1, 55, 2, 4, 6, 1, 4, 0]);
    }

    #[test]
    fn f_strings() {
        let t = texts("f'a{x:>{w}}b'\n");
        let expected = ["f'", "a", "{", "x", ":", ">", "{", "w", "}", "}", "b", "'", "\n", ""];
        assert_eq!(t.iter().map(|t| t.1.as_str()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn problems() {
        assert!(scan("'abc\n", true).1.is_some_and(|p| p.message.contains("unterminated string literal")));
        assert!(scan("(a", true).1.is_some());
    }
}
