//! Interprets the frames of a connection: methods go to the core, contents are assembled, and a refusal closes the
//! channel or the connection.

use std::{ops::ControlFlow, time::Instant};

use amq_protocol::protocol::{AMQPClass, basic, channel, connection};

use super::{
    connection::{Connection, Ending},
    content::{Content, Partial},
    frame::{self, Payload},
    method::{Ids, Method, PUBLISH},
    stream::EndReason,
};
use crate::{
    core::{Publication, Vhost},
    observe::Published,
    refusal::{Code, Refusal},
};

impl Connection {
    /// Handles a frame. Breaks when the connection ends.
    pub(super) fn frame(
        &mut self,
        vhost: &mut Vhost,
        number: u16,
        payload: Payload,
        now: Instant,
    ) -> ControlFlow<Ending> {
        if number == 0 {
            return self.of_connection(vhost, payload);
        }
        let id = self.guard.id;
        if self.closing.contains(&number) {
            if let Payload::Method(Method::Other(AMQPClass::Channel(method), _)) = payload {
                match method {
                    channel::AMQPMethod::CloseOk(_) => drop(self.closing.remove(&number)),
                    channel::AMQPMethod::Close(_) => {
                        self.closing.remove(&number);
                        vhost.send(id, number, channel_method(channel::AMQPMethod::CloseOk(channel::CloseOk {})));
                    }
                    _late => {}
                }
            }
            return ControlFlow::Continue(());
        }
        let (cause, done) = self.of_channel(vhost, number, payload, now);
        let Err(refusal) = done else { return ControlFlow::Continue(()) };
        if refusal.code.is_hard() {
            return ControlFlow::Break((EndReason::Refused(refusal), cause));
        }
        // messages published before are confirmed first
        vhost.confirm_channel(id, number);
        vhost.close_channel(id, number);
        self.partial.remove(&number);
        self.closing.insert(number);
        vhost.send_frame(id, &frame::close(number, &refusal, cause));
        ControlFlow::Continue(())
    }

    /// A frame on channel 0.
    fn of_connection(&mut self, vhost: &mut Vhost, payload: Payload) -> ControlFlow<Ending> {
        let method = match payload {
            Payload::Heartbeat => return ControlFlow::Continue(()),
            Payload::Method(method) => method,
            content @ (Payload::Header { .. } | Payload::Body(_)) => {
                return ControlFlow::Break((EndReason::Refused(content.unexpected()), (0, 0)));
            }
        };
        match method {
            Method::Other(AMQPClass::Connection(connection::AMQPMethod::Close(_)), _) => {
                ControlFlow::Break((EndReason::Closed, (0, 0)))
            }
            Method::Other(AMQPClass::Connection(connection::AMQPMethod::UpdateSecret(_)), _) => {
                let ok = connection::AMQPMethod::UpdateSecretOk(connection::UpdateSecretOk {});
                vhost.send(self.guard.id, 0, AMQPClass::Connection(ok));
                ControlFlow::Continue(())
            }
            other => {
                let refusal = Code::ChannelError.because("unexpected method in connection state running");
                ControlFlow::Break((EndReason::Refused(refusal), other.ids()))
            }
        }
    }

