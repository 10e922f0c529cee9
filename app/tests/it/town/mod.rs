//! A small government with work in every state, for tests that walk everything.
//!
//! What is done is done through the API, by those whose work it is; rows are only looked up.

use std::collections::BTreeMap;

use kernel::{
    Date, Id,
    clock::{self, NewHoliday},
    grant::{self, Grantee},
    numbering::classification::{self, NewClassification},
    post::{NewMandate, mandate, office},
};
use serde_json::{Value as Json, json};
use services::{
    model::{IntroductionMode, overrides::Overrides, packages},
    store,
};
use testkit::{Attached, Page, TestApp, Visitor, World};

mod typed;

pub use typed::*;

/// The service most cases are about.
pub const SERVICE: &str = "keterangan-domisili";
/// The service whose introduction is given by a link.
pub const BY_LINK: &str = "keterangan-usaha";
/// The service that the Camat acknowledges.
pub const HEIRS: &str = "keterangan-ahli-waris";
/// The slug of the village.
pub const VILLAGE: &str = "tanjung-raman";
/// The slug of the kelurahan.
pub const KELURAHAN: &str = "pasar-pendopo";

/// An application that stands somewhere.
#[derive(Debug, Clone)]
pub struct Standing {
    pub state: &'static str,
    pub id: Id,
    pub code: String,
    /// Who applied, as [`person`] numbers people.
    pub number: u32,
}

/// The government and what is in it.
pub struct Town<'a> {
    pub world: World<'a>,
    pub app: &'a TestApp,
    /// One application for each state.
    pub cases: Vec<Standing>,
    /// The secret of the introduction that is waited for.
    pub introduction: String,
    tokens: BTreeMap<String, String>,
}

/// Lets a unit offer a service.
pub async fn offers(app: &TestApp, unit: Id, slug: &str, introduction: Option<IntroductionMode>) {
    let (definition, gov) = (package(slug), app.gov().clone());
    let overrides = Overrides { introduction, ..Overrides::default() };
    app.write(move |tx| {
        let text = definition.canonical();
        let offering =
            kernel::offering::adopt(tx, store::SYSTEM, &definition.slug, unit, &text, &definition.title.id, &overrides.to_json())?;
        store::catalogue::index(tx, &gov, &offering)
    })
    .await;
}

/// A government whose accounts have accepted the terms, and the services its units offer.
pub async fn furnished(app: &TestApp) -> World<'_> {
    let world = World::with_terms(app, Some(identity::TERMS_VERSION)).await;
    app.write(|tx| {
        let mut codes: Vec<String> = packages::all().unwrap().into_iter().map(|definition| definition.letter.classification).collect();
        codes.push("470".to_owned());
        codes.sort();
        codes.dedup();
        for code in codes {
            let (name, source) = (format!("Urusan {code}"), "Permendagri 83/2022".to_owned());
            let new = NewClassification { code, name, valid_from: Date::constant(2023, 1, 1), valid_until: None, source };
            classification::add(tx, &new)?;
        }
        Ok(())
    })
    .await;
    for definition in packages::all().unwrap() {
        match definition.slug.as_str() {
            "dispensasi-nikah" => offers(app, world.kecamatan, &definition.slug, None).await,
            "keterangan-penelitian" => offers(app, world.opd, &definition.slug, None).await,
            BY_LINK => {
                offers(app, world.village, BY_LINK, None).await;
                offers(app, world.kelurahan, BY_LINK, None).await;
            }
            slug => {
                offers(app, world.village, slug, Some(IntroductionMode::None)).await;
                offers(app, world.kelurahan, slug, Some(IntroductionMode::None)).await;
            }
        }
    }
    world
}

/// Begins a mutation that takes effect on a day, at an hour when one is given.
pub async fn drafts(visitor: &Visitor, decree: &str, day: &str, hour: &str) -> Page {
    let form = visitor.get("/mutasi/baru").await.good().form("/mutasi/baru");
    form.fill("keputusan", decree).fill("mulai", day).fill("mulai-jam", hour).submit().await.redirected("/mutasi/")
}

