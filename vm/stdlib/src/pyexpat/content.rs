//! Content of elements: tags, text, references, CDATA sections, and the names in it (XML 1.0, chapter 3; Namespaces in XML).

use std::collections::HashSet;
use std::rc::Rc;

use super::cursor::{Cursor, Scan, Stop, char_of_reference, is_char, predefined, reference};
use super::dtd::collapse;
use super::engine::{Engine, Event, Kind, Namespaces, State, Tag};
use super::errors::Code;

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// The longest piece of text that is handed on at once where the document had to be converted.
const CONVERTED: usize = 1024;

/// An attribute as it is written.
struct Written<'a> {
    name: &'a str,
    at: usize,
    value: &'a str,
    value_at: usize,
}

/// An attribute with its value made ready.
struct Ready {
    name: String,
    value: String,
}

/// The prefix and the rest of a name.
fn split(name: &str) -> (Option<&str>, &str) {
    name.split_once(':').map_or((None, name), |(p, l)| (Some(p), l))
}

impl Engine {
    /// A token of content.
    pub(super) fn content(&mut self, text: &str, at: usize, last: bool) -> Scan<usize> {
        let mut c = Cursor::new(text, at);
        match c.peek()? {
            b'<' => c.at += 1,
            b'&' => {
                c.at += 1;
                let name = reference(&mut c)?;
                self.reference(name, at, &text[at..c.at])?;
                return Ok(c.at);
            }
            _ => return self.characters(text, at, last, "]]>"),
        }
        match c.peek()? {
            b'/' => {
                c.at += 1;
                self.end_tag(&mut c, at)?;
            }
            b'?' => {
                c.at += 1;
                self.instruction(&mut c, at)?;
            }
            b'!' => {
                c.at += 1;
                if c.peek()? == b'-' {
                    self.comment(&mut c, at)?;
                } else {
                    c.literal("[CDATA[")?;
                    self.push(Event::StartCdata, &text[at..c.at]);
                    self.state = State::Cdata;
                }
            }
            _ => self.start_tag(&mut c, at)?,
        }
        Ok(c.at)
    }

    /// A token inside of a CDATA section.
    pub(super) fn cdata(&mut self, text: &str, at: usize, last: bool) -> Scan<usize> {
        let mut c = Cursor::new(text, at);
        c.peek()?;
        if c.eat("]]>")? {
            self.push(Event::EndCdata, "]]>");
            self.state = State::Content;
            return Ok(c.at);
        }
        self.characters(text, at, last, "")
    }

