//! Bytes of TDS: tokens, types and values, as MS-TDS 2.2.5 to 2.2.7 have them.

use super::peer::token;

/// A value of one of the types that a table can have.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// A whole number of so many bytes; `None` is null.
    Int(u8, Option<i64>),
    Bit(bool),
    Float(f64),
    /// In ten thousandths.
    Money(i64),
    /// The digits and how many of them are after the point.
    Decimal(i128, u8),
    Text(Option<String>),
    /// `nvarchar(max)`.
    Long(String),
    /// `varchar` of Windows-1252.
    Narrow(Vec<u8>),
    Bytes(Vec<u8>),
    Guid([u8; 16]),
    /// Days since 1900 and three hundredths of a second.
    DateTime(i32, u32),
    /// Days since 1900 and minutes.
    SmallDateTime(u16, u16),
    /// Days since the year 1 and tenths of a microsecond.
    DateTime2(u32, u64),
    /// The same in UTC, with the offset in minutes.
    DateTimeOffset(u32, u64, i16),
    Date(u32),
    Time(u64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Int(8, Some(number))
    }
}

/// Latin1_General, code page 1252.
const COLLATION: [u8; 5] = [0x09, 0x04, 0xd0, 0x00, 0x34];

impl Cell {
    fn write_type(&self, to: &mut Writer) {
        match self {
            Self::Int(size, _) => to.bytes(&[0x26, *size]),
            Self::Bit(_) => to.bytes(&[0x68, 1]),
            Self::Float(_) => to.bytes(&[0x6d, 8]),
            Self::Money(_) => to.bytes(&[0x6e, 8]),
            Self::Decimal(_, scale) => to.bytes(&[0x6a, 17, 38, *scale]),
            Self::Text(_) => {
                to.bytes(&[0xe7, 0x40, 0x1f]);
                to.bytes(&COLLATION);
            }
            Self::Long(_) => {
                to.bytes(&[0xe7, 0xff, 0xff]);
                to.bytes(&COLLATION);
            }
            Self::Narrow(_) => {
                to.bytes(&[0xa7, 0x40, 0x1f]);
                to.bytes(&COLLATION);
            }
            Self::Bytes(_) => to.bytes(&[0xa5, 0x40, 0x1f]),
            Self::Guid(_) => to.bytes(&[0x24, 16]),
            Self::DateTime(..) => to.bytes(&[0x6f, 8]),
            Self::SmallDateTime(..) => to.bytes(&[0x6f, 4]),
            Self::DateTime2(..) => to.bytes(&[0x2a, 7]),
            Self::DateTimeOffset(..) => to.bytes(&[0x2b, 7]),
            Self::Date(_) => to.bytes(&[0x28]),
            Self::Time(_) => to.bytes(&[0x29, 7]),
        }
    }

    fn write_value(&self, to: &mut Writer) {
        match self {
            Self::Int(_, None) => to.sized(&[]),
            Self::Int(size, Some(number)) => to.sized(&[&number.to_le_bytes()[..usize::from(*size)]]),
            Self::Bit(flag) => to.sized(&[&[u8::from(*flag)]]),
            Self::Float(number) => to.sized(&[&number.to_le_bytes()]),
            // The upper half comes first.
            Self::Money(number) => to.sized(&[&number.to_le_bytes()[4..], &number.to_le_bytes()[..4]]),
            Self::Decimal(number, _) => {
                to.sized(&[&[u8::from(*number >= 0)], &number.unsigned_abs().to_le_bytes()]);
            }
            Self::Text(None) => to.u16(0xffff),
            Self::Text(Some(text)) => {
                to.u16(u16::try_from(2 * text.encode_utf16().count()).unwrap());
                to.text(text);
            }
            Self::Long(text) => {
                let size = u32::try_from(2 * text.encode_utf16().count()).unwrap();
                to.bytes(&u64::from(size).to_le_bytes());
                to.u32(size);
                to.text(text);
                to.u32(0);
            }
            Self::Narrow(bytes) | Self::Bytes(bytes) => {
                to.u16(u16::try_from(bytes.len()).unwrap());
                to.bytes(bytes);
            }
            Self::Guid(bytes) => to.sized(&[bytes]),
            Self::DateTime(days, fragments) => to.sized(&[&days.to_le_bytes(), &fragments.to_le_bytes()]),
            Self::SmallDateTime(days, minutes) => to.sized(&[&days.to_le_bytes(), &minutes.to_le_bytes()]),
            Self::DateTime2(days, ticks) => to.sized(&[&ticks.to_le_bytes()[..5], &days.to_le_bytes()[..3]]),
            Self::DateTimeOffset(days, ticks, offset) => {
                to.sized(&[&ticks.to_le_bytes()[..5], &days.to_le_bytes()[..3], &offset.to_le_bytes()]);
            }
            Self::Date(days) => to.sized(&[&days.to_le_bytes()[..3]]),
            Self::Time(ticks) => to.sized(&[&ticks.to_le_bytes()[..5]]),
        }
    }
}

