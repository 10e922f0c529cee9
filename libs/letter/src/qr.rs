//! QR codes as vector data.

use qrcode::{Color, EcLevel, QrCode};
use serde::{Deserialize, Serialize};

/// A QR code as horizontal runs of dark modules, without its quiet zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qr {
    /// Modules along one side.
    pub size: u16,
    /// Dark runs: column, row, length; row by row from the top left.
    pub runs: Vec<(u16, u16, u16)>,
}

/// The text does not fit into a QR code that is still legible in print.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{length_bytes} bytes are too many for a printed QR code")]
pub struct QrError {
    /// Length of the text that was given.
    pub length_bytes: usize,
}

/// A longer text needs more than 69 modules a side, too fine for a worn office printer at 22 mm.
const LENGTH_BYTES_MAX: usize = 400;

impl Qr {
    /// The QR code of a text at error correction level M (15 %), which a rubber stamp's edge survives.
    ///
    /// # Errors
    /// When the text is longer than 400 bytes.
    pub fn of(text: &str) -> Result<Self, QrError> {
        let refused = QrError { length_bytes: text.len() };
        if text.len() > LENGTH_BYTES_MAX {
            return Err(refused);
        }
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| refused)?;
        let width = code.width();
        let mut runs = Vec::new();
        for (y, row) in code.to_colors().chunks(width).enumerate() {
            let mut x = 0;
            while x < width {
                let length = row[x..].iter().take_while(|color| **color == Color::Dark).count();
                if length > 0 {
                    runs.push((small(x), small(y), small(length)));
                }
                x += length.max(1);
            }
        }
        Ok(Self { size: small(width), runs })
    }
}

fn small(value: usize) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_rebuild_the_matrix() {
        let text = "https://layanan.example/verifikasi/8XQ2-7PLD-M4KT";
        let qr = Qr::of(text).unwrap();
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let width = code.width();
        assert_eq!(usize::from(qr.size), width);
        let mut rebuilt = vec![Color::Light; width * width];
        for (x, y, length) in &qr.runs {
            for step in 0..*length {
                rebuilt[usize::from(*y) * width + usize::from(x + step)] = Color::Dark;
            }
        }
        assert_eq!(rebuilt, code.to_colors());
    }

    #[test]
    fn a_text_too_long_is_refused() {
        assert_eq!(Qr::of(&"x".repeat(401)), Err(QrError { length_bytes: 401 }));
    }
}
