//! The second proof of an applicant tells nothing, by text or by work.

use std::collections::BTreeSet;

use kernel::{Date, proof::Proof};
use testkit::World;

use super::home::{adopted, code_of, up_to_review};
use crate::store::{self, tracking};

const SYSTEMS: [&web::System; 1] = [&crate::SYSTEM];

testkit::both!(SYSTEMS;
    async fn a_wrong_proof_costs_the_same_whatever_was_wrong(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let code = code_of(&up_to_review(&app.anonymous()).await.form("#isian").submit().await.good());
        let mut work = BTreeSet::new();
        for (born, tail) in [((1981, 3, 17), "9999"), ((1980, 1, 1), "0012"), ((1980, 1, 1), "9999")] {
            let (code, born) = (code.clone(), Date::constant(born.0, born.1, born.2));
            work.insert(
                app.write(move |tx| {
                    let before = tx.statements();
                    assert_eq!(tracking::prove(tx, &code, Some(born), tail)?, Proof::Wrong);
                    Ok(tx.statements() - before)
                })
                .await,
            );
            app.clock().advance_hours(25);
        }
        // The first try writes its row anew, the later ones too: a day has passed.
        assert_eq!(work.len(), 1, "{work:?}");
        app.leave_work();
    }

    async fn asking_for_a_link_does_the_same_with_and_without_an_address(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let code = code_of(&up_to_review(&siti).await.form("#isian").submit().await.good());
        app.settle().await;
        let before = app.count("select count(*) from kernel_notice where channel = 'email'").await;
        let page = siti.get(&format!("/lacak/{code}/bukti")).await.good();
        let _ = page.form("form[action$='/surel']").submit().await.good().saying("Bila alamat surel tercatat");
        // The request only queued a job: whether there is an address is looked up later.
        assert_eq!(app.count("select count(*) from kernel_job where kind = 'services.proof-mail' and state = 'due'").await, 1);
        assert_eq!(app.count("select count(*) from kernel_notice where channel = 'email'").await, before);
        app.settle().await;
        let sent = app.count("select count(*) from kernel_notice where template = 'services-mail-proof'").await;
        let known = app.count("select count(*) from services_application where email_sealed is not null").await;
        assert_eq!(sent, known);
        app.leave_work();
    }

    async fn the_link_that_was_mailed_proves_once_and_its_secret_stands_nowhere(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let siti = app.anonymous();
        let code = code_of(&up_to_review(&siti).await.form("#isian").submit().await.good());
        app.settle().await;
        let page = siti.get(&format!("/lacak/{code}/bukti")).await.good();
        let _ = page.form("form[action$='/surel']").submit().await.good();
        app.settle().await;
        let texts: Vec<String> = app.mailbox().letters().iter().map(testkit::SentMail::text).collect();
        let text = texts.iter().find(|text| text.contains("/bukti/")).unwrap_or_else(|| panic!("no link in {texts:?}"));
        let at = text.find("/lacak/").unwrap();
        let path: String = text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
        let secret = path.rsplit('/').next().unwrap().to_owned();
        assert_eq!(secret.len(), 40, "{path}");
        let held = app.read(move |rx| Ok(rx.count("select count(*) from kernel_notice where args like $1", &[format!("%{secret}%").into()])?));
        assert_eq!(held.await, 0);
        let other = app.anonymous();
        let page = other.get(&path).await.good();
        let _ = page.form("main form").submit().await.redirected("/lacak/");
        let _ = app.anonymous().post(&path, &[]).await.is(410);
        app.leave_work();
    }

    async fn the_link_by_mail_costs_the_same_with_and_without_an_address_and_whatever_the_link_is(app) {
        let world = World::small(&app).await;
        adopted(&app, &world).await;
        let code = code_of(&up_to_review(&app.anonymous()).await.form("#isian").submit().await.good());
        let mut asked = BTreeSet::new();
        for address in [true, false] {
            let code = code.clone();
            let count = app.write(move |tx| {
                if !address {
                    let case = kernel::case::by_code(tx, &code)?;
                    store::change(tx, case.id, &kernel::cols! { "email_sealed" => None::<Vec<u8>> })?;
                }
                let before = tx.statements();
                assert_eq!(tracking::ask_proof_mail(tx, &code)?, None);
                Ok(tx.statements() - before)
            });
            asked.insert(count.await);
            app.clock().advance_hours(25);
        }
        assert_eq!(asked.len(), 1, "{asked:?}");
        // A link that never was, one that is over, one that was used: refused after as many questions.
        let mut tried = BTreeSet::new();
        for state in ["none", "replaced", "used"] {
            let code = code.clone();
            let count = app.write(move |tx| {
                let case = kernel::case::by_code(tx, &code)?;
                let token = store::links::make(tx, case.id, store::links::Purpose::Proof, "", "")?;
                tx.entry(kernel::NewEntry::new("services.proof.mailed").case(case.id));
                let token = match state {
                    "replaced" => {
                        store::links::make(tx, case.id, store::links::Purpose::Proof, "", "")?;
                        token
                    }
                    "used" => {
                        tracking::prove_by_link(tx, &code, &token)?;
                        token
                    }
                    _ => "A".repeat(24),
                };
                let before = tx.statements();
                assert!(tracking::prove_by_link(tx, &code, &token).is_err(), "{state}");
                Ok(tx.statements() - before)
            });
            tried.insert(count.await);
        }
        assert_eq!(tried.len(), 1, "{tried:?}");
        app.leave_work();
    }
);