/// Adds a person to it.
async fn moves(visitor: &Visitor, draft: &Page, person: Id, fields: &[(&str, &str)]) -> Page {
    let page = visitor.get(&format!("{}/orang?orang={person}", draft.path)).await.good();
    page.form("main form[method=post]").fill_all(fields).submit().await.redirected("/mutasi/")
}

impl<'a> Town<'a> {
    /// Builds it.
    pub async fn build(app: &'a TestApp) -> Self {
        let world = furnished(app).await;
        let mut town = Self { world, app, cases: Vec::new(), introduction: String::new(), tokens: BTreeMap::new() };
        town.roles().await;
        town.circumstances().await;
        town.work().await;
        town.books().await;
        town.news().await;
        town.discipline().await;
        town.spine().await;
        town.privacy().await;
        town.addresses().await;
        app.settle().await;
        town.oversight().await;
        app.settle().await;
        town
    }

    /// Accounts `ROLE.a` that hold one role at the village (the administrator at the top, where it belongs), `ROLE.b` at
    /// the kelurahan, and `semua` with all of them.
    async fn roles(&self) {
        let everything = self.account("semua").await;
        for role in grant::ROLES {
            let top = |unit| if role.top_only { self.world.regency } else { unit };
            self.world.grant(Grantee::Account(everything), role.key, top(self.world.village)).await;
            let a = self.account(&format!("{}.a", role.key)).await;
            self.world.grant(Grantee::Account(a), role.key, top(self.world.village)).await;
            if !role.top_only {
                let b = self.account(&format!("{}.b", role.key)).await;
                self.world.grant(Grantee::Account(b), role.key, self.world.kelurahan).await;
            }
        }
        let target = self.account("sasaran").await;
        self.world.grant(Grantee::Account(target), grant::OVERSEER, self.world.opd).await;
        let _ = self.account("tanpa.peran").await;
    }

    async fn account(&self, username: &str) -> Id {
        let name = format!("Akun {username}");
        self.world.account(username, None, &name).await
    }

    /// A mandate, a day off, hours of service.
    async fn circumstances(&self) {
        let (head, secretary) =
            (self.world.post(self.world.village, office::HEAD).await, self.world.post(self.world.village, office::SECRETARY).await);
        let (village, regency, now) = (self.world.village, self.world.regency, self.app.now());
        let given = NewMandate {
            from_post: head,
            to_post: secretary,
            form: "an".parse().unwrap(),
            kinds: vec![HEIRS.to_owned()],
            decree: "SK 3/2024".to_owned(),
            from: now,
            until: None,
        };
        self.app
            .write(move |tx| {
                mandate(tx, &given)?;
                let day = |unit, date: &str, name: &str, kind, decree: &str| NewHoliday {
                    unit,
                    dates: vec![date.parse().unwrap()],
                    kind,
                    name: name.to_owned(),
                    decree: decree.to_owned(),
                    decreed_on: None,
                };
                clock::add_holidays(tx, &day(regency, "2026-12-25", "Natal", clock::Kind::National, "SKB 1/2025"))?;
                clock::add_holidays(tx, &day(village, "2026-12-01", "Pemilihan kepala dusun", clock::Kind::Closure, ""))?;
                let (week, _) = clock::typical_hours();
                clock::set_service_hours(tx, regency, &week)
            })
            .await;
    }

    /// A caller of the API in the name of an account.
    pub async fn machine(&mut self, username: &str) -> Visitor {
        if !self.tokens.contains_key(username) {
            let token = self.app.api_token(username).await;
            self.tokens.insert(username.to_owned(), token);
        }
        self.app.api(&self.tokens[username])
    }

    /// Takes an application in at the counter of a unit.
    pub async fn takes_in(&mut self, operator: &str, unit: &str, slug: &str, number: u32) -> (Id, String) {
        let machine = self.machine(operator).await.with_header("idempotency-key", &format!("{unit}-{slug}-{number:06}"));
        let mut body = application(slug, number);
        if slug == BY_LINK {
            body["introduction"] = json!({ "paper": true });
        }
        let path = format!("/api/v1/services/{unit}/{slug}/applications");
        let code = machine.post_json(&path, &body).await.is(201).json()["code"].as_str().unwrap().to_owned();
        (self.case_of(&code).await, code)
    }

