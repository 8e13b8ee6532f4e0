//! Bindings of exchanges to queues and to other exchanges.

use amq_protocol::protocol::{exchange, queue};

use super::{
    ConnectionId, Vhost,
    declare::not_default,
    exchange::{Binding, Destination, ExchangeType},
    matching::valid_match,
};
use crate::{refusal::Refusal, table::Arguments};

impl Vhost {
    /// `queue.bind`. An empty routing key means the queue's name when the queue's name is empty as well.
    ///
    /// # Errors
    /// 403 on the default exchange, 404, 405.
    pub(super) fn bind_queue(
        &mut self,
        connection: ConnectionId,
        channel: u16,
        bind: &queue::Bind,
        arguments: Arguments,
    ) -> Result<(), Refusal> {
        let name = self.queue_name(connection, channel, bind.queue.as_str())?;
        let both = bind.queue.as_str().is_empty() && bind.routing_key.as_str().is_empty();
        let key = if both { &*name } else { bind.routing_key.as_str() };
        not_default(bind.exchange.as_str())?;
        let id = self.accessible(connection, &name)?;
        self.bind(bind.exchange.as_str(), Destination::Queue(id), key, arguments)
    }

    /// `queue.unbind`; succeeds if there is no such binding or queue.
    ///
    /// # Errors
    /// 403 on the default exchange, 404 when the queue name is empty and none was declared, 405.
    pub(super) fn unbind_queue(
        &mut self,
        connection: ConnectionId,
        channel: u16,
        unbind: &queue::Unbind,
        arguments: &Arguments,
    ) -> Result<(), Refusal> {
        let name = self.queue_name(connection, channel, unbind.queue.as_str())?;
        let both = unbind.queue.as_str().is_empty() && unbind.routing_key.as_str().is_empty();
        let key = if both { &*name } else { unbind.routing_key.as_str() };
        not_default(unbind.exchange.as_str())?;
        if self.names.contains_key(&name) {
            let id = self.accessible(connection, &name)?;
            self.unbind(unbind.exchange.as_str(), &Destination::Queue(id), key, arguments);
        }
        Ok(())
    }

    /// `exchange.bind`, an extension of RabbitMQ: the source forwards messages to the destination.
    ///
    /// # Errors
    /// 403 on the default exchange, 404.
    pub(super) fn bind_exchange(&mut self, bind: &exchange::Bind, arguments: Arguments) -> Result<(), Refusal> {
        not_default(bind.destination.as_str())?;
        not_default(bind.source.as_str())?;
        // when both are missing, RabbitMQ names the source
        self.exchange(bind.source.as_str())?;
        let destination = Destination::Exchange(self.exchange(bind.destination.as_str())?.name.clone());
        self.bind(bind.source.as_str(), destination, bind.routing_key.as_str(), arguments)
    }

    /// `exchange.unbind`; succeeds if there is no such binding or exchange.
    ///
    /// # Errors
    /// 403 on the default exchange.
    pub(super) fn unbind_exchange(&mut self, unbind: &exchange::Unbind, arguments: &Arguments) -> Result<(), Refusal> {
        not_default(unbind.destination.as_str())?;
        not_default(unbind.source.as_str())?;
        let destination = Destination::Exchange(unbind.destination.as_str().into());
        self.unbind(unbind.source.as_str(), &destination, unbind.routing_key.as_str(), arguments);
        Ok(())
    }

    fn bind(&mut self, source: &str, destination: Destination, key: &str, arguments: Arguments) -> Result<(), Refusal> {
        if self.exchange(source)?.kind == ExchangeType::Headers {
            valid_match(&arguments)?;
        }
        if let Some(exchange) = self.exchanges.get_mut(source) {
            exchange.bind(key, Binding { destination, arguments });
        }
        Ok(())
    }

    fn unbind(&mut self, source: &str, destination: &Destination, key: &str, arguments: &Arguments) {
        if let Some(exchange) = self.exchanges.get_mut(source)
            && exchange.unbind(|bound, binding| {
                bound == key.as_bytes() && binding.destination == *destination && binding.arguments == *arguments
            })
        {
            self.delete_if_unused(source);
        }
    }
}
