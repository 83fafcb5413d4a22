//! The list on screen: the confirmed board, the wishes on top of it, and the signals they move. The
//! board moves in one way only, by an event; what is shown is always the board with the wishes.

use std::collections::HashMap;

use leptos::prelude::*;

use super::notices::{Notice, Notices};
use super::route::Filter;
use super::{browser, link, sender};
use crate::api::ApiError;
use crate::domain::{Applied, Board, Event, EventId, List, Op, Outbox, Receipt, Todo, TodoId, Wish};

/// More missed changes than this are summed up in one notice.
const MISSED_NOTICES_MAX: usize = 3;

/// The list on screen. Cheap to copy, and shared by context.
#[derive(Clone, Copy)]
pub struct Live {
    state: StoredValue<State>,
    /// Moved whenever a row may have come, gone or changed sides.
    version: RwSignal<u64>,
    /// Which todos the page shows.
    pub filter: RwSignal<Filter>,
    /// How things stand with the socket.
    pub link: RwSignal<link::LinkState>,
    /// How many wishes the server has not answered.
    pub unsent: RwSignal<usize>,
    /// Where notices go.
    pub notices: Notices,
}

struct State {
    board: Board,
    outbox: Outbox,
    shown: Vec<TodoId>,
    rows: HashMap<TodoId, ArcRwSignal<Row>>,
    /// Events of others since the socket was last caught up.
    missed: Vec<String>,
    is_sending: bool,
}

/// One todo as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The todo, with the wishes about it.
    pub todo: Todo,
    /// Whether a wish about it is still on its way.
    pub is_saving: bool,
}

impl Live {
    /// The list as the server rendered it.
    #[must_use]
    pub fn new(board: Board, filter: Filter, notices: Notices) -> Self {
        let state = State {
            board,
            outbox: Outbox::default(),
            shown: Vec::new(),
            rows: HashMap::new(),
            missed: Vec::new(),
            is_sending: false,
        };
        let live = Self {
            state: StoredValue::new(state),
            version: RwSignal::new(0),
            filter: RwSignal::new(filter),
            link: RwSignal::new(link::LinkState::Connecting),
            unsent: RwSignal::new(0),
            notices,
        };
        live.refresh();
        live
    }

    /// Which list this is.
    #[must_use]
    pub fn list(&self) -> List {
        self.state.with_value(|it| it.board.list.clone())
    }

    /// The last event that is on the board.
    pub(crate) fn head(&self) -> EventId {
        self.state.with_value(|it| it.board.head.0)
    }

    /// The todos that the filter shows, in order.
    #[must_use]
    pub fn visible(self) -> Memo<Vec<TodoId>> {
        Memo::new(move |_| {
            self.version.track();
            let filter = self.filter.get();
            self.state.with_value(|it| {
                let shows = |id: &&TodoId| it.rows.get(*id).is_some_and(|row| filter.shows(&row.read_untracked().todo));
                it.shown.iter().filter(shows).copied().collect()
            })
        })
    }

    /// How many todos are open, and how many there are.
    #[must_use]
    pub fn counts(self) -> Memo<(usize, usize)> {
        Memo::new(move |_| {
            self.version.track();
            self.state.with_value(|it| {
                let open = it.rows.values().filter(|row| !row.read_untracked().todo.completed).count();
                (open, it.rows.len())
            })
        })
    }

    /// The signal of one row; `None` where the todo is gone.
    #[must_use]
    pub fn row(&self, id: TodoId) -> Option<ArcRwSignal<Row>> {
        self.state.with_value(|it| it.rows.get(&id).cloned())
    }

    /// Shows a wish at once, and sends it.
    pub fn wish(self, wish: Wish) {
        self.state.update_value(|it| it.outbox.add(browser::new_op(), browser::now_ms(), wish));
        self.refresh();
        sender::send(self);
    }

    /// The wish to send next, if no other is being sent: one at a time, and in order.
    pub(crate) fn next_to_send(self) -> Option<(Op, Wish)> {
        self.state.with_value(|it| it.outbox.next().map(|wished| (wished.op, wished.wish.clone())))
    }