    /// Handles a frame on another channel. Returns the method it belongs to and the refusal, if any.
    fn of_channel(
        &mut self,
        vhost: &mut Vhost,
        number: u16,
        payload: Payload,
        now: Instant,
    ) -> (Ids, Result<(), Refusal>) {
        let id = self.guard.id;
        if let Payload::Method(method) = &payload
            && !vhost.has_channel(id, number)
        {
            let cause = method.ids();
            return match method {
                Method::Other(AMQPClass::Channel(channel::AMQPMethod::Open(_)), _) => {
                    ((0, 0), self.open_channel(vhost, number))
                }
                // both sides closed the channel at the same time
                Method::Other(AMQPClass::Channel(channel::AMQPMethod::CloseOk(_)), _) => (cause, Ok(())),
                _other => (cause, Err(Code::ChannelError.because("expected 'channel.open'"))),
            };
        }
        match (self.partial.remove(&number), payload) {
            (_any, heartbeat @ Payload::Heartbeat) => ((0, 0), Err(heartbeat.unexpected())),
            (None, Payload::Method(Method::Publish(publish))) => {
                self.partial.insert(number, Partial::new(publish, vhost.charge()));
                (PUBLISH, Ok(()))
            }
            (None, Payload::Method(Method::Other(AMQPClass::Channel(channel::AMQPMethod::Close(_)), _))) => {
                vhost.confirm_channel(id, number);
                vhost.close_channel(id, number);
                vhost.send(id, number, channel_method(channel::AMQPMethod::CloseOk(channel::CloseOk {})));
                ((20, 40), Ok(()))
            }
            (None, Payload::Method(Method::Other(AMQPClass::Channel(channel::AMQPMethod::Open(_)), _))) => {
                ((20, 10), vhost.open_channel(id, number))
            }
            (None, Payload::Method(Method::Other(method, arguments))) => {
                let cause = (method.get_amqp_class_id(), method.get_amqp_method_id());
                // an answer that follows a publish is sent after the confirm of the publish
                if !is_settlement(&method) {
                    vhost.confirm_channel(id, number);
                }
                let consumed = match &method {
                    AMQPClass::Basic(basic::AMQPMethod::Consume(consume)) => Some(consume.queue.clone()),
                    _other => None,
                };
                let done = vhost.method(id, number, method, arguments, now);
                if let Some((observer, queue)) = self.shared.config.observer.as_ref().zip(consumed) {
                    observer.consumed(&self.negotiated.client, queue.as_str(), outcome(&done));
                }
                (cause, done)
            }
            (Some(partial), Payload::Header { class, size, properties }) => {
                let most = self.shared.config.limits.message_size;
                let whole = partial.header(class, size, properties, most);
                (PUBLISH, whole.and_then(|whole| self.publish(vhost, number, whole, now)))
            }
            (Some(partial), Payload::Body(part)) => {
                let whole = partial.body(&part);
                (PUBLISH, whole.and_then(|whole| self.publish(vhost, number, whole, now)))
            }
            (Some(partial), Payload::Method(_)) => (PUBLISH, Err(partial.interrupted())),
            (None, Payload::Header { .. } | Payload::Body(_)) => {
                ((0, 0), Err(Code::UnexpectedFrame.because("expected method frame, got non method frame instead")))
            }
        }
    }

    fn open_channel(&self, vhost: &mut Vhost, number: u16) -> Result<(), Refusal> {
        let most = self.negotiated.channel_max;
        let open = vhost.channel_count(self.guard.id);
        if open >= usize::from(most) {
            return Err(Code::NotAllowed.because(format!(
                "number of channels opened ({open}) has reached the negotiated channel_max ({most})"
            )));
        }
        vhost.open_channel(self.guard.id, number)?;
        vhost.send(self.guard.id, number, channel_method(channel::AMQPMethod::OpenOk(channel::OpenOk {})));
        Ok(())
    }

    fn publish(
        &mut self,
        vhost: &mut Vhost,
        number: u16,
        whole: Result<Content, Partial>,
        now: Instant,
    ) -> Result<(), Refusal> {
        self.published = true;
        match whole {
            Ok(content) => {
                let publish = &content.publish;
                let size = content.body.len();
                let publication = Publication { method: publish, properties: content.properties, body: content.body };
                let routed = vhost.publish(self.guard.id, number, publication, now);
                if let Some(observer) = &self.shared.config.observer {
                    let published = Published {
                        exchange: &String::from_utf8_lossy(&publish.exchange),
                        routing_key: &String::from_utf8_lossy(&publish.routing_key),
                        size,
                        outcome: outcome(&routed),
                    };
                    observer.published(&self.negotiated.client, &published);
                }
                routed.map(drop)
            }
            Err(partial) => {
                self.partial.insert(number, partial);
                Ok(())
            }
        }
    }
}

/// The outcome as an observer receives it.
fn outcome<T: Copy>(done: &Result<T, Refusal>) -> Result<T, u16> {
    done.as_ref().map(|given| *given).map_err(|refusal| refusal.code.number())
}

/// Methods without an answer and without an effect that a client could observe before another answer.
fn is_settlement(method: &AMQPClass) -> bool {
    use basic::AMQPMethod as Method;
    matches!(method, AMQPClass::Basic(Method::Ack(_) | Method::Nack(_) | Method::Reject(_)))
}

fn channel_method(method: channel::AMQPMethod) -> AMQPClass {
    AMQPClass::Channel(method)
}
