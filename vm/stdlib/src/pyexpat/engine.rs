//! The parser proper, without Python: bytes go in with `feed`, events come out of `next` one at a time.
//!
//! A token is read only when it is there as a whole. What it means is queued, so that the caller may run handlers between
//! two events without the engine being borrowed. Replacement texts of entities are read as frames on top of the document.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::cursor::{Scan, Stop};
use super::dtd::{Declaration, Dtd, Entity, ExternalId};
use super::errors::Code;
use super::input::{Input, Trouble};

/// Up to here replacement texts may grow whatever the size of the document.
pub(super) const AMPLIFICATION_THRESHOLD: usize = 8 << 20;
/// Beyond that, so many times the size of the document.
const AMPLIFICATION_FACTOR: usize = 100;
/// Text that was read is dropped when it is longer than this.
const COMPACT: usize = 1 << 16;

/// Something that a handler may want to know.
pub(super) enum Event {
    XmlDecl {
        version: Option<String>,
        encoding: Option<String>,
        standalone: i64,
    },
    StartDoctype {
        name: String,
        id: ExternalId,
        internal: bool,
    },
    EndDoctype,
    Declared(Declaration),
    StartElement {
        name: String,
        attributes: Vec<(String, String)>,
        specified: usize,
    },
    EndElement(String),
    StartNamespace {
        prefix: Option<String>,
        uri: Option<String>,
    },
    EndNamespace(Option<String>),
    Text(String),
    Comment(String),
    Instruction {
        target: String,
        data: String,
    },
    StartCdata,
    EndCdata,
    /// An external entity, or the external subset if there is no context.
    External {
        context: Option<String>,
        base: Option<String>,
        id: ExternalId,
    },
    Skipped {
        name: String,
        parameter: bool,
    },
    NotStandalone,
    /// The encoding of this name has to be provided before parsing can go on.
    UnknownEncoding(String),
    /// Something that only the default handler sees.
    Other,
}

/// A place in the document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) index: usize,
    pub(super) line: usize,
    pub(super) column: usize,
    after_return: bool,
}

/// An event with its place and, if anybody wants it, its text.
pub(super) struct Queued {
    pub(super) event: Event,
    pub(super) raw: String,
    pub(super) place: Place,
}

/// An error with its place.
#[derive(Clone, Copy)]
pub(super) struct Failure {
    pub(super) code: Code,
    pub(super) place: Place,
}

/// What is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing was read yet.
    Start,
    /// Before the document type declaration.
    Prolog,
    Subset,
    /// Behind the document type declaration, before the root element.
    AfterDoctype,
    Content,
    Cdata,
    /// Behind the root element.
    Epilog,
}

/// What a parser parses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Document,
    /// An external entity in content.
    General,
    /// The external subset or an external parameter entity.
    Subset,
}

/// The replacement text of an entity on its way.
pub(super) struct Frame {
    text: Rc<str>,
    at: usize,
    entity: Rc<Entity>,
    /// Open elements when it began.
    pub(super) depth: usize,
}

/// An open element.
pub(super) struct Tag {
    /// Its name as it is written.
    pub(super) raw: String,
    /// Its name as handlers see it.
    pub(super) name: String,
    /// How many namespace bindings it added.
    pub(super) bindings: usize,
}

/// A prefix (`None`: the default namespace) and what it stands for (`None`: nothing).
pub(super) type Binding = (Option<String>, Option<Rc<str>>);

/// What is needed to read names with prefixes.
#[derive(Clone)]
pub(super) struct Namespaces {
    pub(super) separator: String,
    pub(super) bound: Vec<Binding>,
}

/// The parser.
pub(super) struct Engine {
    pub(super) input: Input,
    text: String,
    at: usize,
    /// Where `at` is.
    here: Place,
    /// Where the token that is being read begins.
    pub(super) token: Place,
    /// Bytes of the token that was incomplete last time.
    stalled: usize,
    /// A token was read since bytes came last.
    moved: bool,
    /// Text ends at something that can't be decoded.
    trouble: Option<Code>,
    pub(super) frames: Vec<Frame>,
    pub(super) dtd: Rc<RefCell<Dtd>>,
    pub(super) state: State,
    pub(super) kind: Kind,
    pub(super) tags: Vec<Tag>,
    pub(super) namespaces: Option<Namespaces>,
    queue: VecDeque<Queued>,
    failure: Option<Failure>,
    finished: bool,
    expanded: usize,
    /// Declarations behind an unread parameter entity do not count.
    pub(super) keep: bool,
    /// The external identifier of the document type.
    pub(super) doctype: Option<ExternalId>,
    pub(super) base: Option<String>,
    /// Names carry their prefix as a third part.
    pub(super) prefixes: bool,
    /// The text of tokens is wanted.
    pub(super) want_raw: bool,
    /// Internal entities are replaced in content.
    pub(super) expand: bool,
    /// Somebody handles skipped entities.
    pub(super) reports_skipped: bool,
    /// When parameter entities are read: never, unless standalone, always.
    pub(super) parameters: i64,
    pub(super) foreign: bool,
    pub(super) deferral: bool,
}

