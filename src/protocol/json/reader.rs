//! The parts of JSON's text: brackets, strings, integers and words. Nothing here depends on the type that is read, so
//! it is in the browser's code once.

use std::borrow::Cow;

use super::Unreadable;

/// The text, and how far it was read.
pub(super) struct Reader<'de> {
    text: &'de str,
    at: usize,
}

impl<'de> Reader<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self { text, at: 0 }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no space, which is not read yet.
    pub(super) fn peek(&mut self) -> Result<u8, Unreadable> {
        while matches!(self.byte(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
        self.byte().ok_or(Unreadable)
    }

    /// Reads this byte if it is the next one.
    pub(super) fn begins_with(&mut self, byte: u8) -> Result<bool, Unreadable> {
        let is_next = self.peek()? == byte;
        self.at += usize::from(is_next);
        Ok(is_next)
    }

    /// Reads this byte, which must be the next one.
    pub(super) fn take(&mut self, byte: u8) -> Result<(), Unreadable> {
        self.begins_with(byte)?.then_some(()).ok_or(Unreadable)
    }

    /// Nothing but spaces may follow.
    pub(super) fn end(&mut self) -> Result<(), Unreadable> {
        self.peek().map_or(Ok(()), |_| Err(Unreadable))
    }

    /// Whether another element follows. Reads the comma before it.
    pub(super) fn has_next(&mut self, end: u8, is_first: &mut bool) -> Result<bool, Unreadable> {
        if self.peek()? == end {
            return Ok(false);
        }
        if !std::mem::take(is_first) {
            self.take(b',')?;
        }
        Ok(true)
    }

    /// Reads one of `true`, `false` and `null`.
    pub(super) fn word(&mut self, word: &str) -> Result<(), Unreadable> {
        self.peek()?;
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(Unreadable);
        }
        self.at += word.len();
        Ok(())
    }

    pub(super) fn bool(&mut self) -> Result<bool, Unreadable> {
        let is_true = self.peek()? == b't';
        self.word(if is_true { "true" } else { "false" })?;
        Ok(is_true)
    }

    pub(super) fn natural(&mut self) -> Result<u64, Unreadable> {
        self.peek()?;
        let start = self.at;
        let mut number = 0_u64;
        while let Some(digit @ b'0'..=b'9') = self.byte() {
            self.at += 1;
            let shifted = number.checked_mul(10).and_then(|it| it.checked_add(u64::from(digit - b'0')));
            number = shifted.ok_or(Unreadable)?;
        }
        let has_more = matches!(self.byte(), Some(b'.' | b'e' | b'E'));
        let has_zero_in_front = self.at > start + 1 && self.text.as_bytes()[start] == b'0';
        if self.at == start || has_more || has_zero_in_front { Err(Unreadable) } else { Ok(number) }
    }

    pub(super) fn integer(&mut self) -> Result<i64, Unreadable> {
        if !self.begins_with(b'-')? {
            return i64::try_from(self.natural()?).map_err(|_| Unreadable);
        }
        // There is no space behind the sign.
        self.byte().filter(u8::is_ascii_digit).ok_or(Unreadable)?;
        0_i64.checked_sub_unsigned(self.natural()?).ok_or(Unreadable)
    }

    /// A string and the colon behind it.
    pub(super) fn key(&mut self) -> Result<Cow<'de, str>, Unreadable> {
        let key = self.string()?;
        self.take(b':')?;
        Ok(key)
    }

    pub(super) fn string(&mut self) -> Result<Cow<'de, str>, Unreadable> {
        self.take(b'"')?;
        let mut whole = Cow::Borrowed("");
        loop {
            let start = self.at;
            while !matches!(self.byte().ok_or(Unreadable)?, b'"' | b'\\' | ..b' ') {
                self.at += 1;
            }
            // Both ends are ASCII, so they are between characters.
            whole += &self.text[start..self.at];
            self.at += 1;
            match self.text.as_bytes()[self.at - 1] {
                b'"' => return Ok(whole),
                b'\\' => whole.to_mut().push(self.escaped()?),
                _ => return Err(Unreadable),
            }
        }
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Result<char, Unreadable> {
        let byte = self.byte().ok_or(Unreadable)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return Err(Unreadable),
        })
    }

    /// Four hexadecimal digits; a character beyond them is written as two such units.
    fn unicode(&mut self) -> Result<char, Unreadable> {
        let first = self.unit()?;
        let code = if let 0xd800..0xdc00 = first {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            if !rest.starts_with(b"\\u") {
                return Err(Unreadable);
            }
            self.at += 2;
            let second = self.unit()?.checked_sub(0xdc00).filter(|it| *it < 0x400).ok_or(Unreadable)?;
            0x1_0000 + ((first - 0xd800) << 10) + second
        } else {
            first
        };
        char::from_u32(code).ok_or(Unreadable)
    }

    fn unit(&mut self) -> Result<u32, Unreadable> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.byte().and_then(|it| char::from(it).to_digit(16)).ok_or(Unreadable)?;
            self.at += 1;
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }

    /// Reads over a value of any kind.
    pub(super) fn skip(&mut self) -> Result<(), Unreadable> {
        // The brackets that are open, each as the one that closes it.
        let mut open = Vec::new();
        loop {
            let byte = self.peek()?;
            match byte {
                b'"' => drop(self.string()?),
                b'{' | b'[' => {
                    open.push(byte + 2);
                    self.at += 1;
                }
                b'}' | b']' => {
                    if open.pop() != Some(byte) {
                        return Err(Unreadable);
                    }
                    self.at += 1;
                }
                b',' | b':' if !open.is_empty() => {
                    self.at += 1;
                    continue;
                }
                b't' => self.word("true")?,
                b'f' => self.word("false")?,
                b'n' => self.word("null")?,
                b'-' | b'0'..=b'9' => {
                    while matches!(self.byte(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
                        self.at += 1;
                    }
                }
                _ => return Err(Unreadable),
            }
            if open.is_empty() {
                return Ok(());
            }
        }
    }
}
