//! Keccak-f[1600] and the sponge over it: SHA-3 and SHAKE (FIPS 202).

/// What the rounds differ in.
const ROUND: [u64; 24] = round_constants();

/// The round constants: bits of a shift register with feedback x^8 + x^6 + x^5 + x^4 + 1.
const fn round_constants() -> [u64; 24] {
    let mut out = [0; 24];
    let mut register: u8 = 1;
    let mut round = 0;
    while round < 24 {
        let mut j = 0;
        while j < 7 {
            if register & 1 != 0 {
                out[round] |= 1 << ((1 << j) - 1);
            }
            let carry = register & 0x80 != 0;
            register = register << 1 ^ if carry { 0x71 } else { 0 };
            j += 1;
        }
        round += 1;
    }
    out
}

/// Where the lane at each step of the cycle through all lanes but the first lies, and how far it is turned.
const CYCLE: [(usize, u32); 24] = cycle();

/// Rotation and transposition walk along one cycle.
const fn cycle() -> [(usize, u32); 24] {
    let mut out = [(0, 0); 24];
    let (mut x, mut y, mut t) = (1, 0, 0);
    while t < 24 {
        (x, y) = (y, (2 * x + 3 * y) % 5);
        out[t] = (x + 5 * y, ((t + 1) * (t + 2) / 2 % 64) as u32);
        t += 1;
    }
    out
}

fn permute(a: &mut [u64; 25]) {
    // Written out by fives: without the optimizer's help loops with remainders take ten times as long.
    for constant in ROUND {
        let column = |x: usize, a: &[u64; 25]| a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        let c = [column(0, a), column(1, a), column(2, a), column(3, a), column(4, a)];
        let d = [
            c[4] ^ c[1].rotate_left(1),
            c[0] ^ c[2].rotate_left(1),
            c[1] ^ c[3].rotate_left(1),
            c[2] ^ c[4].rotate_left(1),
            c[3] ^ c[0].rotate_left(1),
        ];
        for row in a.as_chunks_mut::<5>().0 {
            row[0] ^= d[0];
            row[1] ^= d[1];
            row[2] ^= d[2];
            row[3] ^= d[3];
            row[4] ^= d[4];
        }
        let mut carried = a[1];
        for (to, turn) in CYCLE {
            carried = std::mem::replace(&mut a[to], carried.rotate_left(turn));
        }
        for row in a.as_chunks_mut::<5>().0 {
            let [v, w, x, y, z] = *row;
            *row = [v ^ !w & x, w ^ !x & y, x ^ !y & z, y ^ !z & v, z ^ !v & w];
        }
        a[0] ^= constant;
    }
}

/// A sponge: `rate` bytes are taken in or given out between permutations.
#[derive(Clone)]
pub(crate) struct Sponge {
    state: [u64; 25],
    rate: usize,
    at: usize,
    /// The bits that end the message: one value for SHA-3, another one for SHAKE.
    suffix: u8,
}

impl Sponge {
    pub(crate) fn sha3(digest_size: usize) -> Sponge {
        Sponge { state: [0; 25], rate: 200 - 2 * digest_size, at: 0, suffix: 0x06 }
    }

    pub(crate) fn shake(security: usize) -> Sponge {
        Sponge { state: [0; 25], rate: 200 - 2 * security, at: 0, suffix: 0x1F }
    }

    fn mix(&mut self, at: usize, byte: u8) {
        self.state[at / 8] ^= u64::from(byte) << (at % 8 * 8);
    }

    pub(crate) fn update(&mut self, mut data: &[u8]) {
        while !data.is_empty() {
            match data.split_first_chunk::<8>() {
                // Rates are whole lanes.
                Some((lane, rest)) if self.at.is_multiple_of(8) => {
                    self.state[self.at / 8] ^= u64::from_le_bytes(*lane);
                    self.at += 8;
                    data = rest;
                }
                _ => {
                    self.mix(self.at, data[0]);
                    self.at += 1;
                    data = &data[1..];
                }
            }
            if self.at == self.rate {
                permute(&mut self.state);
                self.at = 0;
            }
        }
    }

    pub(crate) fn finish(mut self, out: &mut [u8]) {
        self.mix(self.at, self.suffix);
        self.mix(self.rate - 1, 0x80);
        for block in out.chunks_mut(self.rate) {
            permute(&mut self.state);
            for (i, byte) in block.iter_mut().enumerate() {
                *byte = (self.state[i / 8] >> (i % 8 * 8)) as u8;
            }
        }
    }
}
