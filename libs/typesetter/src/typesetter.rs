//! The Typst world of one rendering.

use letter::{Paper, Rendered, Standard};
use typst::comemo;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::sheet::{self, Coverage};

/// Layouts, in the order of their names below.
const TEMPLATES: [(&str, &str); 6] = [
    ("common.typ", include_str!("../templates/common.typ")),
    ("letter.typ", include_str!("../templates/letter.typ")),
    ("slip.typ", include_str!("../templates/slip.typ")),
    ("book.typ", include_str!("../templates/book.typ")),
    ("pack.typ", include_str!("../templates/pack.typ")),
    ("key_copy.typ", include_str!("../templates/key_copy.typ")),
];

/// Memoised results unused for so many papers are dropped; what letters share stays warm.
const EVICT_AFTER_PAPERS: usize = 4;

/// Why a paper could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum TypesetError {
    /// Its data cannot be laid out, as when a QR text is too long.
    #[error("{0}")]
    Data(String),
    /// The layout failed. The text names the place in the layout.
    #[error("layout: {0}")]
    Layout(String),
    /// The PDF could not be written in the wanted standard.
    #[error("pdf: {0}")]
    Pdf(String),
}

/// Fonts, Typst's own functions and layouts, loaded once.
pub struct Typesetter {
    functions: LazyHash<Library>,
    fonts: FontStore,
    sources: Vec<Source>,
    data_id: FileId,
}

impl Default for Typesetter {
    fn default() -> Self {
        Self::new()
    }
}

impl Typesetter {
    /// Loads the embedded fonts and the layouts.
    pub fn new() -> Self {
        let mut fonts = FontStore::new();
        fonts.extend(typst_kit::fonts::embedded());
        let sources = TEMPLATES.iter().filter_map(|(name, text)| Some(Source::new(file_id(name)?, (*text).to_owned()))).collect();
        #[expect(clippy::expect_used, reason = "a constant name that is a valid path")]
        let data_id = file_id("data.json").expect("data.json is a valid virtual path");
        Self { functions: LazyHash::new(Library::default()), fonts, sources, data_id }
    }

    /// Renders a paper as PDF/A-2a.
    ///
    /// # Errors
    /// See [`TypesetError`].
    pub fn render(&self, paper: &Paper) -> Result<Vec<u8>, TypesetError> {
        Ok(self.render_as(paper, Standard::Archive)?.pdf)
    }

    /// Renders a paper and tells its pages and what could not be printed.
    ///
    /// # Errors
    /// See [`TypesetError`].
    pub fn render_as(&self, paper: &Paper, standard: Standard) -> Result<Rendered, TypesetError> {
        let rendered = self.compile(paper, standard);
        comemo::evict(EVICT_AFTER_PAPERS);
        rendered
    }

    fn compile(&self, paper: &Paper, standard: Standard) -> Result<Rendered, TypesetError> {
        let prepared = sheet::prepare(paper, self).map_err(|fault| TypesetError::Data(fault.to_string()))?;
        let emblem =
            paper.head().and_then(|head| head.emblem.file()).and_then(|(name, bytes)| Some((file_id(name)?, Bytes::new(bytes.to_vec()))));
        let layout = match paper {
            Paper::Letter(_) => "letter.typ",
            Paper::Slip(_) => "slip.typ",
            Paper::Book(_) => "book.typ",
            Paper::Pack(_) => "pack.typ",
            Paper::KeyCopy(_) => "key_copy.typ",
        };
        let main = file_id(layout).ok_or_else(|| TypesetError::Layout("no such layout".to_owned()))?;
        let world = Sheet { typesetter: self, main, data: Bytes::new(prepared.json), emblem };
        let document: PagedDocument = typst::compile(&world).output.map_err(|errors| TypesetError::Layout(world.describe(&errors)))?;
        let meta = paper.meta();
        let standards = match standard {
            Standard::Archive => PdfStandards::new(&[PdfStandard::A_2a]),
            Standard::Plain => PdfStandards::new(&[]),
        };
        let options = PdfOptions {
            ident: if meta.ident.is_empty() { Smart::Auto } else { Smart::Custom(meta.ident.clone()) },
            creator: Smart::Custom(Some("SmartGovt".to_owned())),
            timestamp: datetime(meta.made_at_seconds).map(Timestamp::new_utc),
            standards: standards.map_err(|error| TypesetError::Pdf(error.message().to_string()))?,
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| TypesetError::Pdf(world.describe(&errors)))?;
        let pages = u32::try_from(document.pages().len()).unwrap_or(u32::MAX);
        Ok(Rendered { pdf, pages, unprintable: prepared.unprintable })
    }
}

impl Coverage for Typesetter {
    fn covers(&self, c: char) -> bool {
        // PDF/A-2a forbids the private use areas even where a font has them.
        let private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}');
        let book: &FontBook = self.fonts.book();
        !private && (0..).map_while(|index| book.info(index)).any(|info| info.coverage.contains(u32::from(c)))
    }
}

fn file_id(name: &str) -> Option<FileId> {
    let path = VirtualPath::new(name).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// Civil UTC time of a moment (days-to-civil as in Howard Hinnant's paper; valid for all years Typst knows).
fn datetime(seconds: i64) -> Option<Datetime> {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let z = days + 719_468;
    let (era, day_of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let small = |value: i64| u8::try_from(value).ok();
    Datetime::from_ymd_hms(
        i32::try_from(year).ok()?,
        small(month)?,
        small(day)?,
        small(rest / 3_600)?,
        small(rest / 60 % 60)?,
        small(rest % 60)?,
    )
}

/// All that one rendering can see.
struct Sheet<'a> {
    typesetter: &'a Typesetter,
    main: FileId,
    data: Bytes,
    emblem: Option<(FileId, Bytes)>,
}

impl Sheet<'_> {
    /// The first error with its place in the layout; layouts hold no personal values.
    fn describe(&self, errors: &[SourceDiagnostic]) -> String {
        let Some(error) = errors.first() else {
            return "unknown".to_owned();
        };
        let place = error.span.id().and_then(|id| {
            let range = self.range(error.span)?;
            let line = self.source(id).ok()?.lines().byte_to_line(range.start)? + 1;
            Some(format!(" ({:?}:{line})", id))
        });
        format!("{}{}", error.message, place.unwrap_or_default())
    }
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.typesetter.functions
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.typesetter.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let found = self.typesetter.sources.iter().find(|source| source.id() == id);
        found.cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match &self.emblem {
            _ if id == self.typesetter.data_id => Ok(self.data.clone()),
            Some((emblem, bytes)) if id == *emblem => Ok(bytes.clone()),
            _ => Err(FileError::AccessDenied),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.typesetter.fonts.font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests;