/// Version 16, with encryption or without.
pub(super) fn prelogin(encrypted: bool) -> Vec<u8> {
    let mut to = Writer::default();
    to.bytes(&[0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff]);
    to.bytes(&[16, 0, 0, 0, 0, 0, if encrypted { 1 } else { 2 }]);
    to.0
}

/// User, password and database.
pub(super) fn login(message: &[u8]) -> (String, String, String) {
    let at = |place: usize| {
        let number = |at: usize| usize::from(u16::from_le_bytes([message[at], message[at + 1]]));
        message[number(place)..][..2 * number(place + 2)].to_vec()
    };
    let hidden = |byte: u8| (byte ^ 0xa5).rotate_left(4);
    let password: Vec<u8> = at(44).into_iter().map(hidden).collect();
    (utf16(&at(40)), utf16(&password), utf16(&at(68)))
}

pub(super) fn login_ack() -> Vec<u8> {
    let mut body = Writer::default();
    body.bytes(&[1, 0x74, 0, 0, 4]);
    body.name("peer");
    body.bytes(&[16, 0, 0, 0]);
    let mut to = token(0xad);
    to.u16(u16::try_from(body.0.len()).unwrap());
    to.bytes(&body.0);
    to.done(0);
    to.0
}

/// A login that is accepted somewhere else.
pub(super) fn routed(port: u16) -> Vec<u8> {
    let mut place = Writer::default();
    place.u8(0);
    place.u16(port);
    place.u16(9);
    place.text("127.0.0.1");
    let mut to = token(0xe3);
    to.u16(u16::try_from(place.0.len() + 5).unwrap());
    to.u8(20);
    to.u16(u16::try_from(place.0.len()).unwrap());
    to.bytes(&place.0);
    to.u16(0);
    to.bytes(&login_ack());
    to.0
}

pub(super) fn error(number: u32, message: &str) -> Vec<u8> {
    let mut body = Writer::default();
    body.u32(number);
    body.bytes(&[1, 16]);
    body.u16(u16::try_from(message.encode_utf16().count()).unwrap());
    body.text(message);
    body.name("peer");
    body.name("");
    body.u32(1);
    let mut to = token(0xaa);
    to.u16(u16::try_from(body.0.len()).unwrap());
    to.bytes(&body.0);
    to.done(2);
    to.0
}

/// That a batch is done; the beginning and the end of a transaction change what the client has to say
/// with every statement.
pub(super) fn done(text: &str) -> Vec<u8> {
    let mut to = Writer::default();
    let change: &[u8] = match text {
        "BEGIN TRANSACTION" => &[0xe3, 11, 0, 8, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0],
        "COMMIT TRANSACTION" => &[0xe3, 11, 0, 9, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8],
        text if text.ends_with("ROLLBACK TRANSACTION") => &[0xe3, 11, 0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8],
        _ => &[],
    };
    to.bytes(change);
    to.done(0);
    to.0
}

