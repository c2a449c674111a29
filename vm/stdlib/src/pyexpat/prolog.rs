//! What stands before and behind the root element: XML declaration, document type, comments, processing instructions
//! (XML 1.0, chapters 2.5 to 2.9).

use super::cursor::{Cursor, Scan, Stop, is_name_char, is_space};
use super::dtd::{Declaration, ExternalId, declaration, external_id};
use super::engine::{Engine, Event, Kind, State};
use super::errors::Code;

/// The same stop with the code of the declaration in which it is.
fn worded(stop: Stop, code: Code) -> Stop {
    match stop {
        Stop::Bad(_, at) => Stop::Bad(code, at),
        Stop::More => Stop::More,
    }
}

/// The length of the white space at `at`, less a carriage return at the very end whose line feed may still come.
fn blanks(text: &str, at: usize, last: bool) -> usize {
    let rest = &text.as_bytes()[at..];
    let n = rest.iter().position(|&b| !is_space(b)).unwrap_or(rest.len());
    if n == rest.len() && !last && rest.last() == Some(&b'\r') { n - 1 } else { n }
}

impl Engine {
    /// The first token: an XML or text declaration may stand here and nowhere else.
    pub(super) fn start(&mut self, text: &str, at: usize, last: bool) -> Scan<usize> {
        let mut c = Cursor::new(text, at);
        let declared = match c.eat("<?xml") {
            Ok(true) => is_space(c.peek()?) || c.peek()? == b'?',
            Ok(false) => false,
            // What is too short for a declaration at the end is something else.
            Err(Stop::More) if last => false,
            Err(stop) => return Err(stop),
        };
        let mut end = at;
        if declared {
            let event = self.xml_declaration(&mut c)?;
            end = c.at;
            self.push(event, &text[at..end]);
        }
        self.state = match self.kind {
            Kind::Document => State::Prolog,
            Kind::General => State::Content,
            Kind::Subset => State::Subset,
        };
        Ok(end)
    }

    fn xml_declaration(&mut self, c: &mut Cursor<'_>) -> Scan<Event> {
        let document = self.kind == Kind::Document;
        let code = if document { Code::XmlDecl } else { Code::TextDecl };
        let (mut version, mut encoding, mut standalone) = (None, None, -1);
        loop {
            let spaced = c.space()?;
            if c.eat("?>")? {
                break;
            }
            let start = c.at;
            let bad = Stop::Bad(code, start);
            if !spaced {
                return Err(bad);
            }
            let name = c.name().map_err(|stop| if stop == Stop::More { stop } else { bad })?;
            c.space()?;
            c.expect(b'=').map_err(|stop| worded(stop, code))?;
            c.space()?;
            let value_at = c.at + 1;
            let value = c.quoted().map_err(|stop| worded(stop, code))?;
            match name {
                "version" if version.is_none() && encoding.is_none() => version = Some(value.to_owned()),
                "encoding" if encoding.is_none() && standalone == -1 && (version.is_some() || !document) => {
                    let sound = value.starts_with(|c: char| c.is_ascii_alphabetic())
                        && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
                    if !sound {
                        return Err(Stop::Bad(code, value_at));
                    }
                    encoding = Some(value.to_owned());
                }
                "standalone" if standalone == -1 && version.is_some() && document => {
                    standalone = match value {
                        "yes" => 1,
                        "no" => 0,
                        _ => return Err(Stop::Bad(code, value_at)),
                    };
                }
                _ => return Err(bad),
            }
        }
        if if document { version.is_none() } else { encoding.is_none() } {
            return Err(Stop::Bad(code, c.at - 2));
        }
        if standalone == 1 {
            self.dtd.borrow_mut().standalone = true;
        }
        Ok(Event::XmlDecl { version, encoding, standalone })
    }

