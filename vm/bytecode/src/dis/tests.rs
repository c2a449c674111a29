//! The listing of the sample, word for word.

use super::{listing, repr};
use crate::code::Const;
use crate::sample::module;

#[test]
fn lists_the_sample() {
    let source = "# a comment\ndef add(left, right):\n    s = left + right\n\n    return s\n\nadd(5, right=5)\n";
    let expected = "\
code <module>, line 1, flags:
  parameters 0 (positional-only 0, keyword-only 0), locals 0, registers 5
  # 1: # a comment
          0  make_function        t0, <code add, line 2>
          1  store_name           t0, add
  # 7: add(5, right=5)
   L2:    2  load_name            t0, add
          3  clear                t1
          4  load_const           t2, 5
          5  load_const           t3, 5
          6  call_kw              t0, t0..t3, ('right',), x=2
          7  jump_if_true         t0, L9
          8  jump_back            L2
  # line 8
   L9:    9  return               None
  L10:   10  reraise              t4, x=0
  handler 2..7 to L10, exception in t4

code add, line 2, flags:
  parameters 2 (positional-only 0, keyword-only 0), locals 2, registers 3
  locals: left, right (cell)
  # 3: s = left + right
          0  add                  t0, left, right
          1  br_lt                L3, left, 0, x=1
  # 4:
          2  return               t0
  # 5: return s
   L3:    3  return               None
";
    let found = listing(&module(), Some(source));
    assert_eq!(found, expected, "\n{found}");
}

#[test]
fn constants_look_like_python() {
    let text = |text: &str| repr(&Const::Str(text.as_bytes().into()));
    assert_eq!(text("it's\n\"é\""), "'it\\'s\\n\"é\"'");
    assert_eq!(text(&"x".repeat(61)), format!("'{}'…", "x".repeat(60)));
    assert_eq!(repr(&Const::Bytes([0, b'a', 255].into())), "b'\\x00a\\xff'");
    assert_eq!(repr(&Const::Float(1.0f64.to_bits())), "1.0");
    assert_eq!(repr(&Const::Complex(1.0f64.to_bits(), (-2.5f64).to_bits())), "(1.0-2.5j)");
    assert_eq!(repr(&Const::Tuple([Const::None].into())), "(None,)");
    assert_eq!(repr(&Const::BigInt { negative: true, digits: [1, 2].into() }), "-0x200000001");
}
