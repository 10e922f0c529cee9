//! What the filled government can be asked for, and chance that repeats itself.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::path::Path;

#[derive(Debug, Deserialize)]
pub struct Sample {
    pub services: Vec<Service>,
    pub cases: Vec<Case>,
    pub residents: Vec<Resident>,
}

#[derive(Debug, Deserialize)]
pub struct Service {
    pub unit: String,
    pub slug: String,
    pub title: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    pub id: String,
    pub code: String,
    pub unit: String,
    pub name: String,
    /// Verification code and number.
    pub letter: Option<(String, String)>,
}

#[derive(Debug, Deserialize)]
pub struct Resident {
    pub name: String,
    pub unit: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Account {
    pub role: String,
    pub unit: String,
    pub username: String,
    pub password: String,
}

impl Sample {
    pub fn read(data: &Path) -> Result<Sample> {
        let text = std::fs::read(data.join("bench-sample.json")).context("reading bench-sample.json")?;
        Ok(serde_json::from_slice(&text)?)
    }
}

pub fn accounts(data: &Path) -> Result<Vec<Account>> {
    let text = std::fs::read(data.join("demo-accounts.json")).context("reading demo-accounts.json")?;
    Ok(serde_json::from_slice(&text)?)
}

/// A tracking code as pages show it: XXXX-XXXX-XXXX.
pub fn shown(code: &str) -> String {
    let parts: Vec<&str> = code.as_bytes().chunks(4).filter_map(|part| std::str::from_utf8(part).ok()).collect();
    parts.join("-")
}

/// SplitMix64: the same seed gives the same numbers.
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, below: usize) -> usize {
        (self.throw() % below.max(1) as u64) as usize
    }

    pub fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}
