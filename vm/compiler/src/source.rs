//! Source text: from bytes to characters (PEP 263), and from offsets to lines and columns.

use crate::error::{CompileError, ErrorKind};

/// Decoded source with an index of its lines. Newlines are `\n` only.
pub struct Source {
    text: String,
    /// The offset at which each line begins.
    starts: Vec<u32>,
}

impl Source {
    /// Takes text; `\r\n` and `\r` become `\n`.
    pub fn new(text: &str) -> Source {
        Source::from_string(text.to_owned())
    }

    fn from_string(mut text: String) -> Source {
        if text.as_bytes().contains(&b'\r') {
            text = text.replace("\r\n", "\n").replace('\r', "\n");
        }
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1));
        Source { text, starts }
    }

    /// Decodes the bytes of a source file: byte order mark, coding cookie, UTF-8 by default.
    pub fn decode(bytes: &[u8], filename: &str) -> Result<Source, CompileError> {
        decode(bytes, filename).map(Source::from_string)
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line (from 1) and the column (from 0, in bytes) of an offset.
    pub fn line_and_byte(&self, offset: u32) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= offset) as u32;
        (line, offset - self.starts[line as usize - 1])
    }

    /// The line (from 1) and the column (from 1, in characters) of an offset.
    pub fn line_and_char(&self, offset: u32) -> (u32, u32) {
        let offset = offset.min(self.text.len() as u32);
        let (line, byte) = self.line_and_byte(offset);
        let start = (offset - byte) as usize;
        let mut end = offset as usize;
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        (line, self.text[start..end].chars().count() as u32 + 1)
    }

    /// A line's text with its newline, or `""` past the end.
    pub fn line_text(&self, line: u32) -> &str {
        let Some(start) = (line as usize).checked_sub(1).and_then(|i| self.starts.get(i)) else {
            return "";
        };
        let end = self.starts.get(line as usize).map_or(self.text.len(), |e| *e as usize);
        &self.text[*start as usize..end]
    }

    /// How many lines there are.
    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The encoding that a coding cookie in the first two lines names, as it is spelled there.
pub fn coding_cookie(bytes: &[u8]) -> Option<&str> {
    let mut lines = bytes.split(|b| *b == b'\n' || *b == b'\r').filter(|l| !l.is_empty());
    let first = lines.next()?;
    if let Some(found) = cookie_in(first) {
        return Some(found);
    }
    let blank = first.iter().copied().find(|b| !matches!(b, b' ' | b'\t' | b'\x0c'));
    match blank {
        None | Some(b'#') => cookie_in(lines.next()?),
        Some(_) => None,
    }
}

fn cookie_in(line: &[u8]) -> Option<&str> {
    let text = line.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\x0c')).map(|i| &line[i..])?;
    if text[0] != b'#' {
        return None;
    }
    let after = text
        .windows(7)
        .enumerate()
        .find_map(|(i, w)| (w.starts_with(b"coding") && matches!(w[6], b':' | b'=')).then_some(&text[i + 7..]))?;
    let after = &after[after.iter().position(|b| !matches!(b, b' ' | b'\t')).unwrap_or(after.len())..];
    let len = after.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')));
    let name = &after[..len.unwrap_or(after.len())];
    if name.is_empty() { None } else { std::str::from_utf8(name).ok() }
}

/// The encodings that are decoded here; all others are left to the runtime's codecs.
enum Encoding {
    Utf8,
    Latin1,
    Ascii,
}

fn known_encoding(name: &str) -> Option<Encoding> {
    let plain: String = name.chars().map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    Some(match plain.as_str() {
        "utf-8" | "utf8" | "utf-8-sig" | "u8" | "utf" => Encoding::Utf8,
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819" | "l1" => Encoding::Latin1,
        "ascii" | "us-ascii" | "646" => Encoding::Ascii,
        _ if plain.starts_with("utf-8-") => Encoding::Utf8,
        _ if plain.starts_with("latin-1-") || plain.starts_with("iso-8859-1-") => Encoding::Latin1,
        _ => return None,
    })
}

/// Whether the bytes are in an encoding that [`Source::decode`] does not know; its name then.
pub fn foreign_encoding(bytes: &[u8]) -> Option<&str> {
    if bytes.starts_with(BOM) {
        return None;
    }
    coding_cookie(bytes).filter(|name| known_encoding(name).is_none())
}

fn decode(bytes: &[u8], filename: &str) -> Result<String, CompileError> {
    let fail = |message: String, line: u32| CompileError {
        kind: ErrorKind::Syntax,
        message,
        filename: filename.to_owned(),
        line,
        column: 0,
        end_line: line,
        end_column: 0,
        text: None,
    };
    let cookie = coding_cookie(bytes.strip_prefix(BOM).unwrap_or(bytes));
    let (bytes, encoding) = match bytes.strip_prefix(BOM) {
        // CPython compares the name as it is written, so that `utf8` does not fit the mark.
        Some(rest) => match cookie.map(|name| name.replace('_', "-").to_ascii_lowercase()) {
            None => (rest, Encoding::Utf8),
            Some(name) if name == "utf-8" || name.starts_with("utf-8-") => (rest, Encoding::Utf8),
            Some(_) => {
                let name = cookie.unwrap_or_default();
                return Err(fail(format!("encoding problem: {name} with BOM"), 0));
            }
        },
        None => match cookie {
            None => (bytes, Encoding::Utf8),
            Some(name) => match known_encoding(name) {
                Some(known) => (bytes, known),
                None => return Err(fail(format!("unknown encoding: {name}"), 0)),
            },
        },
    };
    let line_of = |at: usize| bytes[..at].iter().filter(|b| **b == b'\n').count() as u32 + 1;
    if let Some(at) = bytes.iter().position(|b| *b == 0) {
        // What stands before it on its line is shown.
        let line = bytes[..at].rsplit(|b| *b == b'\n').next().unwrap_or_default();
        let mut error = fail("source code cannot contain null bytes".into(), line_of(at));
        error.text = Some(String::from_utf8_lossy(line).into_owned());
        return Err(error);
    }
    match encoding {
        Encoding::Latin1 => Ok(bytes.iter().map(|b| char::from(*b)).collect()),
        Encoding::Ascii => match bytes.iter().position(|b| !b.is_ascii()) {
            None => Ok(bytes.iter().map(|b| char::from(*b)).collect()),
            Some(at) => Err(fail(
                format!(
                    "'ascii' codec can't decode byte 0x{:02x} in position {at}: ordinal not in range(128)",
                    bytes[at]
                ),
                0,
            )),
        },
        Encoding::Utf8 => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => {
                let at = error.valid_up_to();
                let message = if cookie.is_none() {
                    format!(
                        "Non-UTF-8 code starting with '\\x{:02x}' in file {filename} on line {}, but no encoding \
                         declared; see https://peps.python.org/pep-0263/ for details",
                        bytes[at],
                        line_of(at)
                    )
                } else {
                    format!(
                        "(unicode error) 'utf-8' codec can't decode byte 0x{:02x} in position {at}: invalid start byte",
                        bytes[at]
                    )
                };
                Err(fail(message, line_of(at)))
            }
        },
    }
}
