//! What is known of the target when a program is frozen: the tests on it that `if` statements make are decided here.

use rustpython_ast::{self as ast, CmpOp, Expr, Number, UnaryOp};

/// The Python version whose language and library frozen programs have.
pub const PYTHON_VERSION: (u64, u64) = (3, 14);

/// A program for both processors of macOS.
pub const UNIVERSAL: &str = "universal2-apple-darwin";

/// The triples that a target stands for: one for each architecture.
pub fn architectures(triple: &str) -> Vec<String> {
    match triple {
        UNIVERSAL => vec!["x86_64-apple-darwin".into(), "aarch64-apple-darwin".into()],
        one => vec![one.to_string()],
    }
}

/// The platform facts that programs ask for at import time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `sys.platform`
    pub sys_platform: &'static str,
    /// `os.name`
    pub os_name: &'static str,
    /// `platform.system()`
    pub system: &'static str,
    /// The triple, as `--target` takes it.
    pub triple: String,
}

/// The platforms, by `sys.platform`, with a triple of each.
const PLATFORMS: [(&str, &str); 3] =
    [("linux", "x86_64-unknown-linux-gnu"), ("win32", "x86_64-pc-windows-gnu"), ("darwin", "x86_64-apple-darwin")];

impl Target {
    /// The other platforms that freeze knows.
    pub fn others(&self) -> impl Iterator<Item = Target> {
        PLATFORMS
            .into_iter()
            .filter(|(platform, _)| *platform != self.sys_platform)
            .filter_map(|(_, triple)| Target::from_triple(triple))
    }

    /// The target that this triple names, if it is of a kind that freeze knows.
    pub fn from_triple(triple: &str) -> Option<Target> {
        let (sys_platform, os_name, system) = if triple.contains("-linux-") {
            ("linux", "posix", "Linux")
        } else if triple.contains("-windows-") {
            ("win32", "nt", "Windows")
        } else if triple.ends_with("-apple-darwin") {
            ("darwin", "posix", "Darwin")
        } else {
            return None;
        };
        Some(Target { sys_platform, os_name, system, triple: triple.to_string() })
    }

    /// The triple of the machine that freeze runs on.
    pub fn host_triple() -> String {
        let arch = std::env::consts::ARCH;
        match std::env::consts::OS {
            "macos" => format!("{arch}-apple-darwin"),
            "windows" => format!("{arch}-pc-windows-gnu"),
            _ if cfg!(target_env = "musl") => format!("{arch}-unknown-linux-musl"),
            _ => format!("{arch}-unknown-linux-gnu"),
        }
    }