    /// A token outside of the root element.
    pub(super) fn misc(&mut self, text: &str, at: usize, last: bool) -> Scan<usize> {
        let mut c = Cursor::new(text, at);
        if is_space(c.peek()?) {
            return self.blank(text, at, last);
        }
        let epilog = self.state == State::Epilog;
        let stray = if epilog { Code::JunkAfterDocElement } else { Code::Syntax };
        if c.peek()? != b'<' {
            // A character that XML never allows is worse than one that stands in the wrong place.
            let first = c.char()?;
            let known = is_name_char(first) || "\"'%()|>,[]#".contains(first);
            if is_name_char(first) {
                match c.name_token().map(|_| c.peek()) {
                    Ok(Ok(b)) if !is_space(b) && !b">),|[%?*+".contains(&b) => return Err(c.invalid()),
                    Err(Stop::Bad(..)) | Ok(Ok(_)) => {}
                    _ if last => {}
                    _ => return Err(Stop::More),
                }
            }
            return Err(Stop::Bad(if known { stray } else { Code::InvalidToken }, at));
        }
        c.at += 1;
        match c.peek()? {
            b'?' => {
                c.at += 1;
                self.instruction(&mut c, at)?;
            }
            b'!' => {
                c.at += 1;
                if c.peek()? == b'-' {
                    self.comment(&mut c, at)?;
                } else if self.state == State::Prolog && c.eat("DOCTYPE")? {
                    self.doctype(&mut c, at)?;
                } else if c.peek()?.is_ascii_alphabetic() {
                    return Err(Stop::Bad(stray, at));
                } else {
                    return Err(if epilog { Stop::Bad(stray, at) } else { c.invalid() });
                }
            }
            _ if epilog => {
                return Err(Stop::Bad(stray, at));
            }
            b'/' => return Err(c.invalid()),
            _ => {
                c.name()?;
                if self.foreign && self.doctype.is_none() {
                    self.foreign = false;
                    self.external_subset(ExternalId::default());
                }
                self.state = State::Content;
                return Ok(at);
            }
        }
        Ok(c.at)
    }

    fn blank(&mut self, text: &str, at: usize, last: bool) -> Scan<usize> {
        match blanks(text, at, last) {
            0 => Err(Stop::More),
            n => {
                self.push(Event::Other, &text[at..at + n]);
                Ok(at + n)
            }
        }
    }

    /// A comment; the cursor is behind `<!`.
    pub(super) fn comment(&mut self, c: &mut Cursor<'_>, start: usize) -> Scan<()> {
        c.literal("--")?;
        let body = c.until("--")?;
        c.expect(b'>')?;
        self.push(Event::Comment(lines(body)), &c.text[start..c.at]);
        Ok(())
    }

    /// A processing instruction; the cursor is behind `<?`.
    pub(super) fn instruction(&mut self, c: &mut Cursor<'_>, start: usize) -> Scan<()> {
        let name_at = c.at;
        let target = c.name()?;
        if target.eq_ignore_ascii_case("xml") {
            let code = if target == "xml" { Code::MisplacedXmlPi } else { Code::InvalidToken };
            return Err(Stop::Bad(code, if target == "xml" { start } else { name_at + target.len() }));
        }
        if !c.eat("?>")? {
            c.need_space()?;
            let data = lines(c.until("?>")?);
            self.push(Event::Instruction { target: target.to_owned(), data }, &c.text[start..c.at]);
        } else {
            let event = Event::Instruction { target: target.to_owned(), data: String::new() };
            self.push(event, &c.text[start..c.at]);
        }
        Ok(())
    }

    /// The head of a document type declaration, up to its `[` or `>`; the cursor is behind `<!DOCTYPE`.
    fn doctype(&mut self, c: &mut Cursor<'_>, start: usize) -> Scan<()> {
        c.need_space()?;
        let name = c.name()?.to_owned();
        let spaced = c.space()?;
        let mut id = None;
        if !matches!(c.peek()?, b'[' | b'>') {
            if !spaced {
                return Err(c.invalid());
            }
            id = external_id(c, false)?;
            if id.is_none() {
                return Err(Stop::Bad(Code::Syntax, c.at));
            }
            c.space()?;
        }
        let internal = match c.peek()? {
            b'[' => true,
            b'>' => false,
            _ => return Err(Stop::Bad(Code::Syntax, c.at)),
        };
        c.at += 1;
        let raw = &c.text[start..c.at];
        if id.is_some() {
            self.foreign = false;
            let mut dtd = self.dtd.borrow_mut();
            dtd.incomplete = true;
            let reports = !dtd.standalone && self.parameters == 0;
            drop(dtd);
            if reports {
                self.push(Event::NotStandalone, "");
            }
        }
        let id = id.unwrap_or_default();
        self.push(Event::StartDoctype { name, id: id.clone(), internal }, raw);
        self.doctype = Some(id);
        if internal {
            self.state = State::Subset;
        } else {
            self.end_doctype("");
        }
        Ok(())
    }

    fn end_doctype(&mut self, raw: &str) {
        let id = self.doctype.clone().unwrap_or_default();
        if id.system.is_some() || self.foreign {
            self.foreign = false;
            self.external_subset(id);
        }
        self.push(Event::EndDoctype, raw);
        self.state = State::AfterDoctype;
    }

    /// Asks for the external subset, if parameter entities are read.
    fn external_subset(&mut self, id: ExternalId) {
        let standalone = self.dtd.borrow().standalone;
        if self.parameters == 2 || self.parameters == 1 && !standalone {
            self.dtd.borrow_mut().incomplete = true;
            self.push(Event::External { context: None, base: self.base.clone(), id }, "");
            if !standalone {
                self.push(Event::NotStandalone, "");
            }
        }
    }

