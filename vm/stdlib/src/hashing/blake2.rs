//! BLAKE2b and BLAKE2s with keys, salts, personalization and trees (RFC 7693 and the paper's parameter block).

use super::State;

const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// The words that each of the steps of a round mixes: columns, then diagonals.
const STEPS: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

macro_rules! blake2 {
    ($(#[$doc:meta])* $Name:ident, $word:ty, $wide:ty, $rounds:literal, $rotations:expr, $iv:expr) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub(crate) struct $Name {
            h: [$word; 8],
            block: [u8; Self::BLOCK],
            filled: usize,
            taken: $wide,
            last_node: bool,
        }

        impl $Name {
            const WORD: usize = size_of::<$word>();
            const BLOCK: usize = 16 * Self::WORD;
            const IV: [$word; 8] = $iv;

            /// The state for a parameter block; a key comes first as a block of its own.
            pub(crate) fn new(parameters: &[u8], key: &[u8], last_node: bool) -> $Name {
                let mut h = Self::IV;
                for (word, bytes) in h.iter_mut().zip(parameters.chunks_exact(Self::WORD)) {
                    *word ^= Self::word(bytes);
                }
                let mut new = $Name { h, block: [0; Self::BLOCK], filled: 0, taken: 0, last_node };
                if !key.is_empty() {
                    let mut block = [0; Self::BLOCK];
                    block[..key.len()].copy_from_slice(key);
                    new.update(&block);
                }
                new
            }

            fn word(bytes: &[u8]) -> $word {
                bytes.iter().rev().fold(0, |n, b| n << 8 | <$word>::from(*b))
            }

            fn compress(&mut self, last: bool) {
                let mut m = [0; 16];
                for (word, bytes) in m.iter_mut().zip(self.block.chunks_exact(Self::WORD)) {
                    *word = Self::word(bytes);
                }
                let mut v = [0; 16];
                v[..8].copy_from_slice(&self.h);
                v[8..].copy_from_slice(&Self::IV);
                v[12] ^= self.taken as $word;
                v[13] ^= (self.taken >> <$word>::BITS) as $word;
                if last {
                    v[14] = !v[14];
                    if self.last_node {
                        v[15] = !v[15];
                    }
                }
                let [r1, r2, r3, r4] = $rotations;
                for round in 0..$rounds {
                    let s = &SIGMA[round % 10];
                    for (i, [a, b, c, d]) in STEPS.into_iter().enumerate() {
                        v[a] = v[a].wrapping_add(v[b]).wrapping_add(m[s[2 * i]]);
                        v[d] = (v[d] ^ v[a]).rotate_right(r1);
                        v[c] = v[c].wrapping_add(v[d]);
                        v[b] = (v[b] ^ v[c]).rotate_right(r2);
                        v[a] = v[a].wrapping_add(v[b]).wrapping_add(m[s[2 * i + 1]]);
                        v[d] = (v[d] ^ v[a]).rotate_right(r3);
                        v[c] = v[c].wrapping_add(v[d]);
                        v[b] = (v[b] ^ v[c]).rotate_right(r4);
                    }
                }
                for (i, word) in self.h.iter_mut().enumerate() {
                    *word ^= v[i] ^ v[i + 8];
                }
            }
        }

        impl State for $Name {
            fn update(&mut self, mut data: &[u8]) {
                while !data.is_empty() {
                    // A full block waits until it is known not to be the last one.
                    if self.filled == Self::BLOCK {
                        self.taken += Self::BLOCK as $wide;
                        self.compress(false);
                        self.filled = 0;
                    }
                    let n = data.len().min(Self::BLOCK - self.filled);
                    self.block[self.filled..self.filled + n].copy_from_slice(&data[..n]);
                    self.filled += n;
                    data = &data[n..];
                }
            }
            fn copy(&self) -> Box<dyn State> {
                Box::new(self.clone())
            }
            fn digest(&self, out: &mut [u8]) {
                let mut end = self.clone();
                end.taken += end.filled as $wide;
                end.block[end.filled..].fill(0);
                end.compress(true);
                for (byte, digit) in out.iter_mut().zip(end.h.iter().flat_map(|w| w.to_le_bytes())) {
                    *byte = digit;
                }
            }
        }
    };
}

blake2! {
    /// BLAKE2b: words of 64 bits.
    Blake2b, u64, u128, 12, [32, 24, 16, 63],
    [
        0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
    ]
}
blake2! {
    /// BLAKE2s: words of 32 bits.
    Blake2s, u32, u64, 10, [16, 12, 8, 7],
    [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
}
