//! The table of node classes: what exists, with which fields, in the notation that `__doc__` shows.

/// A family of nodes, or a single node without a family.
pub(super) struct Family {
    /// The name of the base class; empty for nodes that derive from `AST` directly.
    pub(super) name: &'static str,
    /// Its nodes, `Name(type field, …)`.
    pub(super) nodes: &'static [&'static str],
    /// Whether the nodes know where they stand in the source.
    pub(super) placed: Placed,
}

/// Which positions a family's nodes carry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Placed {
    No,
    /// With an end that may be missing.
    Yes,
    /// With an end that is required.
    WithEnd,
}

impl Placed {
    /// The names in `_attributes`.
    pub(super) fn attributes(self) -> &'static [&'static str] {
        match self {
            Placed::No => &[],
            Placed::Yes | Placed::WithEnd => &["lineno", "col_offset", "end_lineno", "end_col_offset"],
        }
    }
}

/// All nodes.
#[rustfmt::skip]
pub(super) static GRAMMAR: &[Family] = &[
    Family { name: "mod", placed: Placed::No, nodes: &[
        "Module(stmt* body, type_ignore* type_ignores)",
        "Interactive(stmt* body)",
        "Expression(expr body)",
        "FunctionType(expr* argtypes, expr returns)",
    ] },
    Family { name: "stmt", placed: Placed::Yes, nodes: &[
        "FunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)",
        "AsyncFunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)",
        "ClassDef(identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params)",
        "Return(expr? value)",
        "Delete(expr* targets)",
        "Assign(expr* targets, expr value, string? type_comment)",
        "TypeAlias(expr name, type_param* type_params, expr value)",
        "AugAssign(expr target, operator op, expr value)",
        "AnnAssign(expr target, expr annotation, expr? value, int simple)",
        "For(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)",
        "AsyncFor(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)",
        "While(expr test, stmt* body, stmt* orelse)",
        "If(expr test, stmt* body, stmt* orelse)",
        "With(withitem* items, stmt* body, string? type_comment)",
        "AsyncWith(withitem* items, stmt* body, string? type_comment)",
        "Match(expr subject, match_case* cases)",
        "Raise(expr? exc, expr? cause)",
        "Try(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)",
        "TryStar(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)",
        "Assert(expr test, expr? msg)",
        "Import(alias* names)",
        "ImportFrom(identifier? module, alias* names, int? level)",
        "Global(identifier* names)",
        "Nonlocal(identifier* names)",
        "Expr(expr value)",
        "Pass",
        "Break",
        "Continue",
    ] },
    Family { name: "expr", placed: Placed::Yes, nodes: &[
        "BoolOp(boolop op, expr* values)",
        "NamedExpr(expr target, expr value)",
        "BinOp(expr left, operator op, expr right)",
        "UnaryOp(unaryop op, expr operand)",
        "Lambda(arguments args, expr body)",
        "IfExp(expr test, expr body, expr orelse)",
        "Dict(expr?* keys, expr* values)",
        "Set(expr* elts)",
        "ListComp(expr elt, comprehension* generators)",
        "SetComp(expr elt, comprehension* generators)",
        "DictComp(expr key, expr value, comprehension* generators)",
        "GeneratorExp(expr elt, comprehension* generators)",
        "Await(expr value)",
        "Yield(expr? value)",
        "YieldFrom(expr value)",
        "Compare(expr left, cmpop* ops, expr* comparators)",
        "Call(expr func, expr* args, keyword* keywords)",
        "FormattedValue(expr value, int conversion, expr? format_spec)",
        "Interpolation(expr value, constant str, int conversion, expr? format_spec)",
        "JoinedStr(expr* values)",
        "TemplateStr(expr* values)",
        "Constant(constant value, string? kind)",
        "Attribute(expr value, identifier attr, expr_context ctx)",
        "Subscript(expr value, expr slice, expr_context ctx)",
        "Starred(expr value, expr_context ctx)",
        "Name(identifier id, expr_context ctx)",
        "List(expr* elts, expr_context ctx)",
        "Tuple(expr* elts, expr_context ctx)",
        "Slice(expr? lower, expr? upper, expr? step)",
    ] },
    Family { name: "expr_context", placed: Placed::No, nodes: &["Load", "Store", "Del"] },
    Family { name: "boolop", placed: Placed::No, nodes: &["And", "Or"] },
    Family { name: "operator", placed: Placed::No, nodes: &[
        "Add", "Sub", "Mult", "MatMult", "Div", "Mod", "Pow", "LShift", "RShift", "BitOr", "BitXor", "BitAnd", "FloorDiv",
    ] },
    Family { name: "unaryop", placed: Placed::No, nodes: &["Invert", "Not", "UAdd", "USub"] },
    Family { name: "cmpop", placed: Placed::No, nodes: &[
        "Eq", "NotEq", "Lt", "LtE", "Gt", "GtE", "Is", "IsNot", "In", "NotIn",
    ] },
    Family { name: "", placed: Placed::No, nodes: &[
        "comprehension(expr target, expr iter, expr* ifs, int is_async)",
    ] },
    Family { name: "excepthandler", placed: Placed::Yes, nodes: &[
        "ExceptHandler(expr? type, identifier? name, stmt* body)",
    ] },
    Family { name: "", placed: Placed::No, nodes: &[
        "arguments(arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults)",
    ] },
    Family { name: "", placed: Placed::Yes, nodes: &[
        "arg(identifier arg, expr? annotation, string? type_comment)",
        "keyword(identifier? arg, expr value)",
        "alias(identifier name, identifier? asname)",
    ] },
    Family { name: "", placed: Placed::No, nodes: &[
        "withitem(expr context_expr, expr? optional_vars)",
        "match_case(pattern pattern, expr? guard, stmt* body)",
    ] },
    Family { name: "pattern", placed: Placed::WithEnd, nodes: &[
        "MatchValue(expr value)",
        "MatchSingleton(constant value)",
        "MatchSequence(pattern* patterns)",
        "MatchMapping(expr* keys, pattern* patterns, identifier? rest)",
        "MatchClass(expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns)",
        "MatchStar(identifier? name)",
        "MatchAs(pattern? pattern, identifier? name)",
        "MatchOr(pattern* patterns)",
    ] },
    Family { name: "type_ignore", placed: Placed::No, nodes: &["TypeIgnore(int lineno, string tag)"] },
    Family { name: "type_param", placed: Placed::WithEnd, nodes: &[
        "TypeVar(identifier name, expr? bound, expr? default_value)",
        "ParamSpec(identifier name, expr? default_value)",
        "TypeVarTuple(identifier name, expr? default_value)",
    ] },
];

/// The name of a node and its fields, each with its type.
pub(super) fn parse(node: &'static str) -> (&'static str, Vec<(&'static str, &'static str)>) {
    let Some((name, rest)) = node.split_once('(') else { return (node, Vec::new()) };
    let fields = rest.trim_end_matches(')').split(", ");
    (name, fields.filter_map(|f| f.split_once(' ')).map(|(kind, name)| (name, kind)).collect())
}

impl Family {
    /// The docstring of the family's base class.
    pub(super) fn doc(&self) -> String {
        let simple = self.nodes.iter().all(|n| !n.contains('('));
        let gap = if simple { " | ".to_owned() } else { format!("\n{}| ", " ".repeat(self.name.len() + 1)) };
        format!("{} = {}", self.name, self.nodes.join(&gap))
    }
}
