use super::*;
use crate::{Id, Tx, db::Meta, testing::Home};
#[test]
#[ignore]
fn bench() {
    let home = Home::new(Meta::default());
    let n: u64 = std::env::var("N").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let first: Vec<String> = "Siti Budi Ahmad Muhammad Nur Sri Agus Dewi Eka Tri Rina Joko Yusuf Rahma Hasan Fitri Andi Lina Wati Dedi".split(' ').map(String::from).collect();
    let syl = ["ka","ri","to","sa","mi","nu","du","pra","yo","lin","han","wi","se","bu","ro"];
    let last = |x: u64| { let mut s = String::from("H"); let mut x = x; for _ in 0..3 { s.push_str(syl[(x % 15) as usize]); x /= 15; } s };
    let kinds = ["Surat Keterangan Usaha","Surat Keterangan Domisili","Surat Keterangan Tidak Mampu","Pengantar SKCK","Izin Keramaian"];
    let start = std::time::Instant::now();
    let mut i = 0u64;
    while i < n {
        let (from, to) = (i, (i + 1000).min(n));
        let (first, k) = (first.clone(), kinds);
        home.write_now(&home.machine(), move |tx: &mut Tx<'_>| {
            for j in from..to {
                let h = j.wrapping_mul(0x9E3779B97F4A7C15);
                let f = (h >> 40) as usize % first.len(); let f = f * f / first.len();
                let name = format!("{} {}", first[f], last((h >> 20) % 3375));
                let mut id = [0u8; 16]; id[..8].copy_from_slice(&j.to_be_bytes());
                let unit = |d: u8, v: u64| { let mut b = [d; 16]; b[..8].copy_from_slice(&v.to_be_bytes()); Id::from_bytes(b) };
                let code: String = (0..12).map(|c| char::from(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[((h >> (c * 5)) & 31) as usize])).collect();
                index(tx, &Doc::new("case", Id::from_bytes(id), k[(j % 5) as usize]).name(name).scope([unit(1, 0), unit(2, j % 10), unit(3, j % 156)]).code(code))?;
            }
            Ok::<_, crate::Error>(())
        }).unwrap();
        i = to;
    }
    eprintln!("index {n}: {:?}", start.elapsed());
    let unit = |d: u8, v: u64| { let mut b = [d; 16]; b[..8].copy_from_slice(&v.to_be_bytes()); Id::from_bytes(b) };
    for (label, q) in [
        ("si @village", Query::new("case", "si").scope([unit(3, 7)])),
        ("si @regency", Query::new("case", "si").scope([unit(1, 0)])),
        ("siti @regency", Query::new("case", "siti").scope([unit(1, 0)])),
        ("muhamm @regency", Query::new("case", "muhamm").scope([unit(1, 0)])),
        ("muhamm @village", Query::new("case", "muhamm").scope([unit(3, 7)])),
        ("surat keterangan @village", Query::new("case", "surat keterangan").scope([unit(3, 7)])),
        ("surat keteran @regency", Query::new("case", "surat keteran").scope([unit(1, 0)])),
        ("siti hkarito @regency", Query::new("case", "siti hkarito").scope([unit(1, 0)])),
        ("usaha siti hkar @village", Query::new("case", "usaha siti hkar").scope([unit(3, 9)])),
        ("fuzzy sitti hkaritu @regency", Query::new("case", "sitti hkarittu").scope([unit(1, 0)])),
        ("nothing", Query::new("case", "zzzqq").scope([unit(3, 9)])),
        ("code prefix", Query::new("case", "4K2M-7").scope([unit(1, 0)])),
        ("code", Query::new("case", "").code("000000000000").scope([unit(1, 0)])),
    ] {
        let mut times = vec![];
        let mut hits = 0;
        for _ in 0..15 {
            let q = q.clone();
            let t = std::time::Instant::now();
            hits = home.read_now::<_, crate::Error>(move |rx| query(rx, &q)).unwrap().len();
            times.push(t.elapsed());
        }
        times.sort();
        eprintln!("{label}: p50 {:?} p95 {:?} hits {hits}", times[7], times[14]);
    }
}
