//! Drawings: 16 by 16, in the colour of the text beside them, silent for screen readers.

use leptos::prelude::*;

/// Which drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// To the right.
    Arrow,
    /// An angle to the left.
    Back,
    /// Three queues.
    Broker,
    /// A circle half filled.
    Contrast,
    /// Two sheets.
    Copy,
    /// Two strokes that cross.
    Cross,
    /// An arrow that comes round.
    Again,
    /// A tick.
    Done,
    /// An angle to the left, and a stroke before it.
    First,
    /// An angle to the right.
    Forward,
    /// A circle with an i.
    Info,
    /// Two strokes.
    Pause,
    /// A cross that stands.
    Plus,
    /// A triangle to the right.
    Play,
    /// A square.
    Stop,
    /// A drum.
    Store,
    /// A triangle with a stroke.
    Warning,
}

impl Glyph {
    const fn path(self) -> &'static str {
        match self {
            Self::Arrow => "M2.5 8h10.5M9 4l4 4-4 4",
            Self::Back => "M10 3.5L5.5 8l4.5 4.5",
            Self::Broker => "M2.5 4.5h11M2.5 8h11M2.5 11.5h11M5.5 3v3M9 6.5v3M11.5 10v3",
            Self::Contrast => {
                "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11zM8 2.5v11M9.5 3.5v9M11 4.3v7.4M12.5 5.8v4.4"
            }
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Again => "M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3",
            Self::Done => "M3 8.5l3.2 3.2L13 5",
            Self::First => "M12 3.5L7.5 8l4.5 4.5M4 3.5v9",
            Self::Forward => "M6 3.5L10.5 8 6 12.5",
            Self::Info => "M8 2a6 6 0 1 0 0 12a6 6 0 0 0 0-12zM8 7.2v3.8M8 4.8v.6",
            Self::Pause => "M5.5 3.5v9M10.5 3.5v9",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Play => "M5 3.2v9.6L12.5 8z",
            Self::Stop => "M4.5 4.5h7v7h-7z",
            Self::Store => {
                "M3 4a5 1.9 0 0 1 10 0a5 1.9 0 0 1-10 0v8c0 1.05 2.24 1.9 5 1.9s5-.85 5-1.9V4M3 8c0 1.05 2.24 1.9 5 1.9s5-.85 5-1.9"
            }
            Self::Warning => "M8 2.2l6.3 11.3H1.7zM8 6.3v3.4M8 11.4v.6",
        }
    }
}

/// A drawing.
#[component]
pub fn Icon(
    /// Which.
    glyph: Glyph,
    /// Its width and height in px.
    #[prop(default = 16)]
    size: u8,
) -> impl IntoView {
    let class = if glyph == Glyph::Arrow { "i i-arrow" } else { "i" };
    view! {
        <svg
            class=class
            width=size
            height=size
            viewBox="0 0 16 16"
            fill="none"
            stroke="currentColor"
            stroke-width="1.5"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d=glyph.path()></path>
        </svg>
    }
}
