// The official connect-web client with its gRPC-Web transport against a running server: unary and server streaming,
// trailers, rich errors, deadline, cancel.
// Usage: node connect_web_client.mjs http://HOST:PORT NAME
// Prints the greeting; fails when anything is not as it should be.
import assert from "node:assert/strict";
import { create, createFileRegistry } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { Code, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";

const [address, name] = process.argv.slice(2);
const baseUrl = address.replace(/\/$/, "");

// helloworld.proto, as a compiler would describe it
const message = (name, field) => ({
  name,
  field: [{ name: field, jsonName: field, number: 1, label: Label.OPTIONAL, type: Type.STRING }],
});
const method = (name, clientStreaming, serverStreaming) => ({
  name,
  clientStreaming,
  serverStreaming,
  inputType: ".helloworld.HelloRequest",
  outputType: ".helloworld.HelloReply",
});
const file = create(FileDescriptorProtoSchema, {
  name: "helloworld.proto",
  package: "helloworld",
  syntax: "proto3",
  messageType: [message("HelloRequest", "name"), message("HelloReply", "message")],
  service: [
    {
      name: "Greeter",
      method: [
        method("SayHello", false, false),
        method("SayHelloStreamReply", false, true),
        method("SayHelloBidiStream", true, true),
      ],
    },
  ],
});
const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] }));
const client = createClient(registry.getService("helloworld.Greeter"), createGrpcWebTransport({ baseUrl }));

async function collected(replies) {
  const messages = [];
  for await (const { message } of replies) messages.push(message);
  return messages;
}

// who traces a call is told its steps
const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
let trailers;
const onTrailer = (headers) => (trailers = headers);
assert.equal((await client.sayHello({ name }, { headers: { traceparent }, onTrailer })).message, `Hello, ${name}`);
assert.match(trailers.get("server-timing"), /server-greet;dur=/);
assert.equal((await client.sayHello({})).message, "Hello, World!");

await assert.rejects(client.sayHello({ name: "x".repeat(201) }), (error) => {
  assert.equal(error.code, Code.InvalidArgument);
  assert.ok(error.details.some(({ type }) => type === "google.rpc.BadRequest"));
  return true;
});

const headers = { traceparent, "x-count": "3", "x-interval-ms": "1" };
const replies = client.sayHelloStreamReply({ name: "雷" }, { headers, onTrailer });
assert.deepEqual(await collected(replies), Array(3).fill("Hello, 雷"));
assert.match(trailers.get("server-timing"), /server-stream;dur=/);
await assert.rejects(collected(client.sayHelloStreamReply({}, { headers: { "x-count": "0" } })), {
  code: Code.InvalidArgument,
});

const slow = { "x-count": "10000", "x-interval-ms": "100" };
await assert.rejects(collected(client.sayHelloStreamReply({}, { headers: slow, timeoutMs: 300 })), {
  code: Code.DeadlineExceeded,
});

const abort = new AbortController();
const unwanted = client.sayHelloStreamReply({}, { headers: slow, signal: abort.signal });
await assert.rejects(
  async () => {
    for await (const _reply of unwanted) abort.abort();
  },
  { code: Code.Canceled },
);
console.log(`Hello, ${name}`);