impl Engine {
    pub(super) fn new(encoding: Option<String>, separator: Option<String>) -> Engine {
        let start = Place { index: 0, line: 1, column: 0, after_return: false };
        Engine {
            input: Input::new(encoding),
            text: String::new(),
            at: 0,
            here: start,
            token: start,
            stalled: 0,
            moved: false,
            trouble: None,
            frames: Vec::new(),
            dtd: Rc::default(),
            state: State::Start,
            kind: Kind::Document,
            tags: Vec::new(),
            namespaces: separator.map(|separator| Namespaces { separator, bound: Vec::new() }),
            queue: VecDeque::new(),
            failure: None,
            finished: false,
            expanded: 0,
            keep: true,
            doctype: None,
            base: None,
            prefixes: false,
            want_raw: false,
            expand: true,
            reports_skipped: false,
            parameters: 0,
            foreign: false,
            deferral: true,
        }
    }

    /// A parser of an external entity of this document; without a context it is the external subset.
    pub(super) fn child(&self, context: Option<&str>, encoding: Option<String>) -> Engine {
        let mut child = Engine::new(encoding, None);
        child.dtd = self.dtd.clone();
        child.namespaces = self.namespaces.clone();
        child.base = self.base.clone();
        child.prefixes = self.prefixes;
        child.parameters = self.parameters;
        child.deferral = self.deferral;
        child.kind = if context.is_some() { Kind::General } else { Kind::Subset };
        child
    }

    /// Whether nothing was parsed yet.
    pub(super) fn is_fresh(&self) -> bool {
        self.state == State::Start && self.text.is_empty()
    }

    /// Whether the document has ended, well or not.
    pub(super) fn is_over(&self) -> bool {
        self.finished || self.failure.is_some()
    }

    /// Takes more of the document.
    pub(super) fn feed(&mut self, bytes: &[u8], last: bool) {
        self.input.feed(bytes, last);
        self.moved = false;
    }

    /// What is known of the document and not read yet.
    pub(super) fn unread(&self) -> &str {
        &self.text[self.at..]
    }

    /// Ends parsing with an error at the current event.
    pub(super) fn fail(&mut self, code: Code) -> Failure {
        let failure = Failure { code, place: self.token };
        self.failure = Some(failure);
        self.queue.clear();
        failure
    }

    /// The next event, or nothing if more of the document is needed or it is at its end.
    pub(super) fn next(&mut self) -> Result<Option<Queued>, Failure> {
        loop {
            if let Some(e) = self.queue.pop_front() {
                return Ok(Some(e));
            }
            if let Some(failure) = self.failure {
                return Err(failure);
            }
            if self.finished {
                return Ok(None);
            }
            match self.step() {
                Ok(true) => {}
                Ok(false) if self.queue.is_empty() => return Ok(None),
                Ok(false) => {}
                Err(failure) => self.failure = Some(failure),
            }
        }
    }

    pub(super) fn push(&mut self, event: Event, raw: &str) {
        let raw = if self.want_raw { raw.to_owned() } else { String::new() };
        self.queue.push_back(Queued { event, raw, place: self.token });
    }

    /// Begins to read the replacement text of an entity.
    pub(super) fn enter(&mut self, entity: &Rc<Entity>, text: &Rc<str>) -> Scan<()> {
        self.expanded += text.len();
        let read = self.here.index.max(1);
        if self.expanded > AMPLIFICATION_THRESHOLD && self.expanded / AMPLIFICATION_FACTOR > read {
            return Err(Stop::Bad(Code::AmplificationLimit, 0));
        }
        entity.open.set(true);
        self.frames.push(Frame { text: text.clone(), at: 0, entity: entity.clone(), depth: self.tags.len() });
        Ok(())
    }