    /// Whether `test` is true on this target; `None` when that is only known at run time. `dotted` gives the full name
    /// that an expression refers to by the imports of its module, `known` the outcome that a name of the module holds.
    pub fn decide(
        &self,
        test: &Expr,
        dotted: &dyn Fn(&Expr) -> Option<String>,
        known: &dyn Fn(&str) -> Option<bool>,
    ) -> Option<bool> {
        match test {
            Expr::BooleanLiteral(b) => Some(b.value),
            Expr::NoneLiteral(_) => Some(false),
            Expr::NumberLiteral(n) => match &n.value {
                Number::Int(i) => i.as_u64().map(|v| v != 0),
                _ => None,
            },
            Expr::UnaryOp(u) if u.op == UnaryOp::Not => self.decide(&u.operand, dotted, known).map(|b| !b),
            Expr::BoolOp(b) => {
                let decided = b.values.iter().map(|v| self.decide(v, dotted, known));
                // One operand of the deciding value is enough, whatever the others are.
                let deciding = b.op == ast::BoolOp::Or;
                let mut open = false;
                for value in decided {
                    match value {
                        Some(v) if v == deciding => return Some(deciding),
                        Some(_) => {}
                        None => open = true,
                    }
                }
                if open { None } else { Some(!deciding) }
            }
            Expr::Name(n) if known(n.id.as_str()).is_some() => known(n.id.as_str()),
            Expr::Name(_) | Expr::Attribute(_) => match dotted(test)?.as_str() {
                "typing.TYPE_CHECKING" | "typing_extensions.TYPE_CHECKING" | "TYPE_CHECKING" => Some(false),
                "six.PY2" => Some(false),
                "six.PY3" => Some(true),
                "__debug__" => Some(true),
                _ => None,
            },
            Expr::Compare(c) if c.ops.len() == 1 => self.compare(&c.left, c.ops[0], &c.comparators[0], dotted),
            Expr::Call(call) => {
                let Expr::Attribute(method) = &*call.func else { return None };
                let value = || self.text(&method.value, dotted);
                let texts = || literals(call.arguments.args.first()?);
                match method.attr.as_str() {
                    "startswith" => value().zip(texts()).map(|(v, all)| all.iter().any(|p| v.starts_with(p.as_str()))),
                    "endswith" => value().zip(texts()).map(|(v, all)| all.iter().any(|p| v.ends_with(p.as_str()))),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn compare(&self, left: &Expr, op: CmpOp, right: &Expr, dotted: &dyn Fn(&Expr) -> Option<String>) -> Option<bool> {
        // `"win" in sys.platform`
        if let (CmpOp::In | CmpOp::NotIn, Some(part), Some(value)) = (op, literals(left), self.text(right, dotted)) {
            let found = part.first().is_some_and(|part| !part.is_empty() && value.contains(part.as_str()));
            return Some(found == (op == CmpOp::In));
        }
        // `"win32" == sys.platform`
        let turned = matches!(op, CmpOp::Eq | CmpOp::NotEq).then(|| self.text(right, dotted)).flatten();
        if let (Some(value), Some([only])) = (&turned, literals(left).as_deref()) {
            return Some((value == only) == (op == CmpOp::Eq));
        }
        if let Some(value) = self.text(left, dotted) {
            let others = literals(right)?;
            let found = others.contains(&value);
            return match op {
                CmpOp::Eq | CmpOp::In | CmpOp::Is => Some(found),
                CmpOp::NotEq | CmpOp::NotIn | CmpOp::IsNot => Some(!found),
                _ => None,
            };
        }
        let ours = version_part(left, dotted)?;
        let other = numbers(right)?;
        let ours = if ours.len() == 1 || other.len() >= ours.len() { ours } else { ours[..other.len()].to_vec() };
        // `version_info` is longer than what it is compared with: equal prefixes make it the greater one.
        let longer = !matches!(right, Expr::NumberLiteral(_)) && matches!(left, Expr::Name(_) | Expr::Attribute(_));
        let order = ours.cmp(&other);
        let order = if longer && order.is_eq() { std::cmp::Ordering::Greater } else { order };
        match op {
            CmpOp::Lt => Some(order.is_lt()),
            CmpOp::LtE => Some(order.is_le()),
            CmpOp::Gt => Some(order.is_gt()),
            CmpOp::GtE => Some(order.is_ge()),
            CmpOp::Eq => Some(ours == other),
            CmpOp::NotEq => Some(ours != other),
            _ => None,
        }
    }

    /// The text that a platform expression has on this target.
    pub fn text(&self, expr: &Expr, dotted: &dyn Fn(&Expr) -> Option<String>) -> Option<String> {
        match expr {
            Expr::Name(_) | Expr::Attribute(_) => match dotted(expr)?.as_str() {
                "sys.platform" => Some(self.sys_platform.to_string()),
                "os.name" => Some(self.os_name.to_string()),
                // What was assigned from a call, as the scanner remembers it.
                "platform.system()" => Some(self.system.to_string()),
                _ => None,
            },
            Expr::Call(call) if call.arguments.args.is_empty() => match &*call.func {
                Expr::Attribute(method) if matches!(method.attr.as_str(), "lower" | "casefold") => {
                    self.text(&method.value, dotted).map(|text| text.to_lowercase())
                }
                Expr::Attribute(method) if method.attr.as_str() == "upper" => {
                    self.text(&method.value, dotted).map(|text| text.to_uppercase())
                }
                function => (dotted(function)? == "platform.system").then(|| self.system.to_string()),
            },
            // `sys.platform[:3]`
            Expr::Subscript(s) => match &*s.slice {
                Expr::Slice(slice) if slice.lower.is_none() && slice.step.is_none() => {
                    let upto = numbers(slice.upper.as_deref()?)?;
                    let text = self.text(&s.value, dotted)?;
                    Some(text.chars().take(*upto.first()? as usize).collect())
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether an expression asks for the platform, wherever in it.
    pub fn is_asked(expr: &Expr, dotted: &dyn Fn(&Expr) -> Option<String>) -> bool {
        use rustpython_ast::visitor::{Visitor, walk_expr};
        struct Finder<'d> {
            dotted: &'d dyn Fn(&Expr) -> Option<String>,
            found: bool,
        }
        impl<'a> Visitor<'a> for Finder<'_> {
            fn visit_expr(&mut self, expr: &'a Expr) {
                if let Expr::Name(_) | Expr::Attribute(_) = expr {
                    let name = (self.dotted)(expr);
                    let name = name.as_deref().unwrap_or_default();
                    self.found |= matches!(name, "sys.platform" | "os.name" | "platform.system" | "platform.system()");
                }
                walk_expr(self, expr);
            }
        }
        let mut finder = Finder { dotted, found: false };
        finder.visit_expr(expr);
        finder.found
    }
}

/// `sys.version_info`, its slices and its first items.
fn version_part(expr: &Expr, dotted: &dyn Fn(&Expr) -> Option<String>) -> Option<Vec<u64>> {
    let (major, minor) = PYTHON_VERSION;
    match expr {
        Expr::Name(_) | Expr::Attribute(_) => match dotted(expr)?.as_str() {
            "sys.version_info" => Some(vec![major, minor]),
            "sys.version_info.major" => Some(vec![major]),
            "sys.version_info.minor" => Some(vec![minor]),
            _ => None,
        },
        Expr::Subscript(s) if dotted(&s.value)? == "sys.version_info" => match &*s.slice {
            Expr::NumberLiteral(n) => match &n.value {
                Number::Int(i) if i.as_u64() == Some(0) => Some(vec![major]),
                Number::Int(i) if i.as_u64() == Some(1) => Some(vec![minor]),
                _ => None,
            },
            Expr::Slice(slice) if slice.lower.is_none() && slice.step.is_none() => {
                let upto = numbers(slice.upper.as_deref()?)?;
                match upto.as_slice() {
                    [1] => Some(vec![major]),
                    [2] => Some(vec![major, minor]),
                    _ => None,
                }
            }
            _ => None,
        },
        _ => None,
    }
}

fn numbers(expr: &Expr) -> Option<Vec<u64>> {
    match expr {
        Expr::NumberLiteral(n) => match &n.value {
            Number::Int(i) => Some(vec![i.as_u64()?]),
            _ => None,
        },
        Expr::Tuple(t) => t.elts.iter().map(|e| numbers(e).filter(|n| n.len() == 1).map(|n| n[0])).collect(),
        _ => None,
    }
}

/// The texts of a string literal or of a tuple, list or set of them.
pub fn literals(expr: &Expr) -> Option<Vec<String>> {
    let items = match expr {
        Expr::StringLiteral(s) => return Some(vec![s.value.to_str().to_string()]),
        Expr::Tuple(t) => &t.elts,
        Expr::List(l) => &l.elts,
        Expr::Set(s) => &s.elts,
        _ => return None,
    };
    items
        .iter()
        .map(|e| match e {
            Expr::StringLiteral(s) => Some(s.value.to_str().to_string()),
            _ => None,
        })
        .collect()
}
