//! What is known of messages: the names and types of their fields, and which message a method takes and gives. From the
//! descriptor set that the compiler of `.proto` files writes.

use std::collections::HashMap;

use prost::Message as _;
use prost_types::{DescriptorProto, FileDescriptorSet, field_descriptor_proto as proto};

/// Why a descriptor set cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("not a protobuf descriptor set: {0}; make it with `protoc --include_imports --descriptor_set_out`")]
pub struct SchemaError(#[from] prost::DecodeError);

/// The messages and methods of a descriptor set, by their full names.
#[derive(Debug, Default)]
pub struct Schemas {
    messages: HashMap<String, Message>,
    enums: HashMap<String, HashMap<i32, String>>,
    /// Request and answer, by the path of the method: `/package.Service/Method`.
    methods: HashMap<String, (String, String)>,
}

#[derive(Debug, Default)]
pub(crate) struct Message {
    fields: HashMap<u32, Member>,
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) kind: proto::Type,
    /// The full name of its message or enum.
    type_name: String,
    pub(crate) repeated: bool,
}

impl Schemas {
    /// Takes an encoded `google.protobuf.FileDescriptorSet` in.
    ///
    /// # Errors
    ///
    /// When the bytes are not one.
    pub fn add(&mut self, descriptor_set: &[u8]) -> Result<(), SchemaError> {
        for file in FileDescriptorSet::decode(descriptor_set)?.file {
            let package = if file.package().is_empty() { String::new() } else { format!(".{}", file.package()) };
            for service in &file.service {
                for method in &service.method {
                    let path = format!("/{}.{}/{}", package.trim_start_matches('.'), service.name(), method.name());
                    self.methods.insert(path, (method.input_type().to_owned(), method.output_type().to_owned()));
                }
            }
            for message in file.message_type {
                self.message(&package, message);
            }
            for kind in file.enum_type {
                self.enumeration(&package, kind);
            }
        }
        Ok(())
    }

    fn message(&mut self, parent: &str, descriptor: DescriptorProto) {
        let name = format!("{parent}.{}", descriptor.name());
        for nested in descriptor.nested_type {
            self.message(&name, nested);
        }
        for kind in descriptor.enum_type {
            self.enumeration(&name, kind);
        }
        let member = |field: prost_types::FieldDescriptorProto| {
            let number = u32::try_from(field.number()).ok()?;
            let repeated = field.label() == proto::Label::Repeated;
            let member = Member {
                name: field.name().to_owned(),
                kind: field.r#type(),
                type_name: field.type_name().to_owned(),
                repeated,
            };
            Some((number, member))
        };
        let fields = descriptor.field.into_iter().filter_map(member).collect();
        self.messages.insert(name, Message { fields });
    }

    fn enumeration(&mut self, parent: &str, descriptor: prost_types::EnumDescriptorProto) {
        let name = format!("{parent}.{}", descriptor.name());
        let values = descriptor.value.into_iter().map(|value| (value.number(), value.name().to_owned())).collect();
        self.enums.insert(name, values);
    }

    /// What the method at this path takes, or what it gives.
    pub(crate) fn of_method(&self, path: &str, answer: bool) -> Option<&Message> {
        let (input, output) = self.methods.get(path)?;
        self.messages.get(if answer { output } else { input })
    }

    pub(crate) fn of_member(&self, member: &Member) -> Option<&Message> {
        self.messages.get(&member.type_name)
    }

    pub(crate) fn enum_name(&self, member: &Member, number: i32) -> Option<&str> {
        self.enums.get(&member.type_name)?.get(&number).map(String::as_str)
    }
}

impl Message {
    pub(crate) fn field(&self, number: u32) -> Option<&Member> {
        self.fields.get(&number)
    }
}
