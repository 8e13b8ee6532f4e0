//! Declaring, deleting and purging exchanges and queues.

use std::{sync::Arc, time::Instant};

use amq_protocol::protocol::{AMQPClass, basic, exchange, queue};

use super::{
    ConnectionId, QueueId, Vhost,
    arguments::{QueueOptions, names_exchange},
    direct_reply_to,
    equivalence::{equivalent, same, same_queue},
    exchange::{ALTERNATE, Destination, Exchange, ExchangeType},
    generated_name::generated,
    queue::Queue,
};
use crate::{
    refusal::{Code, Refusal},
    table::Arguments,
};

impl Vhost {
    /// `exchange.declare`
    ///
    /// # Errors
    /// 403 for a reserved name, 404 when a passive declaration finds nothing, 406 when the existing exchange differs,
    /// 503 for an unknown type.
    pub(super) fn declare_exchange(
        &mut self,
        declare: &exchange::Declare,
        arguments: Arguments,
    ) -> Result<(), Refusal> {
        let name = declare.exchange.as_str();
        if declare.passive {
            not_default(name)?;
            return self.exchange(name).map(|_exists| ());
        }
        let kind = ExchangeType::named(declare.kind.as_str())
            .ok_or_else(|| Code::CommandInvalid.because(format!("unknown exchange type '{}'", declare.kind)))?;
        not_default(name)?;
        if let Some(current) = self.exchanges.get(name) {
            let what = format!("exchange '{name}' in vhost '{}'", self.name);
            same("type", kind.name(), current.kind.name(), &what)?;
            same("durable", truth(declare.durable), truth(current.durable), &what)?;
            same("auto_delete", truth(declare.auto_delete), truth(current.auto_delete), &what)?;
            same("internal", truth(declare.internal), truth(current.internal), &what)?;
            return equivalent(ALTERNATE, &arguments, &current.arguments, &what);
        }
        not_reserved("exchange", name)?;
        names_exchange(ALTERNATE, &arguments, &format!("exchange '{name}' in vhost '{}'", self.name))?;
        let exchange = Exchange {
            durable: declare.durable,
            auto_delete: declare.auto_delete,
            internal: declare.internal,
            arguments,
            ..Exchange::new(declare.exchange.as_str(), kind)
        };
        self.exchanges.insert(exchange.name.clone(), exchange);
        Ok(())
    }

    /// `exchange.delete`; succeeds if there is no such exchange.
    ///
    /// # Errors
    /// 403 for a standard exchange, 406 with `if-unused` when the exchange has bindings.
    pub(super) fn delete_exchange(&mut self, delete: &exchange::Delete) -> Result<(), Refusal> {
        let name = delete.exchange.as_str();
        not_default(name)?;
        if name.starts_with("amq.") {
            return Err(Code::AccessRefused
                .because(format!("deletion of system exchange '{name}' in vhost '{}' not allowed", self.name)));
        }
        if delete.if_unused && self.exchanges.get(name).is_some_and(|exchange| !exchange.bindings.is_empty()) {
            return Err(Code::PreconditionFailed.because(format!("exchange '{name}' in vhost '{}' in use", self.name)));
        }
        self.remove_exchange(name);
        Ok(())
    }

    fn remove_exchange(&mut self, name: &str) {
        if let Some(exchange) = self.exchanges.remove(name) {
            self.unbind_destination(&Destination::Exchange(exchange.name));
        }
    }

    /// Removes all bindings to a deleted destination, and the auto-delete exchanges that have no binding left.
    fn unbind_destination(&mut self, gone: &Destination) {
        let mut unused = Vec::new();
        for exchange in self.exchanges.values_mut() {
            let any = exchange.unbind(|_key, binding| binding.destination == *gone);
            if any && exchange.auto_delete && exchange.bindings.is_empty() {
                unused.push(exchange.name.clone());
            }
        }
        for name in unused {
            self.remove_exchange(&name);
        }
    }

    /// Deletes an auto-delete exchange that has no binding left.
    pub(super) fn delete_if_unused(&mut self, name: &str) {
        if self.exchanges.get(name).is_some_and(|exchange| exchange.auto_delete && exchange.bindings.is_empty()) {
            self.remove_exchange(name);
        }
    }

    /// `queue.declare`: returns the name, the number of ready messages and the number of consumers.
    ///
    /// # Errors
    /// 403 for a reserved name, 404 when a passive declaration finds nothing, 405 when the queue is exclusive to
    /// another connection, 406 when the existing queue differs or an argument is invalid.
    pub(super) fn declare_queue(
        &mut self,
        connection: ConnectionId,
        channel: u16,
        declare: &queue::Declare,
        arguments: Arguments,
        now: Instant,
    ) -> Result<queue::DeclareOk, Refusal> {
        if direct_reply_to::is_reply_to(declare.queue.as_str()) {
            return self.declare_reply_to(declare.queue.as_str());
        }
        if declare.passive {
            let id = self.accessible(connection, declare.queue.as_str())?;
            self.queues[id].idle_since = now;
            return self.declared(connection, channel, id);
        }
        // also if the queue exists: only a passive declaration may use such a name
        not_reserved("queue", declare.queue.as_str())?;
        if let Some(id) = self.names.get(declare.queue.as_str()).copied() {
            self.check_equivalent(connection, id, declare, &arguments)?;
            self.queues[id].idle_since = now;
            return self.declared(connection, channel, id);
        }
        let name: Arc<str> = match declare.queue.as_str() {
            "" => generated("amq.gen-").into(),
            name => name.into(),
        };
        let what = self.of_queue(&name);
        names_exchange("x-dead-letter-exchange", &arguments, &what)?;
        let mut options = QueueOptions::parse(&arguments, &what)?;
        for policy in self.policies.iter().filter(|policy| *policy.queue == *name) {
            options.bound(policy);
        }
        let durable = is_durable(declare);
        let mut queue = Queue::new(&name, arguments, options, now);
        queue.durable = durable;
        queue.auto_delete = declare.auto_delete;
        queue.exclusive = declare.exclusive.then_some(connection);
        let id = self.queues.insert(queue);
        self.names.insert(name, id);
        if declare.exclusive
            && let Some(connection) = self.connections.get_mut(connection)
        {
            connection.exclusive.push(id);
        }
        self.set_alarm(id);
        self.declared(connection, channel, id)
    }

