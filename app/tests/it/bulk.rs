//! The fill behind the bench, small: it breaks unseen otherwise, for nobody runs a million cases every day.

use serde_json::Value;

use crate::house::House;

/// A city of sixteen desa and nine kelurahan: the whole variety in few units.
const SMALL: &str = "32.79";

#[test]
fn a_small_fill_is_whole_on_both_databases() {
    for house in House::on_both() {
        house.configure(|config| config.replace("16.11", SMALL).replace("Kabupaten Uji", "Kota Banjar"));
        let asked = ["bench-fill", "--as-of", "2026-11-20", "--cases", "300", "--open", "60", "--persons", "200", "--check", "150"];
        let filled = house.json(&asked);
        assert_eq!((&filled["ok"], &filled["cases"], &filled["villages"]), (&true.into(), &300.into(), &25.into()), "{filled}");
        assert!(filled["persons"].as_u64() >= Some(200), "{filled}");
        assert!(filled["rows"].as_u64() > Some(300 * 8), "each case has its letter, its parties and its files: {filled}");
        assert!(filled["rows_checked"].as_u64() > Some(150), "{filled}");
        // What the load asks for is there to be asked for.
        let sample: Value = serde_json::from_slice(&std::fs::read(house.path("bench-sample.json")).unwrap()).unwrap();
        let running = house.serve();
        let service = &sample["services"][0];
        let page = format!("/layanan/{}/{}", service["unit"].as_str().unwrap(), service["slug"].as_str().unwrap());
        let case = sample["cases"].as_array().unwrap().iter().find(|case| case["letter"].is_array()).expect("a letter");
        let (code, letter) = (case["code"].as_str().unwrap(), case["letter"][0].as_str().unwrap());
        for path in [page, format!("/lacak/{code}"), format!("/verifikasi/{letter}")] {
            let answer = running.get(&path);
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        }
        running.stop();
        let data = house.data().to_str().unwrap();
        assert!(house.fails(1, &[&asked[..], &["--data", data]].concat()).contains("is not empty"), "never twice");
    }
}