    async fn case_of(&self, code: &str) -> Id {
        let code = indonesian::Code::parse(code).unwrap().as_str().to_owned();
        self.app.read(move |rx| Ok(kernel::case::by_code(rx, &code)?.id)).await
    }

    /// Does something to an application; `more` are further fields of the action.
    pub async fn does(&mut self, username: &str, case: Id, action: &str, more: Json) {
        let version = self.app.read(move |rx| Ok(kernel::case::find(rx, case)?.version)).await;
        let mut body = json!({ "action": action, "version": version });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let machine = self.machine(username).await;
        let _ = machine.post_json(&format!("/api/v1/services/applications/{case}/actions"), &body).await.good();
    }

    /// Sends a file for an application to come.
    pub async fn uploads(&mut self, username: &str, number: u32, purpose: &str) -> String {
        let machine = self.machine(username).await;
        let path = format!("/api/v1/services/uploads?name=foto.png&purpose={purpose}");
        let page = machine.post_bytes(&path, &picture(number)).await.is(201);
        page.json()["id"].as_str().unwrap().to_owned()
    }

    /// Takes an application from the counter as far as `state`.
    pub async fn drive(&mut self, slug: &str, state: &'static str, number: u32) -> Standing {
        let (id, code) = self.takes_in("operator", VILLAGE, slug, number).await;
        let why = json!({ "note": "Alamat pada KTP belum sama dengan KK.", "legal_basis": "Perdes 3/2024 Pasal 4" });
        let steps: &[(&str, &str)] = match state {
            "checking" => &[],
            "incomplete" => &[("kasi", "return")],
            "refused" => &[("kasi", "refuse")],
            "cancelled" => &[("operator", "cancel")],
            "initialing" => &[("kasi", "check")],
            "signing" => &[("kasi", "check"), ("sekdes", "initial")],
            "acknowledging" | "awaiting_scan" => &[("kasi", "check"), ("sekdes", "initial"), ("kades", "sign")],
            _ => &[("kasi", "check"), ("sekdes", "initial"), ("kades", "sign"), ("operator", "register_scan"), ("operator", "hand_over")],
        };
        for (username, action) in steps {
            let more = match *action {
                "return" | "refuse" | "cancel" => {
                    let mut more = why.clone();
                    if *action != "refuse" {
                        more["legal_basis"] = json!("");
                    }
                    more
                }
                "register_scan" => json!({ "scan": self.uploads("operator", number, "scan").await }),
                "hand_over" if state == "ready" => break,
                "hand_over" => json!({ "receiver": "Warga sendiri" }),
                _ => json!({}),
            };
            self.does(username, id, action, more).await;
        }
        Standing { state, id, code, number }
    }

