//! Pictures from phones: made small, freed of everything but the picture.
//!
//! A JPEG or PNG that is small enough keeps its pixels: only its metadata (EXIF with the place it was taken, comments,
//! thumbnails) and whatever hides behind its end are cut away. Every other picture is decoded within limits, turned
//! upright, shrunk and encoded anew. The work of one call is bounded by the limits below.

mod strip;

use std::io::Cursor;

use image::{
    DynamicImage, ExtendedColorType, ImageDecoder as _, ImageEncoder as _, ImageError, Limits, RgbImage,
    codecs::{jpeg::JpegDecoder, jpeg::JpegEncoder, png::PngDecoder},
    imageops,
    metadata::Orientation,
};

use crate::Message;

/// More pixels than this are not decoded (phones of 2026 send up to 50 million).
const PIXELS_MAX: u64 = 52_000_000;
const EDGE_PX_MAX: u32 = 20_000;
const DECODE_BYTES_MAX: u64 = 240 << 20;
/// Tries at lower quality or size before a picture is refused.
const QUALITIES: [u8; 4] = [82, 72, 60, 45];

/// How small a picture must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shrink {
    /// The longer edge, in pixels.
    pub edge_px_max: u32,
    /// The encoded size, in bytes.
    pub size_bytes_max: usize,
}

impl Shrink {
    /// A photo as evidence: 1600 px, 300 kB.
    pub const PHOTO: Self = Self { edge_px_max: 1600, size_bytes_max: 300_000 };
    /// A photographed or scanned page that must stay legible in print: 2400 px (about 200 dpi on A4), 1.2 MB.
    pub const PAGE: Self = Self { edge_px_max: 2400, size_bytes_max: 1_200_000 };
}

/// The two picture formats that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Jpeg,
    Png,
}

impl Format {
    /// The format by the first bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else {
            None
        }
    }
}

/// A clean picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub bytes: Vec<u8>,
    pub format: Format,
    pub width_px: u32,
    pub height_px: u32,
}

/// Makes a picture small and clean.
///
/// # Errors
/// `blob-not-a-picture` when it does not decode, `blob-picture-pixels{max}` when it has too many millions of pixels.
pub fn shrink(bytes: &[u8], limit: Shrink) -> Result<Picture, Message> {
    let format = Format::of(bytes).ok_or(Message::new("blob-not-a-picture"))?;
    let plan = match format {
        Format::Jpeg => strip::jpeg(bytes),
        Format::Png => strip::png(bytes),
    };
    let plan = plan.ok_or(Message::new("blob-not-a-picture"))?;
    if u64::from(plan.width_px) * u64::from(plan.height_px) > PIXELS_MAX || plan.width_px.max(plan.height_px) > EDGE_PX_MAX {
        return Err(Message::new("blob-picture-pixels").arg("max", (PIXELS_MAX / 1_000_000) as i64));
    }
    let small = plan.width_px.max(plan.height_px) <= limit.edge_px_max && plan.bytes.len() <= limit.size_bytes_max;
    if small && plan.upright {
        return Ok(Picture { bytes: plan.bytes, format, width_px: plan.width_px, height_px: plan.height_px });
    }
    let decoded = decode(bytes, format).map_err(|_| Message::new("blob-not-a-picture"))?;
    encode_within(&decoded, limit).map_err(|_| Message::new("blob-not-a-picture"))
}

fn decode(bytes: &[u8], format: Format) -> Result<RgbImage, ImageError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(EDGE_PX_MAX);
    limits.max_image_height = Some(EDGE_PX_MAX);
    limits.max_alloc = Some(DECODE_BYTES_MAX);
    let (mut image, orientation) = match format {
        Format::Jpeg => {
            let mut decoder = JpegDecoder::new(Cursor::new(bytes))?;
            decoder.set_limits(limits)?;
            let orientation = decoder.orientation()?;
            (DynamicImage::from_decoder(decoder)?, orientation)
        }
        Format::Png => {
            let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits)?;
            (DynamicImage::from_decoder(decoder)?, Orientation::NoTransforms)
        }
    };
    image.apply_orientation(orientation);
    Ok(match image {
        DynamicImage::ImageRgb8(rgb) => rgb,
        other if other.color().has_alpha() => on_white(&other),
        other => other.into_rgb8(),
    })
}

/// Transparent pixels become paper.
fn on_white(image: &DynamicImage) -> RgbImage {
    let rgba = image.to_rgba8();
    let mut rgb = RgbImage::new(rgba.width(), rgba.height());
    for (to, from) in rgb.pixels_mut().zip(rgba.pixels()) {
        let alpha = u16::from(from.0[3]);
        to.0 = std::array::from_fn(|i| ((u16::from(from.0[i]) * alpha + 255 * (255 - alpha)) / 255) as u8);
    }
    rgb
}

fn encode_within(image: &RgbImage, limit: Shrink) -> Result<Picture, ImageError> {
    let mut edge = limit.edge_px_max.min(image.width().max(image.height()));
    loop {
        let shrunk = resized(image, edge);
        let image = shrunk.as_ref().unwrap_or(image);
        for quality in QUALITIES {
            let mut bytes = Vec::new();
            let (width_px, height_px) = image.dimensions();
            JpegEncoder::new_with_quality(&mut bytes, quality).write_image(image, width_px, height_px, ExtendedColorType::Rgb8)?;
            if bytes.len() <= limit.size_bytes_max || edge <= 64 {
                return Ok(Picture { bytes, format: Format::Jpeg, width_px, height_px });
            }
        }
        edge = (edge * 2 / 3).max(64);
    }
}

fn resized(image: &RgbImage, edge: u32) -> Option<RgbImage> {
    let longer = image.width().max(image.height());
    if longer <= edge {
        return None;
    }
    let scaled = |length: u32| ((u64::from(length) * u64::from(edge) / u64::from(longer)) as u32).max(1);
    Some(imageops::thumbnail(image, scaled(image.width()), scaled(image.height())))
}

#[cfg(test)]
mod tests;
