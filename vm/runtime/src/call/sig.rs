//! Signatures of native functions: text, read at compile time into counts.

/// A parsed signature. The text serves binding by keyword, error messages and `__text_signature__`.
#[derive(Clone, Copy)]
pub struct Sig {
    text: &'static str,
    name_len: u8,
    /// All slots: positional, `*args`, keyword-only, `**kwargs`.
    pub(crate) slots: u8,
    /// Parameters that may come by position.
    pub(crate) positional: u8,
    /// How many of them are positional-only.
    pub(crate) posonly: u8,
    /// How many of them have no default.
    pub(crate) required: u8,
    /// Slot of `*args`, or 255.
    pub(crate) varargs: u8,
    /// Slot of `**kwargs`, or 255.
    pub(crate) varkw: u8,
    /// Bit per slot: a keyword-only parameter without default.
    pub(crate) kw_required: u32,
    has_self: bool,
}

impl Sig {
    /// Reads `name(a, b, /, c=1, *args, d, e=None, **kw)`. A malformed text does not compile.
    pub const fn parse(text: &'static str) -> Sig {
        let b = text.as_bytes();
        let mut i = 0;
        while b[i] != b'(' {
            i += 1;
        }
        let mut s = Sig {
            text,
            name_len: i as u8,
            slots: 0,
            positional: 0,
            posonly: 0,
            required: 0,
            varargs: 255,
            varkw: 255,
            kw_required: 0,
            has_self: false,
        };
        i += 1;
        let mut kwonly = false;
        loop {
            while b[i] == b' ' || b[i] == b',' {
                i += 1;
            }
            if b[i] == b')' {
                break;
            }
            let start = i;
            let mut depth = 0;
            let mut default = false;
            let mut quote = 0u8;
            while quote != 0 || depth > 0 || (b[i] != b',' && b[i] != b')') {
                let c = b[i];
                if quote != 0 {
                    if c == quote {
                        quote = 0;
                    }
                } else if c == b'\'' || c == b'"' {
                    quote = c;
                } else if c == b'(' || c == b'[' || c == b'{' {
                    depth += 1;
                } else if c == b')' || c == b']' || c == b'}' {
                    depth -= 1;
                } else if c == b'=' && depth == 0 {
                    default = true;
                }
                i += 1;
            }
            let n = i - start;
            if b[start] == b'/' {
                s.posonly = s.positional;
            } else if b[start] == b'*' && n == 1 {
                kwonly = true;
            } else if b[start] == b'*' && b[start + 1] == b'*' {
                s.varkw = s.slots;
                s.slots += 1;
            } else if b[start] == b'*' {
                s.varargs = s.slots;
                s.slots += 1;
                kwonly = true;
            } else {
                if kwonly {
                    if !default {
                        s.kw_required |= 1 << s.slots;
                    }
                } else {
                    if s.positional == 0 {
                        s.has_self = (n == 4
                            && b[start] == b's'
                            && b[start + 1] == b'e'
                            && b[start + 2] == b'l'
                            && b[start + 3] == b'f')
                            || (n == 3 && b[start] == b'c' && b[start + 1] == b'l' && b[start + 2] == b's');
                    }
                    s.positional += 1;
                    if !default {
                        assert!(s.required + 1 == s.positional, "a parameter without default follows one with");
                        s.required += 1;
                    }
                }
                s.slots += 1;
            }
        }
        assert!(s.slots < 32);
        s
    }

    /// The function's name.
    pub const fn name(&self) -> &'static str {
        self.text.split_at(self.name_len as usize).0
    }

    /// The parameter list in parentheses, for `__text_signature__`.
    pub const fn params(&self) -> &'static str {
        self.text.split_at(self.name_len as usize).1
    }

    /// Whether `n` positional arguments may be given to the body as they are.
    #[inline(always)]
    pub(crate) const fn takes_plain(&self, n: usize) -> bool {
        n >= self.required as usize && n <= self.positional as usize && self.varargs == 255 && self.kw_required == 0
    }

    /// Whether the first parameter is `self` or `cls`.
    pub const fn has_self(&self) -> bool {
        self.has_self
    }

    pub(crate) const fn positional_without_self(&self) -> usize {
        self.slots as usize - self.has_self as usize
    }

    pub(crate) const fn is_positional_only(&self, slot: usize) -> bool {
        slot < self.posonly as usize
    }

    /// Names of the slots in order, without stars.
    pub(crate) fn param_names(&self) -> impl Iterator<Item = &'static str> {
        let p = self.params();
        let inner = &p[1..p.len() - 1];
        let mut rest = inner;
        std::iter::from_fn(move || {
            loop {
                rest = rest.trim_start_matches([' ', ',']);
                if rest.is_empty() {
                    return None;
                }
                let mut depth = 0;
                let mut quote = None;
                let mut end = rest.len();
                for (i, c) in rest.char_indices() {
                    match (quote, c) {
                        (Some(q), c) if c == q => quote = None,
                        (Some(_), _) => {}
                        (None, '\'' | '"') => quote = Some(c),
                        (None, '(' | '[' | '{') => depth += 1,
                        (None, ')' | ']' | '}') => depth -= 1,
                        (None, ',') if depth == 0 => {
                            end = i;
                            break;
                        }
                        _ => {}
                    }
                }
                let part = &rest[..end];
                rest = &rest[end..];
                let name = part.split('=').next().unwrap_or(part).trim();
                if name != "/" && name != "*" {
                    return Some(name.trim_start_matches('*'));
                }
            }
        })
    }

    /// The name of a slot.
    pub(crate) fn param_name(&self, slot: usize) -> &'static str {
        self.param_names().nth(slot).unwrap_or("?")
    }
}

#[cfg(test)]
mod tests {
    use super::Sig;

    #[test]
    fn counts_and_names() {
        const S: Sig = Sig::parse("f(self, a, /, b=(1, 2), *args, c, d=',', **kw)");
        assert_eq!((S.slots, S.positional, S.posonly, S.required), (7, 3, 2, 2));
        assert_eq!((S.varargs, S.varkw, S.kw_required), (3, 6, 1 << 4));
        assert!(S.has_self());
        assert_eq!(S.name(), "f");
        assert_eq!(S.param_names().collect::<Vec<_>>(), ["self", "a", "b", "args", "c", "d", "kw"]);
        assert!(Sig::parse("g(x, y=1, /)").takes_plain(1));
    }
}