    fn check_equivalent(
        &self,
        connection: ConnectionId,
        id: QueueId,
        declare: &queue::Declare,
        arguments: &Arguments,
    ) -> Result<(), Refusal> {
        let queue = &self.queues[id];
        let what = self.of_queue(&queue.name);
        if queue.exclusive.is_some_and(|owner| owner != connection) || queue.exclusive.is_some() != declare.exclusive {
            return Err(self.locked(&queue.name));
        }
        same("durable", truth(is_durable(declare)), truth(queue.durable), &what)?;
        same("auto_delete", truth(declare.auto_delete), truth(queue.auto_delete), &what)?;
        same_queue(arguments, &queue.arguments, &what)
    }

    fn declared(&mut self, connection: ConnectionId, channel: u16, id: QueueId) -> Result<queue::DeclareOk, Refusal> {
        let queue = &self.queues[id];
        let name = queue.name.clone();
        let ok = queue::DeclareOk {
            queue: (&*name).into(),
            message_count: count(queue.ready.len()),
            consumer_count: count(queue.consumers.len()),
        };
        self.channel(connection, channel)?.last_queue = Some(name);
        Ok(ok)
    }

    /// `queue.delete`: returns the number of its messages. Succeeds if there is no such queue.
    ///
    /// # Errors
    /// 405 when the queue is exclusive to another connection, 406 when `if-unused` or `if-empty` does not hold.
    pub(super) fn delete_queue_named(
        &mut self,
        connection: ConnectionId,
        channel: u16,
        delete: &queue::Delete,
    ) -> Result<u32, Refusal> {
        let name = self.queue_name(connection, channel, delete.queue.as_str())?;
        if !self.names.contains_key(&name) {
            return Ok(0);
        }
        let id = self.accessible(connection, &name)?;
        let queue = &self.queues[id];
        if delete.if_unused && !queue.consumers.is_empty() {
            return Err(Code::PreconditionFailed.because(format!("{} in use", self.of_queue(&name))));
        }
        if delete.if_empty && queue.ready.len() > 0 {
            return Err(Code::PreconditionFailed.because(format!("{} not empty", self.of_queue(&name))));
        }
        Ok(count(self.delete_queue(id)))
    }

    /// Deletes a queue with its messages, bindings and consumers; returns the number of its messages. Its unsettled
    /// deliveries stay with their channels until they are settled.
    pub(super) fn delete_queue(&mut self, id: QueueId) -> usize {
        let Some(queue) = self.queues.remove(id) else { return 0 };
        self.names.remove(&queue.name);
        if let Some(owner) = queue.exclusive.and_then(|owner| self.connections.get_mut(owner)) {
            owner.exclusive.retain(|exclusive| *exclusive != id);
        }
        self.unbind_destination(&Destination::Queue(id));
        for consumer in queue.consumers {
            let Some(consumer) = self.consumers.remove(consumer) else { continue };
            let Some(connection) = self.connections.get_mut(consumer.connection) else { continue };
            if let Some(channel) = connection.channels.get_mut(&consumer.channel) {
                channel.consumers.remove(&consumer.tag);
            }
            if connection.cancel_notify {
                let cancel = basic::Cancel { consumer_tag: (&*consumer.tag).into(), nowait: true };
                connection.outbox.method(consumer.channel, AMQPClass::Basic(basic::AMQPMethod::Cancel(cancel)));
            }
        }
        queue.ready.len()
    }

    /// `queue.purge`: returns the number of removed messages.
    ///
    /// # Errors
    /// 404, 405.
    pub(super) fn purge(&mut self, connection: ConnectionId, channel: u16, name: &str) -> Result<u32, Refusal> {
        let name = self.queue_name(connection, channel, name)?;
        let id = self.accessible(connection, &name)?;
        let purged = self.queues[id].ready.drain();
        Ok(count(purged.len()))
    }
}

/// An exclusive queue is deleted with its connection, so it is never durable.
fn is_durable(declare: &queue::Declare) -> bool {
    declare.durable && !declare.exclusive
}

/// # Errors
/// 403 for the default exchange.
pub(super) fn not_default(name: &str) -> Result<(), Refusal> {
    if name.is_empty() {
        return Err(Code::AccessRefused.because("operation not permitted on the default exchange"));
    }
    Ok(())
}

fn not_reserved(what: &str, name: &str) -> Result<(), Refusal> {
    if name.starts_with("amq.") {
        return Err(Code::AccessRefused.because(format!("{what} name '{name}' contains reserved prefix 'amq.*'")));
    }
    Ok(())
}

fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