    /// Takes the right to send. `false` where it is taken.
    pub(crate) fn begin_sending(self) -> bool {
        self.state.try_update_value(|it| !std::mem::replace(&mut it.is_sending, true)).unwrap_or(false)
    }

    /// Gives the right to send back.
    pub(crate) fn end_sending(self) {
        self.state.update_value(|it| it.is_sending = false);
    }

    /// The server has answered a wish.
    pub(crate) fn answered(self, op: Op, wish: &Wish, answer: Result<Receipt, ApiError>) {
        match answer {
            Ok(receipt) => self.state.update_value(|it| {
                let head = it.board.seq();
                it.outbox.receive(op, &receipt, head);
            }),
            Err(error) => {
                self.state.update_value(|it| it.outbox.drop(op));
                let about = match wish {
                    Wish::Create { title, .. } | Wish::Rename { title, .. } => {
                        format!("“{title}” was not saved. {error}")
                    }
                    _ => error.to_string(),
                };
                self.notices.add(Notice::error(about));
            }
        }
        self.refresh();
    }

    /// An event has come in. `false` where events between the board and it are missing.
    pub(crate) fn receive(self, event: &Event) -> bool {
        let applied = self.state.try_update_value(|it| {
            let news = Notice::about(&it.board, &event.change);
            let applied = it.board.apply(event);
            if applied == Applied::Next && !it.outbox.confirm(event) {
                it.missed.push(news);
            }
            applied
        });
        match applied {
            Some(Applied::Next) => self.refresh(),
            Some(Applied::Repeat) => {}
            Some(Applied::Gap) | None => return false,
        }
        if self.link.get_untracked() == link::LinkState::Live {
            self.tell_missed();
        }
        true
    }

    /// The socket has everything up to now. `false` where the board has not.
    pub(crate) fn caught_up(self, head: EventId) -> bool {
        self.link.set(link::LinkState::Live);
        self.tell_missed();
        self.head() == head
    }

    /// The log can't be resumed from: the board as it is now.
    pub(crate) fn replace(self, board: Board) {
        self.state.update_value(|it| {
            it.outbox.settle(board.seq());
            it.board = board;
        });
        self.refresh();
    }

    fn tell_missed(self) {
        let missed = self.state.try_update_value(|it| std::mem::take(&mut it.missed)).unwrap_or_default();
        if missed.len() > MISSED_NOTICES_MAX {
            self.notices.add(Notice::change(format!("{} changes by others", missed.len())));
        } else {
            for text in missed {
                self.notices.add(Notice::change(text));
            }
        }
    }

    /// Brings the signals in line with the board and its wishes: only rows that differ are touched.
    fn refresh(self) {
        let is_moved = self.state.try_update_value(State::refresh).unwrap_or(false);
        let unsent = self.state.with_value(|it| it.outbox.unsent());
        if self.unsent.get_untracked() != unsent {
            self.unsent.set(unsent);
        }
        if is_moved {
            self.version.update(|it| *it += 1);
        }
    }
}

impl State {
    fn refresh(&mut self) -> bool {
        let view = self.outbox.view(&self.board);
        let mut is_moved = view.todos.len() != self.shown.len();
        let mut rows = HashMap::with_capacity(view.todos.len());
        let mut shown = Vec::with_capacity(view.todos.len());
        for todo in view.todos {
            let id = todo.id;
            let row = Row { is_saving: self.outbox.is_waiting(id), todo };
            let signal = match self.rows.remove(&id) {
                None => {
                    is_moved = true;
                    ArcRwSignal::new(row)
                }
                Some(signal) => {
                    let before = signal.read_untracked();
                    let is_changed = *before != row;
                    is_moved |= before.todo.completed != row.todo.completed;
                    drop(before);
                    if is_changed {
                        signal.set(row);
                    }
                    signal
                }
            };
            is_moved |= self.shown.get(shown.len()) != Some(&id);
            rows.insert(id, signal);
            shown.push(id);
        }
        self.rows = rows;
        self.shown = shown;
        is_moved
    }
}