    /// One application for each state, a register that has all of it, and a resident nobody applied for.
    async fn work(&mut self) {
        let states = ["incomplete", "checking", "initialing", "signing", "awaiting_scan", "ready", "done", "refused", "cancelled"];
        for (number, state) in (1..).zip(states) {
            let standing = self.drive(SERVICE, state, number).await;
            self.cases.push(standing);
        }
        let standing = self.drive(HEIRS, "acknowledging", 20).await;
        self.cases.push(standing);
        let mut body = application(BY_LINK, 21);
        body["introduction"] = json!({ "name": "Hasan Basri", "office": "Ketua RT 03" });
        body["email"] = json!("warga@contoh.id");
        let photo = self.uploads("operator", 21, "").await;
        body["answers"]["foto_usaha"] = json!([photo]);
        let sender = self.app.anonymous().in_old_browser().with_header("idempotency-key", "dengan-tautan-1");
        let made = sender.post_json(&format!("/api/v1/services/{VILLAGE}/{BY_LINK}/applications"), &body).await.is(201).json();
        let code = made["code"].as_str().unwrap().to_owned();
        self.introduction = made["introduction_link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let id = self.case_of(&code).await;
        self.cases.push(Standing { state: "introduction", id, code, number: 21 });
        for standing in &self.cases {
            let (id, state) = (standing.id, standing.state);
            assert_eq!(self.app.read(move |rx| Ok(kernel::case::find(rx, id)?.state)).await, state);
        }
    }

    /// Reserved numbers, an export, a workbook waiting for its import.
    async fn books(&self) {
        let village = self.world.village;
        self.app
            .write(move |tx| {
                let today = tx.now().to_zoned(jiff::tz::TimeZone::UTC).date();
                kernel::numbering::reserve_block(tx, village, "470", today, 3)?;
                let (classification, about, addressee) = ("470".to_owned(), "Undangan".to_owned(), "Kepala Dusun".to_owned());
                let new = kernel::numbering::NewNumber { unit: village, classification, on_date: today, about, addressee, document: None };
                kernel::numbering::record_outside(tx, &new, None)
            })
            .await;
        let sekdes = self.app.signed_in("sekdes").await;
        let _ = sekdes.get("/permohonan").await.good();
        let asked = sekdes.get("/permohonan").await.form("/permohonan/unduh").press("format", "csv").await.good();
        let asked = asked.form("#tujuan").fill("tujuan", "report").fill("alasan", "laporan bulanan kepada Camat");
        let _ = asked.submit().await.redirected("/unduhan/");
        let operator = self.app.signed_in("operator").await;
        let _ = operator.get("/penduduk/impor").await.good();
        let file = Attached { field: "berkas", name: "penduduk.xlsx", media_type: XLSX, bytes: &workbook(3) };
        let _ = operator.upload("/penduduk/impor", &[("unit", VILLAGE)], &[file]).await.redirected("/penduduk/impor/");
    }

    /// One text to all who wait at the village.
    async fn news(&self) {
        let (village, ctx) = (self.world.village, self.app.ctx_of("sekdes").await);
        let officer = ctx.actor().officer().cloned().unwrap();
        let send = move |tx: &mut kernel::Tx<'_>| {
            let unit = kernel::unit::find(tx, village)?.ok_or(kernel::Error::Missing)?;
            let text = services::rules::news::Written {
                purpose: "Kantor tutup karena rapat".to_owned(),
                text_id: "Kantor desa tutup besok.".to_owned(),
                text_en: String::new(),
            };
            let id = tx.ctx().new_id();
            store::news::send(tx, &officer, id, &unit, None, &text)
        };
        self.app.write_as(&ctx, send).await.unwrap();
    }

    /// A case of discipline about the village's operator, which waits for an answer.
    async fn discipline(&self) {
        let sekdes = self.app.signed_in("sekdes").await;
        let page = sekdes.get("/sanksi/baru").await.good();
        let form = page.form("/sanksi/baru").fill("akun", "operator").fill("dasar", "Ketentuan Penggunaan butir 4");
        let _ = form.fill("uraian", "Kata sandi ditempel di layar loket.").submit().await.redirected("/sanksi/kasus/");
    }

    /// A draft of a mutation, a late decree whose acts in between wait for a decision, a list of officials, a third party, and the
    /// reviews of this quarter.
    async fn spine(&mut self) {
        let (id, _) = self.takes_in("operator.kelurahan", KELURAHAN, SERVICE, 40).await;
        self.does("kasi.kelurahan", id, "check", json!({})).await;
        self.app.clock().advance(jiff::SignedDuration::from_mins(1));
        let section = self.world.post(self.world.kelurahan, office::SERVICE_SECTION).await.to_string();
        let (camat, kasi) = (self.world.person_behind("camat").await, self.world.person_behind("kasi.kelurahan").await);
        let admin = self.app.signed_in("admin").await;
        let page = drafts(&admin, "821/9/2026", "2026-11-20", "").await;
        let page = moves(&admin, &page, kasi, &[("cara", "release"), ("dari", &section)]).await;
        let page = moves(&admin, &page, camat, &[("cara", "appoint"), ("ke", &section), ("jenis", "plt")]).await;
        let _ = page.form("form[action$='/tetapkan']").submit().await.redirected("/mutasi/").saying("menunggu konfirmasi");
        let sekdes = self.app.signed_in("sekdes").await;
        let page = drafts(&sekdes, "141/20/2026", "2026-12-01", "").await;
        let kaur = self.world.person_behind("kaur").await;
        let _ = moves(&sekdes, &page, kaur, &[("cara", "retired")]).await;
        let file = "nama,nip,jabatan,unit,mulai,keputusan\nBudi Utomo,,Kepala Dusun I,16.11.03.2001,01-11-2026,SK 1\nSalah,,Camat,,,\n";
        let file = Attached { field: "berkas", name: "pejabat.csv", media_type: "text/csv", bytes: file.as_bytes() };
        let _ = sekdes.get("/pejabat/impor").await.good();
        let _ = sekdes.upload("/pejabat/impor", &[], &[file]).await.redirected("/pejabat/impor/");
        let form = admin.get("/pihak-ketiga/baru").await.good().form("/pihak-ketiga/baru");
        let sponsor = self.world.post(self.world.opd, office::HEAD).await.to_string();
        let form =
            form.fill("nama", "Rina Wulandari").fill("username", "rina.vendor").fill("lembaga", "PT Sinar Data").fill("jenis", "vendor");
        let form = form.fill("keperluan", "Jaringan").fill("penjamin", &sponsor).fill("unit", &self.world.opd.to_string());
        let _ = form.fill("berakhir", "2027-03-31").submit().await.good();
        let _ = admin.get("/tinjauan").await.good().form("/tinjauan").submit().await.redirected("/tinjauan");
    }

