//! Sets of characters: what the code words say of one character, made into a table for the first 256 and a rule for the rest.

use std::cell::OnceCell;

use crate::Unicode;

/// How a character is changed before it is looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fold {
    None,
    /// ASCII letters to lower case.
    Ascii,
    /// Every letter to lower case.
    Unicode,
    /// Both cases of bytes are tried.
    Locale,
}

impl Fold {
    pub(crate) fn lower(self, cp: u32, chars: &Unicode) -> u32 {
        match self {
            Fold::None => cp,
            Fold::Ascii | Fold::Locale => lower_ascii(cp),
            Fold::Unicode => (chars.lower)(cp),
        }
    }
}

pub(crate) fn lower_ascii(cp: u32) -> u32 {
    if (0x41..=0x5A).contains(&cp) { cp + 0x20 } else { cp }
}

pub(crate) fn upper_ascii(cp: u32) -> u32 {
    if (0x61..=0x7A).contains(&cp) { cp - 0x20 } else { cp }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Property {
    Digit,
    Space,
    Word,
    LineBreak,
}

/// A category of characters, such as `\w` of Unicode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Category {
    property: Property,
    unicode: bool,
    negated: bool,
}

impl Category {
    pub(crate) fn of(word: u32) -> Option<Category> {
        use Property::{Digit, LineBreak, Space, Word};
        // Each is followed by its opposite.
        let (property, unicode) = match word / 2 {
            0 => (Digit, false),
            1 => (Space, false),
            2 | 4 => (Word, false),
            3 => (LineBreak, false),
            5 => (Digit, true),
            6 => (Space, true),
            7 => (Word, true),
            8 => (LineBreak, true),
            _ => return None,
        };
        Some(Category { property, unicode, negated: word % 2 == 1 })
    }

    fn has(self, cp: u32, chars: &Unicode) -> bool {
        let inside = match (self.property, self.unicode) {
            (Property::Digit, false) => (0x30..=0x39).contains(&cp),
            (Property::Digit, true) => (chars.is_decimal)(cp),
            (Property::Space, false) => matches!(cp, 0x09..=0x0D | 0x20),
            (Property::Space, true) => (chars.is_space)(cp),
            (Property::Word, false) => is_ascii_word(cp),
            (Property::Word, true) => cp == 0x5F || (chars.is_alnum)(cp),
            (Property::LineBreak, false) => cp == 0x0A,
            (Property::LineBreak, true) => (chars.is_line_break)(cp),
        };
        inside != self.negated
    }
}

pub(crate) fn is_ascii_word(cp: u32) -> bool {
    u8::try_from(cp).is_ok_and(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// One test of a set. The first that holds decides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Item {
    /// From here on, what holds means that the character is not in the set.
    Negate,
    Char(u32),
    Range(u32, u32),
    /// Lower and upper case are tried.
    RangeAnyCase(u32, u32),
    /// A bit for each of the first 256 characters.
    Bitmap(Box<[u32]>),
    /// Blocks of 256 bits, chosen by the high byte of a character below 0x10000.
    Blocks(Box<[u8]>, Box<[u32]>),
    Category(Category),
}

fn bit(words: &[u32], index: usize) -> bool {
    words.get(index / 32).is_some_and(|w| w >> (index % 32) & 1 == 1)
}

impl Item {
    fn has(&self, cp: u32, chars: &Unicode) -> bool {
        match self {
            Item::Negate => false,
            Item::Char(c) => *c == cp,
            Item::Range(low, high) => (*low..=*high).contains(&cp),
            Item::RangeAnyCase(low, high) => {
                (*low..=*high).contains(&cp) || (*low..=*high).contains(&(chars.upper)(cp))
            }
            Item::Bitmap(words) => cp < 256 && bit(words, cp as usize),
            Item::Blocks(map, words) => match map.get((cp >> 8) as usize) {
                Some(&block) => bit(words, usize::from(block) * 256 + (cp & 255) as usize),
                None => false,
            },
            Item::Category(c) => c.has(cp, chars),
        }
    }

    /// Whether no character from 256 on can pass.
    fn is_narrow(&self) -> bool {
        match self {
            Item::Negate | Item::Bitmap(_) => true,
            Item::Char(c) => *c < 256,
            Item::Range(_, high) => *high < 256,
            Item::RangeAnyCase(..) | Item::Blocks(..) => false,
            Item::Category(c) => !c.unicode && !c.negated,
        }
    }
}

/// A set as the code words describe it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Charset {
    pub(crate) items: Vec<Item>,
    pub(crate) fold: Fold,
}

impl Charset {
    fn has_exactly(&self, cp: u32, chars: &Unicode) -> bool {
        let mut inside = true;
        for item in &self.items {
            if matches!(item, Item::Negate) {
                inside = !inside;
            } else if item.has(cp, chars) {
                return inside;
            }
        }
        !inside
    }

    fn has(&self, cp: u32, chars: &Unicode) -> bool {
        match self.fold {
            Fold::Locale => {
                self.has_exactly(lower_ascii(cp), chars)
                    || (upper_ascii(cp) != lower_ascii(cp) && self.has_exactly(upper_ascii(cp), chars))
            }
            fold => self.has_exactly(fold.lower(cp, chars), chars),
        }
    }

