//! The command palette, the shortcuts and their help sheet: what can be done from anywhere. The table is
//! [`crate::model::shortcut`]; this hears the keys, names the commands and does them.
//!
//! A page takes part by [`Commands::offer`]: it names its presets and what its main button does.

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use leptos_use::{use_event_listener, use_window};
use wasm_bindgen::JsCast as _;
use web_sys::Element;

use crate::{
    components::{
        dialog::Dialog,
        keycaps::Keycaps,
        palette::{Choice, Palette},
    },
    i18n::{I18n, t, t_string, use_i18n},
    model::shortcut::{Command, Keys, Listener, Press, TABLE},
    settings::{self, Settings},
};

/// What takes characters.
const TYPING: &str = "input, textarea, select, [contenteditable], dialog[open]";

/// What the page shown can do.
#[derive(Clone, Copy, Debug)]
pub struct PageCommands {
    /// The names of its presets, in their order.
    pub presets: Signal<Vec<String>>,
    /// Chooses a preset, by its position.
    pub on_choose: Callback<usize>,
    /// True while the main button can be pressed.
    pub can_send: Signal<bool>,
    /// Does what the main button does.
    pub on_send: Callback<()>,
}

/// What is open, and what the page shown offers; a context.
#[derive(Clone, Copy, Debug)]
pub struct Commands {
    /// With a number that tells one offer from the next.
    page: RwSignal<Option<(usize, PageCommands)>>,
    offers: StoredValue<usize>,
    palette: RwSignal<bool>,
    help: RwSignal<bool>,
    i18n: I18n,
    navigate: Callback<&'static str>,
    settings: Settings,
}

impl Commands {
    /// Hears keys from now on, as long as the page lives, and makes itself a context.
    pub fn provide() -> Self {
        let navigate = use_navigate();
        let commands = Self {
            page: RwSignal::new(None),
            offers: StoredValue::new(0),
            palette: RwSignal::new(false),
            help: RwSignal::new(false),
            i18n: use_i18n(),
            navigate: Callback::new(move |path: &str| navigate(path, NavigateOptions::default())),
            settings: Settings::get(),
        };
        provide_context(commands);
        let listener = StoredValue::new(Listener::default());
        let _ = use_event_listener(use_window(), ev::keydown, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let in_text = target.is_some_and(|element| element.closest(TYPING).is_ok_and(|found| found.is_some()));
            let key = event.key();
            let press = Press {
                key: &key,
                modified: event.ctrl_key() || event.meta_key(),
                alt: event.alt_key(),
                typing: in_text || !commands.settings.keys.get_untracked(),
            };
            // what a control or a dialog took for itself is not heard
            if event.default_prevented() || event.repeat() {
                return;
            }
            if let Some(command) = listener.try_update_value(|listener| listener.hear(press)).flatten() {
                event.prevent_default();
                commands.run(command);
            }
        });
        commands
    }

    /// The commands of this page.
    pub fn get() -> Self {
        expect_context()
    }

    /// Offers the commands of a page for as long as the calling component lives.
    pub fn offer(self, page: PageCommands) {
        let number = self.offers.get_value() + 1;
        self.offers.set_value(number);
        self.page.set(Some((number, page)));
        on_cleanup(move || {
            // the next page may have made its offer already
            let is_own = self.page.try_with_untracked(|page| page.is_some_and(|(own, _)| own == number));
            if is_own == Some(true) {
                self.page.set(None);
            }
        });
    }

    fn page(self) -> Option<PageCommands> {
        self.page.get_untracked().map(|(_, page)| page)
    }

    /// Does it.
    pub fn run(self, command: Command) {
        let open = !self.palette.get_untracked();
        self.palette.set(false);
        match command {
            Command::Palette => self.palette.set(open && !self.help.get_untracked()),
            Command::Help => self.help.set(true),
            Command::Send => {
                if let Some(page) = self.page().filter(|page| page.can_send.get_untracked()) {
                    page.on_send.run(());
                }
            }
            Command::Preset(number) => {
                let at = usize::from(number).checked_sub(1);
                if let (Some(page), Some(at)) = (self.page(), at)
                    && at < page.presets.read_untracked().len()
                {
                    page.on_choose.run(at);
                }
            }
            Command::Go(path) => self.navigate.run(path),
            Command::Theme => self.settings.choose_theme(self.settings.theme.get_untracked().next()),
            Command::Language => {
                let next = settings::other_language(self.i18n.get_locale());
                self.i18n.set_locale(next);
                settings::remember_language(next);
            }
        }
    }

    /// What the palette offers now.
    fn choices(self) -> Vec<Choice> {
        let page = self.page();
        let presets = page.map(|page| page.presets.get_untracked()).unwrap_or_default();
        let can_send = page.is_some_and(|page| page.can_send.get_untracked());
        let mut choices = Vec::with_capacity(TABLE.len() + presets.len());
        for (command, keys) in TABLE {
            match command {
                Command::Palette => {}
                Command::Send if !can_send => {}
                Command::Preset(_) => {
                    let numbered = (1..).zip(&presets).map(|(number, preset)| {
                        let words = t_string!(self.i18n, commands.preset, name = preset.clone());
                        Choice { words, aliases: String::new(), command: Command::Preset(number), keys: None }
                    });
                    choices.extend(numbered);
                }
                _ => choices.push(Choice {
                    words: self.name(command).to_owned(),
                    aliases: aliases(command).to_owned(),
                    command,
                    keys: Some(keys),
                }),
            }
        }
        choices
    }

    /// What a command does, in words; tracked.
    fn name(self, command: Command) -> &'static str {
        let i18n = self.i18n;
        match command {
            Command::Palette => t_string!(i18n, commands.do_palette),
            Command::Help => t_string!(i18n, commands.do_help),
            Command::Send => t_string!(i18n, commands.do_send),
            Command::Preset(_) => t_string!(i18n, commands.do_preset),
            Command::Go("/rest") => t_string!(i18n, commands.go_rest),
            Command::Go("/grpc") => t_string!(i18n, commands.go_grpc),
            Command::Go("/queue") => t_string!(i18n, commands.go_queue),
            Command::Go("/design") => t_string!(i18n, commands.go_design),
            Command::Go(_) => t_string!(i18n, commands.go_home),
            Command::Theme => t_string!(i18n, commands.do_theme),
            Command::Language => t_string!(i18n, commands.do_language),
        }
    }
}

