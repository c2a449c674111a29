//! Format strings of `struct`: parsed once into a list of items with offsets.

/// How one item is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `x`: nothing but space.
    Pad,
    /// `c`
    Char,
    /// `s`: bytes of a fixed length.
    Bytes,
    /// `p`: bytes with their length in front.
    Pascal,
    /// `?`
    Bool,
    /// An integer.
    Int { signed: bool },
    /// `e`, `f` or `d`
    Float,
    /// `F` or `D`: two floats.
    Complex,
}

/// A run of equal items.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub(super) kind: Kind,
    /// The format character.
    pub(super) code: u8,
    /// Bytes per item.
    pub(super) size: usize,
    /// How many; the length of `s` and `p` items.
    pub(super) count: usize,
    pub(super) offset: usize,
}

/// A parsed format.
#[derive(Debug)]
pub(super) struct Format {
    pub(super) items: Vec<Item>,
    pub(super) size: usize,
    pub(super) little: bool,
    /// Sizes and alignment are the machine's.
    pub(super) native: bool,
    /// How many values it packs.
    pub(super) values: usize,
}

fn kind_of(code: u8, native: bool) -> Option<(Kind, usize)> {
    let long = if native && cfg!(not(windows)) { 8 } else { 4 };
    let int = |signed, size| Some((Kind::Int { signed }, size));
    match code {
        b'x' => Some((Kind::Pad, 1)),
        b'c' => Some((Kind::Char, 1)),
        b's' => Some((Kind::Bytes, 1)),
        b'p' => Some((Kind::Pascal, 1)),
        b'?' => Some((Kind::Bool, 1)),
        b'b' => int(true, 1),
        b'B' => int(false, 1),
        b'h' => int(true, 2),
        b'H' => int(false, 2),
        b'i' => int(true, 4),
        b'I' => int(false, 4),
        b'l' => int(true, long),
        b'L' => int(false, long),
        b'q' => int(true, 8),
        b'Q' => int(false, 8),
        b'n' if native => int(true, 8),
        b'N' | b'P' if native => int(false, 8),
        b'e' => Some((Kind::Float, 2)),
        b'f' => Some((Kind::Float, 4)),
        b'd' => Some((Kind::Float, 8)),
        b'F' => Some((Kind::Complex, 8)),
        b'D' => Some((Kind::Complex, 16)),
        _ => None,
    }
}

impl Format {
    /// Parses a format; the error is `struct.error`'s message.
    pub(super) fn parse(text: &[u8]) -> Result<Format, &'static str> {
        const TOO_LONG: &str = "total struct size too long";
        let (little, native, body) = match text {
            [b'@', body @ ..] => (cfg!(target_endian = "little"), true, body),
            [b'=', body @ ..] => (cfg!(target_endian = "little"), false, body),
            [b'<', body @ ..] => (true, false, body),
            [b'>' | b'!', body @ ..] => (false, false, body),
            _ => (cfg!(target_endian = "little"), true, text),
        };
        let mut format = Format { items: Vec::new(), size: 0, little, native, values: 0 };
        let mut at = 0;
        while at < body.len() {
            if body[at].is_ascii_whitespace() || body[at] == 0x0B {
                at += 1;
                continue;
            }
            let digits = body[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            let mut count = 1usize;
            if digits > 0 {
                let number = body[at..at + digits]
                    .iter()
                    .try_fold(0usize, |n, b| n.checked_mul(10)?.checked_add(usize::from(b - b'0')));
                count = number.filter(|&n| n <= isize::MAX as usize).ok_or("overflow in item count")?;
                at += digits;
            }
            let Some(&code) = body.get(at) else { return Err("repeat count given without format specifier") };
            at += 1;
            let (kind, size) = kind_of(code, native).ok_or("bad char in struct format")?;
            if native && size > 1 {
                let align = if kind == Kind::Complex { size / 2 } else { size };
                let aligned = format.size.checked_add(align - 1).ok_or(TOO_LONG)?;
                format.size = aligned - aligned % align;
            }
            let item = Item { kind, code, size, count, offset: format.size };
            let total = size.checked_mul(count).and_then(|n| n.checked_add(format.size));
            format.size = total.filter(|&n| n <= isize::MAX as usize).ok_or(TOO_LONG)?;
            format.values += match kind {
                Kind::Pad => 0,
                Kind::Bytes | Kind::Pascal => 1,
                _ => count,
            };
            format.items.push(item);
        }
        Ok(format)
    }
}
