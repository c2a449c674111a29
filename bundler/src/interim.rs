//! interim until the compiler lands (not to be pushed)
use freeze_bytecode::*;
pub struct Source { text: String }
impl Source {
    pub fn new(t: &str) -> Source { Source { text: t.replace("\r\n", "\n") } }
    pub fn decode(b: &[u8], f: &str) -> Result<Source, CompileError> {
        std::str::from_utf8(b).map(Source::new).map_err(|_| CompileError { message: format!("not utf8 {f}"), line: 0, column: 0, text: None })
    }
    pub fn text(&self) -> &str { &self.text }
    pub fn line_and_char(&self, at: u32) -> (u32, u32) {
        let before = &self.text[..at as usize];
        (before.matches('\n').count() as u32 + 1, before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1)
    }
    pub fn line_text(&self, line: u32) -> &str { self.text.lines().nth(line as usize - 1).unwrap_or("") }
}
pub struct CompileError { pub message: String, pub line: u32, pub column: u32, pub text: Option<String> }
pub fn foreign_encoding(_: &[u8]) -> Option<&str> { None }
pub fn compile_source(_s: &Source, f: &str, _o: u8) -> Result<CodeObject, CompileError> {
    let e: Box<[Wtf8Bytes]> = Box::new([]);
    Ok(CodeObject { name: b"<module>"[..].into(), qualname: b"<module>"[..].into(), filename: f.as_bytes().into(), flags: CodeFlags(0), argcount: 0, posonlyargcount: 0,
        kwonlyargcount: 0, nlocals: 0, nregs: 1, local_names: e.clone(), local_kinds: Box::new([]), freevars: e.clone(), consts: Box::new([Const::None]),
        names: e, sites: Box::new([]), instrs: Box::new([Instr::new(Op::Return, 0, instr::CONST_BIT, 0, 0)]), handlers: Box::new([]), linetable: Box::new([]), firstlineno: 1, static_attributes: 0 })
}
use freeze_bytecode::code::Wtf8Bytes;
