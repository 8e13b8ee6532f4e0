//! The dispatch table of a channel's methods. Methods of class `connection`, and those that open and close channels,
//! are handled by [`crate::net`].

use std::time::Instant;

use amq_protocol::{
    protocol::{AMQPClass, access, basic, channel, confirm, exchange, queue, tx},
    types::ShortString,
};

use super::{ConnectionId, Vhost, channel::Settlement};
use crate::{
    refusal::{Code, Refusal},
    table::Arguments,
};

impl Vhost {
    /// Carries out a method and puts its answer, if any, into the connection's outbox. `arguments` is the field table
    /// of the method; the table in `method` is empty.
    ///
    /// # Errors
    /// The reply code and text of the refusal.
    pub(crate) fn method(
        &mut self,
        id: ConnectionId,
        number: u16,
        method: AMQPClass,
        arguments: Arguments,
        now: Instant,
    ) -> Result<(), Refusal> {
        let answer = match method {
            AMQPClass::Basic(method) => {
                self.basic(id, number, method, &arguments, now)?;
                None
            }
            AMQPClass::Queue(method) => self.queue(id, number, method, arguments, now)?,
            AMQPClass::Exchange(method) => self.exchange_method(method, arguments)?,
            AMQPClass::Channel(channel::AMQPMethod::Flow(flow)) => {
                if !flow.active {
                    return Err(Code::NotImplemented.because("active=false"));
                }
                Some(AMQPClass::Channel(channel::AMQPMethod::FlowOk(channel::FlowOk { active: true })))
            }
            AMQPClass::Confirm(confirm::AMQPMethod::Select(select)) => {
                self.select_confirms(id, number)?;
                (!select.nowait).then_some(AMQPClass::Confirm(confirm::AMQPMethod::SelectOk(confirm::SelectOk {})))
            }
            AMQPClass::Tx(method) => Some(AMQPClass::Tx(self.tx(id, number, &method, now)?)),
            AMQPClass::Access(access::AMQPMethod::Request(_)) => {
                let ok = access::RequestOk {};
                Some(AMQPClass::Access(access::AMQPMethod::RequestOk(ok)))
            }
            AMQPClass::Channel(_) | AMQPClass::Confirm(_) | AMQPClass::Access(_) | AMQPClass::Connection(_) => {
                return Err(unexpected());
            }
        };
        if let Some(answer) = answer {
            self.send(id, number, answer);
        }
        Ok(())
    }

    /// A method of class `basic`. Its answer is sent before deliveries that it makes possible.
    fn basic(
        &mut self,
        id: ConnectionId,
        number: u16,
        method: basic::AMQPMethod,
        arguments: &Arguments,
        now: Instant,
    ) -> Result<(), Refusal> {
        use basic::AMQPMethod as Method;
        let unless_requeued = |requeue: bool| if requeue { Settlement::Requeue } else { Settlement::Discard };
        match method {
            Method::Qos(qos) => self.qos(id, number, &qos),
            Method::Consume(consume) => self.consume(id, number, &consume, arguments, now),
            Method::Cancel(cancel) => {
                self.cancel(id, number, &cancel);
                Ok(())
            }
            // the client confirms a cancellation by the broker
            Method::CancelOk(_) => Ok(()),
            Method::Get(get) => self.get(id, number, &get, now),
            Method::Ack(ack) => self.acknowledge(id, number, ack.delivery_tag, ack.multiple, Settlement::Ack),
            Method::Nack(nack) => {
                self.acknowledge(id, number, nack.delivery_tag, nack.multiple, unless_requeued(nack.requeue))
            }
            Method::Reject(reject) => {
                self.acknowledge(id, number, reject.delivery_tag, false, unless_requeued(reject.requeue))
            }
            Method::Recover(recover) => {
                let ok = AMQPClass::Basic(Method::RecoverOk(basic::RecoverOk {}));
                self.recover(id, number, recover.requeue, Some(ok))
            }
            Method::RecoverAsync(recover) => self.recover(id, number, recover.requeue, None),
            Method::Publish(_)
            | Method::QosOk(_)
            | Method::ConsumeOk(_)
            | Method::Return(_)
            | Method::Deliver(_)
            | Method::GetOk(_)
            | Method::GetEmpty(_)
            | Method::RecoverOk(_) => Err(unexpected()),
        }
    }

