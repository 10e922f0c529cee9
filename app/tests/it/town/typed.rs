//! What the people of the town type and hand in.

use kernel::Date;
use serde_json::{Value as Json, json};
use services::model::{
    Definition,
    form::{FieldKind, PersonColumn},
    packages,
};

/// A person of the register as the API names one; the NIK fits the birth date.
pub fn person(number: u32) -> Json {
    let born = born(number);
    let nik = format!("161103{:02}{:02}{:02}{:04}", born.day(), born.month(), born.year() % 100, 1 + number % 9000);
    json!({
        "name": format!("Warga {}", words(number)), "nik": nik, "birth_place": "Pendopo", "birth_date": born.to_string(), "sex": "male",
        "address": "Dusun II", "rt": "03", "occupation": "Petani", "religion": "Islam", "marital": "Kawin", "nationality": "Indonesia",
    })
}

/// When a person was born.
pub fn born(number: u32) -> Date {
    let days = i64::from(number * 7 % 14_000);
    Date::constant(1960, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap()
}

/// A number as a name is written: letters only.
pub fn words(number: u32) -> String {
    const PARTS: [&str; 10] = ["Budi", "Sari", "Tono", "Wati", "Joko", "Rina", "Agus", "Dewi", "Eko", "Lina"];
    number.to_string().bytes().map(|digit| PARTS[usize::from(digit - b'0')]).collect::<Vec<_>>().join(" ")
}

/// The package of a service.
pub fn package(slug: &str) -> Definition {
    packages::all().unwrap().into_iter().find(|definition| definition.slug == slug).unwrap()
}

/// Something right for every field that must be answered.
pub fn answers(definition: &Definition) -> Json {
    let mut answers: serde_json::Map<String, Json> = serde_json::Map::new();
    for field in definition.fields().filter(|field| field.required) {
        let asked = field.show_if.as_ref().is_none_or(|when| {
            let given = answers.get(&when.field).and_then(Json::as_str);
            given.is_some_and(|given| when.is.is_empty() || when.is.iter().any(|one| one == given))
        });
        if !asked {
            continue;
        }
        let value = match field.kind {
            FieldKind::Number => json!(field.min.unwrap_or(1).max(1)),
            FieldKind::Money => json!(field.min.unwrap_or(100_000).max(100_000) * 100),
            FieldKind::Date => json!("2024-11-18"),
            FieldKind::Choice => json!(field.choices[0].value),
            FieldKind::Photo | FieldKind::File => continue,
            FieldKind::People => {
                let people = field.people.as_ref().unwrap();
                (0..people.min.max(1))
                    .map(|row| listed(&field.key, row, &people.columns, people.relations.first().map_or("", |one| &one.value)))
                    .collect()
            }
            _ => json!("Kebun kopi di Dusun II"),
        };
        answers.insert(field.key.clone(), value);
    }
    Json::Object(answers)
}

fn listed(key: &str, row: u32, columns: &[PersonColumn], relation: &str) -> Json {
    let mut listed = json!({ "name": format!("{} {}", key.replace('_', " "), words(row)) });
    for column in columns {
        match column {
            PersonColumn::Birth => listed["birth_date"] = json!("1980-05-05"),
            PersonColumn::Relation => listed["relation"] = json!(relation),
            PersonColumn::Occupation => listed["occupation"] = json!("Petani"),
            PersonColumn::Address => listed["address"] = json!("Dusun II"),
            PersonColumn::Name | PersonColumn::Nik | PersonColumn::Sex => {}
        }
    }
    listed
}

/// A new application as the API takes it.
pub fn application(slug: &str, number: u32) -> Json {
    json!({ "applicant": person(number), "answers": answers(&package(slug)) })
}

/// A small picture whose content nobody else has.
pub fn picture(number: u32) -> Vec<u8> {
    let shade = |x: u32, y: u32| image::Rgb([(x * 3) as u8, (y * 5) as u8, (number % 256) as u8 ^ ((x + y) as u8)]);
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(64, 48, shade).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// What a workbook is sent as.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A population workbook as OpenSID exports it, with so many people and one row that has a problem.
pub fn workbook(people: u32) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let heads = ["nama", "nik", "no_kk", "sex", "tempatlahir", "tanggallahir", "alamat", "dusun", "rt", "rw"];
    sheet.write_row(0, 0, heads).unwrap();
    for row in 1..=people {
        let one = person(5_000 + row);
        let text = |key: &str| one[key].as_str().unwrap().to_owned();
        let nik = if row == people { "161103".to_owned() } else { text("nik") };
        let cells = [
            text("name"),
            nik,
            "1611030101050001".to_owned(),
            "1".to_owned(),
            "Pendopo".to_owned(),
            text("birth_date"),
            "Dusun II".to_owned(),
            "Dusun II".to_owned(),
            "003".to_owned(),
            "001".to_owned(),
        ];
        sheet.write_row(row, 0, cells).unwrap();
    }
    book.save_to_buffer().unwrap()
}
