//! Streams of compressed data.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// How much of what was taken in must come out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Flush {
    No,
    Partial,
    Sync,
    Full,
    Finish,
}

const CHUNK: usize = 16384;

/// The library can't copy its streams, so a copy is made by doing again what was done. More input than this is not kept.
const REPLAY_LIMIT: usize = 32 << 20;

/// How a compressor is made.
#[derive(Clone)]
pub(super) struct Setup {
    pub(super) level: u32,
    pub(super) wbits: i64,
    pub(super) zdict: Option<Vec<u8>>,
}

impl Setup {
    /// A new compressor; `None` when the settings do not fit.
    pub(super) fn start(&self) -> Option<Compress> {
        let mut c = compressor(Compression::new(self.level), self.wbits)?;
        if let Some(d) = &self.zdict {
            c.set_dictionary(d).ok()?;
        }
        Some(c)
    }
}

/// A compressor, and what it has taken so far.
pub(super) struct Deflater {
    state: Compress,
    setup: Setup,
    /// Inputs and what was asked after them; `None` when they were too long to keep.
    log: Option<Vec<(Vec<u8>, Flush)>>,
    kept: usize,
}

impl Deflater {
    /// A compressor with these settings.
    pub(super) fn new(setup: Setup) -> Option<Deflater> {
        Some(Deflater { state: setup.start()?, setup, log: Some(Vec::new()), kept: 0 })
    }

    /// Compresses more input.
    pub(super) fn deflate(&mut self, input: &[u8], flush: Flush) -> Result<Vec<u8>, String> {
        self.kept += input.len();
        if self.kept > REPLAY_LIMIT {
            self.log = None;
        }
        if let Some(log) = &mut self.log {
            match log.last_mut() {
                Some((data, last)) if *last == Flush::No && flush == Flush::No => data.extend_from_slice(input),
                _ => log.push((input.to_vec(), flush)),
            }
        }
        deflate(&mut self.state, input, flush)
    }

    /// A compressor in the same state. `None` when that is too far from the start.
    pub(super) fn copy(&self) -> Option<Deflater> {
        let mut new = Deflater::new(self.setup.clone())?;
        for (data, flush) in self.log.as_ref()? {
            new.deflate(data, *flush).ok()?;
        }
        Some(new)
    }
}

/// A compressor for the container that `wbits` names: 9 to 15 zlib, negative none, 25 to 31 gzip.
pub(super) fn compressor(level: Compression, wbits: i64) -> Option<Compress> {
    match wbits {
        9..=15 => Some(Compress::new_with_window_bits(level, true, wbits as u8)),
        -15..=-9 => Some(Compress::new_with_window_bits(level, false, -wbits as u8)),
        25..=31 => Some(Compress::new_gzip(level, (wbits - 16) as u8)),
        _ => None,
    }
}

/// Compresses all of `input`.
pub(super) fn deflate(c: &mut Compress, mut input: &[u8], flush: Flush) -> Result<Vec<u8>, String> {
    let mode = match flush {
        Flush::No => FlushCompress::None,
        Flush::Partial => FlushCompress::Partial,
        Flush::Sync => FlushCompress::Sync,
        Flush::Full => FlushCompress::Full,
        Flush::Finish => FlushCompress::Finish,
    };
    let (mut out, mut chunk) = (Vec::new(), vec![0; CHUNK]);
    loop {
        let (taken, made) = (c.total_in(), c.total_out());
        let status = c.compress(input, &mut chunk, mode);
        let (taken, made) = ((c.total_in() - taken) as usize, (c.total_out() - made) as usize);
        input = &input[taken..];
        out.extend_from_slice(&chunk[..made]);
        match status {
            Err(e) => {
                return Err(format!("Error -2 while compressing data: {}", e.message().unwrap_or("stream error")));
            }
            Ok(Status::StreamEnd) => return Ok(out),
            Ok(_) if taken == 0 && made == 0 => return Ok(out),
            Ok(_) if made < CHUNK && input.is_empty() && flush != Flush::Finish => return Ok(out),
            Ok(_) => {}
        }
    }
}

/// A decompressor and what it has left over.
pub(super) struct Inflater {
    /// Made with the first input, which tells the container if `wbits` does not.
    state: Option<Decompress>,
    wbits: i64,
    zdict: Vec<u8>,
    pub(super) eof: bool,
    /// What follows the end of the stream.
    pub(super) unused: Vec<u8>,
    /// Input that a limit kept from being used.
    pub(super) tail: Vec<u8>,
    /// What was taken in so far, for copies; `None` when it was too long to keep.
    seen: Option<Vec<u8>>,
    /// Whether the limit was reached, so that there may be more output without more input.
    pub(super) full: bool,
}