    /// Text up to the next markup. The end of a line is a token of its own. `forbidden` must not come in it.
    fn characters(&mut self, text: &str, at: usize, last: bool, forbidden: &str) -> Scan<usize> {
        let rest = &text[at..];
        let cdata = forbidden.is_empty();
        let newline = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with(['\r', '\n'])) };
        if newline > 0 {
            if rest == "\r" && !last {
                return Err(Stop::More);
            }
            self.push(Event::Text("\n".to_owned()), &rest[..newline]);
            return Ok(at + newline);
        }
        let bytes = rest.as_bytes();
        let mut end = bytes.len();
        if !self.input.is_utf8() && self.frames.is_empty() {
            end = rest.floor_char_boundary(CONVERTED);
        }
        let limit = end;
        let mut i = 0;
        while i < limit {
            let b = bytes[i];
            let markup = matches!(b, b'<' | b'&') && !cdata;
            if markup || matches!(b, b'\r' | b'\n') {
                end = i;
                break;
            }
            if b == b']' {
                let tail = &bytes[i..];
                if tail.starts_with(b"]]>") {
                    if !cdata {
                        return Err(Stop::Bad(Code::InvalidToken, at + i + 2));
                    }
                    end = i;
                    break;
                }
                // Not yet known whether this is the end of a section.
                if (cdata || !last) && b"]]>".starts_with(tail) {
                    end = i;
                    break;
                }
            }
            // Characters that XML does not allow: most controls, U+FFFE and U+FFFF.
            if b < 0x20 && b != b'\t' || b == 0xEF && !is_char(rest[i..].chars().next().unwrap_or(' ')) {
                return self.text_then(rest, i, at, Stop::Bad(Code::InvalidToken, at + i));
            }
            i += 1;
        }
        if end == 0 {
            return Err(Stop::More);
        }
        self.push(Event::Text(rest[..end].to_owned()), &rest[..end]);
        Ok(at + end)
    }

    /// The text before something that is wrong, or else what is wrong.
    fn text_then(&mut self, rest: &str, n: usize, at: usize, stop: Stop) -> Scan<usize> {
        if n == 0 {
            return Err(stop);
        }
        self.push(Event::Text(rest[..n].to_owned()), &rest[..n]);
        Ok(at + n)
    }

    /// A reference in content, without `&` and `;`.
    fn reference(&mut self, name: &str, at: usize, raw: &str) -> Scan<()> {
        let bad = |code| Err(Stop::Bad(code, at));
        if name.starts_with('#') {
            let Some(c) = char_of_reference(name) else { return bad(Code::BadCharRef) };
            self.push(Event::Text(c.to_string()), raw);
            return Ok(());
        }
        if let Some(c) = predefined(name) {
            self.push(Event::Text(c.to_string()), raw);
            return Ok(());
        }
        self.check_name(name, at + 1)?;
        let (entity, excused) = {
            let dtd = self.dtd.borrow();
            (dtd.general.get(name).cloned(), dtd.incomplete && !dtd.standalone)
        };
        let Some(entity) = entity else {
            if !excused {
                return bad(Code::UndefinedEntity);
            }
            self.push(Event::Skipped { name: name.to_owned(), parameter: false }, raw);
            return Ok(());
        };
        if entity.open.get() {
            return bad(Code::RecursiveEntityRef);
        }
        if entity.notation.is_some() {
            return bad(Code::BinaryEntityRef);
        }
        match &entity.text {
            Some(text) if self.expand => self.enter(&entity, text).map_err(|_| Stop::Bad(Code::AmplificationLimit, at)),
            Some(_) => {
                self.push(Event::Skipped { name: name.to_owned(), parameter: false }, raw);
                Ok(())
            }
            None => {
                let (base, id) = (entity.base.clone(), entity.id.clone());
                self.push(Event::External { context: Some(name.to_owned()), base, id }, raw);
                Ok(())
            }
        }
    }

    /// Refuses colons in the wrong places when namespaces are read.
    fn check_name(&self, name: &str, at: usize) -> Scan<()> {
        if self.namespaces.is_none() {
            return Ok(());
        }
        let mut colons = name.match_indices(':').map(|(i, _)| i);
        let Some(first) = colons.next() else { return Ok(()) };
        let wrong = if first == 0 {
            Some(0)
        } else if first + 1 == name.len() {
            Some(name.len())
        } else {
            colons.next()
        };
        wrong.map_or(Ok(()), |i| Err(Stop::Bad(Code::InvalidToken, at + i)))
    }

    /// An end tag; the cursor is behind `</`.
    fn end_tag(&mut self, c: &mut Cursor<'_>, start: usize) -> Scan<()> {
        let at = c.at;
        let name = c.name()?;
        self.check_name(name, at)?;
        c.space()?;
        c.expect(b'>')?;
        let floor = self.frames.last().map_or(0, |f| f.depth);
        if self.tags.len() == floor {
            return Err(Stop::Bad(Code::AsyncEntity, start));
        }
        if self.tags.last().is_none_or(|t| t.raw != name) {
            return Err(Stop::Bad(Code::TagMismatch, at));
        }
        self.close(&c.text[start..c.at]);
        Ok(())
    }

    /// Ends the innermost element.
    fn close(&mut self, raw: &str) {
        let Some(tag) = self.tags.pop() else { return };
        self.push(Event::EndElement(tag.name), raw);
        for _ in 0..tag.bindings {
            if let Some((prefix, _)) = self.namespaces.as_mut().and_then(|n| n.bound.pop()) {
                self.push(Event::EndNamespace(prefix), "");
            }
        }
        if self.tags.is_empty() && self.kind == Kind::Document && self.frames.is_empty() {
            self.state = State::Epilog;
        }
    }

    /// A start tag or the tag of an empty element; the cursor is behind `<`.
    fn start_tag(&mut self, c: &mut Cursor<'_>, start: usize) -> Scan<()> {
        let name_at = c.at;
        let name = c.name()?;
        self.check_name(name, name_at)?;
        let mut written: Vec<Written<'_>> = Vec::new();
        let empty = loop {
            let spaced = c.space()?;
            match c.peek()? {
                b'>' => {
                    c.at += 1;
                    break false;
                }
                b'/' => {
                    c.at += 1;
                    c.expect(b'>')?;
                    break true;
                }
                _ if !spaced => return Err(c.invalid()),
                _ => {}
            }
            let at = c.at;
            let attribute = c.name()?;
            self.check_name(attribute, at)?;
            c.space()?;
            c.expect(b'=')?;
            c.space()?;
            let value_at = c.at + 1;
            let value = c.quoted()?;
            if let Some(i) = value.find('<') {
                return Err(Stop::Bad(Code::InvalidToken, value_at + i));
            }
            written.push(Written { name: attribute, at, value, value_at });
        };
        let (attributes, specified) = self.values(name, written)?;
        let raw = &c.text[start..c.at];
        self.open(name, attributes, specified, start, raw)?;
        if empty {
            self.token_ends(c.text, c.at);
            self.close("");
        }
        Ok(())
    }

    /// The attributes of an element with their values, and how many of them were written.
    fn values(&self, element: &str, written: Vec<Written<'_>>) -> Scan<(Vec<Ready>, usize)> {
        let dtd = self.dtd.borrow();
        let declared = dtd.attributes_of(element);
        let mut seen = HashSet::new();
        let mut ready: Vec<Ready> = Vec::with_capacity(written.len());
        let many = written.len() > 8;
        for w in written {
            let doubled = if many { !seen.insert(w.name) } else { ready.iter().any(|r| r.name == w.name) };
            if doubled {
                return Err(Stop::Bad(Code::DuplicateAttribute, w.at));
            }
            let mut value = String::with_capacity(w.value.len());
            dtd.value_into(&mut value, w.value, w.value_at, false)?;
            if declared.iter().any(|a| !a.cdata && a.name == w.name) {
                value = collapse(&value);
            }
            ready.push(Ready { name: w.name.to_owned(), value });
        }
        let specified = ready.len();
        for a in declared {
            if let Some(default) = &a.default
                && !ready[..specified].iter().any(|r| r.name == a.name)
            {
                ready.push(Ready { name: a.name.clone(), value: default.clone() });
            }
        }
        Ok((ready, specified))
    }

    fn open(&mut self, name: &str, attributes: Vec<Ready>, specified: usize, at: usize, raw: &str) -> Scan<()> {
        let mut tag = Tag { raw: name.to_owned(), name: String::new(), bindings: 0 };
        let (attributes, specified) = match self.namespaces.take() {
            None => {
                tag.name = name.to_owned();
                (attributes.into_iter().map(|r| (r.name, r.value)).collect(), specified)
            }
            Some(mut spaces) => {
                let result = self.resolve(&mut spaces, &mut tag, attributes, specified);
                self.namespaces = Some(spaces);
                result.map_err(|code| Stop::Bad(code, at))?
            }
        };
        let event = Event::StartElement { name: tag.name.clone(), attributes, specified };
        self.push(event, raw);
        self.tags.push(tag);
        Ok(())
    }

    /// Binds the prefixes that the attributes declare, then gives element and attributes their full names.
    fn resolve(
        &mut self,
        spaces: &mut Namespaces,
        tag: &mut Tag,
        attributes: Vec<Ready>,
        mut specified: usize,
    ) -> Result<(Vec<(String, String)>, usize), Code> {
        let mut plain = Vec::with_capacity(attributes.len());
        let written = specified;
        for (i, a) in attributes.into_iter().enumerate() {
            let prefix = match split(&a.name) {
                (None, "xmlns") => None,
                (Some("xmlns"), local) => Some(local.to_owned()),
                _ => {
                    plain.push(a);
                    continue;
                }
            };
            check_binding(prefix.as_deref(), &a.value, spaces)?;
            specified -= usize::from(i < written);
            let uri = (!a.value.is_empty()).then(|| Rc::from(a.value.as_str()));
            self.push(Event::StartNamespace { prefix: prefix.clone(), uri: uri.as_deref().map(str::to_owned) }, "");
            spaces.bound.push((prefix, uri));
            tag.bindings += 1;
        }
        tag.name = self.expanded(spaces, &tag.raw, true)?;
        let mut full = Vec::with_capacity(plain.len());
        let mut seen = HashSet::new();
        for a in plain {
            let name = self.expanded(spaces, &a.name, false)?;
            if a.name.contains(':') && !seen.insert(name.clone()) {
                return Err(Code::DuplicateAttribute);
            }
            full.push((name, a.value));
        }
        Ok((full, specified))
    }

    /// A name as handlers see it: namespace, separator, local name.
    fn expanded(&self, spaces: &Namespaces, name: &str, element: bool) -> Result<String, Code> {
        let (prefix, local) = split(name);
        let uri = match prefix {
            Some("xml") => Some(XML),
            None if !element => None,
            _ => spaces.bound.iter().rev().find(|b| b.0.as_deref() == prefix).and_then(|b| b.1.as_deref()),
        };
        let Some(uri) = uri else {
            return if prefix.is_some() { Err(Code::UnboundPrefix) } else { Ok(name.to_owned()) };
        };
        let mut full = [uri, &spaces.separator, local].concat();
        if let Some(prefix) = prefix.filter(|_| self.prefixes) {
            full.push_str(&spaces.separator);
            full.push_str(prefix);
        }
        Ok(full)
    }
}

/// What may not be bound (Namespaces in XML, chapter 3).
fn check_binding(prefix: Option<&str>, uri: &str, spaces: &Namespaces) -> Result<(), Code> {
    match prefix {
        Some("xmlns") => return Err(Code::ReservedPrefixXmlns),
        Some("xml") if uri != XML => return Err(Code::ReservedPrefixXml),
        Some(p) if uri.is_empty() && p != "xml" => return Err(Code::UndeclaringPrefix),
        _ => {}
    }
    if (uri == XML && prefix != Some("xml")) || uri == XMLNS {
        return Err(Code::ReservedNamespaceUri);
    }
    // A URI with the separator in it could not be told from a name.
    if !spaces.separator.is_empty()
        && uri.contains(&spaces.separator)
        && !spaces.separator.contains(|c: char| is_uri(c))
    {
        return Err(Code::Syntax);
    }
    Ok(())
}

/// Characters that RFC 3986 allows in a URI.
fn is_uri(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}
