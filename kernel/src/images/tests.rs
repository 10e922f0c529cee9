use image::{Rgb, Rgba, RgbaImage};

use super::*;

fn noise(width: u32, height: u32) -> RgbImage {
    let mut state = 7_u32;
    RgbImage::from_fn(width, height, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Rgb([(state >> 24) as u8, (x % 256) as u8, (y % 256) as u8])
    })
}

fn jpeg(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(image).unwrap();
    bytes
}

/// An APP1 segment with an orientation and a text as a camera writes its place.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    tiff.push(orientation);
    tiff.extend_from_slice(b"\0\0\0\0\0\0GPS -3.78,102.98");
    let mut segment = vec![0xff, 0xe1];
    segment.extend_from_slice(&((tiff.len() + 8) as u16).to_be_bytes());
    segment.extend_from_slice(b"Exif\0\0");
    segment.extend_from_slice(&tiff);
    segment
}

fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    [&jpeg[..2], &exif(orientation), &jpeg[2..]].concat()
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[test]
fn a_small_upright_photo_keeps_its_pixels_and_loses_its_place() {
    let plain = jpeg(&noise(300, 200));
    let mut sent = with_exif(&plain, 1);
    sent.extend_from_slice(b"<script>alert(1)</script>");
    let picture = shrink(&sent, Shrink::PHOTO).unwrap();
    assert_eq!(picture.bytes, plain);
    assert_eq!((picture.width_px, picture.height_px), (300, 200));
}

#[test]
fn a_turned_photo_is_turned_upright() {
    let image = RgbImage::from_fn(200, 100, |x, _| if x < 100 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) });
    let sent = with_exif(&jpeg(&image), 6);
    let picture = shrink(&sent, Shrink::PHOTO).unwrap();
    assert_eq!((picture.width_px, picture.height_px), (100, 200));
    let seen = image::load_from_memory(&picture.bytes).unwrap().to_rgb8();
    assert!(seen.get_pixel(50, 20).0[0] > 200 && seen.get_pixel(50, 180).0[2] > 200, "the left side is on top");
    assert!(!holds(&picture.bytes, b"GPS"));
}

#[test]
fn a_large_photo_is_shrunk_below_both_limits() {
    let sent = jpeg(&noise(2600, 1400));
    assert!(sent.len() > 1_000_000);
    let picture = shrink(&sent, Shrink::PHOTO).unwrap();
    assert!(picture.bytes.len() <= Shrink::PHOTO.size_bytes_max, "{}", picture.bytes.len());
    assert!(picture.width_px <= 1600 && picture.width_px > picture.height_px);
    assert!(image::load_from_memory(&picture.bytes).is_ok());
}

#[test]
fn a_drawing_keeps_its_format_without_its_texts() {
    let image = RgbaImage::from_fn(40, 30, |x, _| Rgba([0, 0, 0, if x < 20 { 255 } else { 0 }]));
    let mut bytes = Vec::new();
    image.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    let iend = bytes.len() - 12;
    let text = [&[0, 0, 0, 4][..], b"tEXtGPS!", &[0; 4]].concat();
    let sent = [&bytes[..iend], &text, &bytes[iend..], b"PK\x03\x04 and more"].concat();
    let picture = shrink(&sent, Shrink::PHOTO).unwrap();
    assert_eq!((picture.format, &picture.bytes), (Format::Png, &bytes));

    let paper = shrink(&sent, Shrink { edge_px_max: 20, size_bytes_max: 100_000 }).unwrap();
    let seen = image::load_from_memory(&paper.bytes).unwrap().to_rgb8();
    assert!(seen.get_pixel(19, 5).0[0] > 240, "transparent is white");
    assert!(seen.get_pixel(1, 5).0[0] < 15);
}

#[test]
fn what_only_begins_like_a_picture_is_refused() {
    let photo = jpeg(&noise(2000, 1000));
    let not = Err(Message::new("blob-not-a-picture"));
    for sent in [&b"MZ\x90\0"[..], b"\xff\xd8\xff\xe0MZ", &photo[..photo.len() / 2], b"\x89PNG\r\n\x1a\n<svg/>"] {
        assert_eq!(shrink(sent, Shrink::PHOTO), not);
    }
}

#[test]
fn a_picture_that_says_it_is_huge_is_not_decoded() {
    let mut bytes = Vec::new();
    RgbImage::new(8, 8).write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    assert_eq!(shrink(&bytes, Shrink::PHOTO).unwrap_err().key, "blob-picture-pixels");
}