/// Sets of rows; the columns of one without rows are not told.
pub(super) fn sets(sets: &[Vec<Vec<Cell>>]) -> Vec<u8> {
    let mut to = Writer::default();
    for rows in sets {
        let nothing = vec![Cell::Int(4, None)];
        let first = rows.first().unwrap_or(&nothing);
        to.u8(0x81);
        to.u16(u16::try_from(first.len()).unwrap());
        for (at, cell) in first.iter().enumerate() {
            to.u32(0);
            to.u16(1);
            cell.write_type(&mut to);
            to.name(&format!("c{at}"));
        }
        for row in rows {
            to.u8(0xd1);
            row.iter().for_each(|cell| cell.write_value(&mut to));
        }
        // Done with a statement, and more to come.
        to.u8(0xff);
        to.u16(1);
        to.u16(0);
        to.bytes(&[0; 8]);
    }
    to.done(0);
    to.0
}

/// Bytes being written.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn u8(&mut self, byte: u8) {
        self.0.push(byte);
    }

    fn u16(&mut self, number: u16) {
        self.bytes(&number.to_le_bytes());
    }

    fn u32(&mut self, number: u32) {
        self.bytes(&number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// A value with its length, which is 0 for null.
    fn sized(&mut self, parts: &[&[u8]]) {
        let value = parts.concat();
        self.u8(u8::try_from(value.len()).unwrap());
        self.bytes(&value);
    }

    fn text(&mut self, text: &str) {
        text.encode_utf16().for_each(|unit| self.u16(unit));
    }

    fn name(&mut self, text: &str) {
        self.u8(u8::try_from(text.encode_utf16().count()).unwrap());
        self.text(text);
    }

    fn done(&mut self, status: u16) {
        self.u8(0xfd);
        self.u16(status);
        self.u16(0);
        self.bytes(&[0; 8]);
    }
}

/// Bytes being read.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Behind the headers of a request.
    pub(super) fn after_headers(message: &'a [u8]) -> Self {
        let length = u32::from_le_bytes(message[..4].try_into().unwrap());
        Self(&message[usize::try_from(length).unwrap()..])
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    pub(super) fn u8(&mut self) -> u8 {
        self.take(1)[0]
    }

    pub(super) fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.take(2).try_into().unwrap())
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take(4).try_into().unwrap())
    }

    pub(super) fn rest_as_text(&mut self) -> String {
        utf16(self.take(self.0.len()))
    }

    pub(super) fn parameter_name(&mut self) {
        let length = usize::from(self.u8());
        self.take(2 * length);
    }

    /// A parameter's value as text, by its type.
    pub(super) fn typed_value(&mut self) -> String {
        match self.u8() {
            0x26 | 0x68 => {
                self.u8();
                let size = usize::from(self.u8());
                let mut bytes = [0; 8];
                bytes[..size].copy_from_slice(self.take(size));
                i64::from_le_bytes(bytes).to_string()
            }
            0x6d => {
                self.u8();
                let size = usize::from(self.u8());
                f64::from_le_bytes(self.take(size).try_into().unwrap()).to_string()
            }
            0xe7 => {
                let size = self.u16();
                self.take(5);
                self.sized(size).map_or_else(|| "null".to_owned(), |bytes| utf16(&bytes))
            }
            0xa5 => {
                let size = self.u16();
                let bytes = self.sized(size).unwrap_or_default();
                bytes.iter().map(|byte| format!("{byte:02x}")).collect()
            }
            // A number of one size without null.
            0x38 => i64::from(self.u32()).to_string(),
            other => panic!("a parameter of type {other:#x}"),
        }
    }

    fn sized(&mut self, size: u16) -> Option<Vec<u8>> {
        if size < 0xffff {
            let length = self.u16();
            return (length < 0xffff).then(|| self.take(usize::from(length)).to_vec());
        }
        if u64::from_le_bytes(self.take(8).try_into().unwrap()) == u64::MAX {
            return None;
        }
        let mut bytes = Vec::new();
        loop {
            let length = usize::try_from(self.u32()).unwrap();
            if length == 0 {
                return Some(bytes);
            }
            bytes.extend_from_slice(self.take(length));
        }
    }
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<_> = bytes.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).unwrap()
}