    fn queue(
        &mut self,
        id: ConnectionId,
        number: u16,
        method: queue::AMQPMethod,
        arguments: Arguments,
        now: Instant,
    ) -> Result<Option<AMQPClass>, Refusal> {
        use queue::AMQPMethod as Method;
        let (nowait, answer) = match method {
            Method::Declare(mut declare) => {
                unbroken([&mut declare.queue]);
                let nowait = declare.nowait;
                (nowait, Method::DeclareOk(self.declare_queue(id, number, &declare, arguments, now)?))
            }
            Method::Delete(mut delete) => {
                unbroken([&mut delete.queue]);
                let message_count = self.delete_queue_named(id, number, &delete)?;
                (delete.nowait, Method::DeleteOk(queue::DeleteOk { message_count }))
            }
            Method::Purge(purge) => {
                let message_count = self.purge(id, number, purge.queue.as_str())?;
                (purge.nowait, Method::PurgeOk(queue::PurgeOk { message_count }))
            }
            Method::Bind(mut bind) => {
                unbroken([&mut bind.queue, &mut bind.exchange]);
                let nowait = bind.nowait;
                self.bind_queue(id, number, &bind, arguments)?;
                (nowait, Method::BindOk(queue::BindOk {}))
            }
            Method::Unbind(mut unbind) => {
                unbroken([&mut unbind.queue, &mut unbind.exchange]);
                self.unbind_queue(id, number, &unbind, &arguments)?;
                (false, Method::UnbindOk(queue::UnbindOk {}))
            }
            Method::DeclareOk(_)
            | Method::DeleteOk(_)
            | Method::PurgeOk(_)
            | Method::BindOk(_)
            | Method::UnbindOk(_) => return Err(unexpected()),
        };
        Ok((!nowait).then_some(AMQPClass::Queue(answer)))
    }

    fn exchange_method(
        &mut self,
        method: exchange::AMQPMethod,
        arguments: Arguments,
    ) -> Result<Option<AMQPClass>, Refusal> {
        use exchange::AMQPMethod as Method;
        let (nowait, answer) = match method {
            Method::Declare(mut declare) => {
                unbroken([&mut declare.exchange]);
                let nowait = declare.nowait;
                self.declare_exchange(&declare, arguments)?;
                (nowait, Method::DeclareOk(exchange::DeclareOk {}))
            }
            Method::Delete(mut delete) => {
                unbroken([&mut delete.exchange]);
                self.delete_exchange(&delete)?;
                (delete.nowait, Method::DeleteOk(exchange::DeleteOk {}))
            }
            Method::Bind(mut bind) => {
                unbroken([&mut bind.destination, &mut bind.source]);
                let nowait = bind.nowait;
                self.bind_exchange(&bind, arguments)?;
                (nowait, Method::BindOk(exchange::BindOk {}))
            }
            Method::Unbind(mut unbind) => {
                unbroken([&mut unbind.destination, &mut unbind.source]);
                self.unbind_exchange(&unbind, &arguments)?;
                (unbind.nowait, Method::UnbindOk(exchange::UnbindOk {}))
            }
            Method::DeclareOk(_) | Method::DeleteOk(_) | Method::BindOk(_) | Method::UnbindOk(_) => {
                return Err(unexpected());
            }
        };
        Ok((!nowait).then_some(AMQPClass::Exchange(answer)))
    }

    fn tx(
        &mut self,
        id: ConnectionId,
        number: u16,
        method: &tx::AMQPMethod,
        now: Instant,
    ) -> Result<tx::AMQPMethod, Refusal> {
        match method {
            tx::AMQPMethod::Select(_) => {
                self.select_transactions(id, number)?;
                Ok(tx::AMQPMethod::SelectOk(tx::SelectOk {}))
            }
            tx::AMQPMethod::Commit(_) => {
                self.commit(id, number, now)?;
                Ok(tx::AMQPMethod::CommitOk(tx::CommitOk {}))
            }
            tx::AMQPMethod::Rollback(_) => {
                self.rollback(id, number)?;
                Ok(tx::AMQPMethod::RollbackOk(tx::RollbackOk {}))
            }
            tx::AMQPMethod::SelectOk(_) | tx::AMQPMethod::CommitOk(_) | tx::AMQPMethod::RollbackOk(_) => {
                Err(unexpected())
            }
        }
    }
}

/// Removes line breaks from names of queues and exchanges, as RabbitMQ does.
fn unbroken<const N: usize>(names: [&mut ShortString; N]) {
    for name in names {
        if name.as_str().contains(['\r', '\n']) {
            *name = name.as_str().replace(['\r', '\n'], "").into();
        }
    }
}

/// A method that only a broker sends.
fn unexpected() -> Refusal {
    Code::CommandInvalid.because("unimplemented method")
}
