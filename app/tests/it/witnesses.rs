//! The Berita Acara says of each witness whether its signature was verified, and why not.

use kernel::{
    grant::{self, Grantee},
    log::{self, Cosigned, WitnessKey},
};
use testkit::{Database, Page, TestApp, Visitor, World};
use tlog::{Cosigner, Note};

use crate::systems::SYSTEMS;

fn witness(name: &str, seed: u8) -> Cosigner {
    Cosigner::from_seed(name, &[seed; 32]).unwrap()
}

async fn sequenced(app: &TestApp) {
    let gov = std::sync::Arc::clone(app.gov());
    tokio::task::spawn_blocking(move || log::Sequencer::new(gov).sequence_all()).await.unwrap().unwrap();
}

/// A witness signs a checkpoint and the log keeps it: its own newest one, or another text.
async fn signs(app: &TestApp, witness: Cosigner, other: Option<&'static str>) {
    app.write(move |tx| {
        let head = log::head(tx)?.ok_or(kernel::Error::Missing)?;
        let note = other.map_or_else(|| head.checkpoint.clone(), str::to_owned);
        let text = Note::parse(&note).unwrap().text;
        let at = tx.now();
        let line = witness.sign(u64::try_from(at.as_second()).unwrap(), &text).to_string();
        let one = Cosigned { witness: witness.verifier().name().to_owned(), size: head.size, note, line, at };
        Ok(log::keep_cosignature(tx, head.epoch, &one)?)
    })
    .await;
}

async fn audits(app: &TestApp, inspector: &Visitor) -> Page {
    let asked = inspector.get("/pengawasan/keutuhan").await.good().form("#periksa").submit().await.redirected("/pengawasan/keutuhan/");
    sequenced(app).await;
    app.settle().await;
    let ended = inspector.get(&asked.path).await.good();
    let _ = inspector.get(&format!("{}/berita-acara", asked.path)).await.good();
    ended
}

fn paper(app: &TestApp) -> String {
    serde_json::to_string(app.papers().papers().last().unwrap()).unwrap()
}

/// A checkpoint of a tree that nobody here ever had.
const OTHER: &str = "uji.example/lain/log\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— uji.example/lain/log AAAAAAEC\n";

#[tokio::test]
async fn a_berita_acara_verifies_each_witness_with_its_configured_key() {
    for database in [Database::Sqlite, Database::Postgres] {
        let configured = [("saksi.satu/log", 1), ("saksi.dua/log", 2), ("saksi.tiga/log", 3), ("saksi.empat/log", 4)];
        let key =
            |(name, seed): (&str, u8)| WitnessKey { url: format!("https://{name}"), verifier: witness(name, seed).verifier().clone() };
        let setup = TestApp::setup(&SYSTEMS).on(database).witnesses(configured.map(key).to_vec());
        let app = setup.start().await;
        let world = World::with_terms(&app, Some(identity::TERMS_VERSION)).await;
        let account = world.account("inspektur.a", None, "Ratna Juwita").await;
        world.grant(Grantee::Account(account), grant::INSPECTOR, world.regency).await;
        let inspector = app.signed_in("inspektur.a").await;
        sequenced(&app).await;
        signs(&app, witness("saksi.satu/log", 1), None).await;
        signs(&app, witness("saksi.lain/log", 9), None).await;
        let page = audits(&app, &inspector).await.saying("Utuh").saying("1 dari 5 terverifikasi");
        page.assert_accessible_basics();
        let result =
            |page: &Page, name: &str| page.rows("main table tbody tr").into_iter().find(|row| row[0] == name).unwrap_or_default().join(" ");
        assert!(result(&page, "saksi.satu/log").contains("Terverifikasi"), "{}", result(&page, "saksi.satu/log"));
        assert!(result(&page, "saksi.lain/log").contains("tidak terdaftar"));
        assert!(result(&page, "saksi.dua/log").contains("Belum menandatangani"));
        let text = paper(&app);
        assert!(
            text.contains("terverifikasi dengan kunci terdaftar") && text.contains("tidak dapat diperiksa, kuncinya tidak terdaftar"),
            "{text}"
        );
        assert!(text.contains("saksi.dua/log: terdaftar, belum menandatangani"));
        // Somebody signs in the name of a witness without its key; another signs a tree that is not this one.
        signs(&app, witness("saksi.dua/log", 77), None).await;
        signs(&app, witness("saksi.tiga/log", 3), Some(OTHER)).await;
        let page = audits(&app, &inspector).await.saying("Ada perbedaan").saying("1 dari 5 terverifikasi");
        assert!(result(&page, "saksi.dua/log").contains("tidak cocok dengan kunci"), "{}", result(&page, "saksi.dua/log"));
        assert!(result(&page, "saksi.tiga/log").contains("tidak meneruskan pohon"), "{}", result(&page, "saksi.tiga/log"));
        assert!(page.says("witness-forged"), "{}", page.text());
        let text = paper(&app);
        assert!(text.contains("TIDAK COCOK dengan kunci terdaftar") && text.contains("TIDAK DITERUSKAN log ini"), "{text}");
        app.leave_work();
    }
}
