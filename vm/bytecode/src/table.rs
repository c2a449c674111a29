//! The opcode table: one row per instruction, from which enum, encoder, decoder, verifier and disassembler come.
//!
//! A row reads `mnemonic = Variant { x: Kind, a: Kind, b: Kind, c: Kind } flags;`. `flags` says how control leaves:
//! `next` (falls through), `jump` (never falls through; goes to its label), `branch` (either), `leave` (ends the frame or
//! raises). Notation: `R[a]` is register a, `K[i]` a constant, `RK[c]` register or constant, `N[i]` a name, `S[i]` the name
//! of a site. Everything that runs Python code may raise; what raises goes to the innermost handler that covers it.

use crate::operand::OperandKind;

/// How control leaves an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    Next,
    Jump,
    Branch,
    Leave,
}

/// Calls the macro named with every row of the table.
#[macro_export]
macro_rules! for_each_op {
    ($use_with:ident) => {
        $use_with! {
            // --- moves, constants, locals
            /// nothing
            nop = Nop { x: Unused, a: Unused, b: Unused, c: Unused } Next;
            /// R[a] := R[b]
            move_ = Move { x: Unused, a: Dst, b: Src, c: Unused } Next;
            /// R[a] := R[b], which stays
            copy = Copy { x: Unused, a: Dst, b: Keep, c: Unused } Next;
            /// R[a] := K[bc]
            load_const = LoadConst { x: Unused, a: Dst, b: Const32, c: High } Next;
            /// R[a] := one of the runtime's own objects; x: 0 AssertionError, 1 NotImplementedError, 2 builtins.all, 3 builtins.any, 4 tuple, 5 __build_class__, 6 list, 7 set
            load_common = LoadCommon { x: Count, a: Dst, b: Unused, c: Unused } Next;
            /// raise UnboundLocalError (NameError if the local is hidden) when R[a] is unbound
            check_local = CheckLocal { x: Unused, a: Keep, b: Unused, c: Unused } Next;
            /// del of a local: raise when R[a] is unbound, else unbind it
            delete_local = DeleteLocal { x: Unused, a: Keep, b: Unused, c: Unused } Next;
            /// R[a] := unbound, whatever it held
            clear = Clear { x: Unused, a: Dst, b: Unused, c: Unused } Next;

            // --- names
            /// R[a] := globals or builtins [S[c]]
            load_global = LoadGlobal { x: Unused, a: Dst, b: Unused, c: Site } Next;
            /// globals[N[b]] := R[a]
            store_global = StoreGlobal { x: Unused, a: Src, b: Name, c: Unused } Next;
            /// del globals[N[b]]
            delete_global = DeleteGlobal { x: Unused, a: Unused, b: Name, c: Unused } Next;
            /// R[a] := namespace, globals or builtins [S[c]]
            load_name = LoadName { x: Unused, a: Dst, b: Unused, c: Site } Next;
            /// namespace[N[b]] := R[a]
            store_name = StoreName { x: Unused, a: Src, b: Name, c: Unused } Next;
            /// del namespace[N[b]]
            delete_name = DeleteName { x: Unused, a: Unused, b: Name, c: Unused } Next;
            /// R[a] := the namespace of the running block (a class body or module)
            load_namespace = LoadNamespace { x: Unused, a: Dst, b: Unused, c: Unused } Next;
            /// R[a] := mapping R[b], else globals or builtins [S[c]]
            load_dict_or_global = LoadDictOrGlobal { x: Unused, a: Dst, b: Src, c: Site } Next;
            /// R[a] := mapping R[b][name of free c], else content of free c
            load_dict_or_free = LoadDictOrFree { x: Unused, a: Dst, b: Src, c: Free } Next;
            /// R[a] := mapping R[b][name of local c], else content of the cell in R[c]
            load_dict_or_cell = LoadDictOrCell { x: Unused, a: Dst, b: Src, c: Keep } Next;
            /// R[a] := a new cell holding what R[a] held (or empty)
            make_cell = MakeCell { x: Unused, a: Dst, b: Unused, c: Unused } Next;
            /// R[a] := content of the cell in R[b]
            load_cell = LoadCell { x: Unused, a: Dst, b: Keep, c: Unused } Next;
            /// content of the cell in R[a] := R[b]
            store_cell = StoreCell { x: Unused, a: Keep, b: Src, c: Unused } Next;
            /// empty the cell in R[a]; x: 0 raise if it is empty, 1 do not
            delete_cell = DeleteCell { x: Count, a: Keep, b: Unused, c: Unused } Next;
            /// R[a] := content of free variable b
            load_free = LoadFree { x: Unused, a: Dst, b: Free, c: Unused } Next;
            /// content of free variable a := R[b]
            store_free = StoreFree { x: Unused, a: Free, b: Src, c: Unused } Next;
            /// empty free variable a; raise if it is empty
            delete_free = DeleteFree { x: Unused, a: Free, b: Unused, c: Unused } Next;
            /// R[a] := the cell of free variable b
            load_closure = LoadClosure { x: Unused, a: Dst, b: Free, c: Unused } Next;

            // --- attributes and subscripts
            /// R[a] := R[b].S[c]
            load_attr = LoadAttr { x: Unused, a: Dst, b: Src, c: Site } Next;
            /// R[a], R[a+1] := unbound method and self, or the attribute and unbound
            load_method = LoadMethod { x: Unused, a: DstPair, b: Src, c: Site } Next;
            /// R[a].S[c] := RK[b]
            store_attr = StoreAttr { x: Unused, a: Src, b: SrcOrConst, c: Site } Next;
            /// del R[a].S[c]
            delete_attr = DeleteAttr { x: Unused, a: Src, b: Unused, c: Site } Next;
            /// R[a] := super(R[b], R[b+1], R[b+2]: the global `super`, class, self).S[c]; consumes the three. x: 1 for zero-argument super()
            load_super_attr = LoadSuperAttr { x: Count, a: Dst, b: SrcRange, c: Site } Next;
            /// the same, as load_method does: R[a], R[a+1]
            load_super_method = LoadSuperMethod { x: Count, a: DstPair, b: SrcRange, c: Site } Next;
            /// R[a], R[a+1] := special method x of R[b] looked up on its type: 0 __enter__, 1 __exit__, 2 __aenter__, 3 __aexit__ (R[a+1] unbound if the result is bound already)
            load_special = LoadSpecial { x: Count, a: DstPair, b: Keep, c: Unused } Next;
            /// R[a] := R[b][RK[c]]
            load_item = LoadItem { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a][RK[b]] := RK[c]
            store_item = StoreItem { x: Unused, a: Src, b: SrcOrConst, c: SrcOrConst } Next;
            /// del R[a][RK[b]]
            delete_item = DeleteItem { x: Unused, a: Src, b: SrcOrConst, c: Unused } Next;
            /// R[a] := slice(R[b], R[b+1], R[b+2])
            build_slice = BuildSlice { x: Unused, a: Dst, b: SrcRange, c: Unused } Next;

            // --- operators
            /// R[a] := R[b] + RK[c]
            add = Add { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] - RK[c]
            sub = Sub { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] * RK[c]
            mul = Mul { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] / RK[c]
            true_div = TrueDiv { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] // RK[c]
            floor_div = FloorDiv { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] % RK[c]
            modulo = Modulo { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] ** RK[c]
            pow = Pow { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] @ RK[c]
            mat_mul = MatMul { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] << RK[c]
            lshift = LShift { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] >> RK[c]
            rshift = RShift { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] & RK[c]
            bit_and = BitAnd { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] | RK[c]
            bit_or = BitOr { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] ^ RK[c]
            bit_xor = BitXor { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] += RK[c] (and so on: x is the operator, numbered as the rows above from add = 0 to bit_xor = 12)
            in_place = InPlace { x: Count, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := -R[b]
            neg = Neg { x: Unused, a: Dst, b: Src, c: Unused } Next;
            /// R[a] := +R[b]
            pos = Pos { x: Unused, a: Dst, b: Src, c: Unused } Next;
            /// R[a] := ~R[b]
            invert = Invert { x: Unused, a: Dst, b: Src, c: Unused } Next;
            /// R[a] := not R[b]
            not = Not { x: Unused, a: Dst, b: Src, c: Unused } Next;
            /// R[a] := R[b] < RK[c]
            lt = Lt { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] <= RK[c]
            le = Le { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] == RK[c]
            eq = Eq { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] != RK[c]
            ne = Ne { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] > RK[c]
            gt = Gt { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] >= RK[c]
            ge = Ge { x: Unused, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] is RK[c]; x: 1 for `is not`
            is = Is { x: Count, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := R[b] in RK[c]; x: 1 for `not in`
            contains = Contains { x: Count, a: Dst, b: Src, c: SrcOrConst } Next;

            // --- jumps
            /// continue at bc, which lies ahead
            jump = Jump { x: Unused, a: Unused, b: Label32, c: High } Jump;
            /// continue at bc, which lies behind; threads, signals and tracing get their turn
            jump_back = JumpBack { x: Unused, a: Unused, b: Label32, c: High } Jump;
            /// if R[a] is true, continue at bc
            jump_if_true = JumpIfTrue { x: Unused, a: Src, b: Label32, c: High } Branch;
            /// if R[a] is false, continue at bc
            jump_if_false = JumpIfFalse { x: Unused, a: Src, b: Label32, c: High } Branch;
            /// if R[a] is true, continue at bc; R[a] stays in both cases
            jump_if_true_keep = JumpIfTrueKeep { x: Unused, a: Keep, b: Label32, c: High } Branch;
            /// if R[a] is false, continue at bc; R[a] stays in both cases
            jump_if_false_keep = JumpIfFalseKeep { x: Unused, a: Keep, b: Label32, c: High } Branch;
            /// if R[a] is None, continue at bc
            jump_if_none = JumpIfNone { x: Unused, a: Src, b: Label32, c: High } Branch;
            /// if R[a] is not None, continue at bc
            jump_if_not_none = JumpIfNotNone { x: Unused, a: Src, b: Label32, c: High } Branch;
            /// if bool(R[b] < RK[c]) == x, skip a instructions (x, the sense, is 0 or 1; the label may go back)
            br_lt = BrLt { x: Count, a: Label16, b: Src, c: SrcOrConst } Branch;
            /// if bool(R[b] <= RK[c]) == x, skip a
            br_le = BrLe { x: Count, a: Label16, b: Src, c: SrcOrConst } Branch;
            /// if bool(R[b] == RK[c]) == x, skip a
            br_eq = BrEq { x: Count, a: Label16, b: Src, c: SrcOrConst } Branch;
            /// if bool(R[b] != RK[c]) == x, skip a
            br_ne = BrNe { x: Count, a: Label16, b: Src, c: SrcOrConst } Branch;
            /// if bool(R[b] > RK[c]) == x, skip a
            br_gt = BrGt { x: Count, a: Label16, b: Src, c: SrcOrConst } Branch;
            /// if bool(R[b] >= RK[c]) == x, skip a
            br_ge = BrGe { x: Count, a: Label16, b: Src, c: SrcOrConst } Branch;
            /// if (R[b] is RK[c]) == x, skip a
            br_is = BrIs { x: Count, a: Label16, b: Src, c: SrcOrConst } Branch;
            /// if (R[b] in RK[c]) == x, skip a
            br_in = BrIn { x: Count, a: Label16, b: Src, c: SrcOrConst } Branch;

            // --- iteration
            /// R[a] := iter(R[b])
            get_iter = GetIter { x: Unused, a: Dst, b: Src, c: Unused } Next;
            /// R[a] := next(R[b]); when it is exhausted, unbind R[b] and skip c instructions
            for_iter = ForIter { x: Unused, a: Dst, b: Keep, c: Label16 } Branch;
            /// R[a] .. R[a+c-1] := the items of R[b], exactly c
            unpack_sequence = UnpackSequence { x: Unused, a: DstRange, b: Src, c: Count } Next;
            /// R[a] .. := x items, then a list of the middle, then c items of R[b] (x + 1 + c registers)
            unpack_ex = UnpackEx { x: Count, a: DstRange, b: Src, c: Count } Next;

            // --- building containers
            /// R[a] := tuple(R[b] .. R[b+c-1])
            build_tuple = BuildTuple { x: Unused, a: Dst, b: SrcRange, c: Count } Next;
            /// R[a] := list(R[b] .. R[b+c-1])
            build_list = BuildList { x: Unused, a: Dst, b: SrcRange, c: Count } Next;
            /// R[a] := set(R[b] .. R[b+c-1])
            build_set = BuildSet { x: Unused, a: Dst, b: SrcRange, c: Count } Next;
            /// R[a] := dict of c pairs: key R[b], value R[b+1], …
            build_map = BuildMap { x: Unused, a: Dst, b: SrcRange, c: Count } Next;
            /// R[a] := "".join of the c strings from R[b]
            build_string = BuildString { x: Unused, a: Dst, b: SrcRange, c: Count } Next;
            /// list R[a].append(RK[b])
            list_append = ListAppend { x: Unused, a: Keep, b: SrcOrConst, c: Unused } Next;
            /// set R[a].add(RK[b])
            set_add = SetAdd { x: Unused, a: Keep, b: SrcOrConst, c: Unused } Next;
            /// dict R[a][RK[b]] := RK[c]
            map_add = MapAdd { x: Unused, a: Keep, b: SrcOrConst, c: SrcOrConst } Next;
            /// list R[a].extend(RK[b]) (x: 1 in a call's *args: "argument after * must be an iterable"; then R[c] is the callee, else c is unused)
            list_extend = ListExtend { x: Count, a: Keep, b: SrcOrConst, c: Count } Next;
            /// set R[a].update(RK[b])
            set_update = SetUpdate { x: Unused, a: Keep, b: SrcOrConst, c: Unused } Next;
            /// dict R[a].update(RK[b]) for a ** in a display
            dict_update = DictUpdate { x: Unused, a: Keep, b: SrcOrConst, c: Unused } Next;
            /// dict R[a].update(RK[b]) for ** in a call of R[c]: keys are strings, none twice
            dict_merge = DictMerge { x: Unused, a: Keep, b: SrcOrConst, c: Keep } Next;
            /// R[a] := tuple(list R[b])
            list_to_tuple = ListToTuple { x: Unused, a: Dst, b: Src, c: Unused } Next;
            /// R[a] := format(conversion x of R[b], RK[c]); x: 0 none, 1 str, 2 repr, 3 ascii; constant None in c: no spec
            format_value = FormatValue { x: Count, a: Dst, b: Src, c: SrcOrConst } Next;
            /// R[a] := Interpolation(value R[b], expression R[b+1], spec R[b+2]); x is the conversion as in format_value
            build_interpolation = BuildInterpolation { x: Count, a: Dst, b: SrcRange, c: Unused } Next;
            /// R[a] := Template(strings tuple R[b], interpolations tuple R[b+1])
            build_template = BuildTemplate { x: Unused, a: Dst, b: SrcRange, c: Unused } Next;

            // --- calls and functions
            /// R[a] := R[b](R[b+1] .. R[b+x])
            call = Call { x: Count, a: Dst, b: SrcRange, c: Site } Next;
            /// R[a] := R[b](R[b+1] if bound, R[b+2] .. R[b+1+x])
            call_method = CallMethod { x: Count, a: Dst, b: SrcRange, c: Site } Next;
            /// R[a] := as call_method with x arguments in all, the last of them named by the tuple of the site's names
            call_kw = CallKw { x: Count, a: Dst, b: SrcRange, c: Site } Next;
            /// R[a] := R[b](*R[b+1], **R[b+2]): a tuple, and a dict or unbound
            call_ex = CallEx { x: Unused, a: Dst, b: SrcRange, c: Unused } Next;
            /// leave the frame with RK[a]
            return_ = Return { x: Unused, a: SrcOrConst, b: Unused, c: Unused } Leave;
            /// R[a] := function of code K[bc]
            make_function = MakeFunction { x: Unused, a: Dst, b: Const32, c: High } Next;
            /// set a part of the function in R[a] to R[b]; x: 0 defaults tuple, 1 kwdefaults dict, 2 closure tuple, 3 __annotate__, 4 annotations dict, 5 type params
            set_function = SetFunction { x: Count, a: Keep, b: Src, c: Unused } Next;

            // --- imports
            /// R[a] := __import__(N[c], fromlist R[b+1], level R[b]); consumes both
            import_name = ImportName { x: Unused, a: Dst, b: SrcRange, c: Name } Next;
            /// R[a] := from R[b] import N[c]
            import_from = ImportFrom { x: Unused, a: Dst, b: Keep, c: Name } Next;
            /// from R[a] import * into the namespace
            import_star = ImportStar { x: Unused, a: Src, b: Unused, c: Unused } Next;

            // --- exceptions and with
            /// raise R[a] from R[b]; x: 0 re-raise the handled one, 1 R[a] alone, 2 both
            raise = Raise { x: Count, a: Src, b: Src, c: Unused } Leave;
            /// raise the exception in R[a] again with its traceback; x: 1 the frame then shows the line that raised it first
            reraise = Reraise { x: Count, a: Src, b: Unused, c: Unused } Leave;
            /// R[a] := the exception being handled so far (or None); now R[b] is being handled
            push_exc = PushExc { x: Unused, a: Dst, b: Keep, c: Unused } Next;
            /// the exception being handled := R[a]
            pop_exc = PopExc { x: Unused, a: Src, b: Unused, c: Unused } Next;
            /// unless the exception in R[b] matches R[c] (a class or tuple of them), skip a
            br_no_match = BrNoMatch { x: Unused, a: Label16, b: Keep, c: Src } Branch;
            /// except*: R[a], R[a+1] := rest and match (each None if empty) of splitting R[b] by R[c]; the match becomes the handled exception
            match_group = MatchGroup { x: Unused, a: DstPair, b: Src, c: Src } Next;
            /// except*: R[a] := what is left to raise of exception R[b] and the list of results R[c] (None if nothing)
            prep_reraise_star = PrepReraiseStar { x: Unused, a: Dst, b: Src, c: Src } Next;
            /// R[a] := call of the exit method in R[b], R[b+1] with type, value and traceback of exception R[c]; the pair stays
            with_except = WithExcept { x: Unused, a: Dst, b: Keep, c: Keep } Next;

            // --- generators, coroutines
            /// suspend with R[b] (consumed); R[a] := the value sent in. x: 1 inside a delegation whose iterator is in R[c]; x: 2 the same for an await
            yield_ = Yield { x: Count, a: Dst, b: Src, c: Keep } Next;
            /// async generator: R[a] := R[b] wrapped, to be yielded
            async_gen_wrap = AsyncGenWrap { x: Unused, a: Dst, b: Src, c: Unused } Next;
            /// R[a] := R[b] as the iterator of `yield from`
            get_yield_from_iter = GetYieldFromIter { x: Unused, a: Dst, b: Src, c: Unused } Next;
            /// R[a] := iterator of awaitable R[b]; x: 0 plain, 1 from __aenter__, 2 from __aexit__ (words of the error)
            get_awaitable = GetAwaitable { x: Count, a: Dst, b: Src, c: Unused } Next;
            /// send R[a] into iterator R[b]; R[a] := what it yields, or its return value: then unbind R[b] and skip c
            send = Send { x: Unused, a: Dst, b: Keep, c: Label16 } Branch;
            /// R[a] := aiter(R[b])
            get_aiter = GetAiter { x: Unused, a: Dst, b: Src, c: Unused } Next;
            /// R[a] := awaitable iterator of anext(R[b])
            get_anext = GetAnext { x: Unused, a: Dst, b: Keep, c: Unused } Next;
            /// if exception R[a] is StopAsyncIteration, drop it and R[b] and go on; else raise it again
            end_async_for = EndAsyncFor { x: Unused, a: Src, b: Src, c: Unused } Next;

            // --- match
            /// if R[b] is a mapping (x: 0), a sequence (x: 1), go on; else skip a
            br_no_pattern = BrNoPattern { x: Count, a: Label16, b: Keep, c: Unused } Branch;
            /// R[a] := tuple of values of R[b] for the keys R[c], or None
            match_keys = MatchKeys { x: Unused, a: Dst, b: Keep, c: Keep } Next;
            /// R[a] := attributes of R[b] as class R[c] with x positional patterns and the keyword names tuple in R[c+1] asks (a tuple), or None; consumes R[c], R[c+1]
            match_class = MatchClass { x: Count, a: Dst, b: Keep, c: SrcRange } Next;
            /// R[a] := len(R[b])
            get_len = GetLen { x: Unused, a: Dst, b: Keep, c: Unused } Next;

            // --- the rest
            /// R[a] := intrinsic x of R[b]: 0 print (interactive), 1 TypeVar(name), 2 ParamSpec(name), 3 TypeVarTuple(name), 4 Generic[params], 5 StopIteration to RuntimeError, 6 dict copy, 7 print nothing
            intrinsic1 = Intrinsic1 { x: Count, a: Dst, b: Src, c: Unused } Next;
            /// R[a] := intrinsic x of R[b], R[c]: 0 TypeVar(name, bound evaluator), 1 TypeVar(name, constraints evaluator), 2 set default evaluator R[c] of type parameter R[b], 3 TypeAlias((name, params), evaluator), 4 set __type_params__ of function R[b]
            intrinsic2 = Intrinsic2 { x: Count, a: Dst, b: Src, c: Src } Next;
            /// set up __annotations__ in the namespace
            setup_annotations = SetupAnnotations { x: Unused, a: Unused, b: Unused, c: Unused } Next;
        }
    };
}

macro_rules! define_ops {
    ($( $(#[doc = $doc:literal])* $name:ident = $Op:ident { x: $x:ident, a: $a:ident, b: $b:ident, c: $c:ident } $flow:ident; )*) => {
        /// An opcode. The numbers are the order of the table; the format version changes when it does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Op { $( $(#[doc = $doc])* $Op ),* }

        /// What the table says of each opcode, in order.
        pub static ROWS: &[Row] = &[ $( Row {
            op: Op::$Op,
            mnemonic: stringify!($name),
            doc: concat!($($doc),*),
            x: OperandKind::$x, a: OperandKind::$a, b: OperandKind::$b, c: OperandKind::$c,
            flow: Flow::$flow,
        } ),* ];
    };
}
for_each_op!(define_ops);

/// One row of the opcode table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub op: Op,
    pub mnemonic: &'static str,
    pub doc: &'static str,
    pub x: OperandKind,
    pub a: OperandKind,
    pub b: OperandKind,
    pub c: OperandKind,
    pub flow: Flow,
}

// Who looks for a label looks at the flow first.
const _: () = {
    let mut i = 0;
    while i < ROWS.len() {
        let row = &ROWS[i];
        let has_label = matches!(row.a, OperandKind::Label16)
            || matches!(row.b, OperandKind::Label32)
            || matches!(row.c, OperandKind::Label16);
        assert!(!has_label || matches!(row.flow, Flow::Jump | Flow::Branch));
        i += 1;
    }
};

impl Op {
    /// The opcode with this number.
    #[inline]
    pub fn from_u8(n: u8) -> Option<Op> {
        ROWS.get(n as usize).map(|r| r.op)
    }

    /// The table's row of this opcode.
    #[inline(always)]
    pub fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}
