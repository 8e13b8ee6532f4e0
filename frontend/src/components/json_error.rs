//! What is wrong with a JSON text, in the language of the page.

use leptos_i18n::td_string;

use crate::{
    i18n::{I18n, Locale},
    model::json::{ShapeFault, SyntaxFault, ValueType},
};

/// What is wrong at a place of a text that is not JSON; tracks the language.
pub fn syntax(i18n: I18n, fault: SyntaxFault) -> String {
    syntax_in(i18n.get_locale(), fault)
}

/// How a value differs from the expected shape; tracks the language.
pub fn shape(i18n: I18n, fault: ShapeFault) -> String {
    shape_in(i18n.get_locale(), fault)
}

fn syntax_in(locale: Locale, fault: SyntaxFault) -> String {
    match fault {
        SyntaxFault::End => td_string!(locale, json.ends).to_owned(),
        // only strings have characters that JSON knows nothing of
        SyntaxFault::Unexpected(found) if found.is_control() => td_string!(locale, json.control).to_owned(),
        SyntaxFault::Unexpected(found) => td_string!(locale, json.unexpected, found = found),
        SyntaxFault::Limit => td_string!(locale, json.limit).to_owned(),
    }
}

fn shape_in(locale: Locale, fault: ShapeFault) -> String {
    match fault {
        ShapeFault::Type { expected, found } => {
            td_string!(locale, json.mismatch, wanted = value_type(locale, expected), found = value_type(locale, found))
        }
        ShapeFault::Missing(name) => td_string!(locale, json.missing, name = name),
        ShapeFault::Unknown { known } => td_string!(locale, json.unknown, wanted = known),
        ShapeFault::Duplicate(name) => td_string!(locale, json.twice, name = name),
        ShapeFault::TooLong { max, found } => td_string!(locale, json.too_long, max = max, found = found),
        ShapeFault::Control => td_string!(locale, json.control_value).to_owned(),
    }
}

fn value_type(locale: Locale, value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::Null => td_string!(locale, json.null),
        ValueType::Boolean => td_string!(locale, json.boolean),
        ValueType::Number => td_string!(locale, json.number),
        ValueType::String => td_string!(locale, json.text),
        ValueType::Array => td_string!(locale, json.array),
        ValueType::Object => td_string!(locale, json.map),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: impl Fn(Locale) -> String, english: &str, chinese: &str) {
        assert_eq!(words(Locale::en), english);
        assert_eq!(words(Locale::zh), chinese);
    }

    #[test]
    fn a_syntax_error_is_told_in_both_languages() {
        let told = |fault| move |locale| syntax_in(locale, fault);
        check(told(SyntaxFault::End), "the text ends before the JSON is complete", "JSON 还没写完，文本就结束了");
        check(told(SyntaxFault::Unexpected('A')), "the character `A` is not expected here", "这里不应出现字符 `A`");
        check(
            told(SyntaxFault::Unexpected('\n')),
            "a control character has to be escaped, a line break as \\n",
            "控制字符须转义，换行写作 \\n",
        );
        check(
            told(SyntaxFault::Limit),
            "nested too deeply, or a number or an escape is out of range",
            "嵌套过深，或数字、转义超出范围",
        );
    }

    #[test]
    fn another_shape_is_told_in_both_languages() {
        use ValueType::{Array, Boolean, Null, Number, Object, String};
        let told = |fault| move |locale| shape_in(locale, fault);
        let name = "name";
        check(told(ShapeFault::Missing(name)), "the field `name` is missing", "缺少字段 `name`");
        check(told(ShapeFault::Duplicate(name)), "the field `name` occurs twice", "字段 `name` 出现了两次");
        let unknown = ShapeFault::Unknown { known: name };
        let long = ShapeFault::TooLong { max: 200, found: 201 };
        check(told(long), "at most 200 characters are allowed, found 201", "最多 200 个字符，这里有 201 个");
        check(told(ShapeFault::Control), "control characters are not allowed", "不允许控制字符");
        check(told(unknown), "there is no such field, only `name`", "没有这个字段，只有 `name`");
        for (expected, found, english, chinese) in [
            (String, Number, "expected a string, found a number", "应为字符串，这里是数字"),
            (String, Null, "expected a string, found null", "应为字符串，这里是空值 null"),
            (String, Boolean, "expected a string, found a boolean", "应为字符串，这里是布尔值"),
            (Object, Array, "expected an object, found an array", "应为对象，这里是数组"),
        ] {
            check(told(ShapeFault::Type { expected, found }), english, chinese);
        }
    }
}
