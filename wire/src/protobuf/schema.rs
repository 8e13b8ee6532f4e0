//! Schemas of protobuf messages: the names and types of fields, and the request and answer types of methods, from the
//! descriptor set that the protobuf compiler writes.

use std::collections::HashMap;

use prost::Message as _;
use prost_types::{DescriptorProto, FileDescriptorSet, field_descriptor_proto as proto};

/// The error for bytes that are not a descriptor set.
#[derive(Debug, thiserror::Error)]
#[error("not a protobuf descriptor set: {0}; make it with `protoc --include_imports --descriptor_set_out`")]
pub struct SchemaError(#[from] prost::DecodeError);

/// The messages and methods of a descriptor set, by full name.
#[derive(Debug, Default)]
pub struct Schemas {
    messages: HashMap<String, Message>,
    enums: HashMap<String, HashMap<i32, String>>,
    /// Request and answer types, by the path of the method: `/package.Service/Method`.
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
    /// The full name of its message or enum type.
    type_name: String,
    pub(crate) repeated: bool,
}

impl Schemas {
    /// Adds an encoded `google.protobuf.FileDescriptorSet`.
    ///
    /// # Errors
    ///
    /// When the bytes are not a descriptor set.
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

    /// The request type of the method at this path, or its answer type.
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
