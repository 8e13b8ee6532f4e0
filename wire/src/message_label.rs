//! The label of a JSON message, for the title of the frame that carries it.

use crate::field::Field;

/// The maximum length of a label, in characters.
const MAX: usize = 40;

/// Members whose string value is the label; earlier ones take precedence.
const TAGS: [&str; 2] = ["do", "type"];
/// A member with the command of an envelope.
const COMMAND: &str = "command";

/// The label of a JSON text: the value of a member in [`TAGS`], or the name of the only member if its value is an
/// object.
pub(crate) fn label(fields: &[Field]) -> Option<String> {
    let object = fields.iter().find(|field| is_object(field))?;
    let command = member(object, COMMAND).filter(|command| is_object(command));
    let within = |object| TAGS.into_iter().find_map(move |tag| member(object, tag).filter(|value| is_string(value)));
    let tag = command.and_then(within).or_else(|| within(object)).map(|value| &*value.value);
    tag.or_else(|| only_member(object)).map(shorten)
}

fn only_member(object: &Field) -> Option<&str> {
    let mut members = object.children.iter().filter_map(|child| Some((&*child.name, value(child)?)));
    let (name, value) = members.next()?;
    (members.next().is_none() && is_object(value)).then_some(name)
}

fn member<'a>(object: &'a Field, name: &str) -> Option<&'a Field> {
    object.children.iter().filter(|member| member.name == name).find_map(value)
}

/// The value of a member, without punctuation.
fn value(member: &Field) -> Option<&Field> {
    member.children.iter().skip(1).find(|part| part.name == "value")
}

fn is_object(field: &Field) -> bool {
    field.children.first().is_some_and(|first| first.name == "begin of object")
}

/// True if it is a complete string that is not a credential.
fn is_string(field: &Field) -> bool {
    field.rule.ends_with("§7") && field.problem.is_none() && !field.masked
}

fn shorten(tag: &str) -> String {
    match tag.char_indices().nth(MAX) {
        Some((end, _)) => format!("{}…", &tag[..end]),
        None => tag.to_owned(),
    }
}
