//! An erasure reaches what every system keeps of whoever asked, and the log stays whole.

use kernel::params;
use privacy::{model::Right, store::requests};

use crate::{systems::SYSTEMS, town::Town};

testkit::both!(SYSTEMS;
    async fn uu_27_2022_pasal_8_an_erasure_reaches_the_answers_of_a_finished_application(app) {
        let town = Town::build(&app).await;
        let (case, gov) = (town.case("refused").id, app.gov().clone());
        let before = app.read(move |rx| Ok(rx.count("select length(answers_sealed) from services_application where id = $1", &params![case])?)).await;
        assert!(before > 100, "something was written: {before} bytes");
        let request = app
            .write(move |tx| {
                let person = kernel::case::find(tx, case)?.applicant.ok_or(kernel::Error::Missing)?;
                let detail = "Saya pindah ke luar negeri.".to_owned();
                Ok(requests::open(tx, &gov, &requests::NewRequest { right: Right::Erasure, person, entry: None, detail, channel: "counter" })?.id)
            })
            .await;
        let officer = app.signed_in("privacy_officer.a").await;
        let page = officer.get(&format!("/data-pribadi/permintaan/{request}")).await.good();
        let form = page.form("#jawab").fill("putusan", "kabul").fill("jawaban", "Data Anda sudah dihapus.").fill("hapus", "semua");
        let _ = form.submit().await.good().saying("Dikabulkan");
        let (after, contacts, images) = app
            .read(move |rx| {
                let id = params![case];
                let history = "select count(*) from kernel_history where table_name = 'services_application' and row_id = $1 and image is not null";
                Ok((
                    rx.count("select length(answers_sealed) from services_application where id = $1", &id)?,
                    rx.count("select count(*) from services_application where id = $1 and (phone_sealed is not null or email_sealed is not null)", &id)?,
                    rx.count(history, &id)?,
                ))
            })
            .await;
        assert!(after < before && after < 64, "the answers are gone: {after} bytes");
        assert_eq!((contacts, images), (0, 1), "contacts, and images of what was there before");
        app.leave_work();
    }
);
