//! Stories through HTTP, on both databases.

use std::sync::Arc;

use jiff::{SignedDuration, civil::date};
use kernel::{
    Id, NewEntry, access,
    audit::{Audit, Plan, State},
    case::{self, CaseParty, Due, DueState, Move, NewCase},
    definition,
    grant::{self, Grantee},
    jobs::{self, NewJob},
    log::{Outside, Sequencer},
    party,
    post::office,
    retention, tables, unit,
};
use testkit::{Page, TestApp, Visitor, World};

use crate::SYSTEM;

mod granted;

const CODE: [u8; 7] = [7; 7];

/// Siti of Tanjung Raman has an application there; the sekda is the data protection officer.
struct Town<'a> {
    world: World<'a>,
    siti: Id,
    case: Id,
    code: String,
}

async fn town(app: &TestApp) -> Town<'_> {
    let world = World::small(app).await;
    let officer = world.post(world.regency, office::REGENCY_SECRETARY).await;
    world.grant(Grantee::Post(officer), grant::PRIVACY_OFFICER, world.regency).await;
    let siti = world.resident(world.village, "Siti Rahmawati", "1611025703810012", date(1981, 3, 17)).await;
    let (case, code) = application(app, &world, siti, CODE).await;
    Town { world, siti, case, code }
}

/// An application of a system that is not here, and it has ended.
async fn application(app: &TestApp, world: &World<'_>, person: Id, seed: [u8; 7]) -> (Id, String) {
    let code = indonesian::Code::encode(seed);
    let id = opened(app, world.village, person, code.as_str()).await;
    app.write(move |tx| {
        let case = case::find(tx, id)?;
        let party = CaseParty { role: "subject".into(), person: Some(person), name: "Siti Rahmawati".into(), note: String::new() };
        case::add_party(tx, id, 0, &party)?;
        case::advance(tx, &case, &Move { outcome: Some("granted"), action: "finish", ..step("done", "") })?;
        tx.entry(NewEntry::new("services.application.submitted").case(id));
        Ok(())
    })
    .await;
    (id, code.to_string())
}

/// An application of a system that is not here, and it runs.
async fn opened(app: &TestApp, village: Id, person: Id, code: &str) -> Id {
    let code = code.to_owned();
    app.write(move |tx| {
        let unit = unit::find(tx, village)?.ok_or(kernel::Error::Missing)?;
        let definition = definition::put(tx, "other", "letter", "{}")?;
        let new = NewCase {
            system: "other",
            kind: "letter",
            definition,
            offering: None,
            code: &code,
            unit: village,
            units: unit.ancestors,
            subject: "S••• R•••",
            applicant: Some(person),
            channel: "counter",
            secrecy: "limited",
        };
        let case = case::open(tx, &new, &step("checking", "catatan tentang Siti"))?;
        tx.entry(NewEntry::new("test.case.opened").case(case.id));
        Ok(case.id)
    })
    .await
}

/// A step of the applicant's without a desk or a deadline.
fn step<'a>(to_state: &'a str, note: &'a str) -> Move<'a> {
    Move {
        action: "submit",
        to_state,
        step: 0,
        task: None,
        due: Due { state: DueState::None, at: None, provisional: false, started_at: None, clock: String::new() },
        actor_label: "Pemohon",
        actor_post: None,
        note,
        public: true,
        outcome: None,
    }
}

/// The kasi of the village opens the application.
async fn opens(app: &TestApp, who: &str, case: Id) {
    let ctx = app.ctx_of(who).await;
    app.write_as(&ctx, move |tx| {
        access::record(tx, NewEntry::new("services.application.opened").case(case).object("case", case))?;
        Ok(())
    })
    .await
    .unwrap();
}

async fn proved(siti: &Visitor, code: &str) -> Page {
    let page = siti.get("/data-saya").await.good();
    page.assert_accessible_basics();
    page.form("#bukti").fill("kode", code).fill_date("lahir", "17", "3", "1981").fill("nik", "0012").submit().await
}

fn audit(app: &TestApp) -> State {
    let gov = Arc::clone(app.gov());
    let tables = tables::all().chain(SYSTEM.tables.iter().copied()).collect();
    tokio::task::block_in_place(|| {
        Sequencer::new(Arc::clone(&gov)).sequence_all().unwrap();
        let outside = Outside::new(&gov.settings().folder);
        let plan = Plan { keys: gov.keys(), outside, tables, only: None, since: None, witnesses: Vec::new(), most: 100 };
        let mut audit = Audit::new(plan, gov.db(), None).unwrap();
        while !audit.is_done() {
            audit.step(gov.db()).unwrap();
        }
        audit.state().clone()
    })
}

