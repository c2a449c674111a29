//! The document type definition: what is declared, and reading declarations (XML 1.0, chapters 3.2, 3.3, 4.2 and 4.7).

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use super::cursor::{Cursor, Scan, Stop, char_of_reference, predefined, reference};
use super::errors::Code;

/// How deep groups of a content model may be nested.
const MAX_GROUPS: usize = 500;

/// Where something outside of the document is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ExternalId {
    pub(super) system: Option<String>,
    pub(super) public: Option<String>,
}

/// A general or parameter entity.
pub(super) struct Entity {
    /// The replacement text of an internal entity.
    pub(super) text: Option<Rc<str>>,
    pub(super) id: ExternalId,
    pub(super) base: Option<String>,
    /// The notation of an unparsed entity.
    pub(super) notation: Option<String>,
    /// Its replacement is being read.
    pub(super) open: Cell<bool>,
}

/// A declared attribute.
pub(super) struct Attribute {
    pub(super) name: String,
    /// Of type CDATA: white space in values stays as it is.
    pub(super) cdata: bool,
    pub(super) default: Option<String>,
}

/// The content model of an element.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) kind: u8,
    pub(super) quantifier: u8,
    pub(super) name: Option<String>,
    pub(super) children: Vec<Model>,
}

/// Kinds of content models.
pub(super) static KINDS: &[(&str, u8)] = &[
    ("XML_CTYPE_EMPTY", EMPTY),
    ("XML_CTYPE_ANY", ANY),
    ("XML_CTYPE_MIXED", MIXED),
    ("XML_CTYPE_NAME", NAME),
    ("XML_CTYPE_CHOICE", CHOICE),
    ("XML_CTYPE_SEQ", SEQUENCE),
];
const EMPTY: u8 = 1;
const ANY: u8 = 2;
const MIXED: u8 = 3;
const NAME: u8 = 4;
const CHOICE: u8 = 5;
const SEQUENCE: u8 = 6;

/// How often a part of a content model may come.
pub(super) static QUANTIFIERS: &[(&str, u8)] =
    &[("XML_CQUANT_NONE", 0), ("XML_CQUANT_OPT", 1), ("XML_CQUANT_REP", 2), ("XML_CQUANT_PLUS", 3)];

/// What is declared so far. A parser of an external entity shares it with the parser of the document.
#[derive(Default)]
pub(super) struct Dtd {
    pub(super) general: HashMap<String, Rc<Entity>>,
    pub(super) parameter: HashMap<String, Rc<Entity>>,
    attributes: HashMap<String, Vec<Attribute>>,
    /// A parameter entity or an external subset was not read, so entities may exist that nobody has seen.
    pub(super) incomplete: bool,
    pub(super) standalone: bool,
}

/// A declaration that was read.
pub(super) enum Declaration {
    Entity { name: String, parameter: bool, value: Option<String>, id: ExternalId, notation: Option<String> },
    Notation { name: String, id: ExternalId },
    Element { name: String, model: Model },
    Attribute { element: String, name: String, kind: String, default: Option<String>, required: bool },
}

impl Dtd {
    pub(super) fn attributes_of(&self, element: &str) -> &[Attribute] {
        self.attributes.get(element).map_or(&[], Vec::as_slice)
    }

    /// Declares an entity; false if it was declared before, which then counts.
    pub(super) fn declare_entity(
        &mut self,
        name: &str,
        parameter: bool,
        value: Option<&str>,
        id: &ExternalId,
        notation: Option<&String>,
        base: Option<&String>,
    ) -> bool {
        let table = if parameter { &mut self.parameter } else { &mut self.general };
        if table.contains_key(name) {
            return false;
        }
        let entity = Entity {
            text: value.map(Rc::from),
            id: id.clone(),
            base: base.cloned(),
            notation: notation.cloned(),
            open: Cell::new(false),
        };
        table.insert(name.to_owned(), Rc::new(entity));
        true
    }

    /// Declares an attribute; false if it was declared before, which then counts.
    pub(super) fn declare_attribute(
        &mut self,
        element: &str,
        name: &str,
        kind: &str,
        default: Option<&String>,
    ) -> bool {
        let known = self.attributes.entry(element.to_owned()).or_default();
        if known.iter().any(|a| a.name == name) {
            return false;
        }
        known.push(Attribute { name: name.to_owned(), cdata: kind == "CDATA", default: default.cloned() });
        true
    }

