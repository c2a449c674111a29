//! Marshalled code whose checksum fits whatever was done to it, and mutations that know what code is made of.

use freeze_bytecode::marshal::{self, HEADER_LEN};
use freeze_bytecode::operand::OperandKind;
use freeze_bytecode::table::ROWS;
use freeze_bytecode::{CodeObject, Const, Instr, Site};

/// `body` behind the header that it needs to be read at all.
pub fn sealed(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_LEN + body.len());
    bytes.extend_from_slice(&marshal::MAGIC);
    bytes.extend_from_slice(&marshal::FORMAT.to_le_bytes());
    bytes.extend_from_slice(&0u16.to_le_bytes());
    bytes.extend_from_slice(&marshal::TABLE_FINGERPRINT.to_le_bytes());
    bytes.extend_from_slice(&(body.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(body).to_le_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// A small deterministic random source (xorshift64*).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u32) -> Random {
        Random(u64::from(seed) << 16 | 0x9e37_0001)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { self.next() as usize % n }
    }
}

/// Changes a body as one that knows the format; `None` if it is none, or if the result does not fit `most` bytes.
pub fn mutate(body: &[u8], most: usize, random: &mut Random) -> Option<Vec<u8>> {
    let mut code = marshal::read(&sealed(body)).ok()?;
    for _ in 0..=random.below(3) {
        mutate_code(&mut code, random);
    }
    let bytes = marshal::write(&code).ok()?;
    let body = &bytes[HEADER_LEN..];
    if body.len() > most { None } else { Some(body.to_vec()) }
}

fn mutate_code(code: &mut CodeObject, random: &mut Random) {
    // Into a nested one as often as not.
    let nested = code.consts.iter().filter(|c| matches!(c, Const::Code(_))).count();
    if nested > 0 && random.below(2) == 0 {
        let which = random.below(nested);
        let inner = code.consts.iter_mut().filter_map(|c| if let Const::Code(c) = c { Some(c) } else { None });
        if let Some(inner) = inner.into_iter().nth(which) {
            return mutate_code(inner, random);
        }
    }
    match random.below(24) {
        0..8 => change_operand(code, random),
        8..11 => change_op(code, random),
        11 | 12 => insert(code, random),
        13 => remove(code, random),
        14 => swap(code, random),
        15 => copy_run(code, random),
        16 => change_const(code, random),
        17 => change_site(code, random),
        18 | 19 => change_handlers(code, random),
        20 => code.flags.0 ^= 1 << random.below(30),
        21 => {
            let small = |random: &mut Random| random.below(4) as u32;
            match random.below(4) {
                0 => code.argcount = small(random),
                1 => code.kwonlyargcount = small(random),
                2 => code.posonlyargcount = small(random),
                _ => code.nregs = code.nregs.saturating_add(random.below(5) as u16),
            }
        }
        22 => shuffle_names(code, random),
        _ => code.instrs.reverse(),
    }
}

/// A register, most often one that exists.
fn register(code: &CodeObject, random: &mut Random) -> u16 {
    if random.below(30) == 0 { random.below(0x1_0000) as u16 } else { random.below(usize::from(code.nregs) + 1) as u16 }
}

fn operand(code: &CodeObject, kind: OperandKind, random: &mut Random) -> u16 {
    match kind {
        OperandKind::Unused | OperandKind::High => 0,
        OperandKind::SrcOrConst if random.below(2) == 0 => 0x8000 | random.below(code.consts.len()) as u16,
        OperandKind::Const | OperandKind::Const32 => random.below(code.consts.len()) as u16,
        OperandKind::Name => random.below(code.names.len()) as u16,
        OperandKind::Site => random.below(code.sites.len()) as u16,
        OperandKind::Free => random.below(code.freevars.len()) as u16,
        OperandKind::Count => random.below(6) as u16,
        OperandKind::Label16 => (random.below(41) as i16 - 20) as u16,
        OperandKind::Label32 => random.below(code.instrs.len()) as u16,
        _ => register(code, random),
    }
}

fn pick(code: &CodeObject, random: &mut Random) -> usize {
    random.below(code.instrs.len())
}

fn change_operand(code: &mut CodeObject, random: &mut Random) {
    let at = pick(code, random);
    let Some(&old) = code.instrs.get(at) else { return };
    let row = old.op.row();
    let most = if random.below(4) == 0 { 256 } else { 8 };
    let new = match random.below(4) {
        0 => Instr { x: random.below(most) as u8, ..old },
        1 => Instr { a: operand(code, row.a, random), ..old },
        2 => Instr { b: operand(code, row.b, random), ..old },
        _ => Instr { c: operand(code, row.c, random), ..old },
    };
    code.instrs[at] = new;
}

