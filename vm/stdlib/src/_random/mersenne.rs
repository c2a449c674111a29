//! The Mersenne Twister MT19937, by the description of Matsumoto and Nishimura.

/// Words of state.
pub(super) const N: usize = 624;
const M: usize = 397;

/// A generator of 32-bit numbers.
pub(super) struct Mersenne {
    pub state: [u32; N],
    /// The number of the next word of state to use.
    pub index: usize,
}

impl Mersenne {
    /// A generator that has not been seeded.
    pub(super) const fn new() -> Mersenne {
        Mersenne { state: [0; N], index: N }
    }

    fn seed_word(&mut self, seed: u32) {
        self.state[0] = seed;
        for i in 1..N {
            let before = self.state[i - 1];
            self.state[i] = 1812433253u32.wrapping_mul(before ^ (before >> 30)).wrapping_add(i as u32);
        }
        self.index = N;
    }

    /// Seeds from a key of any length but 0.
    pub(super) fn seed(&mut self, key: &[u32]) {
        self.seed_word(19650218);
        let s = &mut self.state;
        let mixed = |s: &[u32; N], i: usize| s[i - 1] ^ (s[i - 1] >> 30);
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            s[i] = (s[i] ^ mixed(s, i).wrapping_mul(1664525)).wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i >= N {
                s[0] = s[N - 1];
                i = 1;
            }
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 1..N {
            s[i] = (s[i] ^ mixed(s, i).wrapping_mul(1566083941)).wrapping_sub(i as u32);
            i += 1;
            if i >= N {
                s[0] = s[N - 1];
                i = 1;
            }
        }
        s[0] = 0x8000_0000;
    }

    fn refill(&mut self) {
        for i in 0..N {
            let y = (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % N] & 0x7FFF_FFFF);
            let twist = if y & 1 == 0 { 0 } else { 0x9908_B0DF };
            self.state[i] = self.state[(i + M) % N] ^ (y >> 1) ^ twist;
        }
        self.index = 0;
    }

    /// The next 32 bits.
    pub(super) fn next(&mut self) -> u32 {
        if self.index >= N {
            self.refill();
        }
        let mut y = self.state[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C_5680;
        y ^= (y << 15) & 0xEFC6_0000;
        y ^ (y >> 18)
    }

    /// The next float in [0, 1), with 53 random bits.
    pub(super) fn float(&mut self) -> f64 {
        let (a, b) = (self.next() >> 5, self.next() >> 6);
        (f64::from(a) * 67108864.0 + f64::from(b)) * (1.0 / 9007199254740992.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Mersenne;

    #[test]
    fn reference_output() {
        // The first numbers that the authors' program prints for this key.
        let mut m = Mersenne::new();
        m.seed(&[0x123, 0x234, 0x345, 0x456]);
        let first: Vec<u32> = (0..5).map(|_| m.next()).collect();
        assert_eq!(first, [1067595299, 955945823, 477289528, 4107218783, 4228976476]);
    }

    #[test]
    fn python_seed() {
        let mut m = Mersenne::new();
        m.seed(&[42]);
        assert_eq!(m.float(), 0.6394267984578837);
    }
}