    /// An address that waits to be confirmed, and a new password that waits to be set by the link to one that was.
    async fn addresses(&self) {
        for username in ["kaur", "camat"] {
            let page = self.app.signed_in(username).await.get("/akun/surel").await.good();
            let form = page.form("/akun/surel").fill("surel", &format!("{username}@contoh.id")).fill("lama", testkit::PASSWORD);
            let _ = form.submit().await.redirected("/akun");
        }
        let secret =
            self.secret("select l.id from identity_link l join kernel_account a on a.id = l.account where a.username = 'camat'").await;
        let page = self.app.anonymous().get(&format!("/konfirmasi-surel/{secret}")).await.good();
        let _ = page.form("main form").submit().await.redirected("/masuk");
        let page = self.app.anonymous().get("/lupa-sandi").await.good();
        let _ = page.form("/lupa-sandi").fill("username", "camat").submit().await.redirected("/lupa-sandi/terkirim");
    }

    /// The secret of a link that went out by e-mail.
    pub async fn secret(&self, sql: &'static str) -> String {
        web::secret::of(self.app.gov().keys(), self.find(sql).await.parse().unwrap())
    }

    /// A request of a resident, readings withheld, a breach, a legal hold, and a deletion report.
    async fn privacy(&self) {
        use kernel::{
            limit::{self, Kind, NewLimit},
            retention::{self, Erase, NewHold, Rule, Run},
        };
        use privacy::{
            model::{HidingKind, Right},
            rules::{BreachForm, HidingForm},
            store::{breaches, hidings, requests},
        };
        let (gov, case) = (self.app.gov().clone(), self.case("done").id);
        self.world.resident(self.world.village, "Tetangga Terbatas", "1611031005720078", Date::constant(1972, 5, 10)).await;
        self.app
            .write(move |tx| {
                let person = kernel::case::find(tx, case)?.applicant.ok_or(kernel::Error::Missing)?;
                let detail = "Nama ibu saya salah tulis.".to_owned();
                let new = requests::NewRequest { right: Right::Correction, person, entry: None, detail, channel: "online" };
                requests::open(tx, &gov, &new)?;
                let text = |text: &str| text.to_owned();
                let (decree, basis, reason) = (text("SK 1/2026"), text("UU 23/2004"), text("Korban dalam pendampingan."));
                let form = HidingForm { kind: HidingKind::DomesticViolence, decree, basis, reason, until: Date::constant(2027, 1, 1) };
                let until = tx.now() + jiff::SignedDuration::from_hours(24 * 30);
                hidings::set(tx, hidings::About { person, case_id: Some(case), unit: None }, &form, until)?;
                let form = BreachForm {
                    title: text("Laptop hilang"),
                    data: text("Nama, alamat"),
                    how: text("Laptop hilang di jalan."),
                    measures: text("Akun ditutup."),
                    persons: 3,
                };
                let found = tx.now();
                breaches::record(tx, &form, found, "2026-11-19")?;
                let hold = NewHold { object_kind: "case", object: case, reason: text("Perkara."), decree: text("PN 1/2026"), until: None };
                retention::hold(tx, &hold)?;
                // Of somebody nobody applies for here.
                let person =
                    tx.one("select id from kernel_person where name = 'Tetangga Terbatas'", &[])?.ok_or(kernel::Error::Missing)?.get(0)?;
                let (decree, reason) = (text("PDP 1/2026"), text("UU 27/2022 Pasal 11"));
                limit::set(tx, &NewLimit { person, kind: Kind::Restricted, decree, reason, cause: None, until: None })?;
                let nothing: Erase = |_, _, _, _| Ok(());
                let base = retention::KERNEL.first().copied().ok_or(kernel::Error::Missing)?;
                let rule = Rule { find: |_, _, _, _| Ok(Vec::new()), erase: nothing, ..base };
                retention::decide(tx, &rule, 30, "Perbup 12/2026", true)?;
                if let Some(mut run) = Run::begin(tx, &rule)? {
                    run.erased = 1;
                    run.end(tx, &rule)?;
                }
                Ok(())
            })
            .await;
    }

