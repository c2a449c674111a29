//! The second pass: where every name lives, and which variables are captured on the way.

use super::{Home, Part, ScopeId, ScopeKind, Symbol, SymbolTable, flag};
use crate::error::{Res, syntax};
use crate::names::{Interner, NameId};

/// The names that a class provides to the functions inside it without binding them.
struct Implicit {
    class: NameId,
    classdict: NameId,
    conditional: NameId,
}

/// Decides the home of every name.
pub(super) fn resolve(table: &mut SymbolTable, names: &mut Interner) -> Res<()> {
    let implicit = Implicit {
        class: names.id("__class__"),
        classdict: names.id("__classdict__"),
        conditional: names.id("__conditional_annotations__"),
    };
    table.list_inlined();
    for index in 0..table.scopes.len() {
        let id = ScopeId(index as u32);
        for position in 0..table.scopes[index].order.len() {
            let name = table.scopes[index].order[position];
            let home = home_of(table, &implicit, id, name, names)?;
            if let Some(symbol) = table.scope_mut(id).symbols.get_mut(&name)
                // A capture by an inner scope may have been seen first.
                && !(symbol.home == Home::Cell && home == Home::Local)
            {
                symbol.home = home;
            }
        }
    }
    Ok(())
}

fn home_of(table: &mut SymbolTable, implicit: &Implicit, id: ScopeId, name: NameId, names: &Interner) -> Res<Home> {
    let scope = table.scope(id);
    let Some(Symbol { flags, home }) = scope.symbol(name) else {
        return Ok(Home::GlobalImplicit);
    };
    let declared = |table: &SymbolTable| {
        let found = table.scope(id).directives.iter().find(|(n, _)| *n == name);
        found.map_or(table.scope(id).range, |(_, range)| *range)
    };
    if flags & flag::GLOBAL != 0 {
        if flags & flag::NONLOCAL != 0 && flags & flag::WALRUS == 0 {
            return syntax(&declared(table), format!("name '{}' is nonlocal and global", names.text(name)));
        }
        return Ok(Home::GlobalExplicit);
    }
    if flags & flag::NONLOCAL != 0 {
        return match find(table, implicit, id, name) {
            Found::Variable(owner) => {
                let by_type_param = table.scope(owner).symbol(name).is_some_and(|s| s.flags & flag::TYPE_PARAM != 0);
                if by_type_param {
                    let message = format!("nonlocal binding not allowed for type parameter '{}'", names.text(name));
                    return syntax(&declared(table), message);
                }
                capture(table, implicit, id, owner, name);
                Ok(Home::Free)
            }
            _ => syntax(&declared(table), format!("no binding for nonlocal '{}' found", names.text(name))),
        };
    }
    if flags & flag::BOUND != 0 {
        return Ok(if home == Home::Cell { Home::Cell } else { Home::Local });
    }
    if home == Home::Free {
        return Ok(home);
    }
    // `__class__` inside a class body itself, and the flags of its conditional annotations, which it owns.
    if scope.kind == ScopeKind::Class && name == implicit.conditional {
        return Ok(Home::Cell);
    }
    match find(table, implicit, id, name) {
        Found::Variable(owner) => {
            capture(table, implicit, id, owner, name);
            Ok(Home::Free)
        }
        Found::ClassNamespace | Found::Nothing => Ok(Home::GlobalImplicit),
        Found::Global => Ok(Home::GlobalImplicit),
        Found::GlobalOfClass => Ok(Home::GlobalExplicit),
    }
}

enum Found {
    Variable(ScopeId),
    /// In the namespace of the class that an annotation scope looks into.
    ClassNamespace,
    /// Declared global in that class.
    GlobalOfClass,
    /// An enclosing function declared the name global.
    Global,
    Nothing,
}