fn fresh(code: &CodeObject, random: &mut Random) -> Instr {
    let row = &ROWS[random.below(ROWS.len())];
    let x = random.below(4) as u8;
    Instr::new(row.op, x, operand(code, row.a, random), operand(code, row.b, random), operand(code, row.c, random))
}

fn change_op(code: &mut CodeObject, random: &mut Random) {
    let at = pick(code, random);
    let Some(&old) = code.instrs.get(at) else { return };
    // Another instruction over the same operands, of the same kinds if there is one.
    let row = old.op.row();
    let alike: Vec<_> = ROWS.iter().filter(|r| (r.a, r.b, r.c) == (row.a, row.b, row.c)).collect();
    code.instrs[at] = match random.below(3) {
        0 => fresh(code, random),
        _ => Instr { op: alike[random.below(alike.len())].op, ..old },
    };
}

fn insert(code: &mut CodeObject, random: &mut Random) {
    let at = pick(code, random);
    let new = fresh(code, random);
    // In place of a `nop`-like hole there is none: jumps keep their targets, so what follows moves under them.
    let mut instrs = code.instrs.to_vec();
    instrs.insert(at, new);
    set_instrs(code, instrs);
}

fn remove(code: &mut CodeObject, random: &mut Random) {
    if code.instrs.len() < 2 {
        return;
    }
    let at = pick(code, random);
    let mut instrs = code.instrs.to_vec();
    instrs.remove(at);
    set_instrs(code, instrs);
}

fn swap(code: &mut CodeObject, random: &mut Random) {
    let (a, b) = (pick(code, random), pick(code, random));
    if a < code.instrs.len() && b < code.instrs.len() {
        code.instrs.swap(a, b);
    }
}

fn copy_run(code: &mut CodeObject, random: &mut Random) {
    let from = pick(code, random);
    let len = random.below(8).min(code.instrs.len() - from);
    let to = pick(code, random);
    let mut instrs = code.instrs.to_vec();
    let run: Vec<Instr> = instrs[from..from + len].to_vec();
    instrs.splice(to..to, run);
    set_instrs(code, instrs);
}

/// The line table must fit the instructions: where their number changes it is made anew, without positions.
fn set_instrs(code: &mut CodeObject, instrs: Vec<Instr>) {
    let mut lines = freeze_bytecode::lines::LineTableBuilder::new(code.firstlineno);
    for _ in 0..instrs.len() {
        lines.push(None);
    }
    code.linetable = lines.finish();
    code.instrs = instrs.into();
}

fn change_const(code: &mut CodeObject, random: &mut Random) {
    let at = random.below(code.consts.len());
    let other = random.below(code.consts.len());
    let Some(old) = code.consts.get(at).cloned() else { return };
    code.consts[at] = match random.below(8) {
        0 => Const::None,
        1 => Const::Int(i64::MAX >> random.below(64)),
        2 => Const::Float(f64::NAN.to_bits()),
        3 => Const::Str(b"__class__"[..].into()),
        4 => Const::Tuple([old].into()),
        5 => Const::FrozenSet([old].into()),
        6 => Const::BigInt { negative: random.below(2) == 0, digits: [1, 2, 3].into() },
        _ => code.consts[other].clone(),
    };
}

fn change_site(code: &mut CodeObject, random: &mut Random) {
    let mut sites = code.sites.to_vec();
    let name = if random.below(4) == 0 { Site::NONE } else { random.below(code.names.len() + 1) as u32 };
    match sites.get_mut(random.below(code.sites.len())) {
        Some(site) if random.below(3) != 0 => site.name = name,
        _ => sites.push(Site { name }),
    }
    code.sites = sites.into();
}

fn change_handlers(code: &mut CodeObject, random: &mut Random) {
    let mut handlers = code.handlers.to_vec();
    let len = code.instrs.len();
    let temporary = code.nlocals + random.below(usize::from(code.nregs.saturating_sub(code.nlocals)) + 1) as u16;
    match handlers.get_mut(random.below(code.handlers.len())) {
        Some(h) if random.below(4) != 0 => match random.below(4) {
            0 => h.start = random.below(len) as u32,
            1 => h.end = random.below(len + 1) as u32,
            2 => h.target = random.below(len) as u32,
            _ => h.exc_reg = temporary,
        },
        _ => {
            let start = random.below(len);
            let end = (start + random.below(len) / 2).min(len);
            // Behind what it covers, as compiled code has it.
            let target = (end + random.below(len - end)) as u32;
            let (start, end) = (start as u32, end as u32);
            handlers.push(freeze_bytecode::ExceptionHandler { start, end, target, exc_reg: temporary });
        }
    }
    code.handlers = handlers.into();
}

fn shuffle_names(code: &mut CodeObject, random: &mut Random) {
    let n = code.names.len();
    if n > 1 {
        code.names.swap(random.below(n), random.below(n));
    }
}
