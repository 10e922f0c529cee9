//! A photo of 300 kB, as a phone sends one after making it small.

use super::sample::Dice;
use anyhow::Result;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder, RgbImage};

const BYTES: usize = 300_000;

/// A picture with some noise, at the quality that comes nearest below 300 kB.
pub fn jpeg() -> Result<Vec<u8>> {
    let mut dice = Dice(3);
    let picture = RgbImage::from_fn(1280, 960, |x, y| {
        let noise = (dice.throw() & 31) as u32;
        image::Rgb([(x / 6 + noise) as u8, (y / 4 + noise) as u8, ((x + y) / 9) as u8])
    });
    let mut best = Vec::new();
    for quality in (20..=95).step_by(5) {
        let mut out = Vec::new();
        JpegEncoder::new_with_quality(&mut out, quality).write_image(&picture, 1280, 960, image::ExtendedColorType::Rgb8)?;
        if out.len() > BYTES {
            break;
        }
        best = out;
    }
    Ok(padded(best))
}

/// Fills up to the size with comment segments, which a decoder skips.
fn padded(jpeg: Vec<u8>) -> Vec<u8> {
    let missing = BYTES.saturating_sub(jpeg.len()).clamp(16, 60_000);
    let mut out = jpeg[..2].to_vec();
    out.extend_from_slice(&[0xff, 0xfe]);
    out.extend_from_slice(&u16::try_from(missing).unwrap_or(u16::MAX).to_be_bytes());
    out.resize(out.len() + missing - 2, b'.');
    out.extend_from_slice(&jpeg[2..]);
    out
}

/// The same picture as another file.
pub fn varied(jpeg: &[u8], mark: u64) -> Vec<u8> {
    let mut out = jpeg.to_vec();
    out[6..14].copy_from_slice(&mark.to_be_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_picture_of_about_300_kilobytes() {
        let photo = varied(&jpeg().unwrap(), 77);
        assert!((200_000..=310_000).contains(&photo.len()), "{}", photo.len());
        assert_eq!(image::load_from_memory(&photo).unwrap().width(), 1280);
    }
}