/// Looks for the scope around `id` whose variable `name` is.
fn find(table: &SymbolTable, implicit: &Implicit, id: ScopeId, name: NameId) -> Found {
    let start = table.scope(id);
    let mut looks_into_class = start.sees_class;
    let mut at = start.parent;
    while let Some(here) = at {
        let scope = table.scope(here);
        match scope.kind {
            ScopeKind::Module => return Found::Nothing,
            ScopeKind::Class => {
                let implied = name == implicit.class
                    || name == implicit.classdict
                    || (name == implicit.conditional && scope.conditional_annotations);
                if implied {
                    return Found::Variable(here);
                }
                if looks_into_class && let Some(symbol) = scope.symbol(name) {
                    if symbol.flags & flag::GLOBAL != 0 {
                        return Found::GlobalOfClass;
                    }
                    if symbol.flags & flag::BOUND != 0 && symbol.flags & flag::NONLOCAL == 0 {
                        return Found::ClassNamespace;
                    }
                }
                looks_into_class = false;
            }
            _ => {
                looks_into_class &= scope.sees_class;
                if let Some(symbol) = scope.symbol(name) {
                    if symbol.flags & flag::GLOBAL != 0 {
                        return Found::Global;
                    }
                    if symbol.flags & flag::BOUND != 0 && symbol.flags & flag::NONLOCAL == 0 {
                        return Found::Variable(here);
                    }
                }
            }
        }
        at = scope.parent;
    }
    Found::Nothing
}

/// Makes the variable reachable from `user`: a cell in `owner` if a function boundary lies between, and a free variable
/// of every scope on the way.
fn capture(table: &mut SymbolTable, implicit: &Implicit, user: ScopeId, owner: ScopeId, name: NameId) {
    let mut crosses = false;
    let mut at = user;
    while at != owner {
        let scope = table.scope_mut(at);
        crosses |= !scope.inlined;
        if at != user {
            let is_class = scope.kind == ScopeKind::Class;
            let symbol = scope.symbols.entry(name).or_insert(Symbol { flags: 0, home: Home::Free });
            if symbol.flags & flag::BOUND != 0 && is_class {
                symbol.flags |= flag::FREE_CLASS;
            } else if symbol.home == Home::Open || symbol.home == Home::GlobalImplicit {
                symbol.home = Home::Free;
            }
        }
        match scope.parent {
            Some(parent) => at = parent,
            None => return,
        }
    }
    if table.scope(owner).kind == ScopeKind::Class {
        provide(table, implicit, owner, name);
    } else if crosses && let Some(symbol) = table.scope_mut(owner).symbols.get_mut(&name) {
        symbol.home = Home::Cell;
    }
}

/// Notes that a class has to provide one of its implicit cells. A name of that spelling which the class binds itself
/// is another matter.
fn provide(table: &mut SymbolTable, implicit: &Implicit, class: ScopeId, name: NameId) {
    let scope = table.scope_mut(class);
    if name == implicit.class {
        scope.needs_class_cell = true;
    } else if name == implicit.classdict {
        scope.needs_classdict = true;
    }
}

impl SymbolTable {
    /// The scope of the annotations of a class or module.
    pub(crate) fn annotations_of(&self, owner: ScopeId) -> Option<ScopeId> {
        self.by_node.get(&(owner.0 as usize, Part::Annotations)).copied()
    }

    /// The comprehensions inlined into the code of a scope, outer ones first.
    pub(crate) fn inlined_into(&self, unit: ScopeId) -> Vec<ScopeId> {
        self.inlined.get(&unit).cloned().unwrap_or_default()
    }

    /// Lists the inlined comprehensions of every code object.
    fn list_inlined(&mut self) {
        for index in 0..self.scopes.len() {
            let id = ScopeId(index as u32);
            if !self.scope(id).inlined {
                continue;
            }
            let mut owner = id;
            while self.scope(owner).inlined {
                match self.scope(owner).parent {
                    Some(parent) => owner = parent,
                    None => break,
                }
            }
            self.inlined.entry(owner).or_default().push(id);
        }
    }
}
