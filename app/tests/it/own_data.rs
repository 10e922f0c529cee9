//! What a person may know, and the record the government keeps of what it does: across systems, with the real texts of all.

use std::io::Read as _;

use testkit::Visitor;

use crate::{systems::SYSTEMS, town::Town};

/// The contents of a workbook, every part after another.
pub(crate) fn unzipped(bytes: &[u8]) -> String {
    let number = |at: usize, len: usize| bytes[at..at + len].iter().rev().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    let end = (0..bytes.len() - 3).rev().find(|at| bytes[*at..].starts_with(b"PK\x05\x06")).expect("the end of a workbook");
    let (count, mut at, mut text) = (number(end + 10, 2), number(end + 16, 4), String::new());
    for _ in 0..count {
        let (method, size, local) = (number(at + 10, 2), number(at + 20, 4), number(at + 42, 4));
        let start = local + 30 + number(local + 26, 2) + number(local + 28, 2);
        let part = &bytes[start..start + size];
        match method {
            0 => text.push_str(&String::from_utf8_lossy(part)),
            _ => drop(flate2::read::DeflateDecoder::new(part).read_to_string(&mut text).expect("a part of a workbook")),
        }
        at += 46 + number(at + 28, 2) + number(at + 30, 2) + number(at + 32, 2);
    }
    text
}

/// The sekda answers for personal data.
async fn officer(town: &Town<'_>) -> Visitor {
    let post = town.world.post(town.world.regency, kernel::post::office::REGENCY_SECRETARY).await;
    town.world.grant(kernel::grant::Grantee::Post(post), kernel::grant::PRIVACY_OFFICER, town.world.regency).await;
    town.app.signed_in("sekda").await
}

testkit::both!(SYSTEMS;
    async fn uu_27_2022_pasal_31_the_record_of_processing_leaves_as_a_workbook_and_on_paper(app) {
        let town = Town::build(&app).await;
        let officer = officer(&town).await;
        let page = officer.get("/data-pribadi/pemrosesan").await.good();
        page.assert_accessible_basics();
        let wanted: Vec<&str> = SYSTEMS.iter().flat_map(|system| system.processing).map(|one| one.legal).collect();
        assert!(wanted.len() > 10, "{wanted:?}");
        for legal in &wanted {
            assert!(page.says(legal), "{legal}");
        }
        let file = officer.post("/data-pribadi/pemrosesan/unduh", &[("format", "xlsx")]).await.good();
        assert!(file.bytes.starts_with(b"PK") && file.header("content-disposition").contains("pemrosesan-data-pribadi.xlsx"));
        let sheet = unzipped(&file.bytes).replace("&amp;", "&");
        for legal in &wanted {
            assert!(sheet.contains(legal), "{legal} is not in the workbook");
        }
        for word in ["Persetujuan", "Kewajiban hukum", "kernel_person.*", "Kontak dan konsep", "Foto KTP dan KK"] {
            assert!(sheet.contains(word), "{word} is not in the workbook");
        }
        // On the page and on paper data are called as people call them.
        assert!(page.says("Foto KTP dan KK") && page.says("kernel_person.*"));
        let paper = officer.get("/data-pribadi/pemrosesan/cetak").await.good();
        assert!(paper.bytes.starts_with(b"%PDF") && paper.bytes.len() > 4_000, "{} bytes", paper.bytes.len());
        let words = String::from_utf8_lossy(&paper.bytes).into_owned();
        assert!(words.contains("Foto KTP dan KK") && !words.contains("kernel_person"), "the paper is for readers");
        let entries = app.count("select count(*) from kernel_entry where action = 'privacy.processing.exported'").await;
        assert_eq!(entries, 1);
        let _ = app.signed_in("operator").await.post("/data-pribadi/pemrosesan/unduh", &[("format", "xlsx")]).await.is(404);
        app.leave_work();
    }

    async fn a_link_in_an_e_mail_is_a_way_into_ones_own_data(app) {
        let town = Town::build(&app).await;
        let code = indonesian::Code::parse(&town.case("introduction").code).unwrap().as_str().to_owned();
        // She forgot her NIK: the page of her data says where the link comes from.
        let forgetful = app.anonymous();
        let page = forgetful.get("/data-saya").await.good();
        let page = page.click("Lacak permohonan").await.good();
        let _ = page.form("/lacak").fill("kode", &code).submit().await.good();
        let before = app.mailbox().letters().len();
        let page = forgetful.get(&format!("/lacak/{code}/bukti")).await.good();
        let _ = page.form("form[action$='/surel']").submit().await.good();
        app.settle().await;
        let letters = app.mailbox().letters().split_off(before);
        assert_eq!(letters.len(), 1, "{letters:#?}");
        assert_eq!(letters[0].to, ["warga@contoh.id"]);
        let text = letters[0].text();
        let link = text.split_whitespace().find(|word| word.contains("/bukti/")).unwrap();
        let path = link[link.find("/lacak/").unwrap()..].trim_end_matches('.').to_owned();
        // Opening it proves nothing yet: a mail reader opens links by itself.
        let _ = app.anonymous().get(&path).await.good();
        assert!(forgetful.staying().get("/data-saya/riwayat").await.is(303).header("location").ends_with("/data-saya"));
        let hers = app.anonymous();
        let page = hers.get(&path).await.good();
        page.assert_accessible_basics();
        let _ = page.form("form[action*='/bukti/']").submit().await.good();
        // Without asking anything more: who read her data, a right, and its answer.
        let list = hers.get("/data-saya/riwayat").await.good();
        list.assert_accessible_basics();
        assert_eq!(list.h1(), "Siapa membuka data Anda");
        let ask = hers.get("/data-saya/ajukan?hak=akses").await.good();
        let sent = ask.form("#permintaan").fill("uraian", "Mohon salinan data saya.").submit().await.good().saying("Sedang ditangani");
        assert!(sent.path.starts_with("/data-saya/permintaan/"));
        let asked = app.count("select count(*) from privacy_request r join kernel_case c on c.applicant = r.person where r.subject_right = 'akses' and c.state = 'introduction'").await;
        assert_eq!(asked, 1, "for the person whose application it is");
        // The link holds once, and the browser forgets when she says so.
        let _ = app.anonymous().post(&path, &[]).await.is(410);
        let _ = hers.get("/data-saya/riwayat").await.good().form("form[action='/data-saya/selesai']").submit().await.good();
        let _ = hers.staying().get("/data-saya/riwayat").await.is(303);
        app.leave_work();
    }
);

#[test]
fn a_workbook_is_read() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let _ = book.add_worksheet().write_string(0, 0, "sebelas dua belas").unwrap();
    assert!(unzipped(&book.save_to_buffer().unwrap()).contains("sebelas dua belas"));
}
