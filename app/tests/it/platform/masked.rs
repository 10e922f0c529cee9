//! Personal data are masked on every page of every system, for everybody, but where a task needs them: those routes stand
//! below, each with its reason. What a page shows after a reveal has an entry before the answer.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use kernel::{Id, party};
use testkit::Page;
use web::{RouteInfo, route_list};

use super::{pages::lookers, paths::Values};
use crate::{
    systems::SYSTEMS,
    town::{Town, born, person},
};

/// What of a person is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Nik,
    Kk,
    Born,
    Phone,
    Email,
    Address,
}

use Kind::{Address, Born, Email, Kk, Nik, Phone};

/// Where personal data stand in full without a reveal, which, and why.
const ALLOWED: &[(&str, &[Kind], &str)] = &[
    ("/tugas/{case}", &[Born, Address], "who checks, initials or signs compares them with the papers while the application runs"),
    ("/loket/layanan/{offering}/{person}", &[Born, Address], "the form at the counter is filled from the record; its opening is an entry"),
    ("/penduduk/{id}/ubah", &[Address], "what is to be corrected has to be seen; its opening is an entry"),
    ("/data-pribadi/permintaan/{case}/perbaikan", &[Address], "what is to be corrected has to be seen; its opening is an entry"),
];
/// Those who look after work and do none of it: nothing of anybody in full, anywhere.
const WATCHING: [&str; 3] = ["bupati", "overseer.a", "inspector.a"];

/// Values of everybody who applied for something in the town, by kind.
struct Secrets(Vec<(Kind, String)>);

impl Secrets {
    /// Gives every applicant a telephone, an address, a family card and a street, and knows them.
    async fn of(town: &Town<'_>) -> Self {
        let mut all = Vec::new();
        for standing in &town.cases {
            let (number, case) = (standing.number, standing.id);
            let nik = person(number)["nik"].as_str().unwrap().to_owned();
            let (kk, phone, email) =
                (format!("16110399887{number:05}"), format!("08137766{number:04}"), format!("rahasia.{number}@contoh.id"));
            let street = format!("Gang Kenanga 7{number:03}");
            let day = born(number);
            all.push((Nik, nik));
            all.push((Kk, kk.clone()));
            all.push((Phone, phone[1..].to_owned()));
            all.push((Email, email.clone()));
            all.push((Address, street.clone()));
            for lang in [indonesian::Lang::Id, indonesian::Lang::En] {
                all.push((Born, indonesian::date_long(day, lang)));
            }
            all.push((Born, day.to_string()));
            all.push((Born, day.strftime("%d-%m-%Y").to_string()));
            let gov = std::sync::Arc::clone(town.app.gov());
            let change = move |tx: &mut kernel::Tx<'_>| {
                let applicant = kernel::case::find(tx, case)?.applicant.ok_or(kernel::Error::Missing)?;
                let known = party::find(tx, applicant)?.ok_or(kernel::Error::Missing)?;
                let form = party::PersonForm {
                    kk: Some(kk.clone()),
                    phone: Some(phone.clone()),
                    email: Some(email.clone()),
                    address: street.clone(),
                    ..party::PersonForm::of(&known)
                };
                let Ok(new) = form.check(party::Checks::on(kernel::Date::constant(2026, 11, 20))) else {
                    return Err(kernel::Error::Missing);
                };
                party::update(tx, gov.keys(), applicant, kernel::Expect::Any, &new)?;
                tx.entry(kernel::NewEntry::new("test.contact.given").object("person", applicant));
                Ok(())
            };
            town.app.write(change).await;
        }
        all.sort();
        all.dedup();
        Self(all)
    }

    /// Which kinds a text shows in full, digits grouped in whatever way.
    fn shown(&self, text: &str) -> BTreeSet<Kind> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '\u{a0}')).collect();
        let held = |(kind, value): &&(Kind, String)| match kind {
            Nik | Kk | Phone => digits.contains(value.as_str()),
            Email | Address | Born => text.contains(value.as_str()),
        };
        self.0.iter().filter(held).map(|(kind, _)| *kind).collect()
    }
}

/// What is read of a page; nothing of a picture or a PDF.
fn text_of(page: &Page) -> Option<String> {
    let kind = page.header("content-type");
    (page.status == 200 && ["text/", "application/json", "application/problem"].iter().any(|known| kind.starts_with(known)))
        .then(|| page.body())
}

testkit::both!(SYSTEMS;
    async fn no_page_shows_personal_data_in_full_but_where_a_task_needs_them(app) {
        let town = Town::build(&app).await;
        let secrets = Secrets::of(&town).await;
        let values = Values::of(&town).await;
        let routes: Vec<RouteInfo> = route_list(&SYSTEMS).into_iter().map(|(_, info)| info).filter(|info| info.method == Method::GET).collect();
        let allowed: BTreeMap<&str, &[Kind]> = ALLOWED.iter().map(|(route, kinds, _)| (*route, *kinds)).collect();
        let (mut flaws, mut used, mut reveals, mut looked) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), 0);
        for (who, visitor) in lookers(&town).await {
            for info in &routes {
                for path in values.all(info) {
                    let page = visitor.get(&path).await;
                    let Some(text) = text_of(&page).filter(|_| page.way.is_empty()) else { continue };
                    looked += 1;
                    for kind in secrets.shown(&text) {
                        if !WATCHING.contains(&who.as_str()) && allowed.get(info.path).is_some_and(|kinds| kinds.contains(&kind)) {
                            used.insert((info.path, kind));
                        } else {
                            flaws.insert(format!("{} shows {kind:?} in full to {who}", info.path));
                        }
                    }
                    let links = page.links("a[href*='tampil=ya']").into_iter().map(|(_, href)| href);
                    reveals.extend(links.map(|href| (who.clone(), href)));
                }
            }
        }
        for (route, kinds, _) in ALLOWED {
            for kind in kinds.iter().filter(|kind| !used.contains(&(*route, **kind))) {
                flaws.insert(format!("{route} shows no {kind:?} any more: take it from the list"));
            }
        }
        assert!(flaws.is_empty(), "{} flaws:\n{}", flaws.len(), flaws.into_iter().collect::<Vec<_>>().join("\n"));
        assert!(looked > 500, "only {looked} pages were looked at");
        // Whoever asks for it sees it, and it is written down who did.
        assert!(reveals.len() > 1, "nobody can reveal anything: {reveals:?}");
        let mut shown = 0;
        for (who, href) in reveals {
            let account = app.ctx_of(&who).await.actor().officer().unwrap().account;
            let page = app.signed_in(&who).await.get(&href).await.good();
            if secrets.shown(&page.body()).contains(&Nik) {
                shown += 1;
                let entries = app.read(move |rx| revealed(rx, account)).await;
                assert!(entries > 0, "{who} saw a NIK on {href} and nothing was written down");
            }
        }
        assert!(shown > 1, "no reveal shows anything");
        app.leave_work();
    }
);

fn revealed(rx: &mut kernel::Rx<'_>, account: Id) -> kernel::Result<i64> {
    let sql = "select count(*) from kernel_entry where action = 'kernel.person.revealed' and account = $1";
    Ok(rx.count(sql, &kernel::params![account])?)
}
