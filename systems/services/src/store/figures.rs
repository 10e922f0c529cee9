//! How it went in truth: closed applications of an offering by month, kept up with each closing.

use kernel::{Date, DbError, Id, Rx, Tx, params};

/// Sums over the months asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub closed: i64,
    pub on_time: i64,
    pub refused: i64,
    /// Minutes from receipt to closing, summed.
    pub minutes: i64,
}

impl Figures {
    /// Share closed on time in percent, rounded half up; `None` when nothing was closed.
    #[must_use]
    pub const fn on_time_percent(&self) -> Option<i64> {
        if self.closed == 0 { None } else { Some((self.on_time * 200 + self.closed) / (self.closed * 2)) }
    }
}

/// One closing.
#[derive(Clone, Copy, Debug)]
pub struct Closing {
    pub offering: Id,
    /// Local date of closing.
    pub on: Date,
    pub on_time: bool,
    pub refused: bool,
    pub minutes: i64,
}

fn month_of(date: Date) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}

/// Counts one closed application.
///
/// # Errors
/// What the database says.
pub fn count(tx: &mut Tx<'_>, closing: Closing) -> Result<(), DbError> {
    let sql = "insert into services_figure (offering, month, closed, on_time, refused, minutes) values ($1, $2, 1, $3, $4, $5) \
               on conflict (offering, month) do update set closed = services_figure.closed + 1, \
               on_time = services_figure.on_time + excluded.on_time, refused = services_figure.refused + excluded.refused, \
               minutes = services_figure.minutes + excluded.minutes";
    let Closing { offering, on, on_time, refused, minutes } = closing;
    tx.upkeep(sql, &params![offering, month_of(on), i64::from(on_time), i64::from(refused), minutes])?;
    Ok(())
}

/// The last twelve months up to and including the month of `until`.
///
/// # Errors
/// What the database says.
pub fn last_year(rx: &mut Rx<'_>, offering: Id, until: Date) -> Result<Figures, DbError> {
    Ok(by_month(rx, offering, until)?.into_iter().fold(Figures::default(), |sum, (_, month)| Figures {
        closed: sum.closed + month.closed,
        on_time: sum.on_time + month.on_time,
        refused: sum.refused + month.refused,
        minutes: sum.minutes + month.minutes,
    }))
}

/// The same twelve months one by one, oldest first; months without a closing are left out.
///
/// # Errors
/// What the database says.
pub fn by_month(rx: &mut Rx<'_>, offering: Id, until: Date) -> Result<Vec<(String, Figures)>, DbError> {
    let first =
        format!("{:04}-{:02}", until.year() - i16::from(until.month() < 12), if until.month() == 12 { 1 } else { until.month() + 1 });
    let sql = "select month, closed, on_time, refused, minutes from services_figure where offering = $1 and month >= $2 and month <= $3 order by month";
    rx.all(sql, &params![offering, first, month_of(until)])?
        .iter()
        .map(|row| Ok((row.get(0)?, Figures { closed: row.get(1)?, on_time: row.get(2)?, refused: row.get(3)?, minutes: row.get(4)? })))
        .collect()
}
