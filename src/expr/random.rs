//! Unguessable bytes from the seed of a request: the same seed gives the same bytes.

use sha2::{Digest as _, Sha256};

/// How many bytes at the beginning of a seed are the target's; the others are the same for every
/// target of a request.
pub(super) const OF_TARGET: usize = 16;

/// A stream of bytes: SHA-256 of seed, block number, position of the call and expression.
#[derive(Debug)]
pub(super) struct Random {
    key: Sha256,
    block: u64,
    held: Vec<u8>,
}

impl Random {
    /// The stream of one call of one expression.
    pub(super) fn new(seed: &[u8; 32], text: &str, position: u32) -> Self {
        let mut key = Sha256::new();
        key.update(seed);
        key.update(position.to_be_bytes());
        key.update(Sha256::digest(text.as_bytes()));
        Self { key, block: 0, held: Vec::new() }
    }

    /// The stream of a name, the same for every target of a request.
    pub(super) fn shared(seed: &[u8; 32], name: &str) -> Self {
        let mut key = Sha256::new();
        key.update(&seed[OF_TARGET..]);
        key.update(name.as_bytes());
        Self { key, block: 0, held: Vec::new() }
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> u8 {
        if self.held.is_empty() {
            let mut block = self.key.clone();
            block.update(self.block.to_be_bytes());
            self.block += 1;
            self.held = block.finalize().to_vec();
        }
        self.held.pop().unwrap_or_default()
    }

    /// A number below `limit` (at most 256), all equally likely.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let limit = limit.clamp(1, 256);
        let fair = 256 - 256 % limit;
        loop {
            let byte = usize::from(self.byte());
            if byte < fair {
                return byte % limit;
            }
        }
    }
}