    /// Reads one token; false if there is none.
    fn step(&mut self) -> Result<bool, Failure> {
        let Some(i) = self.frames.len().checked_sub(1) else { return self.step_document() };
        let (text, at) = (self.frames[i].text.clone(), self.frames[i].at);
        match self.read(&text, at, true) {
            Ok(to) => self.frames[i].at = to,
            Err(Stop::More) if at < text.len() => return Err(Failure { code: Code::UnclosedToken, place: self.token }),
            Err(Stop::More) => {
                let balanced = self.state != State::Cdata && self.frames[i].depth == self.tags.len();
                self.frames[i].entity.open.set(false);
                self.frames.pop();
                if !balanced {
                    return Err(Failure { code: Code::AsyncEntity, place: self.token });
                }
            }
            Err(Stop::Bad(code, _)) => return Err(Failure { code, place: self.token }),
        }
        Ok(true)
    }

    fn step_document(&mut self) -> Result<bool, Failure> {
        if self.trouble.is_none() {
            match self.input.decode(&mut self.text) {
                Ok(()) => {}
                Err(Trouble::Bad(code)) => self.trouble = Some(code),
                Err(Trouble::Unknown(name)) => {
                    self.push(Event::UnknownEncoding(name), "");
                    return Ok(true);
                }
            }
            if self.here.index == 0 {
                self.here.index = self.input.mark;
                self.here.column = usize::from(self.input.mark > 0);
            }
        }
        let last = self.input.last && self.trouble.is_none();
        self.token = self.here;
        let left = self.text.len() - self.at;
        if self.deferral && !self.input.last && left < 2 * self.stalled {
            return Ok(false);
        }
        let text = std::mem::take(&mut self.text);
        let result = self.read(&text, self.at, last);
        let outcome = match result {
            Ok(to) => {
                self.stalled = 0;
                self.moved |= to > self.at;
                let end = self.place_at(&text, to);
                self.here = end;
                self.at = to;
                Ok(true)
            }
            Err(Stop::Bad(code, at)) => Err(Failure { code, place: self.place_at(&text, at.max(self.at)) }),
            Err(Stop::More) => match self.trouble {
                Some(code) => Err(Failure { code, place: self.place_at(&text, text.len()) }),
                None if self.input.last => self.end(left == 0).map(|()| false),
                None => {
                    self.stalled = if self.moved { 0 } else { left };
                    Ok(false)
                }
            },
        };
        self.text = text;
        if self.at > COMPACT && self.at > self.text.len() / 2 {
            self.text.drain(..self.at);
            self.at = 0;
        }
        outcome
    }

    /// Moves the place of what is pushed next to an offset behind the token's start: the end of an empty element is there.
    pub(super) fn token_ends(&mut self, text: &str, to: usize) {
        if self.frames.is_empty() {
            self.token = self.place_at(text, to);
        }
    }

    /// Where a later offset is.
    fn place_at(&self, text: &str, to: usize) -> Place {
        let mut place = self.here;
        for c in text[self.at..to].chars() {
            place.index += self.input.width(c);
            let pair = c == '\n' && place.after_return;
            place.after_return = c == '\r';
            if pair {
                continue;
            }
            if matches!(c, '\n' | '\r') {
                place.line += 1;
                place.column = 0;
            } else {
                place.column += 1;
            }
        }
        place
    }

    /// The document is at its end; `clean` if no token was begun.
    fn end(&mut self, clean: bool) -> Result<(), Failure> {
        let code = match self.state {
            State::Cdata => Code::UnclosedCdataSection,
            _ if !clean => Code::UnclosedToken,
            State::Epilog => {
                self.finished = true;
                return Ok(());
            }
            _ if self.kind == Kind::Document => Code::NoElements,
            _ if !self.tags.is_empty() => Code::AsyncEntity,
            _ => {
                self.finished = true;
                return Ok(());
            }
        };
        Err(Failure { code, place: self.here })
    }

    /// Reads the token at `at` and says where it ends.
    fn read(&mut self, text: &str, at: usize, last: bool) -> Scan<usize> {
        match self.state {
            State::Start => self.start(text, at, last),
            State::Prolog | State::AfterDoctype | State::Epilog => self.misc(text, at, last),
            State::Subset => self.subset(text, at, last),
            State::Content => self.content(text, at, last),
            State::Cdata => self.cdata(text, at, last),
        }
    }
}