impl Inflater {
    /// A decompressor for the container that `wbits` names: as for [`compressor`], 0 or 40 to 47 also tell by the header.
    pub(super) fn new(wbits: i64, zdict: Vec<u8>) -> Option<Inflater> {
        let known = matches!(wbits, 0 | 8..=15 | -15..=-8 | 24..=31 | 40..=47);
        let fresh = Inflater {
            state: None,
            wbits,
            zdict,
            eof: false,
            unused: vec![],
            tail: vec![],
            seen: Some(vec![]),
            full: false,
        };
        known.then_some(fresh)
    }

    fn open(&self, first: u8) -> Decompress {
        let bits = |n: i64| n.clamp(9, 15) as u8;
        let mut d = match self.wbits {
            n @ 24..=31 => Decompress::new_gzip(bits(n - 16)),
            n @ 40..=47 if first == 0x1F => Decompress::new_gzip(bits(n - 32)),
            n @ 40..=47 => Decompress::new_with_window_bits(true, bits(n - 32)),
            0 => Decompress::new_with_window_bits(true, 15),
            n => Decompress::new_with_window_bits(n > 0, bits(n.abs())),
        };
        if self.wbits < 0 && !self.zdict.is_empty() {
            // A dictionary that does not suit shows when the data is read.
            let _ = d.set_dictionary(&self.zdict);
        }
        d
    }

    /// Decompresses `input` until it ends, the stream ends, or there are `limit` bytes of output.
    pub(super) fn inflate(&mut self, mut input: &[u8], limit: Option<usize>) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        self.full = false;
        if self.eof {
            self.unused.extend_from_slice(input);
            return Ok(out);
        }
        let mut d = match (self.state.take(), input.first()) {
            (Some(d), _) => d,
            (None, Some(first)) => self.open(*first),
            (None, None) => return Ok(out),
        };
        let mut chunk = vec![0; CHUNK];
        loop {
            let room = limit.map_or(CHUNK, |n| (n - out.len()).min(CHUNK));
            if room == 0 {
                self.full = true;
                break;
            }
            let (taken, made) = (d.total_in(), d.total_out());
            let status = d.decompress(input, &mut chunk[..room], FlushDecompress::Sync);
            let (taken, made) = ((d.total_in() - taken) as usize, (d.total_out() - made) as usize);
            if let Some(seen) = &mut self.seen {
                seen.extend_from_slice(&input[..taken]);
            }
            if self.seen.as_ref().is_some_and(|s| s.len() > REPLAY_LIMIT) {
                self.seen = None;
            }
            input = &input[taken..];
            out.extend_from_slice(&chunk[..made]);
            match status {
                Err(e) if e.needs_dictionary().is_some() => {
                    if self.zdict.is_empty() {
                        return Err("Error 2 while decompressing data".to_owned());
                    }
                    d.set_dictionary(&self.zdict).map_err(|_| "Error -3 while setting zdict".to_owned())?;
                }
                Err(e) => {
                    return Err(format!(
                        "Error -3 while decompressing data: {}",
                        e.message().unwrap_or("invalid data")
                    ));
                }
                Ok(Status::StreamEnd) => {
                    self.eof = true;
                    self.unused.extend_from_slice(input);
                    return Ok(out);
                }
                Ok(_) if taken == 0 && made == 0 => break,
                Ok(_) if made < room && input.is_empty() => break,
                Ok(_) => {}
            }
        }
        self.tail = input.to_vec();
        self.state = Some(d);
        Ok(out)
    }
}

impl Inflater {
    /// A decompressor in the same state. `None` when that is too far from the start.
    pub(super) fn copy(&self) -> Option<Inflater> {
        let mut new = Inflater::new(self.wbits, self.zdict.clone())?;
        if let Some(d) = &self.state {
            let seen = self.seen.as_ref()?;
            let (mut at, mut left) = (0, d.total_out() as usize);
            // As much output as before, so that as much of the input is used.
            while at < seen.len() || left > 0 {
                let limit = if left == 0 { None } else { Some(left.min(CHUNK)) };
                let made = new.inflate(&seen[at..], limit).ok()?.len();
                let used = new.seen.as_ref().map_or(0, Vec::len);
                if made == 0 && used == at {
                    return None;
                }
                (at, left) = (used, left.saturating_sub(made));
            }
        }
        new.seen.clone_from(&self.seen);
        (new.eof, new.full) = (self.eof, self.full);
        new.unused.clone_from(&self.unused);
        new.tail.clone_from(&self.tail);
        Some(new)
    }
}

/// Adler-32 of `data` after what gave `start`.
pub(super) fn adler32(start: u32, data: &[u8]) -> u32 {
    const MODULUS: u32 = 65521;
    let (mut a, mut b) = (start & 0xFFFF, start >> 16);
    // As many bytes as the sums can take before they overflow.
    for part in data.chunks(5552) {
        for &byte in part {
            a += u32::from(byte);
            b += a;
        }
        a %= MODULUS;
        b %= MODULUS;
    }
    b << 16 | a
}
