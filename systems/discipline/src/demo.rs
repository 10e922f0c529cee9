//! Content of the demonstration: one case that waits, one that restricts, one that ended.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kernel::{Gov, Id, Result, post::office};
use web::{BoxFuture, DemoPlan};

use crate::{
    model::{Act, Measure, Said},
    store,
};

/// The hook of the manifest. Without the people of another system's demonstration there is nobody to have a case about.
pub(crate) fn fill(plan: &DemoPlan) -> BoxFuture<'_, Result<()>> {
    let gov = Arc::clone(&plan.gov);
    Box::pin(async move {
        let names = gov.read(|rx| store::usernames_at(rx, office::SERVICE_SECTION, 3)).await?;
        let told = [
            "Kata sandi ditempel di layar komputer loket, terlihat dalam foto pada media sosial.",
            "Akun dipakai orang lain pada malam hari saat pemiliknya cuti.",
            "Data penduduk dikirim lewat grup percakapan tanpa keperluan dinas.",
        ];
        let now = gov.now();
        for (n, (name, allegation)) in (0_i64..).zip(names.iter().zip(told)) {
            let begun = now - SignedDuration::from_hours(24 * (3 + 25 * n));
            let case = open(&gov, begun, name, allegation).await?;
            if n > 0 {
                let measure = if n == 1 { Measure::Temporary } else { Measure::Written };
                decide(&gov, case, begun + SignedDuration::from_hours(72), measure, now).await?;
            }
        }
        Ok(())
    })
}

async fn open(gov: &Arc<Gov>, at: Timestamp, username: &str, allegation: &'static str) -> Result<Id> {
    let (keys, username) = (Arc::clone(gov.keys()), username.to_owned());
    gov.write(&gov.system_ctx("demo").at(at), move |tx| {
        let target = store::target(tx, &username, at)?.ok_or(kernel::Error::Missing)?;
        store::open(tx, &keys, &target, "Ketentuan Penggunaan butir 4: menjaga kerahasiaan akun dan data", allegation)
    })
    .await
}

async fn decide(gov: &Arc<Gov>, case: Id, at: Timestamp, measure: Measure, now: Timestamp) -> Result<()> {
    let keys = Arc::clone(gov.keys());
    let day = at.to_zoned(gov.settings().time_zone()).date();
    let said = Said {
        text: "Terbukti dari catatan akses dan diakui yang bersangkutan.".to_owned(),
        decree: "800/141/2026".to_owned(),
        decreed_on: Some(day),
        measure: Some(measure),
        until: measure.restricts().then(|| now + SignedDuration::from_hours(24 * 12)),
        result: String::new(),
    };
    gov.write(&gov.system_ctx("demo").at(at), move |tx| {
        let dossier = store::dossier(tx, &keys, case)?;
        store::answer(tx, &keys, &dossier, "Saya lalai dan tidak akan mengulanginya.")?;
        let dossier = store::dossier(tx, &keys, case)?;
        store::act(tx, &keys, &dossier, Act::Decide, &said)
    })
    .await
}
