//! What serde says is wrong with a JSON text, in the language of the page. What is not in the tables stays in serde's
//! words.

use super::{I18n, Text, keys::json as key, t_string};

/// How serde's words begin where the text is no JSON, and ours.
const SYNTAX: [(&str, Text); 18] = [
    ("EOF while parsing", key::ends),
    ("expected `:`", key::colon),
    ("expected `,` or", key::comma),
    ("expected value", key::value),
    ("expected ident", key::word),
    ("expected `\"`", key::quoted),
    ("key must be a string", key::quoted),
    ("invalid escape", key::escape),
    ("invalid unicode code point", key::escape),
    ("lone leading surrogate", key::escape),
    ("unexpected end of hex escape", key::escape),
    ("control character", key::control),
    ("invalid number", key::number_form),
    ("number out of range", key::number_size),
    ("trailing comma", key::comma_extra),
    ("trailing characters", key::rest),
    ("recursion limit exceeded", key::deep),
    ("it is not an object", key::object),
];

/// What serde calls a kind of value.
const KINDS: [(&str, Text); 7] = [
    ("null", key::null),
    ("string", key::text),
    ("integer", key::number),
    ("floating point", key::number),
    ("boolean", key::boolean),
    ("sequence", key::array),
    ("map", key::map),
];

/// The words; tracked, as any text.
pub fn said(i18n: I18n, what: &str) -> String {
    let syntax = SYNTAX.iter().find(|(begin, _)| what.starts_with(begin));
    syntax.map(|(_, text)| i18n.text(*text).to_owned()).or_else(|| shape(i18n, what)).unwrap_or_else(|| what.to_owned())
}

/// Of JSON that has another shape than the contract's.
fn shape(i18n: I18n, what: &str) -> Option<String> {
    if let Some(name) = what.strip_prefix("missing field ") {
        return Some(t_string!(i18n, json.missing, name = name));
    }
    if let Some(name) = what.strip_prefix("duplicate field ") {
        return Some(t_string!(i18n, json.twice, name = name));
    }
    let (found, wanted) = what.split_once(", expected ")?;
    if found.starts_with("unknown field ") {
        return Some(t_string!(i18n, json.unknown, wanted = wanted.trim_start_matches("one of ")));
    }
    let found = found.strip_prefix("invalid type: ")?;
    let wanted = wanted.trim_start_matches("a ");
    Some(t_string!(i18n, json.mismatch, wanted = kind(i18n, wanted), found = kind(i18n, found)))
}

/// A kind of value, and which one where that is told.
fn kind(i18n: I18n, words: &str) -> String {
    let known = KINDS.iter().find_map(|(name, text)| Some((text, words.strip_prefix(name)?)));
    known.map_or_else(|| words.to_owned(), |(text, value)| i18n.text(*text).to_owned() + value)
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::rest::NewGreeting;
    use leptos::prelude::{Owner, untrack};

    use super::*;
    use crate::{
        i18n::Locale,
        model::json::{self, Fault},
    };

    #[track_caller]
    fn check(text: &str, english: &str, chinese: &str) {
        Owner::new().with(|| {
            let Err(Fault::Syntax { what, .. } | Fault::Shape { what, .. }) = json::check::<NewGreeting>(text) else {
                panic!("nothing is wrong with {text}")
            };
            let i18n = I18n::provide(Locale::En);
            assert_eq!(untrack(|| said(i18n, &what)), english, "{text}: {what}");
            i18n.set_locale(Locale::Zh);
            assert_eq!(untrack(|| said(i18n, &what)), chinese, "{text}: {what}");
        });
    }

    #[test]
    fn what_is_no_json_is_told_in_both_languages() {
        check("{\"name\":\"A", "the text ends before the JSON does", "JSON 还没写完，文本就结束了");
        check("{\"name\" 1}", "a colon belongs here", "这里应为冒号");
        check("{\"name\":1 2}", "a comma or the closing bracket belongs here", "这里应为逗号或右括号");
        check("[1 2]", "a comma or the closing bracket belongs here", "这里应为逗号或右括号");
        check("{\"name\":Ada}", "a value belongs here", "这里应为一个值");
        check("{\"name\":nul}", "only true, false and null need no quotes", "不加引号的只能是 true、false 或 null");
        check("{name:1}", "a key is text in double quotes", "键是双引号括起来的文本");
        check(r#"{"name":"\q"}"#, "JSON has no such escape", "JSON 没有这样的转义");
        check(r#"{"name":"\ud800"}"#, "JSON has no such escape", "JSON 没有这样的转义");
        check(
            "{\"name\":\"\n\"}",
            "a control character has to be escaped, a new line as \\n",
            "控制字符须转义，换行写作 \\n",
        );
        check("{\"name\":01}", "JSON writes numbers in another way", "JSON 的数字不这样写");
        check("{} {}", "something follows the end of the JSON", "JSON 已经结束，后面还有内容");
        check("1", "it is not an object", "不是对象");
    }

    #[test]
    fn another_shape_is_told_in_both_languages() {
        check("{}", "the field `name` is missing", "缺少字段 `name`");
        check(r#"{"age":1}"#, "there is no such field, only `name`", "没有这个字段，只有 `name`");
        check(r#"{"name":"a","name":"b"}"#, "the field `name` is there twice", "字段 `name` 出现了两次");
        check(r#"{"name":36}"#, "expected string, found number `36`", "应为字符串，这里是数字 `36`");
        check(r#"{"name":[]}"#, "expected string, found array", "应为字符串，这里是数组");
        check(r#"{"name":null}"#, "expected string, found null", "应为字符串，这里是空值 null");
    }

    #[test]
    fn what_nobody_knows_stays_as_it_is() {
        let said = |what| Owner::new().with(|| untrack(|| said(I18n::provide(Locale::Zh), what)));
        assert_eq!(said("io error"), "io error");
        assert_eq!(said("trailing comma"), "逗号后面没有内容");
    }
}
