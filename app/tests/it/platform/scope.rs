//! What the register lists is what may be opened: list == filter(all, covers), as everybody meets it over HTTP.

use std::collections::{BTreeMap, BTreeSet};

use kernel::grant;

use crate::{
    systems::SYSTEMS,
    town::{KELURAHAN, SERVICE, Town, VILLAGE},
};

/// Numbers that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

testkit::both!(SYSTEMS;
    async fn the_register_lists_exactly_what_may_be_opened(app) {
        let mut town = Town::build(&app).await;
        let mut dice = Dice(20_261_120);
        for number in 100..118 {
            let (operator, unit, slug) = match dice.below(4) {
                0 => ("operator", VILLAGE, "keterangan-tidak-mampu"),
                1 => ("operator.kelurahan", KELURAHAN, SERVICE),
                2 => ("operator.kelurahan", KELURAHAN, "keterangan-tidak-mampu"),
                _ => ("operator.kelurahan", KELURAHAN, "keterangan-ahli-waris"),
            };
            let (case, _) = town.takes_in(operator, unit, slug, number).await;
            let chain: &[(&str, &str)] = if unit == VILLAGE {
                &[("kasi", "check"), ("sekdes", "initial"), ("kades", "sign")]
            } else {
                &[("camat", "check"), ("seklur", "initial"), ("lurah", "sign")]
            };
            for (username, action) in chain.iter().take(usize::try_from(dice.below(4)).unwrap()) {
                town.does(username, case, action, serde_json::json!({})).await;
            }
        }
        app.settle().await;
        let all: BTreeSet<String> = app.read(|rx| rx.all("select id from kernel_case", &[])?.iter().map(|row| Ok(row.get::<kernel::Id>(0)?.to_string())).collect()).await;
        assert!(all.len() >= 29, "{}", all.len());
        // What is granted for the whole government only has one account.
        let below = grant::ROLES.iter().filter(|role| !role.top_only).map(|role| format!("{}.b", role.key));
        let roles = grant::ROLES.iter().map(|role| format!("{}.a", role.key)).chain(below);
        let posts = ["kades", "sekdes", "kasi", "operator", "camat", "sekcam", "bupati", "lurah", "seklur", "kadis", "dpmd", "admin", "tanpa.peran"];
        // What the report says of each case, asked before anybody opens anything.
        let admin = app.signed_in("admin").await.staying();
        let mut seers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for id in &all {
            let page = admin.get(&format!("/akses/perkara/{id}")).await;
            let links = if page.status == 404 { Vec::new() } else { page.good().links("main table a[href^='/akses/akun/']") };
            seers.insert(id.clone(), links.into_iter().map(|(_, href)| href["/akses/akun/".len()..].to_owned()).collect());
        }
        let (mut listing, mut some, mut none) = (0, 0, 0);
        for username in roles.chain(posts.map(str::to_owned)) {
            let visitor = app.signed_in(&username).await.staying();
            let mut open = BTreeSet::new();
            for id in &all {
                let status = visitor.get(&format!("/tugas/{id}")).await.status;
                assert!(status == 200 || status == 404, "{username} {id}: {status}");
                if status == 200 {
                    open.insert(id.clone());
                }
            }
            let mut next = Some("/permohonan".to_owned());
            let mut listed = BTreeSet::new();
            while let Some(path) = next {
                let page = visitor.get(&path).await;
                if page.status == 404 {
                    listed.clone_from(&open);
                    break;
                }
                let page = page.good();
                listing += 1;
                listed.extend(page.links("main table a[href^='/tugas/']").into_iter().map(|(_, href)| href["/tugas/".len()..].to_owned()));
                next = page.links("a[rel=next]").into_iter().map(|(_, href)| href).next();
            }
            assert_eq!(listed, open, "{username} lists something else than what opens");
            let account = app.ctx_of(&username).await.actor().officer().unwrap().account.to_string();
            let told: BTreeSet<String> = seers.iter().filter(|(_, who)| who.contains(&account)).map(|(id, _)| id.clone()).collect();
            assert_eq!(told, open, "the report of who can see what says something else of {username}");
            some += usize::from(!open.is_empty());
            none += usize::from(open.is_empty());
        }
        assert!(listing > 10 && some > 5 && none > 2, "{listing} lists, {some} see something, {none} see nothing: too even to prove anything");
    }
);
