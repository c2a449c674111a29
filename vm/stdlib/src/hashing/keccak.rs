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

fn permute(a: &mut [u64; 25]) {
    for constant in ROUND {
        let mut columns = [0; 5];
        for (i, lane) in a.iter().enumerate() {
            columns[i % 5] ^= lane;
        }
        for (i, lane) in a.iter_mut().enumerate() {
            *lane ^= columns[(i + 4) % 5] ^ columns[(i + 1) % 5].rotate_left(1);
        }
        // Rotation and transposition walk along one cycle through all lanes but the first.
        let (mut x, mut y, mut carried) = (1, 0, a[1]);
        for t in 0..24u32 {
            (x, y) = (y, (2 * x + 3 * y) % 5);
            let moved = carried.rotate_left((t + 1) * (t + 2) / 2 % 64);
            carried = std::mem::replace(&mut a[x + 5 * y], moved);
        }
        for row in a.chunks_exact_mut(5) {
            let old = [row[0], row[1], row[2], row[3], row[4]];
            for (i, lane) in row.iter_mut().enumerate() {
                *lane ^= !old[(i + 1) % 5] & old[(i + 2) % 5];
            }
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

    pub(crate) fn update(&mut self, data: &[u8]) {
        for &byte in data {
            self.mix(self.at, byte);
            self.at += 1;
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
