//! Residents by the thousand. Numbers are made up of real districts and serials nobody was ever given together with them.

use std::collections::HashMap;

use indonesian::Sex;
use jiff::civil::{Date, date};
use kernel::{
    Ctx, Entropy, Error, Id, NewEntry, Result,
    bulk::Batch,
    keys::{Blind, Keys},
    party::{Checks, PersonForm},
    search::Doc,
    unit::Unit,
};

use super::{Plan, scene::Scene};
use crate::{
    demo::{Dice, people},
    store::residents::SEARCH_KIND,
};

/// Residents in one transaction.
const IN_BATCH: usize = 4_000;
const FIRST: [&str; 16] = ["mar", "sul", "ya", "nur", "ka", "har", "su", "lin", "dar", "pur", "wi", "ro", "ta", "mu", "sa", "en"];
const MIDDLE: [&str; 16] = ["ti", "ma", "ni", "ra", "to", "di", "la", "mi", "su", "wa", "bi", "ja", "ri", "ko", "no", "li"];
const LAST: [&str; 16] = ["na", "wan", "yah", "to", "tin", "di", "ni", "man", "sih", "ta", "ya", "lah", "din", "ran", "wati", "no"];

/// A resident as a case needs one.
pub(super) struct Resident {
    pub(super) id: Id,
    pub(super) name: String,
}

/// Everybody, by village in the order of the units.
pub(super) struct Residents {
    pub(super) of: HashMap<Id, Vec<Resident>>,
    /// Villages by what they lie in.
    pub(super) below: HashMap<Id, Vec<Id>>,
}

impl Residents {
    pub(super) fn len(&self) -> usize {
        self.of.values().map(Vec::len).sum()
    }
}

/// Makes the residents and hands them over.
pub(super) fn make(
    scene: &Scene,
    keys: &Keys,
    plan: &Plan,
    entropy: &Entropy,
    hand_over: &dyn Fn(Batch) -> Result<()>,
) -> Result<Residents> {
    let mut dice = Dice::new(plan.seed, "residents");
    let mut villages: Vec<&Unit> = scene.units.values().filter(|unit| unit.kind.is_village()).collect();
    villages.sort_by_key(|unit| &unit.code);
    let at = kernel::unit::start_of(indonesian::Zone::default(), scene.days.first().map_or(plan.as_of, |(day, _)| *day));
    let mut all = Residents { of: HashMap::new(), below: HashMap::new() };
    let mut batch = Batch::default();
    let mut serial = 0_u32;
    for (place, unit) in villages.iter().enumerate() {
        let count = plan.persons / villages.len() + usize::from(place < plan.persons % villages.len());
        let mut residents = Vec::with_capacity(count);
        let mut left = count;
        while left > 0 {
            let some = left.min(IN_BATCH);
            left -= some;
            let ctx = Ctx::system(at, "bulk", entropy.clone());
            let mut docs = Vec::with_capacity(some);
            let mut story = batch.story(&ctx);
            for _ in 0..some {
                serial += 1;
                let form = form(&mut dice, unit, plan.as_of, serial);
                let new = form.check(Checks::on(plan.as_of)).map_err(|problems| {
                    let first = problems.first().map(|problem| format!("{}: {}", problem.field, problem.message.key)).unwrap_or_default();
                    Error::Failed(format!("a resident is not right: {first}"))
                })?;
                let id = story.person(keys, &new)?;
                docs.push(doc(keys, id, unit, &form));
                residents.push(Resident { id, name: form.name });
            }
            let detail = serde_json::json!({ "created": some });
            story.end(NewEntry::new("services.residents.imported").unit(unit.id).detail(detail));
            docs.into_iter().for_each(|doc| batch.doc(doc));
            hand_over(std::mem::take(&mut batch))?;
        }
        if let Some(above) = unit.parent {
            all.below.entry(above).or_default().push(unit.id);
        }
        all.of.insert(unit.id, residents);
    }
    Ok(all)
}

fn doc(keys: &Keys, id: Id, unit: &Unit, form: &PersonForm) -> Doc {
    let mut doc = Doc::new(SEARCH_KIND, id, form.name.as_str()).scope(unit.ancestors.iter().flatten().copied()).name(form.name.as_str());
    for (kind, number) in [(Blind::Nik, &form.nik), (Blind::Kk, &form.kk)] {
        if let Some(number) = number {
            doc = doc.hash(keys.blind(kind, number));
        }
    }
    doc
}

fn form(dice: &mut Dice, unit: &Unit, today: Date, serial: u32) -> PersonForm {
    let sex = if dice.percent(50) { Sex::Female } else { Sex::Male };
    let area: String = unit.code.split('.').take(3).collect();
    let part = |dice: &mut Dice, until| i8::try_from(dice.between(1, until)).unwrap_or(1);
    let born = date(today.year() - i16::try_from(dice.between(17, 78)).unwrap_or(30), part(dice, 12), part(dice, 28));
    let day = i64::from(born.day()) + if sex == Sex::Female { 40 } else { 0 };
    let number =
        |day: i64, date: Date, serial: u32| format!("{area}{day:02}{:02}{:02}{:04}", date.month(), date.year() % 100, serial % 9_999 + 1);
    let issued = date(2012 + i16::from(part(dice, 12)), part(dice, 12), part(dice, 28));
    PersonForm {
        unit: Some(unit.id),
        name: name(dice, sex),
        nik: Some(number(day, born, serial)),
        kk: Some(number(i64::from(issued.day()), issued, serial / 4)),
        sex: Some(sex),
        birth_place: unit.short_name.clone(),
        birth_date: Some(born),
        religion: "Islam".to_owned(),
        marital: (*dice.one_of(&["Kawin", "Kawin", "Belum kawin"])).to_owned(),
        occupation: (*dice.one_of(&["Petani/Pekebun", "Wiraswasta", "Mengurus rumah tangga", "Pedagang", "Buruh tani"])).to_owned(),
        nationality: "WNI".to_owned(),
        area: (*dice.one_of(&["I", "II", "III"])).to_owned(),
        rt: format!("{:03}", dice.between(1, 6)),
        rw: "001".to_owned(),
        source: "import".to_owned(),
        ..PersonForm::default()
    }
}

/// Two common names, or one of four thousand others between them: as many different words as a regency has.
fn name(dice: &mut Dice, sex: Sex) -> String {
    let common = people::name(dice, sex);
    if dice.percent(45) {
        return common;
    }
    let mut own = format!("{}{}{}", dice.one_of(&FIRST), dice.one_of(&MIDDLE), dice.one_of(&LAST));
    own[..1].make_ascii_uppercase();
    match common.split_once(' ') {
        Some((first, last)) if dice.percent(50) => format!("{first} {own} {last}"),
        Some((first, _)) => format!("{first} {own}"),
        None => own,
    }
}
