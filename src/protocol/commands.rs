//! Many commands in one request: how each is written, and the outcome of each. They are independent: one
//! that can't be read is answered like one that is rejected, and does not stop the next.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::id::IdError;
use crate::domain::{Command, ListId, OpId, Receipt, TextError};
use crate::protocol::error::{ApiError, ErrorCode};

/// The most commands in one request: what was done in an hour without a network is sent in a few requests,
/// and the server writes one request in some milliseconds.
pub const COMMANDS_MAX: usize = 100;

/// A command with its list and its op, as a client sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Envelope {
    /// The list it is about.
    pub list: ListId,
    /// Its op; the server makes one if there is none.
    pub op: Option<OpId>,
    /// What is asked.
    pub command: Command,
}

/// An envelope as it came in, or what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted(pub Result<Envelope, ApiError>);

/// The outcome of one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is durable; the receipt names its event.
    Receipt(Receipt),
    /// It changed nothing; the error says why.
    Error(ApiError),
}

/// The outcomes of the commands, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    /// One for each command.
    pub results: Vec<Outcome>,
}

impl From<Result<Receipt, ApiError>> for Outcome {
    fn from(answer: Result<Receipt, ApiError>) -> Self {
        answer.map_or_else(Self::Error, Self::Receipt)
    }
}

impl From<Outcome> for Result<Receipt, ApiError> {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Receipt(receipt) => Ok(receipt),
            Outcome::Error(error) => Err(error),
        }
    }
}

impl Serialize for Posted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Ok(envelope) => envelope.serialize(serializer),
            Err(error) => error.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Posted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_json::Value::deserialize(deserializer).map(|it| Self(read(it)))
    }
}

/// An envelope whose parts are not parsed yet.
#[derive(Deserialize)]
struct Parts {
    list: String,
    #[serde(default)]
    op: Option<String>,
    command: serde_json::Value,
}

fn read(value: serde_json::Value) -> Result<Envelope, ApiError> {
    let parts: Parts = serde_json::from_value(value).map_err(|_| {
        ApiError::new(ErrorCode::BadRequest, "A command is written as {\"list\":\"…\",\"op\":\"…\",\"command\":…}.")
    })?;
    let envelope = Envelope {
        // What can't be a list's id is the id of no list.
        list: parts.list.parse().map_err(|_| ApiError::plain(ErrorCode::ListNotFound))?,
        op: parts.op.map(|it| it.parse()).transpose().map_err(|_| ApiError::bad_id("op"))?,
        command: serde_json::from_value(parts.command).map_err(|error| of_command(&error.to_string()))?,
    };
    if matches!(envelope.command, Command::CreateList { .. }) && envelope.list != ListId::index() {
        return Err(ApiError::new(ErrorCode::BadRequest, "A list is made with `index` as the list of the command."));
    }
    Ok(envelope)
}

/// Finds out which error it was from the sentence that serde gives.
fn of_command(sentence: &str) -> ApiError {
    let text = TextError::EACH.into_iter().find(|it| sentence.contains(&it.to_string()));
    match text {
        Some(error) => error.into(),
        None if sentence.contains(&IdError.to_string()) => ApiError::bad_id("id"),
        None => ApiError::new(ErrorCode::BadRequest, "There is no such command, or it lacks a field."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ShortText, TodoId};

    fn posted(text: &str) -> Result<Envelope, ApiError> {
        serde_json::from_str::<Posted>(text).unwrap().0
    }

    #[test]
    fn an_envelope_is_read_back_as_it_was_written() {
        let id = TodoId::new(1, &[0; 10]);
        let title = ShortText::parse("Buy milk").unwrap();
        for command in [
            Command::Create { id, title: title.clone(), at_top: false },
            Command::Rename { id, title },
            Command::Complete { ids: vec![id, TodoId::new(2, &[0; 10])] },
            Command::ClearCompleted,
        ] {
            let envelope = Envelope { list: ListId::home(), op: Some(OpId::new(3, &[0; 10])), command };
            let text = serde_json::to_string(&Posted(Ok(envelope.clone()))).unwrap();
            assert_eq!(posted(&text), Ok(envelope), "{text}");
        }
    }

    #[test]
    fn a_wrong_command_gets_the_same_code_as_a_wrong_form() {
        let id = "018b0000-0000-7000-8000-000000000001";
        let long = "x".repeat(501);
        for (list, op, command, code) in [
            ("home", id, format!(r#"{{"create":{{"id":"{id}","title":"{long}"}}}}"#), ErrorCode::TextTooLong),
            ("home", id, format!(r#"{{"create":{{"id":"{id}","title":" "}}}}"#), ErrorCode::TextEmpty),
            ("home", id, format!(r#"{{"rename":{{"id":"{id}","title":"a\u0000b"}}}}"#), ErrorCode::TextControl),
            ("home", id, r#"{"complete":{"ids":["1"]}}"#.to_owned(), ErrorCode::BadId),
            ("home", id, r#"{"complete":{"id":"1"}}"#.to_owned(), ErrorCode::BadId),
            ("home", id, r#"{"complete":{}}"#.to_owned(), ErrorCode::BadRequest),
            ("home", id, r#"{"complete":{"ids":7}}"#.to_owned(), ErrorCode::BadRequest),
            ("home", id, r#"{"explode":{}}"#.to_owned(), ErrorCode::BadRequest),
            ("home", id, "[]".to_owned(), ErrorCode::BadRequest),
            ("home", "1", r#""clear_completed""#.to_owned(), ErrorCode::BadId),
            ("No list", id, r#""clear_completed""#.to_owned(), ErrorCode::ListNotFound),
        ] {
            let text = format!(r#"{{"list":"{list}","op":"{op}","command":{command}}}"#);
            assert_eq!(posted(&text).map_err(|it| it.code), Err(code), "{text}");
        }
        assert_eq!(posted("7").map_err(|it| it.code), Err(ErrorCode::BadRequest));
        assert!(posted(r#"{"list":"home","command":"complete_all"}"#).is_ok(), "the op may be left out");
    }

    #[test]
    fn commands_about_lists_are_written_as_the_contract_says() {
        let list = |id: &str| id.parse::<ListId>().unwrap();
        let name = || ShortText::parse("Shopping").unwrap();
        for (about, command, text) in [
            ("index", Command::CreateList { name: name() }, r#"{"create_list":{"name":"Shopping"}}"#),
            ("home", Command::RenameList { name: name() }, r#"{"rename_list":{"name":"Shopping"}}"#),
            ("home", Command::MoveList { after: Some(list("x")) }, r#"{"move_list":{"after":"x"}}"#),
            ("home", Command::MoveList { after: None }, r#"{"move_list":{}}"#),
            ("home", Command::DeleteList, r#""delete_list""#),
            ("home", Command::RestoreList, r#""restore_list""#),
        ] {
            assert_eq!(serde_json::to_string(&command).unwrap(), text);
            let read = posted(&format!(r#"{{"list":"{about}","command":{text}}}"#));
            assert_eq!(read, Ok(Envelope { list: list(about), op: None, command }), "{text}");
        }
        let elsewhere = posted(r#"{"list":"home","command":{"create_list":{"name":"Shopping"}}}"#);
        assert_eq!(elsewhere.map_err(|it| it.code), Err(ErrorCode::BadRequest));
    }
}
