//! What people type wrongly, send twice, or send too late.

use kernel::offering::{self, State};

use super::{cases, home, to_review, who};
use crate::{
    systems::SYSTEMS,
    town::{self, SERVICE, VILLAGE, person},
};

testkit::both!(SYSTEMS;
    async fn one_form_sent_twice_and_from_two_tabs_is_one_application(app) {
        let _world = town::furnished(&app).await;
        let resident = app.anonymous();
        let page = to_review(&resident, 1).await;
        // The other tab is the same browser with the same last page.
        let other = resident.get(&page.path).await.good();
        let first = page.form("#isian").submit().await.redirected("/lacak/");
        let again = page.form("#isian").submit().await.redirected("/lacak/");
        let tab = other.form("#isian").submit().await.redirected("/lacak/");
        let code = |page: &testkit::Page| page.path.split(['/', '?']).nth(2).unwrap().to_owned();
        assert_eq!((code(&first), code(&first)), (code(&again), code(&tab)));
        assert_eq!(cases(&app).await, 1);
        app.settle().await;
    }

    async fn two_presses_at_once_are_one_application(app) {
        let _world = town::furnished(&app).await;
        let page = to_review(&app.anonymous(), 1).await;
        let press = || { let form = page.form("#isian"); async move { form.submit().await } };
        let (one, other) = tokio::join!(press(), press());
        let ends = [one.redirected("/lacak/").path, other.redirected("/lacak/").path];
        let codes: std::collections::BTreeSet<&str> = ends.iter().map(|path| path.split(['/', '?']).nth(2).unwrap()).collect();
        assert_eq!((codes.len(), cases(&app).await), (1, 1));
        app.settle().await;
    }

    async fn a_service_withdrawn_meanwhile_takes_no_form_and_says_so(app) {
        let world = town::furnished(&app).await;
        let resident = app.anonymous();
        let page = to_review(&resident, 1).await;
        let village = world.village;
        app.write(move |tx| {
            let offer = offering::at(tx, "services", village, SERVICE)?;
            offering::set_state(tx, &offer, State::Withdrawn)
        })
        .await;
        let refused = page.form("#isian").submit().await;
        assert!(refused.status.is_client_error(), "{}", refused.status);
        refused.assert_accessible_basics();
        let refused = refused.saying("ditarik oleh Desa Tanjung Raman");
        assert!(refused.says("hubungi kantor"), "what to do is said: {}", refused.text());
        assert_eq!(cases(&app).await, 0);
        // Whoever opens the service reads it too, and the counter does not offer it.
        let _ = resident.get(&format!("/layanan/{VILLAGE}/{SERVICE}")).await.good().saying("tidak dibuka");
        let at_counter = app.signed_in("operator").await.get("/loket").await.good();
        assert!(!at_counter.links("main a").iter().any(|(words, _)| words.contains("Domisili")));
        // Opened again, what was filled in is still there.
        app.write(move |tx| {
            let offer = offering::at(tx, "services", village, SERVICE)?;
            offering::set_state(tx, &offer, State::Open)
        })
        .await;
        let page = resident.get(&home()).await.good();
        assert!(page.value("kunci").is_some() || page.body().contains("Warga"), "the draft is kept");
        app.settle().await;
    }

    async fn a_nik_of_fifteen_digits_is_refused_and_an_odd_one_asked_about(app) {
        let _world = town::furnished(&app).await;
        let resident = app.anonymous();
        let nik = person(1)["nik"].as_str().unwrap().to_owned();
        let page = who(&resident, 1).await.fill("diri.nik", &nik[..15]).submit().await.is(422);
        page.assert_accessible_basics();
        let error = page.error_at("diri.nik").expect("the sentence stands at the field");
        assert!(error.contains("16") && error.contains("15"), "{error}");
        assert_eq!(page.value("diri.nama").as_deref(), person(1)["name"].as_str(), "what was typed stays");
        // A NIK of somebody born on another day is odd: it happens, so a reason is asked and then accepted.
        let odd = person(2)["nik"].as_str().unwrap().to_owned();
        let page = page.form("#isian").fill("diri.nik", &odd).submit().await.is(422);
        assert!(page.error_at("diri.alasan").is_some(), "{:?}", page.errors());
        let page = page.form("#isian").fill("diri.alasan", "NIK di KTP memang begitu").submit().await.good();
        assert!(page.path.contains("h=1"), "{}", page.path);
        app.settle().await;
    }

    async fn one_wrong_letter_in_a_code_is_noticed_before_anything_is_looked_up(app) {
        let mut town = town::Town::build(&app).await;
        let (_, code) = town.takes_in("operator", VILLAGE, SERVICE, 300).await;
        let visitor = app.anonymous();
        let _ = visitor.get(&format!("/lacak/{code}")).await.good();
        let _ = visitor.get(&format!("/lacak/{}", code.to_lowercase().replace('-', "%20"))).await.good();
        let letters: Vec<char> = code.chars().collect();
        for place in (0..letters.len()).filter(|place| letters[*place] != '-') {
            let mut wrong = letters.clone();
            wrong[place] = if wrong[place] == '7' { '8' } else { '7' };
            let wrong: String = wrong.into_iter().collect();
            let page = visitor.get(&format!("/lacak/{wrong}")).await;
            assert!(page.status.is_client_error(), "{wrong}: {}", page.status);
            assert!(page.says("salah ketik"), "{wrong}: {}", page.text());
            let typed = visitor.get(&format!("/lacak?kode={wrong}")).await;
            assert!(!typed.path.contains(&wrong.replace('-', "")), "the form says it itself");
        }
        app.settle().await;
    }

    async fn a_session_that_ended_while_typing_loses_nothing(app) {
        let world = town::furnished(&app).await;
        let person = world.resident(world.village, "Siti Aminah", "1611034403810002", kernel::Date::constant(1981, 3, 4)).await;
        let operator = app.signed_in("operator").await;
        let offering = app
            .read(move |rx| {
                let found = rx.one("select o.id from kernel_offering o join kernel_unit u on u.id = o.unit where u.slug = 'tanjung-raman' and o.kind = 'keterangan-domisili'", &[])?;
                Ok(found.unwrap().get::<kernel::Id>(0)?)
            })
            .await;
        let path = format!("/loket/layanan/{offering}/{person}");
        let page = operator.get(&path).await.good();
        let form = page.form("#isian").fill("alamat_domisili", "Dusun IV, dekat jembatan gantung").fill("status_tinggal", "sama").fill("keperluan", "kerja").fill_date("tinggal_sejak", "1", "1", "2020");
        app.clock().advance_hours(4);
        let login = form.submit().await.is(401).saying("Sesi Anda berakhir");
        login.assert_accessible_basics();
        let page = login.form("/masuk").fill("username", "operator").fill("password", testkit::PASSWORD).submit().await.good();
        let page = page.saying("Dusun IV, dekat jembatan gantung").form(&path).submit().await.redirected("/loket/");
        page.assert_accessible_basics();
        assert_eq!(cases(&app).await, 1);
        let answers = app.signed_in("kasi").await;
        let case = app.read(|rx| Ok(rx.one("select id from kernel_case where system = 'services'", &[])?.unwrap().get::<kernel::Id>(0)?)).await;
        let _ = answers.get(&format!("/tugas/{case}")).await.good().saying("dekat jembatan gantung");
        app.settle().await;
    }
);
