//! Many accounts made of one: each with an id, a name and secrets of its own.

use std::fs;

use serde_json::Value;

use super::place::Place;

/// Makes so many accounts of the only one that is kept in a plain file. The first stays as it is; the others are called
/// `account-2` and so on.
pub fn multiply(place: &Place, count: usize) {
    let mut accounts = place.accounts();
    let first = accounts["accounts"][0].clone();
    let id = first["id"].as_str().expect("an id").to_owned();
    let secrets = place.config().join("secrets.json");
    let text = fs::read_to_string(&secrets).expect("a plain file of secrets");
    let mut file: Value = serde_json::from_str(&text).expect("JSON");
    let entries = file["entries"].as_object_mut().expect("entries");
    let own: Vec<(String, Value)> =
        entries.iter().map(|(name, secret)| (name.replace(&id, ""), secret.clone())).collect();
    let list = accounts["accounts"].as_array_mut().expect("a list");
    for number in 2..=count {
        let mut account = first.clone();
        let new = format!("{number:016x}");
        for (name, secret) in &own {
            entries.insert(format!("{new}{name}"), secret.clone());
        }
        account["id"] = new.into();
        account["name"] = format!("account-{number}").into();
        list.push(account);
    }
    fs::write(place.config().join("accounts.json"), accounts.to_string()).expect("ours");
    fs::write(secrets, file.to_string()).expect("ours");
}

/// Changes the account with that number, beginning with 0.
pub fn change(place: &Place, number: usize, change: impl FnOnce(&mut Value)) {
    let mut accounts = place.accounts();
    change(&mut accounts["accounts"][number]);
    fs::write(place.config().join("accounts.json"), accounts.to_string()).expect("ours");
}
