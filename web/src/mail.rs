//! The words of e-mails: a notice's template names two texts, `{template}-subject` and `{template}-text`, both filled from
//! the notice's arguments. `lang` among them chooses the language; Indonesian otherwise.

use kernel::{Arg, gov::Mail, keys::Keys, notice};
use serde_json::Value as Json;

use crate::{
    state::AppState,
    text::{Locale, Terms},
};

impl notice::Mailer for AppState {
    fn keys(&self) -> &Keys {
        self.gov.keys()
    }

    fn mail(&self) -> &Mail {
        &self.gov.settings().mail
    }

    fn letter(&self, template: &str, args: &Json) -> Option<notice::Letter> {
        let lang = args.get("lang").and_then(Json::as_str).unwrap_or_default();
        let locale = Locale::from_code(lang).unwrap_or_default();
        let terms = Terms::of(args.get("village_word").and_then(Json::as_str).unwrap_or(&self.look.village_word));
        let values: Vec<(&str, Arg)> = args.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), arg(value))).collect();
        let say = |part: &str| {
            let key = format!("{template}-{part}");
            self.texts.has(Locale::Id, &key).then(|| self.texts.say(locale, &terms, &key, &values))
        };
        Some(notice::Letter { subject: say("subject")?, text: say("text")? })
    }
}

fn arg(value: &Json) -> Arg {
    match value {
        Json::Number(number) => number.as_i64().map_or_else(|| Arg::Text(number.to_string()), Arg::Number),
        Json::String(text) => Arg::Text(text.clone()),
        other => Arg::Text(other.to_string()),
    }
}
