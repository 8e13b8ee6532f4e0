//! The commands of a page: carried out at once where that needs no waiting, else beside the loop.

use std::time::Instant;

use crosstalk_proto::ws::{Answer, Command, Request};
use futures_util::FutureExt as _;
use http::StatusCode;

use super::{Page, outcome::Done, tell};
use crate::{
    activity::NotShown,
    bridge::{commands, consuming::Wanted, socket::Socket},
    error::Error,
    trace::TraceContext,
};

impl Page {
    pub(super) fn dispatch(&mut self, request: Request, socket: &mut Socket) {
        let Request { id, traceparent, command } = request;
        let trace = TraceContext::of(traceparent.as_deref());
        let app = self.app.clone();
        match command {
            Command::Ping => answer(socket, id, Ok(commands::pong(Instant::now()))),
            Command::Ack { subscription, epoch, delivery_tag, multiple } => {
                answer(socket, id, self.subscriptions.ack(subscription, epoch, delivery_tag, multiple));
            }
            Command::Nack { subscription, epoch, delivery_tag, multiple, requeue } => {
                let settled = self.subscriptions.nack(subscription, epoch, delivery_tag, multiple, requeue);
                answer(socket, id, settled);
            }
            Command::Unsubscribe { subscription } => {
                answer(socket, id, self.subscriptions.unsubscribe(subscription));
            }
            Command::Subscribe { queue, prefetch, ack_mode } => {
                if let Err(error) = commands::consumable(&queue).and_then(|()| self.subscriptions.reserve()) {
                    return answer(socket, id, Err(error));
                }
                let subscribing = commands::subscribe(app, queue.clone(), prefetch);
                let wanted = Wanted { queue, prefetch, ack_mode };
                self.commands.push(subscribing.map(move |result| Done::Subscribed { id, wanted, result }).boxed());
            }
            Command::Publish(message) => match app.link.limits().publishing.acquire(&self.publishing) {
                Ok(permit) => self.start(id, commands::publish(app, self.ticket, permit, trace, message)),
                Err(error) => answer(socket, id, Err(error.into())),
            },
            Command::Call { body, content_type, timeout_ms } => match app.link.limits().calls.acquire(&self.calling) {
                Ok(permit) => self.start(id, commands::call(app, permit, trace, body, content_type, timeout_ms)),
                Err(error) => answer(socket, id, Err(error.into())),
            },
            Command::Greet { name, calls } => self.start(id, commands::greet(app, trace, name, calls)),
            Command::InspectQueue { queue } => self.start(id, commands::inspect(app, queue)),
            Command::RetryLink => {
                app.link.retry();
                answer(socket, id, Ok(Answer::Done));
            }
            Command::WatchOthers => answer(socket, id, self.subscribe_to_activity()),
            Command::CallOpen { metadata, deadline_ms } => {
                let outcome = self.calls.open(&app, &metadata, trace, deadline_ms);
                tell(socket, &commands::to_message(id, outcome.map_err(|error| (error, Vec::new()))));
            }
            Command::CallSend { call, name } => answer(socket, id, self.calls.send(call, name)),
            Command::CallHalfClose { call } => answer(socket, id, self.calls.half_close(call)),
            Command::CallCancel { call } => answer(socket, id, self.calls.cancel(call)),
        }
    }

    fn subscribe_to_activity(&mut self) -> Result<Answer, Error> {
        let watching = self.app.activity.watch(self.forwarded);
        let refused = |error: NotShown| Error::request(StatusCode::FORBIDDEN, error.to_string());
        self.activity = Some(watching.map_err(refused)?);
        Ok(Answer::Done)
    }

    fn start(&mut self, id: u64, command: impl Future<Output = commands::Outcome> + Send + 'static) {
        let told = command.map(move |outcome| Done::Told(Box::new(commands::to_message(id, outcome))));
        self.commands.push(told.boxed());
    }

    pub(super) fn done(&mut self, done: Done, socket: &mut Socket) {
        match done {
            Done::Told(message) => tell(socket, &message),
            Done::Subscribed { id, wanted, result } => {
                answer(socket, id, self.subscriptions.begun(wanted, result));
            }
            Done::Resumed { number, result } => {
                if let Some(message) = self.subscriptions.resumed(number, result) {
                    tell(socket, &message);
                }
            }
        }
    }
}

fn answer(socket: &mut Socket, id: u64, answer: Result<Answer, Error>) {
    let outcome = answer.map(|answer| (answer, Vec::new())).map_err(|error| (error, Vec::new()));
    tell(socket, &commands::to_message(id, outcome));
}
