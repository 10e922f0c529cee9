//! JSON Schema (2020-12) of a form, and JSON answers as typed inputs. It is emitted for others; the check is our own.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::{Field, Kind, Part, Shape, When};

/// The JSON Schema of the canonical answers, with labels in `lang`.
#[must_use]
pub fn json_schema(shape: &(impl Shape + ?Sized), lang: &str) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut conditions = Vec::new();
    for field in shape.fields() {
        properties.insert(field.key.to_string(), property(field, lang));
        match &field.show_if {
            None if field.required => required.push(json!(field.key)),
            Some(condition) if field.required => {
                let one_of = json!({ "enum": condition.is });
                let test = json!({ "anyOf": [one_of.clone(), { "type": "array", "contains": one_of }] });
                conditions.push(json!({
                    "if": { "properties": { (&*condition.field): test }, "required": [condition.field] },
                    "then": { "required": [field.key] },
                }));
            }
            _ => {}
        }
        if field.kind == Kind::Nik {
            let title = if lang == "en" { "Why the NIK is unusual" } else { "Alasan NIK tidak biasa" };
            properties.insert(format!("{}.reason", field.key), json!({ "type": "string", "title": title, "maxLength": 200 }));
        }
    }
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema["required"] = Json::Array(required);
    }
    if !conditions.is_empty() {
        schema["allOf"] = Json::Array(conditions);
    }
    schema
}

fn property(field: &Field, lang: &str) -> Json {
    let text = |extra: Json| {
        let mut schema = json!({ "type": "string", "maxLength": field.len_max() });
        merge(&mut schema, extra);
        schema
    };
    let mut schema = match &field.kind {
        Kind::Text | Kind::LongText | Kind::Place => text(json!({})),
        Kind::Number { min, max } => {
            let mut schema = json!({ "type": "integer" });
            if let Some(min) = min {
                schema["minimum"] = json!(min);
            }
            if let Some(max) = max {
                schema["maximum"] = json!(max);
            }
            schema
        }
        Kind::Money => json!({ "type": "integer", "minimum": 0, "x-unit": "IDR sen (1/100 rupiah)" }),
        Kind::Date { when } => match when {
            When::Any => json!({ "type": "string", "format": "date" }),
            When::Past => json!({ "type": "string", "format": "date", "x-when": "past" }),
            When::Future => json!({ "type": "string", "format": "date", "x-when": "future" }),
        },
        Kind::Choice { choices } => {
            json!({ "oneOf": choices.iter().map(|choice| json!({ "const": choice.key, "title": choice.label.text(lang) })).collect::<Vec<_>>() })
        }
        Kind::Multi { choices } => json!({
            "type": "array", "uniqueItems": true,
            "items": { "oneOf": choices.iter().map(|choice| json!({ "const": choice.key, "title": choice.label.text(lang) })).collect::<Vec<_>>() },
        }),
        Kind::Nik | Kind::Kk => json!({ "type": "string", "pattern": "^[0-9]{16}$" }),
        Kind::Phone => json!({ "type": "string", "pattern": "^\\+[1-9][0-9]{8,14}$" }),
        Kind::Email => text(json!({ "format": "email" })),
        Kind::Photo { files_max } | Kind::File { files_max } => json!({
            "type": "array", "uniqueItems": true, "maxItems": files_max,
            "items": { "type": "string", "pattern": "^[0-9a-f]{32}$", "description": "id of an upload" },
        }),
        Kind::People { min, max, parts } => json!({ "type": "array", "minItems": min, "maxItems": max, "items": person(parts) }),
    };
    schema["title"] = json!(field.label.text(lang));
    if let Some(hint) = &field.hint {
        schema["description"] = json!(hint.text(lang));
    }
    if field.personal != super::Personal::None {
        schema["x-personal"] = json!(field.personal);
    }
    schema
}

fn person(parts: &[Part]) -> Json {
    let mut properties = Map::new();
    properties.insert("name".into(), json!({ "type": "string", "maxLength": 200 }));
    for part in parts {
        let schema = match part {
            Part::Nik => json!({ "type": "string", "pattern": "^[0-9]{16}$" }),
            Part::BirthDate => json!({ "type": "string", "format": "date" }),
            _ => json!({ "type": "string", "maxLength": 200 }),
        };
        properties.insert(part.key().into(), schema);
        if *part == Part::Nik {
            properties.insert("nik_reason".into(), json!({ "type": "string", "maxLength": 200 }));
        }
    }
    json!({ "type": "object", "properties": properties, "required": ["name"], "additionalProperties": false })
}

fn merge(into: &mut Json, extra: Json) {
    if let (Json::Object(into), Json::Object(extra)) = (into, extra) {
        into.extend(extra);
    }
}

/// JSON answers of an API call as the inputs a person would have typed, for the same check.
/// Values of a type that no input has become a text which the check refuses.
#[must_use]
pub fn typed_from_json(shape: &(impl Shape + ?Sized), answers: &Map<String, Json>) -> BTreeMap<String, String> {
    let plain = |value: &Json| match value {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    };
    let mut inputs = BTreeMap::new();
    for (key, value) in answers {
        match (shape.field(key).map(|field| &field.kind), value) {
            (Some(Kind::Money), Json::Number(sen)) => {
                let typed =
                    sen.as_i64().filter(|sen| *sen >= 0).map_or_else(|| "-".to_owned(), |sen| format!("{},{:02}", sen / 100, sen % 100));
                inputs.insert(key.clone(), typed);
            }
            (Some(Kind::People { .. }), Json::Array(people)) => {
                for (row, person) in people.iter().enumerate() {
                    for (part, value) in person.as_object().into_iter().flatten() {
                        let part = if part == "nik_reason" { "nik.reason" } else { part };
                        inputs.insert(format!("{key}.{row}.{part}"), plain(value));
                    }
                }
            }
            (_, Json::Array(values)) => {
                inputs.insert(key.clone(), values.iter().map(plain).collect::<Vec<_>>().join(","));
            }
            (_, value) => {
                inputs.insert(key.clone(), plain(value));
            }
        }
    }
    inputs
}