testkit::both!([&SYSTEM];
    async fn uu_27_2022_pasal_5_a_resident_sees_which_post_read_her_data_and_never_a_name(app) {
        let siti = app.anonymous();
        let town = town(&app).await;
        opens(&app, "kasi", town.case).await;
        let page = proved(&siti, &town.code).await.redirected("/data-saya/riwayat");
        page.assert_accessible_basics();
        let page = page.saying("Kepala Seksi Pelayanan, Desa Tanjung Raman").saying(&town.code);
        assert!(!page.says("Zulkifli") && !page.says("kasi"), "{}", page.text());
        // That she asked is itself an entry; who proves nothing sees nothing.
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'privacy.readings.shown'").await, 1);
        let _ = app.anonymous().get("/data-saya/riwayat").await.redirected("/data-saya");
        let _ = app.anonymous().get("/data-saya/ajukan").await.redirected("/data-saya");
        // She closes it on a borrowed telephone.
        let page = page.form("/data-saya/selesai").submit().await.redirected("/data-saya");
        let _ = page;
        let _ = siti.get("/data-saya/riwayat").await.redirected("/data-saya");
    }

    async fn an_unknown_code_and_a_wrong_proof_read_the_same_and_guessing_waits(app) {
        let town = town(&app).await;
        let ask = async |code: &str, tail: &str| {
            let page = app.anonymous().get("/data-saya").await.good();
            page.form("#bukti").fill("kode", code).fill_date("lahir", "17", "3", "1981").fill("nik", tail).submit().await
        };
        let unknown = ask(&indonesian::Code::encode([9; 7]).to_string(), "0012").await.is(422);
        let wrong = ask(&town.code, "9999").await.is(422);
        assert_eq!(unknown.errors(), wrong.errors());
        let empty = ask("", "x").await.is(422);
        assert_eq!(empty.errors().len(), 2);
        let mut last = wrong;
        for _ in 0..12 {
            last = ask(&town.code, "9999").await;
            if last.status.as_u16() == 429 {
                break;
            }
        }
        let _ = last.is(429);
    }

    async fn a_reading_is_withheld_by_decree_and_shows_by_itself_when_its_time_is_over(app) {
        let siti = app.anonymous();
        let town = town(&app).await;
        opens(&app, "kasi", town.case).await;
        let officer = app.signed_in("sekda").await;
        let page = officer.get("/data-pribadi/rahasia/baru").await.good();
        page.assert_accessible_basics();
        let wrong = page.form("#rahasia").submit().await.is(422);
        assert!(wrong.errors().len() >= 5, "{:?}", wrong.errors());
        let form = page.form("#rahasia").fill("kode", &town.code).tick("hanya", "1").fill("jenis", "domestic_violence");
        let form = form.fill("keputusan", "SK 463/7/2026").fill("dasar", "UU 23/2004 Pasal 21").fill("alasan", "Korban dalam pendampingan P2TP2A.");
        let page = form.fill("sampai", "2026-11-25").submit().await.redirected("/data-pribadi/rahasia");
        page.assert_accessible_basics();
        let set = "select count(*) from kernel_entry where action = 'privacy.hiding.set' and detail like '%SK 463/7/2026%'";
        assert_eq!(app.count(set).await, 1, "the withholding is itself an entry with its decree");
        let page = proved(&siti, &town.code).await.good();
        assert!(!page.says("Kepala Seksi Pelayanan"), "{}", page.text());
        let _ = page.saying("ditunda tampilnya");
        app.clock().advance(SignedDuration::from_hours(24 * 7));
        let _ = proved(&siti, &town.code).await.good().saying("Kepala Seksi Pelayanan, Desa Tanjung Raman");
        assert_eq!(audit(&app).differences, []);
    }

    async fn a_hiding_is_lifted_before_its_day_by_a_decision_of_its_own(app) {
        let siti = app.anonymous();
        let town = town(&app).await;
        opens(&app, "kasi", town.case).await;
        let officer = app.signed_in("sekda").await;
        let form = officer.get("/data-pribadi/rahasia/baru").await.good().form("#rahasia").fill("kode", &town.code).fill("jenis", "child");
        let form = form.fill("keputusan", "SK 463/7/2026").fill("dasar", "UU 35/2014").fill("alasan", "Anak dalam pendampingan dinas.");
        let list = form.fill("sampai", "2026-12-25").submit().await.redirected("/data-pribadi/rahasia");
        let one = list.click("S••• R•••••••").await.good().saying("UU 35/2014").saying("SK 463/7/2026");
        one.assert_accessible_basics();
        assert!(one.form("#cabut").submit().await.is(422).error_at("keputusan").is_some());
        let lifted = one.form("#cabut").fill("keputusan", "SK 463/9/2026 tanggal 20 November 2026").submit().await;
        let _ = lifted.redirected("/data-pribadi/rahasia").saying("SK 463/9/2026");
        let _ = proved(&siti, &town.code).await.good().saying("Kepala Seksi Pelayanan, Desa Tanjung Raman");
        let named = "select count(*) from kernel_entry where action = 'privacy.hiding.lifted' and detail like '%SK 463/9/2026%'";
        assert_eq!(app.count(named).await, 1);
        assert_eq!(audit(&app).differences, []);
    }

    async fn uu_27_2022_pasal_10_an_objection_comes_to_the_officer_within_3_times_24_hours(app) {
        let siti = app.anonymous();
        let town = town(&app).await;
        opens(&app, "kasi", town.case).await;
        let page = proved(&siti, &town.code).await.good();
        let page = page.click("Saya keberatan").await.good();
        page.assert_accessible_basics();
        let _ = page.form("#permintaan").submit().await.is(422);
        let page = page.form("#permintaan").fill("uraian", "Saya tidak pernah meminta surat ini.").submit().await.good();
        page.assert_accessible_basics();
        let page = page.saying("Sedang ditangani").saying("Pasal 10");
        assert!(page.path.starts_with("/data-saya/permintaan/"), "{}", page.path);
        let due = app.count("select due_at - received_at from kernel_case where system = 'privacy'").await;
        assert_eq!(due, 72 * 3_600_000_000, "hours by the clock, not working days");
        assert_eq!(app.count("select count(*) from kernel_task where system = 'privacy' and state = 'open'").await, 1);

        let officer = app.signed_in("sekda").await;
        let list = officer.get("/data-pribadi/permintaan").await.good();
        list.assert_accessible_basics();
        let open = list.click("Keberatan").await.good();
        open.assert_accessible_basics();
        let open = open.saying("Saya tidak pernah meminta surat ini.").saying("Kepala Seksi Pelayanan, Desa Tanjung Raman");
        let _ = open.form("#jawab").submit().await.is(422);
        let done = open.form("#jawab").fill("putusan", "kabul").fill("jawaban", "Pembukaan itu diperiksa Inspektorat.").submit().await.good();
        let _ = done.saying("Dikabulkan").saying("Pembukaan itu diperiksa Inspektorat.");
        // With the proof the answer is there, with the code alone it is not.
        let own = siti.get(&page.path).await.good().saying("Pembukaan itu diperiksa Inspektorat.");
        let other = app.anonymous().get(&own.path).await.good();
        assert!(!other.says("Inspektorat"));
        // Others have no such page.
        for who in ["operator", "camat", "admin"] {
            let _ = app.signed_in(who).await.get("/data-pribadi/permintaan").await.is(404);
        }
        let _ = app.anonymous().staying().get("/data-pribadi/permintaan").await.is(303);
    }

    async fn uu_27_2022_pasal_7_and_13_a_copy_of_the_data_is_handed_over_and_recorded(app) {
        let siti = app.anonymous();
        let town = town(&app).await;
        opens(&app, "kasi", town.case).await;
        let _ = proved(&siti, &town.code).await.good();
        let ask = siti.get("/data-saya/ajukan?hak=pemindahan").await.good();
        let _ = ask.form("#permintaan").fill("uraian", "Mohon salinan data saya.").submit().await.good();
        let officer = app.signed_in("sekda").await;
        let open = officer.get("/data-pribadi/permintaan").await.good().click("Pemindahan data").await.good();
        let copy = open.form("#salinan").submit().await.good().json();
        assert_eq!(copy["orang"]["nik"], "1611025703810012");
        let read = copy["pembukaan"].as_array().unwrap();
        assert!(read.iter().any(|line| line["jabatan"] == "Kepala Seksi Pelayanan"), "{copy}");
        let made = "select count(*) from kernel_entry where action in ('privacy.copy.made', 'kernel.person.revealed') and account is not null";
        assert_eq!(app.count(made).await, 2);
        // A request for something else gives no copy, even by hand.
        let ask = siti.get("/data-saya/ajukan?hak=keberatan").await.good();
        let _ = ask.form("#permintaan").fill("uraian", "Saya keberatan dibuka.").submit().await.good();
        let open = officer.get("/data-pribadi/permintaan").await.good().click("Keberatan").await.good();
        assert!(!open.has("#salinan"));
        let _ = officer.post(&format!("{}/salinan", open.path), &[]).await.is(409);
    }

    async fn uu_27_2022_pasal_8_an_erasure_leaves_nothing_of_her_and_the_log_whole(app) {
        let siti = app.anonymous();
        let town = town(&app).await;
        let _ = proved(&siti, &town.code).await.good();
        let page = siti.get("/data-saya/ajukan?hak=penghapusan").await.good();
        let page = page.form("#permintaan").fill("uraian", "Saya sudah pindah, mohon dihapus.").submit().await.good();
        assert_eq!(audit(&app).differences, []);
        let officer = app.signed_in("sekda").await;
        let open = officer.get("/data-pribadi/permintaan").await.good().click("Penghapusan").await.good();
        let form = open.form("#jawab").fill("putusan", "kabul").fill("jawaban", "Data Anda sudah dihapus.").fill("hapus", "semua");
        let _ = form.submit().await.good().saying("Dikabulkan");
        let left = app
            .read(|rx| {
                let sql = "select count(*) from kernel_history where image like '%Siti Rahmawati%' or image like '%catatan tentang Siti%'";
                let rows = "select count(*) from kernel_person where name like '%Siti%'";
                Ok((rx.count(sql, &[])?, rx.count(rows, &[])?))
            })
            .await;
        assert_eq!(left, (0, 0));
        let state = audit(&app);
        assert_eq!(state.differences, [], "erased images are told apart from tampering");
        let _ = page;
        let person = town.siti;
        assert!(app.read(move |rx| party::find(rx, person)).await.is_some_and(|person| person.source == party::ERASED));
    }

    async fn a_legal_hold_stops_an_erasure_until_it_is_lifted(app) {
        let siti = app.anonymous();
        let town = town(&app).await;
        let officer = app.signed_in("sekda").await;
        let page = officer.get("/data-pribadi/penahanan/baru").await.good();
        page.assert_accessible_basics();
        let _ = page.form("#tahan").submit().await.is(422);
        let form = page.form("#tahan").fill("atas", "perkara").fill("kode", &town.code).fill("keputusan", "Surat PN 12/2026").fill("alasan", "Perkara perdata berjalan.");
        let page = form.submit().await.redirected("/data-pribadi/penahanan").saying("Surat PN 12/2026");
        page.assert_accessible_basics();
        let _ = proved(&siti, &town.code).await.good();
        let ask = siti.get("/data-saya/ajukan?hak=penghapusan").await.good();
        let _ = ask.form("#permintaan").fill("uraian", "Mohon data saya dihapus.").submit().await.good();
        let open = officer.get("/data-pribadi/permintaan").await.good().click("Penghapusan").await.good().saying("penahanan penghapusan");
        let refused = open.form("#jawab").fill("putusan", "kabul").fill("jawaban", "Data Anda sudah dihapus.").fill("hapus", "semua").submit().await.is(422);
        let _ = refused.saying("penahanan penghapusan");
        // Lifting asks for a decision just as setting does, and the entry names it.
        let one = officer.get("/data-pribadi/penahanan").await.good().click(&town.code).await.good();
        one.assert_accessible_basics();
        assert!(one.form("#cabut").submit().await.is(422).error_at("keputusan").is_some());
        let lifted = one.form("#cabut").fill("keputusan", "Surat PN 40/2026 tanggal 20 November 2026").submit().await;
        let _ = lifted.redirected("/data-pribadi/penahanan").saying("Dicabut 20 November 2026").saying("Surat PN 40/2026");
        for (action, decree) in [("set", "Surat PN 12/2026"), ("lifted", "Surat PN 40/2026 tanggal 20 November 2026")] {
            let (action, decree) = (format!("kernel.hold.{action}"), format!("%{decree}%"));
            let named = "select count(*) from kernel_entry where action = $1 and detail like $2";
            assert_eq!(app.read(move |rx| Ok(rx.count(named, &kernel::params![action, decree])?)).await, 1);
        }
        let _ = one.form("#cabut").fill("keputusan", "Surat lain 1/2026").submit().await.is(409).saying("sudah berakhir");
        let open = officer.get("/data-pribadi/permintaan").await.good().click("Penghapusan").await.good();
        let _ = open.form("#jawab").fill("putusan", "kabul").fill("jawaban", "Data Anda sudah dihapus.").fill("hapus", "semua").submit().await.good();
    }

    async fn at_the_counter_the_list_is_printed_for_residents_of_the_own_area(app) {
        let siti = app.anonymous();
        let town = town(&app).await;
        opens(&app, "kasi", town.case).await;
        let operator = app.signed_in("operator").await;
        let page = operator.get("/data-pribadi/loket").await.good();
        page.assert_accessible_basics();
        let _ = page.form("#cari").fill("nik", "12").submit().await.is(422);
        let page = page.form("#cari").fill("nik", "1611025703810012").submit().await.good();
        let page = page.click("S••• R••••••• · NIK ••••••••••••0012").await.good();
        page.assert_accessible_basics();
        let printed = page.form("#cetak").submit().await.good().saying("Kepala Seksi Pelayanan, Desa Tanjung Raman");
        printed.assert_accessible_basics();
        assert_eq!(app.count("select count(*) from kernel_entry where action = 'privacy.readings.printed' and account is not null").await, 1);
        // An operator of another village finds nobody, also by address.
        let other = app.signed_in("operator.kelurahan").await;
        let none = other.get("/data-pribadi/loket").await.good().form("#cari").fill("nik", "1611025703810012").submit().await.good();
        let _ = none.saying("Tidak ada warga");
        let _ = other.get(&format!("/data-pribadi/loket/{}", town.siti)).await.is(404);
        // And the reading at the counter is on her list.
        let _ = proved(&siti, &town.code).await.good().saying("Operator Desa, Desa Tanjung Raman");
        let _ = town.world;
    }

    async fn uu_27_2022_pasal_46_both_notices_of_a_breach_have_their_clock_and_text(app) {
        let _town = town(&app).await;
        let officer = app.signed_in("sekda").await;
        let page = officer.get("/data-pribadi/pelanggaran/baru").await.good();
        page.assert_accessible_basics();
        let _ = page.form("#pelanggaran").fill("jam", "99").submit().await.is(422);
        let form = page.form("#pelanggaran").fill("nama", "Laptop hilang").fill("terjadi", "2026-11-19").fill("jam", "00:30");
        let form = form.fill("orang", "148").fill("data", "Nama, NIK, alamat").fill("kejadian", "Laptop berisi salinan daftar penduduk hilang.");
        let page = form.fill("upaya", "Akun ditutup, kata sandi diganti.").submit().await.good().saying("Laptop hilang");
        page.assert_accessible_basics();
        let hours = app.count("select (due_at - found_at) / 3600000000 from privacy_breach").await;
        assert_eq!(hours, 72);
        for whom in ["lembaga", "subjek"] {
            let letter = officer.get(&format!("{}/surat/{whom}", page.path)).await.good();
            letter.assert_accessible_basics();
            let letter = letter.saying("Nama, NIK, alamat").saying("Laptop berisi salinan").saying("Akun ditutup");
            let _ = letter.form("#kirim").submit().await.is(422);
            let _ = letter.form("#kirim").fill("cara", "Surat 555/1/2026, surel").submit().await.good().saying("Disampaikan");
        }
        let _ = officer.get(&format!("{}/surat/lain", page.path)).await.is(404);
        let page = officer.get(&page.path).await.good();
        let _ = page.form("form[action$='/tutup']").submit().await.good().saying("sudah ditutup");
        officer.get("/data-pribadi/pelanggaran").await.good().assert_accessible_basics();
    }

    async fn uu_27_2022_pasal_31_the_record_of_processing_is_made_from_the_manifests(app) {
        let _town = town(&app).await;
        let officer = app.signed_in("sekda").await;
        let page = officer.get("/data-pribadi/pemrosesan").await.good();
        page.assert_accessible_basics();
        let _ = page.saying("Permintaan subjek data").saying("Log audit").saying("1.826 hari (usulan, belum ditetapkan)");
        // The term that holds is the one the government decided.
        app.write(|tx| retention::decide(tx, &retention::KERNEL[2], 3_650, "Perbup 12/2026", true)).await;
        let _ = officer.get("/data-pribadi/pemrosesan").await.good().saying("3.650 hari: Alamat jaringan");
        let file = officer.post("/data-pribadi/pemrosesan/unduh", &[("format", "csv")]).await.good();
        assert!(file.text().contains("privacy_request.*"), "{}", file.text());
        let _ = officer.post("/data-pribadi/pemrosesan/unduh", &[("format", "exe")]).await.is(400);
    }

    async fn a_term_is_decided_with_its_source_and_old_entries_lose_their_details(app) {
        let town = town(&app).await;
        opens(&app, "kasi", town.case).await;
        let officer = app.signed_in("sekda").await;
        let page = officer.get("/data-pribadi/penyimpanan").await.good();
        page.assert_accessible_basics();
        let _ = officer.get("/data-pribadi/penyimpanan/aturan/tidak.ada").await.is(404);
        // A proposal erases nothing, however old the records are.
        app.write(|tx| jobs::add(tx, NewJob::new("privacy.retention", serde_json::Value::Null)).map(drop)).await;
        app.settle().await;
        assert_eq!(app.count("select count(*) from kernel_retention_run").await, 0);
        let page = officer.get("/data-pribadi/penyimpanan/aturan/kernel.entries").await.good();
        page.assert_accessible_basics();
        let _ = page.form("#aturan").fill("hari", "0").submit().await.is(422);
        let page = page.form("#aturan").fill("hari", "10").fill("dasar", "Perbup 12/2026").submit().await.redirected("/data-pribadi/penyimpanan");
        let _ = page.saying("Perbup 12/2026");
        assert_eq!(audit(&app).differences, []);
        app.clock().advance(SignedDuration::from_hours(24 * 12));
        app.write(|tx| jobs::add(tx, NewJob::new("privacy.retention", serde_json::Value::Null)).map(drop)).await;
        app.settle().await;
        assert!(app.count("select count(*) from kernel_retention_run where rule = 'kernel.entries' and erased > 0").await >= 1);
        assert_eq!(audit(&app).differences, [], "blanked entries keep their place in the log");
        let officer = app.signed_in("sekda").await;
        let page = officer.get("/data-pribadi/penyimpanan").await.good().saying("Alamat jaringan dan rincian");
        let run = app.read(|rx| Ok(rx.one("select id from kernel_retention_run order by at desc limit 1", &[])?.unwrap().get::<Id>(0)?)).await;
        officer.get(&format!("/data-pribadi/penyimpanan/laporan/{run}")).await.good().saying("Perbup 12/2026").assert_accessible_basics();
        let _ = page;
    }

    async fn pseudonyms_are_stable_within_a_purpose_blind_between_purposes_and_leave_by_the_gate(app) {
        let town = town(&app).await;
        let officer = app.signed_in("sekda").await;
        let page = officer.get("/data-pribadi/samaran").await.good();
        page.assert_accessible_basics();
        let _ = page.form("#samaran").fill("tujuan", "x").submit().await.is(422);
        let asked = page.form("#samaran").fill("tujuan", "Penelitian stunting 2026").submit().await.good().saying("Data tersamar");
        let asked = asked.form("#tujuan").fill("tujuan", "planning").fill("alasan", "penelitian bersama kampus").submit().await;
        let request = asked.redirected("/unduhan/");
        app.settle().await;
        let file = officer.get(&format!("{}/berkas", request.path)).await.good();
        let body = file.body();
        let rows: Vec<&str> = body.lines().collect();
        assert!(rows.len() > 1 && rows[0].contains("samaran,kode_desa"), "{body}");
        assert!(!body.contains("Siti") && !body.contains("1611025703810012"), "{body}");
        let of = |purpose: &str| app.gov().keys().pseudonym(purpose, town.siti);
        assert_eq!(of("penelitian stunting 2026"), of("penelitian stunting 2026"));
        assert_ne!(of("penelitian stunting 2026"), of("penelitian kemiskinan 2026"));
    }
);