    /// Two days on which the village's operator opened somebody of the kelurahan, one of them asked about; an audit; an election
    /// to come; a list that waits for its second key.
    async fn oversight(&self) {
        use kernel::{NewEntry, election, export::Policy, jobs};
        let now = self.app.now();
        let resident = self.world.resident(self.world.kelurahan, "Tetangga Jauh", "1611031005700077", Date::constant(1970, 5, 10)).await;
        let village = self.world.village;
        for day in ["2026-11-18 09:30", "2026-11-19 09:30"] {
            self.app.clock().set(day);
            let ctx = self.app.ctx_of("operator").await;
            let read = move |tx: &mut kernel::Tx<'_>| {
                tx.entry(NewEntry::new("services.resident.read").unit(village).object("person", resident));
                Ok(())
            };
            self.app.write_as(&ctx, read).await.unwrap();
        }
        self.app.clock().set_to(now);
        self.app
            .write(move |tx| {
                let at = tx.now();
                jobs::ensure(tx, "oversight.watch", at)?;
                let (from, until) = (Date::constant(2027, 2, 1), Date::constant(2027, 3, 1));
                election::declare(tx, &election::NewPeriod { name: "Pilkades".to_owned(), decree: "SK 9/2026".to_owned(), from, until })?;
                Policy { second_key_from_persons: 2, valid_hours: 72 }.set(tx)
            })
            .await;
        self.app.settle().await;
        let inspector = self.app.signed_in("inspector.a").await;
        let finding = self.find("select id from oversight_finding order by day desc, id limit 1").await;
        let page = inspector.get(&format!("/pengawasan/akses/{finding}")).await.good();
        let _ = page.form("#tanya").fill("pertanyaan", "Mohon dijelaskan keperluannya.").submit().await.redirected("/pengawasan/perkara/");
        let _ = inspector.get("/pengawasan/keutuhan").await.good().form("#periksa").submit().await.redirected("/pengawasan/keutuhan/");
        let sekdes = self.app.signed_in("sekdes").await;
        let asked = sekdes.get("/permohonan").await.form("/permohonan/unduh").press("format", "xlsx").await.good();
        let asked = asked.form("#tujuan").fill("tujuan", "report").fill("alasan", "laporan bulanan kepada Camat");
        let _ = asked.submit().await.redirected("/unduhan/");
    }

    /// The application in a state.
    pub fn case(&self, state: &str) -> &Standing {
        self.cases.iter().find(|standing| standing.state == state).unwrap()
    }

    /// The first id or word a query finds.
    pub async fn find(&self, sql: &'static str) -> String {
        let found = self.app.read(move |rx| {
            let row = rx.one(sql, &[])?.unwrap_or_else(|| panic!("nothing found: {sql}"));
            Ok(row.get::<Id>(0).map(|id| id.to_string()).or_else(|_| row.get::<String>(0))?)
        });
        found.await
    }
}
