//! People who come and go: a Plh. for next week, and third parties with and without their NDA.

use std::sync::Arc;

use jiff::{SignedDuration, civil::Date};
use kernel::{
    Ctx, Entropy, Error, Expect, Gov, Id, Officer, Result, Tx,
    account::{
        self, AccountKind, NewAccount,
        agreement::{self, NewAgreement, PartyKind},
    },
    mutation::{self, Manner, NewLine, NewMutation},
    post::{self, HoldingKind, office},
    unit,
};

use super::foundation::World;
use crate::{rules::news::Written, store::news};

/// Third parties: username, name, organisation, kind, purpose, NDA's last day from `as_of`.
type Party = (&'static str, &'static str, &'static str, PartyKind, &'static str, Option<i64>);

const PARTIES: [Party; 3] = [
    ("rina.sinardata", "Rina Wulandari", "PT Sinar Data Nusantara", PartyKind::Vendor, "Pemeliharaan jaringan kantor", Some(20)),
    ("auditor.bpk", "Hasan Basri", "BPK Perwakilan", PartyKind::Auditor, "Pemeriksaan atas laporan keuangan", Some(120)),
    ("mahasiswa.unsri", "Dewi Anggraini", "Universitas Sriwijaya", PartyKind::Student, "Penelitian pelayanan publik", None),
];

/// Writes them as of the last day.
pub(super) fn arrange(gov: &Arc<Gov>, world: &World, as_of: Date, seed: u64) -> Result<()> {
    let root = world.units.first().map(|unit| (unit.id, unit.zone)).ok_or(Error::Missing)?;
    let now = unit::start_of(root.1, as_of).saturating_add(SignedDuration::from_hours(9)).unwrap_or_default();
    let ctx = Ctx::system(now, "demo", Entropy::seeded(seed ^ 6));
    let village = world.busy.first().copied();
    gov.db().write_now(&ctx, move |tx| {
        for party in &PARTIES {
            third_party(tx, root.0, as_of, party)?;
        }
        match village {
            Some(village) => stand_in(tx, village, as_of),
            None => Ok(()),
        }
    })?;
    match village {
        Some(village) => tell_all(gov, world, village, &ctx),
        None => Ok(()),
    }
}

/// The head of a village told everybody who waits there that the office closes for a day.
fn tell_all(gov: &Arc<Gov>, world: &World, village: Id, ctx: &Ctx) -> Result<()> {
    let accounts = world.account_of.clone();
    let id = gov.db().write_now::<_, Error, _>(ctx, move |tx| {
        let now = tx.now();
        let Some(head) = post::by_office(tx, village, office::HEAD)? else { return Ok(None) };
        let Some(holder) = post::holder(tx, head.id, now)?.holder else { return Ok(None) };
        let Some((account, _)) = accounts.get(&holder.person) else { return Ok(None) };
        let posts = post::posts_of(tx, holder.person, now)?;
        let acting = posts.iter().find(|acting| acting.post == head.id).cloned();
        let officer =
            Officer { account: *account, person: Some(holder.person), name: String::new(), post: acting, posts, grants: Vec::new() };
        let unit = unit::find(tx, village)?.ok_or(Error::Missing)?;
        let written = Written {
            purpose: "Kantor tutup karena musyawarah desa".to_owned(),
            text_id: "Besok kantor tutup karena musyawarah desa. Surat yang sudah siap dapat diambil lusa mulai pukul 08.00.".to_owned(),
            text_en: String::new(),
        };
        let id = tx.ctx().new_id();
        news::send(tx, &officer, id, &unit, None, &written)?;
        Ok(Some(id))
    })?;
    let Some(id) = id else { return Ok(()) };
    loop {
        let own = Arc::clone(gov);
        if !gov.db().write_now(ctx, move |tx| news::step(tx, &own, id))? {
            return Ok(());
        }
    }
}

fn third_party(tx: &mut Tx<'_>, top: Id, as_of: Date, party: &Party) -> Result<()> {
    let (username, name, organisation, kind, purpose, nda_days) = *party;
    let sponsor = post::by_office(tx, top, office::REGENCY_SECRETARY)?.ok_or(Error::Missing)?;
    let now = tx.now();
    let days = |days: i64| now.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(now);
    let new = NewAccount {
        username: username.to_owned(),
        person: None,
        kind: AccountKind::ThirdParty,
        display_name: name.to_owned(),
        password: None,
        expires_at: Some(days(180)),
    };
    let account = account::create(tx, &new)?;
    let new = NewAgreement { organisation: organisation.to_owned(), kind, purpose: purpose.to_owned(), sponsor: sponsor.id, unit: top };
    agreement::propose(tx, account, &new)?;
    match nda_days {
        Some(until) => agreement::register(tx, account, &format!("NDA/{until}/{}", as_of.year()), as_of, days(until), None),
        None => Ok(()),
    }
}

/// The secretary stands in for the head for a week, from noon of the day after tomorrow.
fn stand_in(tx: &mut Tx<'_>, village: Id, as_of: Date) -> Result<()> {
    let now = tx.now();
    let (Some(head), Some(secretary)) = (post::by_office(tx, village, office::HEAD)?, post::by_office(tx, village, office::SECRETARY)?)
    else {
        return Ok(());
    };
    let (Some(_), Some(acts)) = (post::holder(tx, head.id, now)?.holder, post::holder(tx, secretary.id, now)?.holder) else {
        return Ok(());
    };
    let from = now.saturating_add(SignedDuration::from_hours(51)).unwrap_or(now);
    let new = NewMutation {
        unit: village,
        decree: format!("090/41/{}", as_of.year()),
        decreed_on: as_of,
        effective_at: from,
        mandates_end: false,
    };
    let id = mutation::start(tx, &new)?;
    let line = NewLine {
        person: acts.person,
        manner: Manner::Appoint,
        from_post: None,
        to_post: Some(head.id),
        kind: HoldingKind::Plh,
        until: Some(from.saturating_add(SignedDuration::from_hours(24 * 7)).unwrap_or(from)),
        home_rests: false,
        tasks_to: None,
    };
    mutation::add_line(tx, id, &line)?;
    mutation::set(tx, id, Expect::Any).map(drop)
}