    /// Appends an attribute's value with its references replaced and its white space made blanks. `at` is where the value
    /// stands in the document; what is wrong inside of an entity is wrong at its reference.
    pub(super) fn value_into(&self, out: &mut String, text: &str, at: usize, inside: bool) -> Scan<()> {
        let place = |i: usize| if inside { at } else { at + i };
        let mut c = Cursor::new(text, 0);
        while c.at < text.len() {
            let start = c.at;
            match text.as_bytes()[start] {
                b'<' => return Err(Stop::Bad(Code::InvalidToken, place(start))),
                b'&' => {
                    c.at += 1;
                    let name = match reference(&mut c) {
                        Ok(name) => name,
                        Err(Stop::Bad(code, i)) => return Err(Stop::Bad(code, place(i))),
                        Err(Stop::More) => return Err(Stop::Bad(Code::InvalidToken, place(text.len()))),
                    };
                    self.reference_into(out, name, place(start))?;
                }
                b'\r' => {
                    c.at += 1 + usize::from(text[start + 1..].starts_with('\n'));
                    out.push(' ');
                }
                b'\t' | b'\n' => {
                    c.at += 1;
                    out.push(' ');
                }
                _ => {
                    let rest = &text.as_bytes()[start..];
                    let n = rest.iter().position(|b| matches!(b, b'<' | b'&' | b'\r' | b'\t' | b'\n'));
                    c.at = n.map_or(text.len(), |n| start + n);
                    out.push_str(&text[start..c.at]);
                }
            }
        }
        Ok(())
    }

    fn reference_into(&self, out: &mut String, name: &str, at: usize) -> Scan<()> {
        if name.starts_with('#') {
            out.push(char_of_reference(name).ok_or(Stop::Bad(Code::BadCharRef, at))?);
            return Ok(());
        }
        if let Some(c) = predefined(name) {
            out.push(c);
            return Ok(());
        }
        let bad = |code| Err(Stop::Bad(code, at));
        let Some(entity) = self.general.get(name) else {
            // The element is what this one is reported of, not the reference.
            let whole = Err(Stop::Bad(Code::UndefinedEntity, 0));
            return if self.incomplete && !self.standalone { Ok(()) } else { whole };
        };
        if entity.open.get() {
            return bad(Code::RecursiveEntityRef);
        }
        if entity.notation.is_some() {
            return bad(Code::BinaryEntityRef);
        }
        let Some(text) = &entity.text else { return bad(Code::AttributeExternalEntityRef) };
        if out.len() > super::engine::AMPLIFICATION_THRESHOLD {
            return bad(Code::AmplificationLimit);
        }
        entity.open.set(true);
        let result = self.value_into(out, text, at, true);
        entity.open.set(false);
        result
    }
}

