//! The list of readings, in words a neighbour would say.

use web::Page;

use crate::model::Reading;

/// A line as templates show it.
pub(super) struct Line {
    pub(super) entry: String,
    pub(super) at: String,
    /// "Kasi Pemerintahan, Desa Tanjung Raman"
    pub(super) who: String,
    pub(super) did: String,
    /// "untuk permohonan 8XQ2-7PLD-M4KT"; empty without a case.
    pub(super) about: String,
}

/// The readings as lines.
pub(super) fn lines(page: &Page, readings: &[Reading]) -> Vec<Line> {
    readings.iter().map(|reading| line(page, reading)).collect()
}

fn line(page: &Page, reading: &Reading) -> Line {
    let who = match (reading.by_machine, reading.post.is_empty(), reading.unit_name.is_empty()) {
        (true, _, _) => page.t1("privacy-by-machine", "unit", reading.unit_name.as_str()),
        (_, true, true) => page.t("privacy-by-staff"),
        (_, true, false) => page.t1("privacy-by-staff-of", "unit", reading.unit_name.as_str()),
        (_, false, true) => reading.post.clone(),
        (_, false, false) => format!("{}, {}", reading.post, reading.unit_name),
    };
    let about = match indonesian::Code::parse(&reading.case_code) {
        Ok(code) => page.t1("privacy-about-case", "code", code.to_string()),
        Err(_) => String::new(),
    };
    Line { entry: reading.entry.to_string(), at: page.moment(reading.at), who, did: page.deed(&reading.action), about }
}
