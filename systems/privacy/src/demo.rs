//! Content of the demonstration: the secretary of the regency is the data protection officer; a request waits, one is
//! answered, a laptop was lost, readings of one case are withheld.

use std::sync::Arc;

use kernel::{
    Actor, Ctx, Entropy, Error, Gov, Id, Officer, Result, Timestamp, Tx,
    grant::{self, Grantee, NewGrant},
    post,
    retention::{self, NewHold},
};
use web::{BoxFuture, DemoPlan};

use crate::{
    model::{HidingKind, Right},
    rules::{BreachForm, HidingForm},
    store::{
        self,
        breaches::{self, To},
        hidings::{self, About},
        requests::{self, Answer, Hooks, NewRequest},
    },
};

/// The hook of the manifest.
pub(crate) fn fill(plan: &DemoPlan) -> BoxFuture<'_, Result<()>> {
    let (gov, seed) = (Arc::clone(&plan.gov), plan.seed);
    let zone = plan.gov.settings().time_zone();
    let noon = plan.as_of.at(9, 30, 0, 0).to_zoned(zone).map(|zoned| zoned.timestamp());
    Box::pin(async move {
        let now = noon.map_err(|error| Error::Failed(error.to_string()))?;
        content(&gov, now, seed)
    })
}

fn at(now: Timestamp, hours: i64) -> Timestamp {
    now.saturating_sub(jiff::SignedDuration::from_hours(hours)).unwrap_or(now)
}

fn content(gov: &Arc<Gov>, now: Timestamp, seed: u64) -> Result<()> {
    let ctx = |hours: i64, salt: u64| Ctx::system(at(now, hours), "demo", Entropy::seeded(seed ^ salt));
    let officer = gov.db().write_now(&ctx(24 * 300, 0x9d1), move |tx| appoint(tx, at(now, 24 * 300)))?;
    let people = gov.db().read_now(|rx| store::finished(rx, 4))?;
    let [first, second, third, fourth, ..] = people[..] else { return Ok(()) };
    let words = "Tempat lahir saya tertulis Pendopo, seharusnya Tebing Tinggi sesuai KK.";
    ask(gov, &ctx(40, 0x9d2), Right::Correction, first.0, words)?;
    ask(gov, &ctx(9, 0x9d3), Right::Access, second.0, "Saya ingin salinan data saya yang disimpan pemerintah daerah.")?;
    let done = ask(gov, &ctx(24 * 12, 0x9d4), Right::Objection, third.0, "Saya keberatan permohonan saya dibuka di luar jam kerja.")?;
    let circumstances = ctx(24 * 11, 0x9d5).as_actor(Actor::Account(Arc::new(officer.clone())));
    let (own, answering) = (Arc::clone(gov), officer.clone());
    gov.db().write_now(&circumstances, move |tx| {
        let version = requests::find(tx, &own, done)?.case.version;
        let text = "Pembukaan itu sudah diperiksa: petugas menyelesaikan permohonan yang hampir lewat tenggat.".to_owned();
        let answer = Answer {
            case_id: done,
            version,
            granted: true,
            answer: text,
            erase: false,
            erase_contact: false,
            decree: String::new(),
            until: None,
        };
        requests::answer(tx, &own, &answering, &answer, &Hooks::default()).map(drop)
    })?;
    restrict(gov, &ctx(24 * 6, 0x9d9), &ctx(24 * 5, 0x9da), &officer, fourth.0)?;
    gov.db().write_now(&ctx(24 * 20, 0x9db), move |tx| {
        let reason = "Penyidikan atas surat yang dipalsukan atas namanya.".to_owned();
        let new = NewHold { object_kind: "person", object: second.0, reason, decree: "Surat Polres B/44/2026".to_owned(), until: None };
        retention::hold(tx, &new).map(drop)
    })?;
    gov.db().write_now(&ctx(30, 0x9d6), move |tx| {
        let (decree, basis) = ("SK 463/7/2026".to_owned(), "UU 23/2004 Pasal 21".to_owned());
        let reason = "Pemohon dalam pendampingan; keberadaannya tidak boleh diketahui.".to_owned();
        let until = tx.now() + jiff::SignedDuration::from_hours(24 * 60);
        let form = HidingForm { kind: HidingKind::DomesticViolence, decree, basis, reason, until: kernel::Date::constant(2027, 1, 31) };
        hidings::set(tx, About { person: third.0, case_id: Some(third.1), unit: None }, &form, until).map(drop)
    })?;
    breach(gov, &ctx(50, 0x9d7), &ctx(26, 0x9d8))
}