/// Trims a value of a type other than CDATA and makes runs of blanks one.
pub(super) fn collapse(value: &str) -> String {
    value.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `SYSTEM "…"` or `PUBLIC "…" "…"`; nothing if another word comes. `lone_public` allows a public identifier alone.
pub(super) fn external_id(c: &mut Cursor<'_>, lone_public: bool) -> Scan<Option<ExternalId>> {
    if c.eat("SYSTEM")? {
        c.need_space()?;
        return Ok(Some(ExternalId { system: Some(c.quoted()?.to_owned()), public: None }));
    }
    if !c.eat("PUBLIC")? {
        return Ok(None);
    }
    c.need_space()?;
    let start = c.at + 1;
    let text = c.quoted()?;
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b" \r\n-'()+,./:=?;!*#@$_%".contains(&b);
    if let Some(i) = text.bytes().position(|b| !allowed(b)) {
        return Err(Stop::Bad(Code::PublicId, start + i));
    }
    let public = Some(text.split_ascii_whitespace().collect::<Vec<_>>().join(" "));
    let spaced = c.space()?;
    if lone_public && !matches!(c.peek()?, b'"' | b'\'') {
        return Ok(Some(ExternalId { system: None, public }));
    }
    if !spaced {
        return Err(c.invalid());
    }
    Ok(Some(ExternalId { system: Some(c.quoted()?.to_owned()), public }))
}

/// The error for a word that does not belong where it stands.
fn syntax<T>(c: &Cursor<'_>) -> Scan<T> {
    Err(Stop::Bad(Code::Syntax, c.at))
}

/// Reads a declaration whose keyword stands behind `<!`, up to its `>`.
pub(super) fn declaration(c: &mut Cursor<'_>, dtd: &Dtd) -> Scan<Vec<Declaration>> {
    let start = c.at;
    let keyword = c.name()?;
    c.need_space()?;
    let found = match keyword {
        "ENTITY" => vec![entity(c, dtd)?],
        "ATTLIST" => attribute_list(c, dtd)?,
        "ELEMENT" => {
            let name = c.name()?.to_owned();
            c.need_space()?;
            vec![Declaration::Element { name, model: content_model(c)? }]
        }
        "NOTATION" => {
            let name = c.name()?.to_owned();
            c.need_space()?;
            match external_id(c, true)? {
                Some(id) => vec![Declaration::Notation { name, id }],
                None => return syntax(c),
            }
        }
        _ => return Err(Stop::Bad(Code::Syntax, start)),
    };
    c.space()?;
    if c.peek()? != b'>' {
        return syntax(c);
    }
    c.at += 1;
    Ok(found)
}

fn entity(c: &mut Cursor<'_>, dtd: &Dtd) -> Scan<Declaration> {
    let parameter = c.peek()? == b'%';
    if parameter {
        c.at += 1;
        c.need_space()?;
    }
    let name = c.name()?.to_owned();
    c.need_space()?;
    if matches!(c.peek()?, b'"' | b'\'') {
        let start = c.at + 1;
        let value = entity_value(c.quoted()?, start, dtd)?;
        return Ok(Declaration::Entity {
            name,
            parameter,
            value: Some(value),
            id: ExternalId::default(),
            notation: None,
        });
    }
    let Some(id) = external_id(c, false)? else { return syntax(c) };
    let spaced = c.space()?;
    let mut notation = None;
    if !parameter && c.peek()? != b'>' {
        if !spaced {
            return Err(c.invalid());
        }
        if !c.eat("NDATA")? {
            return syntax(c);
        }
        c.need_space()?;
        notation = Some(c.name()?.to_owned());
    }
    Ok(Declaration::Entity { name, parameter, value: None, id, notation })
}

/// The replacement text of an entity: character and parameter references are replaced when it is declared.
fn entity_value(text: &str, at: usize, dtd: &Dtd) -> Scan<String> {
    let mut out = String::with_capacity(text.len());
    let mut c = Cursor::new(text, 0);
    let moved = |stop| match stop {
        Stop::Bad(code, i) => Stop::Bad(code, at + i),
        Stop::More => Stop::Bad(Code::InvalidToken, at + text.len()),
    };
    while c.at < text.len() {
        let start = c.at;
        c.at += 1;
        match text.as_bytes()[start] {
            b'&' => {
                let name = reference(&mut c).map_err(moved)?;
                if name.starts_with('#') {
                    out.push(char_of_reference(name).ok_or(Stop::Bad(Code::BadCharRef, at + start))?);
                } else {
                    out.push_str(&text[start..c.at]);
                }
            }
            b'%' => {
                let name = c.name().map_err(moved)?;
                c.expect(b';').map_err(moved)?;
                match dtd.parameter.get(name).and_then(|e| e.text.clone()) {
                    Some(replacement) if out.len() < super::engine::AMPLIFICATION_THRESHOLD => {
                        out.push_str(&replacement)
                    }
                    Some(_) => return Err(Stop::Bad(Code::AmplificationLimit, at + start)),
                    None => return Err(Stop::Bad(Code::ParamEntityRef, at + start)),
                }
            }
            b'\r' => {
                c.at += usize::from(text[c.at..].starts_with('\n'));
                out.push('\n');
            }
            _ => {
                let rest = &text.as_bytes()[c.at..];
                let n = rest.iter().position(|b| matches!(b, b'&' | b'%' | b'\r'));
                c.at = n.map_or(text.len(), |n| c.at + n);
                out.push_str(&text[start..c.at]);
            }
        }
    }
    Ok(out)
}

fn attribute_list(c: &mut Cursor<'_>, dtd: &Dtd) -> Scan<Vec<Declaration>> {
    let element = c.name()?.to_owned();
    let mut found = Vec::new();
    loop {
        let spaced = c.space()?;
        if c.peek()? == b'>' {
            return Ok(found);
        }
        if !spaced {
            return Err(c.invalid());
        }
        let name = c.name()?.to_owned();
        c.need_space()?;
        let kind = attribute_type(c)?;
        c.need_space()?;
        let (mut required, mut default) = (false, None);
        let start = c.at;
        let mut literal = true;
        if c.peek()? == b'#' {
            c.at += 1;
            match c.name()? {
                "REQUIRED" => (required, literal) = (true, false),
                "IMPLIED" => literal = false,
                "FIXED" => {
                    required = true;
                    c.need_space()?;
                }
                _ => return Err(Stop::Bad(Code::Syntax, start)),
            }
        }
        if literal {
            let at = c.at + 1;
            let mut value = String::new();
            dtd.value_into(&mut value, c.quoted()?, at, false)?;
            default = Some(if kind == "CDATA" { value } else { collapse(&value) });
        }
        found.push(Declaration::Attribute { element: element.clone(), name, kind, default, required });
    }
}

/// The type of an attribute, without white space.
fn attribute_type(c: &mut Cursor<'_>) -> Scan<String> {
    let mut kind = String::new();
    if c.peek()? != b'(' {
        let start = c.at;
        kind.push_str(c.name()?);
        match kind.as_str() {
            "CDATA" | "ID" | "IDREF" | "IDREFS" | "ENTITY" | "ENTITIES" | "NMTOKEN" | "NMTOKENS" => return Ok(kind),
            "NOTATION" => c.need_space()?,
            _ => return Err(Stop::Bad(Code::Syntax, start)),
        }
    }
    c.expect(b'(')?;
    kind.push('(');
    loop {
        c.space()?;
        kind.push_str(c.name_token()?);
        c.space()?;
        let next = c.peek()?;
        c.at += 1;
        match next {
            b'|' => kind.push('|'),
            b')' => {
                kind.push(')');
                return Ok(kind);
            }
            _ => return Err(Stop::Bad(Code::Syntax, c.at - 1)),
        }
    }
}

fn quantifier(c: &mut Cursor<'_>) -> Scan<u8> {
    let n = match c.peek()? {
        b'?' => 1,
        b'*' => 2,
        b'+' => 3,
        _ => return Ok(0),
    };
    c.at += 1;
    Ok(n)
}

fn content_model(c: &mut Cursor<'_>) -> Scan<Model> {
    let plain = |kind| Model { kind, quantifier: 0, name: None, children: Vec::new() };
    if c.peek()? != b'(' {
        let start = c.at;
        return match c.name()? {
            "EMPTY" => Ok(plain(EMPTY)),
            "ANY" => Ok(plain(ANY)),
            _ => Err(Stop::Bad(Code::Syntax, start)),
        };
    }
    c.at += 1;
    c.space()?;
    if c.peek()? != b'#' {
        return group(c, 1);
    }
    let start = c.at;
    c.at += 1;
    if c.name()? != "PCDATA" {
        return Err(Stop::Bad(Code::Syntax, start));
    }
    let mut model = plain(MIXED);
    loop {
        c.space()?;
        match c.peek()? {
            b')' => break,
            b'|' => c.at += 1,
            _ => return syntax(c),
        }
        c.space()?;
        model.children.push(Model { name: Some(c.name()?.to_owned()), ..plain(NAME) });
    }
    c.at += 1;
    if c.peek()? == b'*' {
        c.at += 1;
        model.quantifier = 2;
    } else if !model.children.is_empty() {
        return syntax(c);
    }
    Ok(model)
}

/// A group of a content model, behind its parenthesis.
fn group(c: &mut Cursor<'_>, depth: usize) -> Scan<Model> {
    if depth > MAX_GROUPS {
        return syntax(c);
    }
    let mut model = Model { kind: SEQUENCE, quantifier: 0, name: None, children: Vec::new() };
    let mut separator = None;
    loop {
        c.space()?;
        if c.peek()? == b'(' {
            c.at += 1;
            model.children.push(group(c, depth + 1)?);
        } else {
            let name = Some(c.name()?.to_owned());
            model.children.push(Model { kind: NAME, quantifier: quantifier(c)?, name, children: Vec::new() });
        }
        c.space()?;
        match c.peek()? {
            b')' => break,
            b @ (b'|' | b',') if separator.is_none_or(|s| s == b) => separator = Some(b),
            _ => return syntax(c),
        }
        c.at += 1;
    }
    c.at += 1;
    if separator == Some(b'|') {
        model.kind = CHOICE;
    }
    model.quantifier = quantifier(c)?;
    Ok(model)
}