/// What a command is found by in any language.
const fn aliases(command: Command) -> &'static str {
    match command {
        Command::Help => "help keyboard shortcuts",
        Command::Send => "send publish call",
        Command::Go(path) => path,
        Command::Theme => "theme dark light",
        Command::Language => "language english chinese 中文",
        Command::Palette | Command::Preset(_) => "",
    }
}

/// The palette and the help sheet, which show when they are opened.
#[component]
pub fn CommandDialogs() -> impl IntoView {
    let i18n = use_i18n();
    let commands = Commands::get();
    let palette_title = Signal::derive(move || t_string!(i18n, commands.palette).to_owned());
    let help_title = Signal::derive(move || t_string!(i18n, commands.help).to_owned());
    view! {
        <Dialog testid="palette" open=commands.palette title=palette_title bare=true>
            {move || palette(commands)}
        </Dialog>
        <Dialog testid="help" open=commands.help title=help_title>
            {help(commands)}
        </Dialog>
    }
}

fn palette(commands: Commands) -> impl IntoView {
    let choose = Callback::new(move |command| commands.run(command));
    view! { <Palette choices=commands.choices() on_choose=choose /> }
}

fn help(commands: Commands) -> impl IntoView {
    let i18n = use_i18n();
    let settings = commands.settings;
    view! {
        <div class="help">
            <dl>
                {TABLE
                    .map(|(command, keys)| {
                        view! {
                            <dt>
                                <Keycaps keys=keys />
                            </dt>
                            <dd>{move || commands.name(command)}</dd>
                        }
                    })
                    .collect_view()}
            </dl>
            <label class="check">
                <input
                    type="checkbox"
                    data-testid="single-keys"
                    prop:checked=move || settings.keys.get()
                    on:change=move |event| settings.choose_keys(event_target_checked(&event))
                />
                {t!(i18n, commands.single_keys)}
            </label>
            <p class="hint">{t!(i18n, commands.single_keys_why)}</p>
        </div>
    }
}

/// Opens the palette; where there is room it says by which keys.
#[component]
pub fn CommandButton() -> impl IntoView {
    let i18n = use_i18n();
    let commands = Commands::get();
    view! {
        <button class="btn quiet sm commands" type="button" data-testid="commands" on:click=move |_| commands.run(Command::Palette)>
            <span class="vh">{t!(i18n, commands.palette)}</span>
            <Keycaps keys=Keys::Mod("k") />
        </button>
    }
}