    /// A token inside of the document type declaration.
    pub(super) fn subset(&mut self, text: &str, at: usize, last: bool) -> Scan<usize> {
        let mut c = Cursor::new(text, at);
        match c.peek()? {
            b if is_space(b) => return self.blank(text, at, last),
            b']' if self.kind == Kind::Document && self.frames.is_empty() => {
                c.at += 1;
                c.space()?;
                if c.peek()? != b'>' {
                    return Err(Stop::Bad(Code::Syntax, c.at));
                }
                c.at += 1;
                self.end_doctype(&text[at..c.at]);
                return Ok(c.at);
            }
            b'%' => {
                c.at += 1;
                let name = c.name()?;
                c.expect(b';')?;
                self.parameter_reference(name, at, &text[at..c.at])?;
                return Ok(c.at);
            }
            b'<' => c.at += 1,
            _ => {
                c.char()?;
                return Err(Stop::Bad(Code::Syntax, at));
            }
        }
        match c.peek()? {
            b'?' => {
                c.at += 1;
                self.instruction(&mut c, at)?;
                return Ok(c.at);
            }
            b'!' => c.at += 1,
            _ => return Err(Stop::Bad(Code::Syntax, at)),
        }
        if c.peek()? == b'-' {
            self.comment(&mut c, at)?;
            return Ok(c.at);
        }
        let external = self.kind == Kind::Subset || !self.frames.is_empty();
        if c.peek()? == b'[' && external {
            return self.conditional(c, at);
        }
        let dtd = self.dtd.clone();
        let found = declaration(&mut c, &dtd.borrow())?;
        let raw = &text[at..c.at];
        if found.is_empty() {
            self.push(Event::Other, raw);
        }
        for (i, d) in found.into_iter().enumerate() {
            let raw = if i == 0 { raw } else { "" };
            if self.declare(&d) {
                self.push(Event::Declared(d), raw);
            } else {
                self.push(Event::Other, raw);
            }
        }
        Ok(c.at)
    }

    /// Keeps a declaration; false if an earlier one counts.
    fn declare(&self, d: &Declaration) -> bool {
        let mut dtd = self.dtd.borrow_mut();
        match d {
            Declaration::Entity { name, parameter, value, id, notation } => {
                self.keep
                    && dtd.declare_entity(name, *parameter, value.as_deref(), id, notation.as_ref(), self.base.as_ref())
            }
            Declaration::Attribute { element, name, kind, default, .. } => {
                self.keep && dtd.declare_attribute(element, name, kind, default.as_ref())
            }
            Declaration::Notation { .. } | Declaration::Element { .. } => true,
        }
    }

    fn parameter_reference(&mut self, name: &str, at: usize, raw: &str) -> Scan<()> {
        let (entity, standalone) = {
            let mut dtd = self.dtd.borrow_mut();
            dtd.incomplete = true;
            (dtd.parameter.get(name).cloned(), dtd.standalone)
        };
        if self.parameters == 0 || self.parameters == 1 && standalone {
            self.keep = standalone;
            self.push(Event::Other, raw);
            if !standalone {
                self.push(Event::NotStandalone, "");
            }
            return Ok(());
        }
        let Some(entity) = entity else {
            self.keep = standalone;
            self.push(Event::Skipped { name: name.to_owned(), parameter: true }, raw);
            return Ok(());
        };
        if entity.open.get() {
            return Err(Stop::Bad(Code::RecursiveEntityRef, at));
        }
        match &entity.text {
            Some(text) => self.enter(&entity, text)?,
            None => {
                let id = entity.id.clone();
                self.push(Event::External { context: None, base: entity.base.clone(), id }, raw);
            }
        }
        Ok(())
    }

    /// A conditional section of an external subset; the cursor is at its first bracket.
    fn conditional(&mut self, mut c: Cursor<'_>, start: usize) -> Scan<usize> {
        c.at += 1;
        c.space()?;
        let keyword_at = c.at;
        let include = match c.name()? {
            "INCLUDE" => true,
            "IGNORE" => false,
            _ => return Err(Stop::Bad(Code::Syntax, keyword_at)),
        };
        c.space()?;
        c.expect(b'[')?;
        let body_at = c.at;
        let mut depth = 1;
        while depth > 0 {
            if c.eat("<![")? {
                depth += 1;
            } else if c.eat("]]>")? {
                depth -= 1;
            } else {
                c.char()?;
            }
        }
        self.push(Event::Other, &c.text[start..c.at]);
        if include {
            // The declarations inside count as if they stood here without the section around them.
            let body = c.text[body_at..c.at - 3].to_owned();
            let mut at = 0;
            while at < body.len() {
                at = self.subset(&body, at, true)?;
            }
        }
        Ok(c.at)
    }
}

/// Text with every end of a line made a line feed (XML 1.0, chapter 2.11).
pub(super) fn lines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}
