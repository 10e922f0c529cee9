//! The part of accessibility that can be read from the page's source. The browser stories run axe besides.

use std::collections::HashSet;

use scraper::{ElementRef, Html};

use crate::page::{selector, words};

pub(crate) fn flaws(html: &Html) -> Vec<String> {
    let mut wrong = Vec::new();
    let root = html.root_element();
    if root.attr("lang").is_none_or(str::is_empty) {
        wrong.push("html has no lang".to_owned());
    }
    match html.select(&selector("title")).map(words).collect::<Vec<_>>().as_slice() {
        [title] if !title.trim_matches([' ', '·']).is_empty() => {}
        titles => wrong.push(format!("one title is needed, not {titles:?}")),
    }
    match html.select(&selector("h1")).map(words).collect::<Vec<_>>().as_slice() {
        [heading] if !heading.is_empty() => {}
        headings => wrong.push(format!("one h1 is needed, not {headings:?}")),
    }
    if html.select(&selector("main")).count() != 1 {
        wrong.push("one main is needed".to_owned());
    }
    let ids = ids(html, &mut wrong);
    for input in html.select(&selector("input:not([type=hidden]):not([type=submit]), select, textarea")) {
        if !is_named(html, input) {
            wrong.push(format!("no label: {}", tag(input)));
        }
    }
    for button in html.select(&selector("button, a[href], summary")) {
        if !is_named(html, button) && button.select(&selector("img[alt]:not([alt=''])")).next().is_none() {
            wrong.push(format!("no name: {}", tag(button)));
        }
    }
    for image in html.select(&selector("img:not([alt])")) {
        wrong.push(format!("no alt: {}", tag(image)));
    }
    for attribute in ["aria-describedby", "aria-labelledby", "aria-controls", "for"] {
        for element in html.select(&selector(&format!("[{attribute}]"))) {
            let missing = element.attr(attribute).into_iter().flat_map(str::split_whitespace).find(|id| !ids.contains(*id));
            if let Some(id) = missing {
                wrong.push(format!("{attribute} leads to {id}, which is not there: {}", tag(element)));
            }
        }
    }
    for link in html.select(&selector("a[href^='#']")) {
        let id = link.attr("href").unwrap_or_default().trim_start_matches('#');
        if !id.is_empty() && !ids.contains(id) {
            wrong.push(format!("a link leads to #{id}, which is not there"));
        }
    }
    for element in html.select(&selector("*")) {
        let inline = element.value().attrs().any(|(name, _)| name == "style" || name.starts_with("on"));
        let element_name = element.value().name();
        if inline || element_name == "style" || (element_name == "script" && element.attr("src").is_none()) {
            wrong.push(format!("the content security policy refuses {}", tag(element)));
        }
    }
    wrong.extend(heading_jumps(html));
    wrong
}

fn ids(html: &Html, wrong: &mut Vec<String>) -> HashSet<String> {
    let mut ids = HashSet::new();
    for element in html.select(&selector("[id]")) {
        let id = element.attr("id").unwrap_or_default();
        if !ids.insert(id.to_owned()) {
            wrong.push(format!("the id {id} is there twice"));
        }
    }
    ids
}

/// Headings that leave a level out.
fn heading_jumps(html: &Html) -> Vec<String> {
    let mut level = 0;
    let mut wrong = Vec::new();
    for heading in html.select(&selector("main h1, main h2, main h3, main h4")) {
        let this = heading.value().name().trim_start_matches('h').parse::<u8>().unwrap_or(1);
        if level > 0 && this > level + 1 {
            wrong.push(format!("h{this} follows h{level}: {}", words(heading)));
        }
        level = this;
    }
    wrong
}

fn is_named(html: &Html, element: ElementRef<'_>) -> bool {
    let has = |name: &str| element.attr(name).is_some_and(|text| !text.trim().is_empty());
    if has("aria-label") || has("title") || has("aria-labelledby") {
        return true;
    }
    if matches!(element.value().name(), "button" | "a" | "summary") {
        return !words(element).is_empty();
    }
    let by_id = element
        .attr("id")
        .is_some_and(|id| html.select(&selector("label[for]")).any(|label| label.attr("for") == Some(id) && !words(label).is_empty()));
    by_id || element.ancestors().filter_map(ElementRef::wrap).any(|above| above.value().name() == "label" && !words(above).is_empty())
}

fn tag(element: ElementRef<'_>) -> String {
    let html = element.html();
    html.split_inclusive('>').next().unwrap_or_default().to_owned()
}
