//! Lists of officials: compared first, chosen row by row, run and undone as one.

use kernel::{Id, account, params, post::office};
use testkit::{Page, Visitor};

use super::{SYSTEMS, world};

const FILE: &str = "nama,nip,jabatan,unit,pangkat,jenis,mulai,sampai,keputusan\n\
    Rusdi Hartono,,Kepala Desa,16.11.03.2001,,definitif,02-01-2024,,SK 141/2024\n\
    \"Siti Rahma, S.IP.\",,Sekretaris Desa,Desa Tanjung Raman,,,01-11-2026,,SK 9/2026\n\
    Budi Utomo,NIPD 77/2026,Kepala Dusun I,16.11.03.2001,,,01-11-2026,,SK 10/2026\n\
    Orang Jauh,,Camat,16.11.99,,,01-11-2026,,SK 11/2026\n\
    Tanpa Tanggal,,Operator Desa,16.11.03.2001,,,kapan-kapan,,SK 12/2026\n";

async fn brings(visitor: &Visitor, file: &str) -> Page {
    let page = visitor.get("/pejabat/impor").await.good();
    page.assert_accessible_basics();
    page.form("/pejabat/impor").attach("berkas", "perangkat.csv", "text/csv", file.as_bytes()).submit().await
}

testkit::both!(SYSTEMS;
    async fn a_list_of_officials_is_compared_chosen_run_and_undone(app) {
        let world = world(&app).await;
        let admin = app.signed_in("admin").await;
        let page = brings(&admin, FILE).await.redirected("/pejabat/impor/");
        page.assert_accessible_basics();
        // What cannot come in is told first, with its line and what to do.
        let page = page.saying("Orang Jauh").saying("baris 5").saying("Unit tidak ditemukan").saying("Tanpa Tanggal").saying("Tanggal mulai tidak terbaca");
        let different = page.click("Berbeda 1").await.good().saying("Siti Rahma").saying("tercatat: Yuliana");
        let missing = page.click("Tercatat, tidak ada dalam berkas 3").await.good().saying("Zulkifli").saying("Agus Setiawan");
        let _ = page.click("Sama 1").await.good().saying("Rusdi Hartono");
        let _ = page.click("Baru 1").await.good().saying("Budi Utomo").saying("jabatan baru dibuat");
        let holdings = app.count("select count(*) from kernel_holding").await;
        assert_eq!(app.count("select count(*) from kernel_post where title = 'Kepala Dusun I'").await, 0, "nothing has changed yet");
        // Row by row: take the new secretary, end one of those who are not in the file.
        let ids = different.all_attributes("input[name=ambil]", "value");
        let _ = different.form("main form[action]:has(input[name=hasil])").tick("ambil", &ids[0]).submit().await.redirected("/pejabat/impor/").saying("Pilihan disimpan");
        let agus = missing.all_attributes("input[name=ambil]", "value");
        let page = missing.form("main form[action]:has(input[name=hasil])").tick("ambil", &agus[0]).submit().await.redirected("/pejabat/impor/").saying("Dipilih: 3 baris");
        let page = page.form("main form[action$='/jalankan']").submit().await.redirected("/pejabat/impor/");
        let page = page.saying("2 orang baru, 1 jabatan baru, 2 pengangkatan, 0 diperbaiki, 2 diakhiri").saying("sudah dijalankan");
        page.assert_accessible_basics();
        let secretary = world.post(world.village, office::SECRETARY).await;
        let now = app.now();
        let name = |post: Id| app.read(move |rx| {
            let held = kernel::post::holder(rx, post, now)?.holder.ok_or(kernel::Error::Missing)?;
            Ok(rx.one("select name from kernel_person where id = $1", &params![held.person])?.unwrap().get::<String>(0)?)
        });
        assert_eq!(name(secretary).await, "Siti Rahma, S.IP.");
        assert!(app.ctx_of("sekdes").await.actor().officer().unwrap().posts.is_empty());
        // One action puts everything back.
        let page = page.form("main form[action$='/batal']").submit().await.redirected("/pejabat/impor/").saying("Impor dibatalkan");
        assert_eq!(name(secretary).await, "Yuliana");
        assert_eq!(app.count("select count(*) from kernel_holding").await, holdings);
        assert_eq!(app.count("select count(*) from kernel_post where title = 'Kepala Dusun I'").await, 0);
        assert_eq!(app.count("select count(*) from kernel_person where name in ('Budi Utomo', 'Siti Rahma, S.IP.')").await, 0);
        assert_eq!(app.count("select count(*) from kernel_holding where effective_until is not null").await, 0);
        let _ = page;
    }

    async fn an_import_that_was_built_on_is_not_undone(app) {
        let _world = world(&app).await;
        let admin = app.signed_in("admin").await;
        let page = brings(&admin, FILE).await.redirected("/pejabat/impor/");
        let page = page.form("main form[action$='/jalankan']").submit().await.redirected("/pejabat/impor/").saying("1 orang baru");
        app.write(|tx| {
            let row = tx.one("select id from kernel_person where name = 'Budi Utomo'", &[])?.ok_or(kernel::Error::Missing)?;
            let new = account::NewAccount {
                username: "budi.utomo".into(),
                person: Some(row.get(0)?),
                kind: account::AccountKind::Person,
                display_name: "Budi Utomo".into(),
                password: None,
                expires_at: None,
            };
            account::create(tx, &new)
        })
        .await;
        let page = page.form("main form[action$='/batal']").submit().await.is(422).saying("sudah dipakai atau diubah");
        assert_eq!(app.count("select count(*) from kernel_person where name = 'Budi Utomo'").await, 1);
        // The same file again: everybody is known, nothing is new.
        let again = brings(&admin, FILE).await.redirected("/pejabat/impor/").click("Sama 2").await.good().saying("Budi Utomo");
        let again = again.form("main form[action$='/jalankan']").submit().await.is(422).saying("Pilih paling sedikit satu baris");
        let _ = again.form("main form[action$='/batal']").submit().await.redirected("/pejabat/impor").saying("Impor dibuang");
        let _ = page;
    }

    async fn an_importer_brings_in_the_own_unit_only(app) {
        let world = world(&app).await;
        let sekdes = app.signed_in("sekdes").await;
        let file = FILE.replace("16.11.99", "16.11.03");
        let page = brings(&sekdes, &file).await.redirected("/pejabat/impor/").saying("Unit ini bukan yang Anda urus");
        let href = page.path.clone();
        let _ = app.signed_in("seklur").await.get(&href).await.is(404);
        let _ = app.signed_in("kasi").await.get("/pejabat/impor").await.is(404);
        let page = brings(&sekdes, "nama,umur\nSiti,7\n").await.is(422);
        assert!(page.error_at("berkas").is_some_and(|error| error.contains("Baris judul")));
        let page = sekdes.get("/pejabat/impor").await.good().form("/pejabat/impor").submit().await.is(422);
        assert!(page.error_at("berkas").is_some());
        let example = sekdes.get("/pejabat/impor/contoh").await.good();
        assert!(example.body().contains("nama,nip,jabatan,unit"));
        let _ = world;
    }

    async fn the_command_line_brings_the_same(app) {
        let _world = world(&app).await;
        let (rows, problems) = crate::officials::read(FILE.as_bytes()).unwrap();
        let gov = std::sync::Arc::clone(app.gov());
        let look = {
            let (rows, problems, gov) = (rows.clone(), problems.clone(), gov.clone());
            app.write(move |tx| crate::import_officials(tx, &gov, "perangkat.csv", &rows, &problems, &[], true)).await
        };
        assert_eq!((look.wrong, look.different, look.missing, look.new, look.same), (2, 1, 3, 1, 1));
        assert_eq!(look.brought, None);
        assert_eq!(app.count("select count(*) from identity_import").await, 0, "a look leaves nothing");
        let take = [crate::officials::Verdict::Different];
        let done = app.write(move |tx| crate::import_officials(tx, &gov, "perangkat.csv", &rows, &problems, &take, false)).await;
        assert_eq!(done.brought.unwrap().appointed, 2);
        assert_eq!(app.count("select count(*) from identity_import where state = 'done'").await, 1);
    }
);