    /// What is true of all characters from 256 on, if they are all alike.
    fn beyond(&self) -> Option<bool> {
        if self.fold == Fold::Unicode || !self.items.iter().all(Item::is_narrow) {
            return None;
        }
        Some(self.items.iter().filter(|i| matches!(i, Item::Negate)).count() % 2 == 1)
    }
}

/// Characters from 256 on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Wide {
    None,
    All,
    Some(Charset),
}

/// A bit for each character of at most two bytes.
type Pair = Box<[u64; 32]>;

/// A set of characters, ready to be asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Class {
    pub(crate) table: [bool; 256],
    pub(crate) wide: Wide,
    pub(crate) shape: Shape,
    /// What the rule says of characters below 0x800; found out when one of them is asked for.
    pairs: OnceCell<Pair>,
}

/// What is simple about a class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// Every character is in it.
    All,
    /// All but one of ASCII.
    AllBut(u8),
    Other,
}

impl Class {
    /// The class of a set; `latin` are the first 256 characters in lower case, if the set needs them.
    pub(crate) fn new(set: &Charset, chars: &Unicode, latin: &[u32; 256]) -> Class {
        let mut table = [false; 256];
        for (cp, entry) in (0..).zip(&mut table) {
            *entry = match set.fold {
                Fold::Unicode => set.has_exactly(latin[cp as usize], chars),
                _ => set.has(cp, chars),
            };
        }
        let wide = match set.beyond() {
            Some(true) => Wide::All,
            Some(false) => Wide::None,
            None => Wide::Some(set.clone()),
        };
        let mut missing = (0..=255u8).filter(|&b| !table[usize::from(b)]);
        let shape = match (missing.next(), missing.next(), &wide) {
            (None, _, Wide::All) => Shape::All,
            (Some(byte), None, Wide::All) if byte < 0x80 => Shape::AllBut(byte),
            _ => Shape::Other,
        };
        Class { table, wide, shape, pairs: OnceCell::new() }
    }

    /// Whether the character is in the set.
    #[inline]
    pub(crate) fn has(&self, cp: u32, chars: &Unicode) -> bool {
        match self.table.get(cp as usize) {
            Some(&inside) => inside,
            None => match &self.wide {
                Wide::None => false,
                Wide::All => true,
                Wide::Some(set) if cp < 0x800 => {
                    let pairs = self.pairs.get_or_init(|| pairs(set, chars));
                    pairs[(cp / 64) as usize] >> (cp % 64) & 1 == 1
                }
                Wide::Some(set) => set.has(cp, chars),
            },
        }
    }

    /// Whether it is Unicode's words.
    pub(crate) fn is_word(&self) -> bool {
        const WORD: Item = Item::Category(Category { property: Property::Word, unicode: true, negated: false });
        matches!(&self.wide, Wide::Some(Charset { items, fold: Fold::None }) if items[..] == [WORD])
    }
}

#[cold]
fn pairs(set: &Charset, chars: &Unicode) -> Pair {
    let word = |i: u32| (0..64).filter(|&n| set.has(64 * i + n, chars)).fold(0, |word, n| word | 1 << n);
    let mut all = Box::new([0; 32]);
    for (i, entry) in (0..).zip(&mut all[..]) {
        *entry = word(i);
    }
    all
}

/// A set of bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ByteSet([u64; 4]);

impl ByteSet {
    pub(crate) const EMPTY: ByteSet = ByteSet([0; 4]);
    pub(crate) const FULL: ByteSet = ByteSet([u64::MAX; 4]);

    pub(crate) fn one(byte: u8) -> ByteSet {
        let mut set = ByteSet::EMPTY;
        set.insert(byte);
        set
    }

    pub(crate) fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    pub(crate) fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    pub(crate) fn union(self, other: ByteSet) -> ByteSet {
        ByteSet(std::array::from_fn(|i| self.0[i] | other.0[i]))
    }

    pub(crate) fn intersection(self, other: ByteSet) -> ByteSet {
        ByteSet(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }

    pub(crate) fn is_disjoint(self, other: ByteSet) -> bool {
        self.intersection(other) == ByteSet::EMPTY
    }

    pub(crate) fn bytes(self) -> impl Iterator<Item = u8> {
        (0..=255u8).filter(move |&b| self.has(b))
    }

    /// As a table.
    pub(crate) fn table(self) -> [bool; 256] {
        let mut table = [false; 256];
        for byte in self.bytes() {
            table[usize::from(byte)] = true;
        }
        table
    }
}

/// The bytes with which the characters of a class begin.
pub(crate) fn first_bytes(class: &Class, is_text: bool) -> ByteSet {
    let mut set = ByteSet::EMPTY;
    for byte in 0..=255u8 {
        if class.table[usize::from(byte)] {
            set.insert(match byte {
                0x80..0xC0 if is_text => 0xC2,
                0xC0.. if is_text => 0xC3,
                _ => byte,
            });
        }
    }
    if is_text && class.wide != Wide::None {
        for lead in 0xC4..=0xF4 {
            set.insert(lead);
        }
    }
    set
}
