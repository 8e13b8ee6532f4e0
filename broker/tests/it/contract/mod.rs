//! The same cases against the embedded broker and a real RabbitMQ.
