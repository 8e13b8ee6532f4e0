//! An AMQP 0-9-1 broker to embed: in memory, over real TCP.
