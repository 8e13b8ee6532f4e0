//! What is wrong with a JSON text, in the language of the page.

use crate::{
    i18n::{I18n, t_string},
    model::json::{ShapeFault, SyntaxFault, ValueType},
};

/// What is wrong at a place of a text that is not JSON.
pub fn syntax(i18n: I18n, fault: SyntaxFault) -> String {
    match fault {
        SyntaxFault::End => t_string!(i18n, json.ends).to_owned(),
        // only strings have characters that JSON knows nothing of
        SyntaxFault::Unexpected(found) if found.is_control() => t_string!(i18n, json.control).to_owned(),
        SyntaxFault::Unexpected(found) => t_string!(i18n, json.unexpected, found = found),
        SyntaxFault::Limit => t_string!(i18n, json.limit).to_owned(),
    }
}

/// How a value differs from the expected shape.
pub fn shape(i18n: I18n, fault: ShapeFault) -> String {
    match fault {
        ShapeFault::Type { expected, found } => {
            t_string!(i18n, json.mismatch, wanted = value_type(i18n, expected), found = value_type(i18n, found))
        }
        ShapeFault::Missing(name) => t_string!(i18n, json.missing, name = name),
        ShapeFault::Unknown { known } => t_string!(i18n, json.unknown, wanted = known),
        ShapeFault::Duplicate(name) => t_string!(i18n, json.twice, name = name),
    }
}

fn value_type(i18n: I18n, value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::Null => t_string!(i18n, json.null),
        ValueType::Boolean => t_string!(i18n, json.boolean),
        ValueType::Number => t_string!(i18n, json.number),
        ValueType::String => t_string!(i18n, json.text),
        ValueType::Array => t_string!(i18n, json.array),
        ValueType::Object => t_string!(i18n, json.map),
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::{Owner, untrack};
    use leptos_i18n::context::init_i18n_subcontext;

    use super::*;
    use crate::i18n::Locale;

    #[track_caller]
    fn check(words: impl Fn(I18n) -> String, english: &str, chinese: &str) {
        // a second test in the same process finds the executor there
        let _ = any_spawner::Executor::init_futures_executor();
        Owner::new().with(|| {
            let i18n = init_i18n_subcontext(Some(Locale::en.into()));
            assert_eq!(untrack(|| words(i18n)), english);
            i18n.set_locale(Locale::zh);
            assert_eq!(untrack(|| words(i18n)), chinese);
        });
    }

    #[test]
    fn a_syntax_error_is_told_in_both_languages() {
        let told = |fault| move |i18n| syntax(i18n, fault);
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
        let told = |fault| move |i18n| shape(i18n, fault);
        let name = "name";
        check(told(ShapeFault::Missing(name)), "the field `name` is missing", "缺少字段 `name`");
        check(told(ShapeFault::Duplicate(name)), "the field `name` occurs twice", "字段 `name` 出现了两次");
        let unknown = ShapeFault::Unknown { known: name };
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
