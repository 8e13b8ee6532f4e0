//! What a server offers, read from a `FileDescriptorSet` (descriptor.proto): its services with their methods, and the
//! messages that these take and give.

use std::sync::Arc;

use super::{
    kind::Kind,
    wire::{self, Malformed, Value},
};

/// All of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contract {
    /// In the order of the files.
    pub services: Vec<Service>,
}

/// A service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    /// With its package, `helloworld.Greeter`.
    pub name: String,
    /// In order.
    pub methods: Vec<Method>,
}

/// A method.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Method {
    /// `helloworld.Greeter`
    pub service: String,
    /// `SayHello`
    pub name: String,
    /// The file that describes it.
    pub file: String,
    /// What it takes.
    pub request: Arc<Message>,
    /// What it gives.
    pub reply: Arc<Message>,
    /// Many requests in one call.
    pub client_streams: bool,
    /// Many replies in one call.
    pub server_streams: bool,
}

/// A message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// With its package, `helloworld.HelloRequest`.
    pub name: String,
    /// In order.
    pub fields: Vec<Field>,
}

/// A field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// As the file has it.
    pub name: String,
    /// As JSON has it.
    pub json_name: String,
    /// Its number on the wire.
    pub number: u32,
    /// Its type.
    pub kind: Kind,
}

impl Contract {
    /// Reads a set.
    ///
    /// # Errors
    /// When the bytes are no message.
    pub fn read(set: &[u8]) -> Result<Self, Malformed> {
        let files = parts(set, 1)?;
        let mut messages = Vec::new();
        for file in &files {
            let package = text(file, 2)?;
            for message in parts(file, 4)? {
                messages.push(Arc::new(Message::read(message, &package)?));
            }
        }
        let mut services = Vec::new();
        for file in &files {
            let (name, package) = (text(file, 1)?, text(file, 2)?);
            for service in parts(file, 6)? {
                services.push(Service::read(service, &name, &package, &messages)?);
            }
        }
        Ok(Self { services })
    }

    /// All methods of all services.
    pub fn methods(&self) -> impl Iterator<Item = &Method> {
        self.services.iter().flat_map(|service| &service.methods)
    }
}

impl Service {
    fn read(bytes: &[u8], file: &str, package: &str, messages: &[Arc<Message>]) -> Result<Self, Malformed> {
        let name = within(package, &text(bytes, 1)?);
        // the names of types are absolute, which they show by a dot at their start
        let message = |bytes: &[u8], number| {
            let wanted = text(bytes, number)?;
            let found = messages.iter().find(|message| wanted.strip_prefix('.') == Some(&message.name));
            Ok(found.cloned().unwrap_or_default())
        };
        let method = |bytes: &[u8]| {
            Ok(Method {
                service: name.clone(),
                name: text(bytes, 1)?,
                file: file.to_owned(),
                request: message(bytes, 2)?,
                reply: message(bytes, 3)?,
                client_streams: number(bytes, 5)? != 0,
                server_streams: number(bytes, 6)? != 0,
            })
        };
        let methods = parts(bytes, 2)?.into_iter().map(method).collect::<Result<_, Malformed>>()?;
        Ok(Self { name, methods })
    }
}

impl Method {
    /// What a call names it by, `helloworld.Greeter/SayHello`.
    pub fn path(&self) -> String {
        format!("{}/{}", self.service, self.name)
    }
}

impl Field {
    /// Whether JSON may name it so.
    pub fn is_called(&self, key: &str) -> bool {
        self.json_name == key || self.name == key
    }
}

impl Message {
    /// Which of the fields JSON names so.
    pub fn place(&self, key: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.is_called(key))
    }

    fn read(bytes: &[u8], package: &str) -> Result<Self, Malformed> {
        let field = |bytes: &[u8]| {
            let (name, json_name) = (text(bytes, 1)?, text(bytes, 10)?);
            let is_list = number(bytes, 4)? == 3;
            let kind = if is_list { Kind::Other } else { Kind::of(number(bytes, 5)?) };
            let json_name = if json_name.is_empty() { name.clone() } else { json_name };
            let number = u32::try_from(number(bytes, 3)?).map_err(|_cut| Malformed)?;
            Ok(Field { name, json_name, number, kind })
        };
        let fields = parts(bytes, 2)?.into_iter().map(field).collect::<Result<_, Malformed>>()?;
        Ok(Self { name: within(package, &text(bytes, 1)?), fields })
    }

    /// Without its package.
    pub fn short_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or_default()
    }
}

fn within(package: &str, name: &str) -> String {
    if package.is_empty() { name.to_owned() } else { format!("{package}.{name}") }
}

/// All values of a field, which are messages.
fn parts(bytes: &[u8], wanted: u32) -> Result<Vec<&[u8]>, Malformed> {
    let mut found = Vec::new();
    wire::each(bytes, &mut |number, value| {
        if number == wanted {
            found.push(value.bytes());
        }
    })?;
    Ok(found)
}

fn last(bytes: &[u8], wanted: u32) -> Result<Option<Value<'_>>, Malformed> {
    let mut found = None;
    wire::each(bytes, &mut |number, value| {
        if number == wanted {
            found = Some(value);
        }
    })?;
    Ok(found)
}

fn text(bytes: &[u8], number: u32) -> Result<String, Malformed> {
    Ok(last(bytes, number)?.map(Value::text).unwrap_or_default())
}

fn number(bytes: &[u8], number: u32) -> Result<u64, Malformed> {
    Ok(last(bytes, number)?.map_or(0, Value::number))
}

#[cfg(test)]
pub(crate) mod tests {
    use crosstalk_proto::helloworld::FILE_DESCRIPTOR_SET;

    use super::*;

    /// The contract of this project's server.
    pub(crate) fn greeter() -> Contract {
        Contract::read(FILE_DESCRIPTOR_SET).expect("the compiler made it")
    }

    #[test]
    fn the_greeter_is_read_from_its_descriptor() {
        let contract = greeter();
        let methods: Vec<_> =
            contract.methods().map(|method| (method.path(), method.client_streams, method.server_streams)).collect();
        assert_eq!(
            methods,
            [
                ("helloworld.Greeter/SayHello".to_owned(), false, false),
                ("helloworld.Greeter/SayHelloStreamReply".to_owned(), false, true),
                ("helloworld.Greeter/SayHelloBidiStream".to_owned(), true, true),
            ]
        );
        let method = &contract.services[0].methods[0];
        assert_eq!((method.file.as_str(), method.request.short_name()), ("helloworld.proto", "HelloRequest"));
        let name = Field { name: "name".into(), json_name: "name".into(), number: 1, kind: Kind::Text };
        assert_eq!(method.request.fields, [name]);
        assert_eq!(method.reply.fields[0].name, "message");
    }

    #[test]
    fn what_is_no_descriptor_is_refused() {
        assert_eq!(Contract::read(b"<html>"), Err(Malformed));
        assert_eq!(Contract::read(b""), Ok(Contract::default()));
    }
}