/// The secretary of the regency, or its head, becomes the officer.
fn appoint(tx: &mut Tx<'_>, from: Timestamp) -> Result<Officer> {
    let (desk, _) = store::desk(tx, from)?;
    let role = NewGrant {
        to: Grantee::Post(desk.id),
        role: grant::PRIVACY_OFFICER,
        unit: desk.unit,
        from,
        until: None,
        decree: "SK Contoh 12".to_owned(),
    };
    grant::grant(tx, &role)?;
    let holder = post::holder(tx, desk.id, from)?.holder.ok_or(Error::Missing)?;
    let account = store::account_of(tx, holder.person)?.ok_or(Error::Missing)?;
    let posts = post::posts_of(tx, holder.person, from)?;
    let acting = posts.iter().find(|acting| acting.post == desk.id).cloned();
    Ok(Officer { account, person: Some(holder.person), name: String::new(), post: acting, posts, grants: Vec::new() })
}

fn ask(gov: &Arc<Gov>, ctx: &Ctx, right: Right, person: Id, detail: &str) -> Result<Id> {
    let (own, detail) = (Arc::clone(gov), detail.to_owned());
    gov.db().write_now(ctx, move |tx| {
        let new = NewRequest { right, person, entry: None, detail: detail.clone(), channel: "online" };
        Ok::<_, Error>(requests::open(tx, &own, &new)?.id)
    })
}

/// Somebody disputes her data: until that is settled they are kept and not used.
fn restrict(gov: &Arc<Gov>, asked: &Ctx, granted: &Ctx, officer: &Officer, person: Id) -> Result<()> {
    let words = "Alamat saya di surat lama keliru. Mohon data saya tidak dipakai dahulu sampai selesai diperiksa.";
    let case_id = ask(gov, asked, Right::Restriction, person, words)?;
    let (own, officer) = (Arc::clone(gov), officer.clone());
    gov.db().write_now(&granted.clone().as_actor(Actor::Account(Arc::new(officer.clone()))), move |tx| {
        let answer = Answer {
            case_id,
            version: requests::find(tx, &own, case_id)?.case.version,
            granted: true,
            answer: "Data Anda hanya dipakai untuk permohonan yang sedang berjalan sampai alamatnya selesai diperiksa.".to_owned(),
            erase: false,
            erase_contact: false,
            decree: "Keputusan PDP 3/2026".to_owned(),
            until: Some(tx.now() + jiff::SignedDuration::from_hours(24 * 90)),
        };
        requests::answer(tx, &own, &officer, &answer, &Hooks::default()).map(drop)
    })
}

/// A laptop lost, the agency told in time, the subjects still to be told.
fn breach(gov: &Arc<Gov>, recorded: &Ctx, told: &Ctx) -> Result<()> {
    let id = gov.db().write_now(recorded, |tx| {
        let text = |text: &str| text.to_owned();
        let form = BreachForm {
            title: text("Laptop kecamatan hilang"),
            data: text("Nama, alamat, dan tanggal lahir pada daftar undangan musyawarah"),
            how: text("Laptop tertinggal di bus antarkota. Daftar undangan tersimpan tanpa kata sandi."),
            measures: text("Akun ditutup, kata sandi diganti, kehilangan dilaporkan ke Polsek, laptop pengganti dienkripsi."),
            persons: 48,
        };
        let found = tx.now();
        breaches::record(tx, &form, found, &found.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
    })?;
    gov.db().write_now(told, move |tx| breaches::tell(tx, id, To::Agency, "Surat 555/148/Kominfo/2026, surel").map(drop))
}
