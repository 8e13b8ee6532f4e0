//! `t!(i18n, namespace.key)` and `t_string!(i18n, namespace.key)`; values of placeholders follow as `name = value`.

/// A text for a view or an attribute; it changes with the language, its values do not.
macro_rules! t {
    ($i18n:expr, $space:ident.$key:ident) => {
        $i18n.shown($crate::i18n::keys::$space::$key)
    };
    ($i18n:expr, $space:ident.$key:ident, $($name:ident = $value:expr),+ $(,)?) => {{
        const { $crate::i18n::keys::$space::$key.takes(&[$(stringify!($name)),+]) };
        $i18n.filled(
            $crate::i18n::keys::$space::$key,
            vec![$((stringify!($name), ($value).to_string())),+],
        )
    }};
}

/// A text as it is now: `&'static str`, or a `String` when it has placeholders.
macro_rules! t_string {
    ($i18n:expr, $space:ident.$key:ident) => {
        $i18n.text($crate::i18n::keys::$space::$key)
    };
    ($i18n:expr, $space:ident.$key:ident, $($name:ident = $value:expr),+ $(,)?) => {{
        const { $crate::i18n::keys::$space::$key.takes(&[$(stringify!($name)),+]) };
        $i18n.fill($crate::i18n::keys::$space::$key, &[$((stringify!($name), &$value)),+])
    }};
}

pub(crate) use {t, t_string};
